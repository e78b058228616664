import {
  type Lease,
  type LeaseOptions,
  type Observable,
  SafeEmitter,
  type Timer,
  type WorkSource,
  checkInteger,
} from '@tps/internal'
import { chooserOf } from './assign.ts'
import { type Traits, interviewer } from './callbacks.ts'
import { Entry, type Settlement } from './entry.ts'
import { LaneRemovedError, LevelerClosedError } from './errors.ts'
import type { LoadLevelerEvents, Rebalance } from './events.ts'
import { spreadOf } from './imbalance.ts'
import { type LoadLevelerOptions, type Settings, checkWorkers, settingsOf } from './options.ts'
import type { Placement } from './placement.ts'
import { Rate } from './rate.ts'
import { Rebalancer } from './rebalancer.ts'
import { SharedLine } from './shared-line.ts'
import type { LoadLevelerSnapshot } from './snapshot.ts'
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
  readonly #placement: Placement<T>
  /** The placement under the one strategy and the other. */
  readonly #line: SharedLine<T> | undefined
  readonly #lanes: WorkerLanes<T> | undefined
  readonly #rebalancer: Rebalancer<T> | undefined
  readonly #waiters: WaitingLine<T>
  readonly #delayed = new Map<Entry<T>, Timer>()
  readonly #enqueued: Rate
  readonly #dequeued: Rate
  #workers: number
  #order = 0
  #inProgress = 0
  #isClosed = false
  #isStopped = false
  #rejected = 0
  #deadLettered = 0

  /** @throws TypeError or RangeError when an option is wrong. */
  constructor(options: LoadLevelerOptions<T>) {
    const settings = settingsOf(options)
    Entry.keepExample()
    const { name, workers, strategy, clock, onListenerError } = settings
    this.#settings = settings
    this.name = name
    this.#workers = workers
    this.#events = new SafeEmitter(onListenerError)
    this.#interview = interviewer(settings)
    this.#waiters = new WaitingLine(name, settings.maxWaiters)
    if (strategy === 'shared') {
      this.#placement = this.#line = new SharedLine(workers, settings.slowLimit)
    } else {
      this.#placement = this.#lanes = new WorkerLanes(workers, chooserOf(settings), !settings.weigh)
      this.#rebalancer = new Rebalancer(this.#lanes, settings, (rebalance) => {
        // Lanes of waiting workers may have got something.
        this.#serve()
        this.#events.emit('rebalance', rebalance)
      })
    }
    this.#enqueued = new Rate(clock.now())
    this.#dequeued = new Rate(clock.now())
  }

  /** How many workers it levels for. */
  get workers(): number {
    return this.#workers
  }

  /** Adds an item, or answers `false` at once: when `capacity` items wait, or when it is closed. Never throws. */
  offer(item: T): boolean {
    if (this.#isClosed || (this.#isFull() && this.#waiters.size === 0)) return this.#refuse()
    const { weight, isSlow, key } = this.#interview(item)
    const entry = new Entry(item, 1, weight, isSlow, this.#settlement)
    const nowMs = this.#wait(entry, key)
    // A waiting worker may have taken it, so whether there is room is known only now.
    if (!entry.isLeased && this.#placement.size + this.#delayed.size > this.#settings.capacity) {
      this.#placement.withdraw(entry)
      return this.#refuse()
    }
    this.#enqueued.hit(nowMs)
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
   * move first; they keep their places by age. Returns what it found and did.
   * Takes O(items waiting + workers²); under `shared` there is nothing to move.
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
   * in the next rebalancing.
   * @throws RangeError when `workers` isn't an integer from 1 to 10000.
   */
  resize(workers: number): void {
    checkWorkers(workers)
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
    this.#isStopped = true
    this.#isClosed = true
    this.#rebalancer?.stop()
    for (const [entry, timer] of this.#delayed) {
      timer.cancel()
      this.#delayed.delete(entry)
      this.#wait(entry, undefined)
    }
    this.#rejectWhenDone()
  }

  [Symbol.dispose](): void {
    this.stop()
  }

  on<E extends keyof LoadLevelerEvents<T>>(event: E, listener: (...args: LoadLevelerEvents<T>[E]) => void): () => void {
    return this.#events.on(event, listener)
  }

  /** O(workers), and with `keyBy` O(items in progress). */
  snapshot(): LoadLevelerSnapshot {
    const { strategy, capacity, threshold, classify, clock } = this.#settings
    const nowMs = clock.now()
    const workerLoads = this.#placement.loads()
    const { imbalance, avg, max, min } = spreadOf(workerLoads)
    const slowLimit = classify && this.#line ? this.#line.slowLimit : Number.POSITIVE_INFINITY
    return {
      name: this.name,
      strategy,
      workers: this.#workers,
      capacity,
      depth: this.#placement.size + this.#delayed.size,
      delayed: this.#delayed.size,
      leased: this.#inProgress,
      waiters: this.#waiters.size,
      isClosed: this.#isClosed,
      workerLoads,
      imbalanceFactor: imbalance,
      avgPerWorker: avg,
      maxPerWorker: max,
      minPerWorker: min,
      threshold,
      rebalanceAttempts: this.#rebalancer?.attempts ?? 0,
      itemsMoved: this.#rebalancer?.itemsMoved ?? 0,
      stolen: this.#lanes?.stolen ?? 0,
      rejected: this.#rejected,
      waitersRejected: this.#waiters.rejected,
      deadLettered: this.#deadLettered,
      slowInProgress: this.#line?.slowInProgress ?? 0,
      slowLimit: Number.isFinite(slowLimit) ? slowLimit : null,
      oldestAgeMs: this.#placement.size === 0 ? 0 : nowMs - this.#placement.oldestSinceMs(),
      enqueueRate: this.#enqueued.perSecond(nowMs),
      dequeueRate: this.#dequeued.perSecond(nowMs),
    }
  }

  #isFull(): boolean {
    return this.#placement.size + this.#delayed.size >= this.#settings.capacity
  }

  #refuse(): false {
    this.#rejected++
    return false
  }

  #take(worker: number | undefined): Lease<T> | undefined {
    if (this.#placement.size === 0) return undefined
    return this.#start(this.#placement.take(worker, this.#settings.steal))
  }

  #lease(worker: number | undefined, { signal }: LeaseOptions = {}): Lease<T> | Promise<Lease<T>> {
    if (signal?.aborted) return Promise.reject(signal.reason as Error)
    if (worker !== undefined && worker >= this.#workers) return Promise.reject(new LaneRemovedError(this.name, worker))
    const lease = this.#take(worker)
    if (lease) return lease
    if (this.#isDone()) return Promise.reject(new LevelerClosedError(this.name))
    return this.#waiters.join(worker, signal)
  }

  #start(entry: Entry<T> | undefined): Lease<T> | undefined {
    if (entry === undefined) return undefined
    entry.isLeased = true
    this.#inProgress++
    this.#dequeued.hit(this.#settings.clock.now())
    return entry
  }

  /** Puts an entry behind all others, or into the hands of who waits for it. Returns the time. */
  #wait(entry: Entry<T>, key: unknown): number {
    entry.order = this.#order++
    entry.sinceMs = this.#settings.clock.now()
    this.#placement.add(entry, key)
    this.#serve()
    this.#rebalancer?.wake()
    return entry.sinceMs
  }

  /** Hands out what may be handed out to those who wait: their own first, then what can be stolen. */
  #serve(): void {
    while (this.#waiters.size > 0 && this.#placement.size > 0) {
      if (this.#waiters.serve(this.#takeOwn)) continue
      if (!this.#settings.steal || !this.#lanes || !this.#waiters.serve(this.#takeAny)) return
    }
  }

  readonly #takeOwn = (worker: number | undefined): Lease<T> | undefined =>
    this.#start(this.#placement.take(worker, false))

  readonly #takeAny = (worker: number | undefined): Lease<T> | undefined =>
    this.#start(this.#placement.take(worker, true))

  readonly #settlement: Settlement<T> = {
    done: (entry) => {
      this.#inProgress--
      this.#placement.finish(entry)
      this.#serve()
      if (this.#isClosed) this.#rejectWhenDone()
    },
    again: (entry, delayMs) => {
      this.#inProgress--
      const next = entry.next()
      this.#placement.succeed(entry, next)
      if (delayMs === 0 || this.#isStopped) this.#wait(next, undefined)
      else this.#delay(next, delayMs)
    },
    givenUp: (entry, reason) => {
      this.#deadLettered++
      this.#settlement.done(entry)
      if (this.#events.has('deadLetter'))
        this.#events.emit('deadLetter', { item: entry.item, reason, attempt: entry.attempt })
    },
  }

  #delay(entry: Entry<T>, delayMs: number): void {
    const timer = this.#settings.timers.schedule(delayMs, () => {
      this.#delayed.delete(entry)
      this.#wait(entry, undefined)
    })
    this.#delayed.set(entry, timer)
    // What ended may have held others back.
    this.#serve()
  }

  #isDone(): boolean {
    return this.#isClosed && this.#inProgress + this.#placement.size + this.#delayed.size === 0
  }

  #rejectWhenDone(): void {
    if (this.#isDone()) this.#waiters.rejectAll(() => new LevelerClosedError(this.name))
  }
}
