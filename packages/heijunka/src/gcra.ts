import { checkNumber } from '@tps/internal'

/**
 * The generic cell rate algorithm, pure. One number says everything about a key: its theoretical arrival time (TAT), the
 * moment at which a sender that never exceeded the rate would be due again. A cost `c` at `now` conforms when
 * `now >= tat - (burstMs - c × intervalMs)`, and moves the TAT to `max(tat, now) + c × intervalMs`.
 * A TAT that is past is as good as none.
 * Over any window of length t at most `burst + rate × t` is admitted, which a token bucket of depth `burst` admits too.
 * Source: ITU-T Recommendation I.371, Annex A, virtual scheduling algorithm (T = `intervalMs`, τ = `burstMs` − T).
 */
export interface GcraRule {
  /** How much cost may come at once, after a pause. */
  readonly burst: number
  /** The emission interval: what a cost of 1 takes, in ms. */
  readonly intervalMs: number
  /** `burst × intervalMs`: how far, in ms, the TAT may be ahead of now. */
  readonly burstMs: number
}

/** The TAT of who has never come. */
export const NEVER: number = Number.NEGATIVE_INFINITY

/** The rule for `limit` per `perMs` with bursts up to `burst`. */
export function gcraRule(limit: number, perMs: number, burst: number): GcraRule {
  const intervalMs = perMs / limit
  // Both ends of what doubles can do: a rate no clock can tell from infinite, or from none.
  if (!(intervalMs > 0) || !Number.isFinite(burst * intervalMs))
    throw new RangeError(`limit and perMs must give a rate that a clock in ms can tell, got ${limit} per ${perMs} ms`)
  return { burst, intervalMs, burstMs: burst * intervalMs }
}

/** When `cost` conforms at the earliest. At most `tat`, and never for a cost above `burst`. */
export function earliestMs({ burst, intervalMs, burstMs }: GcraRule, tat: number, cost: number): number {
  return cost > burst ? Number.POSITIVE_INFINITY : tat - (burstMs - cost * intervalMs)
}

/** The TAT once `cost` has been admitted at `nowMs`. */
export function nextTat({ intervalMs }: GcraRule, tat: number, cost: number, nowMs: number): number {
  return (tat > nowMs ? tat : nowMs) + cost * intervalMs
}

/** The least wait after which `nowMs + wait >= atMs` holds in floating point too. 0 when `atMs` is not in the future. */
export function waitUntil(atMs: number, nowMs: number): number {
  if (atMs <= nowMs) return 0
  const wait = atMs - nowMs
  return nowMs + wait >= atMs ? wait : wait * (1 + 2 * Number.EPSILON)
}

/** How much could be taken at `nowMs`, at once, in whole units. */
export function remainingAt({ burst, intervalMs, burstMs }: GcraRule, tat: number, nowMs: number): number {
  if (tat <= nowMs) return Math.floor(burst)
  // Units that lie within rounding of a whole one are whole.
  return Math.max(0, Math.floor((burstMs - (tat - nowMs)) / intervalMs + 1e-9))
}

/** Returns `cost` when it is one that may be asked for. */
export function checkCost(cost: number): number {
  return checkNumber('cost', cost, { above: 0 })
}
