import type { Timer, Timers, WorkSource } from '@tps/internal'
import type { Outcomes } from './outcomes.ts'
import type { Handler } from './pool-options.ts'
import { type PoolLease, Run, giveBack } from './run.ts'
import type { Runner } from './submission.ts'
import type { Submissions } from './submissions.ts'

/** How long a worker whose source failed waits before it pulls again: at first, and at the most. */
const FIRST_RECOVERY_MS = 100
const LONGEST_RECOVERY_MS = 10_000

/** What a worker asks of, and tells, its pool. */
export interface Foreman<T, R> {
  readonly handler: Handler<T, R>
  readonly outcomes: Outcomes<T, R>
  readonly submissions: Submissions<T, R>
  readonly timers: Timers
  mayPull(worker: Worker<T, R>): boolean
  began(run: Run<T, R>): void
  /** The handler settled: measures it. Returns how long it took, in ms. */
  ended(run: Run<T, R>): number
  /** The worker's slot is free. */
  released(worker: Worker<T, R>): void
  /** The worker has found nothing to do. */
  rested(): void
}

type Phase = 'idle' | 'waiting' | 'recovering' | 'busy' | 'ended'

/**
 * One slot. It pulls when it is free, runs one handler at a time, and is free again when that has settled, however it
 * does: `#release` is the only place where a slot is freed.
 */
export class Worker<T, R> implements Runner {
  readonly index: number
  /** Total of its handlers that succeeded. */
  processed = 0
  readonly #source: WorkSource<T>
  readonly #foreman: Foreman<T, R>
  #phase: Phase = 'idle'
  #run: Run<T, R> | undefined
  /** Which wait for the source is the present one: answers to earlier ones are too late. */
  #wait = 0
  #waiting: AbortController | undefined
  #recovery: Timer | undefined
  #recoveryMs = FIRST_RECOVERY_MS

  constructor(index: number, source: WorkSource<T>, foreman: Foreman<T, R>) {
    this.index = index
    this.#source = source
    this.#foreman = foreman
  }

  get isBusy(): boolean {
    return this.#phase === 'busy'
  }

  /** Whether it waits at its source, or its source is closed: it has found nothing. */
  get foundNothing(): boolean {
    return this.#phase === 'waiting' || this.#phase === 'ended'
  }

  get source(): WorkSource<T> {
    return this.#source
  }

  get run(): Run<T, R> | undefined {
    return this.#run
  }

  /** Works for as long as there is something to do and it may; then waits for more. Does nothing unless it is idle. */
  pull(): void {
    while (this.#phase === 'idle' && this.#foreman.mayPull(this)) {
      const lease = this.#tryLease() ?? this.#awaitLease()
      if (!lease || !this.#work(lease)) return
    }
  }

  /** Stops waiting for the source. What it holds it keeps. */
  withdraw(): void {
    if (this.#phase !== 'waiting' && this.#phase !== 'recovering') return
    this.#phase = 'idle'
    this.#wait++
    this.#recovery?.cancel()
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.abort()
  }

  /** Takes it out of service: another may get its number. What is still on its way to it goes back. */
  dismiss(): void {
    this.withdraw()
    this.#phase = 'ended'
  }

  cancel(reason: unknown): void {
    const run = this.#run
    if (!run || run.isDecided) return
    run.isDecided = true
    this.#foreman.outcomes.cancelled(run)
    run.abort(reason)
  }

  #tryLease(): PoolLease<T> | undefined {
    try {
      return this.#source.tryLease()
    } catch (error) {
      this.#sourceFailed(error)
      return undefined
    }
  }

  /** Waits for work, unless the source has it at once or has failed. */
  #awaitLease(): PoolLease<T> | undefined {
    if (this.#phase !== 'idle') return undefined
    this.#phase = 'waiting'
    const wait = ++this.#wait
    this.#waiting ??= new AbortController()
    try {
      const leased = this.#source.lease({ signal: this.#waiting.signal })
      if (isThenable(leased)) {
        Promise.resolve(leased).then(
          (lease) => this.#arrived(lease, wait),
          (error: unknown) => this.#waitFailed(error, wait),
        )
        this.#foreman.rested()
        return undefined
      }
      this.#phase = 'idle'
      return leased
    } catch (error) {
      this.#sourceFailed(error)
      return undefined
    }
  }

  #arrived(lease: PoolLease<T>, wait: number): void {
    if (wait === this.#wait && this.#phase === 'waiting') this.#phase = 'idle'
    if (this.#phase !== 'idle' || !this.#foreman.mayPull(this)) {
      this.#giveBack(lease)
      return
    }
    if (this.#work(lease)) this.pull()
  }

  #waitFailed(error: unknown, wait: number): void {
    if (wait === this.#wait && this.#phase === 'waiting') this.#sourceFailed(error)
  }

  #sourceFailed(error: unknown): void {
    if (isClosed(error)) {
      this.#phase = 'ended'
      this.#foreman.rested()
      return
    }
    this.#phase = 'recovering'
    this.#recovery = this.#foreman.timers.schedule(this.#recoveryMs, () => {
      this.#phase = 'idle'
      this.pull()
    })
    this.#recoveryMs = Math.min(this.#recoveryMs * 2, LONGEST_RECOVERY_MS)
    this.#foreman.outcomes.tellSourceError(this.index, error)
  }

  /** Runs the handler. `true` when the slot is free again already. */
  #work(lease: PoolLease<T>): boolean {
    this.#recoveryMs = FIRST_RECOVERY_MS
    const submission = this.#foreman.submissions.claim(lease)
    const run = new Run<T, R>(lease, lease.attempt, this.index, submission)
    this.#run = run
    this.#phase = 'busy'
    if (submission?.isEnded) {
      // Given up between leaving the queue and arriving here.
      this.#foreman.outcomes.cancelled(run)
      return this.#release(run)
    }
    if (submission) submission.runner = this
    this.#foreman.began(run)
    let returned: R | PromiseLike<R>
    try {
      returned = this.#foreman.handler(lease.item, run)
      if (isThenable(returned)) {
        Promise.resolve(returned).then(this.#onResult, this.#onError)
        return false
      }
    } catch (error) {
      return this.#failed(error)
    }
    return this.#succeeded(returned)
  }

  // A worker has one handler at a time and keeps its slot until that settles, so these two serve them all.
  readonly #onResult = (value: R): void => {
    if (this.#succeeded(value)) this.pull()
  }

  readonly #onError = (error: unknown): void => {
    if (this.#failed(error)) this.pull()
  }

  #succeeded(value: R): boolean {
    const run = this.#run as Run<T, R>
    const durationMs = this.#foreman.ended(run)
    if (run.isDecided) return this.#late(run, durationMs)
    const { outcomes } = this.#foreman
    this.processed++
    outcomes.succeeded(run, value)
    if (run.settling) return this.#releaseAfter(run, () => outcomes.tellSuccess(run, value, durationMs))
    this.#release(run)
    outcomes.tellSuccess(run, value, durationMs)
    return true
  }

  #failed(error: unknown): boolean {
    const run = this.#run as Run<T, R>
    const durationMs = this.#foreman.ended(run)
    if (run.isDecided) return this.#late(run, durationMs)
    const { outcomes } = this.#foreman
    const verdict = outcomes.failed(run, error)
    if (run.settling) return this.#releaseAfter(run, () => outcomes.tellFailure(run, verdict, durationMs))
    this.#release(run)
    outcomes.tellFailure(run, verdict, durationMs)
    return true
  }

  #late(run: Run<T, R>, durationMs: number): boolean {
    this.#release(run)
    this.#foreman.outcomes.tellLate(run, durationMs)
    return true
  }

  #releaseAfter(run: Run<T, R>, tell: () => void): false {
    void run.settling?.then(() => {
      this.#release(run)
      tell()
      this.pull()
    })
    return false
  }

  #release(run: Run<T, R>): true {
    if (run.submission) run.submission.runner = undefined
    this.#run = undefined
    this.#phase = 'idle'
    this.#foreman.released(this)
    return true
  }

  #giveBack(lease: PoolLease<T>): void {
    try {
      const given = giveBack(lease)
      given?.catch((error: unknown) => this.#foreman.outcomes.tellSourceError(this.index, error))
    } catch (error) {
      this.#foreman.outcomes.tellSourceError(this.index, error)
    }
  }
}

function isThenable<V>(value: V | PromiseLike<V>): value is PromiseLike<V> {
  return (
    ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
    typeof (value as Partial<PromiseLike<V>>).then === 'function'
  )
}

function isClosed(error: unknown): boolean {
  return typeof error === 'object' && error !== null && Reflect.get(error, 'code') === 'ERR_QUEUE_CLOSED'
}
