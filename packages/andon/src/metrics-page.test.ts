import fc from 'fast-check'
import { Counter, Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { collectMetrics } from './collect-metrics.ts'
import { Exemplars, type SpanContextLike } from './exemplars.ts'
import type { CollectMetricsOptions } from './metric-sources.ts'
import { MetricsPage } from './metrics-page.ts'

const named = <T>(name: string, readings: T): { name: string; snapshot(): T } => ({ name, snapshot: () => readings })
const OPENMETRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8'

const everything = {
  breakers: [named('billing', { state: 'open' as const, totals: { rejected: 7, opened: 2, success: 5, failure: 3 } })],
  queues: [named('signals', { depth: 12, capacity: 100, rejected: 4, dequeueRate: 5, oldestAgeMs: 250 })],
  pools: [named('workers', { workers: 4, busy: 3, utilization: 0.75, processed: 10, overdue: 0 })],
  levelers: [named('lanes', { workerLoads: [45, 52], imbalanceFactor: 0.14, itemsMoved: 9 })],
  limiters: [
    named('ingress', { limit: 100, waiting: 3, totals: { admitted: 9, rejected: 1 } }),
    named('upstream', { limit: 8, inFlight: 5, queued: 2, totals: { admitted: 6, rejected: 2 } }),
    named('client', { totals: { accepted: 4, rejected: 90, throttled: 3 } }),
  ],
  autoscalers: [named('pool', { workers: 4, recommended: 6, scaledUp: 2, scaledDown: 1, notHelping: 0 })],
  trackers: [
    named('latency', {
      count: 3,
      sum: 60,
      p50: 20,
      p99: 30,
      buckets: [
        { upToMs: 10, count: 1 },
        { upToMs: 100, count: 3 },
      ],
    }),
  ],
  slos: [
    named('fast', {
      target: 0.99,
      goodRatio: 0.995,
      budgetRemaining: 0.5,
      alerts: [
        { longMs: 3_600_000, longBurnRate: 2 },
        { longMs: 3_600_000, longBurnRate: 2 },
        { longMs: 21_600_000, longBurnRate: null },
      ],
    }),
  ],
  deadLetters: [named('dead', { size: 1, dropped: 0 })],
  signals: [named('tps', { byStatus: { completed: 9, 'fai"led\\\n': 1 }, errorRatio: 0.1 })],
  alerts: [named('andon', { firing: 1, pending: 0, evaluations: 7, sourceErrors: 0 })],
  boards: [
    named('line', {
      colour: 'red' as const,
      stations: [
        { station: 'billing', colour: 'red' as const },
        { station: 'queue', colour: 'green' as const },
        { station: 'new', colour: 'unknown' as const },
      ],
    }),
  ],
} satisfies CollectMetricsOptions

function sampled(traceId: string): SpanContextLike {
  return { traceId, spanId: 'b7ad6b7169203331', traceFlags: 1 }
}

/** The samples of a page, `name{labels}` to value. */
function samplesOf(body: string): Record<string, string> {
  const lines = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), line.slice(line.lastIndexOf(' ') + 1)]),
  )
}

describe('the text format', () => {
  it('shows what is read of every kind of source', () => {
    const { body, contentType } = new MetricsPage({ ...everything, names: 'both' }).render()
    expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(samplesOf(body)).toMatchObject({
      'tps_circuit_breaker_state{breaker="billing"}': '1',
      'tps_queue_oldest_age_seconds{queue="signals"}': '0.25',
      'tps_worker_load{leveler="lanes",worker="1"}': '52',
      'tps_limiter_limit{limiter="ingress"}': '100',
      'tps_limiter_waiting{limiter="upstream"}': '2',
      'tps_limiter_in_flight{limiter="upstream"}': '5',
      'tps_limiter_calls_total{limiter="client",verdict="admitted"}': '4',
      'tps_limiter_calls_total{limiter="client",verdict="rejected"}': '3',
      'tps_autoscaler_recommended_workers{autoscaler="pool"}': '6',
      'tps_autoscaler_scaled_total{autoscaler="pool",direction="down"}': '1',
      'tps_signal_latency_p99{tracker="latency"}': '30',
      'tps_signal_latency_seconds{tracker="latency",quantile="0.99"}': '0.03',
      'tps_signal_duration_seconds_bucket{tracker="latency",le="0.01"}': '1',
      'tps_signal_duration_seconds_bucket{tracker="latency",le="+Inf"}': '3',
      'tps_signal_duration_seconds_sum{tracker="latency"}': '0.06',
      'tps_slo_burn_rate{slo="fast",window="60m"}': '2',
      'tps_board_state{board="line"}': '2',
      'tps_board_lamp{board="line",station="queue"}': '0',
    })
    expect(body).not.toContain('station="new"')
    expect(body).not.toContain('window="360m"')
  })

  it('is what prom-client prints of the same sources', async () => {
    const registry = new Registry()
    collectMetrics(registry, { ...everything, names: 'both' })
    const theirs = samplesOf(await registry.metrics())
    expect(samplesOf(new MetricsPage({ ...everything, names: 'both' }).render().body)).toEqual(theirs)
  })

  it('escapes what labels may hold', () => {
    const { body } = new MetricsPage({ signals: everything.signals }).render()
    expect(body).toContain(String.raw`tps_signals_total{service="tps",status="fai\"led\\\n"} 1`)
  })

  it('writes infinities as Prometheus reads them, and leaves out what is no number', () => {
    const queues = [named('a', { depth: Infinity, capacity: -Infinity, oldestAgeMs: Number.NaN, dequeueRate: null })]
    const { body } = new MetricsPage({ queues }).render()
    expect(samplesOf(body)).toMatchObject({
      'tps_queue_depth{queue="a"}': '+Inf',
      'tps_queue_capacity{queue="a"}': '-Inf',
    })
    expect(body).not.toContain('tps_processing_rate')
    expect(body).not.toContain('tps_queue_oldest_age_seconds')
  })

  it('takes more sources in and out again', () => {
    const page = new MetricsPage({ queues: everything.queues })
    const out = page.add({ pools: everything.pools })
    expect(page.names()).toContain('tps_workers')
    expect(page.render().body).toContain('tps_workers{pool="workers"} 4')
    out()
    out()
    expect(page.names()).not.toContain('tps_workers')
    expect(page.render().body).not.toContain('tps_workers')
  })

  it('caps the series of a metric, and says how many were left out', () => {
    const queues = Array.from({ length: 5 }, (_, index) => named(`q${index}`, { depth: index }))
    const body = new MetricsPage({ queues, maxSeries: 3 }).render().body
    expect(body.match(/^tps_queue_depth\{/gm)).toHaveLength(3)
    expect(samplesOf(body)).toMatchObject({ tps_collector_dropped_series_total: '2' })
  })

  it('goes on when a snapshot throws, and counts it', () => {
    const errors: unknown[] = []
    const broken = {
      name: 'broken',
      snapshot(): never {
        throw new Error('no')
      },
    }
    const page = new MetricsPage({
      queues: [broken, ...everything.queues],
      onError: (_, source) => errors.push(source),
    })
    expect(samplesOf(page.render().body)).toMatchObject({
      'tps_queue_depth{queue="signals"}': '12',
      tps_collector_read_failures_total: '1',
    })
    expect(errors).toEqual(['broken'])
  })
})

describe('histograms of trackers that can count', () => {
  const readings = { count: 3, sum: 1060, totalCount: 9, totalSum: 9000, windowMs: null }
  const counting = (name: string, snapshot: object = readings) => ({
    name,
    snapshot: () => snapshot as typeof readings,
    countsUpTo: (bounds: readonly number[], into: Float64Array) => bounds.map((bound, at) => (into[at] = bound / 10)),
  })

  it('are read at the bounds given, and tell of what the tracker holds', () => {
    const trackers = [counting('a'), counting('b')]
    const samples = samplesOf(new MetricsPage({ trackers, names: 'both', latencyBoundsMs: [10, 25] }).render().body)
    expect(samples).toMatchObject({
      'tps_signal_duration_seconds_bucket{tracker="a",le="0.01"}': '1',
      'tps_signal_duration_seconds_bucket{tracker="b",le="0.025"}': '2.5',
      'tps_signal_duration_seconds_bucket{tracker="a",le="+Inf"}': '3',
      'tps_signal_duration_seconds_sum{tracker="a"}': '1.06',
      'tps_signal_duration_seconds_count{tracker="a"}': '3',
      'tps_signal_latency_count{tracker="a"}': '9',
    })
  })

  it('leave a window out, because its counts fall, and buckets of the snapshot as they are', () => {
    const trackers = [
      counting('sliding', { ...readings, windowMs: 60_000 }),
      counting('own', { ...readings, buckets: [{ upToMs: 50, count: 8 }] }),
      named('plain', readings),
    ]
    const { body } = new MetricsPage({ trackers, names: 'both', latencyBoundsMs: [10] }).render()
    expect(body.match(/^tps_signal_duration_seconds_bucket.*$/gm)).toEqual([
      'tps_signal_duration_seconds_bucket{tracker="own",le="0.05"} 8',
      'tps_signal_duration_seconds_bucket{tracker="own",le="+Inf"} 9',
    ])
  })

  it('are counted as a failure when they can not be read', () => {
    const broken = { ...counting('a'), countsUpTo: () => assertNever() }
    const samples = samplesOf(new MetricsPage({ trackers: [broken], latencyBoundsMs: [1] }).render().body)
    expect(samples).toEqual({ tps_collector_read_failures_total: '1', tps_collector_dropped_series_total: '0' })
  })
})

function assertNever(): never {
  throw new Error('no')
}

const reading = fc.oneof(fc.constantFrom(0, -0, 7, Infinity, null), fc.double({ noDefaultInfinity: true }))
const limited = fc.record({ limit: reading, totals: fc.record({ admitted: reading, rejected: reading }) })
const statuses = fc.dictionary(fc.constantFrom('a', 'b', 'c', '1', '2'), reading as fc.Arbitrary<number>)
const scrape = fc.record({
  limiters: fc.dictionary(fc.constantFrom('x', 'y', 'z'), limited),
  signals: fc.dictionary(fc.constantFrom('x', 'y', 'z'), statuses),
})

it('shows what there is at each scrape, as a page does that has never been scraped before', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(scrape, fc.boolean()), { maxLength: 8 }), (scrapes) => {
      let now: (typeof scrapes)[number][0] = { limiters: {}, signals: {} }
      const kept = new Map<string, { name: string; snapshot(): object }>()
      const keep = (kind: string, name: string, snapshot: () => object) => {
        const key = `${kind} ${name}`
        if (!kept.has(key)) kept.set(key, { name, snapshot })
        return kept.get(key) as never
      }
      const options: CollectMetricsOptions = {
        limiters: () => Object.keys(now.limiters).map((name) => keep('l', name, () => now.limiters[name] ?? {})),
        signals: () => Object.keys(now.signals).map((name) => keep('s', name, () => ({ byStatus: now.signals[name] }))),
        maxSeries: 5,
      }
      const page = new MetricsPage(options)
      let dropped = 0
      for (const [next, isOpen] of scrapes) {
        now = next
        const accept = isOpen ? OPENMETRICS : ''
        const fresh = samplesOf(new MetricsPage(options).render({ accept }).body)
        dropped += Number(fresh['tps_collector_dropped_series_total'])
        const expected = { ...fresh, tps_collector_dropped_series_total: `${dropped}` }
        expect(Object.entries(samplesOf(page.render({ accept }).body))).toEqual(Object.entries(expected))
      }
    }),
  )
})

describe('OpenMetrics', () => {
  it('is given to who asks for it, and ends as it must', () => {
    const { body, contentType } = new MetricsPage(everything).render({ accept: `${OPENMETRICS},text/plain;q=0.5` })
    expect(contentType).toBe(OPENMETRICS)
    expect(body.endsWith('# EOF\n')).toBe(true)
    expect(body).toContain('# TYPE tps_signals counter\n')
    expect(body).toContain('tps_signals_total{service="tps",status="completed"} 9\n')
    // No sample changes its name with the format, also the counter that the TPS documents don't call `_total`.
    expect(body).toContain('# TYPE tps_jidoka_rejections unknown\n')
    expect(body).toContain('tps_jidoka_rejections{breaker="billing"} 7\n')
    expect(body).toContain('# UNIT tps_queue_oldest_age_seconds seconds\n')
  })

  it('puts the metrics of others before its own, with one end', async () => {
    const registry = new Registry<'application/openmetrics-text; version=1.0.0; charset=utf-8'>()
    registry.setContentType(OPENMETRICS)
    new Counter({ name: 'mine', help: 'x', registers: [registry] }).inc()
    const before = await registry.metrics()
    const { body } = new MetricsPage(everything).render({ accept: OPENMETRICS, before: () => before })
    expect(body.startsWith('# HELP mine x\n')).toBe(true)
    expect(body.match(/# EOF/g)).toHaveLength(1)
    expect(body).toContain('mine_total 1\n# HELP tps_')
  })

  it('names the format to who writes the other metrics', () => {
    const formats: string[] = []
    const page = new MetricsPage({})
    page.render({ before: (format) => (formats.push(format), '') })
    page.render({ accept: OPENMETRICS, before: (format) => (formats.push(format), '') })
    expect(formats).toEqual(['prometheus', 'openmetrics'])
  })
})

describe('exemplars', () => {
  let span: SpanContextLike | undefined

  function page(options: { perSource?: number; maxSeries?: number } = {}): { page: MetricsPage; exemplars: Exemplars } {
    let nowMs = 1_700_000_000_000
    const exemplars = new Exemplars({ activeSpan: () => span, wallNow: () => (nowMs += 1000), ...options })
    return { exemplars, page: new MetricsPage({ ...everything, names: 'both', exemplars }) }
  }

  it('lead from a bucket to the latest trace in it', () => {
    const { page: metrics, exemplars } = page()
    for (const [trace, ms] of [
      ['early', 50],
      ['late', 100],
      ['quick', 4],
      ['slow', 3000],
    ] as const) {
      span = sampled(trace)
      exemplars.duration('latency', ms)
    }
    const lines = metrics.render({ accept: OPENMETRICS }).body.split('\n')
    const bucket = (le: string): string | undefined => lines.find((line) => line.includes(`le="${le}"`))
    expect(bucket('0.01')).toBe(
      'tps_signal_duration_seconds_bucket{tracker="latency",le="0.01"} 1 # {trace_id="quick",span_id="b7ad6b7169203331"} 0.004 1700000003',
    )
    expect(bucket('0.1')).toContain('# {trace_id="late"')
    expect(bucket('+Inf')).toContain('# {trace_id="slow"')
  })

  it('lead from a counter to the trace that was counted last', () => {
    const { page: metrics, exemplars } = page()
    span = sampled('t1')
    exemplars.count('signals', 'tps', 'completed')
    const { body } = metrics.render({ accept: OPENMETRICS })
    expect(body).toContain('status="completed"} 9 # {trace_id="t1",span_id="b7ad6b7169203331"} 1 1700000001\n')
    expect(metrics.render().body).not.toContain('trace_id')
  })

  it('leave the format without them up to date', () => {
    const byStatus = { completed: 1 }
    const exemplars = new Exemplars({ activeSpan: () => undefined })
    const page = new MetricsPage({ signals: [named('tps', { byStatus })], exemplars })
    page.render()
    byStatus.completed = 2
    expect(page.render({ accept: OPENMETRICS }).body).toContain('status="completed"} 2\n')
    expect(page.render().body).toContain('status="completed"} 2\n')
  })

  it('are kept of sampled spans only', () => {
    const { exemplars } = page()
    span = undefined
    exemplars.duration('latency', 1)
    span = { ...sampled('unsampled'), traceFlags: 0 }
    exemplars.duration('latency', 1)
    exemplars.count('signals', 'tps')
    expect([exemplars.between('latency', 0, 10), exemplars.counted('signals', 'tps')]).toEqual([undefined, undefined])
  })

  it('are bounded: the latest of a source, and so many series', () => {
    const { exemplars } = page({ perSource: 2, maxSeries: 2 })
    for (const [index, ms] of [1, 2, 3].entries()) {
      span = sampled(`t${index}`)
      exemplars.duration('latency', ms)
    }
    expect(exemplars.between('latency', 0, 1)).toBeUndefined()
    expect(exemplars.between('latency', 0, 10)?.traceId).toBe('t2')
    exemplars.count('signals', 'tps', 'completed')
    exemplars.count('signals', 'tps', 'failed')
    exemplars.duration('other', 1)
    expect(exemplars.dropped).toBe(2)
    expect(exemplars.counted('signals', 'tps', 'failed')).toBeUndefined()
  })
})

it.each([
  [{ names: 'other' }, RangeError, 'names'],
  [{ maxSeries: 0 }, RangeError, 'maxSeries'],
  [{ latencyBoundsMs: 5 }, TypeError, 'latencyBoundsMs'],
  [{ latencyBoundsMs: [] }, RangeError, 'latencyBoundsMs'],
  [{ latencyBoundsMs: [2, 2] }, RangeError, 'latencyBoundsMs'],
  [{ latencyBoundsMs: [1, Infinity] }, RangeError, 'latencyBoundsMs'],
  [{ queues: 'no' }, TypeError, 'queues'],
  [{ exemplars: {} }, TypeError, 'exemplars'],
])('refuses %o', (options, type, name) => {
  expect(() => new MetricsPage(options as never)).toThrow(type)
  expect(() => new MetricsPage(options as never)).toThrow(name)
})
