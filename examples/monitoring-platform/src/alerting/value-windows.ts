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

/** How many samples there are. */
export class CountWindow extends ValueWindow {
  get value(): number {
    return this.samples
  }

  protected put(): void {}
  protected clear(): void {}
  protected recount(): void {}
}

/** Sum or mean. What leaves is never subtracted: sums are added up anew, so that no error piles up and infinities go. */
export class SumWindow extends ValueWindow {
  readonly #isMean: boolean
  readonly #sums = new Float64Array(PLACES)
  #total = 0

  constructor(level: Level, isMean: boolean) {
    super(level)
    this.#isMean = isMean
  }

  get value(): number {
    return this.#isMean ? this.#total / this.samples : this.#total
  }

  protected put(place: number, value: number): void {
    this.#sums[place]! += value
    this.#total += value
  }

  protected clear(place: number): void {
    this.#sums[place] = 0
  }

  protected recount(): void {
    let total = 0
    for (const sum of this.#sums) total += sum
    this.#total = total
  }
}

/** Least or greatest. */
export class ExtremeWindow extends ValueWindow {
  readonly #isMax: boolean
  readonly #extremes: Float64Array
  #extreme: number

  constructor(level: Level, isMax: boolean) {
    super(level)
    this.#isMax = isMax
    this.#extreme = this.#none
    this.#extremes = new Float64Array(PLACES).fill(this.#none)
  }

  get value(): number {
    return this.#extreme
  }

  get #none(): number {
    return this.#isMax ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  }

  protected put(place: number, value: number): void {
    if (this.#isMax ? value > this.#extremes[place]! : value < this.#extremes[place]!) this.#extremes[place] = value
    if (this.#isMax ? value > this.#extreme : value < this.#extreme) this.#extreme = value
  }

  protected clear(place: number): void {
    this.#extremes[place] = this.#none
  }

  protected recount(): void {
    this.#extreme = this.#isMax ? Math.max(...this.#extremes) : Math.min(...this.#extremes)
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
