import { type KeptSpan, bytesOf } from './kept-span.ts'

/** The span that a signal's trace begins and ends with. */
const ROOT = 'ProcessSignal'

/** The spans of one trace that have ended. */
export class KeptTrace {
  readonly id: string
  readonly #spans: KeptSpan[] = []
  #root: KeptSpan | undefined
  #startMs = Infinity
  #endMs = -Infinity
  #isError = false
  #bytes = 0
  #dropped = 0
  #signalId: string | undefined

  constructor(id: string) {
    this.id = id
  }

  /** Adds a span; beyond `maxSpans` only its time counts. */
  add(span: KeptSpan, maxSpans: number): void {
    this.#startMs = Math.min(this.#startMs, span.startMs)
    this.#endMs = Math.max(this.#endMs, span.startMs + span.durationMs)
    this.#isError ||= span.isError
    const signalId = span.attributes['signal_id']
    if (typeof signalId === 'string') this.#signalId ??= signalId
    const isRoot = span.name === ROOT || span.parentSpanId === undefined
    if (isRoot && (this.#root === undefined || this.#root.name !== ROOT)) this.#root = span
    // The root comes last and must not be the one that is missing.
    if (this.#spans.length >= maxSpans && !isRoot) {
      this.#dropped++
      return
    }
    this.#bytes += bytesOf(span)
    this.#spans.push(span)
  }

  get spans(): readonly KeptSpan[] {
    return this.#spans
  }

  /** `undefined` as long as it hasn't ended, or where it is in another process. */
  get root(): KeptSpan | undefined {
    return this.#root
  }

  /** Wall clock, ms since 1970. */
  get startMs(): number {
    return this.#root?.startMs ?? this.#startMs
  }

  /** The root's, or what there is of the trace so far. */
  get durationMs(): number {
    return this.#root?.durationMs ?? this.#endMs - this.#startMs
  }

  /** Whether any of its spans has failed. */
  get isError(): boolean {
    return this.#isError
  }

  get signalId(): string | undefined {
    return this.#signalId
  }

  /** Spans that there was no room for. */
  get dropped(): number {
    return this.#dropped
  }

  get bytes(): number {
    return this.#bytes
  }

  /** How the signal fared: the root's `status`. */
  get status(): string | undefined {
    const status = this.#root?.attributes['status']
    return typeof status === 'string' ? status : undefined
  }
}
