import {
  type Clock,
  type ListenerErrorHandler,
  checkFunction,
  checkInteger,
  checkName,
  checkNumber,
  checkObject,
  checkOneOf,
  printListenerError,
  systemClock,
} from '@tps/internal'
import { PAGES, PAGE_SIZE } from './buckets.ts'

/** What everything that measures over time has in common. */
export interface MeasureOptions {
  /**
   * How far back it looks, in ms, greater than 0. Default: as far as it exists, nothing is ever forgotten.
   * With a window, what was recorded in the present slice and the `slices - 1` before it counts: between
   * `windowMs * (1 - 1 / slices)` and `windowMs` of time.
   */
  readonly windowMs?: number | undefined
  /** Into how many steps the window is cut. From 1 (all is forgotten at once) to 1000. Default 10. Needs `windowMs`. */
  readonly slices?: number | undefined
  /** Where time comes from. Default: monotonic time of the platform. */
  readonly clock?: Clock | undefined
  /** Receives what a listener threw. Default: prints it with `console.error`. */
  readonly onListenerError?: ListenerErrorHandler | undefined
}

/** What a `PercentileTracker` is made with. */
export interface PercentileTrackerOptions extends MeasureOptions {
  /** What it is called on boards, in metrics and in messages. Default "percentiles". */
  readonly name?: string | undefined
  /**
   * How many buckets there may be at once, from 64 to 137,664 (every double). Rounded down to a multiple of 64: a power
   * of two takes 64. Default 4096, enough for values 19 orders of magnitude apart, at 8 bytes a bucket, or 16 with a
   * window. They are made when values need them.
   * At the bound the smallest values are collapsed into one bucket, so that the larger keep their precision; the
   * snapshot's `collapsed` says how many. A quantile that falls among them answers with their upper limit.
   */
  readonly maxBuckets?: number | undefined
}

/** What a `TrackerMap` is made with. Window, slices and buckets are those of each tracker. */
export interface TrackerMapOptions extends Omit<PercentileTrackerOptions, 'name'> {
  /** What it is called on boards, in metrics and in messages. Default "trackers". */
  readonly name?: string | undefined
  /** How many keys there may be, from 1 to 10,000,000. Default 1000. A key takes some 2 KiB, or more if its values vary. */
  readonly maxKeys?: number | undefined
  /**
   * What happens when a key comes that there is no room for. "evict" (default): a key that was not recorded for for long
   * goes, with its values; the event tells. "other": the value goes to the tracker `other`, and is counted as overflowed.
   */
  readonly overflow?: 'evict' | 'other' | undefined
}

/** What a `Breakdown` is made with. */
export interface BreakdownOptions<S extends string = string> extends MeasureOptions {
  /** What it is called on boards, in metrics and in messages. Default "breakdown". */
  readonly name?: string | undefined
  /** Stages to show from the start, in this order. Others follow in the order of first use. Default none. */
  readonly stages?: readonly S[] | undefined
  /**
   * How many stages there may be, from 1 to 10,000. Default 64, or as many as `stages` names where that is more.
   * What further stages take is added up as one stage called "other", so that the means still add up to the total.
   */
  readonly maxStages?: number | undefined
  /** How many of the slowest records are kept to say where their time went, from 1 to 1000. Default 20. */
  readonly slowest?: number | undefined
}

/** `MeasureOptions`, checked. */
export interface Measure {
  readonly name: string
  /** `undefined` where nothing is forgotten. */
  readonly windowMs: number | undefined
  readonly slices: number
  readonly clock: Clock
  readonly onListenerError: ListenerErrorHandler
}

export function checkMeasure(
  name: string,
  { windowMs, slices = 10, clock = systemClock, onListenerError = printListenerError }: MeasureOptions,
): Measure {
  return {
    name: checkName('name', name),
    windowMs: windowMs === undefined ? undefined : checkNumber('windowMs', windowMs, { above: 0 }),
    slices: checkInteger('slices', slices, { min: 1, max: 1000 }),
    clock: checkObject('clock', clock, ['now']),
    onListenerError: checkFunction('onListenerError', onListenerError),
  }
}

/** `Measure` of a tracker. */
export interface TrackerMeasure extends Measure {
  /** How many pages of buckets there may be. */
  readonly maxPages: number
}

export function checkTracker(name: string, options: PercentileTrackerOptions): TrackerMeasure {
  return { ...checkMeasure(name, options), maxPages: checkMaxBuckets(options.maxBuckets) }
}

export function checkKeys({ maxKeys = 1000, overflow = 'evict' }: TrackerMapOptions): {
  readonly maxKeys: number
  readonly overflow: 'evict' | 'other'
} {
  return {
    maxKeys: checkInteger('maxKeys', maxKeys, { min: 1, max: 10_000_000 }),
    overflow: checkOneOf('overflow', overflow, ['evict', 'other']),
  }
}

function checkMaxBuckets(maxBuckets = 4096): number {
  return Math.floor(checkInteger('maxBuckets', maxBuckets, { min: PAGE_SIZE, max: PAGES * PAGE_SIZE }) / PAGE_SIZE)
}

export function checkSlowest(slowest = 20): number {
  return checkInteger('slowest', slowest, { min: 1, max: 1000 })
}

/** Returns the stages, without duplicates, and how many there may be. */
export function checkStages<S extends string>(
  stages: readonly S[] = [],
  maxStages?: number,
): { readonly stages: readonly S[]; readonly maxStages: number } {
  if (!Array.isArray(stages)) throw new TypeError(`stages must be an array of strings, got ${typeof stages}`)
  for (const stage of stages) checkName('stages', stage)
  const unique = [...new Set(stages)]
  const max = maxStages ?? Math.max(64, unique.length)
  return { stages: unique, maxStages: checkInteger('maxStages', max, { min: Math.max(1, unique.length), max: 10_000 }) }
}
