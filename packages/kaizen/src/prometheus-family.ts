import { checkName, checkObject } from '@tps/internal'
import type { HistogramSource } from './histogram-source.ts'

/** One tracker with what tells it from others of its family. */
export interface HistogramSeries {
  readonly tracker: HistogramSource
  /** By name, which matches `[a-zA-Z_][a-zA-Z0-9_]*`. Default none. */
  readonly labels?: Readonly<Record<string, string>> | undefined
}

/** Histograms of one name. Their unit is that of the trackers' values: record seconds for a name in `_seconds`. */
export interface HistogramFamily {
  /** Matches `[a-zA-Z_:][a-zA-Z0-9_:]*`. */
  readonly name: string
  /** What it measures, for people. Default none. */
  readonly help?: string | undefined
  readonly series: Iterable<HistogramSeries>
}

/** A family whose options have been checked. */
export interface CheckedFamily {
  readonly name: string
  readonly help: string
  readonly series: readonly { readonly tracker: HistogramSource; readonly labels: readonly [string, string][] }[]
}

export function checkFamily({ name, help = '', series }: HistogramFamily, reserved: readonly string[]): CheckedFamily {
  if (!/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(checkName('name', name)))
    throw new RangeError(`name must match [a-zA-Z_:][a-zA-Z0-9_:]*, got "${name}"`)
  if (typeof help !== 'string') throw new TypeError(`help must be a string, got ${typeof help}`)
  return {
    name,
    help,
    series: Array.from(series, ({ tracker, labels = {} }) => ({
      tracker: checkObject('tracker', tracker, ['buckets']),
      labels: Object.entries(labels).map(([label, value]) => checkLabel(label, value, reserved)),
    })),
  }
}

function checkLabel(label: string, value: unknown, reserved: readonly string[]): [string, string] {
  if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(label) || label.startsWith('__') || reserved.includes(label))
    throw new RangeError(`a label must match [a-zA-Z_][a-zA-Z0-9_]* and not be reserved, got "${label}"`)
  if (typeof value !== 'string') throw new TypeError(`label ${label} must be a string, got ${typeof value}`)
  return [label, value]
}
