import { checkCount, checkFunction, checkNumber, checkObject } from '@tps/internal'
import type { EmittingOptions } from './emitting.ts'
import { type Outcome, plainVerdict, readRetryAfterMs } from './outcome.ts'
import { type RetryBudget, retryBudget } from './retry-budget.ts'
import { LONGEST_DELAY_MS, type TimeOptions } from './sleep.ts'

/** How long to wait between two attempts. */
export interface RetryDelayOptions {
  /** Before the second attempt, in ms. 0 or more. Default 100. */
  readonly ms?: number | undefined
  /** What each further wait is longer by. From 1. Default 2. */
  readonly factor?: number | undefined
  /** The longest wait, in ms. From `ms`. Default 10,000, or a longer `ms`. */
  readonly maxMs?: number | undefined
  /**
   * Takes off up to this share of each wait at random. In [0, 1]. Default 1: anything from no wait to the whole one
   * ("full jitter"), which spreads callers that failed together the most.
   */
  readonly jitterRatio?: number | undefined
}

/** How an attempt ended. An `Outcome` is one. */
export type AttemptOutcome<Value = unknown> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: unknown }

/** Decides whether attempt number `attempt`, from 1, is worth another. The parameter may be annotated with the outcome's value type. */
export type ShouldRetry = { method(outcome: AttemptOutcome, attempt: number): boolean }['method']

/** What `retry` is made with. */
export interface RetryOptions extends EmittingOptions, TimeOptions {
  /** How many attempts a call has in all. From 1, `Infinity` for as many as the other bounds allow. Default 3. */
  readonly attempts?: number | undefined
  /** How long to wait before the next attempt. Default 100 ms, then twice as long each time, with full jitter. */
  readonly delay?: RetryDelayOptions | undefined
  /**
   * No attempt begins this many ms or more after the call has begun: a wait that would lead there isn't begun. One that
   * runs isn't cut short; put a `timeout` around or inside for that. Above 0. Default none.
   */
  readonly deadlineMs?: number | undefined
  /**
   * What bounds the retries of all calls together. Share one between the policies that call the same dependency.
   * Default a budget of its own: a fifth of the calls of the last 10 s, and 10. `false` for none.
   */
  readonly budget?: RetryBudget | false | undefined
  /**
   * Whether an outcome is worth another attempt; values are outcomes, too. Not asked once the caller has aborted. When
   * it throws, that is reported to `onListenerError` under `shouldRetry`, and the default decides. Default
   * `isRetryable`: every error except refusals (an open circuit, a full bulkhead or queue, a rate limit).
   */
  readonly shouldRetry?: ShouldRetry | undefined
  /**
   * The longest `retryAfterMs` of an error (or of a value that `shouldRetry` wants made again) that is waited for, in
   * ms. An error that asks for more isn't retried. The wait is what was asked for plus the jittered delay, so that
   * those who were told the same don't come back together. 0 or more. Default 60,000.
   */
  readonly maxRetryAfterMs?: number | undefined
  /**
   * How long an outcome asks to be left alone, in ms. When it throws, that is reported under `retryAfterMs`, and nothing
   * was asked. Default: the property `retryAfterMs` of the error or value, if it is a number from 0 on.
   */
  readonly retryAfterMs?: { method(outcome: AttemptOutcome): number | undefined }['method'] | undefined
  /** Gets each value that another attempt replaces, to release what it holds. What it throws is reported. */
  readonly discard?: ((value: never) => void) | undefined
  /** Random numbers in [0, 1) for the jitter. Default `Math.random`. */
  readonly random?: (() => number) | undefined
}

/** The checked options. What doesn't apply is `Infinity` or `undefined`. */
export interface RetryRules {
  readonly attempts: number
  readonly delayMs: number
  readonly delayFactor: number
  readonly delayMaxMs: number
  readonly jitterRatio: number
  readonly deadlineMs: number
  readonly maxRetryAfterMs: number
  readonly budget: RetryBudget | undefined
  readonly shouldRetry: ShouldRetry | undefined
  readonly retryAfterMs: (outcome: AttemptOutcome) => number | undefined
  readonly discard: ((value: unknown) => void) | undefined
  readonly random: () => number
}

/** Checks the options that aren't every policy's and fills in their defaults. */
export function checkRetry(options: RetryOptions): RetryRules {
  const { attempts = 3, delay = {}, deadlineMs, maxRetryAfterMs = 60_000, shouldRetry, discard } = options
  const { retryAfterMs = readAskedMs, random = Math.random, clock } = options
  const { ms = 100, factor = 2, maxMs, jitterRatio = 1 } = checkObject('delay', delay)
  const delayMs = checkNumber('delay.ms', ms, { min: 0, max: LONGEST_DELAY_MS })
  const budget = options.budget ?? retryBudget({ clock })
  return {
    attempts: checkCount('attempts', attempts, { min: 1 }),
    delayMs,
    delayFactor: checkNumber('delay.factor', factor, { min: 1 }),
    delayMaxMs: checkNumber('delay.maxMs', maxMs ?? Math.max(10_000, delayMs), { min: delayMs, max: LONGEST_DELAY_MS }),
    jitterRatio: checkNumber('delay.jitterRatio', jitterRatio, { min: 0, max: 1 }),
    deadlineMs: deadlineMs === undefined ? Infinity : checkNumber('deadlineMs', deadlineMs, { above: 0 }),
    maxRetryAfterMs: checkNumber('maxRetryAfterMs', maxRetryAfterMs, { min: 0, max: LONGEST_DELAY_MS }),
    budget: budget === false ? undefined : checkObject('budget', budget, ['recordCall', 'tryRetry']),
    shouldRetry: shouldRetry && checkFunction('shouldRetry', shouldRetry),
    retryAfterMs: checkFunction('retryAfterMs', retryAfterMs),
    discard: discard && (checkFunction('discard', discard) as (value: unknown) => void),
    random: checkFunction('random', random),
  }
}

/** How long to wait after attempt number `attempt`, when what failed asks for `askedMs`. */
export function delayAfter(attempt: number, askedMs: number, rules: RetryRules): number {
  const longestMs = Math.min(rules.delayMs * rules.delayFactor ** (attempt - 1), rules.delayMaxMs)
  const delayMs = askedMs + longestMs * (1 - rules.jitterRatio * rules.random())
  return Math.min(delayMs, LONGEST_DELAY_MS)
}

/**
 * Whether an outcome is worth another attempt when nobody says otherwise: an error that is no refusal of ours. To retry
 * a circuit that is open only keeps the caller waiting.
 */
export function isRetryable(outcome: AttemptOutcome): boolean {
  return plainVerdict(outcome as Outcome) === 'failure'
}

function readAskedMs(outcome: AttemptOutcome): number | undefined {
  return readRetryAfterMs(outcome.ok ? outcome.value : outcome.error)
}
