import type { EventMap } from './emitter.ts'

/**
 * Everything that wraps a call. Policies of all packages, and those of other libraries with this shape, nest with
 * `compose`.
 */
export interface Policy {
  /**
   * Calls `work`, or refuses to.
   * `context.signal` is made only when it is read; it aborts when the policy gives up or `options.signal` aborts.
   */
  execute<T>(work: (context: WorkContext) => T | PromiseLike<T>, options?: ExecuteOptions): Promise<T>
}

/** What the wrapped work is given. */
export interface WorkContext {
  readonly signal: AbortSignal
}

/** What may accompany one call. */
export interface ExecuteOptions {
  /** Aborts the call. A call cancelled by its caller counts neither as a success nor as a failure. */
  readonly signal?: AbortSignal | undefined
}

/** Everything that andon can watch. */
export interface Observable<Events extends EventMap<Events>> {
  /** What it is called on boards, in metrics and in messages. */
  readonly name: string
  /** Adds a listener and returns what takes it away again. */
  on<E extends keyof Events & string>(event: E, listener: (...args: Events[E]) => void): () => void
  /** A plain JSON object of the present readings: cheap, without side effect. */
  snapshot(): object
}

/**
 * Everything that a worker can pull from. A source may also tell its backlog, itself or in its snapshot, as `depth` (what
 * waits, delayed retries included) and `leased` (what is in workers' hands): a pool then knows when it is drained.
 */
export interface WorkSource<T> {
  /**
   * Waits until there is work. Rejects with the reason of `signal` when that aborts, and with an error whose `code` is
   * `ERR_QUEUE_CLOSED` once the source is closed and everything in it has been settled: then a worker may go home.
   */
  lease(options?: LeaseOptions): Lease<T> | Promise<Lease<T>>
  /** Work now, or `undefined`. */
  tryLease(): Lease<T> | undefined
}

/** How long to wait for work. */
export interface LeaseOptions {
  readonly signal?: AbortSignal | undefined
}

/** One item in a worker's hands. Exactly one of `ack`, `retry` and `deadLetter` ends it; further calls do nothing. */
export interface Lease<T> {
  readonly item: T
  /** How many times the item has been handed out, this time included: from 1. The fence of durable sources. */
  readonly attempt: number
  /** Done: the item leaves the source. */
  ack(): void | Promise<void>
  /** Not done: the item comes back, after `delayMs` where given, with `attempt` one higher. */
  retry(options?: { readonly delayMs?: number }): void | Promise<void>
  /** Given up: the item leaves the source; `reason` says why. */
  deadLetter(reason: unknown): void | Promise<void>
  /** Still working: keeps the lease for another `ms`. Sources whose leases don't expire do nothing. */
  extend(ms: number): void | Promise<void>
}
