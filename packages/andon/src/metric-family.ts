import type { CatalogueRow, ExportedName } from './catalogue-row.ts'
import type { Labels } from './labels.ts'

/** One sample, in the shape that prom-client prints. */
export interface MetricSample {
  readonly value: number
  readonly labels: Labels
  /** Only where it differs from the family's name. */
  readonly metricName?: string
}

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
  readonly #collect: () => readonly MetricSample[]

  constructor({ name, help }: ExportedName, row: CatalogueRow, collect: () => readonly MetricSample[]) {
    this.name = name
    this.help = help
    this.type = row.type
    this.aggregator = row.aggregator
    this.labelNames = row.labels
    this.#collect = collect
  }

  /** For JSON, and for the cluster mode. */
  get(): MetricObject {
    return this.#with(this.#collect())
  }

  /** For text. prom-client formats `sharedLabels` once for each label object, and ours stay the same objects. */
  getForPromString(): MetricObject {
    return this.#with(
      this.#collect().map(({ value, labels, metricName }) =>
        metricName === undefined ? { value, sharedLabels: labels } : { value, sharedLabels: labels, metricName },
      ),
    )
  }

  /** Nothing to reset: the readings belong to their sources. */
  reset(): void {}

  #with(values: readonly object[]): MetricObject {
    const { name, help, type, aggregator } = this
    return { name, help, type, aggregator, values }
  }
}
