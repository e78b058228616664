import { describe, expect, it } from 'vitest'
import { databaseMetrics } from './metrics.ts'
import type { QueryReport } from './report.ts'

const QUERY: QueryReport = {
  name: 'product',
  sql: 'SELECT sku_info FROM products WHERE id = $1',
  calls: 2,
  errors: 1,
  avgMs: 58,
  p99Ms: 120,
  maxMs: 120,
  totalCalls: 7,
  totalMs: 400,
}

describe('the metrics of the database', () => {
  it('have a row for each query, in seconds', () => {
    const text = databaseMetrics([QUERY, { ...QUERY, sql: 'SELECT "x"', avgMs: null, p99Ms: null }], 'prometheus')
    expect(text.split('\n').filter((line) => !line.startsWith('#'))).toEqual([
      'pg_query_time_seconds{query="SELECT sku_info FROM products WHERE id = $1"} 0.058',
      'pg_query_time_p99_seconds{query="SELECT sku_info FROM products WHERE id = $1"} 0.12',
      'pg_query_calls_total{query="SELECT sku_info FROM products WHERE id = $1"} 7',
      'pg_query_calls_total{query="SELECT \\"x\\""} 7',
      'pg_query_errors_total{query="SELECT sku_info FROM products WHERE id = $1"} 1',
      'pg_query_errors_total{query="SELECT \\"x\\""} 1',
      '',
    ])
    expect(text).toContain('# TYPE pg_query_calls_total counter')
  })

  it('name counters in OpenMetrics as it wants', () => {
    expect(databaseMetrics([QUERY], 'openmetrics')).toContain('# TYPE pg_query_calls counter\npg_query_calls_total{')
  })
})
