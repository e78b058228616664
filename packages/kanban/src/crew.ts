import type { Clock, Timers } from '@tps/internal'
import { Alarm } from './alarm.ts'
import { HandlerTimeoutError, type PoolStoppedError } from './errors.ts'
import type { Exemplar } from './exemplar.ts'
import { HandlerTimes } from './handler-times.ts'
import type { Outcomes } from './outcomes.ts'
import type { CheckedPoolOptions, Handler, UnfinishedItem } from './pool-options.ts'
import { Rate } from './rate.ts'
import { type PoolLease, Run } from './run.ts'
import type { Submissions } from './submissions.ts'
import { TurnClock } from './turn-clock.ts'
import { type Foreman, Worker } from './worker.ts'

const NO_LEASE = {} as PoolLease<never>

/** The workers of a pool: how many, which of them may pull, and how long they may take. */
export class Crew<T, R> implements Foreman<T, R> {
  readonly handler: Handler<T, R>
  readonly outcomes: Outcomes<T, R>
  readonly submissions: Submissions<T, R>
  readonly timers: Timers
  readonly times: HandlerTimes = new HandlerTimes()
  /** Set by the pool: a slot was freed. */
  onReleased: (() => void) | undefined
  /** Set by the pool: a worker has found nothing to do. */
  onRested: (() => void) | undefined
  /** Whether every handler is timed: something listens that is told durations. */
  timesAll = false
  readonly #name: string
  readonly #sourceOf: CheckedPoolOptions<T>['sourceOf']
  readonly #timeoutMs: number | undefined
  readonly #clock: Clock
  readonly #turnClock: TurnClock
  readonly #alarm: Alarm
  readonly #endedRate = new Rate()
  /** Those with an index from `#target` on are retired: they finish what they have. */
  readonly #workers: Worker<T, R>[] = []
  /** @see Exemplar */
  readonly exemplar: Exemplar<Run<T, R>>
  #target = 0
  #isPulling = true

  constructor(
    options: CheckedPoolOptions<T>,
    handler: Handler<T, R>,
    submissions: Submissions<T, R>,
    outcomes: Outcomes<T, R>,
  ) {
    this.handler = handler
    this.outcomes = outcomes
    this.submissions = submissions
    this.timers = options.timers
    this.#name = options.name
    this.#sourceOf = options.sourceOf
    this.#timeoutMs = options.timeoutMs
    this.#clock = options.clock
    this.#turnClock = new TurnClock(options.clock)
    this.exemplar = new Run<T, R>(NO_LEASE, 0, 0, undefined)
    this.#alarm = new Alarm(options.timers, () => this.#sweep())
  }

  /** How many handlers may run at once. */
  get target(): number {
    return this.#target
  }

  get isPulling(): boolean {
    return this.#isPulling
  }

  /** How many handlers run, those of retired workers included. O(workers). */
  get busy(): number {
    return this.#workers.reduce((busy, worker) => busy + (worker.isBusy ? 1 : 0), 0)
  }

  /** How many handlers have timed out and still run. O(workers). */
  get overdue(): number {
    return this.#workers.reduce((overdue, worker) => overdue + (worker.run?.isOverdue ? 1 : 0), 0)
  }

  get workers(): readonly Worker<T, R>[] {
    return this.#workers
  }

  /** Handlers that settled, a second. */
  get processingRate(): number {
    return this.#endedRate.perSecond(this.#turnClock.exactly())
  }

  /** Mean time a slot is held, in ms. Before any handler has ended, how long those that run have run on average. */
  get meanMs(): number | undefined {
    if (this.times.meanMs !== undefined) return this.times.meanMs
    const nowMs = this.#clock.now()
    const ages = this.#workers.flatMap(({ run }) => (run?.startedAt === undefined ? [] : [nowMs - run.startedAt]))
    return ages.length === 0 ? undefined : ages.reduce((sum, age) => sum + age, 0) / ages.length
  }

  mayPull(worker: Worker<T, R>): boolean {
    if (!this.#isPulling || worker.index >= this.#target) return false
    return this.#workers.length === this.#target || this.busy < this.#target
  }

  began(run: Run<T, R>): void {
    if (this.#timeoutMs === undefined && !this.timesAll && !this.times.isDue) return
    const nowMs = this.#clock.now()
    run.startedAt = nowMs
    if (this.#timeoutMs === undefined) return
    const dueMs = nowMs + this.#timeoutMs
    // All have the same limit, so only the first of a busy spell sets the alarm; the sweep sets it again.
    if (dueMs < this.#alarm.dueMs) this.#alarm.set(dueMs, nowMs)
  }

  ended(run: Run<T, R>): number {
    this.#endedRate.add(this.#turnClock.now())
    if (run.startedAt === undefined) return this.times.meanMs ?? 0
    const durationMs = this.#clock.now() - run.startedAt
    this.times.add(durationMs)
    return durationMs
  }

  released(worker: Worker<T, R>): void {
    if (worker.index >= this.#target) this.#reassign()
    this.onReleased?.()
  }

  rested(): void {
    this.onRested?.()
  }

  resize(workers: number): void {
    // The sources come first: what a user's function throws must leave everything as it was.
    const added: Worker<T, R>[] = []
    for (let index = this.#workers.length; index < workers; index++) {
      added.push(new Worker(index, this.#sourceOf(index), this))
    }
    this.#workers.push(...added)
    this.#target = workers
    this.#reassign()
  }

  /** Lets the workers pull, or stops them from pulling. */
  setPulling(isPulling: boolean): void {
    this.#isPulling = isPulling
    this.#reassign()
  }

  /** Ends what still runs: decides its fate without it and aborts its signal. */
  abandon(error: PoolStoppedError): UnfinishedItem<T>[] {
    this.#alarm.set(Number.POSITIVE_INFINITY, 0)
    const runs = this.#workers.flatMap(({ run }) => run ?? [])
    const cut = runs.filter((run) => !run.isDecided)
    for (const run of cut) {
      run.isDecided = true
      this.outcomes.abandoned(run, error)
    }
    for (const run of runs) run.abort(error)
    return cut.map(({ lease, attempt }) => ({ item: lease.item, attempt }))
  }

  /** Retired workers go, as many of the others pull as there are free slots, the rest wait no longer. */
  #reassign(): void {
    let last = this.#workers.at(-1)
    while (last && last.index >= this.#target && !last.isBusy) {
      last.dismiss()
      this.#workers.pop()
      last = this.#workers.at(-1)
    }
    let free = this.#isPulling ? this.#target - this.busy : 0
    for (const worker of this.#workers) {
      if (worker.isBusy) continue
      if (free > 0 && worker.index < this.#target) {
        free--
        worker.pull()
      } else {
        worker.withdraw()
      }
    }
  }

  #sweep(): void {
    const timeoutMs = this.#timeoutMs as number
    const nowMs = this.#clock.now()
    let nextMs = Number.POSITIVE_INFINITY
    const late: Run<T, R>[] = []
    for (const { run } of this.#workers) {
      if (run?.startedAt === undefined || run.isDecided) continue
      const dueMs = run.startedAt + timeoutMs
      if (dueMs <= nowMs) late.push(run)
      else nextMs = Math.min(nextMs, dueMs)
    }
    this.#alarm.set(nextMs, nowMs)
    for (const run of late) if (!run.isDecided) this.#timeOut(run, timeoutMs)
  }

  #timeOut(run: Run<T, R>, timeoutMs: number): void {
    const error = new HandlerTimeoutError(this.#name, timeoutMs)
    run.isDecided = run.isOverdue = true
    this.outcomes.totals.timedOut++
    const verdict = this.outcomes.failed(run, error)
    run.abort(error)
    this.outcomes.tellOverdue(run, timeoutMs)
    this.outcomes.tellFailure(run, verdict, timeoutMs)
  }
}
