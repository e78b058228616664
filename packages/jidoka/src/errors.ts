/** What a `CircuitOpenError` is made from. */
export interface CircuitOpenErrorOptions {
  /** The name of the circuit breaker. */
  readonly circuit: string
  /** Why it refuses: the break lasts, every probe is taken, or someone holds it open. */
  readonly state: 'open' | 'half-open' | 'forced-open'
  /** See `CircuitOpenError.retryAfterMs`. */
  readonly retryAfterMs: number | undefined
  /** What the last failed call failed with. */
  readonly cause?: unknown
}

/** A call was refused and the work was not started. Carries no stack trace, because refusing has to be cheap. */
export class CircuitOpenError extends Error {
  readonly code: 'ERR_CIRCUIT_OPEN'
  /** The name of the circuit breaker. */
  readonly circuit: string
  /** Why it refused: the break lasts, every probe is taken, or someone holds it open. */
  readonly state: 'open' | 'half-open' | 'forced-open'
  /**
   * When a call may be admitted again, in whole ms from the refusal, rounded up. While half-open: when the oldest
   * running probe ends at the latest. `undefined` while it is forced open, because nobody knows.
   */
  readonly retryAfterMs: number | undefined

  constructor(options: CircuitOpenErrorOptions) {
    const { circuit, state, retryAfterMs } = options
    const hint = retryAfterMs === undefined ? '' : `: retry after ${retryAfterMs} ms`
    const limit = Error.stackTraceLimit
    limitStackTrace(0)
    super(`Circuit "${circuit}" is ${state}${hint}`, options)
    limitStackTrace(limit)
    this.code = 'ERR_CIRCUIT_OPEN'
    this.circuit = circuit
    this.state = state
    this.retryAfterMs = retryAfterMs
  }

  override get name(): 'CircuitOpenError' {
    return 'CircuitOpenError'
  }
}

function limitStackTrace(limit: number): void {
  try {
    Error.stackTraceLimit = limit
  } catch {
    // The intrinsics are frozen: the trace is captured, and nothing else changes.
  }
}
