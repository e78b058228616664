import { TooManyDeliveriesError } from './errors.ts'
import { Holding } from './holding.ts'
import type { Outcomes } from './outcomes.ts'
import type { Handler } from './pool-options.ts'
import { type Bench, type HandlerContext, type PoolLease, Run } from './run.ts'
import type { Station } from './station.ts'
import type { Runner } from './submission.ts'
import type { Submissions } from './submissions.ts'
import type { TimeLimits } from './time-limits.ts'
import type { Timing } from './timing.ts'

/** What a worker and its station ask of, and tell, their pool. */
export interface Foreman<T, R> {
  readonly name: string
  readonly maxDeliveries: number
  readonly handler: Handler<T, R>
  readonly outcomes: Outcomes<T, R>
  readonly submissions: Submissions<T, R>
  readonly timing: Timing
  readonly limits: TimeLimits<T, R>
  /** Whether anything listens to the pool. */
  readonly isWatched: boolean
  /** Calls the handler in the async context that the item was submitted in. `undefined` when that is not asked for. */
  readonly inContext: ((run: HandlerContext, worker: Worker<T, R>) => R | PromiseLike<R>) | undefined
  /** A cheap reading of the clock. */
  turnMs(): number
  /** The worker is idle again. */
  freed(worker: Worker<T, R>): void
  /** A station has found nothing to do. */
  rested(): void
}

/**
 * One slot: it has one item at a time, from when it is given to it until the handler has settled and the source has taken
 * note. `#free` is the only place where a slot becomes free.
 */
export class Worker<T, R> extends Holding<T, R> implements Bench, Runner {
  readonly station: Station<T, R>
  /** Total of its handlers that succeeded. */
  processed = 0
  isBusy = false
  /** What becomes of the item is decided; what its handler does now changes nothing. */
  isDecided = false
  isOverdue = false
  /** Settles, never rejecting, when the source has taken note of what became of the item; `undefined` when it has. */
  settling: Promise<void> | undefined = undefined
  isTimed = false
  startedAt = 0
  /** When the attempt has run too long. */
  dueAt: number = Number.POSITIVE_INFINITY
  /** When the lease is lost unless it is extended, when that is next done, and whether it is being done. */
  leaseEndsAt: number = Number.POSITIVE_INFINITY
  renewAt: number = Number.POSITIVE_INFINITY
  isRenewing = false
  /** Goes up as a handler begins and as it has settled: attempts are known by it. */
  turn = 0
  aborted: { readonly reason: unknown } | undefined = undefined
  readonly #foreman: Foreman<T, R>
  #controller: AbortController | undefined = undefined

  constructor(index: number, station: Station<T, R>, foreman: Foreman<T, R>) {
    super(index, station.counter)
    this.station = station
    this.#foreman = foreman
  }

  /** Takes a bare item, which its source numbered. */
  hold(item: T, lane: number, order: number): void {
    this.takeItem(item, lane, order)
    this.isBusy = true
    this.isDecided = false
  }

  holdLease(lease: PoolLease<T>): void {
    this.takeLease(lease)
    this.isBusy = true
    this.isDecided = false
  }

  /** Runs the handler on what it holds. `true` when it is idle again already. */
  work(): boolean {
    const foreman = this.#foreman
    if (!this.isBare || foreman.submissions.hasFiled) this.#claim()
    if (this.isDecided) return this.#freeWhenNoted()
    const { timing } = foreman
    this.isTimed = timing.isDue
    if (this.attempt > foreman.maxDeliveries)
      return this.#failed(new TooManyDeliveriesError(foreman.name, foreman.maxDeliveries))
    if (this.isTimed) this.startedAt = foreman.limits.began(this)
    const run = new Run(this.attempt, this, ++this.turn)
    let returned: R | PromiseLike<R>
    try {
      returned = foreman.inContext === undefined ? foreman.handler(this.item, run) : foreman.inContext(run, this)
      if (isThenable(returned)) {
        Promise.resolve(returned).then(this.#onResult, this.#onError)
        return false
      }
    } catch (error) {
      return this.#failed(error)
    }
    return this.#succeeded(returned)
  }

  /** Its submitter has given the item up. */
  cancel(reason?: unknown): void {
    if (!this.isBusy || this.isDecided) return
    this.isDecided = true
    this.#foreman.outcomes.cancelled(this)
    this.abort(reason)
  }

  /** Aborts the signal of the handler, also when it is read later. */
  abort(reason: unknown): void {
    if (!this.isBusy || this.aborted) return
    this.aborted = { reason }
    this.#controller?.abort(reason)
  }

  get leftMs(): number {
    return this.#foreman.limits.leftMs(this)
  }

  watch(controller: AbortController): void {
    this.#controller = controller
  }

  beat(): void {
    if (!this.isDecided) this.#foreman.limits.beat(this)
  }

  // A worker has one handler at a time and keeps its slot until that settles, so these two serve them all.
  readonly #onResult = (value: R): void => {
    if (this.#succeeded(value)) this.station.pull()
  }

  readonly #onError = (error: unknown): void => {
    if (this.#failed(error)) this.station.pull()
  }

  #claim(): void {
    this.claimFrom(this.#foreman.submissions)
    const { submission } = this
    if (submission === undefined) return
    // Given up between leaving the queue and arriving here.
    if (submission.isEnded) this.cancel()
    else submission.runner = this
  }

  #succeeded(value: R): boolean {
    const { timing, outcomes, isWatched } = this.#foreman
    timing.ended(this)
    if (this.isDecided) return this.#late()
    this.isDecided = true
    this.processed++
    outcomes.succeeded(this, value)
    if (!isWatched) return this.#freeWhenNoted()
    const { event } = this
    const durationMs = timing.durationOf(this)
    return this.#freeWhenNoted(() => outcomes.tellSuccess(event, value, durationMs))
  }

  #failed(error: unknown): boolean {
    const { timing, outcomes, isWatched } = this.#foreman
    timing.ended(this)
    if (this.isDecided) return this.#late()
    this.isDecided = true
    const verdict = outcomes.failed(this, error)
    if (!isWatched) return this.#freeWhenNoted()
    const { event } = this
    const durationMs = timing.durationOf(this)
    return this.#freeWhenNoted(() => outcomes.tellFailure(event, verdict, durationMs))
  }

  #late(): boolean {
    const { timing, outcomes, isWatched } = this.#foreman
    if (!isWatched) return this.#freeWhenNoted()
    const { event, isOverdue } = this
    const durationMs = timing.durationOf(this)
    return this.#freeWhenNoted(() => outcomes.tellLate(event, durationMs, isOverdue))
  }

  #freeWhenNoted(tell?: () => void): boolean {
    if (this.settling === undefined) {
      this.#free()
      tell?.()
      return true
    }
    void this.settling.then(() => {
      this.#free()
      tell?.()
      this.station.pull()
    })
    return false
  }

  #free(): void {
    const { submission } = this
    // After a timeout another may run it by now.
    if (submission?.runner === this) submission.runner = undefined
    this.drop()
    this.turn++
    this.isBusy = false
    if (this.isOverdue) this.isOverdue = false
    if (this.settling !== undefined) this.settling = undefined
    if (this.aborted !== undefined) this.aborted = undefined
    if (this.#controller !== undefined) this.#controller = undefined
    this.#foreman.freed(this)
  }
}

export function isThenable<V>(value: V | PromiseLike<V>): value is PromiseLike<V> {
  return (
    ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
    typeof (value as Partial<PromiseLike<V>>).then === 'function'
  )
}
