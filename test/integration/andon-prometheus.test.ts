import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AlertEmitter, Board } from '@tps/andon'
import { Exemplars, MetricsPage, alertRuleFile, dashboards, prometheusAlerts } from '@tps/andon/prometheus'
import { Autoscaler, LoadLeveler, rateLimiter } from '@tps/heijunka'
import { CircuitBreaker } from '@tps/jidoka'
import { PercentileTracker, Slo } from '@tps/kaizen'
import { DeadLetterQueue, PullQueue, WorkerPool } from '@tps/kanban'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RunningPrometheus, needPrometheus } from './prometheus.ts'

const PROFILES = ['tps', 'idiomatic'] as const
const TRACE = '0af7651916cd43dd8448eb211c80319c'

beforeAll(needPrometheus, 300_000)

describe('a real Prometheus', () => {
  const exemplars = new Exemplars({
    activeSpan: () => ({ traceId: TRACE, spanId: 'b7ad6b7169203331', traceFlags: 1 }),
  })
  const breaker = new CircuitBreaker({ name: 'billing' })
  const queue = new PullQueue<number>({ name: 'signals' })
  const pool = new WorkerPool<number>({ name: 'workers', source: queue, workers: 2 }, () => {})
  const deadLetters = new DeadLetterQueue<number>({ name: 'dead' })
  const leveler = new LoadLeveler<number>({ name: 'lanes', workers: 2, strategy: 'per-worker' })
  const limiter = rateLimiter({ name: 'ingress', limit: 100 })
  const autoscaler = new Autoscaler({
    name: 'scaler',
    min: 1,
    max: 4,
    read: () => ({ utilization: 0.5, queueDepth: 0, throughput: 10, workers: 2 }),
    scale: () => {},
  })
  const latency = new PercentileTracker({ name: 'latency' })
  const slo = new Slo({ name: 'availability', target: 0.99 })
  const alerts = new AlertEmitter({ name: 'andon', rules: [] })
  const board = new Board({ name: 'line' })
  let server: Server
  let prometheus: RunningPrometheus
  let traffic: NodeJS.Timeout

  /** A little of everything, again and again. */
  async function live(): Promise<void> {
    await breaker.execute(() => 1)
    queue.offer(1)
    limiter.tryTake()
    latency.record(20)
    exemplars.duration('latency', 20)
    exemplars.count('signals', 'service', 'completed')
    slo.record(true)
    alerts.evaluate()
    await autoscaler.evaluate()
  }

  beforeAll(async () => {
    board.set('billing', { colour: 'green', reading: 'state', value: 'closed' })
    const page = new MetricsPage({
      breakers: [breaker],
      queues: [queue],
      pools: [pool],
      levelers: [leveler],
      limiters: [limiter, { name: 'concurrency', snapshot: () => ({ limit: 8, inFlight: 3, queued: 0 }) }],
      autoscalers: [autoscaler],
      trackers: [latency],
      latencyBoundsMs: [10, 50, 250],
      slos: [slo],
      deadLetters: [deadLetters],
      signals: [
        { name: 'service', snapshot: () => ({ byStatus: { completed: latency.snapshot().count }, errorRatio: 0 }) },
      ],
      alerts: [alerts],
      boards: [board],
      names: 'both',
      exemplars,
    })
    server = createServer((request, response) => {
      const { contentType, body } = page.render({ accept: request.headers.accept })
      response.setHeader('content-type', contentType).end(body)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    traffic = setInterval(() => void live(), 100)
    const { port } = server.address() as AddressInfo
    prometheus = await RunningPrometheus.start(
      {
        scrape_configs: [
          {
            job_name: 'tps',
            scrape_interval: '500ms',
            scrape_timeout: '400ms',
            static_configs: [{ targets: [`127.0.0.1:${port}`] }],
          },
        ],
      },
      '--enable-feature=exemplar-storage',
    )
    // Rates want two samples.
    while ((await prometheus.query('increase(tps_signals_total[1m]) > 0')).length === 0) await sleep(200)
  }, 120_000)

  afterAll(async () => {
    clearInterval(traffic)
    await prometheus.stop()
    server.close()
    await pool.stop()
    leveler.stop()
    autoscaler.stop()
  })

  it('scrapes the page', async () => {
    expect(await prometheus.query('up')).toMatchObject([{ value: [expect.any(Number), '1'] }])
    expect(await prometheus.query('tps_workers')).toMatchObject([
      { metric: { pool: 'workers' }, value: [expect.any(Number), '2'] },
    ])
  })

  it.each(PROFILES)('has data for every query of every board, with %s names', async (names) => {
    const empty: string[] = []
    for (const { title, panels } of dashboards({ names }))
      for (const panel of panels)
        for (const { expr } of panel.queries)
          if ((await prometheus.query(expr)).length === 0) empty.push(`${title}, ${panel.title}: ${expr}`)
    expect(empty).toEqual([])
  })

  it('takes quantiles of the histogram of a real tracker', async () => {
    const [median] = await prometheus.query('histogram_quantile(0.5, rate(tps_signal_duration_seconds_bucket[1m]))')
    // Every duration is 20 ms: in the bucket from 10 to 50 ms, of which Prometheus takes the middle.
    expect(Number(median?.value[1])).toBeCloseTo(0.03, 9)
  })

  it('keeps the exemplars: the way from a bucket and from a counter to a trace', async () => {
    for (const query of ['tps_signal_duration_seconds_bucket', 'tps_signals_total']) {
      const end = Date.now() / 1000
      const url = `${prometheus.url}/api/v1/query_exemplars?query=${query}&start=${end - 60}&end=${end}`
      const { data } = (await (await fetch(url)).json()) as {
        data: { exemplars: { labels: Record<string, string> }[] }[]
      }
      expect(data[0]?.exemplars[0]?.labels, query).toMatchObject({ trace_id: TRACE })
    }
  })
})

describe('promtool', () => {
  let room: string
  beforeAll(() => (room = mkdtempSync(join(tmpdir(), 'tps-rules-'))))
  afterAll(() => rmSync(room, { recursive: true }))

  function promtool(...args: string[]): { readonly status: number | null; readonly output: string } {
    const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: room, encoding: 'utf8' })
    return { status, output: stdout + stderr }
  }

  /** What makes each alert fire, and what is well again, with the names of either profile. */
  const TROUBLE = {
    HighQueueDepth: { tps_queue_depth: [90, 10], tps_queue_capacity: [100, 100] },
    HighLatency: { tps_signal_latency_p99: [250, 50] },
    HighErrorRate: { tps_error_rate: [0.1, 0] },
    CircuitBreakerOpen: { tps_circuit_breaker_state: [1, 0] },
    HighWorkerUtilization: { tps_worker_utilization: [0.95, 0.5] },
    ProcessingRateZero: { tps_processing_rate: [0, 5], tps_queue_depth: [3, 3], tps_queue_capacity: [100, 100] },
  } as const
  const IDIOMATIC: Readonly<Record<string, string>> = {
    tps_signal_latency_p99: 'tps_signal_latency_seconds{quantile="0.99"}',
    tps_error_rate: 'tps_signal_error_ratio',
    tps_worker_utilization: 'tps_worker_utilization_ratio',
    tps_processing_rate: 'tps_queue_dequeue_rate',
  }

  it.each(PROFILES)('accepts the rules with %s names, and fires and clears each of them', (names) => {
    writeFileSync(join(room, 'rules.yml'), alertRuleFile({ names }))
    expect(promtool('check', 'rules', 'rules.yml')).toMatchObject({
      status: 0,
      output: expect.stringContaining('6 rules found') as string,
    })

    const tests = prometheusAlerts({ names }).map(({ name, severity }) => {
      const trouble = TROUBLE[name as keyof typeof TROUBLE]
      return {
        interval: '30s',
        input_series: Object.entries(trouble).map(([metric, [bad, good]]) => ({
          series: names === 'tps' ? metric : (IDIOMATIC[metric] ?? metric),
          // Twelve minutes of trouble, then it is well. Seconds where the other names have milliseconds.
          values: [bad, good]
            .map((value) => (names === 'idiomatic' && metric.includes('latency') ? value / 1000 : value))
            .map((value) => `${value}x24`)
            .join(' '),
        })),
        alert_rule_test: [
          { eval_time: '0m', alertname: name, exp_alerts: [] },
          {
            eval_time: '8m',
            alertname: name,
            exp_alerts: [
              {
                exp_labels: {
                  severity,
                  ...(names === 'idiomatic' && name === 'HighLatency' ? { quantile: '0.99' } : {}),
                },
              },
            ],
          },
          { eval_time: '20m', alertname: name, exp_alerts: [] },
        ],
      }
    })
    // Annotations are not compared when none are given: Prometheus 2.42 wants them, so they are taken out of the file.
    const plain = alertRuleFile({ names }).replaceAll(/ {8}annotations:\n(?: {10}.*\n)+/g, '')
    writeFileSync(join(room, 'plain.yml'), plain)
    writeFileSync(
      join(room, 'test.yml'),
      JSON.stringify({ rule_files: ['plain.yml'], evaluation_interval: '30s', tests }),
    )
    const { status, output } = promtool('test', 'rules', 'test.yml')
    expect(output).toContain('SUCCESS')
    expect(status).toBe(0)
  })

  it('refuses rules that are broken, so that passing means something', () => {
    writeFileSync(join(room, 'broken.yml'), alertRuleFile().replace('> 0.8', '> > 0.8'))
    expect(promtool('check', 'rules', 'broken.yml').status).not.toBe(0)
  })
})
