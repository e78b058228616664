import { afterAll, beforeAll, expect, it } from 'vitest'
import { DataFolder, RunningPlatform } from './platform.ts'
import { RunningPrometheus, needPrometheus } from './prometheus.ts'
import { type WrittenSeries, encodeWriteRequest } from './remote-write.ts'
import { until } from './service.ts'

interface Matrix {
  readonly metric: Readonly<Record<string, string>>
  readonly values: readonly (readonly [number, string])[]
}
interface Answer {
  readonly status: string
  readonly error?: string
  readonly errorType?: string
  readonly data: { readonly resultType: string; readonly result: readonly Matrix[] }
}

const folder = new DataFolder()
let platform: RunningPlatform
let prometheus: RunningPrometheus

// Samples lie beside the steps of the queries: Prometheus 2 and 3 differ about what is on the very edge of a range.
const END_MS = Math.floor(Date.now() / 60_000) * 60_000 - 60_000
const COUNT = 120

function of(labels: Readonly<Record<string, string>>, valueAt: (step: number) => number | undefined): WrittenSeries {
  return {
    labels,
    samples: Array.from(
      { length: COUNT },
      (_, step) => [END_MS - (COUNT - step) * 5_000 + 1_234, valueAt(step)] as const,
    ).filter((sample): sample is readonly [number, number] => sample[1] !== undefined),
  }
}

/** Counters that begin anew, gauges with gaps, and histograms, every 5 s for ten minutes. */
function writtenSeries(): readonly WrittenSeries[] {
  return ['a', 'b', 'c'].flatMap((host, index) => {
    const labels = { host, zone: index < 2 ? 'x' : 'y' }
    return [
      of({ __name__: 'requests_total', ...labels }, (step) => ((step * (3 + index)) % (97 + 31 * index)) + step / 8),
      of({ __name__: 'cpu_usage', ...labels }, (step) =>
        step % 40 > 30 && index === 1 ? undefined : 50 + 40 * Math.sin(step / (5 + index)),
      ),
      of({ __name__: 'cpu_capacity', ...labels }, () => 100 + 20 * index),
      ['0.1', '0.5', '1', '+Inf'].map((le, place) =>
        of({ __name__: 'latency_seconds_bucket', ...labels, le }, (step) => step * (index + 1) * [2, 5, 8, 9][place]!),
      ),
    ].flat()
  })
}

async function write(url: string): Promise<number> {
  const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' }
  const response = await fetch(`${url}/api/v1/write`, {
    method: 'POST',
    headers,
    body: encodeWriteRequest(writtenSeries()),
  })
  return response.status
}

async function range(url: string, query: string, method = 'GET'): Promise<Answer> {
  const form = new URLSearchParams({
    query,
    start: String(END_MS / 1_000 - 500),
    end: String(END_MS / 1_000),
    step: '15',
  })
  const path = `${url}/api/v1/query_range`
  const response =
    method === 'GET' ? await fetch(`${path}?${form.toString()}`) : await fetch(path, { method, body: form })
  return (await response.json()) as Answer
}

/** Series in a fixed order, values to nine digits: sums depend on their order in the last places. */
function rounded({ data }: Answer): readonly unknown[] {
  return data.result
    .map(({ metric, values }) => ({
      metric: Object.entries(metric).toSorted(([a], [b]) => (a < b ? -1 : 1)),
      values: values.map(([time, value]) => [
        time,
        Number.isFinite(Number(value)) ? Number(value).toPrecision(9) : value,
      ]),
    }))
    .toSorted((a, b) => (JSON.stringify(a.metric) < JSON.stringify(b.metric) ? -1 : 1))
}

beforeAll(async () => {
  await needPrometheus()
  platform = await RunningPlatform.start(folder)
  prometheus = await RunningPrometheus.start(
    {
      global: { scrape_interval: '1s' },
      scrape_configs: [{ job_name: 'platform', static_configs: [{ targets: [new URL(platform.url).host] }] }],
      remote_write: [{ url: `${platform.url}/api/v1/write`, queue_config: { batch_send_deadline: '200ms' } }],
    },
    '--web.enable-remote-write-receiver',
  )
  expect(await write(prometheus.url)).toBe(204)
  expect(await write(platform.url)).toBe(204)
})

afterAll(async () => {
  await prometheus.stop()
  await platform.end()
  folder[Symbol.dispose]()
})

it('stores what Prometheus scrapes and writes to it, with its labels', async () => {
  const all = await until(
    async () => await platform.query({ name: 'platform_accepted_samples_total', tags: 'job:platform' }),
    (found) => found.length >= 2,
    20_000,
  )
  expect(all[0]).toMatchObject({ tags: { job: 'platform', instance: new URL(platform.url).host } })
  const [first] = all
  const answered = await fetch(
    `${prometheus.url}/api/v1/query?query=${encodeURIComponent('platform_accepted_samples_total[1m]')}`,
  )
  const { data } = (await answered.json()) as Answer
  expect(data.result[0]?.values.map(([time, value]) => [Math.round(time * 1_000), Number(value)])).toContainEqual([
    first?.timestamp,
    first?.value,
  ])
})

// What our own boards ask for, and every function and aggregation that is supported.
it.each([
  'cpu_usage',
  'cpu_usage{host=~"a|b",zone!="y"}',
  'cpu_usage offset 1m',
  'cpu_usage / cpu_capacity',
  'cpu_usage / on (host) cpu_capacity * 100',
  '-cpu_usage + 2 ^ 3 % 5',
  'cpu_usage > 60',
  'cpu_usage > bool cpu_capacity',
  'cpu_usage <= ignoring (zone) cpu_capacity',
  'cpu_usage <= on (host) cpu_capacity',
  'rate(requests_total[1m])',
  'rate(requests_total[1m]) / rate(requests_total[2m]) / 1000',
  'increase(requests_total[10m])',
  'irate(requests_total[1m])',
  'delta(cpu_usage[1m])',
  'avg_over_time(cpu_usage[1m])',
  'min_over_time(cpu_usage[1m])',
  'max_over_time(cpu_usage[1m])',
  'sum_over_time(cpu_usage[1m])',
  'count_over_time(cpu_usage[1m])',
  'last_over_time(cpu_usage[1m])',
  'quantile_over_time(0.9, cpu_usage[1m])',
  'sum by (le) (rate(latency_seconds_bucket[1m]))',
  'histogram_quantile(0.99, sum by (le) (rate(latency_seconds_bucket[1m])))',
  'histogram_quantile(0.5, rate(latency_seconds_bucket[1m]))',
  'sum(cpu_usage)',
  'avg without (host) (cpu_usage)',
  'min by (zone) (cpu_usage)',
  'max by (zone) (cpu_usage)',
  'count(cpu_usage > 40)',
  'quantile(0.7, cpu_usage)',
  'topk(1, cpu_usage)',
  'bottomk(2, cpu_usage)',
  'abs(cpu_usage - 50)',
  'clamp_min(clamp_max(cpu_usage, 70), 30)',
  '1 + 2 * 3',
])('answers %s as Prometheus does', async (query) => {
  const [ours, theirs] = await Promise.all([range(platform.url, query), range(prometheus.url, query)])
  expect(rounded(ours).length).toBeGreaterThan(0)
  expect(rounded(ours)).toEqual(rounded(theirs))
})

it('lists names, labels, values and series as Prometheus does, and takes forms', async () => {
  const match = encodeURIComponent('cpu_usage{zone="x"}')
  for (const path of ['/labels', '/label/host/values', '/series', '/label/__name__/values']) {
    const url = `/api/v1${path}?match[]=${match}&match[]=cpu_capacity`
    const theirs = (await (await fetch(prometheus.url + url)).json()) as { data: readonly unknown[] }
    const ours = await platform.json<{ data: readonly unknown[] }>(url)
    expect(ours.data).toEqual(expect.arrayContaining([...theirs.data]))
    expect(ours.data.length).toBe(theirs.data.length)
  }
  expect(rounded(await range(platform.url, 'sum(cpu_usage)', 'POST'))).toEqual(
    rounded(await range(prometheus.url, 'sum(cpu_usage)')),
  )
})

it.each([
  ['cpu_usage[', 400, "can't be read"],
  ['sum(', 400, "can't be read"],
  ['cpu_usage and cpu_capacity', 400, '"and" is not supported'],
  ['label_replace(cpu_usage, "a", "b", "c", "d")', 400, 'label_replace() is not supported'],
  ['avg_over_time(cpu_usage[5m:1m])', 400, 'not supported'],
  ['cpu_usage[1m]', 400, 'a range needs a function'],
  ['{a=""}', 400, 'needs a name'],
  ['cpu_usage{host=~"("}', 400, 'not a regular expression'],
])('says what is wrong with %s', async (query, status, error) => {
  const response = await fetch(
    `${platform.url}/api/v1/query_range?query=${encodeURIComponent(query)}&start=1&end=2&step=1`,
  )
  expect(response.status).toBe(status)
  expect(await response.json()).toEqual({
    status: 'error',
    errorType: 'bad_data',
    error: expect.stringContaining(error.replaceAll('"and"', 'and')) as string,
  })
})
