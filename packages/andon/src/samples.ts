import { Ring } from '@tps/internal'

/** What was read at one moment. */
export interface Sample {
  readonly ms: number
  readonly value: number
  /** Of how many; 0 where it is a plain value. */
  readonly total: number
}

/** How densely samples are kept, and for how long. */
export interface Keeping {
  readonly keepMs: number
  /** One sample is kept of each slot of this length, so that at most `keepMs / slotMs` and three are. */
  readonly slotMs: number
}

/** The readings of one series over a window: the latest one, and the last one of each slot before it. */
export class Samples {
  #kept = new Ring<Sample>()
  #latest: Sample | undefined

  get latest(): Sample | undefined {
    return this.#latest
  }

  /** How many are kept. */
  get size(): number {
    return this.#kept.size + (this.#latest ? 1 : 0)
  }

  add(sample: Sample, { keepMs, slotMs }: Keeping): void {
    const latest = this.#latest
    // The very first one stays as well: everything before it is unknown.
    if (latest && (this.#kept.size === 0 || Math.floor(latest.ms / slotMs) !== Math.floor(sample.ms / slotMs)))
      this.#kept.push(latest)
    this.#latest = sample
    // One from before the window stays: it says where the window began.
    for (let second = this.#kept.at(1); second && second.ms <= sample.ms - keepMs; second = this.#kept.at(1))
      this.#kept.shift()
  }

  /** The last one at or before `ms`; the first one there is when all are later. O(log n). */
  at(ms: number): Sample | undefined {
    const latest = this.#latest
    if (latest && latest.ms <= ms) return latest
    let low = 0
    let high = this.#kept.size - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#kept.at(middle) as Sample).ms <= ms) low = middle
      else high = middle - 1
    }
    return this.#kept.at(low) ?? latest
  }

  clear(): void {
    this.#kept = new Ring()
    this.#latest = undefined
  }
}
