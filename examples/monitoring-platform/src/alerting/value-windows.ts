import { type Level, isBeyond } from './level.ts'
import { PLACES, SlidingWindow } from './sliding-window.ts'

/** A window whose one value is compared. */
abstract class ValueWindow extends SlidingWindow {
  readonly #level: Level

  constructor(level: Level) {
    super()
    this.#level = level
  }

  get isBeyond(): boolean {
    return isBeyond(this.#level, this.value)
  }
}

/** Sub-windows are added up eight at a time, and then the eights. */
const EIGHT = 8

/**
 * Number, sum or mean. What leaves is never subtracted: sums are added up anew, so that no error piles up and infinities go.
 * There are four kinds of windows and not five, as that is how many V8 tells apart quickly where all of them are used.
 */
export class SumWindow extends ValueWindow {
  readonly #of: 'count' | 'sum' | 'avg'
  /** Sums of sub-windows, then those of eight of them each. */
  readonly #sums = new Float64Array(PLACES + PLACES / EIGHT)
  #total = 0

  constructor(level: Level, of: 'count' | 'sum' | 'avg') {
    super(level)
    this.#of = of
  }

  get value(): number {
    if (this.#of === 'count') return this.samples
    return this.#of === 'avg' ? this.#total / this.samples : this.#total
  }

  protected put(place: number, value: number): void {
    const sums = this.#sums
    sums[place]! += value
    sums[PLACES + (place >> 3)]! += value
    this.#total += value
  }

  protected clear(place: number): void {
    const sums = this.#sums
    sums[place] = 0
    const first = place & ~(EIGHT - 1)
    let sum = 0
    for (let each = first; each < first + EIGHT; each++) sum += sums[each]!
    sums[PLACES + (place >> 3)] = sum
  }

  protected recount(): void {
    const sums = this.#sums
    let total = 0
    for (let each = PLACES; each < sums.length; each++) total += sums[each]!
    this.#total = total
  }
}

/** Least or greatest. */
export class ExtremeWindow extends ValueWindow {
  /** 1 for the greatest, -1 for the least, which is the greatest of the negated values. */
  readonly #sign: 1 | -1
  readonly #extremes = new Float64Array(PLACES).fill(Number.NEGATIVE_INFINITY)
  #extreme = Number.NEGATIVE_INFINITY
  /** Whether the extreme was in a sub-window that is gone. */
  #isStale = false

  constructor(level: Level, isMax: boolean) {
    super(level)
    this.#sign = isMax ? 1 : -1
  }

  get value(): number {
    return this.#sign * this.#extreme
  }

  protected put(place: number, value: number): void {
    const signed = this.#sign * value
    if (signed > this.#extremes[place]!) this.#extremes[place] = signed
    if (signed > this.#extreme) this.#extreme = signed
  }

  protected clear(place: number): void {
    if (this.#extremes[place] === this.#extreme) this.#isStale = true
    this.#extremes[place] = Number.NEGATIVE_INFINITY
  }

  protected recount(): void {
    if (!this.#isStale) return
    this.#isStale = false
    let extreme = Number.NEGATIVE_INFINITY
    for (const each of this.#extremes) if (each > extreme) extreme = each
    this.#extreme = extreme
  }
}

/** The latest one by its time; of equal times the one that came last. */
export class LastWindow extends ValueWindow {
  #value = Number.NaN
  #timeMs = Number.NEGATIVE_INFINITY

  get value(): number {
    return this.#value
  }

  protected put(_place: number, value: number, timeMs: number): void {
    if (timeMs < this.#timeMs) return
    this.#timeMs = timeMs
    this.#value = value
  }

  protected clear(): void {}

  protected recount(): void {
    // The latest one leaves last.
    if (this.samples === 0) this.#timeMs = Number.NEGATIVE_INFINITY
  }
}
