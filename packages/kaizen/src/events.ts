import type { PercentileTracker } from './percentile-tracker.ts'

/** Something was recorded that is no duration. It was counted as invalid and is in no other figure. */
export interface InvalidValueEvent {
  /** What was given: NaN, an infinity, a negative number, or no number at all. */
  readonly value: unknown
}

/** The bound on buckets was reached: from now on the smallest values lose their precision. */
export interface CollapseEvent {
  /** How many values have lost it so far, in the window or since the start. */
  readonly collapsed: number
}

/** A record had a stage whose duration is none. The whole record was counted as invalid. */
export interface InvalidStageEvent {
  readonly stage: string
  /** What was given: NaN, an infinity, a negative number, or no number at all. */
  readonly value: unknown
}

/** A key had to go for another. */
export interface EvictEvent<K> {
  readonly key: K
  /** With what it held: merge it elsewhere if it must not be lost. */
  readonly tracker: PercentileTracker
}

/** There was no room for a key: its value went to `other`. */
export interface OverflowEvent<K> {
  readonly key: K
}

/** What a `TrackerMap` tells. */
export interface TrackerMapEvents<K> {
  /** For each key that was evicted. */
  evict: [event: EvictEvent<K>]
  /** For each value that went to `other`. */
  overflow: [event: OverflowEvent<K>]
}

/** What a `PercentileTracker` tells. */
export interface PercentileTrackerEvents {
  /** For each invalid value. */
  invalid: [event: InvalidValueEvent]
  /** When no value had lost its precision and now some have. */
  collapse: [event: CollapseEvent]
}

/** What a `Breakdown` tells. */
export interface BreakdownEvents {
  /** For each invalid record, with the first stage that was wrong. */
  invalid: [event: InvalidStageEvent]
}
