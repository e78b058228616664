import { type Clock, type Timers, checkInteger, checkNumber, checkObject, checkOneOf } from '@tps/internal'
import type { EmittingOptions } from './emitting.ts'
import { type GcraRule, gcraRule } from './gcra.ts'
import { type WaitOptions, checkTime, checkWait } from './waiting-timers.ts'

/** What happens to a key for which there is no room because all that are kept are limited. */
export type WhenFull = 'share' | 'refuse' | 'admit'

/** What `rateLimiter` is made with. */
export interface RateLimiterOptions extends EmittingOptions, WaitOptions {
  /** How much cost is admitted per `perMs`, in the long run. Greater than 0; fractions are fine. */
  readonly limit: number
  /** The time that `limit` is for, in ms. Greater than 0. Default 1000. */
  readonly perMs?: number | undefined
  /**
   * How much may come at once, after a pause. At least 1. Default `limit`, rounded down. Over any time t, at most
   * `burst + limit × t / perMs` is admitted: up to twice `limit` in the first `perMs` with the default, and with
   * `burst: 1` evenly spaced calls.
   */
  readonly burst?: number | undefined
  /**
   * How many keys are kept, at the most. An integer from 1 to 16,000,000. Default 100,000. Keys that aren't limited any
   * more are dropped to make room; nothing is lost with them. About 60 bytes a key, and the key itself.
   */
  readonly maxKeys?: number | undefined
  /**
   * What happens to a new key when all that are kept are still limited. `'share'`: such keys have one rate together.
   * `'refuse'`: none is admitted. `'admit'`: all are, uncounted. No key is ever forgiven early to make room.
   * `snapshot().totals.overflowed` counts it. Default `'share'`.
   */
  readonly whenFull?: WhenFull | undefined
  /**
   * How many calls may wait in `take` and `execute`, over all keys. An integer from 0. Default 1000. Beyond it they are
   * refused with the reason `'waiters'`.
   */
  readonly maxWaiters?: number | undefined
  /**
   * How long `take` and `execute` wait, in ms, unless the call says otherwise. From 0, which is not at all. Default
   * `Infinity`. Who would wait longer is refused at once.
   */
  readonly maxWaitMs?: number | undefined
}

/** What a `rateLimiter` works with. */
export interface RateLimiterSettings {
  readonly limit: number
  readonly perMs: number
  readonly rule: GcraRule
  readonly maxKeys: number
  readonly whenFull: WhenFull
  readonly maxWaiters: number
  readonly maxWaitMs: number
  readonly clock: Clock
  readonly timers: Timers
}

/** A `Map` of V8 holds about 16.7 million entries. */
const MOST_KEYS = 16_000_000

/** Checks a rate: `limit` per `perMs` with bursts up to `burst`. */
export function checkRate(options: Pick<RateLimiterOptions, 'limit' | 'perMs' | 'burst'>): {
  readonly limit: number
  readonly perMs: number
  readonly rule: GcraRule
} {
  const limit = checkNumber('limit', options.limit, { above: 0 })
  const perMs = checkNumber('perMs', options.perMs ?? 1000, { above: 0 })
  const burst = checkNumber('burst', options.burst ?? Math.max(1, Math.floor(limit)), { min: 1 })
  return { limit, perMs, rule: gcraRule(limit, perMs, burst) }
}

/** Checks the options and fills in the defaults. */
export function rateLimiterSettings(options: RateLimiterOptions): RateLimiterSettings {
  const {
    maxKeys = 100_000,
    whenFull = 'share',
    maxWaiters = 1000,
    maxWaitMs = Number.POSITIVE_INFINITY,
  } = checkObject('options', options)
  return {
    ...checkRate(options),
    maxKeys: checkInteger('maxKeys', maxKeys, { min: 1, max: MOST_KEYS }),
    whenFull: checkOneOf('whenFull', whenFull, ['share', 'refuse', 'admit']),
    maxWaiters: checkInteger('maxWaiters', maxWaiters, { min: 0 }),
    maxWaitMs: checkWait('maxWaitMs', maxWaitMs),
    ...checkTime(options),
  }
}
