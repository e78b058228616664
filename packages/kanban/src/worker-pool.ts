import { type Observable, SafeEmitter, checkFunction } from '@tps/internal'
import { backlogOf } from './backlog.ts'
import { Crew } from './crew.ts'
import { Drain, type Drained } from './drain.ts'
import { ItemLostError, PoolStoppedError, QueueClosedError, QueueFullError } from './errors.ts'
import { Outcomes } from './outcomes.ts'
import type { PoolEvents } from './pool-events.ts'
import {
  type CheckedPoolOptions,
  type Handler,
  type Intake,
  type StopOptions,
  type SubmitOptions,
  type UnfinishedItem,
  type WorkerPoolOptions,
  checkGrace,
  checkPoolOptions,
  checkWhenFull,
  checkWorkers,
} from './pool-options.ts'
import type { PoolSnapshot } from './pool-snapshot.ts'
import type { Submission } from './submission.ts'
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
  readonly #drain: Drain
  #listeners = 0
  #unsubscribe: (() => void)[] = []
  #heedsLosses = false
  #stopping: Promise<readonly UnfinishedItem<T>[]> | undefined

  constructor(options: WorkerPoolOptions<T>, handler: Handler<T, R>) {
    const checked = checkPoolOptions(options)
    checkFunction('handler', handler)
    this.name = checked.name
    this.#options = checked
    this.#emitter = new SafeEmitter(checked.onListenerError)
    this.#outcomes = new Outcomes(checked, this.#submissions, this.#emitter)
    this.#crew = new Crew(checked, handler, this.#submissions, this.#outcomes)
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
  submit(item: T, options: SubmitOptions = {}): Promise<R> {
    const { signal } = options
    if (this.#stopping) return Promise.reject(new PoolStoppedError(this.name))
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- the reason is the caller's own.
    if (signal?.aborted) return Promise.reject(signal.reason)
    const { intake } = this.#options
    if (!intake)
      return Promise.reject(new TypeError(`pool "${this.name}" has no intake: submit needs one with offer()`))
    const submission = this.#submissions.open(item, signal)
    try {
      if (checkWhenFull(options) === 'wait') void this.#putIn(intake, submission, options)
      else if (!this.#offerTo(intake, submission, options)) submission.reject(this.#refusal(intake))
    } catch (error) {
      submission.reject(error)
    }
    return submission.promise
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
    this.#crew.timesAll = true
    let isOn = true
    return () => {
      off()
      if (isOn) this.#listeners--
      isOn = false
      this.#crew.timesAll = this.#listeners > 0
    }
  }

  snapshot(): PoolSnapshot {
    const { target, busy, overdue, meanMs, processingRate, isPulling } = this.#crew
    return {
      name: this.name,
      workers: target,
      busy,
      utilization: busy / target,
      overdue,
      ...this.#outcomes.totals,
      submitted: this.#submissions.size,
      meanHandlerMs: meanMs ?? 0,
      processingRate,
      estimatedWaitMs: this.estimateWaitMs(),
      perWorker: this.#crew.workers.map(({ isBusy, run, processed }) => ({
        state: run?.isOverdue ? 'overdue' : isBusy ? 'busy' : 'idle',
        processed,
      })),
      state: this.#stopping ? 'stopped' : isPulling ? 'running' : 'paused',
    }
  }

  #offerTo(intake: Intake<T>, submission: Submission<T, R>, options: SubmitOptions): boolean {
    const { class: name, deadlineMs } = options
    if (carriesReceipts(intake)) return intake.offer(submission.item, { class: name, deadlineMs, receipt: submission })
    this.#heedLosses(intake)
    this.#submissions.file(submission)
    let isIn = false
    try {
      isIn = intake.offer(submission.item, { class: name, deadlineMs })
    } finally {
      if (!isIn) this.#submissions.unfile(submission)
    }
    return isIn
  }

  async #putIn(intake: Intake<T>, submission: Submission<T, R>, options: SubmitOptions): Promise<void> {
    const { class: name, deadlineMs } = options
    const givenUp = new AbortController()
    submission.waiting = givenUp
    try {
      if (!intake.put) throw new TypeError("whenFull 'wait' needs an intake with put()")
      const receipt = carriesReceipts(intake) ? submission : undefined
      if (!receipt) {
        this.#heedLosses(intake)
        this.#submissions.file(submission)
      }
      await intake.put(submission.item, { class: name, deadlineMs, signal: givenUp.signal, receipt })
      submission.waiting = undefined
    } catch (error) {
      this.#submissions.unfile(submission)
      submission.reject(error)
    }
  }

  #refusal(intake: Intake<T>): Error {
    const name: unknown = Reflect.get(intake, 'name')
    const called = typeof name === 'string' ? name : this.name
    if (Reflect.get(intake, 'isClosed') === true) return new QueueClosedError(called)
    return new QueueFullError(called, Math.ceil(this.estimateWaitMs()))
  }

  /** An intake without receipts can only tell what it throws out by events. */
  #heedLosses(intake: Intake<T>): void {
    if (this.#heedsLosses) return
    this.#heedsLosses = true
    const on: unknown = Reflect.get(intake, 'on')
    if (typeof on !== 'function') return
    for (const reason of ['dropped', 'expired'] as const) {
      const listener = ({ item }: { readonly item: T }): void =>
        this.#submissions.unfileFirst(item)?.reject(new ItemLostError(reason))
      const off: unknown = Reflect.apply(on, intake, [reason, listener])
      if (typeof off === 'function') this.#unsubscribe.push(() => void Reflect.apply(off, undefined, []))
    }
  }

  #sources(): readonly object[] {
    const { sharedSource, intake } = this.#options
    if (sharedSource) return [sharedSource]
    return intake ? [intake] : this.#crew.workers.map(({ source }) => source)
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
    return this.#crew.workers.every(({ foundNothing }) => foundNothing) ? 'unsure' : 'no'
  }

  async #stop(graceMs: number): Promise<readonly UnfinishedItem<T>[]> {
    const stopped = new PoolStoppedError(this.name)
    this.#crew.setPulling(false)
    this.#drain.fail(stopped)
    const waiting = this.#submissions.giveUp(stopped, ({ runner }) => runner !== undefined)
    if (this.#crew.busy > 0 && graceMs > 0) await this.#grace(graceMs)
    const running = this.#crew.abandon(stopped)
    // What failed during the grace and was to be tried again.
    const retrying = this.#submissions.giveUp(stopped, () => false)
    for (const off of this.#unsubscribe) off()
    return [...running, ...[...waiting, ...retrying].map((item) => ({ item, attempt: 0 }))]
  }

  /** Until no handler runs, or `graceMs` are over. */
  #grace(graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#options.timers.schedule(graceMs, resolve)
      this.#crew.onReleased = () => {
        if (this.#crew.busy > 0) return
        timer.cancel()
        resolve()
      }
    })
  }
}

function carriesReceipts(intake: object): boolean {
  return Reflect.get(intake, 'carriesReceipts') === true
}
