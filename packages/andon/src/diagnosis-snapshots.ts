import type { Reading } from './snapshots.ts'

/** What is read of a circuit breaker. */
export interface DiagnosedBreaker {
  readonly state: 'closed' | 'open' | 'half-open' | 'forced-open' | 'disabled'
  /** How long it has been in this state, in ms. */
  readonly stateForMs?: Reading
  readonly totals?: { readonly rejected?: Reading } | undefined
  readonly window?: { readonly completed?: Reading; readonly failureRatio?: Reading } | undefined
}

/** What is read of a queue, or of a leveler that is one. Rates are per second. */
export interface DiagnosedQueue {
  readonly depth?: Reading
  readonly capacity?: Reading
  /** Of `depth`, items that nobody may take yet. Default 0. */
  readonly delayed?: Reading
  readonly oldestAgeMs?: Reading
  readonly enqueueRate?: Reading
  readonly dequeueRate?: Reading
  /** Since it was made. */
  readonly rejected?: Reading
}

/** What is read of a worker pool. The last four count since it was made. */
export interface DiagnosedPool {
  readonly workers: Reading
  /** `busy ÷ workers`. */
  readonly utilization?: Reading
  readonly overdue?: Reading
  /** Items a second. */
  readonly processingRate?: Reading
  readonly meanHandlerMs?: Reading
  readonly processed?: Reading
  readonly failed?: Reading
  readonly retried?: Reading
  readonly deadLettered?: Reading
}

/** What is read of a load leveler. Where no `queue` is given it is the queue as well. */
export interface DiagnosedLeveler extends DiagnosedQueue {
  readonly imbalanceFactor?: Reading
  readonly avgPerWorker?: Reading
}

/** What is read of an autoscaler. */
export interface DiagnosedAutoscaler {
  readonly isRunning?: boolean | undefined
  /** Whether it only says what it would do. */
  readonly dryRun?: boolean | undefined
  /** Its upper bound of workers. */
  readonly max?: Reading
  readonly workers?: Reading
  /** How many workers the load asks for, within the bounds. */
  readonly recommended?: Reading
  /** `held`: it has found that more workers don't help. */
  readonly plateau?: string | undefined
}

/** What is read of a percentile tracker. Values are in ms. */
export interface DiagnosedLatency {
  readonly count?: Reading
  readonly p50?: Reading
  readonly p90?: Reading
  readonly p99?: Reading
}

/** What is read of a breakdown of where the time goes. */
export interface DiagnosedBreakdown {
  readonly stages: readonly { readonly stage: string; readonly share?: Reading }[]
}

/** What is read of a dead-letter queue. */
export interface DiagnosedDeadLetters {
  readonly size?: Reading
  /** Since it was made. */
  readonly added?: Reading
}

/** How much of the machine is used, each from 0 to 1. */
export interface DiagnosedHost {
  readonly cpuRatio?: Reading
  readonly memoryRatio?: Reading
  readonly diskRatio?: Reading
  readonly networkRatio?: Reading
}

/** What is known of the service that the line depends on. */
export interface DiagnosedDownstream {
  readonly isHealthy?: boolean | undefined
  /** The stages of the breakdown that are spent in it. */
  readonly stages?: readonly string[] | undefined
  /** Calls a second that it can bear. */
  readonly capacityPerSecond?: Reading
}

/** What was changed, and how long ago in ms. `null`: nothing was; left out: not known. */
export interface DiagnosedChanges {
  readonly deployedAgoMs?: number | null | undefined
  readonly externalAgoMs?: number | null | undefined
}

/**
 * What `diagnose` reads of one line: the snapshots of its primitives as they are, and what else is known. All of it is
 * optional; what is left out is unknown. Where there are several lines, each is diagnosed alone.
 */
export interface LineSnapshots {
  readonly breaker?: DiagnosedBreaker | undefined
  readonly queue?: DiagnosedQueue | undefined
  readonly pool?: DiagnosedPool | undefined
  /** All the pools of the service, to find one that is slower than the others. */
  readonly pools?: readonly DiagnosedPool[] | undefined
  readonly deadLetters?: DiagnosedDeadLetters | undefined
  readonly leveler?: DiagnosedLeveler | undefined
  readonly autoscaler?: DiagnosedAutoscaler | undefined
  readonly latency?: DiagnosedLatency | undefined
  readonly breakdown?: DiagnosedBreakdown | undefined
  /** Share of the recent signals that failed or were refused, from 0 to 1. */
  readonly signals?: { readonly errorRatio?: Reading } | undefined
  readonly alerts?: { readonly firing?: Reading } | undefined
  /** What arrives a second, refused items included. Default: what the queue has let in and refused. */
  readonly load?: { readonly perSecond?: Reading } | undefined
  readonly host?: DiagnosedHost | undefined
  readonly downstream?: DiagnosedDownstream | undefined
  readonly changes?: DiagnosedChanges | undefined
}
