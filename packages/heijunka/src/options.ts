import {
  type Clock,
  type ListenerErrorHandler,
  type Timers,
  checkBoolean,
  checkCount,
  checkFunction,
  checkInteger,
  checkName,
  checkNumber,
  checkObject,
  checkOneOf,
  printListenerError,
  systemClock,
  systemTimers,
} from '@tps/internal'
import type { ItemClassifier } from './item-classifier.ts'

/** Where work waits: in one line for all workers, or in a lane for each. */
export type Strategy = 'shared' | 'per-worker'

/** How a lane is chosen for new work. */
export type Assign = 'least-loaded' | 'round-robin' | 'power-of-two'

/** What a load is: a number of items, or a sum of expected durations. */
export type Weigh = 'count' | 'duration'

/** What a `LoadLeveler` is made with. Of `T`, the callbacks see the items as they were offered. */
export interface LoadLevelerOptions<T> {
  /** What it is called on boards and in messages. Not empty. Default `'leveler'`. */
  readonly name?: string
  /** How many workers will pull, and so how many lanes there are. An integer from 1 to 10000. `resize` changes it. */
  readonly workers: number
  /**
   * How many items may wait, over all lanes and with those whose retry is delayed. An integer, at least 1.
   * Beyond it `offer` answers `false`; an item that a waiting worker takes at once needs no room, and a retry always
   * has room. Default 100.
   */
  readonly capacity?: number
  /**
   * `'shared'`: one line, and an item meets its worker as late as possible: the shortest waits.
   * `'per-worker'`: a lane for each worker, levelled by stealing and rebalancing: for work that should stay where its
   * caches, connections or keys are. Default `'shared'`.
   */
  readonly strategy?: Strategy
  /**
   * How new work finds its lane; only `per-worker`. `'least-loaded'` looks at every lane (O(workers) an offer, ties in
   * turn), `'round-robin'` at none, `'power-of-two'` at two drawn at random (Mitzenmacher, TPDS 2001).
   * Default `'least-loaded'`.
   */
  readonly assign?: Assign
  /**
   * Whether a worker whose lane is empty takes the longest waiting item of the busiest lane; only `per-worker`.
   * Without it lanes are levelled by `assign` and by rebalancing alone. Default `true`.
   */
  readonly steal?: boolean
  /**
   * How often lanes are rebalanced while something waits, in ms; only `per-worker`. An integer, at least 1, or
   * `Infinity` for only by hand. No timer runs while nothing waits. Default 30000.
   */
  readonly everyMs?: number
  /** The imbalance, `(max − min) / avg` of the workers' loads, above which lanes are rebalanced. At least 0. Default 0.05. */
  readonly threshold?: number
  /**
   * How much rebalancing by the timer may do before it lets the event loop go on: items and lanes looked at or moved. An
   * integer, at least 1, or `Infinity` for all in one stretch; only `per-worker`. Workers and offers may come in between;
   * the event is emitted at the end. Default 5000, which takes about 1 ms.
   */
  readonly itemsPerSlice?: number
  /**
   * What the loads are, for `assign`, stealing and rebalancing. `'count'`: each item is 1. `'duration'`: each is its
   * expected duration, from `durationOf` or else from `classify` where that predicts. Asked once, when the item is
   * offered. Default `'count'`.
   */
  readonly weigh?: Weigh
  /**
   * How long an item is expected to take, as a finite number of 0 or more: ms, or any unit that is the same for all.
   * `undefined` is unknown: then it counts as those known of late do on average. So does an item for which the answer is
   * no duration or an exception, and that goes to `onListenerError`. Only with `weigh: 'duration'`.
   */
  readonly durationOf?: (item: T) => number | undefined
  /**
   * Items with the same key (compared as a `Map` does) are handed out one after another, in the order they were
   * offered: the next one when the one before has been settled, a delayed retry included. They wait in one lane while
   * any of them waits or runs. `undefined` is no key. An exception means no key and goes to `onListenerError`.
   */
  readonly keyBy?: (item: T) => unknown
  /**
   * Says which items are slow, as a function or as something that learns it, such as a `DurationClassifier` by a key:
   * `durations.by((job) => job.kind)`. With `shared` slow items are capped by `slowLimit`; `per-worker` uses only what it
   * predicts, for `weigh: 'duration'`. An exception means fast and goes to `onListenerError`. Without it everything is
   * fast. One that learns is told how long acknowledged items took, and of fast ones in progress that overrun: those
   * count as slow from then on, which is noticed when work is next handed out.
   */
  readonly classify?: ((item: T) => 'fast' | 'slow') | ItemClassifier<T>
  /**
   * How many slow items may be in progress at once; only `shared` with `classify`. An integer, at least 1, or
   * `Infinity` for no cap. Default three quarters of the workers, rounded down, at least 1; it follows `resize`.
   */
  readonly slowLimit?: number
  /** How many leases may wait for work. An integer, at least 1. Beyond it `lease` rejects. Default 1000. */
  readonly maxWaiters?: number
  /** Draws for `'power-of-two'`: a number in [0, 1). Default `Math.random`. */
  readonly random?: () => number
  /** Default: the platform's monotonic clock. */
  readonly clock?: Clock
  /** Starts the timers of rebalancing and delayed retries. Default: the platform's, which keep no process alive. */
  readonly timers?: Timers
  /** Receives what a listener or one of the callbacks above threw, with the name of the event or option. Default: prints it. */
  readonly onListenerError?: ListenerErrorHandler
}

/** The options of a leveler, checked and complete. */
export interface Settings<T> {
  readonly name: string
  readonly workers: number
  readonly capacity: number
  readonly strategy: Strategy
  readonly assign: Assign
  readonly steal: boolean
  readonly everyMs: number
  readonly threshold: number
  readonly itemsPerSlice: number
  /** `undefined` when loads are counts. */
  readonly durationOf: ((item: T) => number | undefined) | undefined
  readonly keyBy: ((item: T) => unknown) | undefined
  readonly classify: ((item: T) => 'fast' | 'slow') | undefined
  /** What `classify` is, where that learns. */
  readonly learner: ItemClassifier<T> | undefined
  readonly slowLimit: number | undefined
  readonly maxWaiters: number
  readonly random: () => number
  readonly clock: Clock
  readonly timers: Timers
  readonly onListenerError: ListenerErrorHandler
}

/** Checks the number of workers. */
export function checkWorkers(workers: number): number {
  return checkInteger('workers', workers, { min: 1, max: 10_000 })
}

export function settingsOf<T>(options: LoadLevelerOptions<T>): Settings<T> {
  const {
    name = 'leveler',
    workers,
    capacity = 100,
    strategy = 'shared',
    assign = 'least-loaded',
    steal = true,
    everyMs = 30_000,
    threshold = 0.05,
    itemsPerSlice = 5000,
    weigh = 'count',
    durationOf,
    keyBy,
    classify,
    slowLimit,
    maxWaiters = 1000,
    random = Math.random,
    clock = systemClock,
    timers = systemTimers,
    onListenerError = printListenerError,
  } = checkObject('options', options)
  const learner = classify === undefined || typeof classify === 'function' ? undefined : checkLearner(classify)
  return {
    name: checkName('name', name),
    workers: checkWorkers(workers),
    capacity: checkInteger('capacity', capacity, { min: 1 }),
    strategy: checkOneOf('strategy', strategy, ['shared', 'per-worker']),
    assign: checkOneOf('assign', assign, ['least-loaded', 'round-robin', 'power-of-two']),
    steal: checkBoolean('steal', steal),
    everyMs: checkCount('everyMs', everyMs, { min: 1 }),
    threshold: checkNumber('threshold', threshold, { min: 0 }),
    itemsPerSlice: checkCount('itemsPerSlice', itemsPerSlice, { min: 1 }),
    ...checkWeigh(weigh, durationOf, learner),
    keyBy: keyBy && checkFunction('keyBy', keyBy),
    classify: typeof classify === 'function' ? classify : learner && ((item) => learner.classify(item)),
    learner,
    slowLimit: slowLimit === undefined ? undefined : checkCount('slowLimit', slowLimit, { min: 1 }),
    maxWaiters: checkInteger('maxWaiters', maxWaiters, { min: 1 }),
    random: checkFunction('random', random),
    clock: checkObject('clock', clock, ['now']),
    timers: checkObject('timers', timers, ['schedule']),
    onListenerError: checkFunction('onListenerError', onListenerError),
  }
}

function checkLearner<T>(learner: ItemClassifier<T>): ItemClassifier<T> {
  if (typeof learner !== 'object')
    throw new TypeError(`classify must be a function or an object, got ${typeof learner}`)
  checkObject('classify', learner, ['classify'])
  for (const method of ['predict', 'record', 'overran'] as const) {
    const value = learner[method]
    if (value !== undefined) checkFunction(`classify.${method}`, value)
  }
  if (learner.slowMs !== undefined) checkNumber('classify.slowMs', learner.slowMs, { above: 0 })
  return learner
}

function checkWeigh<T>(
  weigh: Weigh,
  durationOf: ((item: T) => number | undefined) | undefined,
  learner: ItemClassifier<T> | undefined,
): Pick<Settings<T>, 'durationOf'> {
  if (durationOf !== undefined) checkFunction('durationOf', durationOf)
  if (checkOneOf('weigh', weigh, ['count', 'duration']) === 'count') return { durationOf: undefined }
  if (durationOf) return { durationOf }
  if (learner?.predict) return { durationOf: (item) => learner.predict?.(item) }
  throw new TypeError('weigh "duration" needs durationOf, or a classify that has predict()')
}
