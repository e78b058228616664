import type { Counts } from './counts.ts'
import { Distribution } from './distribution.ts'
import type { TrackerMeasure } from './options.ts'
import { SliceClock } from './slices.ts'

/** A distribution from which values expire as time goes by. It owns no timer: what is too old leaves when it is used. */
export class SlidingDistribution {
  readonly #measure: TrackerMeasure
  readonly #counts: Counts
  readonly #time: SliceClock | undefined
  #distribution: Distribution

  /** `counts` must be empty. */
  constructor(measure: TrackerMeasure, counts: Counts) {
    const { windowMs, slices, clock } = measure
    this.#measure = measure
    this.#counts = counts
    if (windowMs !== undefined) {
      this.#time = new SliceClock(clock.now(), windowMs / slices)
      counts.open.endMs = this.#time.endMs
    }
    this.#distribution = this.#empty()
  }

  /** What was held when it was last used. */
  get last(): Distribution {
    return this.#distribution
  }

  /** What is held at present. */
  get present(): Distribution {
    this.advance()
    return this.#distribution
  }

  /** The moment that a value recorded now belongs to; `undefined` where that makes no difference. */
  now(): number | undefined {
    return this.#time && this.#measure.clock.now()
  }

  /** Lets expire what is too old at `now`, or else by the clock. */
  advance(now?: number): void {
    const time = this.#time
    if (time === undefined) return
    const before = time.slice
    time.advance(now ?? this.#measure.clock.now())
    if (time.slice === before) return
    this.#counts.open.endMs = time.endMs
    this.#distribution.rotate(before, time.slice)
  }

  /** Forgets everything but the totals. */
  reset(): void {
    const { totals } = this.present
    this.#counts.clear()
    this.#distribution = this.#empty()
    this.#distribution.setTotals(totals, 0, 0)
  }

  #empty(): Distribution {
    const { windowMs, slices, maxPages } = this.#measure
    return new Distribution(this.#counts, maxPages, windowMs === undefined ? 0 : slices)
  }
}
