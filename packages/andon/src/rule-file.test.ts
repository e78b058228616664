import { expect, it } from 'vitest'
import { CATALOGUE } from './catalogue.ts'
import { namesOf } from './catalogue-row.ts'
import { dashboards } from './dashboards.ts'
import { MetricNames } from './metric-names.ts'
import { metricsReference } from './metrics-reference.ts'
import { alertRuleFile, prometheusAlerts } from './rule-file.ts'

const PROFILES = ['tps', 'idiomatic'] as const

/** Every name that a query may use when the exporter shows `both`. */
const exported = new Set(
  Object.values(CATALOGUE).flatMap((rows) => rows.flatMap((row) => namesOf(row, 'both').map(({ name }) => name))),
)
const namesIn = (expr: string): string[] =>
  (expr.match(/tps_[a-z0-9_]+/g) ?? []).map((name) => name.replace(/_(sum|count|bucket)$/, ''))

it.each(PROFILES)('asks with %s names for nothing that is not exported', (names) => {
  const exprs = [
    ...prometheusAlerts({ names }).map(({ expr }) => expr),
    ...dashboards({ names }).flatMap(({ panels }) => panels.flatMap(({ queries }) => queries.map(({ expr }) => expr))),
  ]
  expect(exprs.length).toBeGreaterThan(40)
  for (const name of exprs.flatMap(namesIn)) expect([...exported]).toContain(name)
})

it('has the six alerts of the TPS documents', () => {
  expect(prometheusAlerts().map(({ name, for: hold }) => [name, hold])).toEqual([
    ['HighQueueDepth', '2m'],
    ['HighLatency', '1m'],
    ['HighErrorRate', '2m'],
    ['CircuitBreakerOpen', '30s'],
    ['HighWorkerUtilization', '5m'],
    ['ProcessingRateZero', '1m'],
  ])
  expect(prometheusAlerts()[1]?.expr).toBe('tps_signal_latency_p99 / 1000 > 0.2')
  expect(prometheusAlerts({ names: 'idiomatic' })[1]?.expr).toBe('tps_signal_latency_seconds{quantile="0.99"} > 0.2')
})

it('has the seven boards, with a panel for every kind of source', () => {
  expect(dashboards().map(({ title }) => title)).toEqual([
    'Overview',
    'Jidoka',
    'Kanban',
    'Andon',
    'Kaizen',
    'Heijunka',
    'Tracing',
  ])
  const asked = new Set(
    dashboards({ names: 'idiomatic' }).flatMap(({ panels }) =>
      panels.flatMap(({ queries }) => queries.flatMap(({ expr }) => namesIn(expr))),
    ),
  )
  for (const [kind, rows] of Object.entries(CATALOGUE)) {
    const names = rows.flatMap((row) => namesOf(row, 'both').map(({ name }) => name))
    expect([kind, names.some((name) => asked.has(name))]).toEqual([kind, true])
  }
})

it('writes a rule file that is YAML, quoted so that nothing is taken for anything else', () => {
  const file = alertRuleFile()
  expect(file.startsWith('groups:\n  - name: "tps"\n    rules:\n      - alert: "HighQueueDepth"\n')).toBe(true)
  expect(file).toContain('        expr: "tps_processing_rate == 0 and tps_queue_depth > 0"\n')
})

it('names every metric in the reference, by both names', () => {
  const page = metricsReference()
  for (const name of exported) expect(page).toContain(`\`${name}\``)
})

it('knows no metric that is not in the catalogue', () => {
  expect(() => new MetricNames('tps').of('tps_nothing')).toThrow(new RangeError('there is no metric "tps_nothing"'))
})
