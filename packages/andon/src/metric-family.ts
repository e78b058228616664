import type { CatalogueRow } from './catalogue-row.ts'
import type { Family, Sample } from './family.ts'

/** What prom-client's registry asks a metric for. */
export interface MetricObject {
  readonly name: string
  readonly help: string
  readonly type: CatalogueRow['type']
  readonly aggregator: CatalogueRow['aggregator']
  readonly values: readonly object[]
}

/**
 * A metric object of our own, registered where prom-client's would be: its samples are made when they are asked for,
 * so that what is measured pays nothing.
 */
export class MetricFamily {
  /** Writable: an OpenMetrics registry takes the `_total` off a counter's name when it prints. */
  name: string
  readonly help: string
  readonly type: CatalogueRow['type']
  readonly aggregator: CatalogueRow['aggregator']
  readonly labelNames: readonly string[]
  readonly #family: string
  readonly #collect: () => readonly Sample[]

  constructor({ name, help, row }: Family, collect: () => readonly Sample[]) {
    this.name = this.#family = name
    this.help = help
    this.type = row.type
    this.aggregator = row.aggregator
    this.labelNames = row.labels
    this.#collect = collect
  }

  /** For JSON, and for the cluster mode. */
  get(): MetricObject {
    return this.#with(this.#collect().map((sample) => this.#valueOf(sample, 'labels')))
  }

  /** For text. prom-client formats `sharedLabels` once for each label object, and ours stay the same objects. */
  getForPromString(): MetricObject {
    return this.#with(this.#collect().map((sample) => this.#valueOf(sample, 'sharedLabels')))
  }

  /** Nothing to reset: the readings belong to their sources. */
  reset(): void {}

  #valueOf({ value, set, suffix }: Sample, key: 'labels' | 'sharedLabels'): object {
    const { labels } = set
    return suffix === '' ? { value, [key]: labels } : { value, [key]: labels, metricName: this.#family + suffix }
  }

  #with(values: readonly object[]): MetricObject {
    const { name, help, type, aggregator } = this
    return { name, help, type, aggregator, values }
  }
}
