import { PercentileTracker } from '@tps/kaizen'
import type { Answer } from './answer.ts'

/** Percentiles in ms, rounded to hundredths. */
export interface Percentiles {
  readonly p50: number | null
  readonly p90: number | null
  readonly p99: number | null
  readonly max: number | null
}

/** What was counted, as plain JSON. */
export interface Count {
  readonly sent: number
  readonly accepted: number
  readonly rejected: number
  readonly failed: number
  /** Not sent, because too many others had no answer yet. */
  readonly dropped: number
  /** How often each reason for a refusal or failure was given. */
  readonly reasons: Readonly<Record<string, number>>
  /** From the moment at which a signal was to be sent to its answer; of accepted ones. */
  readonly latencyMs: Percentiles
  /** How much later than planned signals were sent: what the generator itself is to blame for. */
  readonly lagMs: Percentiles
}

/** Counts how signals fared. */
export class Tally {
  readonly #latency = new PercentileTracker({ name: 'latency' })
  readonly #lag = new PercentileTracker({ name: 'lag' })
  readonly #kinds = { accepted: 0, rejected: 0, failed: 0 }
  readonly #reasons = new Map<string, number>()
  #sent = 0
  #dropped = 0

  get rejected(): number {
    return this.#kinds.rejected
  }

  /** A signal was sent `lagMs` after it should have been. */
  send(lagMs: number): void {
    this.#sent++
    this.#lag.record(lagMs)
  }

  drop(): void {
    this.#dropped++
  }

  /** An answer came `latencyMs` after its signal should have been sent. */
  answer({ kind, reason }: Answer, latencyMs: number): void {
    this.#kinds[kind]++
    if (kind === 'accepted') this.#latency.record(latencyMs)
    else this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + 1)
  }

  count(): Count {
    return {
      sent: this.#sent,
      ...this.#kinds,
      dropped: this.#dropped,
      reasons: Object.fromEntries([...this.#reasons].toSorted(([, a], [, b]) => b - a)),
      latencyMs: percentilesOf(this.#latency),
      lagMs: percentilesOf(this.#lag),
    }
  }
}

function percentilesOf(tracker: PercentileTracker): Percentiles {
  const { p50, p90, p99, max } = tracker.snapshot()
  return { p50: hundredths(p50), p90: hundredths(p90), p99: hundredths(p99), max: hundredths(max) }
}

function hundredths(value: number | null | undefined): number | null {
  return value == null ? null : Math.round(value * 100) / 100
}
