/** A value at a moment, or at any other place along a line. */
export interface TrendPoint {
  readonly at: number
  readonly value: number
}

/** Points to work on: in order of `at`, at most `maxPoints`. */
export interface Series {
  readonly ats: Float64Array
  readonly values: Float64Array
}

/** The most points of which every pair is looked at: 130,816 pairs. */
export const MAX_POINTS = 512

/** Checks points, puts them in order, and condenses more than 512 of them to means of neighbours. */
export function checkSeries(name: string, points: readonly number[] | readonly TrendPoint[], least: number): Series {
  if (!Array.isArray(points)) throw new TypeError(`${name} must be an array of numbers or of { at, value }`)
  const given = (points as readonly (number | TrendPoint)[]).map((point, index) =>
    typeof point === 'number' ? { at: index, value: point } : point,
  )
  for (const [index, point] of given.entries()) {
    if (!(Number.isFinite(point?.at) && Number.isFinite(point?.value)))
      throw new RangeError(`${name}[${index}] must be a finite number, or { at, value } of two`)
  }
  if (given.length < least) throw new RangeError(`${name} must have at least ${least} points, got ${given.length}`)
  given.sort((a, b) => a.at - b.at)
  const size = Math.min(given.length, MAX_POINTS)
  const [ats, values] = [new Float64Array(size), new Float64Array(size)]
  for (let group = 0; group < size; group++) {
    const [from, to] = [Math.floor((group * given.length) / size), Math.floor(((group + 1) * given.length) / size)]
    for (const { at, value } of given.slice(from, to)) {
      ;(ats[group] as number) += at / (to - from)
      ;(values[group] as number) += value / (to - from)
    }
  }
  return { ats, values }
}

/** The slopes of all pairs of points that are apart, in ascending order. O(n²), at most 130,816. */
export function slopesOf({ ats, values }: Series): Float64Array {
  const slopes = new Float64Array((ats.length * (ats.length - 1)) / 2)
  let count = 0
  for (let later = 1; later < ats.length; later++) {
    for (let earlier = 0; earlier < later; earlier++) {
      const run = (ats[later] as number) - (ats[earlier] as number)
      if (run > 0) slopes[count++] = ((values[later] as number) - (values[earlier] as number)) / run
    }
  }
  return slopes.subarray(0, count).toSorted()
}

/** The middle of what is in ascending order; NaN when empty. */
export function medianOf(sorted: Float64Array): number {
  const middle = sorted.length >> 1
  if (sorted.length % 2 === 1) return sorted[middle] as number
  return ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2
}

/**
 * Where the interval of a slope ends, of which `spread` is half the width in ranks: z · sqrt(Var S). Source: Sen, JASA 63
 * (1968); Gilbert, Statistical Methods for Environmental Pollution Monitoring (1987), section 16.5.
 */
export function slopeInterval(slopes: Float64Array, spread: number): { readonly low: number; readonly high: number } {
  const last = slopes.length - 1
  const low = Math.round((slopes.length - spread) / 2) - 1
  const high = Math.round((slopes.length + spread) / 2)
  return {
    low: slopes[Math.min(last, Math.max(0, low))] as number,
    high: slopes[Math.max(0, Math.min(last, high))] as number,
  }
}
