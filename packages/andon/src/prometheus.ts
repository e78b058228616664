export { CATALOGUE } from './catalogue.ts'
export { namesOf } from './catalogue-row.ts'
export { collectMetrics } from './collect-metrics.ts'
export type { CatalogueRow, ExportedName, MetricUnit, NameProfile, TakeSample } from './catalogue-row.ts'
export type { CollectMetricsOptions, MetricSources } from './collect-metrics.ts'
export type { MetricsRegistry } from './exposition.ts'
export type {
  AlertReadings,
  BreakerReadings,
  CollectorReadings,
  DeadLetterReadings,
  LevelerReadings,
  MetricSource,
  PoolReadings,
  QueueReadings,
  Reading,
  ReadingsOf,
  SignalReadings,
  SourceKind,
  TrackerReadings,
} from './snapshots.ts'
