import { FIRST_PAGE, LAST_PAGE, PAGE_BITS, bucketOf } from './buckets.ts'
import { type Contents, countOf } from './contents.ts'
import type { Totals } from './distribution.ts'
import { DecodeError } from './errors.ts'

/** What is written of a tracker. */
export interface Stored {
  readonly contents: Contents
  readonly totals: Totals
}

/** How far a sum may be from what the extremes allow: rounding, and what `subtract` had to estimate. */
const SLACK = 1.01

/** Returns `stored` when a tracker can be in that state. */
export function checkStored(stored: Stored): Stored {
  const { contents, totals } = stored
  const { zeros, invalid, collapsed, floor, counts } = contents
  for (const count of [zeros, invalid, collapsed, totals.count]) need(isCount(count), 'a count is none')
  if (collapsed > 0) need(isPage(floor - 1), 'the floor is none')
  else need(floor === Number.NEGATIVE_INFINITY, 'there is a floor, and nothing below it')
  let previous = Number.NEGATIVE_INFINITY
  for (const [bucket, count] of counts) {
    const page = bucket >> PAGE_BITS
    need(Number.isSafeInteger(bucket) && bucket > previous && page >= floor && isPage(page), 'a bucket is out of place')
    need(isCount(count) && count > 0, 'a count is none')
    previous = bucket
  }
  const count = countOf(contents)
  need(isCount(count) && totals.count >= count, 'the counts are more than there were')
  need(totals.sum >= 0, 'the sum of all is none')
  checkExtremes(contents, count)
  return stored
}

function checkExtremes({ zeros, collapsed, floor, sum, min, max, counts }: Contents, count: number): void {
  if (count === 0) {
    const isEmpty = sum === 0 && min === Number.POSITIVE_INFINITY && max === Number.NEGATIVE_INFINITY
    return need(isEmpty, 'it is empty and has a sum or an extreme')
  }
  need(min >= 0 && min <= max && max < Number.POSITIVE_INFINITY, 'an extreme is none')
  need(sum * SLACK >= count * min && sum <= count * max * SLACK, 'the sum is beyond the extremes')
  const isBelow = (value: number): boolean => value > 0 && bucketOf(value) >> PAGE_BITS < floor
  const [lowest, highest] = [counts[0], counts.at(-1)]
  const isLeast = zeros > 0 ? min === 0 : collapsed > 0 ? isBelow(min) : min > 0 && bucketOf(min) === lowest?.[0]
  const isGreatest = highest ? max > 0 && bucketOf(max) === highest[0] : collapsed > 0 ? isBelow(max) : max === 0
  need(isLeast && isGreatest, 'an extreme is in none of the buckets')
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

/** Whether values can be on it. Pages -1 and 0 are never used. */
function isPage(page: number): boolean {
  return Number.isInteger(page) && page >= FIRST_PAGE && page <= LAST_PAGE && page !== -1 && page !== 0
}

function need(holds: boolean, reason: string): void {
  if (!holds) throw new DecodeError(reason)
}
