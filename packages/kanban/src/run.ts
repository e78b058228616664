import type { Lease } from '@tps/internal'
import type { Receipt } from './entry.ts'
import type { Submission } from './submission.ts'

/** What a handler is given beside the item. */
export interface HandlerContext {
  /**
   * Aborts when the handler has run too long, when its submitter gives up, or when the pool stops without waiting longer.
   * Made only when it is read.
   */
  readonly signal: AbortSignal
  /** How many times the item has been handed out, this time included: from 1. */
  readonly attempt: number
  /** The worker's number, from 0. */
  readonly worker: number
}

/** A lease of any source; what only some leases have is optional. */
export type PoolLease<T> = Lease<T> & {
  readonly receipt?: Receipt | undefined
  release?(): void | Promise<void>
}

/** Gives an item back that was not begun: without charging an attempt where the source can. */
export function giveBack<T>(lease: PoolLease<T>): void | Promise<void> {
  return lease.release ? lease.release() : lease.retry()
}

/** One attempt at one item, from the moment a worker has it until the handler settles. */
export class Run<T, R> implements HandlerContext {
  readonly worker: number
  readonly attempt: number
  readonly lease: PoolLease<T>
  readonly submission: Submission<T, R> | undefined
  /** When it began; `undefined` when it is not timed. */
  startedAt: number | undefined
  /** What happens to the item was decided before the handler settled; what it does now changes nothing. */
  isDecided = false
  isOverdue = false
  /** Settles, never rejecting, when the source has taken note of what became of the item; `undefined` when it has. */
  settling: Promise<void> | undefined
  #controller: AbortController | undefined
  #abort: { readonly reason: unknown } | undefined

  constructor(lease: PoolLease<T>, attempt: number, worker: number, submission: Submission<T, R> | undefined) {
    this.lease = lease
    this.worker = worker
    this.attempt = attempt
    this.submission = submission
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController()
      if (this.#abort) this.#controller.abort(this.#abort.reason)
    }
    return this.#controller.signal
  }

  abort(reason: unknown): void {
    this.#abort ??= { reason }
    this.#controller?.abort(reason)
  }
}
