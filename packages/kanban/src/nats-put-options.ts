/** What may come with an item. */
export interface JetStreamPutOptions {
  /** One of the queue's `classes`. Default: the last one. */
  readonly class?: string | undefined
  /**
   * How long from now it is worth handing out, in ms, more than 0. Afterwards it is expired: counted, never handed out. By
   * the wall clocks of the machines.
   */
  readonly deadlineMs?: number | undefined
  /** Its key, in place of what `dedupBy` gives. */
  readonly key?: string | undefined
  /** Whose it is. It comes back with the lease. */
  readonly tenant?: string | undefined
  /**
   * What travels with it, a W3C trace context for one: at most 64 entries, as headers of the message, so that other programs
   * can read them. Names of visible ASCII without `:` that don't begin with `Nats-` or `Kanban-`; values of one line, without
   * space at the ends. It comes back with the lease.
   */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Ends the waiting for room. Once the item is on its way to the server it does nothing. */
  readonly signal?: AbortSignal | undefined
}
