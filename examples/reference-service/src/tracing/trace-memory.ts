import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace'
import { type KeptSpan, keptOf } from './kept-span.ts'
import { KeptTrace } from './kept-trace.ts'

/** How much is remembered. */
export interface TraceMemoryOptions {
  /** How many traces there may be, at least 1. Default 1000. */
  readonly maxTraces?: number | undefined
  /** How many bytes they may take, about. Default 33,554,432. */
  readonly maxBytes?: number | undefined
  /** How many spans a trace may have; more are counted and left out. Default 500. */
  readonly maxSpans?: number | undefined
  /** From which duration on a trace is slow, in ms. Default 100. */
  readonly slowMs?: number | undefined
}

/** What to look for. */
export interface TraceQuery {
  readonly minDurationMs?: number | undefined
  /** `true`: with a failed span; `false`: without one. */
  readonly error?: boolean | undefined
  readonly signalId?: string | undefined
  readonly traceId?: string | undefined
  /** The latest first (default), or the slowest. */
  readonly sort?: 'newest' | 'slowest' | undefined
  /** At most so many. Default 20. */
  readonly limit?: number | undefined
}

/** The readings of the memory. */
export interface TraceMemorySnapshot {
  /** How many traces there are. */
  readonly kept: number
  /** Of them, those that haven't ended. */
  readonly open: number
  /** Of them, the slow and the failed ones. */
  readonly remarkable: number
  readonly bytes: number
  /** How many have been forgotten. */
  readonly evicted: number
  /** How many spans were left out of traces that had too many. */
  readonly droppedSpans: number
}

/** Of all traces, those that haven't ended and those that are slow or failed may each be so many. */
const SHARE_RATIO = 0.4

/**
 * Keeps the last traces, to be looked at without a tracing backend. At the bound the oldest ordinary one is forgotten first;
 * slow and failed ones stay longer, as long as they are no more than 40 %, and so do those that haven't ended.
 * A signal that was refused is no reason to keep its trace: under overload there would be nothing else.
 */
export class TraceMemory implements SpanProcessor {
  readonly #maxTraces: number
  readonly #maxBytes: number
  readonly #maxSpans: number
  readonly #slowMs: number
  readonly #open = new Map<string, KeptTrace>()
  readonly #ordinary = new Map<string, KeptTrace>()
  readonly #remarkable = new Map<string, KeptTrace>()
  #bytes = 0
  #evicted = 0
  #droppedSpans = 0

  constructor(options: TraceMemoryOptions = {}) {
    const { maxTraces = 1_000, maxBytes = 33_554_432, maxSpans = 500, slowMs = 100 } = options
    this.#maxTraces = maxTraces
    this.#maxBytes = maxBytes
    this.#maxSpans = maxSpans
    this.#slowMs = slowMs
  }

  /** A span of this process has ended. */
  onEnd(span: ReadableSpan): void {
    this.add(keptOf(span))
  }

  /** Adds a span that has ended, here or in another process. */
  add(span: KeptSpan): void {
    const trace = this.get(span.traceId) ?? new KeptTrace(span.traceId)
    const { bytes, dropped } = trace
    trace.add(span, this.#maxSpans)
    this.#bytes += trace.bytes - bytes
    this.#droppedSpans += trace.dropped - dropped
    this.#place(trace)
    while (this.#size > this.#maxTraces || (this.#bytes > this.#maxBytes && this.#size > 1)) this.#evict()
  }

  get(traceId: string): KeptTrace | undefined {
    return this.#open.get(traceId) ?? this.#ordinary.get(traceId) ?? this.#remarkable.get(traceId)
  }

  /** The traces that fit. O(kept). */
  find(query: TraceQuery = {}): KeptTrace[] {
    const { minDurationMs = 0, error, signalId, traceId, sort = 'newest', limit = 20 } = query
    const found: KeptTrace[] = []
    for (const traces of [this.#open, this.#ordinary, this.#remarkable])
      for (const trace of traces.values()) {
        if (trace.durationMs < minDurationMs) continue
        if (error !== undefined && trace.isError !== error) continue
        if (signalId !== undefined && trace.signalId !== signalId) continue
        if (traceId !== undefined && trace.id !== traceId) continue
        found.push(trace)
      }
    found.sort((a, b) => (sort === 'slowest' ? b.durationMs - a.durationMs : b.startMs - a.startMs))
    return found.slice(0, limit)
  }

  snapshot(): TraceMemorySnapshot {
    return {
      kept: this.#size,
      open: this.#open.size,
      remarkable: this.#remarkable.size,
      bytes: this.#bytes,
      evicted: this.#evicted,
      droppedSpans: this.#droppedSpans,
    }
  }

  onStart(): void {}

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}

  get #size(): number {
    return this.#open.size + this.#ordinary.size + this.#remarkable.size
  }

  /** Puts a trace where it belongs. Once it is remarkable it stays so. */
  #place(trace: KeptTrace): void {
    if (this.#remarkable.has(trace.id)) return
    if (!trace.root) {
      this.#open.set(trace.id, trace)
      return
    }
    this.#open.delete(trace.id)
    if (this.#isRemarkable(trace)) {
      this.#ordinary.delete(trace.id)
      this.#remarkable.set(trace.id, trace)
    } else if (!this.#ordinary.has(trace.id)) this.#ordinary.set(trace.id, trace)
  }

  #isRemarkable(trace: KeptTrace): boolean {
    return trace.durationMs >= this.#slowMs || (trace.isError && trace.status !== 'rejected')
  }

  #evict(): void {
    const share = this.#maxTraces * SHARE_RATIO
    const crowded = [this.#open, this.#remarkable].find(({ size }) => size > share)
    const traces = crowded ?? [this.#ordinary, this.#remarkable, this.#open].find(({ size }) => size > 0)
    const [oldest] = traces?.values() ?? []
    if (!traces || !oldest) return
    traces.delete(oldest.id)
    this.#bytes -= oldest.bytes
    this.#evicted++
  }
}
