import { PAGE_BITS, bucketOf } from './buckets.ts'

/** Values that share a bucket: above `lower`, up to and including `upper`. */
export interface Bucket {
  readonly lower: number
  readonly upper: number
  readonly count: number
}

/** What `merge` and `subtract` read: a tracker of this package, or of another copy of it. */
export interface Mergeable {
  readonly sum: number
  /** NaN when empty. */
  readonly min: number
  /** NaN when empty. */
  readonly max: number
  readonly invalid: number
  /** In ascending order, zeros as (0, 0]. */
  buckets(): Iterable<Bucket>
}

/** What a tracker holds, in numbers. */
export interface Contents {
  readonly zeros: number
  readonly invalid: number
  /** Values whose bucket was given up. */
  readonly collapsed: number
  /** They were on pages below this one. `-Infinity` where none is collapsed. */
  readonly floor: number
  readonly sum: number
  /** `Infinity` when empty. */
  readonly min: number
  /** `-Infinity` when empty. */
  readonly max: number
  /** Ascending; each count is above 0. */
  readonly counts: readonly (readonly [bucket: number, count: number])[]
}

/** Reads a tracker through what is public of it. */
export function contentsOf(tracker: Mergeable): Contents {
  const { sum, min, max, invalid } = tracker
  const counts: [number, number][] = []
  let [zeros, collapsed, floor] = [0, 0, Number.NEGATIVE_INFINITY]
  for (const { lower, upper, count } of tracker.buckets()) {
    if (upper === 0) zeros += count
    else if (lower === 0 && upper > Number.MIN_VALUE) {
      collapsed += count
      floor = (bucketOf(upper) >> PAGE_BITS) + 1
    } else counts.push([bucketOf(upper), count])
  }
  const isEmpty = counts.length === 0 && zeros === 0 && collapsed === 0
  return {
    zeros,
    invalid,
    collapsed,
    floor,
    sum,
    min: isEmpty ? Number.POSITIVE_INFINITY : min,
    max: isEmpty ? Number.NEGATIVE_INFINITY : max,
    counts,
  }
}

/** How many valid values there are. */
export function countOf({ zeros, collapsed, counts }: Contents): number {
  return counts.reduce((sum, [, count]) => sum + count, zeros + collapsed)
}
