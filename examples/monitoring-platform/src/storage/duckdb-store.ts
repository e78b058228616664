import type { SampleBatch, Series, Tags } from '../sample.ts'
import type { SeriesTable } from '../series.ts'
import { DuckDbLink } from './duckdb-link.ts'
import type { AggregateRequest, Columns, ReadRequest, SeriesRow } from './duckdb-protocol.ts'
import { StoreError, TooManyRowsError } from './errors.ts'
import { type Partial, addPart, finish, groupSeries } from './grouping.ts'
import { selectSeries } from './selecting.ts'
import type {
  AggregatePoint,
  AggregateQuery,
  AppendOptions,
  Reading,
  SampleChunk,
  SampleQuery,
  SeriesSelector,
  Store,
  StoreSnapshot,
} from './store.ts'

export interface DuckDbStoreOptions {
  /** The file. Its folder is made where there is none. */
  readonly path: string
  /** Every series of the file is put into it, so it has to be empty. */
  readonly table: SeriesTable
  /** How much memory DuckDB may take, as it writes sizes. What doesn't fit goes to the disk. Default `2GB`. */
  readonly memoryLimit?: string
  /** How many threads DuckDB may use. Default 2. */
  readonly threads?: number
  /** Recent samples are moved to their days once there are so many. Default 8,000,000. */
  readonly compactSamples?: number
}

/** DuckDB in a file, in a thread of its own: columns, compressed, and aggregates by all processors. */
export class DuckDbStore implements Store {
  readonly name = 'duckdb'
  readonly #table: SeriesTable
  readonly #link: DuckDbLink
  readonly #keys: Set<string>
  /** As many series of the table are in the file. */
  #stored: number
  readonly #flush = { ms: 0, samples: 0, count: 0, failed: 0 }
  readonly #scan = { ms: 0, count: 0 }

  private constructor(link: DuckDbLink, table: SeriesTable, keys: Set<string>) {
    this.#link = link
    this.#table = table
    this.#keys = keys
    this.#stored = table.size
  }

  /** Opens the file, or makes it. @throws {StoreError} */
  static async open(options: DuckDbStoreOptions): Promise<DuckDbStore> {
    const { path, table, memoryLimit = '2GB', threads = 2, compactSamples = 8_000_000 } = options
    if (table.size > 0) throw new RangeError('table must be empty')
    const { link, opened } = await DuckDbLink.open({ path, memoryLimit, threads, compactSamples })
    for (const { name, tags } of opened.series) table.intern(name, JSON.parse(tags) as Tags)
    if (table.size !== opened.series.length) throw new StoreError('ERR_STORE_FAILED', `${path} has a series twice`)
    return new DuckDbStore(link, table, new Set(opened.keys))
  }

  get position(): number {
    return this.#link.state.position
  }

  async append(batches: readonly SampleBatch[], { position = 0, keys = [] }: AppendOptions = {}): Promise<void> {
    // The same batch may also come twice at once.
    const isNew = batches.map(
      (_, index) => !this.#keys.has(keys[index] ?? '') && !keys.slice(0, index).includes(keys[index]!),
    )
    const fresh = batches.filter((_, index) => keys.length === 0 || isNew[index])
    const freshKeys = keys.filter((_, index) => isNew[index])
    if (fresh.length === 0 && position === 0) return
    const columns = concatenate(fresh)
    const newSeries: SeriesRow[] = this.#table
      .since(this.#stored)
      .map(({ id, name, tags }) => ({ id, name, tags: JSON.stringify(tags) }))
    const startMs = performance.now()
    const samples = columns.series.length
    const transfer = [columns.series.buffer, columns.timestamps.buffer, columns.values.buffer]
    try {
      await this.#link.ask({ kind: 'append', request: { ...columns, newSeries, position, keys: freshKeys } }, transfer)
    } catch (error) {
      this.#flush.failed++
      throw error
    }
    this.#stored = Math.max(this.#stored, (newSeries.at(-1)?.id ?? -1) + 1)
    for (const key of freshKeys) this.#keys.add(key)
    // The file forgets the oldest ones too.
    while (this.#keys.size > 200_000) this.#keys.delete(this.#keys.values().next().value ?? '')
    this.#flush.ms = performance.now() - startMs
    this.#flush.samples = samples
    this.#flush.count++
  }

  async *query(query: SampleQuery): AsyncIterable<SampleChunk> {
    const { order, limit, maxRows } = query
    const series = this.#select(query)
    if (series?.length === 0) return
    const request: ReadRequest = { kind: 'read', series, order, limit, maxRows, ...rangeOf(query) }
    const all = this.#table.all()
    for await (const { length, columns } of this.#read(request, query)) {
      const [ids = EMPTY, timestamps = EMPTY, values = EMPTY] = columns
      yield { length, series: Array.from(ids, (id) => all[id]!), timestamps, values }
    }
  }

  async aggregate(query: AggregateQuery): Promise<readonly AggregatePoint[]> {
    const { aggregate, startMs, endMs, groupBy, maxRows } = query
    const members = selectSeries(this.#table, query)
    if (members.length === 0) return []
    const { groups, groupOf } = groupSeries(members, groupBy)
    const stepMs = query.stepMs ?? endMs - startMs + 1
    const isQuantile = aggregate.startsWith('p')
    const series = isQuantile && groups.length > 1 ? members.map(({ id }) => id) : this.#select(query)
    const request: AggregateRequest = {
      kind: 'aggregate',
      aggregate,
      series,
      stepMs,
      greatestSeries: this.#table.size - 1,
      isOneGroup: groups.length === 1,
      groups: series?.map((id) => groupOf.get(id) ?? 0) ?? [],
      // Parts of a point come by series, so there may be as many for each as the group has.
      maxRows: isQuantile ? maxRows : Math.max(maxRows, 1_000_000),
      ...rangeOf(query),
    }
    const parts = new Map<number, Map<number, Partial>>()
    for await (const { length, columns } of this.#read(request, query)) {
      const [first = EMPTY, steps = EMPTY, counts = EMPTY, made = EMPTY] = columns
      for (let row = 0; row < length; row++) {
        const group = isQuantile ? first[row]! : (groupOf.get(first[row]!) ?? 0)
        let ofGroup = parts.get(group)
        if (!ofGroup) parts.set(group, (ofGroup = new Map()))
        const step = steps[row]!
        ofGroup.set(step, addPart(aggregate, ofGroup.get(step), counts[row]!, made[row]!))
      }
    }
    const lengthMs = query.stepMs ?? Math.max(1, endMs - startMs)
    const points: AggregatePoint[] = []
    for (const [index, ofGroup] of [...parts].toSorted(([a], [b]) => a - b)) {
      for (const [step, part] of [...ofGroup].toSorted(([a], [b]) => a - b)) {
        if (points.length === maxRows) throw new TooManyRowsError(maxRows)
        const timestampMs = startMs + step * stepMs
        points.push({ timestampMs, value: finish(aggregate, part, lengthMs), group: groups[index] ?? {} })
      }
    }
    return points
  }

  async series(selector: SeriesSelector): Promise<readonly Series[]> {
    return await Promise.resolve(selectSeries(this.#table, selector))
  }

  async compact(isWhole = false): Promise<void> {
    await this.#link.ask({ kind: 'compact', isWhole })
  }

  async retain(beforeMs: number): Promise<number> {
    return await this.#link.ask({ kind: 'retain', beforeMs })
  }

  async backup(path: string): Promise<void> {
    await this.#link.ask({ kind: 'backup', path })
  }

  snapshot(): StoreSnapshot {
    return {
      name: this.name,
      engine: 'DuckDB',
      samples: this.#link.state.samples,
      series: this.#table.size,
      bytes: this.#link.state.bytes,
      flushMs: this.#flush.ms,
      flushedSamples: this.#flush.samples,
      flushes: this.#flush.count,
      failedFlushes: this.#flush.failed,
      scanMs: this.#scan.ms,
      scans: this.#scan.count,
    }
  }

  async close(): Promise<void> {
    await this.#link.close()
  }

  /** The numbers of what is selected; `undefined` when that is all there is, which needs no condition. */
  #select(query: Reading): readonly number[] | undefined {
    const selected = selectSeries(this.#table, query)
    return selected.length > 0 && selected.length === this.#table.size ? undefined : selected.map(({ id }) => id)
  }

  async *#read(request: ReadRequest | AggregateRequest, reading: Reading): AsyncIterable<Columns> {
    const startMs = performance.now()
    try {
      yield* this.#link.read(request, reading)
    } finally {
      this.#scan.ms = performance.now() - startMs
      this.#scan.count++
    }
  }
}

const EMPTY = new Float64Array()

function rangeOf({ startMs, endMs }: Reading): { readonly startMs: number; readonly endMs: number } {
  return { startMs: Math.ceil(startMs), endMs: Math.floor(endMs) }
}

/** Copies the columns of all batches into one. */
function concatenate(batches: readonly SampleBatch[]): {
  readonly series: Uint32Array<ArrayBuffer>
  readonly timestamps: Float64Array<ArrayBuffer>
  readonly values: Float64Array<ArrayBuffer>
} {
  const length = batches.reduce((sum, batch) => sum + batch.length, 0)
  const series = new Uint32Array(length)
  const timestamps = new Float64Array(length)
  const values = new Float64Array(length)
  let at = 0
  for (const batch of batches) {
    series.set(batch.series, at)
    timestamps.set(batch.timestamps, at)
    values.set(batch.values, at)
    at += batch.length
  }
  return { series, timestamps, values }
}
