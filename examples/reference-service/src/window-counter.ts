/** Counts events over the last whole seconds: a rate that forgets. */
export class WindowCounter {
  readonly #seconds: number
  readonly #now: () => number
  readonly #counts: number[]
  #second: number

  /** `seconds` is the length of the window, an integer from 1. `now` gives monotonic ms. */
  constructor(seconds: number, now: () => number) {
    this.#seconds = seconds
    this.#now = now
    // One slot more than the window: the second that is still running.
    this.#counts = new Array<number>(seconds + 1).fill(0)
    this.#second = Math.floor(now() / 1_000)
  }

  /** Counts an event that takes place now; `nowMs` saves looking at the clock. */
  add(nowMs: number = this.#now()): void {
    this.#advance(nowMs)
    const slot = this.#second % this.#counts.length
    this.#counts[slot] = (this.#counts[slot] ?? 0) + 1
  }

  /** How many events the window and the running second hold. */
  get total(): number {
    this.#advance(this.#now())
    return this.#counts.reduce((sum, count) => sum + count, 0)
  }

  /** Events a second, averaged over the window's whole seconds and the part of the running one. */
  get perSecond(): number {
    const total = this.total
    return total / (this.#seconds + (this.#now() / 1_000 - this.#second))
  }

  #advance(nowMs: number): void {
    const second = Math.floor(nowMs / 1_000)
    if (second <= this.#second) return
    const elapsed = Math.min(second - this.#second, this.#counts.length)
    for (let step = 1; step <= elapsed; step++) this.#counts[(second - elapsed + step) % this.#counts.length] = 0
    this.#second = second
  }
}
