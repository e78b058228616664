import type { Reading, ReadingsOf, SourceKind } from './snapshots.ts'

/** What a reading is measured in. Milliseconds become seconds under an idiomatic name. */
export type MetricUnit = 'count' | 'ratio' | 'milliseconds' | 'per second' | 'state'

/** What follows a family's name in the name of a sample: nothing, or a part of a summary or a histogram. */
export type SampleSuffix = '' | '_sum' | '_count' | '_bucket'

/**
 * Takes one sample. `detail` is the value of the row's second label; `suffix` is for summaries and histograms.
 * A reading that is not a number gives no sample.
 */
export type TakeSample = (value: Reading, detail?: string, suffix?: SampleSuffix) => void

/** How many of the values held are at most each bound, ascending, without the last bucket up to infinity. */
export interface HeldBuckets {
  /** Bounds in seconds, as they are written. */
  readonly le: readonly string[]
  readonly counts: ArrayLike<number>
}

/** One family of metrics: what it is called, what it means, and how it is read. */
export interface CatalogueRow<Kind extends SourceKind = SourceKind> {
  /** Which sources have it. */
  readonly source: Kind
  /** The name that the TPS documents use; absent where they have none. */
  readonly tps?: string
  /** The name by the conventions of Prometheus; absent where another row holds the same reading. */
  readonly idiomatic?: string
  /** Other rows hold the same readings under the names of the TPS documents: the profile `tps` goes without this one. */
  readonly isRestatement?: boolean
  readonly type: 'gauge' | 'counter' | 'summary' | 'histogram'
  readonly unit: MetricUnit
  /** One sentence, without the unit. */
  readonly help: string
  /** The label with the source's name, then the one with the detail. */
  readonly labels: readonly [] | readonly [string] | readonly [string, string]
  /** How prom-client's cluster mode adds up several processes. Percentiles can't be averaged: the worst is kept. */
  readonly aggregator: 'sum' | 'average' | 'max' | 'omit'
  /** `held` is for a histogram whose readings have no `buckets`: the option `latencyBoundsMs` gives it. */
  readonly read: (readings: ReadingsOf[Kind], sample: TakeSample, held?: HeldBuckets) => void
}

/** Which names are exported. */
export type NameProfile = 'tps' | 'idiomatic' | 'both'

/** One exported name of a row. */
export interface ExportedName {
  readonly name: string
  readonly help: string
  /** What a reading is divided by: 1, or 1000 for seconds. */
  readonly divisor: number
}

const UNIT_TEXT: Record<MetricUnit, string> = {
  count: '',
  ratio: ', from 0 to 1',
  milliseconds: ', in milliseconds',
  'per second': ', per second',
  state: '',
}

/** The names under which `row` is exported. `tps` and `idiomatic` export every reading once. */
export function namesOf(row: CatalogueRow, profile: NameProfile): ExportedName[] {
  const { tps, idiomatic, unit, help, isRestatement = false } = row
  const isScaled = unit === 'milliseconds'
  const names: ExportedName[] = []
  if (tps !== undefined && (profile !== 'idiomatic' || tps === idiomatic))
    names.push({ name: tps, help: `${help}${UNIT_TEXT[unit]}.`, divisor: 1 })
  const isWanted = profile !== 'tps' || (tps === undefined && !isRestatement)
  if (idiomatic !== undefined && idiomatic !== tps && isWanted)
    names.push({
      name: idiomatic,
      help: `${help}${isScaled ? ', in seconds' : UNIT_TEXT[unit]}.`,
      divisor: isScaled ? 1000 : 1,
    })
  return names
}
