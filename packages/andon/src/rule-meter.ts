import type { Keeping, Samples } from './samples.ts'

/** What makes one value, to be held against a level, of the readings of a window. */
export interface Meter extends Keeping {
  /** Whether it takes `{ good, total }` and not numbers. */
  readonly counts: boolean
  /** The value at `nowMs`, or `undefined` when the readings don't tell. */
  measure(samples: Samples, nowMs: number): number | undefined
}
