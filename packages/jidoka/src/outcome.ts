/** How a call ended. `durationMs` runs from its admission to its end. */
export type Outcome<Value = unknown> =
  | { readonly ok: true; readonly value: Value; readonly durationMs: number }
  | { readonly ok: false; readonly error: unknown; readonly durationMs: number }

/** What an outcome counts as. An ignored call leaves no trace in the rules and gives its probe's place back. */
export type Verdict = 'success' | 'failure' | 'ignore'

/** A verdict with more to say. */
export interface Judgement {
  readonly verdict: Verdict
  /**
   * How long the callee asks to be left alone, in ms, 0 or more. When this failure opens the circuit, that is its break,
   * in place of the one from `break`: at least 1 ms and at most `break.maxMs`, without growth or jitter.
   */
  readonly retryAfterMs?: number | undefined
  /** Opens the circuit with this failure, whatever the rules say. */
  readonly trip?: boolean | undefined
}

/**
 * Decides what an outcome counts as. The parameter may be annotated with the value type that the calls have:
 * `(outcome: Outcome<Response>) => …`.
 */
export type Classify = { method(outcome: Outcome): Verdict | Judgement }['method']

/** Says about the callee only that it wasn't asked. */
const REFUSALS = /^ERR_(CIRCUIT_OPEN|(BULKHEAD|QUEUE)_FULL|RATE_LIMITED)$/

/** What an outcome counts as when nobody says otherwise: what rejects has failed, unless a policy inside refused it. */
export function plainVerdict(outcome: Outcome): Verdict {
  if (outcome.ok) return 'success'
  const code = read(outcome.error, 'code')
  return typeof code === 'string' && REFUSALS.test(code) ? 'ignore' : 'failure'
}

/** How long the failure itself asks to be left alone, in ms, or `undefined`: its property `retryAfterMs`. */
export function readRetryAfterMs(failure: unknown): number | undefined {
  const retryAfterMs = read(failure, 'retryAfterMs')
  return typeof retryAfterMs === 'number' && retryAfterMs >= 0 ? retryAfterMs : undefined
}

/** One line about what a call failed with. Never throws, whatever the object does when it is read. */
export function describeFailure(failure: unknown): string {
  const message = read(failure, 'message')
  if (typeof message === 'string') return message
  try {
    return typeof failure === 'object' && failure !== null ? Object.prototype.toString.call(failure) : String(failure)
  } catch {
    return 'unreadable'
  }
}

function read(failure: unknown, property: string): unknown {
  try {
    return typeof failure === 'object' && failure !== null ? Reflect.get(failure, property) : undefined
  } catch {
    return undefined
  }
}
