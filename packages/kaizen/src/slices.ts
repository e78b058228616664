/** Divides time into slices of equal length, counted from the moment it is made. */
export class SliceClock {
  readonly #startMs: number
  readonly #sliceMs: number
  /** Number of the present slice, from 0. */
  slice = 0
  /** When the present slice ends. */
  endMs: number

  constructor(startMs: number, sliceMs: number) {
    this.#startMs = startMs
    this.#sliceMs = sliceMs
    this.endMs = startMs + sliceMs
  }

  /** Moves on to the slice that `now` lies in. Never back; a `now` that is not finite changes nothing. */
  advance(now: number): void {
    if (!(now >= this.endMs && now < Number.POSITIVE_INFINITY)) return
    // By division alone, rounding could leave a moment that has come to `endMs` in the slice before.
    this.slice = Math.max(this.slice + 1, Math.floor((now - this.#startMs) / this.#sliceMs))
    this.endMs = this.#startMs + (this.slice + 1) * this.#sliceMs
  }
}
