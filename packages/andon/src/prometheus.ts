export { CATALOGUE } from './catalogue.ts'
export { namesOf } from './catalogue-row.ts'
export { collectMetrics } from './collect-metrics.ts'
export { dashboards } from './dashboards.ts'
export { Exemplars } from './exemplars.ts'
export { MetricsPage } from './metrics-page.ts'
export { metricsReference } from './metrics-reference.ts'
export { alertRuleFile, prometheusAlerts } from './rule-file.ts'
export type {
  CatalogueRow,
  ExportedName,
  HeldBuckets,
  MetricUnit,
  NameProfile,
  SampleSuffix,
  TakeSample,
} from './catalogue-row.ts'
export type { Panel, PanelQuery } from './dashboard-panels.ts'
export type { Dashboard, DashboardsOptions } from './dashboards.ts'
export type { Exemplar, ExemplarsOptions, SpanContextLike } from './exemplars.ts'
export type { MetricsRegistry } from './exposition.ts'
export type { QueryNames } from './metric-names.ts'
export type { CollectMetricsOptions, MetricSources } from './metric-sources.ts'
export type { MetricsPageOptions, RenderedPage, RenderOptions } from './metrics-page.ts'
export type { PrometheusAlert, RuleFileOptions } from './rule-file.ts'
export type {
  AlertReadings,
  AutoscalerReadings,
  BoardReadings,
  BreakerReadings,
  CollectorReadings,
  DeadLetterReadings,
  LevelerReadings,
  LimiterReadings,
  MetricSource,
  PoolReadings,
  QueueReadings,
  Reading,
  ReadingsOf,
  SignalReadings,
  SloReadings,
  SourceKind,
  TrackerReadings,
} from './snapshots.ts'
export type { TextFormat } from './text-format.ts'
