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
  readonly mean: number | null
  readonly min: number | null
  readonly p50: number | null
  readonly p90: number | null
  readonly p95: number | null
  readonly p99: number | null
  readonly p999: number | null
  readonly max: number | null
}

interface Readings {
  readonly count: number
  readonly zeros: number
  readonly invalid: number
  readonly collapsed: number
  readonly sum: number
  readonly min: number
  readonly max: number
}

export function takeSnapshot(
  name: string,
  windowMs: number | undefined,
  { count, zeros, invalid, collapsed, sum, min, max }: Readings,
  quantile: (q: number) => number,
): PercentileSnapshot {
  return {
    name,
    windowMs: windowMs ?? null,
    count,
    zeros,
    invalid,
    collapsed,
    sum: finiteOrNull(sum),
    mean: finiteOrNull(sum / count),
    min: finiteOrNull(min),
    p50: finiteOrNull(quantile(0.5)),
    p90: finiteOrNull(quantile(0.9)),
    p95: finiteOrNull(quantile(0.95)),
    p99: finiteOrNull(quantile(0.99)),
    p999: finiteOrNull(quantile(0.999)),
    max: finiteOrNull(max),
  }
}

/** JSON has neither NaN nor infinities. */
export function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
