/** A handler quicker than this, in ms, is not worth timing every time. */
const QUICK_MS = 0.05
/** How many are left untimed after a quick one, and after one that is quicker by as much again. */
const UNTIMED = 15
const MORE_UNTIMED = 63
/** The mean forgets at the rate of one in so many. */
const MEMORY = 32

/**
 * How long handlers hold their slots. Reading a clock twice costs as much as a trivial handler, so after one quicker than
 * 50 µs the next 15 are left out, and after one quicker than 5 µs the next 63.
 */
export class HandlerTimes {
  #meanMs = 0
  #samples = 0
  #untimed = 0

  /** Whether to time the handler that starts now. */
  get isDue(): boolean {
    if (this.#untimed === 0) return true
    this.#untimed--
    return false
  }

  /** Exponentially weighted over about the last 32 timed ones, in ms; `undefined` before the first has ended. */
  get meanMs(): number | undefined {
    return this.#samples === 0 ? undefined : this.#meanMs
  }

  add(durationMs: number): void {
    this.#samples = Math.min(this.#samples + 1, MEMORY)
    this.#meanMs += (durationMs - this.#meanMs) / this.#samples
    if (durationMs < QUICK_MS) this.#untimed = durationMs < QUICK_MS / 10 ? MORE_UNTIMED : UNTIMED
  }
}
