export { CircuitBreaker } from './circuit-breaker.ts'
export { CircuitOpenError } from './errors.ts'
export { TimeoutError } from './timeout-error.ts'
export { compose } from './compose.ts'
export { isRetryable } from './retry-options.ts'
export { retry } from './retry.ts'
export { retryBudget } from './retry-budget.ts'
export { timeout } from './timeout.ts'
export type {
  Clock,
  ExecuteOptions,
  ListenerErrorHandler,
  Observable,
  Policy,
  Timer,
  Timers,
  WorkContext,
} from '@tps/internal'
export type {
  CallEvent,
  CircuitBreakerEvents,
  CloseEvent,
  FailureEvent,
  HalfOpenEvent,
  HoldEvent,
  Listener,
  OpenEvent,
  OpenReason,
  RejectedEvent,
} from './events.ts'
export type { CircuitOpenErrorOptions, RefusalState } from './errors.ts'
export type { EmittingOptions } from './emitting.ts'
export type { GiveUpEvent, GiveUpReason, RetryEvent, RetryEvents, RetryPolicy, RetrySnapshot } from './retry.ts'
export type { HeldState, Hold } from './hold.ts'
export type {
  BreakOptions,
  CircuitBreakerOptions,
  CircuitBreakerRules,
  ProbeCheck,
  ProbeOptions,
  RampUpOptions,
  TripOptions,
  WindowOptions,
} from './options.ts'
export type { Classify, Judgement, Outcome, Verdict } from './outcome.ts'
export type { Permit } from './permit.ts'
export type { AttemptOutcome, RetryDelayOptions, RetryOptions, ShouldRetry } from './retry-options.ts'
export type { RetryBudget, RetryBudgetOptions, RetryBudgetSnapshot } from './retry-budget.ts'
export type { SavedCircuitBreaker } from './saved.ts'
export type { CircuitBreakerSnapshot, CircuitState } from './snapshot.ts'
export type { SavedCountWindow, SavedSlot, SavedTimeWindow, SavedWindow } from './window.ts'
export type { LateEvent, TimeoutEvents, TimeoutOptions, TimeoutPolicy, TimeoutSnapshot } from './timeout.ts'
export type { TimeOptions } from './sleep.ts'
