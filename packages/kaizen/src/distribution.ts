import { PAGE_BITS, PAGE_SIZE, bucketOf, lowerBound, middle, upperBound } from './buckets.ts'
import type { Bucket, Contents } from './contents.ts'
import type { Counts } from './counts.ts'
import { History } from './history.ts'
import { nearestRank } from './nearest-rank.ts'
import { remainder, shortfall } from './remainder.ts'
import { Tally } from './tally.ts'

/** Values and their sum since the beginning, whatever has expired. */
export interface Totals {
  readonly count: number
  readonly sum: number
}

/**
 * Counts by bucket, of the slice that is being filled and of those before it that still count.
 * Recording touches the open slice only. A slice is packed and added to the closed counts when it ends, and subtracted
 * when it expires, so that a query never merges slices.
 */
export class Distribution {
  readonly #counts: Counts
  readonly #maxPages: number
  readonly #slices: number
  /** What is rare of the open slice. Its count, sum and extremes are in `#counts`. */
  #zeros = 0
  #invalid = 0
  #collapsed = 0
  readonly #history = new History()
  /** What the totals are above the open slice. */
  #past: Totals = { count: 0, sum: 0 }
  /** Values on pages below this one are collapsed. Above every page that was given up, for as long as that shows. */
  #floor: number = Number.NEGATIVE_INFINITY

  /** `slices` is 0 where nothing expires. `counts` must be empty. */
  constructor(counts: Counts, maxPages: number, slices: number) {
    this.#counts = counts
    this.#maxPages = maxPages
    this.#slices = slices
  }

  get count(): number {
    return this.#openCount + this.#history.tally.count
  }

  get zeros(): number {
    return this.#zeros + this.#history.tally.zeros
  }

  get invalid(): number {
    return this.#invalid + this.#history.tally.invalid
  }

  get collapsed(): number {
    return this.#collapsed + this.#history.tally.collapsed
  }

  get sum(): number {
    return this.#counts.open.sum + this.#history.tally.sum
  }

  /** `Infinity` when empty. */
  get min(): number {
    return Math.min(this.#counts.open.min, this.#history.tally.min)
  }

  /** `-Infinity` when empty. */
  get max(): number {
    return Math.max(this.#counts.open.max, this.#history.tally.max)
  }

  /** Neither figure ever falls, not even by rounding. */
  get totals(): Totals {
    return this.totalsOf(this.count)
  }

  /** The totals, where `count` is known already. */
  totalsOf(count: number): Totals {
    const { open } = this.#counts
    return { count: this.#past.count + count - this.#history.tally.count, sum: this.#past.sum + open.sum }
  }

  /** Sets what the totals will be once `count` values with the sum `sum` have been added. */
  setTotals(totals: Totals, sum: number, count: number): void {
    this.#past = { count: totals.count - count, sum: restOf(totals.sum, sum) }
  }

  /** Counts a value that `Counts.count` did not take. Says `false` when it is invalid. */
  addRare(value: number): boolean {
    if (!(typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY)) {
      this.#invalid++
      return false
    }
    // Minus zero is counted as zero, and reported as zero.
    const positive = Math.abs(value)
    if (positive === 0) this.#zeros++
    else this.#place(bucketOf(positive), 1)
    this.#counts.open.widen(positive, positive, positive)
    return true
  }

  /** Adds what another distribution holds to the open slice. */
  merge({ zeros, invalid, collapsed, floor, sum, min, max, counts }: Contents): void {
    this.#raiseFloor(floor)
    this.#zeros += zeros
    this.#invalid += invalid
    this.#collapsed += collapsed
    for (const [bucket, count] of counts) this.#place(bucket, count)
    this.#counts.open.widen(sum, min, max)
  }

  /** Takes what another distribution holds out of the open slice. Says what is missing, and does nothing, if any is. */
  subtract(other: Contents): string | undefined {
    const floor = Math.max(this.#floor, other.floor)
    const missing = shortfall(this.#openContents(), other, floor)
    if (missing !== undefined) return missing
    const { sum } = this.#counts.open
    const before = this.totals
    this.#raiseFloor(floor)
    this.#zeros -= other.zeros
    this.#invalid -= other.invalid
    this.#collapsed -= other.collapsed
    for (const [bucket, count] of other.counts) {
      if (bucket >> PAGE_BITS < floor) this.#collapsed -= count
      else this.#counts.put(bucket, -count)
    }
    this.#counts.keep((_, held) => held > 0)
    if (this.collapsed === 0) this.#floor = Number.NEGATIVE_INFINITY
    const rest = remainder(this.#openContents(), other, sum)
    this.#counts.open.setHeader(rest.sum, rest.min, rest.max)
    this.setTotals(before, rest.sum, this.#openCount)
    return undefined
  }

  /** Everything held. */
  contents(): Contents {
    const { zeros, invalid, collapsed, sum, min, max } = this
    const floor = collapsed > 0 ? this.#floor : Number.NEGATIVE_INFINITY
    return { zeros, invalid, collapsed, floor, sum, min, max, counts: [...this.#counts.entries('all')] }
  }

  /** Ends slice `from`, and lets expire what is too old in slice `to`. */
  rotate(from: number, to: number): void {
    const counts = this.#counts
    this.#past = this.totals
    if (to - from >= this.#slices) {
      counts.clear()
      this.#history.clear()
    } else {
      const tally = this.#openTally()
      if (tally.count > 0 || tally.invalid > 0) {
        this.#history.add(from, tally, counts.entries('open'))
        counts.close()
      }
      if (this.#history.expire(to - this.#slices, (bucket, count) => counts.putClosed(bucket, -count)))
        counts.keep((_, held) => held > 0)
    }
    this.#zeros = this.#invalid = this.#collapsed = 0
    if (this.#history.tally.collapsed === 0) this.#floor = Number.NEGATIVE_INFINITY
  }

  /** By nearest rank, to within half a bucket. The least and the greatest are exact. NaN when empty. */
  quantiles(qs: readonly number[]): number[] {
    const count = this.survey()
    return qs.map((q) => this.quantileOf(q, count))
  }

  /** How many values there are. What `quantileOf` needs is known then, for as long as nothing else is asked for. */
  survey(): number {
    return this.#counts.survey() + this.zeros + this.collapsed
  }

  /** One of the `quantiles`, after `survey`, which said `count`. */
  quantileOf(q: number, count: number): number {
    if (count === 0) return Number.NaN
    const { min, max } = this
    const rank = nearestRank(q, count)
    if (rank <= 1) return min
    if (rank >= count) return max
    const below = this.zeros
    if (rank <= below) return 0
    const rest = rank - below - this.collapsed
    if (rest <= 0) return Math.min(this.#floorValue(), max)
    return Math.min(Math.max(middle(this.#counts.bucketAbove(rest - 1)), min), max)
  }

  /** Sets `into` to how many values are at most each of `values`, ascending; all that share its bucket are taken to be. */
  countUpToEach(values: readonly number[], into: Float64Array): void {
    const { zeros, collapsed, min, max } = this
    const counts = this.#counts
    const count = this.survey()
    for (let index = 0; index < values.length; index++) into[index] = bucketOf(Math.max(values[index] as number, 0))
    counts.countUpToEach(into, values.length)
    const floor = collapsed > 0 ? this.#floorValue() : 0
    for (let index = 0; index < values.length; index++) {
      const value = values[index] as number
      if (value >= max) into[index] = count
      else if (!(value >= min)) into[index] = 0
      else (into[index] as number) += zeros + (value >= floor ? collapsed : 0)
    }
  }

  /** Everything counted, in ascending order: zeros as (0, 0], the collapsed as one wide bucket from 0. */
  *buckets(): Generator<Bucket, void, undefined> {
    const { zeros, collapsed } = this
    if (zeros > 0) yield { lower: 0, upper: 0, count: zeros }
    if (collapsed > 0) yield { lower: 0, upper: this.#floorValue(), count: collapsed }
    for (const [bucket, count] of this.#counts.entries('all'))
      yield { lower: lowerBound(bucket), upper: upperBound(bucket), count }
  }

  get #openCount(): number {
    return this.#counts.openCount + this.#zeros + this.#collapsed
  }

  #openTally(): Tally {
    const { sum, min, max } = this.#counts.open
    const [zeros, invalid, collapsed] = [this.#zeros, this.#invalid, this.#collapsed]
    return Object.assign(new Tally(), { count: this.#openCount, zeros, invalid, collapsed, sum, min, max })
  }

  #openContents(): Contents {
    const { zeros, invalid, collapsed, sum, min, max } = this.#openTally()
    return { zeros, invalid, collapsed, floor: this.#floor, sum, min, max, counts: [...this.#counts.entries('open')] }
  }

  #place(bucket: number, count: number): void {
    if (this.#makeRoom(bucket >> PAGE_BITS)) this.#counts.put(bucket, count)
    else this.#collapsed += count
  }

  /** Sees to it that `page` is there. Says `false` when it is too low to be kept. */
  #makeRoom(page: number): boolean {
    const counts = this.#counts
    if (page < this.#floor) return false
    if (counts.has(page)) return true
    if (counts.used >= this.#maxPages) {
      this.#raiseFloor(Math.min(page, counts.lowest) + 1)
      if (page < this.#floor) return false
    }
    counts.claim(page)
    return true
  }

  /** Collapses what lies on pages below `floor`, of every slice. */
  #raiseFloor(floor: number): void {
    if (floor <= this.#floor) return
    this.#floor = floor
    this.#collapsed += this.#counts.keep((page) => page >= floor)
    this.#history.collapse(floor)
  }

  #floorValue(): number {
    return lowerBound(this.#floor * PAGE_SIZE)
  }
}

/** What must be added to `part` to have at least `whole`. */
function restOf(whole: number, part: number): number {
  if (!Number.isFinite(whole)) return whole
  const rest = whole - part
  return rest + part < whole ? rest * (1 + Number.EPSILON) : rest
}
