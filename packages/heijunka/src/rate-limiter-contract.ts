import type { ExecuteOptions, Observable, Policy, WorkContext } from '@tps/internal'
import type { RateLimitKey } from './gcra-keys.ts'
import type { RateLimitReading, RateLimiterEvents, RateLimiterSnapshot } from './rate-limiter-snapshot.ts'

/** What is asked of a limiter at once. */
export interface TryTakeOptions {
  /** What is counted apart. Without one it is counted at the limiter's one rate, which no key shares. */
  readonly key?: RateLimitKey | undefined
  /** How much it counts for. Greater than 0. Default 1. */
  readonly cost?: number | undefined
  /** The time on the limiter's clock, in ms, where it is known already: reading a clock costs more than deciding. */
  readonly nowMs?: number | undefined
}

/** What is asked of a limiter by who may wait. */
export interface TakeOptions {
  /** See `TryTakeOptions.key`. */
  readonly key?: RateLimitKey | undefined
  /** How much it counts for. Greater than 0. Default 1. */
  readonly cost?: number | undefined
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined
  /** How long to wait at the most, in ms. Default: the limiter's `maxWaitMs`. */
  readonly maxWaitMs?: number | undefined
}

/** What may accompany one call that a limiter wraps. */
export interface RateLimitExecuteOptions extends ExecuteOptions, TakeOptions {
  readonly signal?: AbortSignal | undefined
}

/** A policy that bounds how often calls are made. */
export interface RateLimiter extends Policy, Observable<RateLimiterEvents>, Disposable {
  readonly kind: 'rate-limiter'
  /**
   * Takes and answers `true`, or answers `false` at once. Nothing is allocated. While others wait for the same key it
   * answers `false`: newcomers never overtake.
   * @throws TypeError or RangeError for a cost that isn't above 0 or a time that isn't finite.
   */
  tryTake(cost?: number, nowMs?: number): boolean
  tryTake(options: TryTakeOptions): boolean
  /** As `tryTake({ key, cost, nowMs })`, for where an object a call is too much. */
  tryTakeFor(key: RateLimitKey, cost?: number, nowMs?: number): boolean
  /**
   * After how many ms the call that `tryTake` refused last would have been admitted, exactly: then, and not before. Those
   * who wait are in it. `Infinity` for a cost above the burst. 0 when nothing was refused yet.
   */
  readonly retryAfterMs: number
  /**
   * Waits for its turn, first come first served for each key, and takes. How long that is, is known at once: when it is
   * longer than `maxWaitMs`, or when `maxWaiters` wait, or when the cost never conforms, it rejects with a
   * `RateLimitedError`. What waits is never refused any more, unless the limiter is stopped. Rejects with the signal's
   * reason when that aborts; those behind move forward then.
   */
  take(options?: TakeOptions): Promise<void>
  /** As `take`, and then calls `work`. */
  execute<T>(work: (context: WorkContext) => T | PromiseLike<T>, options?: RateLimitExecuteOptions): Promise<T>
  /** What is left, without taking. */
  peek(options?: TryTakeOptions): RateLimitReading
  snapshot(): RateLimiterSnapshot
  /** Nobody waits any more: those who do are refused, and so is who would have to. `tryTake` goes on. */
  stop(): void
}
