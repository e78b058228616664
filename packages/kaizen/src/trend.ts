import { checkNumber } from '@tps/internal'
import { mannKendall } from './mann-kendall.ts'
import { normalCdf, normalQuantile } from './probability.ts'
import { type TrendPoint, checkSeries, medianOf, slopeInterval, slopesOf } from './theil-sen.ts'

/** Where a series is going. Plain JSON. */
export interface Trend {
  /** `none`: no more than chance would make of it. */
  readonly direction: 'rising' | 'falling' | 'none'
  /** By how much the value changes for each 1 of `at`, or from one value to the next. */
  readonly slope: number
  /** Lower end of the slope's interval. */
  readonly low: number
  /** Upper end of the slope's interval. */
  readonly high: number
  /** The value of the line where `at` is 0. */
  readonly intercept: number
  /** The probability of a trend at least as clear where there is none. */
  readonly pValue: number
  /** By how much memory in the series widened the test's variance: 1 without any. */
  readonly correction: number
  /** How many points there were. */
  readonly count: number
}

/** How a trend is judged. */
export interface TrendOptions {
  /** Of the interval and of the test, from 0.5 to 0.9999. Default 0.95. */
  readonly confidence?: number | undefined
}

/**
 * Whether a series rises or falls, and how fast: the median of the slopes of all pairs (Theil and Sen), which a few wild
 * values don't move, with an interval, and the Mann–Kendall test with the correction of Hamed and Rao, because what is
 * measured each minute is like the minute before, and without it a wandering series looks like a trend.
 *
 * At least 10 points, in any order. More than 512 are condensed to 512 means of neighbours, so that the cost is bounded:
 * 130,816 pairs, some 20 ms.
 * @throws TypeError or RangeError when there are fewer, when one is not finite, or when all have the same `at`.
 */
export function trend(points: readonly number[] | readonly TrendPoint[], options: TrendOptions = {}): Trend {
  const confidence = checkNumber('confidence', options.confidence ?? 0.95, { min: 0.5, max: 0.9999 })
  const series = checkSeries('points', points, 10)
  const slopes = slopesOf(series)
  if (slopes.length === 0) throw new RangeError('points must not all have the same "at"')
  const slope = medianOf(slopes)
  const { score, variance, correction } = mannKendall(series, slope)
  // A step towards 0, because the score is a whole number and the normal distribution isn't.
  const z = variance === 0 ? 0 : (score - Math.sign(score)) / Math.sqrt(variance)
  const pValue = Math.min(1, 2 * normalCdf(-Math.abs(z)))
  const { low, high } = slopeInterval(slopes, normalQuantile((1 + confidence) / 2) * Math.sqrt(variance))
  return {
    direction: pValue >= 1 - confidence ? 'none' : score > 0 ? 'rising' : 'falling',
    slope,
    low,
    high,
    intercept: medianOf(series.values.toSorted()) - slope * medianOf(series.ats.toSorted()),
    pValue,
    correction,
    count: points.length,
  }
}
