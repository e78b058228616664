import type { SafeEmitter } from '@tps/internal'
import type { Change } from './circuit.ts'
import type { RefusalState } from './errors.ts'
import type { HeldState } from './hold.ts'
import type { Rules } from './rules.ts'
import type { CircuitState } from './snapshot.ts'

/** Why the circuit opened. */
export type OpenReason =
  | 'consecutive-failures'
  | 'failure-ratio'
  | 'slow-ratio'
  | 'probe-failed'
  | 'probe-expired'
  /** `classify` asked for it. */
  | 'outcome'

/** The circuit opened: calls are refused from now on. */
export interface OpenEvent {
  readonly reason: OpenReason
  /** How long the break lasts, in ms. */
  readonly breakMs: number
  /** How many times in a row it opened without a healthy window in between: from 1. */
  readonly openings: number
  /** What the last failed call failed with; `undefined` when there was none. */
  readonly cause: unknown
}

/**
 * The break is over and the first probe was admitted, or a permit was settled since. Also when `reconfigure` makes
 * probing begin anew.
 */
export interface HalfOpenEvent {
  /** How many probes are admitted at most. */
  readonly probes: number
}

/** The circuit closed: calls are admitted again. */
export interface CloseEvent {
  /** `probes`: enough of them succeeded. `reset`: someone called `reset()`. */
  readonly reason: 'probes' | 'reset'
  /** How long no ordinary call was admitted, in ms: since it left `closed`. */
  readonly outageMs: number
}

/** A call ended. */
export interface CallEvent {
  /** From admission to end, in ms. */
  readonly durationMs: number
  /** Whether it took `trip.slowCallMs` or longer. Always `false` without that option. */
  readonly slow: boolean
  /** Whether it ended too late to count: the circuit has changed its state since, or the probe's deadline passed. */
  readonly late: boolean
}

/** A call ended and was classified as a failure. */
export interface FailureEvent extends CallEvent {
  /** What it rejected with, or the value that was classified as a failure. */
  readonly cause: unknown
}

/** A call was refused, or would have been. */
export interface RejectedEvent {
  readonly state: RefusalState
  /** As `CircuitOpenError.retryAfterMs`. */
  readonly retryAfterMs: number | undefined
}

/** Someone forced the circuit open or disabled it, or let go of it. */
export interface HoldEvent {
  /** Which of the two. */
  readonly held: HeldState
  /** What was given to `forceOpen` or `disable`. */
  readonly reason: string | undefined
  /** How many such holds there are now. */
  readonly holds: number
  /** What the circuit reads now. */
  readonly state: CircuitState
}

/**
 * The events of a `CircuitBreaker`. The state has changed before they go out; `open`, `halfOpen` and `close` go out in
 * the order of the changes, after the event of the call that led to them.
 */
export interface CircuitBreakerEvents {
  open: [event: OpenEvent]
  halfOpen: [event: HalfOpenEvent]
  close: [event: CloseEvent]
  success: [event: CallEvent]
  failure: [event: FailureEvent]
  ignored: [event: CallEvent]
  rejected: [event: RejectedEvent]
  /** Only with `mode: 'observe'`. */
  wouldReject: [event: RejectedEvent]
  hold: [event: HoldEvent]
  release: [event: HoldEvent]
}

/** Tells of one change of state. */
export function announce(
  emitter: SafeEmitter<CircuitBreakerEvents>,
  { from, to, cause }: Change,
  { probeCalls }: Rules,
): void {
  if (to.kind === 'open') {
    const { reason = 'outcome', openings, untilMs, sinceMs } = to
    emitter.emit('open', { reason, breakMs: untilMs - sinceMs, openings, cause })
  } else if (to.kind === 'half-open') {
    emitter.emit('halfOpen', { probes: probeCalls })
  } else if (from.kind !== 'closed') {
    // Enough probes keep the openings, so that the next break is longer; a reset forgets them.
    emitter.emit('close', { reason: to.openings > 0 ? 'probes' : 'reset', outageMs: to.sinceMs - from.outageSinceMs })
  }
}
