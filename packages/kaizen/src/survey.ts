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
    const isOpenOnly = closed.length === 0
    let slot = place
    // By sixteen, and the last ones one by one.
    for (;;) {
      const sixteen = total(open, slot, 16) + (isOpenOnly ? 0 : total(closed, slot, 16))
      if (rest < sixteen) break
      rest -= sixteen
      slot += 16
    }
    for (;;) {
      rest -= (open[slot] as number) + (isOpenOnly ? 0 : (closed[slot] as number))
      if (rest < 0) break
      slot++
    }
    return ((first + index) << PAGE_BITS) + slot - place
  }
  throw new RangeError('more values were asked for than the buckets hold')
}

/**
 * Puts in place of each of the first `length` of `buckets`, ascending, how many values are in it or below. After `survey`.
 * One pass over the pages; by bucket only on pages that one of `buckets` is on.
 */
export function countUpToEach(
  { places, first }: PageTable,
  open: readonly number[],
  closed: readonly number[],
  buckets: Float64Array,
  length: number,
): void {
  let [below, index] = [0, 0]
  for (let position = 0; position < length; position++) {
    const bucket = buckets[position] as number
    const page = (bucket >> PAGE_BITS) - first
    for (; index < places.length && index < page; index++) below += held[index] as number
    const place = page === index && index < places.length ? (places[index] as number) : -1
    const upTo = (bucket & (PAGE_SIZE - 1)) + 1
    let sum = below
    if (place >= 0 && upTo === PAGE_SIZE) sum += held[index] as number
    else if (place >= 0) sum += partOf(open, place, upTo) + partOf(closed, place, upTo)
    buckets[position] = sum
  }
}

/** The sum of the first `length` of a page. 0 where there are no counts. */
function partOf(counts: readonly number[], place: number, length: number): number {
  if (counts.length === 0) return 0
  const sixteens = length & ~15
  let sum = total(counts, place, sixteens)
  for (let slot = place + sixteens; slot < place + length; slot++) sum += counts[slot] as number
  return sum
}
