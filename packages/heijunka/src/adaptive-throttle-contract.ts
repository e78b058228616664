import type { ExecuteOptions, Observable, Policy, WorkContext } from '@tps/internal'
import type { CallResult, LoadOutcome } from './adaptive-limiter-classify.ts'
import type { EmittingOptions } from './emitting.ts'
import type { WaitOptions } from './waiting-timers.ts'

/** What `adaptiveThrottle` is made with. */
export interface AdaptiveThrottleOptions extends EmittingOptions, Pick<WaitOptions, 'clock'> {
  /**
   * K: how many calls are sent for each that is accepted, at the least. The larger, the more calls the other side has to
   * refuse, and the sooner it is noticed that it can take them again. Greater than or equal to 1. Default 2.
   */
  readonly multiplier?: number | undefined
  /** How far back calls count, in ms, moving in 60 steps. Greater than 0. Default 120,000. */
  readonly windowMs?: number | undefined
  /**
   * The most that is held back, from 0 to 1. Default 1, as in the book: after an outage of minutes at 100 calls a second,
   * one call in thousands is sent, and it takes more than ten minutes until all are again. With 0.9 every tenth call
   * goes all the time, and it takes four.
   */
  readonly maxRejectRatio?: number | undefined
  /** Classes of criticality, each with statistics and a multiplier of its own. Default: none. */
  readonly classes?: Readonly<Record<string, number>> | undefined
  /**
   * Says what the end of a call means: `'success'` and `'failure'` were accepted by the other side, `'drop'` wasn't,
   * `'ignore'` doesn't count. Not asked when the caller aborted: that is ignored. An exception or a wrong answer goes to
   * `onListenerError` and means `'ignore'`. Default `classifyLoad`.
   */
  readonly classify?: ((result: CallResult) => LoadOutcome) | undefined
  /** Draws from [0, 1). One that throws holds nothing back. Default `Math.random`. */
  readonly random?: (() => number) | undefined
}

/** Leave for one call. It ends with exactly one of these; later ones do nothing. `using` ends it with `ignore`. */
export interface ThrottlePermit extends Disposable {
  /** The other side took the call, whatever came of it. */
  accepted(): void
  /** The other side refused it, or didn't answer. */
  rejected(): void
  /** It says nothing: cancelled by its caller, or not made after all. */
  ignore(): void
}

/** What may accompany one call that a throttle wraps. */
export interface ThrottleExecuteOptions extends ExecuteOptions {
  /** One of the `classes`. Default: none; such calls have statistics of their own too. */
  readonly class?: string | undefined
}

/** The events of an `AdaptiveThrottle`. */
export interface AdaptiveThrottleEvents {
  /** A call was held back. */
  rejected: [event: ThrottledEvent]
}

/** A call was held back. */
export interface ThrottledEvent {
  readonly class: string | undefined
  /** The probability with which it was. */
  readonly rejectRatio: number
}

/** The readings of one class over the window. */
export interface ThrottleClassSnapshot {
  readonly multiplier: number
  /** Calls whose end is known, and calls that were held back. */
  readonly requests: number
  /** Calls that the other side took. */
  readonly accepts: number
  /** The probability with which the next call is held back. */
  readonly rejectRatio: number
}

/** The readings of an `AdaptiveThrottle`: plain JSON. What isn't in `classes` is of calls without a class. */
export interface AdaptiveThrottleSnapshot extends ThrottleClassSnapshot {
  readonly name: string
  readonly windowMs: number
  readonly classes: Readonly<Record<string, ThrottleClassSnapshot>>
  /** Since the start, over all classes. */
  readonly totals: {
    /** Calls that the other side took. */
    readonly accepted: number
    /** Calls that the other side refused. */
    readonly rejected: number
    readonly ignored: number
    /** Calls that were held back on this side. */
    readonly throttled: number
  }
}

/** A policy that holds calls back which the other side would refuse. */
export interface AdaptiveThrottle extends Policy, Observable<AdaptiveThrottleEvents> {
  readonly kind: 'adaptive-throttle'
  /**
   * Leave for a call that isn't one function, or `undefined` when it is held back.
   * @throws RangeError for a class that isn't one of `classes`.
   */
  tryAcquire(options?: { readonly class?: string | undefined }): ThrottlePermit | undefined
  /** Calls `work`, or rejects with a `ThrottledError`. */
  execute<T>(work: (context: WorkContext) => T | PromiseLike<T>, options?: ThrottleExecuteOptions): Promise<T>
  snapshot(): AdaptiveThrottleSnapshot
}
