import type { Timers, WorkSource } from '@tps/internal'
import { CounterStation } from './counter-station.ts'
import type { PoolStoppedError } from './errors.ts'
import type { Exemplar } from './exemplar.ts'
import { LeaseStation } from './lease-station.ts'
import type { Outcomes } from './outcomes.ts'
import { type CheckedPoolOptions, type Handler, type UnfinishedItem, checkLeaseMs } from './pool-options.ts'
import { Run } from './run.ts'
import type { Station } from './station.ts'
import type { Submissions } from './submissions.ts'
import { counterOf } from './taker.ts'
import { TimeLimits } from './time-limits.ts'
import { Timing } from './timing.ts'
import { type Foreman, Worker } from './worker.ts'

/** The workers of a pool: how many, where they stand, and which of them may begin something. */
export class Crew<T, R> implements Foreman<T, R> {
  readonly name: string
  readonly maxDeliveries: number
  readonly handler: Handler<T, R>
  readonly outcomes: Outcomes<T, R>
  readonly submissions: Submissions<T, R>
  readonly timing: Timing
  readonly limits: TimeLimits<T, R>
  readonly inContext: Foreman<T, R>['inContext']
  /** Set by the pool: a slot was freed while the pool stops. */
  onFreed: (() => void) | undefined
  /** Set by the pool: a station has found nothing to do. */
  onRested: () => void = () => {}
  readonly #options: CheckedPoolOptions<T>
  readonly #timers: Timers
  /** Those with an index from `#target` on are retired: they finish what they have. */
  readonly #workers: Worker<T, R>[] = []
  /** Where all stand, when one source of ours serves all. */
  #shared: CounterStation<T, R> | undefined
  /** @see Exemplar */
  readonly exemplar: Exemplar<Run>
  #target = 0
  #isPulling = true
  #isWatched = false
  #hasLimits: boolean
  /** Nobody is retired, all may pull: who becomes free stays where it is. */
  #isSteady = false
  /** Tells whether the workers were assigned anew meanwhile. */
  #assignments = 0

  constructor(
    options: CheckedPoolOptions<T>,
    handler: Handler<T, R>,
    submissions: Submissions<T, R>,
    outcomes: Outcomes<T, R>,
  ) {
    this.name = options.name
    this.maxDeliveries = options.maxDeliveries
    this.handler = handler
    this.outcomes = outcomes
    this.submissions = submissions
    this.timing = new Timing(options.clock)
    this.limits = new TimeLimits(options, outcomes, this.#workers)
    this.#options = options
    this.#timers = options.timers
    this.#hasLimits = options.timeoutMs !== undefined
    const { contexts } = options
    this.inContext =
      contexts && ((run, { submission, item }) => contexts.run(submission?.more?.context, () => handler(item, run)))
    this.exemplar = new Run(0, { index: 0, turn: 0, aborted: undefined, leftMs: 0, watch: () => {}, beat: () => {} }, 0)
    this.#isWatched = false
    this.#timeWhatIsNeeded()
  }

  /** How many handlers may run at once. */
  get target(): number {
    return this.#target
  }

  get isPulling(): boolean {
    return this.#isPulling
  }

  get isWatched(): boolean {
    return this.#isWatched
  }

  set isWatched(isWatched: boolean) {
    this.#isWatched = isWatched
    this.#timeWhatIsNeeded()
  }

  /** How many handlers run, those of retired workers included. O(workers). */
  get busy(): number {
    let busy = 0
    for (const { isBusy } of this.#workers) if (isBusy) busy++
    return busy
  }

  /** How many handlers have timed out and still run. O(workers). */
  get overdue(): number {
    let overdue = 0
    for (const { isBusy, isOverdue } of this.#workers) if (isBusy && isOverdue) overdue++
    return overdue
  }

  get workers(): readonly Worker<T, R>[] {
    return this.#workers
  }

  get stations(): ReadonlySet<Station<T, R>> {
    return new Set(this.#workers.map(({ station }) => station))
  }

  /** Mean time a slot is held, in ms; `undefined` before anything has begun. */
  get meanMs(): number | undefined {
    return this.timing.meanMs(this.#workers.filter(({ isBusy }) => isBusy))
  }

  turnMs(): number {
    return this.timing.turnMs
  }

  freed(worker: Worker<T, R>): void {
    if (this.#isSteady) {
      worker.station.freed(worker)
      return
    }
    this.#reassign()
    this.onFreed?.()
  }

  rested(): void {
    this.onRested()
  }

  resize(workers: number): void {
    // The sources come first: what a user's function throws must leave everything as it was.
    const added: [source: WorkSource<T>, index: number][] = []
    for (let index = this.#workers.length; index < workers; index++) added.push([this.#options.sourceOf(index), index])
    for (const [source, index] of added) this.#hire(source, index)
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
    this.limits.stop()
    const cut = this.#workers.filter(({ isBusy, isDecided }) => isBusy && !isDecided)
    // What they hold goes back in the order it came out.
    const unfinished = cut.map(({ item, attempt }) => ({ item, attempt }))
    for (const worker of cut) {
      worker.isDecided = true
      this.outcomes.abandoned(worker, error)
    }
    for (const worker of this.#workers) worker.abort(error)
    for (const station of this.stations) station.close()
    return unfinished
  }

  #hire(source: WorkSource<T>, index: number): void {
    const station = this.#stationFor(source)
    if (station.leaseMs !== undefined) this.#hasLimits = true
    this.#timeWhatIsNeeded()
    const worker = new Worker<T, R>(index, station, this)
    station.join(worker)
    this.#workers.push(worker)
  }

  #stationFor(source: WorkSource<T>): CounterStation<T, R> | LeaseStation<T, R> {
    const counter = counterOf<T>(source)
    if (!counter) {
      const { maxWaitMs } = this.#options
      const leaseMs = this.#options.leaseMs ?? checkLeaseMs('source.leaseMs', source.leaseMs)
      return new LeaseStation<T, R>(source, this, this.#timers, { maxWaitMs, leaseMs })
    }
    if (!this.#options.sharedSource) return new CounterStation<T, R>(source, counter, this, this.#timers)
    this.#shared ??= new CounterStation<T, R>(source, counter, this, this.#timers)
    return this.#shared
  }

  #timeWhatIsNeeded(): void {
    this.timing.timesAll = this.#isWatched || this.#hasLimits
  }

  /** Retired workers go, as many of the others pull as there are free slots, the rest wait no longer. */
  #reassign(): void {
    const assignment = ++this.#assignments
    this.#dismissRetired()
    this.#isSteady = this.#isPulling && this.#workers.length === this.#target
    let free = this.#isPulling ? this.#target - this.busy : 0
    const assigned = new Map<Station<T, R>, Worker<T, R>[]>()
    for (const worker of this.#workers) {
      const workers = assigned.get(worker.station) ?? []
      assigned.set(worker.station, workers)
      if (worker.isBusy || worker.index >= this.#target || free-- <= 0) continue
      workers.push(worker)
    }
    for (const [station, workers] of assigned) {
      // What begins in one station may, through the user's code, have changed all.
      if (assignment !== this.#assignments) return
      station.assign(workers)
    }
  }

  #dismissRetired(): void {
    let last = this.#workers.at(-1)
    while (last && last.index >= this.#target && !last.isBusy) {
      this.#workers.pop()
      last.station.dismiss(last)
      if (this.#shared && this.#workers.length === 0) this.#shared = undefined
      last = this.#workers.at(-1)
    }
  }
}
