import { MetricFamily } from './metric-family.ts'
import type { Family, Sample } from './family.ts'
import { type FamilyKeeper, type Group, SampleBook } from './sample-book.ts'

/** The part of a prom-client registry that is used; its successors have it as well. */
export interface MetricsRegistry {
  registerMetric(metric: never): void
  removeSingleMetric(name: string): void
}

/** Everything that is collected into one prom-client registry. */
export class Exposition implements FamilyKeeper {
  readonly #registry: MetricsRegistry
  readonly #book = new SampleBook(this)
  #isFresh = false

  constructor(registry: MetricsRegistry) {
    this.#registry = registry
  }

  add(group: Group): void {
    this.#book.add(group)
  }

  remove(group: Group): void {
    this.#book.remove(group)
  }

  opened(family: Family): void {
    this.#registry.registerMetric(new MetricFamily(family, () => this.#samplesOf(family)) as never)
  }

  closed({ name }: Family): void {
    this.#registry.removeSingleMetric(name)
  }

  /** A registry asks for all of its metrics in one go: what was read for the first one serves them all. */
  #samplesOf(family: Family): readonly Sample[] {
    if (!this.#isFresh) {
      this.#book.collect()
      this.#isFresh = true
      queueMicrotask(() => {
        this.#isFresh = false
        this.#book.clear()
      })
    }
    return family.samples
  }
}
