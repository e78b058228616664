import {
  type ExecuteOptions,
  type Observable,
  type Policy,
  type Timer,
  type Timers,
  type WorkContext,
  checkFunction,
  checkInteger,
  checkNumber,
  checkObject,
} from '@tps/internal'
import { begin } from './begin.ts'
import { CallContext } from './context.ts'
import { Emitting, type EmittingOptions } from './emitting.ts'
import { LinkedContext } from './linked-context.ts'
import { type RetryBudget, type RetryBudgetSnapshot, retryBudget } from './retry-budget.ts'
import { LONGEST_DELAY_MS, type TimeOptions, checkTime } from './sleep.ts'

/** What `hedge` is made with. */
export interface HedgeOptions extends EmittingOptions, TimeOptions {
  /**
   * How long to wait for an answer before the next attempt is made beside it, in ms. A function is asked once for each
   * wait, so that it may read a quantile: `() => tracker.quantile(0.95)`. When it returns no number from 0 on, or
   * throws (which is reported under `afterMs`), the call isn't hedged.
   */
  readonly afterMs: number | (() => number)
  /** How many attempts run at once at most. From 2. Default 2. */
  readonly attempts?: number | undefined
  /**
   * What bounds the hedges of all calls together, so that a dependency that is slow for everyone isn't asked twice by
   * everyone. Default a budget of its own: a fifth of the calls of the last 10 s, and 10. `false` for none.
   */
  readonly budget?: RetryBudget | false | undefined
  /** Gets each value that comes too late to win, to release what it holds. What it throws is reported. */
  readonly discard?: ((value: never) => void) | undefined
}

/** The events of a `HedgePolicy`. */
export interface HedgeEvents {
  /** Another attempt begins: the number of it, from 2. */
  hedge: [event: { readonly attempt: number }]
  /** A call has succeeded: the number of the attempt that won. Only for calls that were hedged. */
  won: [event: { readonly attempt: number }]
}

/** The readings of a hedge: plain JSON. */
export interface HedgeSnapshot {
  readonly name: string
  readonly totals: {
    readonly calls: number
    /** Attempts beyond the first of each call. */
    readonly hedges: number
    /** Calls that were won by such an attempt. */
    readonly wins: number
    /** Hedges that weren't made, because the budget was spent. */
    readonly withheld: number
  }
  /** `null` without a budget. */
  readonly budget: RetryBudgetSnapshot | null
}

/** A policy that asks twice. */
export interface HedgePolicy extends Policy, Observable<HedgeEvents> {
  readonly kind: 'hedge'
  snapshot(): HedgeSnapshot
}

/**
 * Asks a second time when the first answer is late, and takes whichever comes first: for reads, or what else may be done
 * twice. The losers' signals abort. An attempt that fails leaves the field to those that run; the call rejects with the
 * last error once none is left. A failure by itself doesn't begin another attempt: that is what `retry` is for.
 * Source: Dean and Barroso, "The tail at scale", CACM 2013.
 * @throws TypeError or RangeError that names the option which is wrong.
 */
export function hedge(options: HedgeOptions): HedgePolicy {
  return new Hedge(checkObject('options', options))
}

/** One call with its attempts. */
interface Race<T> {
  readonly work: (context: WorkContext) => T | PromiseLike<T>
  readonly options: ExecuteOptions | undefined
  readonly resolve: (value: T) => void
  readonly reject: (reason: unknown) => void
  readonly running: Set<LinkedContext>
  begun: number
  timer: Timer | undefined
  isOver: boolean
}

class Hedge extends Emitting<HedgeEvents> implements HedgePolicy {
  readonly kind = 'hedge'
  readonly #afterMs: () => number
  readonly #attempts: number
  readonly #budget: RetryBudget | undefined
  readonly #discard: ((value: unknown) => void) | undefined
  readonly #timers: Timers
  #calls = 0
  #hedges = 0
  #wins = 0
  #withheld = 0

  constructor(options: HedgeOptions) {
    super(options, 'hedge')
    const { afterMs, attempts = 2, discard, clock } = options
    const budget = options.budget ?? retryBudget({ clock })
    this.#afterMs = typeof afterMs === 'function' ? afterMs : constant(checkNumber('afterMs', afterMs, DELAY))
    this.#attempts = checkInteger('attempts', attempts, { min: 2 })
    this.#budget = budget === false ? undefined : checkObject('budget', budget, ['recordCall', 'tryRetry'])
    this.#discard = discard && (checkFunction('discard', discard) as (value: unknown) => void)
    this.#timers = checkTime(options).timers
  }

  execute<T>(work: (context: WorkContext) => T | PromiseLike<T>, options?: ExecuteOptions): Promise<T> {
    const signal = CallContext.peek(options)
    // oxlint-disable-next-line prefer-promise-reject-errors
    if (signal?.aborted) return Promise.reject(signal.reason)
    return new Promise<T>((resolve, reject) => {
      this.#calls++
      this.#budget?.recordCall()
      const running = new Set<LinkedContext>()
      const race: Race<T> = { work, options, resolve, reject, running, begun: 0, timer: undefined, isOver: false }
      this.#attempt(race)
      this.#waitForNext(race)
    })
  }

  snapshot(): HedgeSnapshot {
    return {
      name: this.name,
      totals: { calls: this.#calls, hedges: this.#hedges, wins: this.#wins, withheld: this.#withheld },
      budget: this.#budget?.snapshot() ?? null,
    }
  }

  #attempt<T>(race: Race<T>): void {
    const context = new LinkedContext(race.options)
    const attempt = ++race.begun
    race.running.add(context)
    begin(race.work, context).then(
      (value) => this.#win(race, context, attempt, value),
      (error: unknown) => this.#drop(race, context, error),
    )
  }

  #waitForNext<T>(race: Race<T>): void {
    const delayMs = race.begun < this.#attempts ? this.ask('afterMs', this.#afterMs, Number.NaN) : Number.NaN
    if (!(delayMs >= 0 && delayMs <= LONGEST_DELAY_MS)) return
    race.timer = this.#timers.schedule(delayMs, () => {
      // Who has gone needs no answer any sooner.
      if (CallContext.peek(race.options)?.aborted) return
      const { begun } = race
      if (this.#budget && !this.ask('budget', () => this.#budget?.tryRetry() === true, false)) {
        this.#withheld++
        return
      }
      this.#hedges++
      this.#attempt(race)
      this.#waitForNext(race)
      if (this.isHeard('hedge')) this.emit('hedge', { attempt: begun + 1 })
    })
  }

  #win<T>(race: Race<T>, context: LinkedContext, attempt: number, value: T): void {
    race.running.delete(context)
    context.release()
    const discard = this.#discard
    if (race.isOver) {
      if (discard) this.ask('discard', () => discard(value), undefined)
      return
    }
    if (attempt > 1) this.#wins++
    race.resolve(value)
    finish(race)
    if (race.begun > 1 && this.isHeard('won')) this.emit('won', { attempt })
  }

  #drop<T>(race: Race<T>, context: LinkedContext, error: unknown): void {
    race.running.delete(context)
    context.release()
    if (race.isOver || race.running.size > 0) return
    race.reject(error)
    finish(race)
  }
}

const DELAY = { min: 0, max: LONGEST_DELAY_MS }

function constant(value: number): () => number {
  return () => value
}

/** The outcome stands: whoever runs on is told to stop. */
function finish<T>(race: Race<T>): void {
  race.isOver = true
  race.timer?.cancel()
  if (race.running.size === 0) return
  const reason = new DOMException('Another attempt was faster', 'AbortError')
  for (const context of race.running) context.abort(reason)
}
