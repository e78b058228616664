import { checkNumber, checkObject } from '@tps/internal'
import { bucketOf, middle } from './buckets.ts'
import { hdrPayload } from './hdr-payload.ts'
import type { HistogramSource } from './histogram-source.ts'

/** What stands beside the histogram in a log line. */
export interface HdrLogLineOptions {
  /** When the interval began, in ms since 1970. */
  readonly startMs: number
  /** When it ended, in ms since 1970. */
  readonly endMs: number
  /**
   * How many units of the log make one of the tracker's; greater than 0. HdrHistograms count whole numbers, so the log's
   * unit must be fine enough. Default 1000: milliseconds become microseconds.
   */
  readonly unitRatio?: number | undefined
  /** What tells it from others in the log. Without comma, space or line break. Default none. */
  readonly tag?: string | undefined
}

/** The lines that a log begins with. `startMs` is in ms since 1970. */
export function hdrLogHeader(startMs: number): string {
  checkNumber('startMs', startMs)
  return [
    '#[Histogram log format version 1.3]',
    `#[StartTime: ${(startMs / 1000).toFixed(3)} (seconds since epoch), ${new Date(startMs).toISOString()}]`,
    '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"',
    '',
  ].join('\n')
}

/**
 * What a tracker holds as a line of an HdrHistogram log, for the plots and tools there are for it. With three digits:
 * the 0.1 % that it rounds by comes on top of the tracker's 0.55 %. The greatest value is kept. Collapsed values are
 * written as their upper limit.
 * @throws RangeError when a value is beyond 2^53 units, or an option is not what it must be.
 */
export function hdrLogLine(tracker: HistogramSource, options: HdrLogLineOptions): string {
  const { startMs, endMs, unitRatio = 1000, tag } = options
  checkObject('tracker', tracker, ['buckets'])
  checkNumber('startMs', startMs)
  checkNumber('endMs', endMs, { min: startMs })
  checkNumber('unitRatio', unitRatio, { above: 0 })
  if (tag !== undefined && !/^[^\s,]+$/.test(tag))
    throw new RangeError(`tag must have no comma and no space, and not be empty, got "${tag}"`)
  const max = Number.isNaN(tracker.max) ? 0 : Math.round(tracker.max * unitRatio)
  if (max > Number.MAX_SAFE_INTEGER) throw new RangeError(`unitRatio must keep values in [0, 2^53), got ${unitRatio}`)
  const seconds = [startMs, endMs - startMs, max].map((ms) => (ms / 1000).toFixed(3))
  return `${[...(tag === undefined ? [] : [`Tag=${tag}`]), ...seconds, hdrPayload(values(tracker, unitRatio), max)].join()}\n`
}

/** Ascending values in the log's unit, each with how often it occurs. */
function* values(tracker: HistogramSource, ratio: number): Generator<readonly [value: number, count: number]> {
  const { min, max } = tracker
  const scaled = (value: number): number => Math.round(Math.min(Math.max(value, min), max) * ratio)
  const last = Number.isNaN(max) || max === 0 ? Number.NaN : bucketOf(max)
  for (const { lower, upper, count } of tracker.buckets()) {
    const isOne = lower > 0 || upper === Number.MIN_VALUE
    const value = scaled(isOne ? middle(bucketOf(upper)) : upper)
    if (!(isOne && bucketOf(upper) === last)) yield [value, count]
    else {
      if (count > 1) yield [value, count - 1]
      yield [scaled(max), 1]
    }
  }
}
