import type { ExecuteOptions, Observable, Policy, WorkContext } from '@tps/internal'
import type { LimitChange } from './adaptive-limit.ts'
import type { LimitExceededReason } from './limit-exceeded-error.ts'

/**
 * A place for one call. It ends with exactly one of these, which says what the call tells about load; later ones do
 * nothing. `using` ends it with `ignore`.
 */
export interface LimitPermit extends Disposable {
  /** The call went well: its latency counts. */
  success(): void
  /** It went wrong for a reason that isn't load. */
  failure(): void
  /** It says nothing: cancelled by its caller, or not made after all. */
  ignore(): void
  /** There was too much load: it was refused by the other side, or timed out. */
  drop(): void
}

/** What is asked of an adaptive limiter. */
export interface AcquireOptions {
  /** One of the `partitions`. Default: none; such calls get what is promised to nobody. */
  readonly class?: string | undefined
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined
}

/** What may accompany one call that an adaptive limiter wraps. */
export interface AdaptiveExecuteOptions extends ExecuteOptions {
  /** See `AcquireOptions.class`. */
  readonly class?: string | undefined
}

/** The events of an `AdaptiveLimiter`. */
export interface AdaptiveLimiterEvents {
  /** The limit is another one. */
  limit: [event: LimitEvent]
  /** A call was refused, or waited for too long. */
  rejected: [event: LimitRejectedEvent]
}

/** A limit has changed. */
export interface LimitEvent {
  readonly from: number
  readonly to: number
  readonly reason: LimitChange
}

/** A call got no place. */
export interface LimitRejectedEvent {
  readonly class: string | undefined
  readonly reason: LimitExceededReason
  readonly limit: number
  readonly inFlight: number
  readonly queued: number
}

/** The readings of one class. */
export interface PartitionSnapshot {
  readonly share: number
  /** How many places are kept for it at present. */
  readonly guaranteed: number
  readonly inFlight: number
  readonly queued: number
}

/** The readings of an `AdaptiveLimiter`: plain JSON. */
export interface AdaptiveLimiterSnapshot {
  readonly name: string
  readonly algorithm: 'gradient' | 'aimd'
  readonly limit: number
  readonly minLimit: number
  readonly maxLimit: number
  /** How many calls run. Above `limit` for a while after that has fallen. */
  readonly inFlight: number
  readonly queued: number
  readonly queueCapacity: number
  /** How long calls take without queueing, in ms; `null` where that isn't known, or not used. */
  readonly baselineMs: number | null
  /** How long calls took of late, in ms; `null` before the first. */
  readonly latencyMs: number | null
  readonly partitions: Readonly<Record<string, PartitionSnapshot>>
  readonly totals: {
    /** Calls that got a place. What isn't counted below runs at present. */
    readonly admitted: number
    readonly succeeded: number
    readonly failed: number
    readonly ignored: number
    readonly dropped: number
    /** Calls that were refused, or waited for too long. */
    readonly rejected: number
    /** Calls that were cancelled by their caller while they waited. */
    readonly cancelled: number
  }
}

/** A policy that bounds how many calls run at once, and finds the bound by itself. */
export interface AdaptiveLimiter extends Policy, Observable<AdaptiveLimiterEvents>, Disposable {
  readonly kind: 'adaptive-limiter'
  /** How many calls may run at present. */
  readonly limit: number
  /**
   * A place for work that isn't one function, or `undefined` when there is none now. Never waits.
   * @throws RangeError for a class that isn't one of the partitions.
   */
  tryAcquire(options?: Pick<AcquireOptions, 'class'>): LimitPermit | undefined
  /**
   * Waits for a place, first come, first served within its class, up to `maxWaitMs`. Rejects with a `LimitExceededError`
   * after that, or at once when `queueCapacity` calls wait; with the signal's reason when that aborts.
   */
  acquire(options?: AcquireOptions): Promise<LimitPermit>
  /** As `acquire`, and then calls `work` and judges its end by `classify`. */
  execute<T>(work: (context: WorkContext) => T | PromiseLike<T>, options?: AdaptiveExecuteOptions): Promise<T>
  snapshot(): AdaptiveLimiterSnapshot
  /** Nobody waits any more: those who do are refused. Places that are free are still given. */
  stop(): void
}
