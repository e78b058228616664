import { checkFunction, checkInteger, checkNumber, checkObject } from '@tps/internal'
import type { SourceKind } from './snapshots.ts'

/** What tells one span from all others, as `@opentelemetry/api` has it. */
export interface SpanContextLike {
  readonly traceId: string
  readonly spanId: string
  /** Bit 0 says that the span is sampled. */
  readonly traceFlags: number
}

/** How `Exemplars` are made. */
export interface ExemplarsOptions {
  /**
   * The span that is active, `undefined` for none: `() => trace.getActiveSpan()?.spanContext()` with `@opentelemetry/api`.
   * Only sampled ones are kept: a link to a trace that nobody stored helps nobody.
   */
  readonly activeSpan: () => SpanContextLike | undefined
  /** How many durations of a source are remembered, the latest, at least 1. Default 64. */
  readonly perSource?: number | undefined
  /** How many sources and counted series are remembered, at least 1; more are dropped and counted. Default 1000. */
  readonly maxSeries?: number | undefined
  /** Wall-clock time in ms since 1970. Default `Date.now`. */
  readonly wallNow?: (() => number) | undefined
}

/** One value that has a trace. */
export interface Exemplar {
  readonly traceId: string
  readonly spanId: string
  readonly value: number
  /** In ms since 1970. */
  readonly atMs: number
}

/** Traces to look at: what was measured while a sampled span was active, by where it shows in the metrics. */
export class Exemplars {
  readonly #activeSpan: () => SpanContextLike | undefined
  readonly #perSource: number
  readonly #maxSeries: number
  readonly #wallNow: () => number
  /** By source; a ring, `next` is overwritten next. */
  readonly #durations = new Map<string, { readonly ring: Exemplar[]; next: number }>()
  readonly #counted = new Map<string, Exemplar>()
  #dropped = 0

  /** @throws {TypeError | RangeError} when an option is wrong. */
  constructor(options: ExemplarsOptions) {
    const { activeSpan, perSource = 64, maxSeries = 1000, wallNow = Date.now } = checkObject('options', options)
    this.#activeSpan = checkFunction('activeSpan', activeSpan)
    this.#perSource = checkInteger('perSource', perSource, { min: 1 })
    this.#maxSeries = checkInteger('maxSeries', maxSeries, { min: 1 })
    this.#wallNow = checkFunction('wallNow', wallNow)
  }

  /** How many were dropped because of `maxSeries`. */
  get dropped(): number {
    return this.#dropped
  }

  /** A duration, in ms, of the tracker called `source`: it shows at a bucket of `tps_signal_duration_seconds`. */
  duration(source: string, ms: number): void {
    checkNumber('ms', ms, { min: 0 })
    const exemplar = this.#take(ms)
    if (!exemplar) return
    let kept = this.#durations.get(source)
    if (!kept) {
      if (!this.#hasRoom()) return
      this.#durations.set(source, (kept = { ring: [], next: 0 }))
    }
    kept.ring[kept.next] = exemplar
    kept.next = (kept.next + 1) % this.#perSource
  }

  /** Something that a counter of `source` counted; `detail` is the value of its second label. */
  count(kind: SourceKind, source: string, detail?: string): void {
    const exemplar = this.#take(1)
    if (!exemplar) return
    const key = keyOf(kind, source, detail)
    if (this.#counted.has(key) || this.#hasRoom()) this.#counted.set(key, exemplar)
  }

  /** The latest duration above one bound and up to another, both in ms. O(perSource). */
  between(source: string, aboveMs: number, upToMs: number): Exemplar | undefined {
    let latest: Exemplar | undefined
    for (const each of this.#durations.get(source)?.ring ?? [])
      if (each.value > aboveMs && each.value <= upToMs && (!latest || each.atMs >= latest.atMs)) latest = each
    return latest
  }

  /** The latest that was counted. */
  counted(kind: SourceKind, source: string, detail?: string): Exemplar | undefined {
    return this.#counted.get(keyOf(kind, source, detail))
  }

  #take(value: number): Exemplar | undefined {
    const span = this.#activeSpan()
    if (!span || (span.traceFlags & 1) === 0) return undefined
    return { traceId: span.traceId, spanId: span.spanId, value, atMs: this.#wallNow() }
  }

  #hasRoom(): boolean {
    if (this.#durations.size + this.#counted.size < this.#maxSeries) return true
    this.#dropped++
    return false
  }
}

function keyOf(kind: SourceKind, source: string, detail: string | undefined): string {
  return JSON.stringify(detail === undefined ? [kind, source] : [kind, source, detail])
}
