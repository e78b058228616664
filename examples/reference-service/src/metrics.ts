import { collectMetrics } from '@tps/andon/prometheus'
import { Registry } from 'prom-client'
import type { Service } from './service.ts'

/** The registry behind `GET /metrics`. The stations are read when it is scraped, and only then. */
export function createRegistry({ stations, alerts }: Pick<Service, 'stations' | 'alerts'>): Registry {
  const { breaker, leveler, pool, deadLetters, latency, counters } = stations
  const registry = new Registry()
  collectMetrics(registry, {
    breakers: [breaker],
    queues: [leveler],
    levelers: [leveler],
    pools: [pool],
    deadLetters: [deadLetters],
    trackers: [latency],
    signals: [{ name: 'signals', snapshot: () => counters.snapshot() }],
    alerts: [alerts],
    names: 'both',
  })
  return registry
}
