import { CircuitBreaker } from '@tps/jidoka'
import type { Logger } from 'pino'
import { seriesKey } from '../sample.ts'
import type { SeriesTable } from '../series.ts'
import { BatchBuilder } from './batch-builder.ts'
import type { Ingestion } from './ingestion.ts'
import { readPage } from './prometheus-text.ts'

/** A page to read. */
export interface ScrapeTarget {
  /** The tag `job` of everything it gives. */
  readonly job: string
  readonly url: string
}

export interface ScraperOptions {
  readonly targets: readonly ScrapeTarget[]
  readonly everyMs: number
  readonly timeoutMs: number
  readonly maxBytes: number
  readonly ingestion: Ingestion
  readonly series: SeriesTable
  readonly log: Logger
}

export interface TargetSnapshot extends ScrapeTarget {
  readonly isUp: boolean
  readonly samples: number
  readonly durationMs: number
  readonly error: string | undefined
}

interface Standing {
  readonly breaker: CircuitBreaker
  isUp: boolean
  isBusy: boolean
  samples: number
  durationMs: number
  error: string | undefined
}

/** `job=url,job=url` as targets. @throws {RangeError} that says what is wrong. */
export function parseTargets(text: string): readonly ScrapeTarget[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const at = part.indexOf('=')
      const [job, url] = [part.slice(0, at), part.slice(at + 1)]
      if (at < 1 || !URL.canParse(url))
        throw new RangeError(`SCRAPE_TARGETS must be job=url, got ${JSON.stringify(part)}`)
      return { job, url }
    })
}

/**
 * Reads Prometheus pages, as Prometheus does: every sample gets the tags `job` and `instance`, and each reading adds `up`
 * and `scrape_duration_seconds`. A page that doesn't answer is left alone for a while.
 */
export class Scraper {
  readonly #options: ScraperOptions
  readonly #standings: ReadonlyMap<ScrapeTarget, Standing>
  readonly #stopping = new AbortController()
  #timer: NodeJS.Timeout | undefined

  constructor(options: ScraperOptions) {
    this.#options = options
    const { targets, everyMs } = options
    this.#standings = new Map(
      targets.map((target) => [
        target,
        {
          breaker: new CircuitBreaker({
            name: target.url,
            trip: { consecutiveFailures: 3 },
            break: { ms: 2 * everyMs, factor: 2, maxMs: 12 * everyMs },
          }),
          isUp: false,
          isBusy: false,
          samples: 0,
          durationMs: 0,
          error: undefined,
        },
      ]),
    )
  }

  start(): void {
    if (this.#options.targets.length === 0 || this.#timer) return
    this.#timer = setInterval(() => void this.scrape(), this.#options.everyMs)
    void this.scrape()
  }

  /** Reads each page once. */
  async scrape(): Promise<void> {
    await Promise.all([...this.#standings].map(async ([target, standing]) => await this.#read(target, standing)))
  }

  snapshot(): readonly TargetSnapshot[] {
    return [...this.#standings].map(([{ job, url }, { isUp, samples, durationMs, error }]) => ({
      job,
      url,
      isUp,
      samples,
      durationMs,
      error,
    }))
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#stopping.abort()
  }

  async #read(target: ScrapeTarget, standing: Standing): Promise<void> {
    // A page that takes longer than the time between two readings is not read twice at once.
    if (standing.isBusy) return
    standing.isBusy = true
    const startMs = performance.now()
    const builder = new BatchBuilder(256)
    try {
      const { text, isOpenMetrics } = await standing.breaker.execute(async () => await this.#fetch(target.url))
      this.#addPage(builder, target, text, isOpenMetrics)
      standing.isUp = true
      standing.error = undefined
    } catch (error) {
      standing.isUp = false
      standing.error = error instanceof Error ? error.message : String(error)
      this.#options.log.warn({ target: target.url, err: standing.error }, 'a page could not be read')
    }
    standing.isBusy = false
    standing.durationMs = performance.now() - startMs
    standing.samples = builder.count
    await this.#accept(standing.isUp ? builder : new BatchBuilder(2), target, standing)
  }

  async #fetch(url: string): Promise<{ readonly text: string; readonly isOpenMetrics: boolean }> {
    const { timeoutMs, maxBytes } = this.#options
    const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(timeoutMs)])
    const response = await fetch(url, { signal, headers: { accept: 'text/plain;version=0.0.4' } })
    if (!response.ok) throw new Error(`the page answered ${response.status}`)
    const parts: Uint8Array[] = []
    let bytes = 0
    for await (const part of response.body ?? []) {
      bytes += part.length
      if (bytes > maxBytes) throw new RangeError(`the page has more than ${maxBytes} bytes`)
      parts.push(part)
    }
    const isOpenMetrics = response.headers.get('content-type')?.startsWith('application/openmetrics-text') ?? false
    return { text: Buffer.concat(parts).toString('utf8'), isOpenMetrics }
  }

  #addPage(builder: BatchBuilder, { job, url }: ScrapeTarget, text: string, isOpenMetrics: boolean): void {
    const instance = new URL(url).host
    const { fromMs, toMs, nowMs } = this.#options.ingestion.bounds
    for (const { name, tags, value, timestampMs = nowMs } of readPage(text, isOpenMetrics))
      if (timestampMs >= fromMs && timestampMs <= toMs)
        this.#add(builder, name, { ...tags, job, instance }, timestampMs, value)
  }

  async #accept(builder: BatchBuilder, { job, url }: ScrapeTarget, { isUp, durationMs }: Standing): Promise<void> {
    const { ingestion, series, log } = this.#options
    const tags = { job, instance: new URL(url).host }
    const { nowMs } = ingestion.bounds
    this.#add(builder, 'up', tags, nowMs, isUp ? 1 : 0)
    this.#add(builder, 'scrape_duration_seconds', tags, nowMs, durationMs / 1_000)
    try {
      const admission = await ingestion.accept(builder.build(series))
      if (admission !== 'accepted') log.warn({ target: url, admission }, 'samples of a page were not accepted')
    } catch (error) {
      log.error({ target: url, err: error }, 'samples of a page were not accepted')
    }
  }

  #add(
    builder: BatchBuilder,
    name: string,
    tags: Readonly<Record<string, string>>,
    timestampMs: number,
    value: number,
  ): void {
    const id = this.#options.series.byKey(seriesKey(name, tags))?.id
    if (id === undefined) builder.addNamed(name, tags, timestampMs, value)
    else builder.add(id, timestampMs, value)
  }
}
