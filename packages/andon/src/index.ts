export { AlertEmitter } from './alert-emitter.ts'
export { BoardFullError } from './board-error.ts'
export { Board } from './board.ts'
export { CordFullError } from './cord-error.ts'
export { Cord } from './cord.ts'
export { diagnose } from './diagnose.ts'
export { describeCondition } from './diagnosis-condition.ts'
export { ReadingHistory } from './diagnosis-history.ts'
export { READINGS, readingsOf } from './diagnosis-readings.ts'
export { extendTrees } from './diagnosis-tree.ts'
export { INCIDENT_LEVELS } from './trees-incident.ts'
export { SilencesFullError } from './silences-full-error.ts'
export { HANDBOOK_TREES } from './trees.ts'
export type { AcknowledgeOptions } from './alert-emitter.ts'
export type { Alert } from './alert.ts'
export type { BoardValue, Bound, Comparison } from './board-bound.ts'
export type {
  BoardColourEvent,
  BoardEvents,
  BoardMessage,
  BoardSnapshot,
  LampEvent,
  StationReadErrorEvent,
  StationRemovedEvent,
} from './board-events.ts'
export type { LampColour, LampReading, LampRule, StationLamp } from './board-lamp.ts'
export type { BoardOptions, BoardStartOptions } from './board-options.ts'
export type { StationReading } from './board-station.ts'
export type { EventNames, WatchOptions, Watchable } from './board-watch.ts'
export type { AlertGroup, AlertNotification, Channel, SendContext } from './channel.ts'
export type { CordBound } from './cord-error.ts'
export type { CordOptions } from './cord-options.ts'
export type { CordPull, HeldPull, PastPull, PullOptions, ReleaseOptions } from './cord-pull.ts'
export type { CordEvents, CordSnapshot, Stoppable } from './cord.ts'
export type { DiagnoseOptions, Diagnosis, Finding, Incident } from './diagnose.ts'
export type { Condition, Evidence, OwnCondition, ReadingCondition, Readings } from './diagnosis-condition.ts'
export type { ReadingHistoryOptions } from './diagnosis-history.ts'
export type { EarlierReadings, ReadingDefinition, ReadingsOptions } from './diagnosis-reading.ts'
export type {
  DiagnosedAutoscaler,
  DiagnosedBreakdown,
  DiagnosedBreaker,
  DiagnosedChanges,
  DiagnosedDeadLetters,
  DiagnosedDownstream,
  DiagnosedHost,
  DiagnosedLatency,
  DiagnosedLeveler,
  DiagnosedPool,
  DiagnosedQueue,
  LineSnapshots,
} from './diagnosis-snapshots.ts'
export type { Answer, DiagnosisTree, FindingSeverity, Question, SeverityLevel } from './diagnosis-tree.ts'
export type { SavedChannel, SavedGroup } from './delivery.ts'
export type { AlertEmitterSnapshot } from './emitter-snapshot.ts'
export type {
  AcknowledgedEvent,
  AlertEvents,
  DeliveryFailedEvent,
  EscalatedEvent,
  InhibitedEvent,
  SilencedEvent,
  SourceErrorEvent,
} from './events.ts'
export type { FlapHold } from './flap.ts'
export type { Acknowledgement } from './incident.ts'
export type { InhibitionRule } from './inhibitions.ts'
export type { Labels } from './labels.ts'
export type { LabelMatch, LabelPattern, Matchers } from './matchers.ts'
export type { AlertEmitterOptions, StartOptions } from './options.ts'
export type { ChannelSnapshot, OwedNotification } from './outbox.ts'
export type { AlertRoute, EscalationStep, GroupOptions } from './routes.ts'
export type { BurnRate, EventCounts } from './rule-burn-rate.ts'
export type { EvaluateContext, Verdict } from './rule-custom.ts'
export type { Threshold } from './rule-level.ts'
export type { RateOfChange } from './rule-rate.ts'
export type {
  Absence,
  AbsenceRule,
  AlertRule,
  BurnRateRule,
  CommonRule,
  CustomRule,
  NoDataPolicy,
  RateRule,
  RuleSource,
  Severity,
  ThresholdRule,
} from './rule.ts'
export type { SavedAlertEmitter, SavedIncident, SavedSeries, SavedState } from './saved.ts'
export type { SeriesKey } from './series-book.ts'
export type { SavedSilence, Silence, SilenceOptions } from './silences.ts'
export type { Reading } from './snapshots.ts'
export type { IncidentLevel } from './trees-incident.ts'
export type { Clock, ListenerErrorHandler, Observable, Timer, Timers } from '@tps/internal'
