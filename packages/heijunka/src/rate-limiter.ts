import { type Clock, type WorkContext, checkNumber } from '@tps/internal'
import { CallContext, begin } from './call-context.ts'
import { Emitting } from './emitting.ts'
import { type GcraRule, NEVER, checkCost, earliestMs, nextTat, remainingAt, waitUntil } from './gcra.ts'
import { GcraKeys, type RateLimitKey } from './gcra-keys.ts'
import { RateLimitedError, type RateLimitReason } from './rate-limited-error.ts'
import type { RateLimitExecuteOptions, RateLimiter, TakeOptions, TryTakeOptions } from './rate-limiter-contract.ts'
import { TakerLines } from './rate-limiter-lines.ts'
import { type RateLimiterOptions, type RateLimiterSettings, rateLimiterSettings } from './rate-limiter-options.ts'
import type { RateLimitReading, RateLimiterEvents, RateLimiterSnapshot } from './rate-limiter-snapshot.ts'
import { checkWait } from './waiting-timers.ts'

/**
 * Bounds how often calls are made: `limit` per `perMs`, with bursts, for all calls together or for each key. By the
 * generic cell rate algorithm: one number a key, no timer unless somebody waits, and exact answers.
 * @throws TypeError or RangeError that names the option which is wrong.
 */
export function rateLimiter(options: RateLimiterOptions): RateLimiter {
  return new GcraLimiter(rateLimiterSettings(options), options)
}

/** Slots that no key has: the limiter's one rate, and the rate of all for which there is no room. */
const ONE = 0
const SHARED = 1
const APART = 2
/** In place of a slot: refused or admitted, because there is no room. */
const REFUSED = -1
const ADMITTED = -2

class GcraLimiter extends Emitting<RateLimiterEvents> implements RateLimiter {
  readonly kind = 'rate-limiter'
  readonly #settings: RateLimiterSettings
  readonly #rule: GcraRule
  readonly #clock: Clock
  readonly #keys: GcraKeys
  readonly #lines: TakerLines
  #retryAfterMs = 0
  #isStopped = false
  #admitted = 0
  #waited = 0
  #rejected = 0
  #overflowed = 0

  constructor(settings: RateLimiterSettings, options: RateLimiterOptions) {
    super(options, 'rate-limiter')
    this.#settings = settings
    this.#rule = settings.rule
    this.#clock = settings.clock
    this.#keys = new GcraKeys(settings.maxKeys, APART)
    this.#lines = new TakerLines((slot, cost) => this.#serve(slot, cost), settings.timers)
  }

  get retryAfterMs(): number {
    return this.#retryAfterMs
  }

  tryTake(given: number | TryTakeOptions = 1, nowMs?: number): boolean {
    if (typeof given === 'number') {
      return this.#conforms(ONE, given, nowMs ?? this.#clock.now()) || this.#refuse(ONE, undefined, given)
    }
    const { key, cost = 1, nowMs: atMs = this.#clock.now() } = given
    if (key !== undefined) return this.tryTakeFor(key, cost, atMs)
    return this.#conforms(ONE, cost, atMs) || this.#refuse(ONE, key, cost)
  }

  tryTakeFor(key: RateLimitKey, cost: number = 1, nowMs: number = this.#clock.now()): boolean {
    const slot = this.#keys.find(key) ?? this.#admitKey(key, cost, nowMs)
    return this.#conforms(slot, cost, nowMs) || this.#refuse(slot, key, cost)
  }

  take(options?: TakeOptions): Promise<void> {
    const signal = options?.signal
    // oxlint-disable-next-line prefer-promise-reject-errors
    if (signal?.aborted) return Promise.reject(signal.reason)
    return this.#takeOrReject(options, signal) ?? Promise.resolve()
  }

  execute<T>(work: (context: WorkContext) => T | PromiseLike<T>, options?: RateLimitExecuteOptions): Promise<T> {
    const signal = CallContext.peek(options)
    // oxlint-disable-next-line prefer-promise-reject-errors
    if (signal?.aborted) return Promise.reject(signal.reason)
    const turn = this.#takeOrReject(options, signal)
    return turn ? turn.then(() => begin(work, options)) : begin(work, options)
  }

  peek({ key, cost = 1, nowMs = this.#clock.now() }: TryTakeOptions = {}): RateLimitReading {
    checkCost(cost)
    const slot = key === undefined ? ONE : (this.#keys.find(key) ?? SHARED)
    const tat = this.#tatBehindAll(slot)
    return {
      remaining: remainingAt(this.#rule, tat, nowMs),
      retryAfterMs: waitUntil(earliestMs(this.#rule, tat, cost), nowMs),
      fullAfterMs: waitUntil(tat, nowMs),
    }
  }

  stop(): void {
    this.#isStopped = true
    const never = Number.POSITIVE_INFINITY
    this.#lines.rejectAll((slot) => new RateLimitedError(this.name, 'stopped', this.#keys.keyAt(slot), never))
  }

  [Symbol.dispose](): void {
    this.stop()
  }

  snapshot(): RateLimiterSnapshot {
    const { limit, perMs, rule, maxKeys } = this.#settings
    return {
      name: this.name,
      limit,
      perMs,
      burst: rule.burst,
      maxKeys,
      keys: this.#keys.size,
      waiting: this.#lines.size,
      totals: {
        admitted: this.#admitted,
        waited: this.#waited,
        rejected: this.#rejected,
        cancelled: this.#lines.cancelled,
        overflowed: this.#overflowed,
      },
    }
  }

  /** The decision. Where it is no, `#retryAfterMs` says for how long. */
  #conforms(slot: number, cost: number, nowMs: number): boolean {
    if (!(cost > 0)) checkCost(cost)
    // NaN and infinite times.
    if (nowMs - nowMs !== 0) checkNumber('nowMs', nowMs)
    if (slot < 0) return this.#conformsWithoutRoom(slot, cost)
    const { tats } = this.#keys
    const tat = this.#lines.size === 0 ? (tats[slot] as number) : this.#tatBehindAll(slot)
    const atMs = earliestMs(this.#rule, tat, cost)
    // While somebody waits for the slot, all others are behind them.
    if (nowMs >= atMs && (this.#lines.size === 0 || !this.#lines.has(slot))) {
      tats[slot] = nextTat(this.#rule, tat, cost, nowMs)
      this.#admitted++
      return true
    }
    this.#retryAfterMs = waitUntil(atMs, nowMs)
    return false
  }

  #conformsWithoutRoom(slot: number, cost: number): boolean {
    if (slot === ADMITTED) this.#admitted++
    // By then every key that is kept is idle, unless it comes again.
    else this.#retryAfterMs = cost > this.#rule.burst ? Number.POSITIVE_INFINITY : this.#rule.burstMs
    return slot === ADMITTED
  }

  /** The TAT once all who wait for the slot have been served. */
  #tatBehindAll(slot: number): number {
    return (this.#keys.tats[slot] as number) + this.#lines.costAhead(slot) * this.#rule.intervalMs
  }

  /** Finds a slot for a key that has none. */
  #admitKey(key: RateLimitKey, cost: number, nowMs: number): number {
    if (typeof key !== 'string' && typeof key !== 'number')
      throw new TypeError(`key must be a string or a number, got ${key === null ? 'null' : typeof key}`)
    checkCost(cost)
    checkNumber('nowMs', nowMs)
    // Who waits without a slot of its own stays ahead of who comes later, even if there is room by now.
    const slot = this.#lines.has(SHARED) ? undefined : this.#keys.claim(key, nowMs, this.#isHeld)
    const { tats } = this.#keys
    if (slot !== undefined) {
      // What the key may have taken while it had no slot counts against it, as if it had taken all of it.
      const shared = tats[SHARED] as number
      if (shared > nowMs) tats[slot] = shared
      return slot
    }
    this.#overflowed++
    if (this.#settings.whenFull === 'share') return SHARED
    return this.#settings.whenFull === 'refuse' ? REFUSED : ADMITTED
  }

  readonly #isHeld = (slot: number): boolean => this.#lines.has(slot)

  /** As `#take`, and what is wrong with the options comes as a rejection too. */
  #takeOrReject(options: TakeOptions | undefined, signal: AbortSignal | undefined): Promise<void> | undefined {
    try {
      return this.#take(options, signal)
    } catch (error) {
      // oxlint-disable-next-line prefer-promise-reject-errors
      return Promise.reject(error)
    }
  }

  /** Takes now and returns nothing, or returns the wait for it or its refusal. */
  #take(options: TakeOptions | undefined, signal: AbortSignal | undefined): Promise<void> | undefined {
    const { key, cost = 1, maxWaitMs } = options ?? NOTHING
    const nowMs = this.#clock.now()
    const longestMs = maxWaitMs === undefined ? this.#settings.maxWaitMs : checkWait('maxWaitMs', maxWaitMs)
    const slot = key === undefined ? ONE : (this.#keys.find(key) ?? this.#admitKey(key, cost, nowMs))
    if (this.#conforms(slot, cost, nowMs)) return undefined
    const reason = this.#reasonToRefuse(slot, cost, longestMs)
    if (reason === undefined) return this.#lines.join(slot, cost, signal)
    this.#rejected++
    if (this.isHeard('rejected')) this.#tellRefusal(reason, key, cost)
    return Promise.reject(new RateLimitedError(this.name, reason, key, this.#retryAfterMs))
  }

  /** Why who could not take now can't wait; `undefined` when it can. */
  #reasonToRefuse(slot: number, cost: number, longestMs: number): RateLimitReason | undefined {
    if (cost > this.#rule.burst) return 'cost'
    if (slot < 0) return 'keys'
    if (this.#retryAfterMs > longestMs) return 'rate'
    if (this.#isStopped) return 'stopped'
    return this.#lines.size >= this.#settings.maxWaiters ? 'waiters' : undefined
  }

  #refuse(slot: number, key: RateLimitKey | undefined, cost: number): false {
    this.#rejected++
    if (this.isHeard('rejected')) this.#tellRefusal(this.#reasonToRefuse(slot, cost, NEVER) ?? 'rate', key, cost)
    return false
  }

  #tellRefusal(reason: RateLimitReason, key: RateLimitKey | undefined, cost: number): void {
    this.emit('rejected', { key, cost, reason, retryAfterMs: this.#retryAfterMs })
  }

  /** Takes for the first of a line and returns 0, or returns the wait. */
  #serve(slot: number, cost: number): number {
    const { tats } = this.#keys
    const tat = tats[slot] as number
    const nowMs = this.#clock.now()
    const atMs = earliestMs(this.#rule, tat, cost)
    if (nowMs < atMs) return waitUntil(atMs, nowMs)
    tats[slot] = nextTat(this.#rule, tat, cost, nowMs)
    this.#admitted++
    this.#waited++
    return 0
  }
}

const NOTHING: TakeOptions = {}
