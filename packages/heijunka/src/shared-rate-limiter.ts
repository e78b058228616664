import type { Observable, Policy, WorkContext } from '@tps/internal'
import { CallContext, begin } from './call-context.ts'
import { Emitting } from './emitting.ts'
import { checkCost } from './gcra.ts'
import type { RateLimitKey } from './gcra-keys.ts'
import { RateLimitedError, type RateLimitReason } from './rate-limited-error.ts'
import type { RateLimitExecuteOptions, TakeOptions } from './rate-limiter-contract.ts'
import { Decider } from './shared-rate-limiter-decider.ts'
import { SharedLines } from './shared-rate-limiter-lines.ts'
import {
  type SharedRateLimiterOptions,
  type SharedRateLimiterSettings,
  sharedRateLimiterSettings,
} from './shared-rate-limiter-options.ts'
import type {
  RateDecision,
  SharedRateLimiterEvents,
  SharedRateLimiterSnapshot,
  SharedTryTakeOptions,
} from './shared-rate-limiter-snapshot.ts'
import { checkWait } from './waiting-timers.ts'

/** A policy that bounds how often calls are made, by several processes together. */
export interface SharedRateLimiter extends Policy, Observable<SharedRateLimiterEvents>, Disposable {
  readonly kind: 'shared-rate-limiter'
  /**
   * Asks the store and answers, within `timeoutMs`. While others of this process wait for the same key it refuses at
   * once. Rejects only with a TypeError or RangeError for a cost that isn't above 0.
   */
  tryTake(options?: SharedTryTakeOptions): Promise<RateDecision>
  /**
   * Waits for its turn and takes. In this process it is first come, first served for each key, in the order in which the
   * store answered; between processes there is no order. Rejects with a `RateLimitedError` as soon as it is known that
   * the wait is longer than `maxWaitMs`, at the latest after that time; when `maxWaiters` wait; or when the cost never
   * conforms. Rejects with the signal's reason when that aborts: if the store is just being asked, once it has
   * answered.
   */
  take(options?: TakeOptions): Promise<void>
  /** As `take`, and then calls `work`. */
  execute<T>(work: (context: WorkContext) => T | PromiseLike<T>, options?: RateLimitExecuteOptions): Promise<T>
  snapshot(): SharedRateLimiterSnapshot
  /** Nobody waits any more: those who do are refused, and so is who would have to. `tryTake` goes on. */
  stop(): void
}

/**
 * A rate limiter whose rate several processes share, through a store such as Redis (`@tps/heijunka/redis`). While the
 * store is away, each process decides by itself, by `localRatio` of the rate; it finds out by itself when the store is back.
 * Both changes may let one more burst through.
 * @throws TypeError or RangeError that names the option which is wrong.
 */
export function sharedRateLimiter(options: SharedRateLimiterOptions): SharedRateLimiter {
  return new SharedLimiter(sharedRateLimiterSettings(options), options)
}

class SharedLimiter extends Emitting<SharedRateLimiterEvents> implements SharedRateLimiter {
  readonly kind = 'shared-rate-limiter'
  readonly #settings: SharedRateLimiterSettings
  readonly #decider: Decider
  readonly #lines: SharedLines
  #isStopped = false
  #admitted = 0
  #admittedLocally = 0
  #rejected = 0

  constructor(settings: SharedRateLimiterSettings, options: SharedRateLimiterOptions) {
    super(options, 'shared-rate-limiter')
    this.#settings = settings
    this.#decider = new Decider(this.name, settings, {
      storeAway: (event) => this.emit('storeAway', event),
      storeBack: (event) => this.emit('storeBack', event),
    })
    this.#lines = new SharedLines({
      timers: settings.timers,
      now: () => settings.clock.now(),
      ask: async (key, cost) => (await this.#decide(key, cost)).retryAfterMs,
    })
  }

  async tryTake({ key, cost = 1 }: SharedTryTakeOptions = {}): Promise<RateDecision> {
    checkCost(cost)
    const decision = this.#knownRefusal(key, cost) ?? (await this.#decide(key, cost))
    if (!decision.isAdmitted)
      this.#tellRefusal(this.#isTooMuch(cost) ? 'cost' : 'rate', key, cost, decision.retryAfterMs)
    return decision
  }

  async take(options: TakeOptions = {}): Promise<void> {
    const { signal } = options
    signal?.throwIfAborted()
    await this.#take(options, signal)
  }

  async execute<T>(work: (context: WorkContext) => T | PromiseLike<T>, options?: RateLimitExecuteOptions): Promise<T> {
    const signal = CallContext.peek(options)
    signal?.throwIfAborted()
    await this.#take(options ?? {}, signal)
    return begin(work, options)
  }

  stop(): void {
    this.#isStopped = true
    this.#lines.rejectAll((key) => new RateLimitedError(this.name, 'stopped', key, Number.POSITIVE_INFINITY))
  }

  [Symbol.dispose](): void {
    this.stop()
  }

  snapshot(): SharedRateLimiterSnapshot {
    const { limit, perMs, rule } = this.#settings
    return {
      name: this.name,
      limit,
      perMs,
      burst: rule.burst,
      store: this.#decider.snapshot(),
      waiting: this.#lines.size,
      keys: this.#decider.keys,
      totals: {
        admitted: this.#admitted,
        admittedLocally: this.#admittedLocally,
        rejected: this.#rejected,
        cancelled: this.#lines.cancelled,
      },
    }
  }

  async #decide(key: RateLimitKey | undefined, cost: number): Promise<RateDecision> {
    const { waitMs, decidedBy } = await this.#decider.decide(key, cost)
    if (waitMs === 0) {
      this.#admitted++
      if (decidedBy === 'local') this.#admittedLocally++
    }
    return { isAdmitted: waitMs === 0, retryAfterMs: waitMs, decidedBy }
  }

  /** What is refused without asking: a cost that never conforms, and who would overtake those that wait. */
  #knownRefusal(key: RateLimitKey | undefined, cost: number): RateDecision | undefined {
    if (this.#isTooMuch(cost)) return { isAdmitted: false, retryAfterMs: Number.POSITIVE_INFINITY, decidedBy: 'local' }
    const asksIn = this.#lines.asksIn(key)
    if (asksIn === undefined) return undefined
    const retryAfterMs = asksIn + cost * this.#settings.rule.intervalMs
    return { isAdmitted: false, retryAfterMs, decidedBy: 'local' }
  }

  async #take({ key, cost = 1, maxWaitMs }: TakeOptions, signal: AbortSignal | undefined): Promise<void> {
    checkCost(cost)
    const longestMs = maxWaitMs === undefined ? this.#settings.maxWaitMs : checkWait('maxWaitMs', maxWaitMs)
    const { isAdmitted, retryAfterMs } = this.#knownRefusal(key, cost) ?? (await this.#decide(key, cost))
    // It may have aborted while the store was asked.
    signal?.throwIfAborted()
    if (isAdmitted) return
    const reason = this.#reasonToRefuse(cost, retryAfterMs, longestMs)
    if (reason !== undefined) throw this.#refusal(reason, key, cost, retryAfterMs)
    await this.#lines.join(key, cost, retryAfterMs, signal, longestMs, (ms) => this.#refusal('rate', key, cost, ms))
  }

  #isTooMuch(cost: number): boolean {
    return cost > this.#settings.rule.burst
  }

  #reasonToRefuse(cost: number, waitMs: number, longestMs: number): RateLimitReason | undefined {
    if (this.#isTooMuch(cost)) return 'cost'
    if (waitMs > longestMs) return 'rate'
    if (this.#isStopped) return 'stopped'
    return this.#lines.size >= this.#settings.maxWaiters ? 'waiters' : undefined
  }

  #refusal(
    reason: RateLimitReason,
    key: RateLimitKey | undefined,
    cost: number,
    retryAfterMs: number,
  ): RateLimitedError {
    this.#tellRefusal(reason, key, cost, retryAfterMs)
    return new RateLimitedError(this.name, reason, key, retryAfterMs)
  }

  #tellRefusal(reason: RateLimitReason, key: RateLimitKey | undefined, cost: number, retryAfterMs: number): void {
    this.#rejected++
    if (this.isHeard('rejected')) this.emit('rejected', { key, cost, reason, retryAfterMs })
  }
}
