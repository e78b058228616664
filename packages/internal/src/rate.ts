const SLICE_MS = 1_000
const SLICES = 10

/**
 * How often something happened lately: counts in one-second slices, kept for about ten seconds.
 * Times are whole milliseconds since the rate was made.
 */
export class Rate {
  readonly #earlier: number[] = new Array<number>(SLICES - 1).fill(0)
  #slice = 0
  #endMs = SLICE_MS
  #count = 0

  /** Counts one occurrence. */
  add(nowMs: number): void {
    if (nowMs >= this.#endMs) this.#turn(nowMs)
    this.#count++
  }

  /** Occurrences a second over the running second and the nine before it; over at least one second. */
  perSecond(nowMs: number): number {
    if (nowMs >= this.#endMs) this.#turn(nowMs)
    let sum = this.#count
    for (const count of this.#earlier) sum += count
    const spanMs = Math.min(nowMs, nowMs - this.#endMs + SLICES * SLICE_MS)
    return (sum * 1_000) / Math.max(spanMs, SLICE_MS)
  }

  #turn(nowMs: number): void {
    const slice = Math.floor(nowMs / SLICE_MS)
    for (let closing = Math.max(this.#slice, slice - SLICES + 1); closing < slice; closing++) {
      this.#earlier[closing % (SLICES - 1)] = closing === this.#slice ? this.#count : 0
    }
    this.#slice = slice
    this.#endMs = (slice + 1) * SLICE_MS
    this.#count = 0
  }
}
