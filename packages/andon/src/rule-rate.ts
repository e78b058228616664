import { checkNumber, checkOneOf } from '@tps/internal'
import { type Level, type Threshold, checkLevel } from './rule-level.ts'
import type { Meter } from './rule-meter.ts'

/** How fast a value may change. Falling is negative: `{ below: -5 }` is trouble when it falls by more than 5. */
export type RateOfChange = Threshold & {
  /** What the levels are by. Default "second". */
  readonly per?: 'second' | 'minute' | undefined
  /**
   * The window over which the change is measured, in ms, greater than 0. There is no value before the readings span it,
   * nor when the last reading is older than it.
   */
  readonly overMs: number
}

const UNIT_MS = { second: 1000, minute: 60_000 } as const
const SLOTS = 32

export function checkRate(at: string, rate: RateOfChange): Level & { condition: string; meter: Meter } {
  const level = checkLevel(at, rate)
  const { per = 'second', overMs } = rate
  const unitMs = UNIT_MS[checkOneOf(`${at}.per`, per, ['second', 'minute'])]
  const keepMs = checkNumber(`${at}.overMs`, overMs, { above: 0 })
  return {
    ...level,
    condition: `changing by ${level.isAbove ? 'more' : 'less'} than ${level.limit} a ${per} over ${keepMs} ms`,
    meter: {
      counts: false,
      keepMs,
      slotMs: keepMs / SLOTS,
      measure(samples, nowMs) {
        const { latest } = samples
        if (!latest || nowMs - latest.ms > keepMs) return undefined
        const first = samples.at(latest.ms - keepMs)
        if (!first || first.ms > latest.ms - keepMs) return undefined
        return ((latest.value - first.value) / (latest.ms - first.ms)) * unitMs
      },
    },
  }
}
