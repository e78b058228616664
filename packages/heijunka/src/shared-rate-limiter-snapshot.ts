import type { RateLimitKey } from './gcra-keys.ts'
import type { RateLimitedEvent } from './rate-limiter-snapshot.ts'

/** Who decided: the store, for all processes, or this process by itself. */
export type DecidedBy = 'store' | 'local'

/** What a shared limiter answers. */
export interface RateDecision {
  readonly isAdmitted: boolean
  /** After how many ms the call would be admitted. 0 when it is, `Infinity` for a cost above the burst. */
  readonly retryAfterMs: number
  readonly decidedBy: DecidedBy
}

/** The events of a `SharedRateLimiter`. */
export interface SharedRateLimiterEvents {
  /** A call was refused: by `tryTake`, or by `take` and `execute`. */
  rejected: [event: RateLimitedEvent]
  /** The store failed, or was too late, `awayAfter` times in a row: this process decides by itself from now on. */
  storeAway: [event: StoreAwayEvent]
  /** The store answers again, and decides from now on. */
  storeBack: [event: StoreBackEvent]
}

/** The store has gone away. */
export interface StoreAwayEvent {
  /** What it failed with last; a `RateLimitStoreTimeoutError` when it was too late. */
  readonly cause: unknown
}

/** The store has come back. */
export interface StoreBackEvent {
  readonly awayMs: number
  /** How many decisions this process made by itself meanwhile. */
  readonly decisions: number
}

/** The store didn't answer within the limiter's `timeoutMs`. It may have taken nevertheless. */
export class RateLimitStoreTimeoutError extends Error {
  override readonly name = 'RateLimitStoreTimeoutError'
  readonly code = 'ERR_RATE_LIMIT_STORE_TIMEOUT'
  readonly timeoutMs: number

  constructor(timeoutMs: number) {
    super(`the store did not answer within ${timeoutMs} ms`)
    this.timeoutMs = timeoutMs
  }
}

/** What `tryTake` of a shared limiter is asked. */
export interface SharedTryTakeOptions {
  /** What is counted apart. Without one it is counted at the limiter's one rate, which no key shares. */
  readonly key?: RateLimitKey | undefined
  /** How much it counts for. Greater than 0. Default 1. */
  readonly cost?: number | undefined
}

/** The readings of a `SharedRateLimiter`: plain JSON. Totals are those of this process. */
export interface SharedRateLimiterSnapshot {
  readonly name: string
  readonly limit: number
  readonly perMs: number
  readonly burst: number
  readonly store: {
    readonly isAway: boolean
    /** For how long it has been away, in ms; 0 when it isn't. */
    readonly awayMs: number
    /** How often it went away. */
    readonly timesAway: number
    /** How many questions it failed to answer, those it was too late for included. */
    readonly failures: number
    readonly timeouts: number
  }
  /** How many calls wait. */
  readonly waiting: number
  /** How many keys are kept for deciding without the store. */
  readonly keys: number
  readonly totals: {
    readonly admitted: number
    /** Of them, how many this process admitted by itself. */
    readonly admittedLocally: number
    readonly rejected: number
    /** Calls that were cancelled by their caller while they waited. */
    readonly cancelled: number
  }
}
