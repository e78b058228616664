import { PAGE_BITS, PAGE_SIZE } from './buckets.ts'
import { lengthened, total, zeros } from './doubles.ts'
import type { PageTable } from './page-table.ts'

/** How many values each page holds, by the order of `places`. Valid until the next `survey`, of whichever counts. */
let held = /* @__PURE__ */ zeros(64)

/** The sum of a page. 0 for one that is not there, and where there are no counts. */
export function pageTotal(counts: readonly number[], place: number): number {
  return counts.length === 0 || place < 0 ? 0 : total(counts, place, PAGE_SIZE)
}

/** The sums of all pages, by the order of `places`. */
export function pageTotals({ places }: PageTable, counts: readonly number[]): readonly number[] {
  const totals = zeros(places.length)
  for (let index = 0; index < places.length; index++) totals[index] = pageTotal(counts, places[index] as number)
  return totals
}

/** Adds up the open counts by page, and to that the totals of the closed ones. Returns how many values there are. */
export function survey({ places }: PageTable, open: readonly number[], closedTotals: readonly number[]): number {
  if (held.length < places.length) held = lengthened(held, places.length)
  let all = 0
  for (let index = 0; index < places.length; index++) {
    const sum = pageTotal(open, places[index] as number) + (closedTotals[index] as number)
    held[index] = sum
    all += sum
  }
  return all
}

/** How many values the last `survey`, of the same counts, found on a page of the table. */
export function surveyed(table: PageTable, page: number): number {
  return held[page - table.first] as number
}

/** How many values are in a slot, open or closed. */
export function heldAt(open: readonly number[], closed: readonly number[], slot: number): number {
  return (open[slot] as number) + (closed.length > 0 ? (closed[slot] as number) : 0)
}

/** The bucket in which counting up from the lowest passes `count` values. After `survey`. */
export function bucketAbove(
  { places, first }: PageTable,
  open: readonly number[],
  closed: readonly number[],
  count: number,
): number {
  let rest = count
  for (let index = 0; index < places.length; index++) {
    const sum = held[index] as number
    if (rest >= sum) {
      rest -= sum
      continue
    }
    const place = places[index] as number
    let slot = place
    while ((rest -= heldAt(open, closed, slot)) >= 0) slot++
    return ((first + index) << PAGE_BITS) + slot - place
  }
  throw new RangeError('more values were asked for than the buckets hold')
}
