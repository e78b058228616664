import { Slo, type SloSnapshot } from '@tps/kaizen'

/** Nine hundred and ninety of a thousand signals are to be done within this. */
export const SLO_LATENCY_MS = 100
const TARGET = 0.99

/** What the service promises: 99 % of what it completes within 100 ms, and 99 % of what it is asked for. */
export class Slos {
  readonly latency: Slo
  readonly availability: Slo

  constructor(name = 'signals') {
    this.latency = new Slo({ name: `${name} latency`, target: TARGET, threshold: SLO_LATENCY_MS })
    this.availability = new Slo({ name: `${name} availability`, target: TARGET })
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
