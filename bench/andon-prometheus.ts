import { AlertEmitter } from '@tps/andon'
import { MetricsPage, collectMetrics } from '@tps/andon/prometheus'
import { CircuitBreaker } from '@tps/jidoka'
import { PercentileTracker } from '@tps/kaizen'
import { PullQueue, WorkerPool } from '@tps/kanban'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { compare } from './harness.ts'

// 25 each of four real primitives: what a service of some size shows.
const EACH = 25
const range = Array.from({ length: EACH }, (_, index) => index)
const BOUNDS_MS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000]

const breakers = range.map((index) => new CircuitBreaker({ name: `breaker-${index}` }))
const queues = range.map((index) => new PullQueue<number>({ name: `queue-${index}` }))
const pools = queues.map((source, index) => new WorkerPool<number>({ name: `pool-${index}`, source }, () => {}))
const trackers = range.map((index) => {
  const tracker = new PercentileTracker({ name: `tracker-${index}` })
  for (let value = 1; value <= 1000; value++) tracker.record(value)
  return { name: tracker.name, snapshot: () => ({ ...tracker.snapshot(), buckets: bucketsOf(tracker) }) }
})

/** How many values are at most each bound, in one pass. */
function bucketsOf(tracker: PercentileTracker): { readonly upToMs: number; readonly count: number }[] {
  const counts = new Float64Array(BOUNDS_MS.length + 1)
  let bound = 0
  for (const { upper, count } of tracker.buckets()) {
    while (bound < BOUNDS_MS.length && upper > (BOUNDS_MS[bound] as number)) bound++
    counts[bound] = (counts[bound] as number) + count
  }
  let sum = 0
  return BOUNDS_MS.map((upToMs, index) => ({ upToMs, count: (sum += counts[index] as number) }))
}
const alerts = [new AlertEmitter({ rules: [] })]
const sources = { breakers, queues, pools, trackers, alerts, names: 'both' } as const

const seriesIn = (text: string): number =>
  text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length
const page = new MetricsPage(sources)
const registered = new Registry()
collectMetrics(registered, sources)
const series = seriesIn(page.render().body)

// prom-client with as many series: of gauges alone, and of histograms with as many buckets.
const gauges = new Registry()
for (let family = 0; family < series / EACH; family++) {
  const gauge = new Gauge({ name: `gauge_${family}`, help: 'x', labelNames: ['name'], registers: [gauges] })
  for (const index of range) gauge.set({ name: `primitive-${index}` }, index)
}
const histograms = new Registry()
const histogram = new Histogram({
  name: 'latency',
  help: 'x',
  labelNames: ['name'],
  buckets: BOUNDS_MS,
  registers: [histograms],
})
const EACH_HISTOGRAM = BOUNDS_MS.length + 3
for (let index = 0; index < series / EACH_HISTOGRAM; index++) histogram.observe({ name: `tracker-${index}` }, index)

console.log(
  `\nSeries: ours ${series}, gauges ${seriesIn(await gauges.metrics())}, histograms ${seriesIn(await histograms.metrics())}`,
)

async function scrape(registry: Registry, operations: number): Promise<void> {
  for (let index = 0; index < operations; index++) await registry.metrics()
}

const OPENMETRICS = 'application/openmetrics-text'
await compare({
  title: `scrape ${EACH * 4} primitives, ${series} series`,
  operations: 40,
  contenders: [
    {
      name: 'MetricsPage',
      run(operations) {
        for (let index = 0; index < operations; index++) page.render()
      },
    },
    {
      name: 'MetricsPage, OpenMetrics',
      run(operations) {
        for (let index = 0; index < operations; index++) page.render({ accept: OPENMETRICS })
      },
    },
    {
      name: 'the snapshots alone',
      run(operations) {
        for (let index = 0; index < operations; index++)
          for (const each of [...breakers, ...queues, ...pools, ...trackers]) each.snapshot()
      },
    },
    { name: 'collectMetrics and prom-client', run: (operations) => scrape(registered, operations) },
    { name: 'gauges of prom-client', run: (operations) => scrape(gauges, operations) },
    { name: 'histograms of prom-client', run: (operations) => scrape(histograms, operations) },
  ],
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
const watching = new MetricsPage({ breakers: [watched], queues: [watchedQueue] })
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
await Promise.all(pools.map((pool) => pool.stop()))
