import { AlertEmitter } from '@tps/andon'
import { MetricsPage, type RenderOptions, collectMetrics } from '@tps/andon/prometheus'
import { CircuitBreaker } from '@tps/jidoka'
import { PercentileTracker } from '@tps/kaizen'
import { PullQueue, WorkerPool } from '@tps/kanban'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { type Contender, compare } from './harness.ts'

// What a service of some size shows: 20 breakers, 20 queues, 20 pools, 40 latencies with 16 buckets, an alert emitter.
const [EACH, TRACKERS] = [20, 40]
const BOUNDS_MS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000]
const range = (length: number): number[] => Array.from({ length }, (_, index) => index)

const breakers = range(EACH).map((index) => new CircuitBreaker({ name: `breaker-${index}` }))
const queues = range(EACH).map((index) => new PullQueue<number>({ name: `queue-${index}` }))
const pools = queues.map((source, index) => new WorkerPool<number>({ name: `pool-${index}`, source }, () => {}))
const trackers = range(TRACKERS).map((index) => new PercentileTracker({ name: `tracker-${index}` }))
const alerts = [new AlertEmitter({ rules: [] })]
const sources = { breakers, queues, pools, trackers, alerts, names: 'both', latencyBoundsMs: BOUNDS_MS } as const

const seriesIn = (text: string): number =>
  text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length
const page = new MetricsPage(sources)
const registered = new Registry()
collectMetrics(registered, sources)

/** Durations as they are: no two alike, most of them short, some a thousand times as long. */
let seed = 1
function duration(): number {
  seed = (seed * 16_807) % 2_147_483_647
  return 5 * Math.exp(7 * (seed / 2_147_483_647) ** 3)
}
for (const tracker of trackers) for (let index = 0; index < 1000; index++) tracker.record(duration())
const series = seriesIn(page.render().body)

// prom-client with as many series: of histograms with as many buckets and values and the same name, and of gauges.
const histograms = new Registry()
const histogram = new Histogram({
  name: 'tps_signal_duration_seconds',
  help: 'x',
  labelNames: ['tracker'],
  buckets: BOUNDS_MS,
  registers: [histograms],
})
const observers = range(Math.round(series / (BOUNDS_MS.length + 3))).map((index) =>
  histogram.labels(`tracker-${index}`),
)
for (const observer of observers) for (let index = 0; index < 1000; index++) observer.observe(duration())
const gauges = new Registry()
const gaugeOf = range(Math.round(series / EACH)).map(
  (index) => new Gauge({ name: `gauge_${index}`, help: 'x', labelNames: ['name'], registers: [gauges] }),
)

/** What happens between two scrapes, on every primitive. */
async function traffic(): Promise<void> {
  for (const breaker of breakers) breaker.tryAcquire()?.success()
  for (const queue of queues) queue.offer(1)
  for (const tracker of trackers) tracker.record(duration())
  // The pools are through with it.
  await new Promise(setImmediate)
}
async function theirTraffic(): Promise<void> {
  for (const observer of observers) observer.observe(duration())
  await new Promise(setImmediate)
}
async function gaugeTraffic(): Promise<void> {
  for (const gauge of gaugeOf) for (const index of range(EACH)) gauge.set({ name: `primitive-${index}` }, duration())
  await new Promise(setImmediate)
}
await gaugeTraffic()

console.log(
  `\nSeries: ours ${series}, gauges ${seriesIn(await gauges.metrics())}, histograms ${seriesIn(await histograms.metrics())}`,
)

// A text that is still in pieces is put together when one of its characters is asked for.
let sent = 0
const send = (text: string): void => void (sent += text.charCodeAt(text.length >> 1))
async function scrape(registry: Registry, operations: number): Promise<void> {
  for (let index = 0; index < operations; index++) send(await registry.metrics())
}
function render(operations: number, options?: RenderOptions): void {
  for (let index = 0; index < operations; index++) send(page.render(options).body)
}
function snapshots(operations: number): void {
  const counts = new Float64Array(BOUNDS_MS.length)
  for (let index = 0; index < operations; index++) {
    for (const each of breakers) each.snapshot()
    for (const each of queues) each.snapshot()
    for (const each of pools) each.snapshot()
    for (const each of trackers) each.snapshot()
    for (const each of trackers) each.countsUpTo(BOUNDS_MS, counts)
  }
}

const OPENMETRICS = 'application/openmetrics-text'
const ours: Contender[] = [
  { name: 'MetricsPage', run: (operations) => render(operations), between: traffic },
  {
    name: 'MetricsPage, OpenMetrics',
    run: (operations) => render(operations, { accept: OPENMETRICS }),
    between: traffic,
  },
  { name: 'the snapshots and buckets alone', run: snapshots, between: traffic },
  { name: 'collectMetrics and prom-client', run: (operations) => scrape(registered, operations), between: traffic },
]
const theirs: Contender[] = [
  { name: 'histograms of prom-client', run: (operations) => scrape(histograms, operations), between: theirTraffic },
  { name: 'gauges of prom-client', run: (operations) => scrape(gauges, operations), between: gaugeTraffic },
]
await compare({
  title: `scrape ${2 * EACH + EACH + TRACKERS} primitives, ${series} series, all of which had something to do since the last scrape`,
  operations: 60,
  warmUp: 100,
  contenders: [...ours, ...theirs],
})
await compare({
  title: 'the same, the first three times after a full collection',
  operations: 3,
  contenders: [...ours, ...theirs],
})

const counted = { processed: 0 }
const hot = new Registry()
const counter = new Counter({ name: 'hot_total', help: 'x', labelNames: ['queue', 'status'], registers: [hot] })
const latency = new Histogram({ name: 'hot_seconds', help: 'x', labelNames: ['queue'], registers: [hot] })
await compare({
  title: 'what a hot path pays to be measured',
  operations: 200_000,
  contenders: [
    {
      name: 'plain field, read at scrape time',
      run(operations) {
        for (let index = 0; index < operations; index++) counted.processed++
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

// Two of the same make; one of them is on the page, and scraped before each round.
const [watched, unwatched] = [new CircuitBreaker({ name: 'watched' }), new CircuitBreaker({ name: 'unwatched' })]
const [watchedQueue, unwatchedQueue] = [new PullQueue<number>({ name: 'w' }), new PullQueue<number>({ name: 'u' })]
const [watchedPool, unwatchedPool] = [watchedQueue, unwatchedQueue].map(poolOf) as [Pool, Pool]
const watching = new MetricsPage({ breakers: [watched], queues: [watchedQueue], pools: [watchedPool] })
type Pool = WorkerPool<number, number>
function poolOf(queue: PullQueue<number>): Pool {
  const source = new PullQueue<number>({ name: `${queue.name}-pool` })
  return new WorkerPool<number, number>({ name: queue.name, source }, (item) => item)
}
async function jobs(pool: Pool, operations: number): Promise<void> {
  for (let index = 0; index < operations; index++) await pool.submit(index)
}
function calls(breaker: CircuitBreaker, operations: number): void {
  for (let index = 0; index < operations; index++) breaker.tryAcquire()?.success()
}
function passes(queue: PullQueue<number>, operations: number): void {
  for (let index = 0; index < operations; index++) {
    queue.offer(index)
    queue.poll()
  }
}
await compare({
  title: 'a call through a circuit breaker that is watched by a page, and one that is not',
  operations: 500_000,
  rounds: 21,
  contenders: [
    {
      name: 'not watched',
      run: (operations) => calls(unwatched, operations),
    },
    {
      name: 'watched',
      run(operations) {
        watching.render()
        calls(watched, operations)
      },
    },
  ],
})
await compare({
  title: 'an item through a queue that is watched by a page, and one that is not',
  operations: 1_000_000,
  rounds: 21,
  contenders: [
    { name: 'not watched', run: (operations) => passes(unwatchedQueue, operations) },
    {
      name: 'watched',
      run(operations) {
        watching.render()
        passes(watchedQueue, operations)
      },
    },
  ],
})
await compare({
  title: 'an item through a worker pool that is watched by a page, and one that is not',
  operations: 50_000,
  rounds: 21,
  contenders: [
    { name: 'not watched', run: (operations) => jobs(unwatchedPool, operations) },
    {
      name: 'watched',
      run(operations) {
        watching.render()
        return jobs(watchedPool, operations)
      },
    },
  ],
})
await Promise.all([...pools, watchedPool, unwatchedPool].map((pool) => pool.stop()))
if (sent === 0) throw new Error('nothing was sent')
