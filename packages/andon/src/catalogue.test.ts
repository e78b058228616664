import { expect, it } from 'vitest'
import { CATALOGUE } from './catalogue.ts'
import { namesOf } from './catalogue-row.ts'

const rows = Object.values(CATALOGUE).flat()
const exported = (profile: 'tps' | 'idiomatic' | 'both'): string[] =>
  rows.flatMap((row) => namesOf(row, profile).map(({ name }) => name))

it('has every name that the TPS documents use', () => {
  expect(rows.flatMap(({ tps }) => tps ?? [])).toEqual([
    'tps_circuit_breaker_state',
    'tps_jidoka_rejections',
    'tps_queue_depth',
    'tps_queue_capacity',
    'tps_processing_rate',
    'tps_workers',
    'tps_worker_utilization',
    'tps_worker_load',
    'tps_imbalance_factor',
    'tps_signal_latency_p50',
    'tps_signal_latency_p90',
    'tps_signal_latency_p99',
    'tps_signal_latency',
    'tps_dead_letter_queue_size',
    'tps_signals_total',
    'tps_error_rate',
    'tps_signal_success_rate',
  ])
})

it.each(['tps', 'idiomatic', 'both'] as const)('uses each name once in the profile %s', (profile) => {
  const names = exported(profile)
  expect(new Set(names).size).toBe(names.length)
})

it('exports with "both" what the two others export', () => {
  expect(new Set(exported('both'))).toEqual(new Set([...exported('tps'), ...exported('idiomatic')]))
})

it('follows the conventions of Prometheus in its idiomatic names', () => {
  for (const row of rows) {
    if (row.idiomatic === undefined) continue
    expect(row.idiomatic).toMatch(/^tps_[a-z][a-z0-9_]*$/)
    expect([row.idiomatic, row.idiomatic.endsWith('_total')]).toEqual([row.idiomatic, row.type === 'counter'])
    expect([row.idiomatic, row.idiomatic.endsWith('_seconds')]).toEqual([row.idiomatic, row.unit === 'milliseconds'])
    expect([row.idiomatic, row.idiomatic.endsWith('_ratio')]).toEqual([
      row.idiomatic,
      row.unit === 'ratio' || row.idiomatic === 'tps_load_imbalance_ratio',
    ])
  }
})

it('never averages percentiles over processes', () => {
  for (const row of rows.filter(({ unit, type }) => unit === 'milliseconds' && type === 'gauge'))
    expect([row.tps, row.aggregator]).toEqual([row.tps, 'max'])
})

it('tells the unit in the help text', () => {
  const p99 = CATALOGUE.trackers.find(({ tps }) => tps === 'tps_signal_latency_p99')
  expect(p99 && namesOf(p99, 'tps')).toEqual([
    {
      name: 'tps_signal_latency_p99',
      help: 'Latency that 99 % of the recent signals stay below, in milliseconds.',
      divisor: 1,
    },
  ])
})
