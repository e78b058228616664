import { type Observable, SafeEmitter, checkFunction } from '@tps/internal'
import { backlogOf } from './backlog.ts'
import { Crew } from './crew.ts'
import { Drain, type Drained } from './drain.ts'
import { PoolStoppedError } from './errors.ts'
import { Outcomes } from './outcomes.ts'
import type { PoolEvents } from './pool-events.ts'
import {
  type CheckedPoolOptions,
  type Handler,
  type StopOptions,
  type SubmitOptions,
  type UnfinishedItem,
  type WorkerPoolOptions,
  checkGrace,
  checkPoolOptions,
  checkWorkers,
} from './pool-options.ts'
import type { PoolSnapshot } from './pool-snapshot.ts'
import { Submitter } from './submitter.ts'
import { Submissions } from './submissions.ts'

/**
 * Workers that pull from a source and run a handler.
 *
 * A worker pulls only when it is free, so nothing is taken that can't be begun. It starts at once. Each attempt ends in
 * exactly one of: acknowledged, put back for another attempt, dead-lettered, cancelled. A handler that throws, returns no
 * promise, or ignores its signal holds its slot exactly until it settles.
 */
export class WorkerPool<T, R = unknown> implements Observable<PoolEvents<T, R>>, AsyncDisposable {
  readonly name: string
  readonly #options: CheckedPoolOptions<T>
  readonly #emitter: SafeEmitter<PoolEvents<T, R>>
  readonly #submissions = new Submissions<T, R>()
  readonly #outcomes: Outcomes<T, R>
  readonly #crew: Crew<T, R>
  readonly #submitter: Submitter<T, R>
  readonly #drain: Drain
  #listeners = 0
  #stopping: Promise<readonly UnfinishedItem<T>[]> | undefined

  constructor(options: WorkerPoolOptions<T>, handler: Handler<T, R>) {
    const checked = checkPoolOptions(options)
    checkFunction('handler', handler)
    this.name = checked.name
    this.#options = checked
    this.#emitter = new SafeEmitter(checked.onListenerError)
    this.#outcomes = new Outcomes(checked, this.#submissions, this.#emitter)
    this.#crew = new Crew(checked, handler, this.#submissions, this.#outcomes)
    this.#submitter = new Submitter(checked, this.#submissions, () => this.estimateWaitMs())
    this.#drain = new Drain(checked.timers, () => this.#isDrained())
    this.#crew.onRested = () => this.#drain.check()
    this.#crew.resize(checked.workers)
  }

  /** How many handlers may run at once. */
  get workers(): number {
    return this.#crew.target
  }

  /** How many handlers run, overdue ones and those of retired workers included. O(workers). */
  get busy(): number {
    return this.#crew.busy
  }

  /**
   * Puts an item in and gives its result: admission and result in one promise.
   *
   * Rejects with
   * - `QueueFullError` when the intake is full, with `retryAfterMs` from `estimateWaitMs()`; `QueueClosedError` when closed;
   * - the last attempt's own error, unwrapped, when the item is given up; `HandlerTimeoutError` when that was a timeout;
   * - the reason of `signal` when that aborts first;
   * - `ItemLostError` when the item was dropped, expired, or was settled by a consumer that is not a pool;
   * - `PoolStoppedError` when the pool is stopped first;
   * - `TypeError` when there is no intake.
   *
   * An intake that carries receipts, such as `PullQueue`, brings each item's own promise back with its lease. With any
   * other intake the lease is recognised by its item, compared as `Map` keys are: equal items (the same object, equal
   * primitives) are interchangeable. There, this pool must be the only consumer, and an item the intake throws out is
   * noticed if the intake emits `dropped` or `expired` with `{ item }`.
   */
  submit(item: T, options?: SubmitOptions): Promise<R> {
    return this.#submitter.submit(item, options)
  }

  /**
   * Changes how many handlers may run at once, from 1. More pull at once; of fewer, those with the highest numbers retire as
   * their handlers finish, and nothing new begins until fewer than `workers` run. With a source for each worker, the ones
   * of the highest numbers are no longer pulled from.
   */
  resize(workers: number): void {
    checkWorkers(workers)
    if (!this.#stopping) this.#crew.resize(workers)
  }

  /** Stops pulling. What runs goes on. */
  pause(): void {
    this.#crew.setPulling(false)
  }

  /** Pulls again. */
  resume(): void {
    if (!this.#stopping) this.#crew.setPulling(true)
  }

  /**
   * Resolves when the source is empty, nothing of it is in anyone's hands and no handler runs, delayed retries included. It
   * waits for ever when items keep coming or the pool is paused. Rejects with `PoolStoppedError` when the pool is stopped
   * first.
   */
  drain(): Promise<void> {
    if (this.#stopping) return Promise.reject(new PoolStoppedError(this.name))
    return this.#drain.wait()
  }

  /**
   * Stops pulling at once, lets running handlers finish for `graceMs`, then aborts their signals. Resolves with what was not
   * finished. Submitted items that were not running are withdrawn, and their promises reject with `PoolStoppedError`;
   * unfinished items that were not submitted go back to the source, as everything else stays there. A stopped pool can't be
   * started again; further calls give the first one's promise.
   */
  stop(options: StopOptions = {}): Promise<readonly UnfinishedItem<T>[]> {
    const graceMs = checkGrace(options)
    this.#stopping ??= this.#stop(graceMs)
    return this.#stopping
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  /**
   * How long an item that came in now would wait for a worker, in ms: (depth + 1) × mean handler time ÷ workers that are not
   * overdue, or 0 when nothing waits and a worker is free. 0 as long as nothing has been measured.
   */
  estimateWaitMs(): number {
    const depth = this.#depth()
    const { busy, target, overdue, meanMs = 0 } = this.#crew
    if (depth === 0 && busy < target) return 0
    return ((depth + 1) * meanMs) / Math.max(1, target - overdue)
  }

  on<E extends keyof PoolEvents<T, R>>(event: E, listener: (...args: PoolEvents<T, R>[E]) => void): () => void {
    const off = this.#emitter.on(event, listener)
    this.#listeners++
    this.#crew.isWatched = true
    let isOn = true
    return () => {
      off()
      if (isOn) this.#listeners--
      isOn = false
      this.#crew.isWatched = this.#listeners > 0
    }
  }

  snapshot(): PoolSnapshot {
    const { target, busy, overdue, meanMs, timing, isPulling } = this.#crew
    return {
      name: this.name,
      workers: target,
      busy,
      utilization: busy / target,
      overdue,
      ...this.#outcomes.totals,
      submitted: this.#submissions.size,
      meanHandlerMs: meanMs ?? 0,
      processingRate: timing.perSecond,
      estimatedWaitMs: this.estimateWaitMs(),
      sourceSilentMs: Math.max(0, ...[...this.#crew.stations].map(({ silentMs }) => silentMs)),
      perWorker: this.#crew.workers.map(({ isBusy, isOverdue, processed }) => ({
        state: !isBusy ? 'idle' : isOverdue ? 'overdue' : 'busy',
        processed,
      })),
      state: this.#stopping ? 'stopped' : isPulling ? 'running' : 'paused',
    }
  }

  #sources(): readonly object[] {
    const { sharedSource, intake } = this.#options
    if (sharedSource) return [sharedSource]
    return intake ? [intake] : [...this.#crew.stations].map(({ source }) => source)
  }

  #depth(): number {
    let depth = 0
    for (const source of this.#sources()) depth += backlogOf(source).depth ?? 0
    return depth
  }

  #isDrained(): Drained {
    if (this.#crew.busy > 0) return 'no'
    const backlogs = this.#sources().map((source) => backlogOf(source))
    if (backlogs.some(({ depth, leased }) => (depth ?? 0) + (leased ?? 0) > 0)) return 'no'
    if (backlogs.every(({ depth, leased }) => depth !== undefined && leased !== undefined)) return 'yes'
    return [...this.#crew.stations].every(({ foundNothing }) => foundNothing) ? 'unsure' : 'no'
  }

  async #stop(graceMs: number): Promise<readonly UnfinishedItem<T>[]> {
    const stopped = new PoolStoppedError(this.name)
    this.#submitter.close()
    this.#crew.setPulling(false)
    this.#drain.fail(stopped)
    const waiting = this.#submissions.giveUp(stopped)
    if (this.#crew.busy > 0 && graceMs > 0) await this.#grace(graceMs)
    const running = this.#crew.abandon(stopped)
    // What failed during the grace and was to be tried again.
    const retrying = this.#submissions.giveUp(stopped)
    this.#submitter.dispose()
    return [...running, ...[...waiting, ...retrying].map((item) => ({ item, attempt: 0 }))]
  }

  /** Until no handler runs, or `graceMs` are over. */
  #grace(graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#options.timers.schedule(graceMs, resolve)
      this.#crew.onFreed = () => {
        if (this.#crew.busy > 0) return
        timer.cancel()
        resolve()
      }
    })
  }
}
