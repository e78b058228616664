export { BreakerRegistry } from './registry.ts'
export { CircuitBreaker } from './circuit-breaker.ts'
export { CircuitOpenError } from './errors.ts'
export { BulkheadFullError } from './bulkhead-full-error.ts'
export { HealthMonitor } from './health-monitor.ts'
export { RegistryFullError } from './registry-full-error.ts'
export { TimeoutError } from './timeout-error.ts'
export { bulkhead } from './bulkhead.ts'
export { checkOrder } from './order.ts'
export { coalesce } from './coalesce.ts'
export { compose } from './compose.ts'
export { fallback } from './fallback.ts'
export { hedge } from './hedge.ts'
export { resilient } from './resilient.ts'
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
  BulkheadEvents,
  BulkheadFullEvent,
  BulkheadOptions,
  BulkheadPolicy,
  BulkheadSlot,
  BulkheadSnapshot,
} from './bulkhead.ts'
export type {
  CallEvent,
  CircuitBreakerEvents,
  CloseEvent,
  FailureEvent,
  HalfOpenEvent,
  HoldEvent,
  OpenEvent,
  OpenReason,
  RejectedEvent,
} from './events.ts'
export type { CircuitOpenErrorOptions, RefusalState } from './errors.ts'
export type {
  CoalesceEvents,
  CoalesceExecuteOptions,
  CoalesceOptions,
  CoalescePolicy,
  CoalesceSnapshot,
} from './coalesce.ts'
export type { AnyPolicy, ComposedPolicy, SubstituteOf, SubstitutingPolicy } from './compose.ts'
export type { FallbackEvents, FallbackOptions, FallbackPolicy, FallbackSnapshot } from './fallback.ts'
export type { HedgeEvents, HedgeOptions, HedgePolicy, HedgeSnapshot } from './hedge.ts'
export type { OrderWarning, PolicyKind } from './order.ts'
export type {
  BreakerCreatedEvent,
  BreakerEvictedEvent,
  BreakerRegistryEvents,
  BreakerRegistrySnapshot,
  BreakerSparedEvent,
  RegistryOverflowEvent,
} from './registry-events.ts'
export type { BreakerRegistryOptions } from './registry.ts'
export type { ComponentHealth, HealthCheck, HealthCheckOptions, HealthReport, HealthStatus } from './health.ts'
export type {
  ComponentChangeEvent,
  HealthChangeEvent,
  HealthMonitorEvents,
  HealthMonitorOptions,
  HealthMonitorSnapshot,
} from './health-monitor.ts'
export type { ResilientOptions, ResilientPolicy } from './resilient.ts'
export type { Emitting, EmittingOptions } from './emitting.ts'
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
export type { StacklessError } from './stackless-error.ts'
