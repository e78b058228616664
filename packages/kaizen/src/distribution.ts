import { PAGE_BITS, PAGE_SIZE, bucketOf, lowerBound, middle, upperBound } from './buckets.ts'
import { pack, unpack } from './packed.ts'
import { Pages } from './pages.ts'
import { Tally } from './tally.ts'

/** Values that share a bucket: above `lower`, up to and including `upper`. */
export interface Bucket {
  readonly lower: number
  readonly upper: number
  readonly count: number
}

/** A finished slice that still counts. */
interface Sealed {
  readonly slice: number
  readonly tally: Tally
  packed: Uint8Array
}

/**
 * Counts by bucket, of the slice that is being filled and of those before it that still count.
 * Recording touches the open slice only. A slice is packed and added to the closed total when it ends, and subtracted
 * when it expires, so that a query never merges slices. Sums and extremes are taken anew from the slices, because a sum
 * of doubles can't be subtracted from without leaving something behind.
 */
export class Distribution {
  readonly #maxPages: number
  readonly #slices: number
  #pages: Pages
  #open = new Tally()
  #closed = new Tally()
  #sealed: Sealed[] = []
  /** Values on pages below this one are collapsed. Above every page that was given up, for as long as that shows. */
  #floor: number = Number.NEGATIVE_INFINITY

  /** `slices` is 0 where nothing expires. */
  constructor(maxPages: number, slices: number) {
    this.#maxPages = maxPages
    this.#slices = slices
    this.#pages = new Pages(slices > 0)
  }

  get count(): number {
    return this.#open.count + this.#closed.count
  }

  get zeros(): number {
    return this.#open.zeros + this.#closed.zeros
  }

  get invalid(): number {
    return this.#open.invalid + this.#closed.invalid
  }

  get collapsed(): number {
    return this.#open.collapsed + this.#closed.collapsed
  }

  get sum(): number {
    return this.#open.sum + this.#closed.sum
  }

  /** `Infinity` when empty. */
  get min(): number {
    return Math.min(this.#open.min, this.#closed.min)
  }

  /** `-Infinity` when empty. */
  get max(): number {
    return Math.max(this.#open.max, this.#closed.max)
  }

  /** Counts one value whose page is there. Says `false`, and does nothing, for any other: `addRare` takes those. */
  add(value: number): boolean {
    if (typeof value !== 'number' || !this.#pages.count(value)) return false
    const tally = this.#open
    tally.count++
    tally.sum += value
    if (value < tally.min) tally.min = value
    if (value > tally.max) tally.max = value
    return true
  }

  /** Counts any one value. Says `false` when it is invalid. */
  addRare(value: number): boolean {
    const tally = this.#open
    if (!(typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY)) {
      tally.invalid++
      return false
    }
    // Minus zero is counted as zero, and reported as zero.
    const positive = Math.abs(value)
    this.#place(positive, 1)
    tally.sum += positive
    tally.widen(positive, positive)
    return true
  }

  /** Adds what another distribution holds to the open slice. */
  merge(buckets: readonly Bucket[], { sum, min, max, invalid }: Pick<Tally, 'sum' | 'min' | 'max' | 'invalid'>): void {
    for (const { lower, upper, count } of buckets) {
      if (lower === 0 && upper > Number.MIN_VALUE) {
        this.#raiseFloor((bucketOf(upper) >> PAGE_BITS) + 1)
        this.#collapse(count)
      } else this.#place(upper, count)
    }
    this.#open.sum += sum
    this.#open.invalid += invalid
    this.#open.widen(min, max)
  }

  /** Ends slice `from`, and lets expire what is too old in slice `to`. */
  rotate(from: number, to: number): void {
    if (to - from >= this.#slices) {
      this.#pages = new Pages(true)
      this.#sealed = []
    } else {
      this.#seal(from)
      this.#expire(to - this.#slices)
    }
    this.#open = new Tally()
    this.#closed = new Tally()
    for (const { tally } of this.#sealed) this.#closed.add(tally)
    if (this.#closed.collapsed === 0) this.#floor = Number.NEGATIVE_INFINITY
  }

  /** The value of a rank from 1 to `count`, to within half a bucket. The first and the last are exact. */
  valueAt(rank: number): number {
    const { count, zeros, collapsed, min, max } = this
    if (rank <= 1) return min
    if (rank >= count) return max
    if (rank <= zeros) return 0
    if (rank <= zeros + collapsed) return Math.min(this.#floorValue(), max)
    const bucket = this.#pages.bucketAbove(rank - zeros - collapsed - 1)
    return Math.min(Math.max(middle(bucket), min), max)
  }

  /** How many values are at most `value`; all that share its bucket are taken to be. */
  countUpTo(value: number): number {
    if (value >= this.max) return this.count
    if (!(value >= this.min)) return 0
    if (value === 0) return this.zeros
    const last = bucketOf(value)
    let sum = this.zeros + (value >= this.#floorValue() ? this.collapsed : 0)
    for (const [bucket, count] of this.#counts()) {
      if (bucket > last) break
      sum += count
    }
    return sum
  }

  /** Everything counted, in ascending order: zeros as (0, 0], the collapsed as one wide bucket from 0. */
  *buckets(): Generator<Bucket, void, undefined> {
    const { zeros, collapsed } = this
    if (zeros > 0) yield { lower: 0, upper: 0, count: zeros }
    if (collapsed > 0) yield { lower: 0, upper: this.#floorValue(), count: collapsed }
    for (const [bucket, count] of this.#counts()) yield { lower: lowerBound(bucket), upper: upperBound(bucket), count }
  }

  *#counts(): Generator<readonly [bucket: number, count: number], void, undefined> {
    const { open, closed } = this.#pages
    for (const [page, first] of this.#pages.ascending()) {
      for (let sub = 0; sub < PAGE_SIZE; sub++) {
        const count = (open[first + sub] as number) + (closed[first + sub] ?? 0)
        if (count > 0) yield [(page << PAGE_BITS) + sub, count]
      }
    }
  }

  /** Puts `count` values of 0 or more into their bucket. */
  #place(value: number, count: number): void {
    if (value === 0) {
      this.#open.count += count
      this.#open.zeros += count
      return
    }
    const bucket = bucketOf(value)
    if (this.#makeRoom(bucket >> PAGE_BITS)) {
      this.#pages.add(this.#pages.open, bucket, count)
      this.#open.count += count
    } else this.#collapse(count)
  }

  #collapse(count: number): void {
    this.#open.count += count
    this.#open.collapsed += count
  }

  /** Sees to it that `page` is there. Says `false` when it is too low to be kept. */
  #makeRoom(page: number): boolean {
    const pages = this.#pages
    if (page < this.#floor) return false
    if (pages.placeOf(page) >= 0) return true
    if (pages.used >= this.#maxPages) {
      this.#raiseFloor(Math.min(page, pages.lowest) + 1)
      if (page < this.#floor) return false
    }
    pages.claim(page)
    return true
  }

  /** Collapses what lies on pages below `floor`, of every slice. */
  #raiseFloor(floor: number): void {
    if (floor <= this.#floor) return
    this.#floor = floor
    const pages = this.#pages
    while (pages.lowest < floor) this.#open.collapsed += pages.release(pages.lowest)
    for (const sealed of this.#sealed) {
      let dropped = 0
      sealed.packed = pack((put) =>
        unpack(sealed.packed, (bucket, count) => {
          if (bucket >> PAGE_BITS < floor) dropped += count
          else put(bucket, count)
        }),
      )
      sealed.tally.collapsed += dropped
      this.#closed.collapsed += dropped
    }
  }

  #floorValue(): number {
    return lowerBound(this.#floor * PAGE_SIZE)
  }

  #seal(slice: number): void {
    const tally = this.#open
    if (tally.count === 0 && tally.invalid === 0) return
    const { open, closed } = this.#pages
    const packed = pack((put) => {
      for (const [page, first] of this.#pages.ascending()) {
        for (let sub = 0; sub < PAGE_SIZE; sub++) {
          const count = open[first + sub] as number
          if (count === 0) continue
          put((page << PAGE_BITS) + sub, count)
          ;(closed[first + sub] as number) += count
        }
        ;(closed[first + PAGE_SIZE] as number) += open[first + PAGE_SIZE] as number
      }
    })
    open.fill(0)
    this.#sealed.push({ slice, tally, packed })
  }

  /** Subtracts the slices up to and including `last`. */
  #expire(last: number): void {
    let expired = 0
    for (const { slice, packed } of this.#sealed) {
      if (slice > last) break
      expired++
      unpack(packed, (bucket, count) => this.#pages.add(this.#pages.closed, bucket, -count))
    }
    if (expired === 0) return
    this.#sealed.splice(0, expired)
    this.#pages.releaseEmpty()
  }
}
