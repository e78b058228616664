import type { CircuitBreakerSnapshot } from '@tps/jidoka'
import type { Settings } from '../settings.ts'

/**
 * The circuits in front of a, b and c. `line` is the one that signals meet: in front of c with the chain, else of a. The other
 * two are inside the chain: in front of a and of b.
 */
export function chainOf(
  line: CircuitBreakerSnapshot,
  [a = closed(line), b = closed(line)]: readonly [
    CircuitBreakerSnapshot | undefined,
    CircuitBreakerSnapshot | undefined,
  ],
  { downstream_chain }: Pick<Settings, 'downstream_chain'>,
): readonly CircuitBreakerSnapshot[] {
  const [first, last] = downstream_chain ? [a, line] : [line, closed(line)]
  return [named(first, 'a'), named(b, 'b'), named(last, 'c')]
}

function named(breaker: CircuitBreakerSnapshot, name: string): CircuitBreakerSnapshot {
  return { ...breaker, name: `downstream ${name}` }
}

/** Of a circuit that nobody calls through. */
function closed(like: CircuitBreakerSnapshot): CircuitBreakerSnapshot {
  return {
    ...like,
    state: 'closed',
    consecutiveFailures: 0,
    window: { completed: 0, failed: 0, slow: 0, failureRatio: 0, slowRatio: 0 },
    totals: { success: 0, failure: 0, ignored: 0, slow: 0, late: 0, rejected: 0, wouldReject: 0, opened: 0 },
    openings: 0,
    retryAfterMs: 0,
    nextProbeAt: null,
    lastFailure: null,
    holds: [],
    disables: [],
  }
}
