import type { TextFormat } from '@tps/andon/prometheus'
import type { QueryReport } from './report.ts'

interface Row {
  readonly name: string
  readonly kind: 'gauge' | 'counter'
  readonly help: string
  readonly value: (query: QueryReport) => number | null
}

const ROWS: readonly Row[] = [
  {
    name: 'pg_query_time_seconds',
    kind: 'gauge',
    help: 'How long a query of the tasks took in the last minute, on average.',
    value: ({ avgMs }) => seconds(avgMs),
  },
  {
    name: 'pg_query_time_p99_seconds',
    kind: 'gauge',
    help: 'How long 99 % of the queries of the last minute took at the most.',
    value: ({ p99Ms }) => seconds(p99Ms),
  },
  {
    name: 'pg_query_calls',
    kind: 'counter',
    help: 'Queries that were answered.',
    value: ({ totalCalls }) => totalCalls,
  },
  { name: 'pg_query_errors', kind: 'counter', help: 'Queries that failed.', value: ({ errors }) => errors },
]

/** The metrics of tutorial 5: how the queries of the tasks fare, by their text, whichever database it is. */
export function databaseMetrics(queries: readonly QueryReport[], format: TextFormat): string {
  return ROWS.map(({ name, kind, help, value }) => {
    const sample = kind === 'counter' ? `${name}_total` : name
    const family = format === 'openmetrics' ? name : sample
    const lines = queries.flatMap((query) => {
      const known = value(query)
      return known === null ? [] : [`${sample}{query="${escaped(query.sql)}"} ${known}\n`]
    })
    return `# HELP ${family} ${help}\n# TYPE ${family} ${kind}\n${lines.join('')}`
  }).join('')
}

function seconds(ms: number | null): number | null {
  return ms === null ? null : ms / 1_000
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
