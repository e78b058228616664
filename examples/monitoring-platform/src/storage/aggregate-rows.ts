import { QueryCancelledError, QueryTimeoutError, TooManyRowsError } from './errors.ts'
import { type Partial, addPart, finish, groupSeries } from './grouping.ts'
import type { AggregatePoint, AggregateQuery, Reading, SampleChunk, SampleQuery } from './store.ts'
import type { Series } from '../sample.ts'

const QUANTILES: Readonly<Record<string, number>> = { p50: 0.5, p90: 0.9, p99: 0.99 }

/** Samples of one series, in the order of time. */
export interface SeriesRows {
  readonly series: Series
  readonly timestamps: readonly number[] | Float64Array
  readonly values: readonly number[] | Float64Array
}

/** Ends a reading that takes too long, or that nobody waits for. Call it now and then. */
export function deadline({ timeoutMs, signal }: Reading): () => void {
  const endMs = performance.now() + timeoutMs
  return () => {
    if (signal?.aborted) throw new QueryCancelledError()
    if (performance.now() > endMs) throw new QueryTimeoutError(timeoutMs)
  }
}

/** The answer to an {@link AggregateQuery}, by reading every sample: what engines do that can't do it themselves. */
export function aggregateRows(all: readonly SeriesRows[], query: AggregateQuery): readonly AggregatePoint[] {
  const { aggregate, startMs, endMs, groupBy, maxRows } = query
  const stepMs = query.stepMs ?? endMs - startMs + 1
  const { groups, groupOf } = groupSeries(
    all.map(({ series }) => series),
    groupBy,
  )
  const quantile = QUANTILES[aggregate]
  const parts = groups.map(() => new Map<number, Partial>())
  const lists = groups.map(() => new Map<number, number[]>())
  for (const { series, timestamps, values } of all) {
    const group = groupOf.get(series.id) ?? 0
    let before: number | undefined
    for (let row = 0; row < values.length; row++) {
      const step = Math.floor((timestamps[row]! - startMs) / stepMs)
      const value = values[row]!
      if (quantile === undefined) {
        const made = aggregate === 'rate' ? growth(before, value) : value
        const ofGroup = parts[group]!
        ofGroup.set(step, addPart(aggregate, ofGroup.get(step), 1, made))
      } else {
        const list = lists[group]!.get(step)
        if (list) list.push(value)
        else lists[group]!.set(step, [value])
      }
      before = value
    }
  }
  for (const [group, steps] of lists.entries())
    for (const [step, list] of steps) {
      list.sort((a, b) => (a < b ? -1 : Number(a > b)))
      parts[group]!.set(step, { count: list.length, made: list[Math.ceil((quantile ?? 0) * list.length) - 1]! })
    }
  const lengthMs = query.stepMs ?? Math.max(1, endMs - startMs)
  const points = parts.flatMap((ofGroup, index) =>
    [...ofGroup]
      .toSorted(([a], [b]) => a - b)
      .map(([step, part]): AggregatePoint => {
        const timestampMs = startMs + step * stepMs
        return { timestampMs, value: finish(aggregate, part, lengthMs), group: groups[index] ?? {} }
      }),
  )
  if (points.length > maxRows) throw new TooManyRowsError(maxRows)
  return points
}

function growth(before: number | undefined, value: number): number {
  if (before === undefined) return 0
  return value < before ? value : value - before
}

/** The answer to a {@link SampleQuery} from samples by series. */
export function orderRows(all: readonly SeriesRows[], { order, limit, maxRows }: SampleQuery): SampleChunk {
  const rows = all.flatMap(({ series, timestamps, values }) =>
    Array.from(values, (value, row) => ({ series, timestamp: timestamps[row]!, value })),
  )
  if (limit === undefined && rows.length > maxRows) throw new TooManyRowsError(maxRows)
  rows.sort((a, b) => {
    const bySeries = a.series.id - b.series.id
    const byTime = a.timestamp - b.timestamp
    const byValue = a.value < b.value ? -1 : Number(a.value > b.value)
    return order === 'time' ? byTime || bySeries || byValue : bySeries || byTime || byValue
  })
  const kept = limit === undefined ? rows : rows.slice(0, limit)
  return {
    length: kept.length,
    series: kept.map(({ series }) => series),
    timestamps: Float64Array.from(kept, ({ timestamp }) => timestamp),
    values: Float64Array.from(kept, ({ value }) => value),
  }
}
