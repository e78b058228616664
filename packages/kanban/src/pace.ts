const SLICE_MS = 1_000
const SLICES = 10

/**
 * How fast a running total grew lately: it remembers where the total stood as each of the last ten seconds began, so that
 * counting costs nothing. Times are milliseconds since the total was 0.
 */
export class Pace {
  readonly #stoodAt = new Float64Array(SLICES)
  #second = 0

  /** Second `second` has begun, with the total at `total`. In seconds in between it grew by `quietly` each. */
  turn(total: number, second: number, quietly = 0): void {
    for (let each = Math.max(this.#second + 1, second - SLICES + 1); each <= second; each++) {
      this.#stoodAt[each % SLICES] = total - quietly * (second - each)
    }
    this.#second = second
  }

  /** What was added in the running second and the nine before it. */
  recent(total: number, nowMs: number): number {
    const first = Math.floor(nowMs / SLICE_MS) - SLICES + 1
    if (first > this.#second) return 0
    return first <= 0 ? total : total - (this.#stoodAt[first % SLICES] as number)
  }

  /** The same a second; over at least one second. */
  perSecond(total: number, nowMs: number): number {
    const spanMs = Math.min(nowMs, (nowMs % SLICE_MS) + (SLICES - 1) * SLICE_MS)
    return (this.recent(total, nowMs) * 1_000) / Math.max(spanMs, SLICE_MS)
  }
}
