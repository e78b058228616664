import type { RateLimitKey } from './gcra-keys.ts'
import { StacklessError } from './stackless-error.ts'

/**
 * Why a limiter refuses: the rate is used up (and the wait would be longer than `maxWaitMs`), the cost is above the burst
 * and never conforms, as many as `maxWaiters` wait already, every key that may be kept is limited (`whenFull: 'refuse'`),
 * or the limiter was stopped.
 */
export type RateLimitReason = 'rate' | 'cost' | 'waiters' | 'keys' | 'stopped'

/** A call came faster than the rate and was not started. Carries no stack trace, because refusing has to be cheap. */
export class RateLimitedError extends StacklessError {
  readonly code: 'ERR_RATE_LIMITED'
  /** The name of the limiter. */
  readonly limiter: string
  readonly reason: RateLimitReason
  /** What it was counted by; `undefined` for the limiter's one rate. */
  readonly key: RateLimitKey | undefined
  /**
   * After how many ms it would be admitted, from the refusal: those who wait are in it, calls that come meanwhile are not.
   * `Infinity` for a cost that never conforms.
   */
  readonly retryAfterMs: number

  constructor(limiter: string, reason: RateLimitReason, key: RateLimitKey | undefined, retryAfterMs: number) {
    super(`${limiter} refuses${key === undefined ? '' : ` "${key}"`}: ${explain(reason, retryAfterMs)}`)
    this.code = 'ERR_RATE_LIMITED'
    this.limiter = limiter
    this.reason = reason
    this.key = key
    this.retryAfterMs = retryAfterMs
  }

  override get name(): 'RateLimitedError' {
    return 'RateLimitedError'
  }
}

function explain(reason: RateLimitReason, retryAfterMs: number): string {
  if (reason === 'cost') return 'the cost is above the burst'
  if (reason === 'stopped') return 'it is stopped'
  const when = `retry after ${Math.ceil(retryAfterMs)} ms`
  if (reason === 'waiters') return `too many wait, ${when}`
  return reason === 'keys' ? `too many keys, ${when}` : when
}
