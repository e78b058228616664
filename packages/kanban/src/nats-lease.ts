import type { Lease } from '@tps/internal'

/** How an item leaves its lease. */
export type JetStreamLeaseEnd =
  | { readonly kind: 'ack' }
  | { readonly kind: 'retry'; readonly delayMs: number; readonly reason: unknown }
  | { readonly kind: 'release' }
  | { readonly kind: 'dead-letter'; readonly reason: unknown }

/** The queue as its leases see it. */
export interface JetStreamLeaseHome<T> {
  end(lease: JetStreamLease<T>, end: JetStreamLeaseEnd): Promise<void>
  extend(lease: JetStreamLease<T>, ms: number): Promise<void>
}

/** What is known of an item beside itself. */
export interface JetStreamLeaseFacts {
  /** The item's number in the stream. */
  readonly id: number
  /**
   * How many times the item has been handed out, this time included: from 1. What was given back unbegun doesn't count in the
   * process that gave it back; in others it does.
   */
  readonly attempt: number
  readonly class: string
  readonly key: string | undefined
  readonly tenant: string | undefined
  /** What was put in with the item, a trace context for one. */
  readonly headers: Readonly<Record<string, string>>
  /** When it was put in, in ms since 1970. */
  readonly createdAt: number
}

/**
 * One item of a `JetStreamQueue` in a worker's hands, until it is ended or its time is over. Once its time is over, whatever
 * is called rejects with `LeaseLostError` and sends nothing. The server has no fence of its own: what was sent before that,
 * and arrives late, counts.
 */
export class JetStreamLease<T> implements Lease<T>, JetStreamLeaseFacts {
  readonly item: T
  readonly id: number
  readonly attempt: number
  readonly class: string
  readonly key: string | undefined
  readonly tenant: string | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly createdAt: number
  readonly #home: JetStreamLeaseHome<T>
  #isEnded = false

  /** @internal */
  constructor(home: JetStreamLeaseHome<T>, item: T, facts: JetStreamLeaseFacts) {
    this.#home = home
    this.item = item
    this.id = facts.id
    this.attempt = facts.attempt
    this.class = facts.class
    this.key = facts.key
    this.tenant = facts.tenant
    this.headers = facts.headers
    this.createdAt = facts.createdAt
  }

  /** Done. Resolves when the server has confirmed it. @throws {LeaseLostError} */
  ack(): Promise<void> {
    return this.#end({ kind: 'ack' })
  }

  /** Not done: the item comes back. `reason` joins its chain of errors, in this process. @throws {LeaseLostError} */
  retry({ delayMs = 0, reason }: { readonly delayMs?: number; readonly reason?: unknown } = {}): Promise<void> {
    return this.#end({ kind: 'retry', delayMs, reason })
  }

  /** Given up: the item goes to the dead letters, and only when it is there, out of the queue. @throws {LeaseLostError} */
  deadLetter(reason: unknown): Promise<void> {
    return this.#end({ kind: 'dead-letter', reason })
  }

  /** Not even begun: the item comes back where it was. @throws {LeaseLostError} */
  release(): Promise<void> {
    return this.#end({ kind: 'release' })
  }

  /** The lease ends `ms` from now. @throws {LeaseLostError} */
  extend(ms: number): Promise<void> {
    return this.#isEnded ? Promise.resolve() : this.#home.extend(this, ms)
  }

  async #end(end: JetStreamLeaseEnd): Promise<void> {
    if (this.#isEnded) return
    this.#isEnded = true
    try {
      await this.#home.end(this, end)
    } catch (error) {
      // The server was not reached: it has not ended, and may be ended again.
      if (!(error instanceof Error) || Reflect.get(error, 'code') !== 'ERR_LEASE_LOST') this.#isEnded = false
      throw error
    }
  }
}
