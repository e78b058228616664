export { Autoscaler } from './autoscaler.ts'
export { LaneRemovedError, LevelerClosedError, TooManyWaitersError } from './errors.ts'
export { LevelSequence, levelSequence } from './level-sequence.ts'
export { LevelingScheduler } from './leveling-scheduler.ts'
export { DurationClassifier } from './duration-classifier.ts'
export { LoadLeveler } from './load-leveler.ts'
export { ScalingTimeoutError } from './scaling-attempt.ts'
export { LimitExceededError } from './limit-exceeded-error.ts'
export { RateLimitStoreTimeoutError } from './shared-rate-limiter-snapshot.ts'
export { RateLimitedError } from './rate-limited-error.ts'
export { ThrottledError } from './throttled-error.ts'
export { adaptiveLimiter } from './adaptive-limiter.ts'
export { adaptiveThrottle } from './adaptive-throttle.ts'
export { classifyLoad } from './adaptive-limiter-classify.ts'
export { rateLimiter } from './rate-limiter.ts'
export { sharedRateLimiter } from './shared-rate-limiter.ts'
export type {
  Clock,
  ExecuteOptions,
  Lease,
  LeaseOptions,
  ListenerErrorHandler,
  Observable,
  Policy,
  Timer,
  Timers,
  WorkContext,
  WorkSource,
} from '@tps/internal'
export type { DurationClass, DurationClassifierOptions, Prediction } from './duration-classifier-options.ts'
export type { DurationClassifierEvents, DurationClassifierSnapshot, Reclassification } from './duration-classifier.ts'
export type { DeadLetter, LoadLevelerEvents, Rebalance, RebalanceMove } from './events.ts'
export type {
  AutoscalerEvents,
  AutoscalerSnapshot,
  LimitedEvent,
  ScaledEvent,
  ScalingFailureEvent,
  ScalingNotHelpingEvent,
} from './autoscaler-events.ts'
export type {
  AutoscalerOptions,
  BackoffOptions,
  DownOptions,
  PlateauOptions,
  ScaleContext,
  StepOptions,
  TrendOptions,
} from './autoscaler-options.ts'
export type { Bottleneck } from './scaling-bottleneck.ts'
export type { ScalingDecision, ScalingLimit, ScalingReason } from './scaling-decision.ts'
export type { Estimate, FitThroughput } from './scaling-fit.ts'
export type { WorkerLoad } from './scaling-load.ts'
export type { Schedule, ScheduleEntry } from './scaling-schedule.ts'
export type { ScalabilityFit, ThroughputPoint } from './usl.ts'
export type { Demand } from './level-sequence.ts'
export type { ReleaseHandler } from './leveling-scheduler.ts'
export type {
  LateEvent,
  LevelingSchedulerEvents,
  LevelingSchedulerSnapshot,
  MissedTaktsEvent,
  ProductReadings,
  Release,
  ReleaseReason,
} from './leveling-scheduler-events.ts'
export type { LevelingSchedulerOptions } from './leveling-scheduler-options.ts'
export type { ItemClassifier } from './item-classifier.ts'
export type { Assign, LoadLevelerOptions, Strategy, Weigh } from './options.ts'
export type { LoadLevelerSnapshot } from './snapshot.ts'
export type { EmittingOptions } from './emitting.ts'
export type { RateLimitKey } from './gcra-keys.ts'
export type { RateLimitReason } from './rate-limited-error.ts'
export type { RateLimitStore } from './rate-limit-store.ts'
export type { RateLimitExecuteOptions, RateLimiter, TakeOptions, TryTakeOptions } from './rate-limiter-contract.ts'
export type { RateLimiterOptions, WhenFull } from './rate-limiter-options.ts'
export type {
  RateLimitReading,
  RateLimitedEvent,
  RateLimiterEvents,
  RateLimiterSnapshot,
} from './rate-limiter-snapshot.ts'
export type { SharedRateLimiterOptions } from './shared-rate-limiter-options.ts'
export type {
  DecidedBy,
  RateDecision,
  SharedRateLimiterEvents,
  SharedRateLimiterSnapshot,
  SharedTryTakeOptions,
  StoreAwayEvent,
  StoreBackEvent,
} from './shared-rate-limiter-snapshot.ts'
export type { SharedRateLimiter } from './shared-rate-limiter.ts'
export type { WaitOptions } from './waiting-timers.ts'
export type { LimitChange } from './adaptive-limit.ts'
export type { CallResult, LoadOutcome } from './adaptive-limiter-classify.ts'
export type {
  AcquireOptions,
  AdaptiveExecuteOptions,
  AdaptiveLimiter,
  AdaptiveLimiterEvents,
  AdaptiveLimiterSnapshot,
  LimitEvent,
  LimitPermit,
  LimitRejectedEvent,
  PartitionSnapshot,
} from './adaptive-limiter-contract.ts'
export type { AdaptiveLimiterOptions, AimdOptions, GradientOptions } from './adaptive-limiter-options.ts'
export type {
  AdaptiveThrottle,
  AdaptiveThrottleEvents,
  AdaptiveThrottleOptions,
  AdaptiveThrottleSnapshot,
  ThrottleClassSnapshot,
  ThrottleExecuteOptions,
  ThrottlePermit,
  ThrottledEvent,
} from './adaptive-throttle-contract.ts'
export type { LimitExceededErrorOptions, LimitExceededReason } from './limit-exceeded-error.ts'
