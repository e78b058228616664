import type { Clock, ListenerErrorHandler, Timers } from '@tps/internal'
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
  /**
   * The longest break that `factor` leads to, or that an outcome may name, in ms. From `ms`. Default 300,000, or a
   * longer `ms`.
   */
  readonly maxMs?: number | undefined
  /**
   * Takes off up to this share of each break, so that breakers that opened together don't probe together.
   * In [0, 1). Default 0.
   */
  readonly jitterRatio?: number | undefined
}

/** What happens after the break. */
export interface ProbeOptions {
  /** How many calls are admitted to find out. From 1 to 10,000. Default 1. */
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
  /**
   * Finds out without traffic: called at the end of the break, and again until enough probes have succeeded or the
   * circuit opens again. It takes the place of one probe. Resolving is a success, rejecting or throwing a failure;
   * `classify` isn't asked. Its signal aborts after `maxWaitMs`, when something else has decided, and on disposal.
   * Needs a timer, but only while the circuit is not closed. Default none: the next calls find out.
   */
  readonly check?: ProbeCheck | undefined
  /**
   * What happens to calls beyond `calls` while half-open: `refuse`, or `wait` for a place or a decision, first come
   * first served. `tryAcquire` never waits. Waiting needs a timer while somebody waits. Default `refuse`.
   */
  readonly overflow?: 'refuse' | 'wait' | undefined
  /** How many calls may wait. What comes beyond them is refused. From 1 to 100,000. Default 100. */
  readonly maxWaiting?: number | undefined
}

/** A trial of the callee that isn't a user's call. */
export type ProbeCheck = (signal: AbortSignal) => unknown

/** How the traffic comes back once probes have closed the circuit. */
export interface RampUpOptions {
  /** How long until every call is admitted, in ms. From 1. The admitted share grows evenly. */
  readonly ms: number
  /** The share of calls that is admitted at the beginning. In (0, 1]. Default 0.1. */
  readonly fromRatio?: number | undefined
}

/** The rules of a `CircuitBreaker`: what `reconfigure` replaces. */
export interface CircuitBreakerRules {
  /** Which calls the ratios, and the readings in `snapshot()`, are taken over. Default the last 30,000 ms. */
  readonly window?: WindowOptions | undefined
  /** When it opens. Default after 5 failures in a row. */
  readonly trip?: TripOptions | undefined
  /** How long it stays open. Default 30,000 ms. */
  readonly break?: BreakOptions | undefined
  /** How it finds out whether to close. Default one call. */
  readonly probe?: ProbeOptions | undefined
  /** How the traffic comes back. Default all at once. */
  readonly rampUp?: RampUpOptions | undefined
  /**
   * `observe` is the dry run: the circuit opens and closes as ever, but no call is refused, not even while it is forced
   * open. What would have been refused is counted in `totals.wouldReject` and told as `wouldReject`, and its outcome
   * counts in the totals alone. Default `enforce`.
   */
  readonly mode?: 'enforce' | 'observe' | undefined
  /**
   * Decides what an outcome counts as. It can't change the outcome itself. Not asked about a call that was cancelled by
   * its caller, nor about permits and checks. When it throws, or returns something else, that is reported to
   * `onListenerError` under `classify`, and the outcome counts as without it. Default: what rejects or throws is a
   * failure, unless it is a refusal of a policy inside: `ERR_CIRCUIT_OPEN`, `ERR_BULKHEAD_FULL`, `ERR_QUEUE_FULL` and
   * `ERR_RATE_LIMITED` say nothing about the callee and are ignored.
   */
  readonly classify?: Classify | undefined
}

/** What a `CircuitBreaker` is made with. */
export interface CircuitBreakerOptions extends CircuitBreakerRules {
  /** What it is called in messages, on boards and in metrics. Default `circuit-breaker`. */
  readonly name?: string | undefined
  /** Random numbers in [0, 1) for `break.jitterRatio`. Asked once, at construction. Default `Math.random`. */
  readonly random?: (() => number) | undefined
  /** The source of time. Default the monotonic clock of the platform. */
  readonly clock?: Clock | undefined
  /** Read by `toJSON` and `restore` alone, in ms since 1970. Default the wall clock of the platform. */
  readonly wallClock?: Clock | undefined
  /** Starts the timers of `probe.check` and `probe.overflow`. Default those of the platform, unreferenced. */
  readonly timers?: Timers | undefined
  /** Receives what a listener or `classify` threw. Default: it is printed. */
  readonly onListenerError?: ListenerErrorHandler | undefined
}
