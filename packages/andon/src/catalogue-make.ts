import type { CatalogueRow, MetricUnit } from './catalogue-row.ts'
import type { SourceKind } from './snapshots.ts'

const INSTANCE_LABELS: Record<SourceKind, string | undefined> = {
  breakers: 'breaker',
  queues: 'queue',
  pools: 'pool',
  levelers: 'leveler',
  limiters: 'limiter',
  autoscalers: 'autoscaler',
  trackers: 'tracker',
  slos: 'slo',
  deadLetters: 'dead_letters',
  signals: 'service',
  alerts: 'andon',
  boards: 'board',
  collectors: undefined,
}

const AGGREGATORS: Record<MetricUnit, CatalogueRow['aggregator']> = {
  count: 'sum',
  ratio: 'average',
  milliseconds: 'max',
  'per second': 'sum',
  state: 'max',
}

type Wanted<Kind extends SourceKind> = Omit<CatalogueRow<Kind>, 'source' | 'labels' | 'aggregator'> & {
  readonly detail?: string
  readonly aggregator?: CatalogueRow['aggregator']
}

/** A row of the catalogue, with the labels and the aggregator that its kind and unit have. */
export function row<Kind extends SourceKind>(source: Kind, { detail, ...wanted }: Wanted<Kind>): CatalogueRow {
  const instance = INSTANCE_LABELS[source]
  const labels: CatalogueRow['labels'] =
    instance === undefined ? [] : detail === undefined ? [instance] : [instance, detail]
  const made: CatalogueRow<Kind> = { aggregator: AGGREGATORS[wanted.unit], ...wanted, source, labels }
  // A row is only ever given readings of its own kind: whoever collects looks rows up by kind.
  return made as unknown as CatalogueRow
}
