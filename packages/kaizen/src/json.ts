import { OTEL_OFFSET, PAGE_SIZE } from './buckets.ts'
import { DecodeError } from './errors.ts'
import { finiteOrNull } from './snapshot.ts'
import { type Stored, checkStored } from './stored.ts'

/** A tracker as plain JSON: what `toJSON` gives and `fromJSON` takes. */
export interface PercentileData {
  readonly version: 1
  readonly name: string
  readonly zeros: number
  readonly invalid: number
  readonly collapsed: number
  /** Collapsed values were in buckets below this index; `null` when there are none. */
  readonly collapsedBelow: number | null
  /** `null` when it is beyond the greatest double. */
  readonly sum: number | null
  /** `null` when there are no values. */
  readonly min: number | null
  /** `null` when there are no values. */
  readonly max: number | null
  readonly totalCount: number
  /** `null` when it is beyond the greatest double. */
  readonly totalSum: number | null
  /**
   * Index and count of each bucket that holds values, ascending: index i is (2^(i / 64), 2^((i + 1) / 64)], as
   * OpenTelemetry numbers them at scale 6. Subnormal values have finer buckets of our own below.
   */
  readonly buckets: readonly (readonly [index: number, count: number])[]
}

export function toData(name: string, { contents, totals }: Stored): PercentileData {
  const { zeros, invalid, collapsed, floor, sum, min, max, counts } = contents
  return {
    version: 1,
    name,
    zeros,
    invalid,
    collapsed,
    collapsedBelow: collapsed > 0 ? floor * PAGE_SIZE - OTEL_OFFSET : null,
    sum: finiteOrNull(sum),
    min: finiteOrNull(min),
    max: finiteOrNull(max),
    totalCount: totals.count,
    totalSum: finiteOrNull(totals.sum),
    buckets: counts.map(([bucket, count]) => [bucket - OTEL_OFFSET, count] as const),
  }
}

/** @throws DecodeError when it is not what a tracker can have written. */
export function fromData(data: unknown): Stored & { readonly name: string } {
  if (typeof data !== 'object' || data === null) throw new DecodeError('it is no object')
  const given = data as { readonly [K in keyof PercentileData]?: unknown }
  if (given.version !== 1) throw new DecodeError(`version ${String(given.version)} is not known, only 1`)
  const { name } = given
  if (typeof name !== 'string' || name === '') throw new DecodeError('the name is none')
  if (!Array.isArray(given.buckets)) throw new DecodeError('the buckets are no list')
  const number = (key: keyof PercentileData, ifNull?: number): number => {
    const value = given[key]
    if (value === null && ifNull !== undefined) return ifNull
    if (typeof value !== 'number' || !Number.isFinite(value)) throw new DecodeError(`${key} is no number`)
    return value
  }
  const below = number('collapsedBelow', Number.NEGATIVE_INFINITY) + OTEL_OFFSET
  const contents = {
    zeros: number('zeros'),
    invalid: number('invalid'),
    collapsed: number('collapsed'),
    floor: below / PAGE_SIZE,
    sum: number('sum', Number.POSITIVE_INFINITY),
    min: number('min', Number.POSITIVE_INFINITY),
    max: number('max', Number.NEGATIVE_INFINITY),
    counts: given.buckets.map(entry),
  }
  const totals = { count: number('totalCount'), sum: number('totalSum', Number.POSITIVE_INFINITY) }
  return { ...checkStored({ contents, totals }), name }
}

function entry(pair: unknown): readonly [bucket: number, count: number] {
  if (!Array.isArray(pair) || pair.length !== 2) throw new DecodeError('a bucket is no pair')
  const [index, count] = pair as readonly unknown[]
  if (typeof index !== 'number' || typeof count !== 'number') throw new DecodeError('a bucket is no pair of numbers')
  return [index + OTEL_OFFSET, count]
}
