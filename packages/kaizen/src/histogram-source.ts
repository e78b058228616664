import { OTEL_OFFSET, PAGE_SIZE, bucketOf } from './buckets.ts'
import type { Mergeable } from './contents.ts'

/** What is exported: a tracker of this package, or of another copy of it. */
export interface HistogramSource extends Mergeable {
  /** `undefined` where nothing is forgotten. */
  readonly windowMs: number | undefined
}

/** A tracker in the form that OpenTelemetry and Prometheus share. */
export interface Exponential {
  readonly count: number
  /** Values of 0, and those that lost their precision. */
  readonly zeroCount: number
  /** All of those are at most this; 0 when none lost its precision. */
  readonly zeroThreshold: number
  /** By OpenTelemetry's index at scale 6, ascending: index i is (2^(i / 64), 2^((i + 1) / 64)]. */
  readonly counts: readonly (readonly [index: number, count: number])[]
}

/** Of the first bucket above 2^-1022. Formats with one width of bucket have no room for the finer ones below. */
const SMALLEST_INDEX = PAGE_SIZE - OTEL_OFFSET

/** Reads the counts of a tracker. Subnormal values, below 2^-1022, are taken for 2^-1022, as OpenTelemetry allows. */
export function exponentialOf(source: HistogramSource): Exponential {
  let [count, zeroCount, zeroThreshold, subnormal] = [0, 0, 0, 0]
  const counts: [number, number][] = []
  for (const { lower, upper, count: held } of source.buckets()) {
    count += held
    if (lower === 0 && upper !== Number.MIN_VALUE) {
      zeroCount += held
      zeroThreshold = upper
    } else {
      const index = bucketOf(upper) - OTEL_OFFSET
      if (index < SMALLEST_INDEX) subnormal += held
      else counts.push([index, held])
    }
  }
  if (subnormal === 0) return { count, zeroCount, zeroThreshold, counts }
  if (counts[0]?.[0] === SMALLEST_INDEX) counts[0][1] += subnormal
  else counts.unshift([SMALLEST_INDEX, subnormal])
  return { count, zeroCount, zeroThreshold, counts }
}
