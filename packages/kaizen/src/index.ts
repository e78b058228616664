export { Breakdown } from './breakdown.ts'
export { PercentileTracker } from './percentile-tracker.ts'
export type { BreakdownSnapshot, StageDurations, StageShare } from './breakdown.ts'
export type { Bucket } from './distribution.ts'
export type {
  BreakdownEvents,
  CollapseEvent,
  InvalidStageEvent,
  InvalidValueEvent,
  Listener,
  PercentileTrackerEvents,
} from './events.ts'
export type { BreakdownOptions, MeasureOptions, PercentileTrackerOptions } from './options.ts'
export type { Mergeable } from './percentile-tracker.ts'
export type { PercentileSnapshot } from './snapshot.ts'
export type { Clock, ListenerErrorHandler, Observable } from '@tps/internal'
