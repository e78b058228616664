/** Into how many parts a window is cut. */
export const SUB_WINDOWS = 60

/** Places of the ring: a power of two, so that the place of a sub-window is found without a division. */
export const PLACES = 64
const MASK = PLACES - 1

/**
 * The samples of the last 60 sub-windows, the present one included, by sub-window. So it covers at least 59/60 of the window and
 * at most all of it, to the ms when now is at a border: (now − window, now]. Memory is constant; a sample costs O(1), and that the
 * window moves on O(60), once a sub-window. Sub-windows are numbered since 1970.
 */
export abstract class SlidingWindow {
  readonly #counts = new Uint32Array(PLACES)
  #samples = 0
  #newest = Number.NEGATIVE_INFINITY

  get samples(): number {
    return this.#samples
  }

  /** What is made of the samples. Any number when there are none. */
  abstract readonly value: number

  /** The first sub-window that it covers. */
  protected get oldest(): number {
    return this.#newest - SUB_WINDOWS + 1
  }

  /** Whether it is beyond the limit. Not looked at when there are no samples. */
  abstract readonly isBeyond: boolean

  /**
   * Adds a sample of sub-window `slot`, which is at most `nowSlot`. `false`: it is older than the window. `timeMs` orders the
   * samples of a sub-window.
   */
  add(slot: number, nowSlot: number, value: number, timeMs: number): boolean {
    if (nowSlot !== this.#newest) this.moveTo(nowSlot)
    if (slot <= this.#newest - SUB_WINDOWS) return false
    const place = slot & MASK
    this.#counts[place]!++
    this.#samples++
    this.put(place, value, timeMs, slot)
    return true
  }

  /** Lets go of what is too old at `slot`. A clock that was set back by more than a window begins anew. */
  moveTo(slot: number): void {
    const steps = slot - this.#newest
    if (steps > 0) {
      if (this.#samples > 0) this.#drop(this.#newest - SUB_WINDOWS + 1, Math.min(slot - SUB_WINDOWS, this.#newest))
      this.#newest = slot
    } else if (steps <= -SUB_WINDOWS) {
      this.#drop(this.#newest - SUB_WINDOWS + 1, this.#newest)
      this.#newest = slot
    }
  }

  /** A sample of a sub-window. */
  protected abstract put(place: number, value: number, timeMs: number, slot: number): void
  /** A sub-window is forgotten. */
  protected abstract clear(place: number): void
  /** Sub-windows were forgotten: what is known of all of them has to be found out again. */
  protected abstract recount(): void

  #drop(from: number, to: number): void {
    const before = this.#samples
    for (let slot = from; slot <= to; slot++) {
      const place = slot & MASK
      const count = this.#counts[place]!
      if (count === 0) continue
      this.#samples -= count
      this.#counts[place] = 0
      this.clear(place)
    }
    if (this.#samples !== before) this.recount()
  }
}
