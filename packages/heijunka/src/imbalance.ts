/** How unlike the loads of the workers are. */
export interface Spread {
  readonly imbalance: number
  readonly avg: number
  readonly max: number
  readonly min: number
}

/** `imbalance` is (max − min) / avg, and 0 where there is no load. There is at least one load. */
export function spreadOf(loads: readonly number[]): Spread {
  let max = Number.NEGATIVE_INFINITY
  let min = Number.POSITIVE_INFINITY
  let total = 0
  for (const load of loads) {
    if (load > max) max = load
    if (load < min) min = load
    total += load
  }
  const avg = total / loads.length
  return { imbalance: avg > 0 ? (max - min) / avg : 0, avg, max, min }
}
