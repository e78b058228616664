import { type Level, isBeyond } from './level.ts'
import { nextUp } from './next-double.ts'
import { bucketOf, middleOf } from './rank-buckets.ts'
import { PLACES, SlidingWindow } from './sliding-window.ts'

/**
 * A percentile by nearest rank. Whether it is beyond the limit is counted, and exact: it is when fewer samples than its rank
 * are not. The value to show comes from buckets and is off by at most 0.55 %.
 */
export class RankWindow extends SlidingWindow {
  readonly #level: Level
  readonly #percent: number
  /** Samples that are at most the limit, or of a lower limit less than it. */
  readonly #low = new Uint32Array(PLACES)
  readonly #buckets: Map<number, number>[] = Array.from({ length: PLACES }, () => EMPTY)
  #lowTotal = 0

  /** @param percent A whole number from 1 to 100. */
  constructor(level: Level, percent: number) {
    super()
    this.#level = level
    this.#percent = percent
  }

  get isBeyond(): boolean {
    return this.#level.isAbove ? this.#lowTotal < this.#rank : this.#lowTotal >= this.#rank
  }

  /** O(buckets in use). */
  get value(): number {
    const all = new Map<number, number>()
    for (const buckets of this.#buckets)
      for (const [bucket, count] of buckets) all.set(bucket, (all.get(bucket) ?? 0) + count)
    let left = this.#rank
    let value = Number.NaN
    for (const [bucket, count] of [...all].toSorted(([a], [b]) => a - b)) {
      value = middleOf(bucket)
      left -= count
      if (left <= 0) break
    }
    return this.#onItsSide(value)
  }

  protected put(place: number, value: number): void {
    const { isAbove, limit } = this.#level
    if (isAbove ? value <= limit : value < limit) {
      this.#low[place]!++
      this.#lowTotal++
    }
    const bucket = bucketOf(value)
    let buckets = this.#buckets[place]!
    if (buckets === EMPTY) this.#buckets[place] = buckets = new Map()
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1)
  }

  protected clear(place: number): void {
    this.#lowTotal -= this.#low[place]!
    this.#low[place] = 0
    this.#buckets[place] = EMPTY
  }

  protected recount(): void {}

  get #rank(): number {
    return Math.ceil((this.#percent * this.samples) / 100)
  }

  /** A bucket may reach over the limit: what is shown must not say the opposite of what was decided. */
  #onItsSide(value: number): number {
    const { isAbove, limit } = this.#level
    if (this.samples === 0 || isBeyond(this.#level, value) === this.isBeyond) return value
    if (!this.isBeyond) return limit
    return isAbove ? nextUp(limit) : -nextUp(-limit)
  }
}

const EMPTY: Map<number, number> = new Map()
