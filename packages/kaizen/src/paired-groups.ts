import type { Metric } from './comparison.ts'
import { type Pile, newPile } from './pile.ts'

/** Values of both variants from the same stretch of time. */
type Pair = readonly [Pile, Pile]

/** When there are this many, neighbours are joined two by two. */
const MAX_GROUPS = 32

/**
 * Values by stretches of time, of both variants side by side. A stretch is a number of blocks that doubles whenever 32
 * of them are full, so that there are always 16 to 32 however long it takes, and memory is bounded: 66 piles. Within a
 * stretch the load was the same for both, so their ratio is free of it; from stretch to stretch the ratio varies by
 * chance alone, and that is what the error is estimated from. (Batch means, on ratios.)
 */
export class PairedGroups {
  readonly #metric: Metric
  #finished: Pair[] = []
  #open: Pair
  #openGroup = 0
  #blocksPerGroup = 1
  #block = 0
  #seen: [boolean, boolean] = [false, false]
  #blocks = 0

  constructor(metric: Metric) {
    this.#metric = metric
    this.#open = this.#newPair()
  }

  /** Blocks that had values of both variants. */
  get blocks(): number {
    return this.#blocks
  }

  /** Counts a value of `variant` in `block`, which is never less than it was. Says whether it was one. */
  record(block: number, variant: 0 | 1, value: number): boolean {
    this.advance(block)
    if (!this.#open[variant].record(value)) return false
    if (!this.#seen[variant]) {
      this.#seen[variant] = true
      if (this.#seen[1 - variant] === true) this.#blocks++
    }
    return true
  }

  /** Moves on to `block`. */
  advance(block: number): void {
    if (block === this.#block) return
    this.#block = block
    this.#seen = [false, false]
    const group = Math.floor(block / this.#blocksPerGroup)
    if (group === this.#openGroup) return
    this.#openGroup = group
    const [baseline, candidate] = this.#open
    if (baseline.count === 0 && candidate.count === 0) return
    // Without both there is no ratio.
    if (baseline.count > 0 && candidate.count > 0) this.#finished.push(this.#open)
    this.#open = this.#newPair()
    if (this.#finished.length === MAX_GROUPS) this.#join()
  }

  /** All values of one variant in finished stretches. */
  total(variant: 0 | 1): Pile {
    const total = newPile(this.#metric)
    for (const pair of this.#finished) total.merge(pair[variant])
    return total
  }

  /** The logarithm of candidate over baseline, stretch by stretch. Those where it is none are left out. */
  logRatios(): number[] {
    return this.#finished
      .map(([baseline, candidate]) => Math.log(candidate.value / baseline.value))
      .filter((ratio) => Number.isFinite(ratio))
  }

  #join(): void {
    const joined: Pair[] = []
    for (let at = 0; at < this.#finished.length; at += 2) {
      const [first, second] = this.#finished.slice(at, at + 2) as [Pair, Pair]
      first[0].merge(second[0])
      first[1].merge(second[1])
      joined.push(first)
    }
    this.#finished = joined
    this.#blocksPerGroup *= 2
    this.#openGroup = Math.floor(this.#block / this.#blocksPerGroup)
  }

  #newPair(): Pair {
    return [newPile(this.#metric), newPile(this.#metric)]
  }
}
