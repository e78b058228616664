import { PAGE_BITS, PAGE_SIZE } from './buckets.ts'

/** In place of a page that is not there: whichever bucket is added to it, the slot stays below 0. */
const NONE = -PAGE_SIZE

/** Where the counts of a page lie: the slot of its first bucket. As long as the distance between its ends. */
export class PageTable {
  /** By page, from page `first` on. */
  places: readonly number[] = []
  /** The lowest page it reaches to. */
  first = 0
  /** How many pages are in use. */
  used = 0

  /** A table of `pages`, the first of them at `start` and the others behind it, in that order. */
  static of(pages: readonly number[], start: number): PageTable {
    const table = new PageTable()
    if (pages.length > 0) table.#cover(Math.min(...pages), Math.max(...pages))
    for (const [index, page] of pages.entries()) table.#put(page, start + index * PAGE_SIZE)
    return table
  }

  /** The lowest page's number; `Infinity` when there is none. */
  get lowest(): number {
    const index = this.places.findIndex((place) => place >= 0)
    return index < 0 ? Number.POSITIVE_INFINITY : this.first + index
  }

  /** Negative when the page is not there. */
  placeOf(page: number): number {
    const index = page - this.first
    return index >= 0 && index < this.places.length ? (this.places[index] as number) : NONE
  }

  /** Negative when the bucket's page is not there. */
  slotOf(bucket: number): number {
    return this.placeOf(bucket >> PAGE_BITS) + (bucket & (PAGE_SIZE - 1))
  }

  /** Adds a page that is not there yet. */
  add(page: number, place: number): void {
    const { first } = this
    const { length } = this.places
    if (length === 0) this.#cover(page, page)
    else if (page < first || page >= first + length)
      this.#cover(Math.min(first, page), Math.max(first + length - 1, page))
    this.#put(page, place)
  }

  /** Numbers of the pages in use, from the lowest. */
  *pages(): Generator<number, void, undefined> {
    for (let index = 0; index < this.places.length; index++)
      if ((this.places[index] as number) >= 0) yield this.first + index
  }

  #put(page: number, place: number): void {
    ;(this.places as number[])[page - this.first] = place
    this.used++
  }

  /** Makes it reach from `first` to `last`. */
  #cover(first: number, last: number): void {
    const places: number[] = []
    for (let page = first; page <= last; page++) places.push(this.placeOf(page))
    this.places = places
    this.first = first
  }
}
