export { CircuitBreaker } from './circuit-breaker.ts'
export { CircuitOpenError } from './errors.ts'
export { compose } from './compose.ts'
export type { Clock, ExecuteOptions, ListenerErrorHandler, Observable, Policy, WorkContext } from '@tps/internal'
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
export type { CircuitOpenErrorOptions } from './errors.ts'
export type { Hold } from './hold.ts'
export type { BreakOptions, CircuitBreakerOptions, ProbeOptions, TripOptions, WindowOptions } from './options.ts'
export type { Classify, Outcome, Verdict } from './outcome.ts'
export type { Permit } from './permit.ts'
export type { CircuitBreakerSnapshot, CircuitState } from './snapshot.ts'
