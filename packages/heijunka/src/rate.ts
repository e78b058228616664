const SLICES = 10
const SLICE_MS = 1000

/** How often something happens: counted in ten slices of a second, the running one included. */
export class Rate {
  readonly #counts: number[] = new Array<number>(SLICES).fill(0)
  readonly #startMs: number
  #slice = 0

  constructor(nowMs: number) {
    this.#startMs = nowMs
  }

  /** It happened now. */
  hit(nowMs: number): void {
    const slice = Math.floor((nowMs - this.#startMs) / SLICE_MS)
    if (slice > this.#slice) this.#advance(slice)
    const index = this.#slice % SLICES
    this.#counts[index] = (this.#counts[index] ?? 0) + 1
  }

  /** How often a second, over the last 9 to 10 s, or since the start where that is later; then over 1 s at least. */
  perSecond(nowMs: number): number {
    const elapsedMs = nowMs - this.#startMs
    const slice = Math.floor(elapsedMs / SLICE_MS)
    const oldest = Math.max(0, slice - SLICES + 1)
    let sum = 0
    for (let at = oldest; at <= this.#slice; at++) sum += this.#counts[at % SLICES] ?? 0
    return sum / Math.max(1, elapsedMs / SLICE_MS - oldest)
  }

  #advance(slice: number): void {
    for (let at = Math.max(this.#slice + 1, slice - SLICES + 1); at <= slice; at++) this.#counts[at % SLICES] = 0
    this.#slice = slice
  }
}
