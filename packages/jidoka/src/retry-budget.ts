import { type Clock, checkInteger, checkNumber, checkObject, systemClock } from '@tps/internal'

/** What `retryBudget` is made with. */
export interface RetryBudgetOptions {
  /** The share of calls that may be made again. 0 or more. Default 0.2. */
  readonly ratio?: number | undefined
  /** How many may be made again within a window however few calls there are. From 0. Default 10. */
  readonly minimum?: number | undefined
  /** How far back calls and retries are counted, in ms, moving in ten slots. From 10. Default 10,000. */
  readonly windowMs?: number | undefined
  /** The source of time. Default the monotonic clock of the platform. */
  readonly clock?: Clock | undefined
}

/** The readings of a budget: plain JSON. */
export interface RetryBudgetSnapshot {
  /** Calls of the window, without what was added to them. */
  readonly calls: number
  /** Retries and hedges of the window. */
  readonly retries: number
  /** How many more there may be at present. */
  readonly left: number
}

/** How much may be added to the calls that users make. Share one between all that call the same dependency. */
export interface RetryBudget {
  /** A call has begun. */
  recordCall(): void
  /** Takes one retry out of the budget and returns `true`, or returns `false` when it is spent. */
  tryRetry(): boolean
  snapshot(): RetryBudgetSnapshot
}

const SLOTS = 10

/**
 * A bound on the load that retries and hedges add: over the last `windowMs`, `minimum` plus `ratio` of the calls.
 * When everything fails, a dependency gets a fifth more calls instead of three times as many. O(1), without a timer.
 * Source: Google SRE, "Handling overload", per-client retry budget; the window is that of Finagle.
 * @throws TypeError or RangeError that names the option which is wrong.
 */
export function retryBudget(options: RetryBudgetOptions = {}): RetryBudget {
  return new WindowBudget(checkObject('options', options))
}

class WindowBudget implements RetryBudget {
  readonly #ratio: number
  readonly #minimum: number
  readonly #slotMs: number
  readonly #clock: Clock
  /** Each slot's calls, then each slot's retries. */
  readonly #counts: Float64Array = new Float64Array(2 * SLOTS)
  #calls = 0
  #retries = 0
  #slot: number

  constructor({ ratio = 0.2, minimum = 10, windowMs = 10_000, clock = systemClock }: RetryBudgetOptions) {
    this.#ratio = checkNumber('ratio', ratio, { min: 0 })
    this.#minimum = checkInteger('minimum', minimum, { min: 0 })
    this.#slotMs = checkNumber('windowMs', windowMs, { min: 10 }) / SLOTS
    this.#clock = checkObject('clock', clock, ['now'])
    this.#slot = Math.floor(clock.now() / this.#slotMs)
  }

  recordCall(): void {
    this.#advance()
    this.#calls++
    this.#add(0)
  }

  tryRetry(): boolean {
    this.#advance()
    if (this.#left() < 1) return false
    this.#retries++
    this.#add(SLOTS)
    return true
  }

  snapshot(): RetryBudgetSnapshot {
    this.#advance()
    return { calls: this.#calls, retries: this.#retries, left: Math.max(0, Math.floor(this.#left())) }
  }

  #left(): number {
    // Rounded, so that 0.2 of 15 calls is 3.
    return Math.round((this.#minimum + this.#ratio * this.#calls - this.#retries) * 1e9) / 1e9
  }

  #add(offset: number): void {
    const index = offset + (this.#slot % SLOTS)
    this.#counts[index] = (this.#counts[index] ?? 0) + 1
  }

  /** Empties every slot that has left the window since the last look. */
  #advance(): void {
    const slot = Math.floor(this.#clock.now() / this.#slotMs)
    const elapsed = slot - this.#slot
    if (elapsed <= 0) return
    for (let step = 1; step <= Math.min(elapsed, SLOTS); step++) {
      const index = (this.#slot + step) % SLOTS
      this.#calls -= this.#counts[index] ?? 0
      this.#retries -= this.#counts[SLOTS + index] ?? 0
      this.#counts[index] = this.#counts[SLOTS + index] = 0
    }
    this.#slot = slot
  }
}
