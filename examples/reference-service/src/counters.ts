import { WindowCounter } from './window-counter.ts'

/** The parts of a signal's way, in its order: the keys of `.kaizen.component_breakdown`. */
export const STAGES = [
  'api_receive',
  'enqueue',
  'dequeue_wait',
  'process_work',
  'jidoka_check',
  'metrics_record',
] as const

/** A part of a signal's way. */
export type Stage = (typeof STAGES)[number]

/** Rates are taken over this many seconds, error shares over the longer one. */
const RATE_SECONDS = 10
const ERROR_SECONDS = 60

/** Why a signal was refused. */
export type RejectionReason =
  | 'queue full'
  | 'circuit breaker open'
  | 'queue unavailable'
  | 'rate limit'
  | 'cord pulled'
  | 'shutting down'

/** How a request for work ended. */
export type Ending = 'completed' | 'failed' | 'dead-lettered' | 'rejected'

/** The readings of `Counters`: rates a second, ratios from 0 to 1, totals since the start. */
export interface CountersSnapshot {
  /** Signals that asked to come in, refused ones included. */
  readonly incomingRate: number
  readonly processingRate: number
  readonly rejectionRate: number
  /** How many completed in the last 10 s. */
  readonly completedLately: number
  /** The share of the last minute's signals that failed or were refused; 0 when there were none. */
  readonly errorRatio: number
  readonly byStatus: Readonly<Record<Ending, number>>
  /** Of the refused ones, how many for which reason. */
  readonly rejectedBy: Readonly<Record<RejectionReason, number>>
}

/** Plain counts of how signals fared. */
export class Counters {
  readonly #now = (): number => performance.now()
  readonly #incoming = new WindowCounter(RATE_SECONDS, this.#now)
  readonly #completed = new WindowCounter(RATE_SECONDS, this.#now)
  readonly #rejected = new WindowCounter(RATE_SECONDS, this.#now)
  readonly #good = new WindowCounter(ERROR_SECONDS, this.#now)
  readonly #bad = new WindowCounter(ERROR_SECONDS, this.#now)
  readonly byStatus: Record<Ending, number> = { completed: 0, failed: 0, 'dead-lettered': 0, rejected: 0 }
  readonly rejectedBy: Record<RejectionReason, number> = {
    'queue full': 0,
    'circuit breaker open': 0,
    'queue unavailable': 0,
    'rate limit': 0,
    'cord pulled': 0,
    'shutting down': 0,
  }

  /** A signal asks to come in, at `nowMs`, monotonic. */
  arrived(nowMs: number): void {
    this.#incoming.add(nowMs)
  }

  /** A signal ended, or was refused, at `nowMs`. A refused one is an error to its caller too. */
  count(ending: Ending, nowMs: number): void {
    this.byStatus[ending]++
    if (ending === 'completed') {
      this.#completed.add(nowMs)
      this.#good.add(nowMs)
      return
    }
    if (ending === 'rejected') this.#rejected.add(nowMs)
    this.#bad.add(nowMs)
  }

  /** A signal was refused, at `nowMs`. */
  refuse(reason: RejectionReason, nowMs: number): void {
    this.rejectedBy[reason]++
    this.count('rejected', nowMs)
  }

  get completedLately(): number {
    return this.#completed.total
  }

  /** The share of the last minute's signals that failed or were refused; 0 when there were none. */
  get errorRatio(): number {
    const bad = this.#bad.total
    return bad === 0 ? 0 : bad / (bad + this.#good.total)
  }

  snapshot(): CountersSnapshot {
    return {
      incomingRate: this.#incoming.perSecond,
      processingRate: this.#completed.perSecond,
      rejectionRate: this.#rejected.perSecond,
      completedLately: this.completedLately,
      errorRatio: this.errorRatio,
      byStatus: { ...this.byStatus },
      rejectedBy: { ...this.rejectedBy },
    }
  }
}
