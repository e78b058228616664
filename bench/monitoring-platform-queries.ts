import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MemoryQueue } from '../examples/monitoring-platform/src/queue/memory-queue.ts'
import type { SampleBatch } from '../examples/monitoring-platform/src/sample.ts'
import { SeriesTable } from '../examples/monitoring-platform/src/series.ts'
import { DuckDbStore } from '../examples/monitoring-platform/src/storage/duckdb-store.ts'

const SERIES = 100
const SAMPLES = Number(process.env['BENCH_SAMPLES'] ?? 100_000_000)
const ROWS_A_BATCH = 250_000
const RAW_BYTES = 24
const START_MS = Date.UTC(2026, 0, 1)
const LIMITS = { timeoutMs: 60_000, maxRows: 10_000_000 }

const whole = (number: number): string => Math.round(number).toLocaleString('en-US')

await measureQueue()

const directory = mkdtempSync(join(tmpdir(), 'tps-bench-'))
const table = new SeriesTable()
const store = await DuckDbStore.open({ path: join(directory, 'samples.duckdb'), table })
try {
  await measureWriting()
  await measureReading()
} finally {
  await store.close()
  rmSync(directory, { recursive: true, force: true })
}

/** Batches of one sample each, so that a batch is a message. */
async function measureQueue(): Promise<void> {
  const messages = 2_000_000
  const batch: SampleBatch = {
    length: 1,
    series: new Uint32Array(1),
    timestamps: new Float64Array(1),
    values: new Float64Array(1),
  }
  const rates: number[] = []
  for (let round = 0; round < 7; round++) {
    const queue = new MemoryQueue(10_000)
    const startMs = performance.now()
    for (let sent = 0; sent < messages; sent += 10_000) {
      for (let index = 0; index < 10_000; index++) void queue.offer(batch)
      const taken = await queue.take({ maxSamples: 10_000, waitMs: 0 })
      await taken?.done()
    }
    rates.push((messages / (performance.now() - startMs)) * 1_000)
  }
  const median = rates.toSorted((a, b) => a - b)[3]!
  console.log(
    `\nqueue in memory, in and out: ${whole(median)} messages/s, ${(median / 1e6).toFixed(2)} × the bar of 1,000,000`,
  )
}

/**
 * The realistic set: 100 metrics of a host or service, a sample a second, in the order of time. A third are counters that
 * rise by up to 20 a second, a third gauges in per cent with one decimal that wander, a third limits and states that change
 * once in a hundred seconds.
 */
async function measureWriting(): Promise<void> {
  const ids = Array.from({ length: SERIES }, (_, index) =>
    table.intern(`metric_${index}`, { host: `web-${index % 10}`, region: 'eu-west' }),
  )
  const state = new Float64Array(SERIES).fill(500)
  let seed = 42
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((seed / 2 ** 32) * below)
  }
  let appendMs = 0
  for (let first = 0; first < SAMPLES; first += ROWS_A_BATCH) {
    const batch = {
      length: ROWS_A_BATCH,
      series: new Uint32Array(ROWS_A_BATCH),
      timestamps: new Float64Array(ROWS_A_BATCH),
      values: new Float64Array(ROWS_A_BATCH),
    }
    for (let row = 0; row < ROWS_A_BATCH; row++) {
      const index = (first + row) % SERIES
      if (index % 3 === 0) state[index]! += random(20)
      else if (index % 3 === 1) state[index] = Math.min(1_000, Math.max(0, state[index]! + random(5) - 2))
      else if (random(100) === 0) state[index] = random(1_000)
      batch.series[row] = ids[index]!
      batch.timestamps[row] = START_MS + 1_000 * Math.floor((first + row) / SERIES)
      batch.values[row] = index % 3 === 1 ? state[index]! / 10 : state[index]!
    }
    const startMs = performance.now()
    await store.append([batch])
    appendMs += performance.now() - startMs
  }
  const startMs = performance.now()
  await store.compact(true)
  const compactMs = performance.now() - startMs
  await store.backup(join(directory, 'copy.duckdb'))
  const { size: bytes } = statSync(join(directory, 'copy.duckdb'))
  const ratio = (SAMPLES * RAW_BYTES) / bytes
  console.log(
    `\nDuckDB alone: ${whole(SAMPLES)} samples appended at ${whole((SAMPLES / appendMs) * 1_000)}/s, put into order in ${(compactMs / 1_000).toFixed(1)} s; ` +
      `${(bytes / SAMPLES).toFixed(2)} bytes a sample, ${ratio.toFixed(1)} : 1, ${(ratio / 10).toFixed(2)} × the bar of 10 : 1`,
  )
}

async function measureReading(): Promise<void> {
  const endMs = START_MS + 1_000 * Math.ceil(SAMPLES / SERIES)
  const median = async (title: string, barMs: number, ask: () => Promise<number>): Promise<void> => {
    const times: number[] = []
    let rows = 0
    for (let round = 0; round < 9; round++) {
      const startMs = performance.now()
      rows = await ask()
      times.push(performance.now() - startMs)
    }
    const ms = times.toSorted((a, b) => a - b)[4]!
    console.log(
      `  ${title}: ${ms.toFixed(1)} ms, ${(barMs / ms).toFixed(2)} × the bar of ${barMs} ms (${whole(rows)} rows)`,
    )
  }
  console.log(`\nqueries over ${whole(SAMPLES)} samples, median of 9`)
  const all = { ...LIMITS, startMs: START_MS, endMs }
  await median(
    'average of everything, by name',
    1_000,
    async () => (await store.aggregate({ ...all, aggregate: 'avg', groupBy: ['name'] })).length,
  )
  await median(
    'maximum by hour, of everything',
    1_000,
    async () => (await store.aggregate({ ...all, aggregate: 'max', groupBy: [], stepMs: 3_600_000 })).length,
  )
  await median(
    'p99 of one name',
    1_000,
    async () => (await store.aggregate({ ...all, name: 'metric_7', aggregate: 'p99', groupBy: [] })).length,
  )
  let turn = 0
  await median('one series, 5 minutes', 10, async () => {
    let rows = 0
    const startMs = START_MS + ((turn++ * 77_777_000) % (endMs - START_MS - 300_000))
    const range = { ...LIMITS, name: `metric_${(turn * 13) % SERIES}`, startMs, endMs: startMs + 299_999 }
    for await (const { length } of store.query({ ...range, order: 'time' })) rows += length
    return rows
  })
}
