import { checkNumber, checkObject } from '@tps/internal'

/** How long a failed item waits before its next attempt. */
export interface BackoffOptions {
  /** Before the second attempt, in ms. From 0. Default 100. */
  readonly baseMs?: number | undefined
  /** What each further attempt multiplies it by. From 1. Default 2. */
  readonly factor?: number | undefined
  /** The longest delay, in ms. From 0. Default 30000. */
  readonly maxMs?: number | undefined
  /** The share of the delay that is random, so that what failed together does not return together. 0 to 1. Default 0.2. */
  readonly jitterRatio?: number | undefined
}

/**
 * Exponential backoff with jitter: `min(maxMs, baseMs × factor^(attempt − 1))`, less a random share of up to
 * `jitterRatio`. An error that says `retryAfterMs` (an open circuit, a limiter) is not retried before that.
 */
export class Backoff {
  readonly #baseMs: number
  readonly #factor: number
  readonly #maxMs: number
  readonly #jitterRatio: number
  readonly #random: () => number

  constructor(options: BackoffOptions, random: () => number) {
    const { baseMs = 100, factor = 2, maxMs = 30_000, jitterRatio = 0.2 } = checkObject('backoff', options)
    this.#baseMs = checkNumber('backoff.baseMs', baseMs, { min: 0 })
    this.#factor = checkNumber('backoff.factor', factor, { min: 1 })
    this.#maxMs = checkNumber('backoff.maxMs', maxMs, { min: 0 })
    this.#jitterRatio = checkNumber('backoff.jitterRatio', jitterRatio, { min: 0, max: 1 })
    this.#random = random
  }

  /** The delay after attempt number `attempt` failed with `error`, in ms. */
  delayMs(attempt: number, error: unknown): number {
    const fullMs = Math.min(this.#maxMs, this.#baseMs * this.#factor ** (attempt - 1))
    return Math.max(fullMs * (1 - this.#jitterRatio * this.#random()), retryAfterOf(error))
  }
}

function retryAfterOf(error: unknown): number {
  if (typeof error !== 'object' || error === null || !('retryAfterMs' in error)) return 0
  const { retryAfterMs } = error
  return typeof retryAfterMs === 'number' && Number.isFinite(retryAfterMs) ? retryAfterMs : 0
}
