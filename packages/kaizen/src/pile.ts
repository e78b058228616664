import type { Metric } from './comparison.ts'
import { PercentileTracker } from './percentile-tracker.ts'

/** Values of one variant, reduced to what its metric needs. */
export interface Pile {
  readonly count: number
  /** The metric of the values; NaN without any. */
  readonly value: number
  /** Says `false`, and counts nothing, when `value` is not a finite number of 0 or more. */
  record(value: number): boolean
  /** Adds what `other`, a pile of the same metric, holds. */
  merge(other: Pile): void
}

/** A pile for `metric`: two numbers for a mean, a tracker for a quantile. */
export function newPile(metric: Metric): Pile {
  return metric === 'mean' ? new MeanPile() : new QuantilePile(metric.quantile)
}

class MeanPile implements Pile {
  count = 0
  #sum = 0

  get value(): number {
    return this.#sum / this.count
  }

  record(value: number): boolean {
    if (!(typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY)) return false
    this.count++
    this.#sum += value
    return true
  }

  merge(other: MeanPile): void {
    this.count += other.count
    this.#sum += other.#sum
  }
}

class QuantilePile implements Pile {
  readonly #quantile: number
  readonly #tracker = new PercentileTracker()

  constructor(quantile: number) {
    this.#quantile = quantile
  }

  get count(): number {
    return this.#tracker.count
  }

  get value(): number {
    return this.#tracker.quantile(this.#quantile)
  }

  record(value: number): boolean {
    const { invalid } = this.#tracker
    // Without a window the moment is not looked at.
    this.#tracker.record(value, 0)
    return this.#tracker.invalid === invalid
  }

  merge(other: QuantilePile): void {
    this.#tracker.merge(other.#tracker)
  }
}
