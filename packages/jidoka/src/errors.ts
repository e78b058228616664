import { StacklessError } from './stackless-error.ts'

/**
 * Why a circuit refuses: the break lasts, every probe is taken, someone holds it open, or it admits only a part of the
 * calls after closing.
 */
export type RefusalState = 'open' | 'half-open' | 'forced-open' | 'ramping-up'

/** What a `CircuitOpenError` is made from. */
export interface CircuitOpenErrorOptions {
  /** The name of the circuit breaker. */
  readonly circuit: string
  readonly state: RefusalState
  /** See `CircuitOpenError.retryAfterMs`. */
  readonly retryAfterMs: number | undefined
  /** What the last failed call failed with. */
  readonly cause?: unknown
}

/** A call was refused and the work was not started. Carries no stack trace, because refusing has to be cheap. */
export class CircuitOpenError extends StacklessError {
  readonly code = 'ERR_CIRCUIT_OPEN'
  /** The name of the circuit breaker. */
  readonly circuit: string
  /** Why it refused. */
  readonly state: RefusalState
  /**
   * When a call may be admitted again, in whole ms from the refusal, rounded up. While half-open: when the oldest
   * running probe ends at the latest. While ramping up: when every call is admitted again. `undefined` while it is
   * forced open, because nobody knows.
   */
  readonly retryAfterMs: number | undefined

  constructor(options: CircuitOpenErrorOptions) {
    const { circuit, state, retryAfterMs } = options
    const hint = retryAfterMs === undefined ? '' : `: retry after ${retryAfterMs} ms`
    super(`Circuit "${circuit}" is ${state}${hint}`, options)
    this.circuit = circuit
    this.state = state
    this.retryAfterMs = retryAfterMs
  }

  override get name(): 'CircuitOpenError' {
    return 'CircuitOpenError'
  }
}
