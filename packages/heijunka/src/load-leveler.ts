import {
  type Lease,
  type LeaseOptions,
  type Observable,
  SafeEmitter,
  type WorkSource,
  checkInteger,
} from '@tps/internal'
import { chooserOf } from './assign.ts'
import { Dispatch } from './dispatch.ts'
import { Entry } from './entry.ts'
import type { LoadLevelerEvents, Rebalance } from './events.ts'
import { spreadOf } from './imbalance.ts'
import { Learner } from './learner.ts'
import { type LoadLevelerOptions, type Settings, checkWorkers, settingsOf } from './options.ts'
import type { Placement } from './placement.ts'
import { Rebalancer } from './rebalancer.ts'
import { SharedLine } from './shared-line.ts'
import { type LoadLevelerSnapshot, loadsIn } from './snapshot.ts'
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
  readonly #dispatch: Dispatch<T>
  readonly #placement: Placement<T>
  /** The placement under the one strategy and the other. */
  readonly #line: SharedLine<T> | undefined
  readonly #lanes: WorkerLanes<T> | undefined
  readonly #rebalancer: Rebalancer<T> | undefined

  /** @throws TypeError or RangeError when an option is wrong. */
  constructor(options: LoadLevelerOptions<T>) {
    const settings = settingsOf(options)
    Entry.keepExample()
    const { name, workers, strategy, clock, onListenerError } = settings
    this.#settings = settings
    this.name = name
    this.#events = new SafeEmitter(onListenerError)
    const learner = settings.learner && new Learner(settings.learner, clock, onListenerError)
    if (strategy === 'shared') {
      this.#placement = this.#line = new SharedLine(workers, settings.slowLimit, learner)
    } else {
      this.#placement = this.#lanes = new WorkerLanes(workers, chooserOf(settings), !settings.durationOf)
      this.#rebalancer = new Rebalancer(this.#lanes, settings, {
        moved: () => this.#dispatch.serve(),
        rebalanced: (rebalance) => this.#events.emit('rebalance', rebalance),
      })
    }
    const rebalancer = this.#rebalancer
    const wake = rebalancer && (() => rebalancer.wake())
    this.#dispatch = new Dispatch(settings, this.#events, this.#placement, learner, wake)
  }

  /** How many workers it levels for. */
  get workers(): number {
    return this.#dispatch.workers
  }

  /** How many items wait, delayed retries included. */
  get depth(): number {
    return this.#dispatch.depth
  }

  /** How many items are in the hands of workers. */
  get leased(): number {
    return this.#dispatch.inProgress
  }

  /** Adds an item, or answers `false` at once: when `capacity` items wait, or when it is closed. Never throws. */
  offer(item: T): boolean {
    return this.#dispatch.offer(item)
  }

  /** The longest waiting item that may be handed out now, or `undefined`. */
  tryLease(): Lease<T> | undefined {
    return this.#dispatch.take(undefined)
  }

  /**
   * As `tryLease`, but waits for work, first come, first served.
   * Rejects with the signal's reason when it aborts, with `LevelerClosedError` when the leveler is closed and all that
   * was in it is settled, with `TooManyWaitersError` when `maxWaiters` wait already.
   */
  lease(options?: LeaseOptions): Lease<T> | Promise<Lease<T>> {
    return this.#dispatch.lease(undefined, options)
  }

  /**
   * Where worker `index` pulls. Per worker: from its own lane, and from others' when it is empty and `steal` is on.
   * Shared: from the whole, and what it has in progress counts as its load. Leases reject with `LaneRemovedError` once
   * `resize` has taken the lane away, and work again when it is back.
   * @throws RangeError when `index` isn't an integer from 0 to `workers` − 1.
   */
  lane(index: number): WorkSource<T> {
    checkInteger('index', index, { min: 0, max: this.workers - 1 })
    return {
      lease: (options) => this.#dispatch.lease(index, options),
      tryLease: () => this.#dispatch.take(index),
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
    this.#dispatch.resize(workers)
  }

  /**
   * Takes nothing in any more. What is in it comes out, retries included; once all of it is settled, leases that wait
   * reject with `LevelerClosedError`.
   */
  close(): void {
    this.#dispatch.close()
  }

  /** Closes it and gives its timers back: no more rebalancing by itself; delayed retries wait no longer. */
  stop(): void {
    this.#rebalancer?.stop()
    this.#dispatch.stop()
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
    const { workers, depth, delays, waiters, inProgress, isClosed, rejected, deadLettered, overran } = this.#dispatch
    const { clock, enqueued, dequeued } = this.#dispatch
    const nowMs = clock.exactly()
    const slowLimit = classify && this.#line ? this.#line.slowLimit : Number.POSITIVE_INFINITY
    return {
      name: this.name,
      strategy,
      workers,
      capacity,
      depth,
      delayed: delays.size,
      leased: inProgress,
      waiters: waiters.size,
      isClosed,
      ...loadsIn(this.#placement.loads()),
      threshold,
      rebalanceAttempts: this.#rebalancer?.attempts ?? 0,
      itemsMoved: this.#rebalancer?.itemsMoved ?? 0,
      stolen: this.#lanes?.stolen ?? 0,
      rejected,
      waitersRejected: waiters.rejected,
      deadLettered,
      slowInProgress: this.#line?.slowInProgress ?? 0,
      slowLimit: Number.isFinite(slowLimit) ? slowLimit : null,
      overran,
      oldestAgeMs: this.#placement.size === 0 ? 0 : Math.max(0, nowMs - this.#placement.oldestSinceMs()),
      enqueueRate: enqueued.perSecond(nowMs),
      dequeueRate: dequeued.perSecond(nowMs),
    }
  }
}
