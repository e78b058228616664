export { compareBeforeAfter } from './before-after.ts'
export { Breakdown } from './breakdown.ts'
export { littlesLaw, queueFor, workersFor } from './capacity.ts'
export { ChangeDetector, changePoints } from './change-detector.ts'
export { DecodeError } from './errors.ts'
export { experimentReport } from './experiment-report.ts'
export { Experiment } from './experiment.ts'
export { growthForecast } from './growth.ts'
export { openSlo } from './open-slo.ts'
export { PercentileTracker } from './percentile-tracker.ts'
export { prometheusRules } from './prometheus-rules.ts'
export { Slo } from './slo.ts'
export { TrackerMap } from './tracker-map.ts'
export { trend } from './trend.ts'
export { fitUsl, uslThroughput } from './usl.ts'
export type { Measured } from './before-after.ts'
export type { StageSpan } from './attribution.ts'
export type { StageDurations } from './breakdown.ts'
export type { BreakdownSnapshot, StageShare } from './breakdown-snapshot.ts'
export type { LittlesLaw } from './capacity.ts'
export type {
  ChangeDetectorEvents,
  ChangeDetectorOptions,
  ChangeDetectorSnapshot,
  ChangeEvent,
} from './change-detector.ts'
export type { Effect, ExperimentResult, Metric, Side, Verdict } from './comparison.ts'
export type { Bucket, Mergeable } from './contents.ts'
export type {
  BreakdownEvents,
  CollapseEvent,
  EvictEvent,
  InvalidStageEvent,
  InvalidValueEvent,
  OverflowEvent,
  PercentileTrackerEvents,
  TrackerMapEvents,
} from './events.ts'
export type { ComparisonOptions, ExperimentOptions } from './experiment-options.ts'
export type { ExperimentEvents, ExperimentSnapshot, InvalidOutcomeEvent, SwitchEvent } from './experiment.ts'
export type { GrowthForecast, GrowthOptions } from './growth.ts'
export type { PercentileData } from './json.ts'
export type { OpenSloOptions } from './open-slo.ts'
export type { BreakdownOptions, MeasureOptions, PercentileTrackerOptions, TrackerMapOptions } from './options.ts'
export type { BurnRateAlert, SloAlertRule } from './slo-alerts.ts'
export type { SloOptions } from './slo-options.ts'
export type { CalendarUnit, SloPeriod } from './slo-period.ts'
export type { SloDefinition, SloQueries } from './slo-queries.ts'
export type { SavedTier } from './slo-ring.ts'
export type { SavedSlo } from './slo-saved.ts'
export type {
  BurnRateReading,
  InvalidSloEvent,
  SloEvents,
  SloSnapshot,
  SloState,
  SloStateEvent,
} from './slo-snapshot.ts'
export type { PercentileSnapshot } from './snapshot.ts'
export type { TrendPoint } from './theil-sen.ts'
export type { TrackerMapSnapshot } from './tracker-map.ts'
export type { Trend, TrendOptions } from './trend.ts'
export type { Interval, ThroughputPoint, UslFit } from './usl.ts'
export type { Clock, ListenerErrorHandler, Observable } from '@tps/internal'
