import type { Clock, ListenerErrorHandler } from '@tps/internal'
import type { Classify } from './outcome.ts'

/** Which calls the ratios are taken over. */
export type WindowOptions =
  | {
      readonly kind: 'time'
      /**
       * How far back it reaches, in ms. From 10. It moves in ten slots, so an outcome leaves after `ms` at the latest
       * and nine tenths of it at the earliest.
       */
      readonly ms: number
    }
  | {
      readonly kind: 'count'
      /** How many of the last counted calls it holds. From 1 to 1,000,000. Costs a byte each. */
      readonly calls: number
    }

/**
 * When a closed circuit opens: as soon as any one of the rules holds. Without any rule, `consecutiveFailures` is 5.
 * Reaching a threshold is enough.
 */
export interface TripOptions {
  /** Opens after this many failures in a row. From 1, `Infinity` for never. No rule by default if there is another. */
  readonly consecutiveFailures?: number | undefined
  /** Opens when this share of the window has failed. In (0, 1]. No rule by default. */
  readonly failureRatio?: number | undefined
  /**
   * Opens when this share of the window was slow. In (0, 1]. Needs `slowCallMs`. No rule by default.
   * With it, a slow probe counts as a failed one.
   */
  readonly slowRatio?: number | undefined
  /** A call that takes this many ms or longer is slow, whether it succeeds or fails. Above 0. No call by default. */
  readonly slowCallMs?: number | undefined
  /** The ratios say nothing until the window holds this many calls. From 1. Default 20, or a smaller `window.calls`. */
  readonly minimumCalls?: number | undefined
}

/** How long an open circuit stays open. */
export interface BreakOptions {
  /** The first break, in ms. From 1. Default 30,000. The break is over exactly at its end. */
  readonly ms?: number | undefined
  /**
   * What each further opening multiplies the break by, until the circuit has been closed for a whole window.
   * From 1. Default 1: every break is as long as the first.
   */
  readonly factor?: number | undefined
  /** The longest break that `factor` leads to, in ms. From `ms`. Default 300,000, or a longer `ms`. */
  readonly maxMs?: number | undefined
  /**
   * Takes off up to this share of each break, so that breakers that opened together don't probe together.
   * In [0, 1). Default 0.
   */
  readonly jitterRatio?: number | undefined
}

/** What happens after the break. */
export interface ProbeOptions {
  /** How many calls are admitted to find out. What comes beyond them is refused. From 1 to 10,000. Default 1. */
  readonly calls?: number | undefined
  /**
   * Closes once this share of `calls` has succeeded, and opens again once that can't be reached any more.
   * In (0, 1]. Default 1.
   */
  readonly successRatio?: number | undefined
  /**
   * A probe that gave no answer after this many ms counts as failed, so that one that hangs can't keep the circuit
   * from recovering. It isn't aborted, and its late answer counts for nothing. From 1. Default 30,000.
   */
  readonly maxWaitMs?: number | undefined
}

/** What a `CircuitBreaker` is made with. */
export interface CircuitBreakerOptions {
  /** What it is called in messages, on boards and in metrics. Default `circuit-breaker`. */
  readonly name?: string | undefined
  /** Which calls the ratios, and the readings in `snapshot()`, are taken over. Default the last 30,000 ms. */
  readonly window?: WindowOptions | undefined
  /** When it opens. Default after 5 failures in a row. */
  readonly trip?: TripOptions | undefined
  /** How long it stays open. Default 30,000 ms. */
  readonly break?: BreakOptions | undefined
  /** How it finds out whether to close. Default one call. */
  readonly probe?: ProbeOptions | undefined
  /**
   * Decides what an outcome counts as. It can't change the outcome itself. Not asked about a call that was cancelled by
   * its caller, nor about permits. When it throws, or returns something else, that is reported to `onListenerError`
   * under `classify`, and the outcome counts as without it. Default: what rejects or throws is a failure.
   */
  readonly classify?: Classify | undefined
  /** Random numbers in [0, 1) for `break.jitterRatio`. Asked once, at construction. Default `Math.random`. */
  readonly random?: (() => number) | undefined
  /** The source of time. Default the monotonic clock of the platform. */
  readonly clock?: Clock | undefined
  /** Receives what a listener or `classify` threw. Default: it is printed. */
  readonly onListenerError?: ListenerErrorHandler | undefined
}
