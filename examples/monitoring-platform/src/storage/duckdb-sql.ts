import type { AggregateRequest, Range, ReadRequest } from './duckdb-protocol.ts'

/** A table of samples with the range of times that may be in it. */
export interface SampleTable {
  readonly name: string
  readonly fromMs: number
  readonly toMs: number
}

const MAX_UINTEGER = 2 ** 32
const QUANTILES: Readonly<Record<string, number>> = { p50: 0.5, p90: 0.9, p99: 0.99 }

/** The condition for one table. Everything in it is a number of ours. */
function condition({ series, startMs, endMs }: Range): string {
  const conditions = [`ts BETWEEN ${startMs} AND ${endMs}`]
  if (series) {
    // The bounds let whole row groups be skipped, which a list alone does not.
    const least = series.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
    const greatest = series.reduce((a, b) => Math.max(a, b), 0)
    if (least === greatest) conditions.push(`series = ${least}`)
    else conditions.push(`series BETWEEN ${least} AND ${greatest}`)
    if (greatest - least + 1 > series.length) conditions.push(`series IN (${series.join(',')})`)
  }
  return conditions.join(' AND ')
}

/** `SELECT columns` from those tables that can have something, as a subquery. */
function from(tables: readonly SampleTable[], range: Range, columns: string): string {
  const where = condition(range)
  const parts = tables
    .filter(({ fromMs, toMs }) => fromMs <= range.endMs && toMs >= range.startMs)
    .map(({ name }) => `SELECT ${columns} FROM ${name} WHERE ${where}`)
  if (parts.length === 0) parts.push(`SELECT ${columns} FROM ${tables[0]?.name ?? 'nothing'} WHERE false`)
  return parts.join(' UNION ALL ')
}

export function countSql(tables: readonly SampleTable[], range: Range): string {
  return `SELECT count(*)::DOUBLE FROM (${from(tables, range, 'ts')})`
}

export function readSql(tables: readonly SampleTable[], request: ReadRequest): string {
  const order = request.order === 'time' ? 'ts, series, value' : 'series, ts, value'
  const limit = request.limit === undefined ? '' : ` LIMIT ${request.limit}`
  const rows = from(tables, request, 'series, ts, value')
  return `SELECT series::DOUBLE, ts::DOUBLE, value FROM (${rows} ORDER BY ${order}${limit})`
}

/**
 * Rows of series or group, step, count, and what the aggregate is made of. What can be added up later is grouped by
 * series, because numbers without gaps are grouped several times as fast as what a join brings.
 */
export function aggregateSql(tables: readonly SampleTable[], request: AggregateRequest): string {
  const { aggregate, startMs, endMs, stepMs, series, maxRows } = request
  const step = `((ts - ${startMs}) // ${stepMs})`
  const quantile = QUANTILES[aggregate]
  const limit = `LIMIT ${maxRows + 1}`
  if (quantile !== undefined) {
    const rows = from(tables, request, 'series, ts, value')
    const groupOf = request.isOneGroup ? '0' : 'grp'
    const join =
      groupOf === '0' ? '' : ` JOIN (VALUES ${pairs(series ?? [], request.groups)}) m(id, grp) ON m.id = series`
    return (
      `SELECT ${groupOf}::DOUBLE, ${step}::DOUBLE, count(*)::DOUBLE, quantile_disc(value, ${quantile}) ` +
      `FROM (${rows})${join} GROUP BY 1, 2 ${limit}`
    )
  }
  if (aggregate === 'rate') {
    const rows = from(tables, request, 'series, ts, value')
    const before = 'lag(value) OVER (PARTITION BY series ORDER BY ts, value)'
    const growth = 'CASE WHEN before IS NULL THEN 0 WHEN value < before THEN value ELSE value - before END'
    return (
      `SELECT series::DOUBLE, ${step}::DOUBLE, count(*)::DOUBLE, sum(${growth}) ` +
      `FROM (SELECT series, ts, value, ${before} AS before FROM (${rows})) GROUP BY 1, 2 ${limit}`
    )
  }
  const sql = { avg: 'sum(value)', sum: 'sum(value)', min: 'min(value)', max: 'max(value)', count: '0::DOUBLE' }
  const made = sql[aggregate as keyof typeof sql]
  const value = aggregate === 'count' ? '' : ', value'
  const steps = stepsOf(request)
  if (steps === 1) {
    const rows = from(tables, request, `series${value}`)
    return `SELECT series::DOUBLE, 0::DOUBLE, count(*)::DOUBLE, ${made} FROM (${rows}) GROUP BY series ${limit}`
  }
  const rows = from(tables, request, `series, ts${value}`)
  if (endMs - startMs < MAX_UINTEGER && request.greatestSeries < MAX_UINTEGER / steps - 1) {
    // One small number to group by takes half the time of two large ones.
    const step32 = `(ts - ${startMs})::UINTEGER // ${stepMs}::UINTEGER`
    const key = request.isOneGroup ? `${step32} AS k` : `series * ${steps}::UINTEGER + ${step32} AS k`
    return (
      `SELECT (k // ${steps})::DOUBLE, (k % ${steps})::DOUBLE, count(*)::DOUBLE, ${made} ` +
      `FROM (SELECT ${key}${value} FROM (${rows})) GROUP BY k ${limit}`
    )
  }
  return `SELECT series::DOUBLE, ${step}::DOUBLE, count(*)::DOUBLE, ${made} FROM (${rows}) GROUP BY series, ${step} ${limit}`
}

function stepsOf({ startMs, endMs, stepMs }: AggregateRequest): number {
  return Math.floor((endMs - startMs) / stepMs) + 1
}

function pairs(series: readonly number[], groups: readonly number[]): string {
  return series.map((id, index) => `(${id},${groups[index]})`).join(',')
}
