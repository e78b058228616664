import { afterAll, beforeAll, expect, it } from 'vitest'
import { RunningNats } from './nats.ts'
import { DataFolder, RunningPlatform } from './platform.ts'
import { until } from './service.ts'
import { RunningVictoriaMetrics } from './victoria-metrics.ts'

let nats: RunningNats
let victoria: RunningVictoriaMetrics
const folders: DataFolder[] = []

beforeAll(async () => {
  nats = await RunningNats.start()
  // The same sample twice is one: what was delivered twice does no harm.
  victoria = await RunningVictoriaMetrics.start('-dedup.minScrapeInterval=1ms')
})

afterAll(async () => {
  await victoria[Symbol.asyncDispose]()
  await nats.stop()
  for (const folder of folders) folder[Symbol.dispose]()
})

async function start(environment: Readonly<Record<string, string>>): Promise<RunningPlatform> {
  const folder = new DataFolder()
  folders.push(folder)
  return await RunningPlatform.start(folder, {
    NATS_URL: `nats://127.0.0.1:${nats.port}`,
    VICTORIA_METRICS_URL: victoria.url,
    QUERY_MAX_ROWS: '5000000',
    FLUSH_MS: '20',
    ...environment,
  })
}

/** Numbers of series differ, and with them the order of equal times. */
const sorted = (all: readonly object[]): readonly string[] =>
  all.map((one) => JSON.stringify(one)).toSorted((a, b) => a.localeCompare(b))

const MANY = { QUEUE: 'jetstream', STORE: 'victoriametrics', PARTITIONS: '8' }

async function partitionsOf(platform: RunningPlatform): Promise<readonly number[]> {
  const { queue } = await platform.json<{ queue: { partitions: readonly number[] } }>('/status')
  return queue.partitions
}

it('loses nothing when one of two storage consumers is killed, and shares the partitions out anew', async () => {
  await using ingester = await start({ ...MANY, ROLE: 'ingest' })
  const first = await start(MANY)
  await using second = await start(MANY)
  const all = [0, 1, 2, 3, 4, 5, 6, 7]
  const both = async () => [...(await partitionsOf(first)), ...(await partitionsOf(second))].toSorted((a, b) => a - b)
  expect(await until(both, (partitions) => partitions.length === 8)).toEqual(all)
  expect((await partitionsOf(first)).length).toBeGreaterThan(0)
  expect((await partitionsOf(second)).length).toBeGreaterThan(0)

  const startMs = Date.now() - 60_000
  const accepted = new Set<string>()
  for (let round = 0; round < 60; round++) {
    const samples = Array.from({ length: 20 }, (_, index) => ({
      name: 'spread',
      value: round,
      timestamp: startMs + 10 * round,
      tags: { host: `web-${index}` },
    }))
    const { status } = await ingester.post(samples)
    expect(status).toBe(202)
    for (const { tags, timestamp } of samples) accepted.add(`${tags.host} ${timestamp}`)
    if (round === 30) await first.end('SIGKILL')
  }
  expect(
    await until(
      async () => await partitionsOf(second),
      (partitions) => partitions.length === 8,
    ),
  ).toEqual(all)
  const stored = await until(
    async () => await second.query({ name: 'spread', start: startMs - 1_000 }),
    (found) => found.length >= accepted.size,
    20_000,
  )
  const there = new Set(stored.map(({ tags, timestamp }) => `${tags?.['host']} ${timestamp}`))
  expect([...accepted].filter((one) => !there.has(one))).toEqual([])
  // Who ingests alone says where to ask.
  const joined = await start(MANY)
  expect(
    await until(
      async () => (await partitionsOf(joined)).length,
      (count) => count > 0,
    ),
  ).toBeGreaterThan(0)
  expect(await joined.end()).toBe(0)
  expect(
    await until(
      async () => await partitionsOf(second),
      (partitions) => partitions.length === 8,
    ),
  ).toEqual(all)
})

it('answers from VictoriaMetrics as it does from its own file', async () => {
  const startMs = Math.floor(Date.now() / 1_000) * 1_000 - 600_000
  const samples = Array.from({ length: 300 }, (_, index) => ({
    name: 'both',
    value: index % 50 === 7 ? '+Inf' : ((index * 37) % 101) - 20,
    timestamp: startMs + 1_000 * ((index * 7) % 300),
    tags: { host: `web-${index % 3}`, ...(index % 2 === 0 && { zone: 'a "b" \\c' }) },
  }))
  await using theirs = await start({ STORE: 'victoriametrics' })
  await using ours = await start({})
  for (const platform of [theirs, ours]) expect((await platform.post(samples)).status).toBe(202)
  const range = { name: 'both', start: startMs, end: startMs + 400_000 }
  expect((await ours.query(range)).length).toBe(300)
  expect(sorted(await theirs.query(range))).toEqual(sorted(await ours.query(range)))
  for (const agg of ['avg', 'min', 'max', 'sum', 'count', 'rate', 'p50', 'p90', 'p99'])
    for (const more of [{ step: '1m', groupBy: 'host,zone' }, { tags: 'host:web-1' }])
      expect(await theirs.query({ ...range, agg, ...more })).toEqual(await ours.query({ ...range, agg, ...more }))
  expect(sorted(await theirs.json('/series?name=both'))).toEqual(sorted(await ours.json('/series?name=both')))
  const promql = `/api/v1/query_range?query=${encodeURIComponent('sum by (host) (avg_over_time(both{zone=~"a.*"}[1m]))')}&start=${startMs / 1_000 + 60}&end=${startMs / 1_000 + 290}&step=30`
  expect(await theirs.json(promql)).toEqual(await ours.json(promql))
})

it('keeps its place in the journal when VictoriaMetrics is the store', async () => {
  const folder = new DataFolder()
  folders.push(folder)
  const environment = { STORE: 'victoriametrics', VICTORIA_METRICS_URL: victoria.url, FLUSH_MS: '60000' }
  const first = await RunningPlatform.start(folder, environment)
  const body = [{ name: 'journaled', value: 1, timestamp: Date.now() - 5_000 }]
  expect((await first.post(body)).status).toBe(202)
  // Killed while it waits for more: only the journal has it.
  await first.end('SIGKILL')
  await using second = await RunningPlatform.start(folder, environment)
  expect(await second.query({ name: 'journaled' })).toEqual(body)
})
