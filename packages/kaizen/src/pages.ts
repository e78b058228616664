import { PAGE_BITS, PAGE_SIZE, normalBucket } from './buckets.ts'

/** A page's 64 counts and, behind them, their total. */
export const STRIDE: number = PAGE_SIZE + 1
/** In place of a page that is not there: whichever bucket is added to it, the slot stays below 0. */
const NONE = -STRIDE
/** How many pages room is made for at a time, once there are that many. */
const GROWTH = 4

/**
 * Where the counts of a bucket are: a table of pages, and the pages in the order in which they were first needed, in
 * one flat array. Memory goes with the powers of two that hold values, not with the distance between them.
 */
export class Pages {
  /** Counts of the values still being gathered, by slot. */
  open: Float64Array = new Float64Array(0)
  /** Counts of finished slices, by slot; of length 0 where there are no slices. */
  closed: Float64Array = new Float64Array(0)
  readonly #hasClosed: boolean
  /** First slot of each page from page `#first` on. */
  #places: Int32Array = new Int32Array(0)
  #first = 0
  #free: number[] = []
  #used = 0

  constructor(hasClosed: boolean) {
    this.#hasClosed = hasClosed
  }

  /** How many pages are in use. */
  get used(): number {
    return this.#used
  }

  /** The lowest page's number; `Infinity` when there is none. */
  get lowest(): number {
    const index = this.#places.findIndex((place) => place >= 0)
    return index < 0 ? Number.POSITIVE_INFINITY : this.#first + index
  }

  /** Counts one value. Says `false`, and does nothing, when it has no page or is no ordinary number above 0. */
  count(value: number): boolean {
    const bucket = normalBucket(value)
    const index = (bucket >> PAGE_BITS) - this.#first
    // As unsigned: below the first page is beyond the last.
    if (index >>> 0 >= this.#places.length) return false
    const place = this.#places[index] as number
    if (place < 0) return false
    const { open } = this
    ;(open[place + (bucket & (PAGE_SIZE - 1))] as number)++
    ;(open[place + PAGE_SIZE] as number)++
    return true
  }

  /** The first slot of a page; negative when it is not there. */
  placeOf(page: number): number {
    return this.#places[page - this.#first] ?? NONE
  }

  /** Adds to the counts of a bucket whose page is there. */
  add(counts: Float64Array, bucket: number, count: number): void {
    const place = this.placeOf(bucket >> PAGE_BITS)
    ;(counts[place + (bucket & (PAGE_SIZE - 1))] as number) += count
    ;(counts[place + PAGE_SIZE] as number) += count
  }

  /** Adds a page that is not there yet. */
  claim(page: number): void {
    this.#cover(page)
    const place = this.#free.pop() ?? this.#used * STRIDE
    this.#used++
    if (place === this.open.length) this.#grow()
    this.#places[page - this.#first] = place
  }

  /** Takes a page away and clears it. Returns how many values it held that are still being gathered. */
  release(page: number): number {
    const place = this.placeOf(page)
    const held = this.open[place + PAGE_SIZE] as number
    this.open.fill(0, place, place + STRIDE)
    this.closed.fill(0, place, place + STRIDE)
    this.#places[page - this.#first] = NONE
    this.#free.push(place)
    this.#used--
    return held
  }

  /** Takes the pages away that hold nothing. */
  releaseEmpty(): void {
    for (const [page, place] of this.ascending()) if (this.#held(place + PAGE_SIZE) === 0) this.release(page)
  }

  /** Numbers of the pages in use, from the lowest, each with its first slot. */
  *ascending(): Generator<readonly [page: number, place: number]> {
    for (let index = 0; index < this.#places.length; index++) {
      const place = this.#places[index] as number
      if (place >= 0) yield [this.#first + index, place]
    }
  }

  /** The bucket in which counting up from the lowest passes `count` values; there must be more than that. */
  bucketAbove(count: number): number {
    let rest = count
    for (let index = 0; index < this.#places.length; index++) {
      const place = this.#places[index] as number
      if (place < 0) continue
      const total = this.#held(place + PAGE_SIZE)
      if (rest >= total) {
        rest -= total
        continue
      }
      let sub = 0
      while ((rest -= this.#held(place + sub)) >= 0) sub++
      return ((this.#first + index) << PAGE_BITS) + sub
    }
    throw new RangeError('more values were asked for than the buckets hold')
  }

  /** How many values there are in the buckets, both kinds. */
  #held(slot: number): number {
    return (this.open[slot] as number) + (this.#hasClosed ? (this.closed[slot] as number) : 0)
  }

  /** Makes the table reach to `page`. */
  #cover(page: number): void {
    const { length } = this.#places
    const first = length === 0 ? page : Math.min(this.#first, page)
    const end = length === 0 ? page + 1 : Math.max(this.#first + length, page + 1)
    if (end - first === length) return
    const places = new Int32Array(end - first).fill(NONE)
    places.set(this.#places, length === 0 ? 0 : this.#first - first)
    this.#places = places
    this.#first = first
  }

  #grow(): void {
    const pages = this.open.length / STRIDE
    const size = STRIDE * (pages < GROWTH ? Math.max(1, pages * 2) : pages + GROWTH)
    this.open = resized(this.open, size)
    if (this.#hasClosed) this.closed = resized(this.closed, size)
  }
}

function resized(counts: Float64Array, size: number): Float64Array {
  const larger = new Float64Array(size)
  larger.set(counts)
  return larger
}
