import {
  type Lease,
  type LeaseOptions,
  type Observable,
  Rate,
  SafeEmitter,
  TurnClock,
  type WorkSource,
  checkInteger,
} from '@tps/internal'
import { chooserOf } from './assign.ts'
import { type Traits, interviewer } from './callbacks.ts'
import { Delays } from './delays.ts'
import { Entry, type Settlement } from './entry.ts'
import { LaneRemovedError, LevelerClosedError } from './errors.ts'
import type { LoadLevelerEvents, Rebalance } from './events.ts'
import { spreadOf } from './imbalance.ts'
import { Learner } from './learner.ts'
import { type LoadLevelerOptions, type Settings, checkWorkers, settingsOf } from './options.ts'
import type { Placement } from './placement.ts'
import { Rebalancer } from './rebalancer.ts'
import { SharedLine } from './shared-line.ts'
import { type LoadLevelerSnapshot, loadsIn } from './snapshot.ts'
import { WaitingLine } from './waiting-line.ts'
import { WorkerLanes } from './worker-lanes.ts'

/**
 * Spreads work over workers that pull. It runs no workers itself: a pool pulls from the leveler, or each of its workers
 * from its own `lane`. An item goes from waiting to in progress to settled (`ack` or `deadLetter`), or back by `retry`;
 * it is never lost, doubled, or taken from a worker that has started it.
 */
export class LoadLeveler<T> implements WorkSource<T>, Observable<LoadLevelerEvents<T>>, Disposable {
  readonly name: string
  readonly #settings: Settings<T>
  readonly #events: SafeEmitter<LoadLevelerEvents<T>>
  readonly #interview: (item: T) => Traits
  readonly #learner: Learner<T> | undefined
  readonly #placement: Placement<T>
  /** The placement under the one strategy and the other. */
  readonly #line: SharedLine<T> | undefined
  readonly #lanes: WorkerLanes<T> | undefined
  readonly #rebalancer: Rebalancer<T> | undefined
  readonly #waiters: WaitingLine<T>
  readonly #delays: Delays<T>
  readonly #clock: TurnClock
  readonly #enqueued = new Rate()
  readonly #dequeued = new Rate()
  #workers: number
  #order = 0
  #inProgress = 0
  #isClosed = false
  #rejected = 0
  #deadLettered = 0
  #overran = 0

  /** @throws TypeError or RangeError when an option is wrong. */
  constructor(options: LoadLevelerOptions<T>) {
    const settings = settingsOf(options)
    Entry.keepExample()
    const { name, workers, strategy, clock, timers, learner, onListenerError } = settings
    this.#settings = settings
    this.name = name
    this.#workers = workers
    this.#events = new SafeEmitter(onListenerError)
    this.#interview = interviewer(settings)
    this.#learner = learner && new Learner(learner, clock, onListenerError)
    this.#waiters = new WaitingLine(name, settings.maxWaiters)
    this.#delays = new Delays(timers)
    this.#clock = new TurnClock(clock)
    if (strategy === 'shared') {
      this.#placement = this.#line = new SharedLine(workers, settings.slowLimit, this.#learner)
    } else {
      this.#placement = this.#lanes = new WorkerLanes(workers, chooserOf(settings), !settings.durationOf)
      this.#rebalancer = new Rebalancer(this.#lanes, settings, {
        moved: () => this.#serve(),
        rebalanced: (rebalance) => this.#events.emit('rebalance', rebalance),
      })
    }
  }

  /** How many workers it levels for. */
  get workers(): number {
    return this.#workers
  }

  /** How many items wait, delayed retries included. */
  get depth(): number {
    return this.#placement.size + this.#delays.size
  }

  /** How many items are in the hands of workers. */
  get leased(): number {
    return this.#inProgress
  }

  /** Adds an item, or answers `false` at once: when `capacity` items wait, or when it is closed. Never throws. */
  offer(item: T): boolean {
    const { capacity } = this.#settings
    if (this.#isClosed || (this.#waiters.size === 0 && this.depth >= capacity)) return this.#refuse()
    const { weight, isSlow, key } = this.#interview(item)
    // Where there is no room it must go to a waiting worker at once, and can't while another one of its key is there.
    if (key !== undefined && this.depth >= capacity && this.#placement.has(key)) return this.#refuse()
    const entry = new Entry(item, 1, weight, isSlow, this.#settlement)
    const nowMs = this.#wait(entry, key)
    if (!entry.isLeased && this.depth > capacity) {
      this.#placement.withdraw(entry)
      return this.#refuse()
    }
    this.#enqueued.add(nowMs)
    return true
  }

  /** The longest waiting item that may be handed out now, or `undefined`. */
  tryLease(): Lease<T> | undefined {
    return this.#take(undefined)
  }

  /**
   * As `tryLease`, but waits for work, first come, first served.
   * Rejects with the signal's reason when it aborts, with `LevelerClosedError` when the leveler is closed and all that
   * was in it is settled, with `TooManyWaitersError` when `maxWaiters` wait already.
   */
  lease(options?: LeaseOptions): Lease<T> | Promise<Lease<T>> {
    return this.#lease(undefined, options)
  }

  /**
   * Where worker `index` pulls. Per worker: from its own lane, and from others' when it is empty and `steal` is on.
   * Shared: from the whole, and what it has in progress counts as its load. Leases reject with `LaneRemovedError` once
   * `resize` has taken the lane away, and work again when it is back.
   * @throws RangeError when `index` isn't an integer from 0 to `workers` − 1.
   */
  lane(index: number): WorkSource<T> {
    checkInteger('index', index, { min: 0, max: this.#workers - 1 })
    return {
      lease: (options) => this.#lease(index, options),
      tryLease: () => this.#take(index),
    }
  }

  /**
   * Levels the lanes now, as the timer does every `everyMs`: when the imbalance is above the threshold, moves what
   * waits from the busiest to the least busy until it isn't, or until no move would bring two lanes closer. Newest items
   * move first; they keep their places by age. In one stretch, whatever `itemsPerSlice` is; what the timer has under way
   * is ended first. Returns what it found and did.
   * Takes O(items moved + workers · log workers); with keys or durations O(items in the lanes that give + workers²).
   * Under `shared` there is nothing to move.
   */
  rebalance(): Rebalance {
    const rebalance = this.#rebalancer?.rebalance()
    if (rebalance) return rebalance
    const beforeLoads = this.#placement.loads()
    const before = spreadOf(beforeLoads).imbalance
    return { before, beforeLoads, moves: [], moved: 0, after: before, afterLoads: [...beforeLoads] }
  }

  /**
   * Changes the number of workers. What waits in lanes that go moves to the least loaded that stay; what their workers
   * have in progress stays theirs until it is settled. New lanes begin empty: they get new work, steal, and take part
   * in the next rebalancing; one under way ends as it is. O(items in the lanes that go).
   * @throws RangeError when `workers` isn't an integer from 1 to 10000.
   */
  resize(workers: number): void {
    checkWorkers(workers)
    this.#rebalancer?.cut()
    this.#workers = workers
    this.#placement.resize(workers)
    this.#waiters.rejectFrom(workers, (lane) => new LaneRemovedError(this.name, lane))
    this.#serve()
  }

  /**
   * Takes nothing in any more. What is in it comes out, retries included; once all of it is settled, leases that wait
   * reject with `LevelerClosedError`.
   */
  close(): void {
    this.#isClosed = true
    this.#rejectWhenDone()
  }

  /** Closes it and gives its timers back: no more rebalancing by itself; delayed retries wait no longer. */
  stop(): void {
    this.#isClosed = true
    this.#rebalancer?.stop()
    for (const entry of this.#delays.stop()) this.#wait(entry, undefined)
    this.#rejectWhenDone()
  }

  [Symbol.dispose](): void {
    this.stop()
  }

  on<E extends keyof LoadLevelerEvents<T>>(event: E, listener: (...args: LoadLevelerEvents<T>[E]) => void): () => void {
    return this.#events.on(event, listener)
  }

  /** O(workers · log workers), and with `keyBy` O(items in progress). */
  snapshot(): LoadLevelerSnapshot {
    const { strategy, capacity, threshold, classify } = this.#settings
    const nowMs = this.#clock.exactly()
    const slowLimit = classify && this.#line ? this.#line.slowLimit : Number.POSITIVE_INFINITY
    return {
      name: this.name,
      strategy,
      workers: this.#workers,
      capacity,
      depth: this.depth,
      delayed: this.#delays.size,
      leased: this.#inProgress,
      waiters: this.#waiters.size,
      isClosed: this.#isClosed,
      ...loadsIn(this.#placement.loads()),
      threshold,
      rebalanceAttempts: this.#rebalancer?.attempts ?? 0,
      itemsMoved: this.#rebalancer?.itemsMoved ?? 0,
      stolen: this.#lanes?.stolen ?? 0,
      rejected: this.#rejected,
      waitersRejected: this.#waiters.rejected,
      deadLettered: this.#deadLettered,
      slowInProgress: this.#line?.slowInProgress ?? 0,
      slowLimit: Number.isFinite(slowLimit) ? slowLimit : null,
      overran: this.#overran,
      oldestAgeMs: this.#placement.size === 0 ? 0 : Math.max(0, nowMs - this.#placement.oldestSinceMs()),
      enqueueRate: this.#enqueued.perSecond(nowMs),
      dequeueRate: this.#dequeued.perSecond(nowMs),
    }
  }

  #refuse(): false {
    this.#rejected++
    return false
  }

  #take(worker: number | undefined): Lease<T> | undefined {
    return this.#placement.size === 0 ? undefined : this.#start(worker, this.#settings.steal)
  }

  #lease(worker: number | undefined, { signal }: LeaseOptions = {}): Lease<T> | Promise<Lease<T>> {
    if (signal?.aborted) return Promise.reject(signal.reason as Error)
    if (worker !== undefined && worker >= this.#workers) return Promise.reject(new LaneRemovedError(this.name, worker))
    const lease = this.#take(worker)
    if (lease) return lease
    if (this.#isDone()) return Promise.reject(new LevelerClosedError(this.name))
    return this.#waiters.join(worker, signal)
  }

  #start(worker: number | undefined, maySteal: boolean): Lease<T> | undefined {
    if (this.#learner) this.#demote(this.#learner)
    const entry = this.#placement.take(worker, maySteal)
    if (entry === undefined) return undefined
    entry.isLeased = true
    this.#inProgress++
    this.#dequeued.add(this.#clock.now())
    this.#learner?.started(entry)
    return entry
  }

  #demote(learner: Learner<T>): void {
    for (const entry of learner.overrun()) {
      this.#overran++
      this.#line?.demote(entry)
    }
  }

  /** Puts an entry behind all others, or into the hands of who waits for it. Returns the time. */
  #wait(entry: Entry<T>, key: unknown): number {
    const nowMs = this.#clock.now()
    entry.order = this.#order++
    entry.sinceMs = nowMs
    this.#placement.add(entry, key)
    if (this.#waiters.size > 0) this.#serve()
    this.#rebalancer?.wake()
    return nowMs
  }

  /** Hands out what may be handed out to those who wait: their own first, then what can be stolen. */
  #serve(): void {
    while (this.#waiters.size > 0 && this.#placement.size > 0) {
      if (this.#waiters.serve(this.#takeOwn)) continue
      if (!this.#settings.steal || !this.#lanes || !this.#waiters.serve(this.#takeAny)) return
    }
  }

  readonly #takeOwn = (worker: number | undefined): Lease<T> | undefined => this.#start(worker, false)

  readonly #takeAny = (worker: number | undefined): Lease<T> | undefined => this.#start(worker, true)

  readonly #back = (entry: Entry<T>): void => void this.#wait(entry, undefined)

  readonly #settlement: Settlement<T> = {
    done: (entry) => {
      this.#inProgress--
      this.#placement.finish(entry)
      this.#learner?.ended(entry, true)
      this.#ended()
    },
    again: (entry, delayMs) => {
      this.#inProgress--
      const next = entry.next()
      this.#placement.succeed(entry, next)
      this.#learner?.ended(entry, false)
      this.#delays.add(next, delayMs, this.#back)
      // What ended may have held others back.
      this.#serve()
    },
    givenUp: (entry, reason) => {
      this.#inProgress--
      this.#deadLettered++
      this.#placement.finish(entry)
      this.#learner?.ended(entry, false)
      this.#ended()
      if (this.#events.has('deadLetter'))
        this.#events.emit('deadLetter', { item: entry.item, reason, attempt: entry.attempt })
    },
  }

  #ended(): void {
    if (this.#waiters.size > 0) this.#serve()
    if (this.#isClosed) this.#rejectWhenDone()
  }

  #isDone(): boolean {
    return this.#isClosed && this.#inProgress + this.depth === 0
  }

  #rejectWhenDone(): void {
    if (this.#isDone()) this.#waiters.rejectAll(() => new LevelerClosedError(this.name))
  }
}
