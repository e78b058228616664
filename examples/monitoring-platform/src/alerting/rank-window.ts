import { type Level, isBeyond } from './level.ts'
import { nextDown, nextUp } from './next-double.ts'
import { PLACES, SlidingWindow } from './sliding-window.ts'

/** How many samples are kept at first, and at most, to show a value. */
const FIRST_ROOM = 16
const MOST_ROOM = 1_024

/**
 * A percentile by nearest rank. Whether it is beyond the limit is counted, and exact: it is when fewer samples than its rank
 * are not. The value to show is exact for up to 512 samples; of more it is that of the 512 to 1,024 that came last.
 */
export class RankWindow extends SlidingWindow {
  readonly #level: Level
  readonly #percent: number
  /** Samples that are at most the limit, or of a lower limit less than it, by sub-window. */
  readonly #low = new Uint32Array(PLACES)
  #lowTotal = 0
  /** The samples that came last, and their sub-windows. */
  #values = new Float64Array(FIRST_ROOM)
  #slots = new Float64Array(FIRST_ROOM)
  #kept = 0

  /** @param percent A whole number from 1 to 100. */
  constructor(level: Level, percent: number) {
    super()
    this.#level = level
    this.#percent = percent
  }

  get isBeyond(): boolean {
    const rank = this.#rankOf(this.samples)
    return this.#level.isAbove ? this.#lowTotal < rank : this.#lowTotal >= rank
  }

  /** O(n log n) in the samples that are kept. */
  get value(): number {
    const { oldest } = this
    const present = this.#values.subarray(0, this.#kept).filter((_, index) => this.#slots[index]! >= oldest)
    return this.#onItsSide(present.toSorted()[this.#rankOf(present.length) - 1] ?? Number.NaN)
  }

  protected put(place: number, value: number, _timeMs: number, slot: number): void {
    const { isAbove, limit } = this.#level
    if (isAbove ? value <= limit : value < limit) {
      this.#low[place]!++
      this.#lowTotal++
    }
    if (this.#kept === this.#values.length) this.#makeRoom()
    this.#values[this.#kept] = value
    this.#slots[this.#kept] = slot
    this.#kept++
  }

  protected clear(place: number): void {
    this.#lowTotal -= this.#low[place]!
    this.#low[place] = 0
  }

  protected recount(): void {
    if (this.samples === 0) this.#kept = 0
  }

  #rankOf(samples: number): number {
    return Math.ceil((this.#percent * samples) / 100)
  }

  /** Lets go of what is too old. If that is less than a half, takes twice the room, and at the most lets go of the older half. */
  #makeRoom(): void {
    const { oldest } = this
    let kept = 0
    for (let index = 0; index < this.#kept; index++) {
      if (this.#slots[index]! < oldest) continue
      this.#values[kept] = this.#values[index]!
      this.#slots[kept] = this.#slots[index]!
      kept++
    }
    this.#kept = kept
    const room = this.#values.length
    if (kept <= room / 2) return
    if (room < MOST_ROOM) {
      const [values, slots] = [this.#values, this.#slots]
      this.#values = new Float64Array(room * 2)
      this.#slots = new Float64Array(room * 2)
      this.#values.set(values)
      this.#slots.set(slots)
      return
    }
    this.#values.copyWithin(0, kept - room / 2, kept)
    this.#slots.copyWithin(0, kept - room / 2, kept)
    this.#kept = room / 2
  }

  /** What comes from a part of the samples must not say the opposite of what was decided from all of them. */
  #onItsSide(value: number): number {
    const { isAbove, limit } = this.#level
    const isTrouble = this.isBeyond
    if (this.samples === 0 || isBeyond(this.#level, value) === isTrouble) return value
    if (!isTrouble) return limit
    return isAbove ? nextUp(limit) : nextDown(limit)
  }
}
