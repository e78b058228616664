import { checkNumber, checkOneOf } from '@tps/internal'
import { mannKendall } from './mann-kendall.ts'
import { normalQuantile } from './probability.ts'
import { type TrendPoint, checkSeries, medianOf, slopeInterval, slopesOf } from './theil-sen.ts'
import type { Interval } from './usl.ts'

/** What is asked of a forecast. */
export interface GrowthOptions {
  /** The moment to look at, in the unit of the history's `at`. Not before its end. Default: its end. */
  readonly at?: number | undefined
  /** What must not be reached, such as a throughput that was measured or fitted. Default none. */
  readonly limit?: number | undefined
  /** "linear": so much more in each unit of time. "exponential": so many times as much. Default "linear". */
  readonly model?: 'linear' | 'exponential' | undefined
  /** Of the range, from 0.5 to 0.9999. Default 0.95. */
  readonly confidence?: number | undefined
}

/** Where a load is going. Plain JSON. */
export interface GrowthForecast {
  readonly model: 'linear' | 'exponential'
  /** What it grows by in one unit of `at`; exponential: as a factor. */
  readonly growth: Interval
  /** What to expect at `at`, with its range. */
  readonly expected: Interval
  /**
   * When the limit is reached, in the unit of `at`: by the line, at the earliest and at the latest that the range allows.
   * `null` is never, as far as can be told; all are `null` without a limit.
   */
  readonly reachesLimit: {
    readonly at: number | null
    readonly earliest: number | null
    readonly latest: number | null
  }
}

/**
 * Where a load will be if it goes on growing as it did. The line is that of Theil and Sen; its range is that of the slope,
 * with memory in the series allowed for, and of the values around the line. At least 10 points of history; take daily
 * peaks, not every minute, and no less history than you look ahead. More than 512 are condensed to means of neighbours.
 * @throws TypeError or RangeError when an argument is not what it must be; values must be above 0 for "exponential".
 */
export function growthForecast(history: readonly TrendPoint[], options: GrowthOptions = {}): GrowthForecast {
  const confidence = checkNumber('confidence', options.confidence ?? 0.95, { min: 0.5, max: 0.9999 })
  const model = checkOneOf('model', options.model ?? 'linear', ['linear', 'exponential'])
  const given = checkSeries('history', history, 10)
  const isExponential = model === 'exponential'
  if (isExponential && given.values.some((value) => value <= 0))
    throw new RangeError('history must have values above 0 for an exponential model')
  const series = isExponential ? { ats: given.ats, values: given.values.map((value) => Math.log(value)) } : given
  const end = history.reduce((latest, { at }) => Math.max(latest, at), Number.NEGATIVE_INFINITY)
  const at = checkNumber('at', options.at ?? end, { min: end })
  const line = lineOf(series, confidence)
  const back = (value: number): number => (isExponential ? Math.exp(value) : value)
  const { limit } = options
  const level = limit === undefined ? undefined : transformLimit(limit, isExponential)
  const reach = (slope: number, offset: number): number | null => {
    if (level === undefined) return null
    const now = line.middle + slope * (end - line.center) + offset
    if (now >= level) return end
    return slope > 0 ? end + (level - now) / slope : null
  }
  return {
    model,
    growth: { value: back(line.slope), low: back(line.low), high: back(line.high) },
    expected: {
      value: back(line.middle + line.slope * (at - line.center)),
      low: back(line.middle + line.low * (at - line.center) + line.below),
      high: back(line.middle + line.high * (at - line.center) + line.above),
    },
    reachesLimit: {
      at: reach(line.slope, 0),
      earliest: reach(line.high, line.above),
      latest: reach(line.low, line.below),
    },
  }
}

function transformLimit(limit: number, isExponential: boolean): number {
  const checked = checkNumber('limit', limit, isExponential ? { above: 0 } : {})
  return isExponential ? Math.log(checked) : checked
}

interface Line {
  readonly slope: number
  readonly low: number
  readonly high: number
  /** The line goes through `middle` at `center`. */
  readonly center: number
  readonly middle: number
  /** How far below and above the line values lie, at the ends of the range. */
  readonly below: number
  readonly above: number
}

function lineOf(series: Parameters<typeof slopesOf>[0], confidence: number): Line {
  const slopes = slopesOf(series)
  if (slopes.length === 0) throw new RangeError('history must not all have the same "at"')
  const slope = medianOf(slopes)
  const { variance } = mannKendall(series, slope)
  const { low, high } = slopeInterval(slopes, normalQuantile((1 + confidence) / 2) * Math.sqrt(variance))
  const center = medianOf(series.ats.toSorted())
  const around = series.values
    .map((value, index) => value - slope * ((series.ats[index] as number) - center))
    .toSorted()
  const middle = medianOf(around)
  const rank = (q: number): number => around[Math.round(q * (around.length - 1))] as number
  return {
    slope,
    low,
    high,
    center,
    middle,
    below: rank((1 - confidence) / 2) - middle,
    above: rank((1 + confidence) / 2) - middle,
  }
}
