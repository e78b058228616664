import {
  type Clock,
  type ExecuteOptions,
  type Observable,
  type Policy,
  type Timers,
  type WorkContext,
  checkObject,
} from '@tps/internal'
import { begin } from './begin.ts'
import { CallContext } from './context.ts'
import { Emitting } from './emitting.ts'
import type { Outcome } from './outcome.ts'
import type { RetryBudgetSnapshot } from './retry-budget.ts'
import {
  type AttemptOutcome,
  type RetryOptions,
  type RetryRules,
  checkRetry,
  delayAfter,
  isRetryable,
} from './retry-options.ts'
import { checkTime, sleep } from './sleep.ts'

/** Why there was no further attempt. */
export type GiveUpReason = 'attempts' | 'not-retryable' | 'retry-after' | 'deadline' | 'budget'

/** Another attempt will be made. */
export interface RetryEvent {
  /** The number of the attempt that has ended: from 1. */
  readonly attempt: number
  readonly outcome: AttemptOutcome
  /** How long until the next one, in ms. */
  readonly delayMs: number
}

/** No further attempt will be made, and the call ends with `outcome`. */
export interface GiveUpEvent {
  readonly reason: GiveUpReason
  /** How many attempts there were. */
  readonly attempts: number
  readonly outcome: AttemptOutcome
}

/** The events of a `RetryPolicy`. A call that is cancelled by its caller emits none. */
export interface RetryEvents {
  retry: [event: RetryEvent]
  /** A call has succeeded, but not at its first attempt. */
  recovered: [event: { readonly attempts: number }]
  giveUp: [event: GiveUpEvent]
}

/** The readings of a retry policy: plain JSON. */
export interface RetrySnapshot {
  readonly name: string
  /** Calls that wait for their next attempt. */
  readonly waiting: number
  readonly totals: {
    readonly calls: number
    /** Attempts beyond the first of each call. */
    readonly retries: number
    /** Calls that succeeded after all. */
    readonly recovered: number
    /** Calls that ended with what `shouldRetry` wanted made again, or with an error, by reason. */
    readonly gaveUp: { readonly [Reason in GiveUpReason]: number }
    /** Calls that were cancelled by their caller after an attempt. */
    readonly cancelled: number
  }
  /** `null` without a budget, or when it can't tell. */
  readonly budget: RetryBudgetSnapshot | null
}

/** A policy that tries again. */
export interface RetryPolicy extends Policy, Observable<RetryEvents> {
  readonly kind: 'retry'
  snapshot(): RetrySnapshot
}

/**
 * Makes a failed call again, after a wait that grows and is jittered, within attempts, a deadline and a budget. In the
 * end the caller gets what the last attempt gave. An abort by the caller ends a wait at once with the signal's reason,
 * and there is no further attempt. Source of the waits: AWS, "Exponential backoff and jitter".
 * @throws TypeError or RangeError that names the option which is wrong.
 */
export function retry(options: RetryOptions = {}): RetryPolicy {
  return new Retry(checkObject('options', options))
}

/** One call and what has become of it so far. */
interface Run<T> {
  readonly work: (context: WorkContext) => T | PromiseLike<T>
  readonly options: ExecuteOptions | undefined
  readonly startMs: number
  readonly resolve: (value: T) => void
  readonly reject: (reason: unknown) => void
  /** The number of the attempt that runs or was the last: from 1. */
  attempt: number
}

class Retry extends Emitting<RetryEvents> implements RetryPolicy {
  readonly kind = 'retry'
  readonly #rules: RetryRules
  readonly #clock: Clock
  readonly #timers: Timers
  #waiting = 0
  #calls = 0
  #retries = 0
  #recovered = 0
  #cancelled = 0
  readonly #gaveUp = { attempts: 0, 'not-retryable': 0, 'retry-after': 0, deadline: 0, budget: 0 }

  constructor(options: RetryOptions) {
    super(options, 'retry')
    const { clock, timers } = checkTime(options)
    this.#rules = checkRetry(options)
    this.#clock = clock
    this.#timers = timers
  }

  execute<T>(work: (context: WorkContext) => T | PromiseLike<T>, options?: ExecuteOptions): Promise<T> {
    const signal = CallContext.peek(options)
    // oxlint-disable-next-line prefer-promise-reject-errors
    if (signal?.aborted) return Promise.reject(signal.reason)
    // Without a deadline nobody asks when the call began.
    const startMs = this.#rules.deadlineMs === Infinity ? 0 : this.#clock.now()
    return new Promise<T>((resolve, reject) => {
      this.#calls++
      this.#rules.budget?.recordCall()
      this.#attempt({ work, options, startMs, resolve, reject, attempt: 1 })
    })
  }

  snapshot(): RetrySnapshot {
    return {
      name: this.name,
      waiting: this.#waiting,
      totals: {
        calls: this.#calls,
        retries: this.#retries,
        recovered: this.#recovered,
        gaveUp: { ...this.#gaveUp },
        cancelled: this.#cancelled,
      },
      budget: this.#rules.budget?.snapshot() ?? null,
    }
  }

  #attempt<T>(run: Run<T>): void {
    begin(run.work, new CallContext(run.options)).then(
      (value) => this.#fulfilled(run, value),
      (error: unknown) => this.#again(run, { ok: false, error }),
    )
  }

  #fulfilled<T>(run: Run<T>, value: T): void {
    const { shouldRetry } = this.#rules
    if (shouldRetry && this.#isWorthAnother({ ok: true, value }, run.attempt)) {
      this.#again(run, { ok: true, value })
      return
    }
    run.resolve(value)
    if (run.attempt === 1) return
    this.#recovered++
    if (this.isHeard('recovered')) this.emit('recovered', { attempts: run.attempt })
  }

  /** Waits and begins the next attempt, or ends the call with `outcome`. */
  #again<T>(run: Run<T>, outcome: AttemptOutcome<T>): void {
    if (CallContext.peek(run.options)?.aborted) {
      this.#cancelled++
      end(run, outcome)
      return
    }
    // Whatever a budget or a source of random numbers may throw, the call has to end.
    const delayMs = this.ask('retry', () => this.#delayOrReason(run, outcome), 'not-retryable')
    if (typeof delayMs === 'string') {
      this.#gaveUp[delayMs]++
      end(run, outcome)
      if (this.isHeard('giveUp')) this.emit('giveUp', { reason: delayMs, attempts: run.attempt, outcome })
      return
    }
    const attempt = run.attempt++
    this.#waiting++
    this.#wait(run, delayMs)
    if (this.isHeard('retry')) this.emit('retry', { attempt, outcome, delayMs })
    const { discard } = this.#rules
    if (discard && outcome.ok) this.ask('discard', () => discard(outcome.value), undefined)
  }

  #wait<T>(run: Run<T>, delayMs: number): void {
    sleep(delayMs, this.#timers, run.options?.signal).then(
      () => {
        this.#waiting--
        this.#retries++
        this.#attempt(run)
      },
      (reason: unknown) => {
        this.#waiting--
        this.#cancelled++
        run.reject(reason)
      },
    )
  }

  #delayOrReason<T>({ attempt, startMs }: Run<T>, outcome: AttemptOutcome): number | GiveUpReason {
    const { attempts, retryAfterMs, maxRetryAfterMs, deadlineMs, budget } = this.#rules
    // A value that comes here was worth another attempt already.
    if (!outcome.ok && !this.#isWorthAnother(outcome, attempt)) return 'not-retryable'
    if (attempt >= attempts) return 'attempts'
    const askedMs = this.ask('retryAfterMs', () => retryAfterMs(outcome), undefined) ?? 0
    if (askedMs > maxRetryAfterMs) return 'retry-after'
    const delayMs = delayAfter(attempt, askedMs, this.#rules)
    if (deadlineMs !== Infinity && this.#clock.now() + delayMs - startMs >= deadlineMs) return 'deadline'
    if (budget && !budget.tryRetry()) return 'budget'
    return delayMs
  }

  #isWorthAnother(outcome: AttemptOutcome, attempt: number): boolean {
    const { shouldRetry } = this.#rules
    if (!shouldRetry) return isRetryable(outcome)
    return this.ask('shouldRetry', () => shouldRetry(outcome as Outcome, attempt), isRetryable(outcome))
  }
}

function end<T>({ resolve, reject }: Run<T>, outcome: AttemptOutcome<T>): void {
  if (outcome.ok) resolve(outcome.value)
  else reject(outcome.error)
}
