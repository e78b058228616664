/** The samples of a series that are within a range, as places in its columns: from `from` to before `to`. */
export interface Window {
  readonly timestamps: Float64Array
  readonly values: Float64Array
  readonly from: number
  readonly to: number
  /** The range, in ms. */
  readonly startMs: number
  readonly endMs: number
}

/** What a function makes of a range; `undefined` where there is nothing to say. */
export function overRange(name: string, window: Window, parameter: number): number | undefined {
  const { values, from, to } = window
  const count = to - from
  if (count === 0) return undefined
  switch (name) {
    case 'rate':
    case 'increase':
    case 'delta':
      return extrapolated(window, name !== 'delta', name === 'rate')
    case 'irate':
      return instantRate(window)
    case 'count_over_time':
      return count
    case 'last_over_time':
      return values[to - 1]
    case 'min_over_time':
      return fold(window, (a, b) => (b < a || Number.isNaN(a) ? b : a))
    case 'max_over_time':
      return fold(window, (a, b) => (b > a || Number.isNaN(a) ? b : a))
    case 'sum_over_time':
      return fold(window, (a, b) => a + b)
    case 'avg_over_time':
      return fold(window, (a, b) => a + b) / count
    default:
      return quantile(Array.from(values.subarray(from, to)), parameter)
  }
}

function fold({ values, from, to }: Window, step: (a: number, b: number) => number): number {
  let result = values[from]!
  for (let row = from + 1; row < to; row++) result = step(result, values[row]!)
  return result
}

/** As Prometheus does it: what the samples say, carried on to the ends of the range where they come close to them. */
function extrapolated(window: Window, isCounter: boolean, isRate: boolean): number | undefined {
  const { timestamps, values, from, to, startMs, endMs } = window
  if (to - from < 2) return undefined
  const first = values[from]!
  let growth = values[to - 1]! - first
  if (isCounter)
    for (let row = from + 1; row < to; row++) if (values[row]! < values[row - 1]!) growth += values[row - 1]!
  const [firstMs, lastMs] = [timestamps[from]!, timestamps[to - 1]!]
  const sampled = (lastMs - firstMs) / 1_000
  if (sampled === 0) return undefined
  const average = sampled / (to - from - 1)
  let toStart = (firstMs - startMs) / 1_000
  // A counter is never below zero, so it didn't grow before it would have been.
  if (isCounter && growth > 0 && first >= 0) toStart = Math.min(toStart, sampled * (first / growth))
  const toEnd = (endMs - lastMs) / 1_000
  const near = 1.1 * average
  const covered = sampled + (toStart < near ? toStart : average / 2) + (toEnd < near ? toEnd : average / 2)
  return ((growth * covered) / sampled) * (isRate ? 1_000 / (endMs - startMs) : 1)
}

function instantRate({ timestamps, values, from, to }: Window): number | undefined {
  if (to - from < 2) return undefined
  const [before, last] = [values[to - 2]!, values[to - 1]!]
  const seconds = (timestamps[to - 1]! - timestamps[to - 2]!) / 1_000
  return seconds === 0 ? undefined : (last < before ? last : last - before) / seconds
}

/** Between the two nearest ranks, as Prometheus does it. */
export function quantile(values: number[], q: number): number {
  if (values.length === 0 || Number.isNaN(q)) return Number.NaN
  if (q < 0) return Number.NEGATIVE_INFINITY
  if (q > 1) return Number.POSITIVE_INFINITY
  const sorted = values.toSorted((a, b) => (Number.isNaN(a) ? -1 : a - b))
  const rank = q * (sorted.length - 1)
  const lower = Math.floor(rank)
  const weight = rank - lower
  const upper = Math.min(sorted.length - 1, lower + 1)
  return sorted[lower]! * (1 - weight) + sorted[upper]! * weight
}

/** The quantile of a classic histogram: `buckets` are upper limits with cumulative counts. */
export function bucketQuantile(q: number, buckets: readonly (readonly [upper: number, count: number])[]): number {
  if (Number.isNaN(q)) return Number.NaN
  if (q < 0) return Number.NEGATIVE_INFINITY
  if (q > 1) return Number.POSITIVE_INFINITY
  const sorted = buckets.toSorted(([a], [b]) => a - b)
  if (sorted.length < 2 || sorted.at(-1)?.[0] !== Number.POSITIVE_INFINITY) return Number.NaN
  // Counts of buckets that were read one after the other may fall a little.
  let most = 0
  const counts = sorted.map(([, count]) => (most = Math.max(most, count)))
  const total = counts.at(-1) ?? 0
  if (total === 0) return Number.NaN
  const rank = q * total
  const index = Math.min(
    counts.findIndex((count) => count >= rank),
    sorted.length - 1,
  )
  if (index === sorted.length - 1) return sorted.at(-2)![0]
  const upper = sorted[index]![0]
  if (index === 0 && upper <= 0) return upper
  const lower = index === 0 ? 0 : sorted[index - 1]![0]
  const before = index === 0 ? 0 : counts[index - 1]!
  const inBucket = counts[index]! - before
  return lower + (upper - lower) * ((rank - before) / inBucket)
}
