const SECONDS = 10

/** How many a second, over the last 10 whole seconds or as many as there were. */
export class Rate {
  readonly #counts = new Float64Array(SECONDS + 1)
  readonly #now: () => number
  readonly #startSecond: number
  #second: number
  #total = 0

  /** @param now Monotonic ms. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
    this.#second = Math.floor(now() / 1_000)
    this.#startSecond = this.#second
  }

  /** Everything that was ever counted. */
  get total(): number {
    return this.#total
  }

  add(count: number): void {
    this.#advance()
    this.#counts[this.#second % this.#counts.length]! += count
    this.#total += count
  }

  get perSecond(): number {
    this.#advance()
    const seconds = Math.min(SECONDS, this.#second - this.#startSecond)
    if (seconds === 0) return this.#counts[this.#second % this.#counts.length]!
    let sum = 0
    for (let back = 1; back <= seconds; back++) sum += this.#counts[(this.#second - back) % this.#counts.length]!
    return sum / seconds
  }

  #advance(): void {
    const second = Math.floor(this.#now() / 1_000)
    const gone = Math.min(second - this.#second, this.#counts.length)
    for (let step = 1; step <= gone; step++) this.#counts[(second - gone + step) % this.#counts.length] = 0
    this.#second = second
  }
}
