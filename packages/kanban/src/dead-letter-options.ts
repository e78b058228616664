import {
  type Clock,
  type ListenerErrorHandler,
  type Timers,
  checkFunction,
  checkInteger,
  checkName,
  checkObject,
  checkOneOf,
  printListenerError,
  systemClock,
  systemTimers,
} from '@tps/internal'
import { type RedriveTarget, checkTarget } from './redrive-options.ts'

/** How a `DeadLetterQueue` is made. */
export interface DeadLetterQueueOptions<T> {
  /** What it is called on boards, in metrics and in messages. Default `'dead-letters'`. */
  readonly name?: string | undefined
  /**
   * How many dead letters are kept. From 1. Default 1000. One that is just being sent back doesn't count, so as many more
   * can be here as redrives are under way.
   */
  readonly capacity?: number | undefined
  /**
   * Which ones a full queue keeps; the others are dropped and counted. One that is just being sent back is never dropped.
   * Default `'newest'`.
   */
  readonly keep?: 'newest' | 'oldest' | undefined
  /** Where a redrive sends items that names no target of its own. Default: none. */
  readonly into?: RedriveTarget<T> | undefined
  /**
   * By what an item that dies again after a redrive is recognised; keys are compared as those of a `Map`.
   * Default: the item itself, so an object by its identity and a primitive by its value: equal primitives are one item.
   * Give the item's own key where the item is copied on its way, as any durable source does.
   */
  readonly keyBy?: ((item: T) => unknown) | undefined
  /** From how many redrives on an item that dies again is poison. From 1. Default 1. */
  readonly poisonAfter?: number | undefined
  /** How many errors of an item are kept, the last ones. From 1. Default 10. */
  readonly maxErrors?: number | undefined
  /**
   * How many items that were sent back are remembered by keys, so that they are recognised when they die again. The oldest
   * are forgotten and counted. Objects without `keyBy` don't count: they are remembered as long as they live. From 1.
   * Default 10000.
   */
  readonly maxRemembered?: number | undefined
  /** Monotonic time, for the pace of redrives. Default: the platform's. */
  readonly clock?: Clock | undefined
  /** Wakes redrives that wait for their time. None runs otherwise. Default: the platform's. */
  readonly timers?: Timers | undefined
  /** Wall-clock time in ms since 1970, for people to read. Default `Date.now`. */
  readonly wallNow?: (() => number) | undefined
  /** Receives what a listener or `keyBy` threw. Default: prints it. */
  readonly onListenerError?: ListenerErrorHandler | undefined
}

/** Options with nothing left open. */
export interface CheckedDeadLetterOptions<T> {
  readonly name: string
  readonly capacity: number
  readonly keep: 'newest' | 'oldest'
  readonly into: RedriveTarget<T> | undefined
  readonly keyBy: ((item: T) => unknown) | undefined
  readonly poisonAfter: number
  readonly maxErrors: number
  readonly maxRemembered: number
  readonly clock: Clock
  readonly timers: Timers
  readonly wallNow: () => number
  readonly onListenerError: ListenerErrorHandler
}

export function checkDeadLetterOptions<T>(options: DeadLetterQueueOptions<T>): CheckedDeadLetterOptions<T> {
  const {
    name = 'dead-letters',
    capacity = 1_000,
    keep = 'newest',
    into,
    keyBy,
    poisonAfter = 1,
    maxErrors = 10,
    maxRemembered = 10_000,
    clock = systemClock,
    timers = systemTimers,
    wallNow = Date.now,
    onListenerError = printListenerError,
  } = checkObject('options', options)
  return {
    name: checkName('name', name),
    capacity: checkInteger('capacity', capacity, { min: 1 }),
    keep: checkOneOf('keep', keep, ['newest', 'oldest']),
    into: into === undefined ? undefined : checkTarget(into),
    keyBy: keyBy === undefined ? undefined : checkFunction('keyBy', keyBy),
    poisonAfter: checkInteger('poisonAfter', poisonAfter, { min: 1 }),
    maxErrors: checkInteger('maxErrors', maxErrors, { min: 1 }),
    maxRemembered: checkInteger('maxRemembered', maxRemembered, { min: 1 }),
    clock: checkObject('clock', clock, ['now']),
    timers: checkObject('timers', timers, ['schedule']),
    wallNow: checkFunction('wallNow', wallNow),
    onListenerError: checkFunction('onListenerError', onListenerError),
  }
}
