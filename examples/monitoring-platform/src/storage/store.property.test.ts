import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Sample, type SampleBatch, seriesKey } from '../sample.ts'
import { SeriesTable } from '../series.ts'
import { DuckDbStore } from './duckdb-store.ts'
import { JsonlStore } from './jsonl-store.ts'
import { AGGREGATES, type Aggregate, type AggregatePoint, type Store } from './store.ts'

const HOUR_MS = 3_600_000
const NOW_MS = 20_000 * 24 * HOUR_MS + 11 * HOUR_MS
const LIMITS = { timeoutMs: 10_000, maxRows: 100_000 }

const sample: fc.Arbitrary<Sample> = fc.record({
  name: fc.constantFrom('cpu', 'memory'),
  // Few moments and few values: duplicates, equal times, several days, out of order.
  timestampMs: fc.integer({ min: 0, max: 60 }).map((step) => NOW_MS - step * HOUR_MS),
  value: fc.oneof(
    fc.integer({ min: -3, max: 30 }),
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }),
    fc.constantFrom(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 1e308),
  ),
  tags: fc.constantFrom({}, { host: 'a' }, { host: 'b' }, { host: 'a', zone: 'x"\\,' }),
})

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .array(sample, { minLength: 1, maxLength: 40 })
      .map((samples) => ({ kind: 'append' as const, samples })),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'compact' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'compact whole' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'reopen' as const }) },
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: 20, max: 70 })
      .map((hours) => ({ kind: 'retain' as const, beforeMs: NOW_MS - hours * HOUR_MS - 1 })),
  },
)

const question = fc.record({
  startMs: fc.integer({ min: 0, max: 65 }).map((hours) => NOW_MS - hours * HOUR_MS),
  hours: fc.integer({ min: 0, max: 40 }),
  aggregate: fc.constantFrom(...AGGREGATES),
  stepMs: fc.option(fc.constantFrom(HOUR_MS, 7 * HOUR_MS, 10 * HOUR_MS + 1), { nil: undefined }),
  groupBy: fc.constantFrom<readonly string[]>([], ['host'], ['name', 'host'], ['zone', 'nothing']),
  host: fc.option(fc.constantFrom('a', 'b', ''), { nil: undefined }),
})

function batchOf(samples: readonly Sample[], table: SeriesTable): SampleBatch {
  return {
    length: samples.length,
    series: Uint32Array.from(samples, ({ name, tags }) => table.intern(name, tags)),
    timestamps: Float64Array.from(samples, ({ timestampMs }) => timestampMs),
    values: Float64Array.from(samples, ({ value }) => value),
  }
}

const show = ({ name, tags, timestampMs, value }: Sample): string =>
  `${timestampMs} ${seriesKey(name, tags)} ${value + 0}`

async function readAll(
  store: Store,
  query: { startMs: number; endMs: number; name?: string },
  order: 'time' | 'series',
) {
  const rows: Sample[] = []
  for await (const { length, series, timestamps, values } of store.query({ ...query, ...LIMITS, order }))
    for (let row = 0; row < length; row++)
      rows.push({
        name: series[row]!.name,
        tags: series[row]!.tags,
        timestampMs: timestamps[row]!,
        value: values[row]!,
      })
  return rows
}

/** The same by the plainest means. */
function naive(
  all: readonly Sample[],
  aggregate: Aggregate,
  stepMs: number,
  lengthMs: number,
  startMs: number,
  groupBy: readonly string[],
) {
  const answers = new Map<string, number>()
  const groupOf = ({ name, tags }: Sample): string =>
    JSON.stringify(groupBy.map((tag) => (tag === 'name' ? name : ((tags as Record<string, string>)[tag] ?? ''))))
  const buckets = Map.groupBy(all, (one) => `${groupOf(one)} ${Math.floor((one.timestampMs - startMs) / stepMs)}`)
  for (const [bucket, samples] of buckets) {
    const values = samples.map(({ value }) => value).toSorted((a, b) => (a < b ? -1 : Number(a > b)))
    const sum = values.reduce((a, b) => a + b, 0)
    const at = (q: number): number => values[Math.ceil(q * values.length) - 1]!
    const growth = (): number => {
      let total = 0
      for (const one of samples) {
        const ofSeries = all
          .filter(({ name, tags }) => seriesKey(name, tags) === seriesKey(one.name, one.tags))
          .toSorted((a, b) => a.timestampMs - b.timestampMs || (a.value < b.value ? -1 : Number(a.value > b.value)))
        const before = ofSeries[ofSeries.indexOf(one) - 1]
        if (before) total += one.value < before.value ? one.value : one.value - before.value
      }
      return total / (lengthMs / 1_000)
    }
    const by: Record<Aggregate, () => number> = {
      avg: () => sum / values.length,
      sum: () => sum,
      min: () => values[0]!,
      max: () => values.at(-1)!,
      count: () => values.length,
      p50: () => at(0.5),
      p90: () => at(0.9),
      p99: () => at(0.99),
      rate: growth,
    }
    answers.set(bucket, by[aggregate]())
  }
  return answers
}

/** Sums depend on their order in the last places, and where terms cancel out in more of them. */
function expectClose(value: number, expected: number, magnitude: number): void {
  if (Number.isFinite(expected) && Number.isFinite(value) && magnitude < 1e300)
    expect(Math.abs(value - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, magnitude))
  // Beyond the greatest double the order decides whether a sum is infinite.
  else if (magnitude < 1e300 || !Number.isFinite(magnitude)) expect(value + 0).toBe(expected + 0)
}

const engines: Record<string, (directory: string, table: SeriesTable) => Promise<Store>> = {
  DuckDB: async (directory, table) =>
    await DuckDbStore.open({ path: join(directory, 'x.duckdb'), table, compactSamples: 60 }),
  'JSON lines': async (directory, table) => await JsonlStore.open(join(directory, 'x.jsonl'), table),
}

it.each(Object.entries(engines))(
  '%s answers as a plain list does, whatever came in whatever order',
  async (engine, open) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 8 }),
        fc.array(question, { minLength: 3, maxLength: 3 }),
        async (steps, questions) => {
          const directory = mkdtempSync(join(tmpdir(), 'tps-store-'))
          let table = new SeriesTable()
          let store = await open(directory, table)
          let list: Sample[] = []
          try {
            for (const one of steps) {
              if (one.kind === 'append') {
                // Two batches at once, so that order within and across them matters.
                const half = one.samples.length >> 1
                const parts = [one.samples.slice(0, half), one.samples.slice(half)].filter((part) => part.length > 0)
                await store.append(parts.map((part) => batchOf(part, table)))
                list.push(...one.samples)
              } else if (one.kind === 'retain') {
                const kept = list.filter(({ timestampMs }) => timestampMs >= one.beforeMs)
                expect(await store.retain(one.beforeMs)).toBe(list.length - kept.length)
                list = kept
              } else if (one.kind === 'reopen') {
                await store.close()
                table = new SeriesTable()
                store = await open(directory, table)
              } else await store.compact(one.kind === 'compact whole')
            }
            expect(store.snapshot().samples).toBe(list.length)
            for (const { startMs, hours, aggregate, stepMs, groupBy, host } of questions) {
              const endMs = startMs + hours * HOUR_MS
              const range = { startMs, endMs }
              const inRange = list.filter(({ timestampMs }) => timestampMs >= startMs && timestampMs <= endMs)
              const byTime = await readAll(store, range, 'time')
              expect(byTime.map(show).toSorted()).toEqual(inRange.map(show).toSorted())
              expect(byTime.map(({ timestampMs }) => timestampMs)).toEqual(
                byTime.map(({ timestampMs }) => timestampMs).toSorted((a, b) => a - b),
              )
              const cpu = await readAll(store, { ...range, name: 'cpu' }, 'series')
              expect(cpu.map(show).toSorted()).toEqual(
                inRange
                  .filter(({ name }) => name === 'cpu')
                  .map(show)
                  .toSorted(),
              )
              const matchers = host === undefined ? [] : [{ tag: 'host', operator: '=' as const, value: host }]
              const selected = inRange.filter(
                ({ tags }) => host === undefined || ((tags as Record<string, string>)['host'] ?? '') === host,
              )
              const points = await store.aggregate({
                ...range,
                ...LIMITS,
                aggregate,
                groupBy,
                matchers,
                ...(stepMs !== undefined && { stepMs }),
              })
              const expected = naive(
                selected,
                aggregate,
                stepMs ?? endMs - startMs + 1,
                stepMs ?? Math.max(1, endMs - startMs),
                startMs,
                groupBy,
              )
              const keyOf = ({ group, timestampMs }: AggregatePoint): string =>
                `${JSON.stringify(groupBy.map((tag) => group[tag]))} ${(timestampMs - startMs) / (stepMs ?? endMs - startMs + 1)}`
              expect(points.map(keyOf).toSorted()).toEqual([...expected.keys()].toSorted())
              const magnitude = selected.reduce((sum, { value }) => sum + Math.abs(value), 0)
              for (const point of points) expectClose(point.value, expected.get(keyOf(point)) ?? Number.NaN, magnitude)
            }
          } finally {
            await store.close()
            rmSync(directory, { recursive: true })
          }
        },
      ),
      { numRuns: engine === 'DuckDB' ? 6 : 30, endOnFailure: process.env['SHRINK'] === undefined },
    )
  },
)
