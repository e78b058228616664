import { PAGE_BITS, PAGE_SIZE, bucketOf, lowerBound, middle } from './buckets.ts'
import type { Contents } from './contents.ts'

/** Below this part of the sum before, what is left by a subtraction is mostly rounding. */
const ROUNDING = 1e-9

/** What `whole` lacks to contain `part`, when both are collapsed below `floor`; `undefined` when it lacks nothing. */
export function shortfall(whole: Contents, part: Contents, floor: number): string | undefined {
  if (part.invalid > whole.invalid) return `${part.invalid} invalid values, of which it holds ${whole.invalid}`
  if (part.zeros > whole.zeros) return `${part.zeros} zeros, of which it holds ${whole.zeros}`
  const counts = new Map(whole.counts)
  let collapsed = whole.collapsed - part.collapsed
  for (const [bucket, count] of whole.counts) if (bucket >> PAGE_BITS < floor) collapsed += count
  for (const [bucket, count] of part.counts) {
    const held = counts.get(bucket) ?? 0
    if (bucket >> PAGE_BITS < floor) collapsed -= count
    else if (count > held) return `${count} values near ${middle(bucket).toPrecision(4)}, of which it holds ${held}`
  }
  return collapsed < 0 ? `${-collapsed} more values below ${floorValue(floor)}` : undefined
}

/**
 * Sum and extremes of what is `left` of a distribution with the sum `before`, after `part` was taken out of it; `left`
 * still has the extremes from before. Those that the other can't have had stay exact, the others are known to within
 * half a bucket. So is the sum, when the subtraction left hardly more than rounding.
 */
export function remainder(
  left: Contents,
  part: Contents,
  before: number,
): { readonly sum: number; readonly min: number; readonly max: number } {
  const [lowest, highest] = [left.counts[0], left.counts.at(-1)]
  if (!lowest && left.zeros === 0 && left.collapsed === 0)
    return { sum: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY }
  const within = (value: number): number => Math.min(Math.max(value, left.min), left.max)
  const above = left.collapsed > 0 ? within(floorValue(left.floor)) : 0
  let [min, max] = [left.min, left.max]
  if (left.zeros > 0) min = 0
  else if (left.collapsed > 0) min = left.min > 0 ? left.min : above
  else if (lowest && !(part.min > left.min && isIn(left.min, lowest))) min = within(middle(lowest[0]))
  if (highest && !(part.max < left.max && isIn(left.max, highest))) max = within(middle(highest[0]))
  else if (!highest) max = above
  const sum = before - part.sum
  return { sum: sum > before * ROUNDING ? sum : estimate(left, above), min, max }
}

function isIn(value: number, entry: readonly [bucket: number, count: number]): boolean {
  return value > 0 && bucketOf(value) === entry[0]
}

function estimate({ collapsed, counts }: Contents, above: number): number {
  return counts.reduce((sum, [bucket, count]) => sum + middle(bucket) * count, collapsed * above)
}

function floorValue(floor: number): number {
  return lowerBound(floor * PAGE_SIZE)
}
