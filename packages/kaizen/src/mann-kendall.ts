import type { Series } from './theil-sen.ts'

/** How far a series rises or falls, and how far it would by chance. */
export interface MannKendall {
  /** Pairs that rise less pairs that fall. */
  readonly score: number
  /** Of the score, where there is no trend, ties and memory allowed for. */
  readonly variance: number
  /** By how much memory widens the variance: 1 without any. */
  readonly correction: number
}

/**
 * The Mann–Kendall score with the variance of Hamed and Rao (Journal of Hydrology 204, 1998): ranks of the series without
 * its slope show how long it remembers, and each lag whose correlation is beyond chance widens the variance. Lags up to
 * 10 · log10(n). A correction below 1, which would make the test bolder, is not used. O(n²).
 */
export function mannKendall({ ats, values }: Series, slope: number): MannKendall {
  const n = values.length
  let score = 0
  for (let later = 1; later < n; later++) {
    for (let earlier = 0; earlier < later; earlier++)
      score += Math.sign((values[later] as number) - (values[earlier] as number))
  }
  const plain = (n * (n - 1) * (2 * n + 5) - tieTerm(values)) / 18
  const correction = Math.max(
    1,
    memoryOf(ranksOf(values.map((value, index) => value - slope * (ats[index] as number)))),
  )
  return { score, variance: plain * correction, correction }
}

function tieTerm(values: Float64Array): number {
  let sum = 0
  const sorted = values.toSorted()
  for (let from = 0, to = 0; from < sorted.length; from = to) {
    while (to < sorted.length && sorted[to] === sorted[from]) to++
    const size = to - from
    sum += size * (size - 1) * (2 * size + 5)
  }
  return sum
}

/** Ranks from 1; what is equal shares the mean of its ranks. */
function ranksOf(values: Float64Array): Float64Array {
  const order = Array.from(values.keys()).toSorted((a, b) => (values[a] as number) - (values[b] as number))
  const ranks = new Float64Array(values.length)
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && values[order[to] as number] === values[order[from] as number]) to++
    for (const index of order.slice(from, to)) ranks[index] = (from + to + 1) / 2
  }
  return ranks
}

/** n / n*, by which the variance of the score grows. */
function memoryOf(ranks: Float64Array): number {
  const n = ranks.length
  const mean = (n + 1) / 2
  let squares = 0
  for (const rank of ranks) squares += (rank - mean) ** 2
  if (squares === 0) return 1
  const chance = 1.959963984540054 / Math.sqrt(n)
  let sum = 0
  for (let lag = 1; lag <= Math.min(n - 2, Math.floor(10 * Math.log10(n))); lag++) {
    let products = 0
    for (let at = lag; at < n; at++) products += ((ranks[at] as number) - mean) * ((ranks[at - lag] as number) - mean)
    const correlation = products / squares
    if (Math.abs(correlation) > chance) sum += (n - lag) * (n - lag - 1) * (n - lag - 2) * correlation
  }
  return 1 + (2 / (n * (n - 1) * (n - 2))) * sum
}
