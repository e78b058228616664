import { type Clock, type Timers, checkInteger, checkNumber, checkObject } from '@tps/internal'
import type { GcraRule } from './gcra.ts'
import type { RateLimitStore } from './rate-limit-store.ts'
import { type RateLimiterOptions, checkRate } from './rate-limiter-options.ts'
import { checkTime, checkWait } from './waiting-timers.ts'

/** What `sharedRateLimiter` is made with. */
export interface SharedRateLimiterOptions extends Omit<RateLimiterOptions, 'maxKeys' | 'whenFull'> {
  /** Where the processes keep what they share. Limiters share a rate that have the same store, name and key. */
  readonly store: RateLimitStore
  /** How long a decision waits for the store, in ms. Greater than 0. Default 100. Then this process decides by itself. */
  readonly timeoutMs?: number | undefined
  /**
   * The share of the rate, and of the burst, that this process admits by itself while the store is away. Greater than 0,
   * up to 1. Default 1, as if it were alone: n processes then admit up to n times the rate. With `1 / n` they hold it.
   */
  readonly localRatio?: number | undefined
  /**
   * How many decisions in a row the store has to fail, or be too late for, until it is away and isn't waited for any
   * more. An integer, at least 1. Default 3.
   */
  readonly awayAfter?: number | undefined
  /** How often a store that is away is asked whether it is back, in ms: one call waits for it then. Default 1000. */
  readonly retryMs?: number | undefined
  /**
   * How many keys are kept for deciding without the store, at the most. An integer from 1 to 16,000,000. Default 100,000.
   * Further ones share one rate.
   */
  readonly maxKeys?: number | undefined
}

/** What a `sharedRateLimiter` works with. */
export interface SharedRateLimiterSettings {
  readonly store: RateLimitStore
  readonly limit: number
  readonly perMs: number
  readonly rule: GcraRule
  /** The rule of this process alone. */
  readonly localRule: GcraRule
  readonly timeoutMs: number
  readonly awayAfter: number
  readonly retryMs: number
  readonly maxKeys: number
  readonly maxWaiters: number
  readonly maxWaitMs: number
  readonly clock: Clock
  readonly timers: Timers
}

/** Checks the options and fills in the defaults. */
export function sharedRateLimiterSettings(options: SharedRateLimiterOptions): SharedRateLimiterSettings {
  const {
    store,
    timeoutMs = 100,
    localRatio = 1,
    awayAfter = 3,
    retryMs = 1000,
    maxKeys = 100_000,
    maxWaiters = 1000,
    maxWaitMs = Number.POSITIVE_INFINITY,
  } = checkObject('options', options)
  const { limit, perMs, rule } = checkRate(options)
  const ratio = checkNumber('localRatio', localRatio, { above: 0, max: 1 })
  return {
    store: checkObject('store', store, ['take']),
    limit,
    perMs,
    rule,
    localRule: checkRate({ limit: limit * ratio, perMs, burst: Math.max(1, rule.burst * ratio) }).rule,
    timeoutMs: checkNumber('timeoutMs', timeoutMs, { above: 0 }),
    awayAfter: checkInteger('awayAfter', awayAfter, { min: 1 }),
    retryMs: checkNumber('retryMs', retryMs, { above: 0 }),
    maxKeys: checkInteger('maxKeys', maxKeys, { min: 1, max: 16_000_000 }),
    maxWaiters: checkInteger('maxWaiters', maxWaiters, { min: 0 }),
    maxWaitMs: checkWait('maxWaitMs', maxWaitMs),
    ...checkTime(options),
  }
}
