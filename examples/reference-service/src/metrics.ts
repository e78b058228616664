import { MetricsPage } from '@tps/andon/prometheus'
import type { Service } from './service.ts'

/** What `GET /metrics` shows. Everything is read when it is scraped, and only then. */
export function createMetrics({ parts, ledger, alerts, board, ingress, settings }: Service): MetricsPage {
  const { latency, counters, slos } = ledger
  return new MetricsPage({
    breakers: () => [
      // Signals that were turned away because it was open: health checks that it refused are no matter of the callers'.
      named('downstream', () => ({ ...parts.breaker(), rejected: counters.rejectedBy['circuit breaker open'] })),
      named('queue', () => parts.queueBreaker()),
      // Without the chain signals call a alone, and its circuit is the first one.
      ...(settings.current.downstream_chain ? parts.chain().map((one) => named(one.name, () => one)) : []),
    ],
    queues: [named('signals', () => ({ ...parts.leveler(), ...parts.queue() }))],
    levelers: [named('signals', () => parts.leveler())],
    pools: [named('workers', () => parts.pool())],
    deadLetters: [named('signals', () => parts.deadLetters())],
    autoscalers: () => {
      const scaler = parts.autoscaler()
      return scaler ? [named('workers', () => scaler)] : []
    },
    limiters: () => {
      const limiter = ingress.snapshot()
      return limiter ? [named('ingress', () => limiter)] : []
    },
    trackers: [latency],
    slos: [slos.latency, slos.availability],
    signals: [named('signals', () => counters.snapshot())],
    alerts: [alerts],
    boards: [board],
    names: 'both',
  })
}

function named<T extends object>(name: string, snapshot: () => T): { name: string; snapshot: () => T } {
  return { name, snapshot }
}
