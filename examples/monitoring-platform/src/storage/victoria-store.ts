import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { specialName } from '../json-number.ts'
import { type SampleBatch, type Series, seriesKey } from '../sample.ts'
import type { SeriesTable } from '../series.ts'
import { type SeriesRows, aggregateRows, deadline, orderRows } from './aggregate-rows.ts'
import { QueryCancelledError, QueryTimeoutError, StoreError, TooManyRowsError } from './errors.ts'
import type {
  AggregatePoint,
  AggregateQuery,
  AppendOptions,
  Matcher,
  Reading,
  SampleChunk,
  SampleQuery,
  SeriesSelector,
  Store,
  StoreSnapshot,
} from './store.ts'

export interface VictoriaStoreOptions {
  /** Where VictoriaMetrics listens. */
  readonly url: string
  /** The series of this process. */
  readonly table: SeriesTable
  /** Where the place in the journal is kept: VictoriaMetrics can't keep it with the samples. */
  readonly positionPath: string
  /** How long a request that writes may take, in ms. Default 30,000. */
  readonly timeoutMs?: number
}

/** A line of `/api/v1/export`. */
interface Exported {
  readonly metric: Readonly<Record<string, string>>
  readonly values: readonly (number | string | null)[]
  readonly timestamps: readonly number[]
}

/** An aggregate reads as many samples at most. */
const MAX_SAMPLES = 50_000_000
const LINES_A_LOOK = 100

/**
 * VictoriaMetrics, for more than one machine: samples go to it and come from it over HTTP. It has its own retention, and
 * compacts by itself. What it was given is in its memory for up to some seconds, before it is on its disk.
 */
export class VictoriaStore implements Store {
  readonly name = 'victoriametrics'
  readonly #options: VictoriaStoreOptions
  #position: number
  #samples = 0
  /** Whether something was written that queries may not see yet. */
  #isFresh = false
  readonly #flush = { ms: 0, samples: 0, count: 0, failed: 0 }
  readonly #scan = { ms: 0, count: 0 }

  private constructor(options: VictoriaStoreOptions, position: number) {
    this.#options = options
    this.#position = position
  }

  /** Waits until it answers. @throws {StoreError} */
  static async open(options: VictoriaStoreOptions): Promise<VictoriaStore> {
    mkdirSync(dirname(options.positionPath), { recursive: true })
    const store = new VictoriaStore(options, readPosition(options.positionPath))
    await store.#request('/health', {}, AbortSignal.timeout(options.timeoutMs ?? 30_000))
    return store
  }

  get position(): number {
    return this.#position
  }

  async append(batches: readonly SampleBatch[], { position = 0 }: AppendOptions = {}): Promise<void> {
    const startMs = performance.now()
    let samples = 0
    const body: string[] = []
    for (const batch of batches) {
      body.push(this.#textOf(batch))
      samples += batch.length
    }
    try {
      const { timeoutMs = 30_000 } = this.#options
      const request = { method: 'POST', body: body.join('') }
      if (samples > 0) await this.#request('/api/v1/import/prometheus', request, AbortSignal.timeout(timeoutMs))
    } catch (error) {
      this.#flush.failed++
      throw error
    }
    this.#isFresh = true
    if (position > 0) this.#keepPosition(position)
    this.#samples += samples
    this.#flush.ms = performance.now() - startMs
    this.#flush.samples = samples
    this.#flush.count++
  }

  async *query(query: SampleQuery): AsyncIterable<SampleChunk> {
    // Which ones are the first is known when all are there, so a limit saves nothing.
    const limit = query.limit === undefined ? query.maxRows : MAX_SAMPLES
    const chunk = orderRows(await this.#export(query, limit), query)
    if (chunk.length > 0) yield chunk
  }

  async aggregate(query: AggregateQuery): Promise<readonly AggregatePoint[]> {
    return aggregateRows(await this.#export(query, MAX_SAMPLES), query)
  }

  async series(selector: SeriesSelector): Promise<readonly Series[]> {
    await this.#makeVisible()
    const search = new URLSearchParams({ 'match[]': selectorText(selector), start: '0' })
    const response = await this.#request(`/api/v1/series?${search.toString()}`, {})
    const { data } = (await response.json()) as { data: readonly Readonly<Record<string, string>>[] }
    return data.map(seriesOf)
  }

  /** It does so by itself. */
  async compact(): Promise<void> {
    await Promise.resolve()
  }

  /** It does so by itself: see its flag `-retentionPeriod`. */
  async retain(): Promise<number> {
    return await Promise.resolve(0)
  }

  /** A snapshot on the machine of VictoriaMetrics; its name is written to `path`. */
  async backup(path: string): Promise<void> {
    const response = await this.#request('/snapshot/create', {})
    writeFileSync(path, await response.text())
  }

  snapshot(): StoreSnapshot {
    return {
      name: this.name,
      engine: 'VictoriaMetrics',
      samples: this.#samples,
      series: this.#options.table.size,
      bytes: 0,
      flushMs: this.#flush.ms,
      flushedSamples: this.#flush.samples,
      flushes: this.#flush.count,
      failedFlushes: this.#flush.failed,
      scanMs: this.#scan.ms,
      scans: this.#scan.count,
    }
  }

  async close(): Promise<void> {
    await Promise.resolve()
  }

  #textOf({ length, series, timestamps, values }: SampleBatch): string {
    let text = ''
    for (let row = 0; row < length; row++) {
      const value = values[row]!
      const { key } = this.#options.table.get(series[row]!)
      text += `${key} ${Number.isFinite(value) ? value : specialName(value)} ${timestamps[row]}\n`
    }
    return text
  }

  async #export(reading: Reading, limit: number): Promise<readonly SeriesRows[]> {
    const startMs = performance.now()
    const check = deadline(reading)
    await this.#makeVisible()
    const search = new URLSearchParams({
      'match[]': selectorText(reading),
      start: String(reading.startMs / 1_000),
      end: String(reading.endMs / 1_000),
      reduce_mem_usage: '1',
    })
    const timeout = AbortSignal.timeout(reading.timeoutMs)
    const signal = reading.signal ? AbortSignal.any([timeout, reading.signal]) : timeout
    const found = new Map<string, { series: Series; rows: [number, number][] }>()
    try {
      const response = await this.#request(`/api/v1/export?${search.toString()}`, {}, signal)
      let samples = 0
      let lines = 0
      for await (const line of createInterface({ input: Readable.fromWeb(response.body!) })) {
        if (++lines % LINES_A_LOOK === 0) check()
        const { metric, values, timestamps } = JSON.parse(asJson(line)) as Exported
        const series = seriesOf(metric, found.size)
        let one = found.get(series.key)
        if (!one) found.set(series.key, (one = { series, rows: [] }))
        samples += values.length
        if (samples > limit) throw new TooManyRowsError(limit)
        for (const [row, value] of values.entries()) one.rows.push([timestamps[row]!, numberOf(value)])
      }
    } catch (error) {
      if (reading.signal?.aborted) throw new QueryCancelledError()
      throw timeout.aborted ? new QueryTimeoutError(reading.timeoutMs) : error
    }
    this.#scan.ms = performance.now() - startMs
    this.#scan.count++
    return [...found.values()].map(({ series, rows }) => {
      rows.sort(([a, x], [b, y]) => a - b || (x < y ? -1 : Number(x > y)))
      return { series, timestamps: rows.map(([time]) => time), values: rows.map(([, value]) => value) }
    })
  }

  /** What was written becomes visible within a second by itself; a query wants it now. */
  async #makeVisible(): Promise<void> {
    if (!this.#isFresh) return
    this.#isFresh = false
    await this.#request('/internal/force_flush', {})
  }

  #keepPosition(position: number): void {
    const { positionPath } = this.#options
    writeFileSync(`${positionPath}.next`, String(position))
    renameSync(`${positionPath}.next`, positionPath)
    this.#position = position
  }

  async #request(path: string, request: RequestInit, signal?: AbortSignal): Promise<Response> {
    let response: Response
    try {
      response = await fetch(this.#options.url + path, signal ? { ...request, signal } : request)
    } catch (error) {
      throw new StoreError('ERR_STORE_FAILED', `${this.#options.url} doesn't answer`, error)
    }
    if (response.ok) return response
    throw new StoreError(
      'ERR_STORE_FAILED',
      `${this.#options.url} answered ${response.status}: ${await response.text()}`,
    )
  }
}

function seriesOf({ __name__: name = '', ...tags }: Readonly<Record<string, string>>, id = 0): Series {
  return { id, key: seriesKey(name, tags), name, tags }
}

/** Older versions write infinite numbers as they are, which is no JSON. After the metric there are only numbers. */
function asJson(line: string): string {
  const at = line.lastIndexOf('"values":[')
  return line.slice(0, at) + line.slice(at).replaceAll(/[+-]?Inf|NaN/g, '"$&"')
}

function numberOf(value: number | string | null): number {
  if (typeof value === 'number') return value
  if (value === null) return Number.NaN
  return value.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}

function selectorText({ name, matchers = [] }: SeriesSelector): string {
  const all: readonly Matcher[] =
    name === undefined ? matchers : [{ tag: '__name__', operator: '=', value: name }, ...matchers]
  if (all.length === 0) return '{__name__!=""}'
  return `{${all.map(({ tag, operator, value }) => `${tag}${operator}${JSON.stringify(value)}`).join(',')}}`
}

function readPosition(path: string): number {
  try {
    return Number(readFileSync(path, 'utf8'))
  } catch {
    return 0
  }
}
