import type { Lease } from '@tps/internal'
import type { Receipt } from './entry.ts'

/** What a handler is given beside the item. Destructuring it is fine: each of its properties works on its own. */
export interface HandlerContext {
  /**
   * Aborts when the handler has run too long, when its submitter gives up, when the lease of the item is lost, or when the
   * pool stops without waiting longer. Made only when it is read: one that is first read after the handler has settled never
   * aborts.
   */
  readonly signal: AbortSignal
  /** How many times the item has been handed out, this time included: from 1. */
  readonly attempt: number
  /** The worker's number, from 0. */
  readonly worker: number
  /**
   * How long from now, in ms, until the attempt has run too long: what may be passed on as a timeout. Read it again after
   * some time, or after a heartbeat. 0 when that moment has passed or the handler has settled, `Infinity` without
   * `timeoutMs`.
   */
  readonly deadlineMs: number
  /**
   * Says that the handler is alive: its `timeoutMs` begins anew, and a lease that expires is extended. Does nothing once the
   * attempt has been decided: timed out, given up, lost, or settled.
   */
  readonly heartbeat: () => void
}

/** A lease of any source; what only some leases have is optional. */
export type PoolLease<T> = Lease<T> & { readonly receipt?: Receipt | undefined }

/** Gives an item back that was not begun: without charging an attempt where the source can. */
export function giveBack<T>(lease: PoolLease<T>): void | Promise<void> {
  return lease.release ? lease.release() : lease.retry()
}

/** Where attempts take place, one at a time. */
export interface Bench {
  readonly index: number
  /** Counts its attempts: tells a present one from an earlier one. */
  readonly turn: number
  /** Set when the present attempt was aborted. */
  readonly aborted: { readonly reason: unknown } | undefined
  /** How long the present attempt may still take, in ms. */
  readonly leftMs: number
  /** The present attempt has a signal now, which is to be aborted when the attempt is. */
  watch(controller: AbortController): void
  /** The handler of the present attempt is alive. */
  beat(): void
}

/** One attempt at one item as its handler sees it. */
export class Run implements HandlerContext {
  readonly attempt: number
  readonly #bench: Bench
  readonly #turn: number
  #controller: AbortController | undefined

  constructor(attempt: number, bench: Bench, turn: number) {
    this.attempt = attempt
    this.#bench = bench
    this.#turn = turn
    this.#controller = undefined
  }

  get worker(): number {
    return this.#bench.index
  }

  get signal(): AbortSignal {
    if (this.#controller) return this.#controller.signal
    const controller = new AbortController()
    this.#controller = controller
    if (this.#isPresent) {
      const { aborted } = this.#bench
      if (aborted) controller.abort(aborted.reason)
      else this.#bench.watch(controller)
    }
    return controller.signal
  }

  get deadlineMs(): number {
    return this.#isPresent ? this.#bench.leftMs : 0
  }

  get heartbeat(): () => void {
    return () => {
      if (this.#isPresent) this.#bench.beat()
    }
  }

  get #isPresent(): boolean {
    return this.#bench.turn === this.#turn
  }
}
