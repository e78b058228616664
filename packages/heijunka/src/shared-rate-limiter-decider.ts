import type { RateLimitKey } from './gcra-keys.ts'
import { LocalShare } from './shared-rate-limiter-local.ts'
import type { SharedRateLimiterSettings } from './shared-rate-limiter-options.ts'
import {
  type DecidedBy,
  RateLimitStoreTimeoutError,
  type StoreAwayEvent,
  type StoreBackEvent,
} from './shared-rate-limiter-snapshot.ts'

/** What was decided: 0 for taken, or the wait in ms. */
export interface Decided {
  readonly waitMs: number
  readonly decidedBy: DecidedBy
}

/** Who wants to know about the store. */
export interface StoreWatcher {
  storeAway(event: StoreAwayEvent): void
  storeBack(event: StoreBackEvent): void
}

type StoreState =
  | { readonly kind: 'present'; readonly failuresInARow: number }
  | { readonly kind: 'away'; readonly sinceMs: number; readonly askAtMs: number; readonly decisions: number }

const PRESENT: StoreState = { kind: 'present', failuresInARow: 0 }

/** Asks the store, but never waits long for it; decides by the process's own share where it fails or is away. */
export class Decider {
  readonly #settings: SharedRateLimiterSettings
  readonly #storeName: string
  readonly #watcher: StoreWatcher
  readonly #local: LocalShare
  #state: StoreState = PRESENT
  #timesAway = 0
  #failures = 0
  #timeouts = 0

  /** Keys begin with `name` in the store. */
  constructor(name: string, settings: SharedRateLimiterSettings, watcher: StoreWatcher) {
    this.#settings = settings
    this.#storeName = name
    this.#watcher = watcher
    this.#local = new LocalShare(settings.localRule, settings.maxKeys)
  }

  /** See `SharedRateLimiterSnapshot.store`. */
  snapshot(): { isAway: boolean; awayMs: number; timesAway: number; failures: number; timeouts: number } {
    const state = this.#state
    return {
      isAway: state.kind === 'away',
      awayMs: state.kind === 'away' ? this.#settings.clock.now() - state.sinceMs : 0,
      timesAway: this.#timesAway,
      failures: this.#failures,
      timeouts: this.#timeouts,
    }
  }

  /** How many keys are kept for deciding alone. */
  get keys(): number {
    return this.#local.size
  }

  /** Decides. Resolves always, and within `timeoutMs`. */
  async decide(key: RateLimitKey | undefined, cost: number): Promise<Decided> {
    const begunMs = this.#settings.clock.now()
    // Text and number keys stay apart, as they do in one process, and both from the rate without a key.
    const id = key === undefined ? '' : typeof key === 'number' ? `#${key}` : `:${key}`
    if (!this.#mayAsk(begunMs)) return this.#decideAlone(id, cost)
    try {
      const waitMs = await this.#ask(`${this.#storeName}${id}`, cost)
      this.#answered(begunMs)
      if (waitMs === 0) this.#local.note(id, cost, this.#settings.clock.now())
      return { waitMs, decidedBy: 'store' }
    } catch (error) {
      this.#failed(error, begunMs)
      return this.#decideAlone(id, cost)
    }
  }

  /** Whether the store is there, or it is time to see whether it is back: then one call does. */
  #mayAsk(nowMs: number): boolean {
    const state = this.#state
    if (state.kind === 'present') return true
    if (nowMs < state.askAtMs) return false
    this.#state = { ...state, askAtMs: nowMs + this.#settings.retryMs }
    return true
  }

  #ask(key: string, cost: number): Promise<number> {
    const { timeoutMs, timers } = this.#settings
    return new Promise((resolve, reject) => {
      const timer = timers.schedule(timeoutMs, () => {
        this.#timeouts++
        reject(new RateLimitStoreTimeoutError(timeoutMs))
      })
      askStore(this.#settings, key, cost)
        .then(resolve, reject)
        .finally(() => timer.cancel())
    })
  }

  #answered(begunMs: number): void {
    const state = this.#state
    if (state.kind === 'present') {
      this.#state = PRESENT
      return
    }
    // What was asked before the store went away says nothing about now.
    if (begunMs < state.sinceMs) return
    this.#state = PRESENT
    this.#watcher.storeBack({ awayMs: this.#settings.clock.now() - state.sinceMs, decisions: state.decisions })
  }

  #failed(cause: unknown, begunMs: number): void {
    this.#failures++
    const { clock, awayAfter, retryMs } = this.#settings
    const state = this.#state
    const nowMs = clock.now()
    if (state.kind === 'away') {
      // The next question comes a while after this one has ended.
      if (begunMs >= state.sinceMs) this.#state = { ...state, askAtMs: nowMs + retryMs }
      return
    }
    const failuresInARow = state.failuresInARow + 1
    this.#state = { kind: 'present', failuresInARow }
    if (failuresInARow < awayAfter) return
    this.#timesAway++
    this.#state = { kind: 'away', sinceMs: nowMs, askAtMs: nowMs + retryMs, decisions: 0 }
    this.#watcher.storeAway({ cause })
  }

  #decideAlone(id: string, cost: number): Decided {
    const state = this.#state
    if (state.kind === 'away') this.#state = { ...state, decisions: state.decisions + 1 }
    return { waitMs: this.#local.take(id, cost, this.#settings.clock.now()), decidedBy: 'local' }
  }
}

/** The store's answer. Whatever is wrong with it, thrown exceptions included, comes as a rejection. */
async function askStore({ store, rule }: SharedRateLimiterSettings, key: string, cost: number): Promise<number> {
  const waitMs = await store.take(key, cost, rule.intervalMs, rule.burstMs)
  if (waitMs >= 0) return waitMs
  throw new TypeError(`store.take() must resolve with a number of 0 or more, got ${String(waitMs)}`)
}
