import type { DurationEstimator } from './duration-estimator.ts'

/** Where each number of a row is; what the estimator keeps comes after these. */
const COUNT = 0
const EXPECTED_MS = 1
const AT_LEAST_MS = 2
const QUICK = 3
const IS_SLOW = 4
const SAMPLES = 5

const FIRST_ROWS = 16

/**
 * What is known of each key, a row a key. All in one array: with 100,000 keys most of the cost is waiting for memory, and
 * a row lies together. Everything is O(1), amortized, but for what the estimator takes.
 */
export class DurationTable {
  readonly #estimator: DurationEstimator
  readonly #width: number
  #numbers: Float64Array

  constructor(estimator: DurationEstimator) {
    this.#estimator = estimator
    this.#width = SAMPLES + estimator.numbers
    this.#numbers = new Float64Array(FIRST_ROWS * this.#width)
  }

  /** Makes a row empty. It is there already, or the next after the last. */
  clear(row: number): void {
    const at = row * this.#width
    if (at === this.#numbers.length) {
      const numbers = new Float64Array(2 * at)
      numbers.set(this.#numbers)
      this.#numbers = numbers
    }
    this.#numbers.fill(0, at, at + this.#width)
  }

  /** Adds a duration, and counts how many in a row were at most `fastMs`. */
  add(row: number, ms: number, fastMs: number): void {
    const numbers = this.#numbers
    const at = row * this.#width
    const count = numbers[at + COUNT] as number
    const expectedMs = numbers[at + EXPECTED_MS] as number
    numbers[at + EXPECTED_MS] = this.#estimator.add(numbers, at + SAMPLES, count, expectedMs, ms)
    numbers[at + COUNT] = count + 1
    numbers[at + QUICK] = ms <= fastMs ? (numbers[at + QUICK] as number) + 1 : 0
  }

  /** It took at least so long, of which the estimator isn't told. */
  overran(row: number, ms: number): void {
    const at = row * this.#width
    this.#numbers[at + AT_LEAST_MS] = Math.max(this.#numbers[at + AT_LEAST_MS] as number, ms)
    this.#numbers[at + QUICK] = 0
  }

  /** Of a key that becomes fast, that it overran is forgotten. */
  setSlow(row: number, isSlow: boolean): void {
    const at = row * this.#width
    this.#numbers[at + IS_SLOW] = isSlow ? 1 : 0
    if (!isSlow) this.#numbers[at + AT_LEAST_MS] = 0
  }

  isSlow(row: number): boolean {
    return this.#numbers[row * this.#width + IS_SLOW] === 1
  }

  /** How many durations were added. */
  count(row: number): number {
    return this.#numbers[row * this.#width + COUNT] as number
  }

  /** How many of at most `fastMs` came in a row. */
  quick(row: number): number {
    return this.#numbers[row * this.#width + QUICK] as number
  }

  /** What the estimator expects; 0 before the first. */
  expectedMs(row: number): number {
    return this.#numbers[row * this.#width + EXPECTED_MS] as number
  }

  /** As that, but not less than it was seen to take when it overran. */
  predictedMs(row: number): number {
    return Math.max(this.expectedMs(row), this.#numbers[row * this.#width + AT_LEAST_MS] as number)
  }
}
