import { checkObject, checkOneOf } from '@tps/internal'
import type { Panel, Write } from './dashboard-panels.ts'
import { andon, jidoka, kanban, overview } from './dashboards-line.ts'
import { heijunka, kaizen, tracing } from './dashboards-measures.ts'
import { MetricNames, type QueryNames } from './metric-names.ts'

/** One board, for Grafana or for anything else that asks Prometheus. */
export interface Dashboard {
  readonly uid: string
  readonly title: string
  readonly panels: readonly Panel[]
}

/** How the boards are written. */
export interface DashboardsOptions {
  /** The names that the metrics are exported under: `idiomatic` also for `names: 'both'`. Default `tps`. */
  readonly names?: QueryNames | undefined
}

const BOARDS: readonly (readonly [uid: string, title: string, write: Write])[] = [
  ['tps-overview', 'Overview', overview],
  ['tps-jidoka', 'Jidoka', jidoka],
  ['tps-kanban', 'Kanban', kanban],
  ['tps-andon', 'Andon', andon],
  ['tps-kaizen', 'Kaizen', kaizen],
  ['tps-heijunka', 'Heijunka', heijunka],
  ['tps-tracing', 'Tracing', tracing],
]

/**
 * The seven boards with the queries of their panels. They want everything exported: with `names: 'tps'` what no other name
 * has, the duration histogram for one, needs `names: 'both'` at the exporter.
 */
export function dashboards(options: DashboardsOptions = {}): Dashboard[] {
  const { names = 'tps' } = checkObject('options', options)
  const metric = new MetricNames(checkOneOf('names', names, ['tps', 'idiomatic']))
  return BOARDS.map(([uid, title, write]) => ({ uid, title, panels: write(metric) }))
}
