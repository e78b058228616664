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
  printListenerError,
  systemClock,
  systemTimers,
} from '@tps/internal'
import type { Demand } from './level-sequence.ts'

/** What a `LevelingScheduler` is made with. */
export interface LevelingSchedulerOptions<P extends string> {
  /** What it is called on boards and in messages. Not empty. Default `'scheduler'`. */
  readonly name?: string | undefined
  /**
   * How much of each product is wanted; only the proportions matter. Each in [0, 1e9], at most 10,000 products.
   * `setDemand` changes it.
   */
  readonly demand: Demand<P>
  /**
   * The time from one release to the next, in ms: the time there is, over what is wanted in it. Above 0. Needed for
   * `start` alone; `setTaktMs` changes it.
   */
  readonly taktMs?: number | undefined
  /**
   * Whether a product's turn needs an item that was put in for it with `offer`. Without, there is always work for every
   * product. Default `false`.
   */
  readonly queued?: boolean | undefined
  /** How many items may wait for each product, when `queued`. An integer, at least 1. Beyond it `offer` answers `false`. Default 100. */
  readonly capacity?: number | undefined
  /**
   * How slowly what is late is caught up: at most one release in so many takts. An integer, at least 1, or `Infinity` for
   * never. Default 10: a tenth above the pace.
   */
  readonly catchUpTakts?: number | undefined
  /**
   * How many turns a product may be owed, and how many takts the whole. Missed ones beyond are forgiven. An integer, at
   * least 0, or `Infinity`. Default 10.
   */
  readonly maxLate?: number | undefined
  /** Default: the platform's monotonic clock. */
  readonly clock?: Clock | undefined
  /** Starts the timer of the takt. Default: the platform's, which keep no process alive. */
  readonly timers?: Timers | undefined
  /** Receives what a listener or `release` threw, with the name of the event or `'release'`. Default: prints it. */
  readonly onListenerError?: ListenerErrorHandler | undefined
}

/** The options of a scheduler without its demand, checked and complete. */
export interface SchedulerSettings {
  readonly name: string
  readonly taktMs: number | undefined
  readonly queued: boolean
  readonly capacity: number
  readonly catchUpTakts: number
  readonly maxLate: number
  readonly clock: Clock
  readonly timers: Timers
  readonly onListenerError: ListenerErrorHandler
}

export function checkTaktMs(taktMs: number): number {
  return checkNumber('taktMs', taktMs, { above: 0 })
}

export function schedulerSettings<P extends string>(options: LevelingSchedulerOptions<P>): SchedulerSettings {
  const {
    name = 'scheduler',
    taktMs,
    queued = false,
    capacity = 100,
    catchUpTakts = 10,
    maxLate = 10,
    clock = systemClock,
    timers = systemTimers,
    onListenerError = printListenerError,
  } = checkObject('options', options)
  return {
    name: checkName('name', name),
    taktMs: taktMs === undefined ? undefined : checkTaktMs(taktMs),
    queued: checkBoolean('queued', queued),
    capacity: checkInteger('capacity', capacity, { min: 1 }),
    catchUpTakts: checkCount('catchUpTakts', catchUpTakts, { min: 1 }),
    maxLate: checkCount('maxLate', maxLate, { min: 0 }),
    clock: checkObject('clock', clock, ['now']),
    timers: checkObject('timers', timers, ['schedule']),
    onListenerError: checkFunction('onListenerError', onListenerError),
  }
}
