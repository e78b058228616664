export { DeadLetterLineError, DeadLettersFullError } from './dead-letter-import.ts'
export { DeadLetterQueue } from './dead-letter-queue.ts'
export {
  DuplicateItemError,
  HandlerTimeoutError,
  ItemLostError,
  LeaseLostError,
  PoolStoppedError,
  QueueClosedError,
  QueueFullError,
  TooManyDeliveriesError,
  TooManyWaitingError,
} from './errors.ts'
export { PullQueue } from './pull-queue.ts'
export { WorkerPool } from './worker-pool.ts'
export type {
  Clock,
  Lease,
  LeaseOptions,
  ListenerErrorHandler,
  Observable,
  Timer,
  Timers,
  WorkSource,
} from '@tps/internal'
export type { CaptureContext, RestoreContext } from './async-context.ts'
export type { BackoffOptions } from './backoff.ts'
export type { DeadItem, DeadLetter, DeadLetterEvents, DeadLetterSnapshot } from './dead-letter.ts'
export type { ImportOptions, ImportReport, Lines } from './dead-letter-import.ts'
export type { ExportOptions } from './dead-letter-lines.ts'
export type { DeadLetterQueueOptions } from './dead-letter-options.ts'
export type { Place, QueueLease, Receipt, Settlement } from './entry.ts'
export type {
  AttemptEvent,
  CompletedEvent,
  DeadLetteredEvent,
  FailedEvent,
  LateEvent,
  LeaseLostEvent,
  OverdueEvent,
  PoolEvents,
  RetriedEvent,
  SourceErrorEvent,
} from './pool-events.ts'
export type {
  DeadLetterSink,
  Handler,
  Intake,
  StopOptions,
  SubmitOptions,
  UnfinishedItem,
  WorkerPoolOptions,
} from './pool-options.ts'
export type { PoolSnapshot, WorkerReading } from './pool-snapshot.ts'
export type {
  ClearedEvent,
  ClosedEvent,
  DropReason,
  DroppedEvent,
  DuplicateEvent,
  ExpiredEvent,
  QueueDeadLetteredEvent,
  QueueEvents,
  RejectedEvent,
  WatermarkEvent,
} from './queue-events.ts'
export type { OverloadOptions } from './overload-options.ts'
export type {
  DepthOptions,
  EstimateOptions,
  OfferOptions,
  OfferVerdict,
  Overflow,
  PullQueueOptions,
  PutOptions,
  TakeBatchOptions,
  TakeOptions,
} from './queue-options.ts'
export type { QueueSnapshot } from './queue-snapshot.ts'
export type {
  RedriveContext,
  RedriveIntake,
  RedriveOptions,
  RedrivePutOptions,
  RedriveReport,
  RedriveTarget,
} from './redrive-options.ts'
export type { HandlerContext } from './run.ts'
