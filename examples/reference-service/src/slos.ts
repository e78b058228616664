import { Slo, type SloSnapshot } from '@tps/kaizen'

/** What is promised. */
export interface Promised {
  /** The share of good signals. */
  readonly targetRatio: number
  /** A signal that takes longer is bad for the one of latency. */
  readonly latencyMs: number
}

/** What the service promises: so many of the signals that it completes in time, and so many of those that it is asked for. */
export class Slos {
  readonly latency: Slo
  readonly availability: Slo

  constructor({ targetRatio: target, latencyMs }: Promised) {
    this.latency = new Slo({ name: 'signal latency', target, threshold: latencyMs })
    this.availability = new Slo({ name: 'signal availability', target })
  }

  /** A signal was completed. `nowMs` is monotonic. */
  completed(durationMs: number, nowMs: number): void {
    this.latency.recordValue(durationMs, nowMs)
    this.availability.record(true, nowMs)
  }

  /** A signal was refused, failed, or became a dead letter. */
  lost(nowMs: number): void {
    this.availability.record(false, nowMs)
  }

  snapshot(): { latency: SloSnapshot; availability: SloSnapshot } {
    return { latency: this.latency.snapshot(), availability: this.availability.snapshot() }
  }
}
