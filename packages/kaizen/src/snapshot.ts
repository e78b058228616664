import type { Distribution } from './distribution.ts'

/** Readings of a `PercentileTracker`. What has no value when there are no values is `null`. */
export interface PercentileSnapshot {
  readonly name: string
  /** How far back the readings go, in ms; `null` when nothing is forgotten. */
  readonly windowMs: number | null
  /** Valid values, zeros included. */
  readonly count: number
  readonly zeros: number
  /** Values refused: NaN, infinite, negative. */
  readonly invalid: number
  /** Values that lost their precision because of `maxBuckets`. */
  readonly collapsed: number
  /** `null` when it is beyond the greatest double. */
  readonly sum: number | null
  /** Valid values there ever were, whatever the window has forgotten. Never falls. */
  readonly totalCount: number
  /** Their sum. Never falls; `null` when it is beyond the greatest double. */
  readonly totalSum: number | null
  readonly mean: number | null
  readonly min: number | null
  readonly p50: number | null
  readonly p90: number | null
  readonly p95: number | null
  readonly p99: number | null
  readonly p999: number | null
  readonly max: number | null
}

export function takeSnapshot(
  name: string,
  windowMs: number | undefined,
  distribution: Distribution,
): PercentileSnapshot {
  const count = distribution.survey()
  const quantile = (q: number): number | null => finiteOrNull(distribution.quantileOf(q, count))
  const { zeros, invalid, collapsed, sum, min, max } = distribution
  const totals = distribution.totalsOf(count)
  return {
    name,
    windowMs: windowMs ?? null,
    count,
    zeros,
    invalid,
    collapsed,
    sum: finiteOrNull(sum),
    totalCount: totals.count,
    totalSum: finiteOrNull(totals.sum),
    mean: finiteOrNull(sum / count),
    min: finiteOrNull(min),
    p50: quantile(0.5),
    p90: quantile(0.9),
    p95: quantile(0.95),
    p99: quantile(0.99),
    p999: quantile(0.999),
    max: finiteOrNull(max),
  }
}

/** JSON has neither NaN nor infinities. */
export function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
