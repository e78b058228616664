import { PAGE_BITS, PAGE_SIZE, normalBucket } from './buckets.ts'
import { copy, lengthened, total, zeros } from './doubles.ts'
import { HEADER, OpenCounts } from './open-counts.ts'
import { PageTable } from './page-table.ts'
import { LONGEST_RUN, room, runAround } from './run.ts'
import { pageTotals, bucketAbove, countUpToEach, heldAt, pageTotal, survey, surveyed } from './survey.ts'

/** After how many values beside the run it is looked at again whether another would be better. */
const MISSES = 4096

const NO_COUNTS = /* @__PURE__ */ zeros(0)

/**
 * Where the counts of a bucket are: a table of pages, and the pages in one flat array, each made when a value needs it.
 * Memory goes with the powers of two that hold values, not with the distance between them.
 *
 * The run is a stretch of pages next to each other that lie first and in order, so that recording needs no table: the
 * bucket, less a constant, is the slot. It is where most values are. Totals are not kept when a value is recorded but
 * taken when asked for.
 */
export class Counts {
  /** Of the values still being gathered. All that recording needs. */
  readonly open: OpenCounts = new OpenCounts()
  /** Counts of finished slices, by slot, as long as `open`; of length 0 until there is one. */
  #closed: number[] = NO_COUNTS
  /** What each block of those holds, as `survey` has it; `undefined` when it has to be taken anew. */
  #closedTotals: readonly number[] | undefined
  #table = new PageTable()
  #misses = 0

  /** How many pages are in use. */
  get used(): number {
    return this.#table.used
  }

  /** The lowest page's number; `Infinity` when there is none. */
  get lowest(): number {
    return this.#table.lowest
  }

  /**
   * Counts one value of the moment `now`. Says `false`, and does nothing, when the moment is after the slice, or may be
   * because it is not known; and when the value has no page or is no ordinary number above 0.
   */
  count(value: number, now: number | undefined): boolean {
    const { open } = this
    if (open.count(value, now)) return true
    if (now === undefined ? open.endMs < Number.POSITIVE_INFINITY : now >= open.endMs) return false
    // The bits of what is no ordinary number above 0 lead to a page that is never there.
    const slot = typeof value === 'number' ? this.#table.slotOf(normalBucket(value)) : -1
    if (slot < 0) return false
    ;(open[slot] as number)++
    open.widen(value, value, value)
    if (++this.#misses === MISSES) {
      this.#misses = 0
      this.#chooseRun()
    }
    return true
  }

  /** Whether the page is there. */
  has(page: number): boolean {
    return this.#table.placeOf(page) >= 0
  }

  /** Puts `count` values into a bucket whose page is there. `sum`, `min` and `max` are not touched. */
  put(bucket: number, count: number): void {
    ;(this.open[this.#table.slotOf(bucket)] as number) += count
  }

  /** Adds to the counts of finished slices. The bucket's page must be there. */
  putClosed(bucket: number, count: number): void {
    ;(this.#closed[this.#table.slotOf(bucket)] as number) += count
    this.#closedTotals = undefined
  }

  /** Adds the open counts to the closed ones and begins anew. */
  close(): void {
    const { open } = this
    if (this.#closed.length === 0) this.#closed = zeros(open.length)
    for (let slot = HEADER; slot < open.length; slot++) (this.#closed[slot] as number) += open[slot] as number
    this.#closedTotals = undefined
    open.renew(open.length - HEADER)
    open.setHeader(0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)
  }

  /** Forgets everything, and gives the memory back. */
  clear(): void {
    this.#closed = NO_COUNTS
    this.#arrange([], 0)
    this.open.setHeader(0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)
  }

  /** Adds a page that is not there yet. */
  claim(page: number): void {
    const [open, table] = [this.open, this.#table]
    const run = (open.runEnd - HEADER) >> PAGE_BITS
    const first = run > 0 ? this.#runStart : page
    const isNext = page === first + run
    const joins = page > 0 && run < LONGEST_RUN && (isNext || page === first - 1)
    if (joins && !(isNext && run === table.used)) {
      this.#arrange([...table.pages(), page].toSorted(ascending), page)
      return
    }
    const slot = HEADER + table.used * PAGE_SIZE
    table.add(page, slot)
    this.#closedTotals = undefined
    if (slot >= open.length) this.#lengthen(room(table.used) * PAGE_SIZE)
    if (joins) open.setRun(first, (run + 1) * PAGE_SIZE)
  }

  /** Takes away the pages that `isKept` is false for. Returns how many values being gathered were on them. */
  keep(isKept: (page: number, held: number) => boolean): number {
    const pages: number[] = []
    let dropped = 0
    for (const page of this.#table.pages()) {
      const place = this.#table.placeOf(page)
      const open = pageTotal(this.open, place)
      if (isKept(page, open + pageTotal(this.#closed, place))) pages.push(page)
      else dropped += open
    }
    if (pages.length < this.used) this.#arrange(pages, this.#runStart)
    return dropped
  }

  /** How many values being gathered are in the buckets. */
  get openCount(): number {
    return total(this.open, HEADER, this.used * PAGE_SIZE)
  }

  /** Numbers of the buckets that hold values, ascending, and how many: all of them, or those being gathered. */
  *entries(which: 'all' | 'open'): Generator<readonly [bucket: number, count: number], void, undefined> {
    for (const page of this.#table.pages()) {
      const place = this.#table.placeOf(page)
      for (let slot = place; slot < place + PAGE_SIZE; slot++) {
        const count = which === 'all' ? heldAt(this.open, this.#closed, slot) : (this.open[slot] as number)
        if (count > 0) yield [(page << PAGE_BITS) + slot - place, count]
      }
    }
  }

  /** Counts by page, for `bucketAbove`. Returns how many values there are in all. */
  survey(): number {
    this.#closedTotals ??= pageTotals(this.#table, this.#closed)
    return survey(this.#table, this.open, this.#closedTotals)
  }

  /** The bucket in which counting up from the lowest passes `count` values. After `survey`. */
  bucketAbove(count: number): number {
    return bucketAbove(this.#table, this.open, this.#closed, count)
  }

  /** Puts in place of the first `length` of `buckets`, ascending, how many values are in each or below. After `survey`. */
  countUpToEach(buckets: Float64Array, length: number): void {
    countUpToEach(this.#table, this.open, this.#closed, buckets, length)
  }

  /** Makes the run of the stretch of pages with the most values. */
  #chooseRun(): void {
    this.survey()
    let [best, most, sum, previous] = [0, 0, 0, Number.NaN]
    for (const page of this.#table.pages()) {
      sum = (page === previous + 1 ? sum : 0) + surveyed(this.#table, page)
      previous = page
      if (page > 0 && sum > most) [best, most] = [page, sum]
    }
    this.#arrange([...this.#table.pages()], best)
  }

  /** The first page of the run. */
  get #runStart(): number {
    return (this.open.base + HEADER) >> PAGE_BITS
  }

  /** Lays out `pages`, ascending, anew, with the stretch around `center` as the run. Others are dropped. */
  #arrange(pages: readonly number[], center: number): void {
    const run = runAround(pages, center)
    const ordered = run.length === pages.length ? pages : [...run, ...pages.filter((page) => !run.includes(page))]
    const slots = room(pages.length) * PAGE_SIZE
    const [open, closed, before] = [zeros(this.open.length), this.#closed, this.#table]
    copy(this.open, 0, open, 0, open.length)
    this.open.renew(slots)
    if (closed.length > 0) this.#closed = zeros(HEADER + slots)
    this.#table = PageTable.of(ordered, HEADER)
    for (const page of pages) {
      const [from, to] = [before.placeOf(page), this.#table.placeOf(page)]
      if (from < 0) continue
      copy(open, from, this.open, to, PAGE_SIZE)
      if (closed.length > 0) copy(closed, from, this.#closed, to, PAGE_SIZE)
    }
    this.#closedTotals = undefined
    this.open.setRun(run[0] ?? 0, run.length * PAGE_SIZE)
  }

  #lengthen(slots: number): void {
    this.open.resize(slots)
    if (this.#closed.length > 0) this.#closed = lengthened(this.#closed, HEADER + slots)
  }
}

const ascending = (a: number, b: number): number => a - b
