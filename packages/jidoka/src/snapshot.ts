/**
 * `closed` admits, `open` refuses until the break is over, `half-open` admits probes, `forced-open` refuses and
 * `disabled` admits while it is held. Time alone turns `open` into `half-open`, also in what is read: no call is needed
 * for it.
 */
export type CircuitState = 'closed' | 'open' | 'half-open' | 'forced-open' | 'disabled'

/** The readings of a circuit breaker: plain JSON. */
export interface CircuitBreakerSnapshot {
  readonly name: string
  readonly state: CircuitState
  /** `observe`: a dry run, nothing is refused whatever the state. */
  readonly mode: 'enforce' | 'observe'
  /** How long it has been in this state, in ms. While it is held: how long it has been in the state underneath. */
  readonly stateForMs: number
  /** How many calls that counted failed in a row. */
  readonly consecutiveFailures: number
  /** What the ratios are taken over. Kept while open, begun anew on closing. */
  readonly window: {
    /** Completed calls that counted: neither refused nor ignored nor late ones, nor those still running. */
    readonly completed: number
    readonly failed: number
    readonly slow: number
    /** 0 when `completed` is 0. */
    readonly failureRatio: number
    /** 0 when `completed` is 0. */
    readonly slowRatio: number
  }
  /**
   * Since the breaker was made, or the one that it was restored from. `success`, `failure` and `ignored` add up to the
   * calls that have ended, checks included.
   */
  readonly totals: {
    readonly success: number
    readonly failure: number
    readonly ignored: number
    /** Of them, those that took `trip.slowCallMs` or longer and were not ignored. */
    readonly slow: number
    /** Of them, those that ended too late to count. */
    readonly late: number
    /** Refused calls: their work was not started. */
    readonly rejected: number
    /** Calls that `mode: 'observe'` admitted and `enforce` would have refused. */
    readonly wouldReject: number
    /** How often the circuit opened by itself. */
    readonly opened: number
  }
  /** How often in a row it opened without a healthy window in between. */
  readonly openings: number
  /** Probes that run, have succeeded and have failed; all 0 unless half-open. */
  readonly probes: { readonly running: number; readonly succeeded: number; readonly failed: number }
  /** How many calls wait for a place among the probes. */
  readonly waiting: number
  /** The share of calls that is admitted while closed: 1 unless it is ramping up. */
  readonly rampRatio: number
  /**
   * When a call may be admitted again, in whole ms from now: 0 when at once, `null` while it is forced open. With
   * `mode: 'observe'` when it would be.
   */
  readonly retryAfterMs: number | null
  /** When the break ends, on the breaker's clock; `null` unless open. */
  readonly nextProbeAt: number | null
  /** The last failure that counted or came late; `null` when there was none. */
  readonly lastFailure: { readonly message: string; readonly agoMs: number } | null
  /** The reasons of those who hold it open, `null` for one without. */
  readonly holds: readonly (string | null)[]
  /** The reasons of those who disabled it, `null` for one without. */
  readonly disables: readonly (string | null)[]
}
