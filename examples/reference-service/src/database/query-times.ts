import { type Clock, PercentileTracker } from '@tps/kaizen'
import { roundOrNull } from '../round.ts'
import { QUERIES, QUERY_NAMES, type QueryName } from './queries.ts'
import type { QueryReport } from './report.ts'

const WINDOW_MS = 60_000

/** How each query has fared in the last minute. */
export class QueryTimes {
  readonly #queries: Readonly<Record<QueryName, QueryTime>>

  constructor(clock?: Clock) {
    this.#queries = { product: new QueryTime('product', clock), customer: new QueryTime('customer', clock) }
  }

  record(name: QueryName, durationMs: number): void {
    this.#queries[name].record(durationMs)
  }

  failed(name: QueryName): void {
    this.#queries[name].errors++
  }

  /** The slowest first. */
  report(): QueryReport[] {
    return QUERY_NAMES.map((name) => this.#queries[name].report()).toSorted((a, b) => (b.avgMs ?? 0) - (a.avgMs ?? 0))
  }
}

class QueryTime {
  errors = 0
  #calls = 0
  #totalMs = 0
  readonly #name: QueryName
  readonly #tracker: PercentileTracker

  constructor(name: QueryName, clock: Clock | undefined) {
    this.#name = name
    this.#tracker = new PercentileTracker({ name, windowMs: WINDOW_MS, clock })
  }

  record(durationMs: number): void {
    this.#calls++
    this.#totalMs += durationMs
    this.#tracker.record(durationMs)
  }

  report(): QueryReport {
    const { count, mean, p99, max } = this.#tracker.snapshot()
    return {
      name: this.#name,
      sql: QUERIES[this.#name].sql,
      calls: count,
      errors: this.errors,
      avgMs: roundOrNull(mean),
      p99Ms: roundOrNull(p99),
      maxMs: roundOrNull(max),
      totalCalls: this.#calls,
      totalMs: this.#totalMs,
    }
  }
}
