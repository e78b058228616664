import { BatchSpanProcessor, type ReadableSpan, type SpanExporter, type SpanProcessor } from '@opentelemetry/sdk-trace'

/** How sending goes. */
export interface SpanExportOptions {
  /** How many spans may wait; more are lost and counted. */
  readonly maxQueueSize: number
  readonly maxExportBatchSize: number
  readonly scheduledDelayMillis: number
  readonly exportTimeoutMillis: number
  /** Told when sending begins to fail (`error`), and when it succeeds again. */
  readonly onChange: (error: Error | undefined) => void
}

/** The readings of sending. */
export interface SpanExportSnapshot {
  readonly exported: number
  readonly failed: number
  /** Spans that were lost because too many waited. */
  readonly dropped: number
  /** Why the last batch was not taken; `null` when it was. */
  readonly lastError: string | null
}

/** `ExportResultCode.SUCCESS`, of a package that this one doesn't depend on. */
const SUCCESS = 0

type Done = Parameters<SpanExporter['export']>[1]

/** Sends spans in batches, and counts what becomes of them. */
export class SpanExport implements SpanProcessor {
  readonly #batches: BatchSpanProcessor
  readonly #exporter: SpanExporter
  readonly #options: SpanExportOptions
  #waiting = 0
  #exported = 0
  #failed = 0
  #dropped = 0
  #lastError: Error | undefined

  constructor(exporter: SpanExporter, options: SpanExportOptions) {
    this.#exporter = exporter
    this.#options = options
    this.#batches = new BatchSpanProcessor({
      ...options,
      exporter: { export: (spans, done) => this.#export(spans, done), shutdown: () => exporter.shutdown() },
    })
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    // The processor drops what is too much, and doesn't say so.
    if (this.#waiting >= this.#options.maxQueueSize) this.#dropped++
    else {
      this.#waiting++
      this.#batches.onEnd(span)
    }
  }

  async forceFlush(): Promise<void> {
    await this.#batches.forceFlush()
  }

  async shutdown(): Promise<void> {
    await this.#batches.shutdown()
  }

  snapshot(): SpanExportSnapshot {
    return {
      exported: this.#exported,
      failed: this.#failed,
      dropped: this.#dropped,
      lastError: this.#lastError?.message ?? null,
    }
  }

  #export(spans: ReadableSpan[], done: Done): void {
    this.#waiting -= spans.length
    this.#exporter.export(spans, (result) => {
      const code: number = result.code
      if (code === SUCCESS) {
        this.#exported += spans.length
        this.#note(undefined)
      } else {
        this.#failed += spans.length
        this.#note(result.error ?? new Error('the spans were not taken'))
      }
      done(result)
    })
  }

  #note(error: Error | undefined): void {
    const hasChanged = (error === undefined) !== (this.#lastError === undefined)
    this.#lastError = error
    if (hasChanged) this.#options.onChange(error)
  }
}
