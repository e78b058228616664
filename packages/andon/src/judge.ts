import { levelOf } from './rule-level.ts'
import type { CheckedRule } from './rule-check.ts'
import type { Condition } from './rule.ts'
import { Samples } from './samples.ts'
import type { Reading, Series } from './series.ts'
import type { SourceReader } from './source-reader.ts'

/** Where `value` stands. `undefined` is no data. */
export function conditionOf(rule: CheckedRule, value: number | undefined): Condition {
  return value === undefined ? rule.whenNoData : levelOf(rule, value)
}

/**
 * Where a series stands, and its value with it. `isNew` says that `reading` was seen just now and not earlier.
 * An `evaluate` of the user's is called through `reader`.
 */
export function judge(
  series: Series,
  reading: Reading,
  isNew: boolean,
  nowMs: number,
  reader: SourceReader,
): Condition {
  const { rule } = series
  if (rule.kind === 'absence') {
    if (isNew && reading !== undefined) series.observedMs = nowMs
    const isAbsent = nowMs - series.observedMs > rule.absentMs
    series.value = typeof reading === 'number' && !isAbsent ? reading : null
    return isAbsent ? 'breach' : 'clear'
  }
  if (rule.evaluate) {
    const seen = typeof reading === 'number' ? reading : undefined
    const verdict = reader.judge(series, seen, nowMs)
    const condition = !verdict ? rule.whenNoData : verdict.isTrouble ? 'breach' : verdict.isClear ? 'clear' : 'between'
    if (verdict) series.value = verdict.value === undefined ? (seen ?? null) : verdict.value
    else if (condition !== 'unknown') series.value = null
    return condition
  }
  const value = rule.meter ? measure(series, reading, isNew, nowMs) : (reading as number | undefined)
  const condition = conditionOf(rule, value)
  if (value !== undefined) series.value = value
  else if (condition !== 'unknown') series.value = null
  return condition
}

function measure(series: Series, reading: Reading, isNew: boolean, nowMs: number): number | undefined {
  const { meter } = series.rule
  if (reading === undefined || !meter) return undefined
  const samples = (series.samples ??= new Samples())
  if (isNew) {
    const { latest } = samples
    if (typeof reading === 'number') samples.add({ ms: nowMs, value: reading, total: 0 }, meter)
    else {
      // Counts that shrink were begun anew, as after a restart of what is counted.
      const { good, total } = reading
      if (latest && (total < latest.total || good < latest.value || total - good < latest.total - latest.value))
        samples.clear()
      samples.add({ ms: nowMs, value: good, total }, meter)
    }
  }
  const value = meter.measure(samples, nowMs)
  return Number.isNaN(value) ? undefined : value
}
