import { Counter, type OpenMetricsContentType, Registry, collectDefaultMetrics } from 'prom-client'
import { describe, expect, expectTypeOf, it, vi } from 'vitest'
import { AlertEmitter } from './alert-emitter.ts'
import { collectMetrics } from './collect-metrics.ts'
import type { MetricsRegistry } from './exposition.ts'
import type { CollectMetricsOptions } from './metric-sources.ts'

const named = <T>(name: string, readings: T) => ({ name, snapshot: () => readings })

const everything = {
  breakers: [
    named('billing', { state: 'half-open' as const, totals: { rejected: 7, opened: 2, success: 5, failure: 3 } }),
  ],
  queues: [
    named('signals', { depth: 12, capacity: 100, rejected: 4, enqueueRate: 5.5, dequeueRate: 5, oldestAgeMs: 250 }),
  ],
  pools: [
    named('workers', { workers: 4, busy: 3, utilization: 0.75, processed: 10, failed: 1, retried: 2, overdue: 0 }),
  ],
  levelers: [named('lanes', { workerLoads: [45, 52], imbalanceFactor: 0.14, rebalanceAttempts: 2, itemsMoved: 9 })],
  trackers: [named('latency', { count: 3, sum: 60, p50: 20, p90: 28, p95: 29, p99: 30, p999: 30 })],
  deadLetters: [named('dead', { size: 1, dropped: 0 })],
  signals: [named('tps', { byStatus: { completed: 9, failed: 1 }, errorRatio: 0.1 })],
  alerts: [new AlertEmitter({ rules: [] })],
} satisfies CollectMetricsOptions

/** Every sample of the text, by `name{labels}`; fails on text that is not the exposition format. */
function parse(text: string): Map<string, number> {
  const samples = new Map<string, number>()
  const families = new Map<string, string>()
  for (const line of text.split('\n')) {
    if (line === '' || line === '# EOF') continue
    const head = /^# (HELP|TYPE) ([a-z_:][a-z0-9_:]*) (.+)$/i.exec(line)
    if (head) {
      if (head[1] === 'TYPE') {
        expect(families.has(head[2] as string)).toBe(false)
        families.set(head[2] as string, head[3] as string)
      }
      continue
    }
    const sample = /^([a-z_:][a-z0-9_:]*)((?:\{.*\})?) (\S+)$/i.exec(line)
    if (!sample) throw new Error(`not a sample: ${line}`)
    const [, name = '', labels = '', value = ''] = sample
    const family = families.get(name) ?? families.get(name.replace(/_(sum|count|total|bucket)$/, ''))
    if (!family) throw new Error(`${name} has no TYPE`)
    if (samples.has(name + labels)) throw new Error(`${name}${labels} comes twice`)
    samples.set(name + labels, value === '+Inf' ? Infinity : Number(value))
  }
  return samples
}

async function scrape(options: CollectMetricsOptions): Promise<Map<string, number>> {
  const registry = new Registry()
  collectMetrics(registry, options)
  return parse(await registry.metrics())
}

it('fits the registry of prom-client without knowing its types', () => {
  expectTypeOf<Registry>().toExtend<MetricsRegistry>()
})

it('gives every name of the TPS documents', async () => {
  const samples = await scrape(everything)
  expect(Object.fromEntries(samples)).toMatchObject({
    'tps_circuit_breaker_state{breaker="billing"}': 2,
    'tps_jidoka_rejections{breaker="billing"}': 7,
    'tps_queue_depth{queue="signals"}': 12,
    'tps_queue_capacity{queue="signals"}': 100,
    'tps_processing_rate{queue="signals"}': 5,
    'tps_workers{pool="workers"}': 4,
    'tps_worker_utilization{pool="workers"}': 0.75,
    'tps_worker_load{leveler="lanes",worker="0"}': 45,
    'tps_worker_load{leveler="lanes",worker="1"}': 52,
    'tps_imbalance_factor{leveler="lanes"}': 0.14,
    'tps_signal_latency_p50{tracker="latency"}': 20,
    'tps_signal_latency_p90{tracker="latency"}': 28,
    'tps_signal_latency_p99{tracker="latency"}': 30,
    'tps_signal_latency_sum{tracker="latency"}': 60,
    'tps_signal_latency_count{tracker="latency"}': 3,
    'tps_dead_letter_queue_size{dead_letters="dead"}': 1,
    'tps_signals_total{service="tps",status="completed"}': 9,
    'tps_signals_total{service="tps",status="failed"}': 1,
    'tps_error_rate{service="tps"}': 0.1,
    'tps_signal_success_rate{service="tps"}': 0.9,
    'tps_alerts{andon="andon",state="firing"}': 0,
  })
  expect([...samples.keys()].some((name) => name.startsWith('tps_signal_latency_seconds'))).toBe(false)
})

it('gives idiomatic names in base units', async () => {
  const samples = await scrape({ ...everything, names: 'idiomatic' })
  expect(Object.fromEntries(samples)).toMatchObject({
    'tps_circuit_breaker_rejected_total{breaker="billing"}': 7,
    'tps_circuit_breaker_calls_total{breaker="billing",outcome="failure"}': 3,
    'tps_queue_oldest_age_seconds{queue="signals"}': 0.25,
    'tps_worker_utilization_ratio{pool="workers"}': 0.75,
    'tps_signal_latency_seconds{tracker="latency",quantile="0.99"}': 0.03,
    'tps_signal_latency_seconds_sum{tracker="latency"}': 0.06,
    'tps_signal_latency_seconds_count{tracker="latency"}': 3,
  })
  expect([...samples.keys()].some((name) => name.startsWith('tps_error_rate'))).toBe(false)
})

it('gives both', async () => {
  const samples = await scrape({ ...everything, names: 'both' })
  expect(samples.get('tps_jidoka_rejections{breaker="billing"}')).toBe(7)
  expect(samples.get('tps_circuit_breaker_rejected_total{breaker="billing"}')).toBe(7)
})

it('prints a head for each family, and OpenMetrics where the registry does', async () => {
  const registry = new Registry<OpenMetricsContentType>()
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
  collectMetrics(registry, everything)
  for (let round = 0; round < 2; round++) {
    const text = await registry.metrics()
    expect(text).toContain(
      '# HELP tps_jidoka_rejections Calls that the circuit breaker refused.\n' +
        '# TYPE tps_jidoka_rejections counter\n' +
        'tps_jidoka_rejections_total{breaker="billing"} 7\n',
    )
    expect(text).toContain('# TYPE tps_signals counter\ntps_signals_total{service="tps",status="completed"} 9\n')
    expect(text).toContain('# TYPE tps_signal_latency summary\ntps_signal_latency_sum{tracker="latency"} 60\n')
    expect(text.endsWith('# EOF\n')).toBe(true)
    parse(text)
  }
})

it('works beside metrics of prom-client, with default labels, and as JSON', async () => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  new Counter({ name: 'mine_total', help: 'Mine.', registers: [registry] }).inc()
  registry.setDefaultLabels({ app: 'shop' })
  collectMetrics(registry, everything)
  const samples = parse(await registry.metrics())
  expect(samples.get('tps_queue_depth{app="shop",queue="signals"}')).toBe(12)
  expect(samples.get('mine_total{app="shop"}')).toBe(1)
  const json = await registry.getMetricsAsJSON()
  expect(json.find(({ name }) => name === 'tps_queue_depth')).toMatchObject({
    type: 'gauge',
    aggregator: 'sum',
    values: [{ value: 12, labels: { queue: 'signals', app: 'shop' } }],
  })
  registry.resetMetrics()
  expect(await registry.getSingleMetricAsString('tps_queue_depth')).toContain('} 12')
})

describe('reading', () => {
  it('happens once a source and scrape, and never between scrapes', async () => {
    const snapshot = vi.fn<() => { depth: number; capacity: number }>(() => ({ depth: 1, capacity: 2 }))
    const registry = new Registry()
    collectMetrics(registry, { queues: [{ name: 'q', snapshot }] })
    expect(snapshot).not.toHaveBeenCalled()
    await registry.metrics()
    expect(snapshot).toHaveBeenCalledTimes(1)
    await registry.metrics()
    await registry.getMetricsAsJSON()
    expect(snapshot).toHaveBeenCalledTimes(3)
  })

  it('shows what is true at the scrape, not at an earlier one', async () => {
    const readings = { depth: 1 }
    const registry = new Registry()
    collectMetrics(registry, { queues: [named('q', readings)] })
    await registry.getSingleMetricAsString('tps_queue_capacity')
    readings.depth = 2
    expect(await registry.getSingleMetricAsString('tps_queue_depth')).toContain('tps_queue_depth{queue="q"} 2')
  })

  it('gives no sample for what is absent, null or NaN', async () => {
    const samples = await scrape({
      trackers: [named('t', { count: 0, sum: null, p50: null, p90: NaN })],
      breakers: [named('b', { state: 'closed' as const })],
    })
    expect([...samples.keys()]).toEqual([
      'tps_circuit_breaker_state{breaker="b"}',
      'tps_signal_latency_count{tracker="t"}',
      'tps_collector_read_failures_total',
      'tps_collector_dropped_series_total',
    ])
  })

  it('takes lifetime totals where count and sum are those of a window', async () => {
    const windowed = { count: 3, sum: 60, windowMs: 60_000 }
    const samples = await scrape({
      trackers: [named('window', windowed), named('totals', { ...windowed, totalCount: 9, totalSum: 200 })],
    })
    expect(samples.has('tps_signal_latency_count{tracker="window"}')).toBe(false)
    expect(samples.get('tps_signal_latency_count{tracker="totals"}')).toBe(9)
    expect(samples.get('tps_signal_latency_sum{tracker="totals"}')).toBe(200)
  })

  it.each([
    ['closed', 0],
    ['open', 1],
    ['half-open', 2],
    ['forced-open', 3],
    ['disabled', 4],
  ] as const)('shows the state %s as %d', async (state, number) => {
    const samples = await scrape({ breakers: [named('b', { state })] })
    expect(samples.get('tps_circuit_breaker_state{breaker="b"}')).toBe(number)
  })

  it('goes on when a source throws, and counts it', async () => {
    const onError = vi.fn<(error: unknown, source: string) => void>(() => {
      throw new Error('handler')
    })
    const broken = {
      name: 'broken',
      snapshot() {
        throw new Error('no')
      },
    }
    const samples = await scrape({ queues: [broken, named('well', { depth: 1 })], onError })
    expect(samples.get('tps_queue_depth{queue="well"}')).toBe(1)
    expect(samples.get('tps_collector_read_failures_total')).toBe(1)
    expect(onError).toHaveBeenCalledExactlyOnceWith(new Error('no'), 'broken')
  })

  it('escapes names', async () => {
    const samples = await scrape({ queues: [named('a"b\\c\nd', { depth: 1 })] })
    expect(samples.get('tps_queue_depth{queue="a\\"b\\\\c\\nd"}')).toBe(1)
  })
})

describe('bounds', () => {
  it('leaves out and counts series over maxSeries', async () => {
    const byStatus = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`s${index}`, index]))
    const registry = new Registry()
    collectMetrics(registry, { signals: [named('tps', { byStatus })], maxSeries: 4 })
    await registry.metrics()
    const samples = parse(await registry.metrics())
    expect([...samples.keys()].filter((name) => name.startsWith('tps_signals_total'))).toHaveLength(4)
    expect(samples.get('tps_collector_dropped_series_total')).toBe(12)
  })

  it('leaves out and counts a source whose name is taken', async () => {
    const list = [named('q', { depth: 1 }), named('q', { depth: 2 })]
    const samples = await scrape({ queues: () => list })
    expect(samples.get('tps_queue_depth{queue="q"}')).toBe(1)
    expect(samples.get('tps_collector_dropped_series_total')).toBeGreaterThan(0)
  })

  it('forgets label values that come and go', async () => {
    const readings = { byStatus: {} as Record<string, number> }
    const registry = new Registry()
    collectMetrics(registry, { signals: [named('tps', readings)], maxSeries: 2 })
    for (let round = 0; round < 5; round++) {
      readings.byStatus = { [`s${round}`]: round }
      expect(parse(await registry.metrics()).get(`tps_signals_total{service="tps",status="s${round}"}`)).toBe(round)
    }
  })
})

describe('registration', () => {
  it('registers only what the given kinds have', async () => {
    const registry = new Registry()
    collectMetrics(registry, { deadLetters: [] })
    expect(registry.getMetricsAsArray().map(({ name }) => name)).toEqual([
      'tps_dead_letter_queue_size',
      'tps_dead_letters_dropped_total',
      'tps_collector_read_failures_total',
      'tps_collector_dropped_series_total',
    ])
  })

  it('is shared by several calls, and undone one by one', async () => {
    const registry = new Registry()
    const first = collectMetrics(registry, { queues: [named('a', { depth: 1 })] })
    const second = collectMetrics(registry, { queues: [named('b', { depth: 2 })], names: 'both' })
    expect(parse(await registry.metrics()).get('tps_queue_depth{queue="b"}')).toBe(2)
    first()
    first()
    const samples = parse(await registry.metrics())
    expect(samples.has('tps_queue_depth{queue="a"}')).toBe(false)
    expect(samples.get('tps_queue_depth{queue="b"}')).toBe(2)
    second()
    expect(registry.getMetricsAsArray()).toEqual([])
  })

  it('sees sources that come and go through a function', async () => {
    const list = [named('a', { depth: 1 })]
    const registry = new Registry()
    collectMetrics(registry, { queues: () => list })
    list.push(named('b', { depth: 2 }))
    expect(parse(await registry.metrics()).get('tps_queue_depth{queue="b"}')).toBe(2)
  })

  it('leaves nothing behind when a name is taken', () => {
    const registry = new Registry()
    const other = new Counter({ name: 'tps_processing_rate', help: 'Somebody else.', registers: [registry] })
    expect(() => collectMetrics(registry, everything)).toThrow('tps_processing_rate has already been registered')
    expect(registry.getMetricsAsArray()).toEqual([other])
  })

  it.each<[object, string]>([
    [{ names: 'seeds' }, 'names must be "tps" or "idiomatic" or "both", got "seeds"'],
    [{ maxSeries: 0 }, 'maxSeries must be an integer in [1, ∞), got 0'],
    [{ queues: 5 }, 'queues must be an array or a function'],
    [{ queues: [{ name: 'q' }] }, 'queues[0] must have a method snapshot()'],
    [{ queues: [named('q', {}), named('q', {})] }, 'queues must have unique names, got "q" twice'],
    [{ onError: 5 }, 'onError must be a function, got 5'],
  ])('checks its options: %o', (options, message) => {
    expect(() => collectMetrics(new Registry(), options)).toThrow(message)
  })

  it('refuses what is no registry', () => {
    expect(() => collectMetrics({} as MetricsRegistry, {})).toThrow('registry must have a method registerMetric()')
  })
})
