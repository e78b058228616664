/** Learns how long something takes from how long it took. */
export interface DurationEstimate {
  /** How many durations it has learnt from, or `samples` where it keeps only those. */
  readonly count: number
  /** What it expects, in ms. Means nothing before the first. */
  readonly ms: number
  add(ms: number): void
}

/** The quantile of the last `samples` durations, by nearest rank. Adding is O(samples). */
export class QuantileEstimate implements DurationEstimate {
  readonly #quantile: number
  readonly #samples: number
  /** In the order they came, from `#next` on once it is full. */
  readonly #latest: number[] = []
  readonly #sorted: number[] = []
  #next = 0

  constructor(quantile: number, samples: number) {
    this.#quantile = quantile
    this.#samples = samples
  }

  get count(): number {
    return this.#sorted.length
  }

  get ms(): number {
    return this.#sorted[Math.ceil(this.#quantile * this.#sorted.length) - 1] as number
  }

  add(ms: number): void {
    const sorted = this.#sorted
    let place = sorted.length
    if (place < this.#samples) this.#latest.push(ms)
    else {
      // The place of the one that goes is free, and is moved from there to where the new one belongs.
      place = sorted.indexOf(this.#latest[this.#next] as number)
      this.#latest[this.#next] = ms
      this.#next = (this.#next + 1) % this.#samples
      for (; place + 1 < sorted.length && (sorted[place + 1] as number) < ms; place++)
        sorted[place] = sorted[place + 1] as number
    }
    for (; place > 0 && (sorted[place - 1] as number) > ms; place--) sorted[place] = sorted[place - 1] as number
    sorted[place] = ms
  }
}

/** A mean in which each new duration has the same share and older ones fade: an exponentially weighted moving average. */
export class AverageEstimate implements DurationEstimate {
  readonly #newestRatio: number
  count = 0
  ms = 0

  constructor(newestRatio: number) {
    this.#newestRatio = newestRatio
  }

  add(ms: number): void {
    // At first it is the plain mean: otherwise the very first would weigh as much as all the next ones together.
    this.count++
    this.ms += (ms - this.ms) * Math.max(this.#newestRatio, 1 / this.count)
  }
}
