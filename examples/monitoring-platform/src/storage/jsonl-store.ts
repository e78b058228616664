import {
  closeSync,
  copyFileSync,
  createReadStream,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import { numberToJson, specialNumber } from '../json-number.ts'
import { NO_TAGS, type Sample, type SampleBatch, type Series, type Tags } from '../sample.ts'
import type { SeriesTable } from '../series.ts'
import { type SeriesRows, aggregateRows, deadline, orderRows } from './aggregate-rows.ts'
import { StoreError } from './errors.ts'
import { selectSeries } from './selecting.ts'
import type {
  AggregatePoint,
  AggregateQuery,
  Reading,
  SampleChunk,
  SampleQuery,
  SeriesSelector,
  Store,
  StoreSnapshot,
} from './store.ts'

/** A line of the file. */
interface Line {
  readonly name: string
  readonly value: number | string
  readonly timestamp: number
  readonly tags?: Tags
}

/** How many lines are read before a look at the clock. */
const LINES_A_LOOK = 10_000

/**
 * The store of Phase 0: a file with one sample a line, read from its beginning to its end by each query. It is here to be
 * looked at with `cat`, and to be measured against. It writes while everything else waits.
 */
export class JsonlStore implements Store {
  readonly name = 'jsonl'
  /** It keeps none: a journal is not for it. */
  readonly position = 0
  readonly #path: string
  readonly #table: SeriesTable
  #file: number
  #samples = 0
  readonly #flush = { ms: 0, samples: 0, count: 0, failed: 0 }
  readonly #scan = { ms: 0, count: 0 }

  private constructor(path: string, table: SeriesTable) {
    this.#path = path
    this.#table = table
    mkdirSync(dirname(path), { recursive: true })
    this.#file = openSync(path, 'a')
  }

  /** Opens the file, or makes it, and puts its series into `table`. */
  static async open(path: string, table: SeriesTable): Promise<JsonlStore> {
    const store = new JsonlStore(path, table)
    for await (const { name, tags } of store.#samplesOfFile()) {
      table.intern(name, tags)
      store.#samples++
    }
    return store
  }

  async append(batches: readonly SampleBatch[]): Promise<void> {
    const startMs = performance.now()
    const before = this.#samples
    for (const batch of batches) this.#write(batch)
    this.#flush.ms = performance.now() - startMs
    this.#flush.samples = this.#samples - before
    this.#flush.count++
    await Promise.resolve()
  }

  async *query(query: SampleQuery): AsyncIterable<SampleChunk> {
    const chunk = orderRows(await this.#scanFor(query), query)
    if (chunk.length > 0) yield chunk
  }

  async aggregate(query: AggregateQuery): Promise<readonly AggregatePoint[]> {
    return aggregateRows(await this.#scanFor(query), query)
  }

  async series(selector: SeriesSelector): Promise<readonly Series[]> {
    return await Promise.resolve(selectSeries(this.#table, selector))
  }

  /** There is nothing to put into order. */
  async compact(): Promise<void> {
    await Promise.resolve()
  }

  async retain(beforeMs: number): Promise<number> {
    const kept: Sample[] = []
    for await (const sample of this.#samplesOfFile()) if (sample.timestampMs >= beforeMs) kept.push(sample)
    const gone = this.#samples - kept.length
    if (gone <= 0) return 0
    const next = `${this.#path}.next`
    writeFileSync(next, kept.map(lineOf).join(''))
    renameSync(next, this.#path)
    closeSync(this.#file)
    this.#file = openSync(this.#path, 'a')
    this.#samples = kept.length
    return gone
  }

  async backup(path: string): Promise<void> {
    copyFileSync(this.#path, path)
    await Promise.resolve()
  }

  snapshot(): StoreSnapshot {
    return {
      name: this.name,
      engine: 'JSON lines',
      samples: this.#samples,
      series: this.#table.size,
      bytes: statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0,
      flushMs: this.#flush.ms,
      flushedSamples: this.#flush.samples,
      flushes: this.#flush.count,
      failedFlushes: this.#flush.failed,
      scanMs: this.#scan.ms,
      scans: this.#scan.count,
    }
  }

  async close(): Promise<void> {
    closeSync(this.#file)
    await Promise.resolve()
  }

  #write(batch: SampleBatch): void {
    let text = ''
    for (let row = 0; row < batch.length; row++) {
      const { name, tags } = this.#table.get(batch.series[row]!)
      text += lineOf({ name, tags, timestampMs: batch.timestamps[row]!, value: batch.values[row]! })
    }
    const { size } = statSync(this.#path)
    const bytes = Buffer.from(text)
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(this.#file, bytes, at)
    } catch (error) {
      this.#flush.failed++
      // Half a batch is none.
      ftruncateSync(this.#file, size)
      const isFull = error instanceof Error && 'code' in error && error.code === 'ENOSPC'
      throw new StoreError(isFull ? 'ERR_STORE_FULL' : 'ERR_STORE_FAILED', `${this.#path} can't be written`, error)
    }
    this.#samples += batch.length
  }

  /** What is selected, by series, found by reading everything. */
  async #scanFor(reading: Reading): Promise<readonly SeriesRows[]> {
    const startMs = performance.now()
    const check = deadline(reading)
    const wanted = new Map(
      selectSeries(this.#table, reading).map((series) => [series.id, { series, rows: [] as [number, number][] }]),
    )
    let lines = 0
    for await (const { name, tags, timestampMs, value } of this.#samplesOfFile()) {
      if (++lines % LINES_A_LOOK === 0) check()
      if (timestampMs < reading.startMs || timestampMs > reading.endMs) continue
      wanted.get(this.#table.intern(name, tags))?.rows.push([timestampMs, value])
    }
    check()
    this.#scan.ms = performance.now() - startMs
    this.#scan.count++
    return [...wanted.values()]
      .filter(({ rows }) => rows.length > 0)
      .map(({ series, rows }) => {
        rows.sort(([a, x], [b, y]) => a - b || (x < y ? -1 : Number(x > y)))
        return { series, timestamps: rows.map(([time]) => time), values: rows.map(([, value]) => value) }
      })
  }

  async *#samplesOfFile(): AsyncIterable<Sample> {
    const lines = createInterface({ input: createReadStream(this.#path, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY })
    for await (const line of lines) {
      const sample = sampleOf(line)
      if (sample) yield sample
    }
  }
}

function lineOf({ name, value, timestampMs, tags }: Sample): string {
  const end = Object.keys(tags).length === 0 ? '' : `,"tags":${JSON.stringify(tags)}`
  return `{"name":${JSON.stringify(name)},"value":${numberToJson(value)},"timestamp":${timestampMs}${end}}\n`
}

/** A process that was killed while it wrote leaves half a line, which was never acknowledged. */
function sampleOf(line: string): Sample | undefined {
  try {
    const { name, value, timestamp, tags = NO_TAGS } = JSON.parse(line) as Line
    const number = typeof value === 'string' ? (specialNumber(value) ?? Number.NaN) : value
    return { name, value: number, timestampMs: timestamp, tags }
  } catch {
    return undefined
  }
}
