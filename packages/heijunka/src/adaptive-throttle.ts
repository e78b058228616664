import { type Clock, type WorkContext, checkFunction, checkNumber, checkObject, systemClock } from '@tps/internal'
import { type CallResult, type LoadOutcome, checkOutcome, classifyLoad } from './adaptive-limiter-classify.ts'
import type {
  AdaptiveThrottle,
  AdaptiveThrottleEvents,
  AdaptiveThrottleOptions,
  AdaptiveThrottleSnapshot,
  ThrottleClassSnapshot,
  ThrottleExecuteOptions,
  ThrottlePermit,
} from './adaptive-throttle-contract.ts'
import { ThrottleWindow } from './adaptive-throttle-window.ts'
import { CallContext, begin } from './call-context.ts'
import { Emitting } from './emitting.ts'
import { ThrottledError } from './throttled-error.ts'

/**
 * Holds calls back on the caller's side while the other side refuses many: each with the probability
 * `max(0, (requests − multiplier × accepts) / (requests + 1))` over the window, so that about `multiplier` calls are sent
 * for each that is accepted. A call counts when its end is known, or when it is held back; calls that still run don't, so
 * that the first of many that begin together doesn't hold the others back.
 * Source: Google, "Site Reliability Engineering" (2016), chapter 21, "Handling Overload", client-side throttling.
 * @throws TypeError or RangeError that names the option which is wrong.
 */
export function adaptiveThrottle(options: AdaptiveThrottleOptions = {}): AdaptiveThrottle {
  return new Throttle(checkObject('options', options))
}

class Permit implements ThrottlePermit {
  readonly #settle: (outcome: LoadOutcome) => void
  #isEnded = false

  constructor(settle: (outcome: LoadOutcome) => void) {
    this.#settle = settle
  }

  accepted(): void {
    this.#end('success')
  }

  rejected(): void {
    this.#end('drop')
  }

  ignore(): void {
    this.#end('ignore')
  }

  [Symbol.dispose](): void {
    this.#end('ignore')
  }

  #end(outcome: LoadOutcome): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#settle(outcome)
  }
}

class Throttle extends Emitting<AdaptiveThrottleEvents> implements AdaptiveThrottle {
  readonly kind = 'adaptive-throttle'
  readonly #windowMs: number
  readonly #clock: Clock
  readonly #random: () => number
  readonly #classify: (result: CallResult) => LoadOutcome
  readonly #rest: ThrottleWindow
  readonly #classes: ReadonlyMap<string, ThrottleWindow>
  readonly #totals = { accepted: 0, rejected: 0, ignored: 0, throttled: 0 }

  constructor(options: AdaptiveThrottleOptions) {
    super(options, 'adaptive-throttle')
    const { multiplier = 2, maxRejectRatio = 1, windowMs = 120_000, classes = {} } = options
    const { classify = classifyLoad, random = Math.random, clock = systemClock } = options
    this.#windowMs = checkNumber('windowMs', windowMs, { above: 0 })
    this.#clock = checkObject('clock', clock, ['now'])
    this.#random = checkFunction('random', random)
    this.#classify = checkFunction('classify', classify)
    const most = checkNumber('maxRejectRatio', maxRejectRatio, { min: 0, max: 1 })
    const make = (name: string, k: number): ThrottleWindow =>
      new ThrottleWindow(checkNumber(name, k, { min: 1 }), most, this.#windowMs, clock.now())
    this.#rest = make('multiplier', multiplier)
    const entries = Object.entries(checkObject('classes', classes))
    this.#classes = new Map(entries.map(([name, k]) => [name, make(`classes.${name}`, k)]))
  }

  tryAcquire(options?: { readonly class?: string | undefined }): ThrottlePermit | undefined {
    const window = this.#windowOf(options?.class)
    if (this.#holdBack(window, options?.class) !== undefined) return undefined
    return new Permit((outcome) => this.#settle(window, outcome))
  }

  execute<T>(work: (context: WorkContext) => T | PromiseLike<T>, options?: ThrottleExecuteOptions): Promise<T> {
    // oxlint-disable-next-line prefer-promise-reject-errors
    if (CallContext.peek(options)?.aborted) return Promise.reject(CallContext.peek(options)?.reason)
    try {
      const window = this.#windowOf(options?.class)
      const rejectRatio = this.#holdBack(window, options?.class)
      if (rejectRatio !== undefined) return Promise.reject(new ThrottledError(this.name, options?.class, rejectRatio))
      return this.#run(window, work, options)
    } catch (error) {
      // oxlint-disable-next-line prefer-promise-reject-errors
      return Promise.reject(error)
    }
  }

  snapshot(): AdaptiveThrottleSnapshot {
    const nowMs = this.#clock.now()
    return {
      name: this.name,
      windowMs: this.#windowMs,
      ...readingsOf(this.#rest, nowMs),
      classes: Object.fromEntries([...this.#classes].map(([name, window]) => [name, readingsOf(window, nowMs)])),
      totals: { ...this.#totals },
    }
  }

  #windowOf(name: string | undefined): ThrottleWindow {
    if (name === undefined) return this.#rest
    const window = this.#classes.get(name)
    if (!window) throw new RangeError(`class must be one of the classes, got ${JSON.stringify(name)}`)
    return window
  }

  /** Draws. Returns the probability with which the call is held back when it is. */
  #holdBack(window: ThrottleWindow, name: string | undefined): number | undefined {
    const nowMs = this.#clock.now()
    const rejectRatio = window.rejectRatio(nowMs)
    if (rejectRatio === 0 || !(this.ask('random', this.#random, 1) < rejectRatio)) return undefined
    window.record(false, nowMs)
    this.#totals.throttled++
    if (this.isHeard('rejected')) this.emit('rejected', { class: name, rejectRatio })
    return rejectRatio
  }

  #run<T>(
    window: ThrottleWindow,
    work: (context: WorkContext) => T | PromiseLike<T>,
    options: ThrottleExecuteOptions | undefined,
  ): Promise<T> {
    return begin(work, options).then(
      (value) => {
        this.#settle(window, this.#judge({ ok: true, value }))
        return value
      },
      (error: unknown) => {
        // Cancelled by the caller is neither success nor failure.
        this.#settle(window, CallContext.peek(options)?.aborted ? 'ignore' : this.#judge({ ok: false, error }))
        throw error
      },
    )
  }

  #judge(result: CallResult): LoadOutcome {
    return this.ask('classify', () => checkOutcome(this.#classify(result)), 'ignore')
  }

  #settle(window: ThrottleWindow, outcome: LoadOutcome): void {
    if (outcome === 'ignore') {
      this.#totals.ignored++
      return
    }
    const isAccepted = outcome !== 'drop'
    this.#totals[isAccepted ? 'accepted' : 'rejected']++
    window.record(isAccepted, this.#clock.now())
  }
}

function readingsOf(window: ThrottleWindow, nowMs: number): ThrottleClassSnapshot {
  return { multiplier: window.multiplier, ...window.counts(nowMs), rejectRatio: window.rejectRatio(nowMs) }
}
