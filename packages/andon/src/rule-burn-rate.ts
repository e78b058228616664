import { checkNumber, checkObject } from '@tps/internal'
import { type Level, checkLevel } from './rule-level.ts'
import type { Meter } from './rule-meter.ts'
import type { Sample, Samples } from './samples.ts'

/** How many events there were, and how many of them were good, **since the start**. Both only grow. */
export interface EventCounts {
  readonly good: number
  /** At least `good`. */
  readonly total: number
}

/**
 * How fast an error budget may burn: trouble is when the share of bad events exceeds `factor × (1 − target)` over the
 * long window, so that it matters, **and** over the short one, so that it still goes on. A window that isn't full yet
 * counts what there is. Source: The Site Reliability Workbook (Beyer and others, 2018), chapter 5.
 */
export interface BurnRate {
  /** The share of events that is promised to be good, from 0 to 1, both exclusive: 0.999. */
  readonly target: number
  /** In ms, at most 100 times `shortMs`. */
  readonly longMs: number
  /** In ms, greater than 0 and less than `longMs`. Default a twelfth of `longMs`, as in the workbook. */
  readonly shortMs?: number | undefined
  /**
   * How many times faster than the budget allows: 14.4 over 1 h, 6 over 6 h, 3 over 1 d or 1 over 3 d. Greater than 0,
   * and less than `1 / (1 − target)`: more could never be reached.
   */
  readonly factor: number
  /** The factor at which a firing alert clears, at most `factor`. Default `factor`. */
  readonly clearAt?: number | undefined
  /** Events that each window must have, else there is no data. At least 1. Default 1. */
  readonly minEvents?: number | undefined
}

const SLOTS_OF_SHORT = 10

export function checkBurnRate(at: string, burnRate: BurnRate): Level & { condition: string; meter: Meter } {
  checkObject(at, burnRate)
  const target = checkNumber(`${at}.target`, burnRate.target, { above: 0, below: 1 })
  const longMs = checkNumber(`${at}.longMs`, burnRate.longMs, { above: 0 })
  const { shortMs = longMs / 12, factor, clearAt, minEvents = 1 } = burnRate
  checkNumber(`${at}.shortMs`, shortMs, { min: longMs / 100, below: longMs })
  // What couldn't be reached if every event were bad.
  checkNumber(`${at}.factor`, factor, { above: 0, below: 1 / (1 - target) })
  checkNumber(`${at}.minEvents`, minEvents, { min: 1 })
  const meter: Meter = {
    counts: true,
    keepMs: longMs,
    slotMs: shortMs / SLOTS_OF_SHORT,
    measure(samples, nowMs) {
      const long = badRatio(samples, nowMs - longMs, minEvents)
      const short = badRatio(samples, nowMs - shortMs, minEvents)
      if (long === undefined || short === undefined) return undefined
      return Math.min(long, short) / (1 - target)
    },
  }
  return {
    ...checkLevel(at, { above: factor, clearAt }),
    condition: `burning the budget of ${target} more than ${factor} times too fast over ${longMs} and ${shortMs} ms`,
    meter,
  }
}

function badRatio(samples: Samples, fromMs: number, minEvents: number): number | undefined {
  const { latest } = samples
  const first: Sample | undefined = samples.at(fromMs)
  if (!latest || !first) return undefined
  const total = latest.total - first.total
  return total >= minEvents ? (total - (latest.value - first.value)) / total : undefined
}
