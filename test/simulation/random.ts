/** Random numbers that are the same for the same seed on every machine: mulberry32 (Ettinger, 2017). */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** Uniform in [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d_2b_79_f5) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }

  /** Exponentially distributed. */
  exponential(mean: number): number {
    return -Math.log(1 - this.next()) * mean
  }

  /** A whole number from 0 and below `bound`. */
  below(bound: number): number {
    return Math.floor(this.next() * bound)
  }

  /** A stream of its own, so that what one part draws does not shift what another one gets. */
  fork(): Random {
    return new Random(this.below(4_294_967_296))
  }
}
