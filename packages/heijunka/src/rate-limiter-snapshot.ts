import type { RateLimitKey } from './gcra-keys.ts'
import type { RateLimitReason } from './rate-limited-error.ts'

/** The events of a `RateLimiter`. */
export interface RateLimiterEvents {
  /** A call was refused: by `tryTake`, or without waiting by `take` and `execute`. */
  rejected: [event: RateLimitedEvent]
}

/** A call was refused. */
export interface RateLimitedEvent {
  readonly key: RateLimitKey | undefined
  readonly cost: number
  readonly reason: RateLimitReason
  /** See `RateLimitedError`. */
  readonly retryAfterMs: number
}

/** What is left of a rate at one moment: what HTTP's `RateLimit` header fields say. */
export interface RateLimitReading {
  /** How much could be taken at once, in whole units. */
  readonly remaining: number
  /** After how many ms the cost asked about would be admitted. 0 for now, `Infinity` for a cost above the burst. */
  readonly retryAfterMs: number
  /** After how many ms the whole burst would be there again, if nothing came. */
  readonly fullAfterMs: number
}

/** The readings of a `RateLimiter`: plain JSON. */
export interface RateLimiterSnapshot {
  readonly name: string
  readonly limit: number
  readonly perMs: number
  readonly burst: number
  readonly maxKeys: number
  /** How many keys are kept. Some may be idle and not yet dropped. */
  readonly keys: number
  /** How many calls wait. */
  readonly waiting: number
  readonly totals: {
    /** Calls that were admitted, after a wait or at once. */
    readonly admitted: number
    /** Of them, how many had to wait. */
    readonly waited: number
    /** Calls that were refused. */
    readonly rejected: number
    /** Calls that were cancelled by their caller while they waited. */
    readonly cancelled: number
    /** Calls whose key found no room. */
    readonly overflowed: number
  }
}
