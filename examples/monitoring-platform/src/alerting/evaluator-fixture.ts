import type { SampleBatch, Tags } from '../sample.ts'
import { SeriesTable } from '../series.ts'
import { Evaluator } from './evaluator.ts'
import type { Rule } from './rule.ts'
import type { RuleSeries, Verdict } from './rule-series.ts'

/** A sample for a test. */
export interface TestSample {
  readonly name?: string
  readonly tags?: Tags
  readonly value: number
  readonly timeMs: number
}

export function batchOf(table: SeriesTable, samples: readonly TestSample[]): SampleBatch {
  return {
    length: samples.length,
    series: Uint32Array.from(samples, ({ name = 'cpu', tags = {} }) => table.intern(name, tags)),
    timestamps: Float64Array.from(samples, ({ timeMs }) => timeMs),
    values: Float64Array.from(samples, ({ value }) => value),
  }
}

/** An evaluator whose clock is turned by hand, and what it tells. */
export class Watched {
  nowMs = 1_800_000_000_000
  readonly table: SeriesTable = new SeriesTable()
  readonly evaluator: Evaluator
  readonly told: [series: RuleSeries, verdict: Verdict, value: number | undefined][] = []

  constructor(rules: readonly Rule[], maxSeries = 1_000) {
    this.evaluator = new Evaluator({
      rules,
      maxSeries,
      wallNow: () => this.nowMs,
      tell: (series, verdict, value) => this.told.push([series, verdict, value]),
    })
  }

  take(...samples: readonly TestSample[]): void {
    this.evaluator.take(batchOf(this.table, samples), this.table)
  }

  /** Values of now. */
  takeNow(...values: readonly number[]): void {
    this.take(...values.map((value) => ({ value, timeMs: this.nowMs })))
  }

  after(ms: number): void {
    this.nowMs += ms
    this.evaluator.tick()
  }

  /** What was told since this was asked last. */
  texts(): readonly string[] {
    return this.told.splice(0).map(([series, verdict, value]) => {
      const tags = Object.entries(series.tags).map(([name, text]) => `${name}=${text}`)
      return [series.rule.rule.name, ...tags, verdict, ...(value === undefined ? [] : [value])].join(' ')
    })
  }
}
