import { PAGE_BITS, PAGE_SIZE, normalBucket } from './buckets.ts'
import { LONGEST_RUN, room, runAround } from './run.ts'

/** Slots of `open` before the first count. */
const SUM = 0
const MIN = 1
const MAX = 2
const END = 3
const HEADER = 4
/** In place of a page that is not there: whichever bucket is added to it, the slot stays below 0. */
const NONE = -PAGE_SIZE
/** After how many values beside the run it is looked at again whether another would be better. */
const MISSES = 4096
const NO_COUNTS = /* @__PURE__ */ new Float64Array(0)
const NO_PLACES = /* @__PURE__ */ new Int32Array(0)

/** How many values each page holds, by the order of `ascending`. Valid until the next `survey`, of whichever counts. */
let surveyed = /* @__PURE__ */ new Float64Array(64)

/**
 * Where the counts of a bucket are: a table of pages, and the pages in one flat array, each made when a value needs it.
 * Memory goes with the powers of two that hold values, not with the distance between them.
 *
 * The run is a stretch of pages next to each other that lie first and in order, so that recording needs no table: the
 * bucket is the slot. It is where most values are. Totals are not kept when a value is recorded but taken when asked
 * for.
 */
export class Counts {
  /**
   * Of the values still being gathered: sum, least, greatest; when their slice ends; and the counts by slot.
   * All that recording needs is in one place, and no number of it in a box of its own.
   */
  #open: Float64Array = new Float64Array(HEADER)
  /** Counts of finished slices, by slot; of length 0 until there is one. */
  #closed: Float64Array = NO_COUNTS
  /** What each page holds of those, by the order of `#places`; `undefined` when it has to be taken anew. */
  #closedTotals: Float64Array | undefined
  /** The bucket of the run's first slot, and how many slots it has. */
  #base = 0
  #run = 0
  /** First slot of each page from page `#first` on. */
  #places: Int32Array = NO_PLACES
  #first = 0
  #used = 0
  #misses = 0

  constructor() {
    this.#clearHeader()
    this.endMs = Number.POSITIVE_INFINITY
  }

  /** When the present slice ends; `Infinity` where there is no window. Kept here for whoever records. */
  get endMs(): number {
    return this.#open[END] as number
  }

  set endMs(endMs: number) {
    this.#open[END] = endMs
  }

  /** How many pages are in use. */
  get used(): number {
    return this.#used
  }

  /** Of the values still being gathered. */
  get sum(): number {
    return this.#open[SUM] as number
  }

  /** Of the values still being gathered; `Infinity` when there are none. */
  get min(): number {
    return this.#open[MIN] as number
  }

  /** Of the values still being gathered; `-Infinity` when there are none. */
  get max(): number {
    return this.#open[MAX] as number
  }

  /** The lowest page's number; `Infinity` when there is none. */
  get lowest(): number {
    const index = this.#places.findIndex((place) => place >= 0)
    return index < 0 ? Number.POSITIVE_INFINITY : this.#first + index
  }

  /** Counts one value. Says `false`, and does nothing, when it has no page or is no ordinary number above 0. */
  count(value: number): boolean {
    const bucket = normalBucket(value)
    const offset = bucket - this.#base
    // As unsigned: below the run is beyond it.
    if (offset >>> 0 >= this.#run) return this.#countBeside(value, bucket)
    const open = this.#open
    ;(open[offset + HEADER] as number)++
    ;(open[SUM] as number) += value
    if (value < (open[MIN] as number)) open[MIN] = value
    if (value > (open[MAX] as number)) open[MAX] = value
    return true
  }

  /** Whether the page is there. */
  has(page: number): boolean {
    return this.#placeOf(page) >= 0
  }

  /** Puts `count` values into a bucket whose page is there. `sum`, `min` and `max` are not touched. */
  put(bucket: number, count: number): void {
    ;(this.#open[this.#slotOf(bucket)] as number) += count
  }

  /** Adds to the sum of the values, and to what lies between the least and the greatest. */
  widen(sum: number, min: number, max: number): void {
    this.setOpen(this.sum + sum, Math.min(min, this.min), Math.max(max, this.max))
  }

  /** Sets the sum, the least and the greatest of the values still being gathered. */
  setOpen(sum: number, min: number, max: number): void {
    this.#open[SUM] = sum
    this.#open[MIN] = min
    this.#open[MAX] = max
  }

  /** Adds to the counts of finished slices. The bucket's page must be there. */
  putClosed(bucket: number, count: number): void {
    ;(this.#closed[this.#slotOf(bucket)] as number) += count
    this.#closedTotals = undefined
  }

  /** Adds the open counts to the closed ones and begins anew. */
  close(): void {
    if (this.#closed.length < this.#open.length) this.#closed = new Float64Array(this.#open.length)
    for (let slot = HEADER; slot < this.#open.length; slot++)
      (this.#closed[slot] as number) += this.#open[slot] as number
    this.#closedTotals = undefined
    this.#open.fill(0, HEADER)
    this.#clearHeader()
  }

  /** Forgets everything, and gives the memory back. */
  clear(): void {
    this.#arrange([], 0)
    this.#closed = NO_COUNTS
    this.#clearHeader()
  }

  /** Adds a page that is not there yet. */
  claim(page: number): void {
    const run = this.#run >> PAGE_BITS
    const first = this.#base >> PAGE_BITS
    const isNext = run === 0 || page === first + run
    const joins = page > 0 && run < LONGEST_RUN && (isNext || page === first - 1)
    if (joins && !(isNext && run === this.#used)) {
      this.#arrange([...this.#pages(), page].toSorted(ascending), page)
      return
    }
    const slot = HEADER + this.#used * PAGE_SIZE
    this.#cover(page)
    this.#places[page - this.#first] = slot
    this.#used++
    if (slot >= this.#open.length) this.#grow()
    if (!joins) return
    if (run === 0) this.#base = page << PAGE_BITS
    this.#run += PAGE_SIZE
  }

  /** Takes away the pages that `isKept` is false for. Returns how many values being gathered were on them. */
  keep(isKept: (page: number, held: number) => boolean): number {
    const pages: number[] = []
    let dropped = 0
    for (const page of this.#pages()) {
      const place = this.#placeOf(page)
      const open = total(this.#open, place)
      if (isKept(page, open + total(this.#closed, place))) pages.push(page)
      else dropped += open
    }
    if (pages.length < this.#used) this.#arrange(pages, this.#base >> PAGE_BITS)
    return dropped
  }

  /** How many values being gathered are in the buckets. */
  get openCount(): number {
    let sum = 0
    for (const place of this.#places) if (place >= 0) sum += total(this.#open, place)
    return sum
  }

  /** Numbers of the buckets that hold values, ascending, and how many: all of them, or those being gathered. */
  *entries(which: 'all' | 'open'): Generator<readonly [bucket: number, count: number], void, undefined> {
    for (const page of this.#pages()) {
      const place = this.#placeOf(page)
      for (let sub = 0; sub < PAGE_SIZE; sub++) {
        const count = (this.#open[place + sub] as number) + (which === 'all' ? (this.#closed[place + sub] ?? 0) : 0)
        if (count > 0) yield [(page << PAGE_BITS) + sub, count]
      }
    }
  }

  /** Counts by page, for `bucketAbove`. Returns how many values there are in all. */
  survey(): number {
    const places = this.#places
    const closed = (this.#closedTotals ??= Float64Array.from(places, (place) => total(this.#closed, place)))
    let all = 0
    if (surveyed.length < places.length) surveyed = new Float64Array(places.length * 2)
    for (let index = 0; index < places.length; index++) {
      const place = places[index] as number
      const held = place < 0 ? 0 : total(this.#open, place) + (closed[index] as number)
      surveyed[index] = held
      all += held
    }
    return all
  }

  /** The bucket in which counting up from the lowest passes `count` values. After `survey`. */
  bucketAbove(count: number): number {
    let rest = count
    for (let index = 0; index < this.#places.length; index++) {
      const held = surveyed[index] as number
      if (rest >= held) {
        rest -= held
        continue
      }
      const place = this.#places[index] as number
      let sub = 0
      while ((rest -= (this.#open[place + sub] as number) + (this.#closed[place + sub] ?? 0)) >= 0) sub++
      return ((this.#first + index) << PAGE_BITS) + sub
    }
    throw new RangeError('more values were asked for than the buckets hold')
  }

  #countBeside(value: number, bucket: number): boolean {
    const slot = this.#slotOf(bucket)
    // The bits of what is no ordinary number above 0 lead to a page that is never there.
    if (slot < 0) return false
    ;(this.#open[slot] as number)++
    this.widen(value, value, value)
    if (++this.#misses === MISSES) {
      this.#misses = 0
      this.#chooseRun()
    }
    return true
  }

  /** Makes the run of the stretch of pages with the most values. */
  #chooseRun(): void {
    this.survey()
    let [best, most, sum, previous] = [0, 0, 0, Number.NaN]
    for (const page of this.#pages()) {
      sum = (page === previous + 1 ? sum : 0) + (surveyed[page - this.#first] as number)
      previous = page
      if (page > 0 && sum > most) [best, most] = [page, sum]
    }
    this.#arrange([...this.#pages()], best)
  }

  /** Lays out `pages`, ascending, anew, with the stretch around `center` as the run. Others are dropped. */
  #arrange(pages: readonly number[], center: number): void {
    const run = runAround(pages, center)
    const ordered = run.length === pages.length ? pages : [...run, ...pages.filter((page) => !run.includes(page))]
    const [open, closed] = [this.#open, this.#closed]
    const size = HEADER + room(pages.length) * PAGE_SIZE
    this.#open = new Float64Array(size)
    this.#open.set(open.subarray(0, HEADER))
    if (closed.length > 0) this.#closed = new Float64Array(size)
    const [first, last] = [pages[0] ?? 0, pages.at(-1) ?? -1]
    const places = new Int32Array(last - first + 1).fill(NONE)
    for (const [index, page] of ordered.entries()) {
      const slot = HEADER + index * PAGE_SIZE
      const before = this.#placeOf(page)
      places[page - first] = slot
      if (before < 0) continue
      this.#open.set(open.subarray(before, before + PAGE_SIZE), slot)
      if (closed.length > 0) this.#closed.set(closed.subarray(before, before + PAGE_SIZE), slot)
    }
    this.#places = places
    this.#closedTotals = undefined
    this.#first = first
    this.#used = pages.length
    this.#base = (run[0] ?? 0) << PAGE_BITS
    this.#run = run.length << PAGE_BITS
  }

  /** Numbers of the pages in use, from the lowest. */
  *#pages(): Generator<number, void, undefined> {
    for (let index = 0; index < this.#places.length; index++)
      if ((this.#places[index] as number) >= 0) yield this.#first + index
  }

  #placeOf(page: number): number {
    return this.#places[page - this.#first] ?? NONE
  }

  /** Negative when the bucket's page is not there. */
  #slotOf(bucket: number): number {
    return this.#placeOf(bucket >> PAGE_BITS) + (bucket & (PAGE_SIZE - 1))
  }

  /** Makes the table reach to `page`. */
  #cover(page: number): void {
    const { length } = this.#places
    const first = length === 0 ? page : Math.min(this.#first, page)
    const end = length === 0 ? page + 1 : Math.max(this.#first + length, page + 1)
    if (end - first === length) return
    const places = new Int32Array(end - first).fill(NONE)
    places.set(this.#places, length === 0 ? 0 : this.#first - first)
    this.#closedTotals = undefined
    this.#places = places
    this.#first = first
  }

  #grow(): void {
    const size = HEADER + room(this.#used) * PAGE_SIZE
    this.#open = resized(this.#open, size)
    if (this.#closed.length > 0) this.#closed = resized(this.#closed, size)
  }

  #clearHeader(): void {
    this.setOpen(0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)
  }
}

const ascending = (a: number, b: number): number => a - b

/** The sum of a page. Eight at a time, because an addition waits for the one before. 0 for a page that is not there. */
function total(counts: Float64Array, place: number): number {
  if (counts.length === 0 || place < 0) return 0
  let [a, b, c, d] = [0, 0, 0, 0]
  let [e, f, g, h] = [0, 0, 0, 0]
  for (let slot = place; slot < place + PAGE_SIZE; slot += 8) {
    a += counts[slot] as number
    b += counts[slot + 1] as number
    c += counts[slot + 2] as number
    d += counts[slot + 3] as number
    e += counts[slot + 4] as number
    f += counts[slot + 5] as number
    g += counts[slot + 6] as number
    h += counts[slot + 7] as number
  }
  return a + b + c + d + (e + f + g + h)
}

function resized(counts: Float64Array, size: number): Float64Array {
  const larger = new Float64Array(size)
  larger.set(counts)
  return larger
}
