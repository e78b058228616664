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

const QUANTILES = [0.5, 0.9, 0.95, 0.99, 0.999]

type Quantiles = [number | null, number | null, number | null, number | null, number | null]

export function takeSnapshot(
  name: string,
  windowMs: number | undefined,
  distribution: Distribution,
): PercentileSnapshot {
  const { zeros, invalid, collapsed, sum, min, max } = distribution
  const { count, totalCount, totalSum, quantiles } = distribution.survey(QUANTILES)
  const [p50, p90, p95, p99, p999] = quantiles.map(finiteOrNull) as Quantiles
  return {
    name,
    windowMs: windowMs ?? null,
    count,
    zeros,
    invalid,
    collapsed,
    sum: finiteOrNull(sum),
    totalCount,
    totalSum: finiteOrNull(totalSum),
    mean: finiteOrNull(sum / count),
    min: finiteOrNull(min),
    p50,
    p90,
    p95,
    p99,
    p999,
    max: finiteOrNull(max),
  }
}

/** JSON has neither NaN nor infinities. */
export function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
