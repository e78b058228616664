import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { SampleBatch } from '../sample.ts'
import { SeriesTable } from '../series.ts'
import { DuckDbStore } from './duckdb-store.ts'
import { QueryCancelledError, QueryTimeoutError, StoreError, TooManyRowsError } from './errors.ts'
import type { Store } from './store.ts'

let directory: string
let table: SeriesTable
let store: DuckDbStore

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tps-duckdb-'))
  table = new SeriesTable()
  store = await DuckDbStore.open({ path: join(directory, 'x.duckdb'), table })
})
afterEach(async () => {
  await store.close()
  rmSync(directory, { recursive: true })
})

const ALL = { startMs: 0, endMs: 1e9, timeoutMs: 10_000, maxRows: 1_000_000 }

function batchOf(length: number): SampleBatch {
  return {
    length,
    series: Uint32Array.from({ length }, (_, row) => table.intern('m', { k: String(row % 10) })),
    timestamps: Float64Array.from({ length }, (_, row) => row),
    values: Float64Array.from({ length }, (_, row) => row),
  }
}

async function count(from: Store, limits: object = {}): Promise<number> {
  let rows = 0
  for await (const { length } of from.query({ ...ALL, order: 'time', ...limits })) rows += length
  return rows
}

it('gives a query up when it takes too long, or when nobody wants it, and answers the next one', async () => {
  await store.append([batchOf(600_000)])
  const slow = { ...ALL, aggregate: 'p99' as const, groupBy: ['k'], stepMs: 2 }
  await expect(store.aggregate({ ...slow, timeoutMs: 1 })).rejects.toThrow(QueryTimeoutError)
  const abort = new AbortController()
  const asking = store.aggregate({ ...slow, signal: abort.signal })
  abort.abort()
  await expect(asking).rejects.toThrow(QueryCancelledError)
  await expect(count(store, { signal: abort.signal })).rejects.toThrow('abort')
  expect(await count(store)).toBe(600_000)
})

it('refuses more rows than there may be, but for the first ones', async () => {
  await store.append([batchOf(2_000)])
  await expect(count(store, { maxRows: 1_999 })).rejects.toThrow(TooManyRowsError)
  expect(await count(store, { maxRows: 2_000 })).toBe(2_000)
  expect(await count(store, { maxRows: 10, limit: 100 })).toBe(100)
  const steps = { ...ALL, aggregate: 'sum' as const, groupBy: [], stepMs: 1 }
  await expect(store.aggregate({ ...steps, maxRows: 1_999 })).rejects.toThrow(TooManyRowsError)
  expect(await store.aggregate({ ...steps, maxRows: 2_000 })).toHaveLength(2_000)
})

it('sends no more than is read, and goes on when the reader stops early', async () => {
  await store.append([batchOf(300_000)])
  for await (const { length } of store.query({ ...ALL, order: 'series' })) {
    expect(length).toBeGreaterThan(0)
    break
  }
  expect(await count(store)).toBe(300_000)
})

it('knows a batch that comes a second time by its key, also after it was opened again', async () => {
  await store.append([batchOf(3), batchOf(4)], { keys: ['a', 'b'] })
  await store.append([batchOf(3), batchOf(5), batchOf(5)], { keys: ['a', 'c', 'c'] })
  expect(await count(store)).toBe(12)
  await store.close()
  table = new SeriesTable()
  store = await DuckDbStore.open({ path: join(directory, 'x.duckdb'), table })
  await store.append([batchOf(5)], { keys: ['c'] })
  expect(await count(store)).toBe(12)
})

it('keeps the place in the journal with the samples', async () => {
  await store.append([batchOf(1)], { position: 7 })
  expect(store.position).toBe(7)
  await store.close()
  table = new SeriesTable()
  store = await DuckDbStore.open({ path: join(directory, 'x.duckdb'), table })
  expect(store.position).toBe(7)
})

it('answers queries while samples move from one table to another', async () => {
  let stored = 0
  const end = new AbortController()
  const asking = (async () => {
    while (!end.signal.aborted) {
      const before = stored
      const rows = await count(store)
      // All that was there before, whole batches, and nothing twice.
      expect(rows).toBeGreaterThanOrEqual(before)
      expect(rows).toBeLessThanOrEqual(stored + 500)
      expect(rows % 500).toBe(0)
    }
  })()
  for (let round = 0; round < 20; round++) {
    await store.append([batchOf(500)])
    stored += 500
    await store.compact(round % 2 === 0)
  }
  end.abort()
  await asking
})

it('makes a copy that has everything, and closes for good', async () => {
  await store.append([batchOf(10)])
  const path = join(directory, "a copy's.duckdb")
  await store.backup(path)
  await store.append([batchOf(10)])
  const copyTable = new SeriesTable()
  const copy = await DuckDbStore.open({ path, table: copyTable })
  expect([await count(copy), copyTable.size]).toEqual([10, 10])
  await copy.close()
  await expect(copy.append([batchOf(1)])).rejects.toThrow(StoreError)
  await expect(DuckDbStore.open({ path: directory, table: new SeriesTable() })).rejects.toThrow("can't be opened")
})
