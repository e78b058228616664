import { CATALOGUE } from './catalogue.ts'
import type { CatalogueRow } from './catalogue-row.ts'

/** The names that queries are written with. */
export type QueryNames = 'tps' | 'idiomatic'

/** Writes queries with the names of one profile. */
export class MetricNames {
  readonly #names: QueryNames

  constructor(names: QueryNames) {
    this.#names = names
  }

  /** The name of the row that is called `name` in either profile. @throws {RangeError} when there is none. */
  of(name: string): string {
    for (const row of rows()) {
      if (row.tps !== name && row.idiomatic !== name) continue
      const own = this.#names === 'tps' ? (row.tps ?? row.idiomatic) : (row.idiomatic ?? row.tps)
      if (own !== undefined) return own
    }
    throw new RangeError(`there is no metric "${name}"`)
  }

  /** A quantile of the latency, in seconds: 0.5, 0.9 or 0.99. */
  latencySeconds(quantile: 0.5 | 0.9 | 0.99): string {
    if (this.#names === 'tps') return `${this.of(`tps_signal_latency_p${quantile * 100}`)} / 1000`
    return `${this.of('tps_signal_latency_seconds')}{quantile="${quantile}"}`
  }

  /** Latencies taken or summed up since the start: `_count` or `_sum`. */
  latencyTotal(part: 'count' | 'sum'): string {
    return `${this.of(this.#names === 'tps' ? 'tps_signal_latency' : 'tps_signal_latency_seconds')}_${part}`
  }
}

function rows(): CatalogueRow[] {
  return Object.values(CATALOGUE).flat()
}
