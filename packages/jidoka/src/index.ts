export { CircuitBreaker } from './circuit-breaker.ts'
export { CircuitOpenError } from './errors.ts'
export { compose } from './compose.ts'
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
export type { SavedCircuitBreaker } from './saved.ts'
export type { CircuitBreakerSnapshot, CircuitState } from './snapshot.ts'
export type { SavedCountWindow, SavedSlot, SavedTimeWindow, SavedWindow } from './window.ts'
