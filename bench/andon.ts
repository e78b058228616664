import { AlertEmitter, type AlertRule } from '@tps/andon'
import { collectMetrics } from '@tps/andon/prometheus'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { bytesEach, compare } from './harness.ts'

function rulesOf(count: number, value: () => number): AlertRule[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `rule-${index}`,
    severity: 'yellow',
    threshold: { above: 100 },
    forMs: 1000,
    source: value,
  }))
}

let reading = 0
const emitters = [1000, 1, 100_000].map((count) => ({
  count,
  emitter: new AlertEmitter({ rules: rulesOf(count, () => (reading = (reading + 1) % 100)) }),
}))
await compare({
  title: 'evaluate one rule, by how many there are',
  operations: 1_000_000,
  contenders: emitters.map(({ count, emitter }) => ({
    name: `${count.toLocaleString('en-US')} rules`,
    run(operations) {
      for (let done = 0; done < operations; done += count) emitter.evaluate()
    },
  })),
})

const observed = new AlertEmitter({ rules: [{ name: 'Slow', severity: 'red', threshold: { above: 100 } }] })
const labels = { shard: 'a', zone: '1' }
const storm = new AlertEmitter({
  rules: [{ name: 'Slow', severity: 'red', threshold: { above: 100 } }],
  channels: [{ name: 'none', send: () => {} }],
})
await compare({
  title: 'observe a value',
  operations: 100_000,
  contenders: [
    {
      name: 'well',
      run(operations) {
        for (let index = 0; index < operations; index++) observed.observe('Slow', index % 100)
      },
    },
    {
      name: 'well, with two labels',
      run(operations) {
        for (let index = 0; index < operations; index++) observed.observe({ rule: 'Slow', labels }, index % 100)
      },
    },
    {
      name: 'fires or resolves each time, told to a channel',
      run(operations) {
        for (let index = 0; index < operations; index++) storm.observe('Slow', index % 2 === 0 ? 200 : 0)
      },
    },
  ],
})

// 25 each of four primitives: what a service of some size shows.
const EACH = 25
const range = Array.from({ length: EACH }, (_, index) => index)
const ours = new Registry()
const source = <T extends object>(kind: string, readings: T) =>
  range.map((index) => ({ name: `${kind}-${index}`, snapshot: () => ({ ...readings }) }))
collectMetrics(ours, {
  breakers: source('breaker', { state: 'closed' as const, totals: { success: 9, failure: 1, rejected: 2, opened: 1 } }),
  queues: source('queue', { depth: 3, capacity: 9, rejected: 1, enqueueRate: 5, dequeueRate: 5, oldestAgeMs: 12.5 }),
  pools: source('pool', { workers: 4, busy: 3, utilization: 0.75, processed: 9, failed: 1, retried: 2, overdue: 0 }),
  trackers: source('tracker', { count: 9, sum: 99.5, p50: 9.25, p90: 12.5, p95: 14.5, p99: 20.125, p999: 31.5 }),
})
const seriesOf = async (registry: Registry): Promise<number> =>
  (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#')).length
const series = await seriesOf(ours)

// prom-client with as many series, of gauges alone, and of gauges with a histogram for each tracker.
const gauges = new Registry()
for (let family = 0; family < series / EACH; family++) {
  const gauge = new Gauge({ name: `gauge_${family}`, help: 'x', labelNames: ['name'], registers: [gauges] })
  for (const index of range) gauge.set({ name: `primitive-${index}` }, index)
}
const histograms = new Registry()
const histogram = new Histogram({ name: 'latency', help: 'x', labelNames: ['name'], registers: [histograms] })
for (let index = 0; index < series / 14; index++) histogram.observe({ name: `tracker-${index}` }, index / 10)
console.log(`\nSeries: ours ${series}, gauges ${await seriesOf(gauges)}, histograms ${await seriesOf(histograms)}`)
await compare({
  title: `scrape 100 primitives, ${series} series`,
  operations: 40,
  contenders: [
    { name: 'collectMetrics', run: async (operations) => scrape(ours, operations) },
    { name: 'gauges of prom-client', run: async (operations) => scrape(gauges, operations) },
    { name: 'histograms of prom-client', run: async (operations) => scrape(histograms, operations) },
  ],
})

async function scrape(registry: Registry, operations: number): Promise<void> {
  for (let index = 0; index < operations; index++) await registry.metrics()
}

const plain = { processed: 0 }
const hot = new Registry()
const counter = new Counter({ name: 'hot_total', help: 'x', labelNames: ['queue', 'status'], registers: [hot] })
const latency = new Histogram({ name: 'hot_seconds', help: 'x', labelNames: ['queue'], registers: [hot] })
await compare({
  title: 'what the hot path pays to be measured',
  operations: 200_000,
  contenders: [
    {
      name: 'plain field, read at scrape time',
      run(operations) {
        for (let index = 0; index < operations; index++) plain.processed++
      },
    },
    {
      name: 'counter of prom-client, two labels',
      run(operations) {
        for (let index = 0; index < operations; index++) counter.inc({ queue: 'signals', status: 'completed' })
      },
    },
    {
      name: 'histogram of prom-client, one label',
      run(operations) {
        for (let index = 0; index < operations; index++) latency.observe({ queue: 'signals' }, 0.02)
      },
    },
  ],
})

console.log(
  `\nMemory: ${Math.round(bytesEach(10_000, (count) => new AlertEmitter({ rules: rulesOf(count, () => 1) })))} bytes a rule`,
)
