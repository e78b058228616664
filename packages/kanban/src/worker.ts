import { Entry, type Slot } from './entry.ts'
import { TooManyDeliveriesError } from './errors.ts'
import type { Outcomes, Verdict } from './outcomes.ts'
import type { AttemptEvent } from './pool-events.ts'
import type { Handler } from './pool-options.ts'
import { type Bench, type HandlerContext, type PoolLease, Run } from './run.ts'
import type { Station } from './station.ts'
import type { Counter } from './taker.ts'
import type { Runner, Submission } from './submission.ts'
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
export class Worker<T, R> implements Runner, Bench {
  readonly index: number
  readonly station: Station<T, R>
  /** Total of its handlers that succeeded. */
  processed = 0
  isBusy = false
  /** It holds an item of which its source keeps no lease, and which has not ended. */
  isBare = false
  /** What becomes of the item is decided; what its handler does now changes nothing. */
  isDecided = false
  isOverdue = false
  attempt = 0
  submission: Submission<T, R> | undefined
  /** Settles, never rejecting, when the source has taken note of what became of the item; `undefined` when it has. */
  settling: Promise<void> | undefined
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
  #item: T | undefined = undefined
  #lane = 0
  #order = 0
  #lease: PoolLease<T> | undefined = undefined

  constructor(index: number, station: Station<T, R>, foreman: Foreman<T, R>) {
    this.index = index
    this.station = station
    this.#foreman = foreman
  }

  get item(): T {
    return this.#item as T
  }

  /** What every event of the attempt says. */
  get event(): AttemptEvent<T> {
    return { item: this.item, attempt: this.attempt, worker: this.index }
  }

  /** What settles the item. Of a bare item one is made. */
  get lease(): PoolLease<T> {
    if (this.#lease) return this.#lease
    this.isBare = false
    this.#lease = (this.station.counter as Counter<T>).lend(this.item, this.#lane, this.#order)
    return this.#lease
  }

  /** The bare item is done. */
  endBare(): void {
    this.isBare = false
    ;(this.station.counter as Counter<T>).finished()
  }

  /** Takes what a counter gives: an entry, which is a lease, or a bare item. */
  hold(slot: Slot<T>, lane: number, order: number): void {
    if (slot instanceof Entry) {
      this.holdLease(slot)
      return
    }
    this.#item = slot
    this.#lane = lane
    this.#order = order
    this.attempt = 1
    this.isBusy = this.isBare = true
    this.isDecided = this.isOverdue = false
  }

  holdLease(lease: PoolLease<T>): void {
    this.#item = lease.item
    this.#lease = lease
    this.attempt = lease.attempt
    this.isBusy = true
    this.isDecided = this.isOverdue = false
  }

  /** Runs the handler on what it holds. `true` when it is idle again already. */
  work(): boolean {
    const foreman = this.#foreman
    const submission = foreman.submissions.claim(this.#lease, this.#item as T)
    if (submission) {
      this.submission = submission
      // Given up between leaving the queue and arriving here.
      if (submission.isEnded) this.cancel()
      else submission.runner = this
    }
    if (this.isDecided) return this.#freeWhenNoted()
    if (this.attempt > foreman.maxDeliveries) return this.#giveUp()
    const run = new Run(this.attempt, this, ++this.turn)
    this.isTimed = foreman.timing.isDue
    if (this.isTimed) this.startedAt = foreman.limits.began(this)
    let returned: R | PromiseLike<R>
    try {
      returned = foreman.inContext ? foreman.inContext(run, this) : foreman.handler(this.#item as T, run)
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

  #giveUp(): boolean {
    this.isTimed = false
    return this.#failed(new TooManyDeliveriesError(this.#foreman.name, this.#foreman.maxDeliveries))
  }

  #succeeded(value: R): boolean {
    const foreman = this.#foreman
    const durationMs = foreman.timing.ended(this, this.station.tickMs)
    if (this.isDecided) return this.#late(durationMs)
    this.isDecided = true
    this.processed++
    foreman.outcomes.succeeded(this, value)
    if (!foreman.isWatched) return this.#freeWhenNoted()
    const { event } = this
    return this.#freeWhenNoted(() => foreman.outcomes.tellSuccess(event, value, durationMs))
  }

  #failed(error: unknown): boolean {
    const { timing, outcomes, isWatched } = this.#foreman
    const durationMs = timing.ended(this, this.station.tickMs)
    if (this.isDecided) return this.#late(durationMs)
    this.isDecided = true
    const verdict: Verdict = outcomes.failed(this, error)
    if (!isWatched) return this.#freeWhenNoted()
    const { event } = this
    return this.#freeWhenNoted(() => outcomes.tellFailure(event, verdict, durationMs))
  }

  #late(durationMs: number): boolean {
    const { outcomes, isWatched } = this.#foreman
    if (!isWatched) return this.#freeWhenNoted()
    const { event, isOverdue } = this
    return this.#freeWhenNoted(() => outcomes.tellLate(event, durationMs, isOverdue))
  }

  #freeWhenNoted(tell?: () => void): boolean {
    if (!this.settling) {
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
    if (this.submission) {
      this.submission.runner = undefined
      this.submission = undefined
    }
    this.isBusy = false
    this.turn++
    this.#item = this.#lease = this.settling = this.aborted = this.#controller = undefined
    this.#foreman.freed(this)
  }
}

export function isThenable<V>(value: V | PromiseLike<V>): value is PromiseLike<V> {
  return (
    ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
    typeof (value as Partial<PromiseLike<V>>).then === 'function'
  )
}
