/** How a call ended. `durationMs` runs from its admission to its end. */
export type Outcome<Value = unknown> =
  | { readonly ok: true; readonly value: Value; readonly durationMs: number }
  | { readonly ok: false; readonly error: unknown; readonly durationMs: number }

/** What an outcome counts as. An ignored call leaves no trace in the rules and gives its probe's place back. */
export type Verdict = 'success' | 'failure' | 'ignore'

/**
 * Decides what an outcome counts as. The parameter may be annotated with the value type that the calls have:
 * `(outcome: Outcome<Response>) => …`.
 */
export type Classify = { method(outcome: Outcome): Verdict }['method']

/** What an outcome counts as when nobody says otherwise: what rejects has failed. */
export function plainVerdict(outcome: Outcome): Verdict {
  return outcome.ok ? 'success' : 'failure'
}

/** Returns `verdict` when it is one. A classifier in plain JavaScript may return anything. */
export function checkVerdict(verdict: Verdict): Verdict {
  if (verdict === 'success' || verdict === 'failure' || verdict === 'ignore') return verdict
  throw new TypeError(`classify must return "success", "failure" or "ignore", got ${typeof verdict}`)
}

/** One line about what a call failed with. Never throws, whatever the object does when it is read. */
export function describeFailure(failure: unknown): string {
  try {
    if (typeof failure === 'object' && failure !== null) {
      const message: unknown = Reflect.get(failure, 'message')
      return typeof message === 'string' ? message : Object.prototype.toString.call(failure)
    }
    return String(failure)
  } catch {
    return 'unreadable'
  }
}
