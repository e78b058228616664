import type { Clock, ListenerErrorHandler, Timers } from '@tps/internal'
import type { ScalingReason } from './scaling-decision.ts'
import type { FitThroughput } from './scaling-fit.ts'
import type { WorkerLoad } from './scaling-load.ts'
import type { Schedule } from './scaling-schedule.ts'

/** What `scale` is told beside the number. */
export interface ScaleContext {
  /** Aborts when `timeoutMs` is over or the autoscaler is stopped. */
  readonly signal: AbortSignal
  /** How many workers there are. */
  readonly from: number
  readonly reason: ScalingReason
}

/** How far and how often it may go in one direction. */
export interface StepOptions {
  /** How long after the last change, of either direction, in ms. At least 0. Default 30000 up, 60000 down. */
  readonly cooldownMs?: number | undefined
  /** How many workers a step may have. An integer, at least 1. The larger of this and `maxRatio` holds. Default 4 up, 1 down. */
  readonly maxStep?: number | undefined
  /** What share of the present workers a step may have. At least 0; down at most 1. Default 1 up (to the double), 0.5 down. */
  readonly maxRatio?: number | undefined
}

export interface DownOptions extends StepOptions {
  /** There are never fewer workers than the most that were recommended in so many ms. At least 0. Default 300000. */
  readonly stabilizationMs?: number | undefined
}

/** How it is told that more workers don't help, and what is done about it. */
export interface PlateauOptions {
  /**
   * What workers that are added have to bring, as a share of what each did before. In [0, 1]. Default 0.1: with twice the
   * workers, a tenth more.
   */
  readonly minGainRatio?: number | undefined
  /** By how much throughput may differ and still count as the same. In (0, 1). Default 0.05. */
  readonly sameRatio?: number | undefined
  /** The utilization at which the workers are taken to do all they can. In (0, 1]. Default 0.9. */
  readonly saturationRatio?: number | undefined
  /**
   * How long after a change readings of throughput still speak of before, in ms: no less than the time they are averaged
   * over. At least 0. Default `everyMs`.
   */
  readonly settleMs?: number | undefined
  /** How many readings a verdict needs, from 1 to 8. With 8 it is given whatever the noise. Default 3. */
  readonly minReadings?: number | undefined
  /** After how long it is tried again whether more help. Above 0. Default 600000. */
  readonly retryMs?: number | undefined
  /**
   * A throughput that is off by more than this share, in `minReadings` readings in a row with the same workers, means that
   * things have changed: then it is tried again at once. Above 0. Default 0.2.
   */
  readonly changeRatio?: number | undefined
  /**
   * Fits the law that is reported: `fitUsl` of `@tps/kaizen`, or anything like it. What it throws goes to
   * `onListenerError`, and the fit built in takes its place. Default: that.
   */
  readonly fit?: FitThroughput | undefined
}

/** How demand is forecast. */
export interface TrendOptions {
  /** How far ahead, in ms: as long as new workers take to be of use. Above 0. */
  readonly horizonMs: number
  /** How much a reading moves the level. In (0, 1]. Default 0.5. */
  readonly levelWeight?: number | undefined
  /** How much a reading moves the slope. In (0, 1]. Default 0.2. */
  readonly slopeWeight?: number | undefined
}

/** How long it waits after `scale` failed: twice as long each time in a row. */
export interface BackoffOptions {
  /** The first wait, in ms. Above 0. Default 15000. */
  readonly ms?: number | undefined
  /** The longest, in ms. At least `ms`. Default 300000, or `ms` when that is more. */
  readonly maxMs?: number | undefined
}

/** What an `Autoscaler` is made with. */
export interface AutoscalerOptions {
  /** What it is called on boards and in messages. Not empty. Default `'autoscaler'`. */
  readonly name?: string | undefined
  /** Reads how things are now. When it throws, rejects, hangs or gives nonsense, nothing is decided. */
  readonly read: (context: { readonly signal: AbortSignal }) => WorkerLoad | PromiseLike<WorkerLoad>
  /**
   * Makes it so many workers, an integer from `min` to `max`. Called again only when what it returned has settled or
   * its time is up. Whether it worked is seen from the next reading; when it fails, it is left alone for `backoff`.
   */
  readonly scale: (workers: number, context: ScaleContext) => unknown
  /** The fewest workers. An integer, at least 1. Default 1. */
  readonly min?: number | undefined
  /** The most workers. An integer, at least `min`. */
  readonly max: number
  /** The share of workers that is to be busy. In (0, 1]. Default 0.7. */
  readonly target?: number | undefined
  /** No change while what is wanted is within this share of what there is. In [0, 1). Default 0.1. */
  readonly toleranceRatio?: number | undefined
  /** How often it looks, in ms. At least 1. Default 15000. */
  readonly everyMs?: number | undefined
  /** The time constant in which readings are smoothed, in ms; 0 for not at all. Default `everyMs`. */
  readonly smoothingMs?: number | undefined
  /** Within how long what waits is to be done, in ms. Above 0. Default 30000. */
  readonly drainMs?: number | undefined
  /** How it goes up. */
  readonly up?: StepOptions | undefined
  /** How it comes down. */
  readonly down?: DownOptions | undefined
  /** `false`: never ask whether more workers help. Default: ask. Needs `throughput`. */
  readonly plateau?: false | PlateauOptions | undefined
  /** The least number of workers by time of day, as a list or a function of time. What a function throws counts as before. */
  readonly schedule?: Schedule | undefined
  /** The zone of the schedule's times, `'Europe/Rome'`. Default: the platform's. */
  readonly timeZone?: string | undefined
  /** How long before its time a floor of the schedule holds, in ms: what new workers take to be of use. At least 0. Default 60000. */
  readonly leadMs?: number | undefined
  /** Forecasts demand, and scales for the forecast where it is more than there is. Default: no forecast. */
  readonly trend?: TrendOptions | undefined
  /** Decides and tells, but never scales. Default `false`. */
  readonly dryRun?: boolean | undefined
  /** How long `read` and `scale` may take, in ms, before they count as failed. Above 0. Default 30000. */
  readonly timeoutMs?: number | undefined
  readonly backoff?: BackoffOptions | undefined
  /** Default: the platform's monotonic clock. */
  readonly clock?: Clock | undefined
  /** Default: the platform's timers, which keep no process alive. */
  readonly timers?: Timers | undefined
  /** The time of day, in ms since the epoch. Default `Date.now`. */
  readonly wallNow?: (() => number) | undefined
  /** Receives what a listener, the schedule or the fit threw, with the name of it. Default: prints it. */
  readonly onListenerError?: ListenerErrorHandler | undefined
}
