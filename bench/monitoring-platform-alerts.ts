import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type IncomingMessage, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Evaluator } from '../examples/monitoring-platform/src/alerting/evaluator.ts'
import { RULE_AGGREGATES, type Rule, ruleOf } from '../examples/monitoring-platform/src/alerting/rule.ts'
import type { SampleBatch } from '../examples/monitoring-platform/src/sample.ts'
import { SeriesTable } from '../examples/monitoring-platform/src/series.ts'
import { EXAMPLE, load, start, whole } from './platform-process.ts'

const EVALUATIONS_BAR = 1_000_000
const DELAY_BAR_MS = 1_000
const DELIVERED_BAR_PERCENT = 100

const pause = async (ms: number): Promise<void> => await new Promise((resolve) => void setTimeout(resolve, ms))

/** A batch of a sample of each of `count` series, `from` the first of them. */
function batchOf(from: number, count: number): SampleBatch {
  return {
    length: count,
    series: Uint32Array.from({ length: count }, (_, index) => from + index),
    timestamps: new Float64Array(count),
    values: Float64Array.from({ length: count }, (_, index) => 30 + 40 * Math.abs(Math.sin(index))),
  }
}

const medianOf = (rates: readonly number[]): number => rates.toSorted((a, b) => a - b)[rates.length >> 1] ?? Number.NaN

/** Rules applied to a sample a second of each series, in batches of 1,000, windows moving on: one process, one thread. */
function measureEvaluations(title: string, rules: readonly Rule[], series: number): void {
  const table = new SeriesTable()
  for (let host = 0; host < series; host++) table.intern('cpu_usage', { host: `web-${host}`, region: 'eu-west' })
  let nowMs = Date.now()
  const evaluator = new Evaluator({ rules, maxSeries: series, wallNow: () => nowMs, tell: () => {} })
  const batches = Array.from({ length: series / 1_000 }, (_, index) => batchOf(index * 1_000, 1_000))
  const turn = (): void => {
    nowMs += 1_000
    for (const batch of batches) {
      batch.timestamps.fill(nowMs - 200)
      evaluator.take(batch, table)
    }
    evaluator.tick()
  }
  const turns = Math.max(20, 2_000_000 / series / rules.length)
  for (let count = 0; count < 70; count++) turn()
  const rounds = Array.from({ length: 5 }, () => {
    const { evaluations } = evaluator.counts
    const [startMs, cpu] = [performance.now(), process.cpuUsage()]
    for (let count = 0; count < turns; count++) turn()
    const done = evaluator.counts.evaluations - evaluations
    const { user, system } = process.cpuUsage(cpu)
    return { perSecond: (done / (performance.now() - startMs)) * 1_000, perCpuSecond: (done / (user + system)) * 1e6 }
  })
  const perSecond = medianOf(rounds.map((round) => round.perSecond))
  const perCpuSecond = medianOf(rounds.map((round) => round.perCpuSecond))
  console.log(
    `  ${title}, ${whole(series)} series: ${whole(perSecond)} evaluations/s, ${(perSecond / EVALUATIONS_BAR).toFixed(2)} × the bar of ` +
      `${whole(EVALUATIONS_BAR)}; ${whole(perCpuSecond)} for each second of a processor`,
  )
}

/** A receiver of webhooks that fails a share of its calls, and what has arrived. */
async function receive(failRatio: number) {
  const arrivedMs = new Map<string, number>()
  const counts = { calls: 0, failed: 0 }
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      counts.calls++
      const { kind, alert } = (JSON.parse(body) as { data: { kind: string; alert: { labels: { probe?: string } } } })
        .data
      if (Math.random() < failRatio) {
        counts.failed++
        response.writeHead(503).end()
        return
      }
      const key = `${alert.labels.probe} ${kind}`
      if (!arrivedMs.has(key)) arrivedMs.set(key, performance.now())
      response.writeHead(204).end()
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const stop = (): void => {
    server.closeAllConnections()
    server.close()
  }
  return { url, arrivedMs, counts, stop }
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request) body += String(chunk)
  return body
}

/** A platform with these rules whose alerts go to `url`. */
async function startPlatform(
  rules: readonly object[],
  url: string,
  environment: Readonly<Record<string, string>> = {},
) {
  const directory = mkdtempSync(join(tmpdir(), 'tps-bench-rules-'))
  const file = join(directory, 'rules.json')
  writeFileSync(file, JSON.stringify({ rules }))
  const running = await start(join(EXAMPLE, 'main.ts'), {
    RULES_FILE: file,
    ALERT_WEBHOOK_URL: url,
    ALERT_WEBHOOK_KEY: `whsec_${Buffer.alloc(24, 7).toString('base64')}`,
    ...environment,
  })
  const alerting = async () =>
    (
      (await (await fetch(`${running.url}/status`)).json()) as {
        alerting: { evaluations: number; evaluationsPerSecond: number; delayMs: number | null }
      }
    ).alerting
  const post = async (body: object): Promise<void> => {
    const { status } = await fetch(`${running.url}/metrics`, { method: 'POST', body: JSON.stringify(body) })
    if (status !== 202) throw new Error(`the platform answered ${status}`)
  }
  const stop = async (): Promise<void> => {
    await running.stop()
    rmSync(directory, { recursive: true, force: true })
  }
  return { url: running.url, alerting, post, stop }
}

const PROBE = { name: 'Probe', metric: 'probe', agg: 'last', window: '10m', threshold: 50 }
const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN

/** From before a sample is posted until its alert is at the receiver, while batches come in as fast as they are taken. */
async function measureDelay(durability: string): Promise<void> {
  const receiver = await receive(0)
  // Each sample of the load is of a metric with three rules.
  const rules = Array.from({ length: 10 }, (_, metric) => `metric_${metric}`).flatMap((metric) => [
    { name: `${metric} avg`, metric, agg: 'avg', window: '5m', threshold: 1_000 },
    { name: `${metric} max`, metric, agg: 'max', window: '5m', threshold: 1_000 },
    { name: `${metric} all`, metric, agg: 'avg', groupBy: ['region'], window: '5m', op: '<', threshold: -1 },
  ])
  const platform = await startPlatform([...rules, PROBE], receiver.url, { DURABILITY: durability })
  const loading = load(platform.url, 'lines', 1_000, 16, 1, 8)
  // The load warms up for two seconds.
  await pause(2_500)
  const postedMs = new Map<string, number>()
  const posts: Promise<void>[] = []
  const { evaluations } = await platform.alerting()
  const startMs = performance.now()
  while (performance.now() - startMs < 7_000) {
    const probe = String(postedMs.size)
    postedMs.set(`${probe} firing`, performance.now())
    posts.push(platform.post({ name: 'probe', value: 100, tags: { probe } }))
    await pause(20)
  }
  await Promise.all(posts)
  const done = (await platform.alerting()).evaluations - evaluations
  const perSecond = (done / (performance.now() - startMs)) * 1_000
  const { requestsPerSecond } = await loading
  await pause(1_000)
  const { delayMs } = await platform.alerting()
  await platform.stop()
  receiver.stop()
  const delays = Array.from(postedMs, ([key, ms]) => (receiver.arrivedMs.get(key) ?? Number.POSITIVE_INFINITY) - ms)
  const sorted = delays.toSorted((a, b) => a - b)
  const [p50, p99, most] = [0.5, 0.99, 1].map((q) => quantile(sorted, q))
  console.log(
    `  ${durability}: ${whole(requestsPerSecond * 1_000)} samples/s and ${whole(perSecond)} evaluations/s meanwhile; ` +
      `${sorted.length} alerts, from the post to the receiver p50 ${p50!.toFixed(0)} ms, p99 ${p99!.toFixed(0)} ms, most ${most!.toFixed(0)} ms, ` +
      `${(p99! / DELAY_BAR_MS).toFixed(2)} × the bar of less than ${whole(DELAY_BAR_MS)} ms; the platform says p99 ${delayMs?.toFixed(0)} ms`,
  )
}

/** Alerts that fire and resolve, to a receiver that fails half of its calls. */
async function measureDelivery(alerts: number): Promise<void> {
  const receiver = await receive(0.5)
  const platform = await startPlatform([PROBE], receiver.url, { ALERT_RETRY_MS: '50' })
  const startMs = performance.now()
  for (const value of [100, 0])
    await platform.post(
      Array.from({ length: alerts }, (_, probe) => ({ name: 'probe', value, tags: { probe: String(probe) } })),
    )
  const expected = alerts * 2
  while (receiver.arrivedMs.size < expected && performance.now() - startMs < 120_000) await pause(50)
  const seconds = (performance.now() - startMs) / 1_000
  await platform.stop()
  receiver.stop()
  const percent = (receiver.arrivedMs.size / expected) * 100
  const { calls, failed } = receiver.counts
  console.log(
    `  ${whole(receiver.arrivedMs.size)} of ${whole(expected)} notifications, ${percent} % with a bar of ${DELIVERED_BAR_PERCENT} %, ` +
      `in ${seconds.toFixed(1)} s and ${whole(calls)} calls, of which ${whole(failed)} failed`,
  )
}

const at = (agg: Rule['agg'], threshold = 80): Rule =>
  ruleOf({ name: agg, metric: 'cpu_usage', agg, windowMs: 60_000, threshold })

console.log('\nalert rules applied to samples, in one thread')
measureEvaluations('one rule (avg)', [at('avg')], 1_000)
measureEvaluations('three rules (avg, max, last)', [at('avg'), at('max'), at('last')], 1_000)
measureEvaluations('one rule (p99)', [at('p99')], 1_000)
measureEvaluations(
  'every aggregate',
  RULE_AGGREGATES.map((agg) => at(agg)),
  1_000,
)
measureEvaluations('one rule (avg)', [at('avg')], 10_000)
measureEvaluations(
  'every aggregate',
  RULE_AGGREGATES.map((agg) => at(agg)),
  10_000,
)
console.log('\nfrom a sample to its notification, while batches of 1,000 lines come over 16 connections')
await measureDelay('memory')
await measureDelay('commit')
console.log('\nnotifications to a receiver that fails half of its calls')
await measureDelivery(1_000)
