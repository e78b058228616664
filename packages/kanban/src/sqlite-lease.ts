import type { Lease } from '@tps/internal'
import { LeaseLostError } from './errors.ts'

/** How an item left its lease. */
export type LeaseEnd =
  | { readonly kind: 'ack' }
  | { readonly kind: 'retry'; readonly delayMs: number; readonly reason: unknown }
  | { readonly kind: 'release' }
  | { readonly kind: 'dead-letter'; readonly reason: unknown }

/** The queue as its leases see it. */
export interface LeaseHome<T> {
  end(lease: SqliteLease<T>, end: LeaseEnd): Promise<void>
  extend(lease: SqliteLease<T>, ms: number): Promise<void>
}

/** What is known of an item beside itself. */
export interface LeaseFacts {
  /** The item's number in the file. */
  readonly id: number
  readonly attempt: number
  /** Tells this handing out from all others of the item. */
  readonly fence: number
  readonly class: string
  readonly key: string | undefined
  readonly tenant: string | undefined
  /** What was put in with the item, a trace context for one. */
  readonly headers: Readonly<Record<string, string>>
  /** When it was put in, in ms since 1970. */
  readonly createdAt: number
}

/**
 * One item of a `SqliteQueue` in a worker's hands, until it is ended or its time is over. Whatever comes after the time was
 * over, or after somebody else got the item, rejects with `LeaseLostError` and changes nothing.
 */
export class SqliteLease<T> implements Lease<T>, LeaseFacts {
  readonly item: T
  readonly id: number
  readonly attempt: number
  readonly fence: number
  readonly class: string
  readonly key: string | undefined
  readonly tenant: string | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly createdAt: number
  readonly #home: LeaseHome<T>
  #isEnded = false

  /** @internal */
  constructor(home: LeaseHome<T>, item: T, facts: LeaseFacts) {
    this.#home = home
    this.item = item
    this.id = facts.id
    this.attempt = facts.attempt
    this.fence = facts.fence
    this.class = facts.class
    this.key = facts.key
    this.tenant = facts.tenant
    this.headers = facts.headers
    this.createdAt = facts.createdAt
  }

  /** Done. Resolves after the COMMIT. @throws {LeaseLostError} */
  ack(): Promise<void> {
    return this.#end({ kind: 'ack' })
  }

  /** Not done: the item comes back, at the end of its class. `reason` joins its chain of errors. @throws {LeaseLostError} */
  retry({ delayMs = 0, reason }: { readonly delayMs?: number; readonly reason?: unknown } = {}): Promise<void> {
    return this.#end({ kind: 'retry', delayMs, reason })
  }

  /** Given up: the item goes to the dead letters with its chain of errors. @throws {LeaseLostError} */
  deadLetter(reason: unknown): Promise<void> {
    return this.#end({ kind: 'dead-letter', reason })
  }

  /** Not even begun: the item comes back where it was, and this handing out does not count. @throws {LeaseLostError} */
  release(): Promise<void> {
    return this.#end({ kind: 'release' })
  }

  /** The lease ends `ms` from now. @throws {LeaseLostError} */
  extend(ms: number): Promise<void> {
    return this.#isEnded ? Promise.resolve() : this.#home.extend(this, ms)
  }

  async #end(end: LeaseEnd): Promise<void> {
    if (this.#isEnded) return
    this.#isEnded = true
    try {
      await this.#home.end(this, end)
    } catch (error) {
      // The file failed: it has not ended, and may be ended again.
      if (!(error instanceof LeaseLostError)) this.#isEnded = false
      throw error
    }
  }
}
