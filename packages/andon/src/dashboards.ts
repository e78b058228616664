import { checkObject, checkOneOf } from '@tps/internal'
import { MetricNames, type QueryNames } from './metric-names.ts'

/** One query of a panel. */
export interface PanelQuery {
  /** PromQL. */
  readonly expr: string
  /** What its series are called, with Grafana's `{{label}}`. */
  readonly legend: string
}

/** One panel of a dashboard. */
export interface Panel {
  readonly title: string
  readonly kind: 'timeseries' | 'stat' | 'bars' | 'state' | 'heatmap'
  /** Grafana's name of the unit. */
  readonly unit: 'short' | 'percentunit' | 's' | 'ops'
  readonly queries: readonly PanelQuery[]
  /** Where it becomes yellow, and where red. */
  readonly levels?: { readonly yellow?: number; readonly red?: number }
}

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

type Write = (m: MetricNames) => readonly Panel[]

const query = (expr: string, legend: string): PanelQuery => ({ expr, legend })
const rate = (name: string): string => `rate(${name}[1m])`

const latency = (m: MetricNames): Panel => ({
  title: 'Latency',
  kind: 'timeseries',
  unit: 's',
  queries: [
    query(m.latencySeconds(0.5), 'p50'),
    query(m.latencySeconds(0.9), 'p90'),
    query(m.latencySeconds(0.99), 'p99'),
  ],
  levels: { yellow: 0.1, red: 0.2 },
})

const queueFill = (m: MetricNames): Panel => ({
  title: 'Queue, share of its capacity',
  kind: 'timeseries',
  unit: 'percentunit',
  queries: [query(`${m.of('tps_queue_depth')} / ${m.of('tps_queue_capacity')}`, '{{queue}}')],
  levels: { yellow: 0.6, red: 0.8 },
})

const breakerState = (m: MetricNames): Panel => ({
  title: 'Circuit breaker: 0 closed, 1 open, 2 half-open',
  kind: 'state',
  unit: 'short',
  queries: [query(m.of('tps_circuit_breaker_state'), '{{breaker}}')],
  levels: { red: 1 },
})

const overview: Write = (m) => [
  {
    title: 'Worst lamp: 0 green, 1 yellow, 2 red',
    kind: 'stat',
    unit: 'short',
    queries: [query(m.of('tps_board_state'), '{{board}}')],
    levels: { yellow: 1, red: 2 },
  },
  queueFill(m),
  breakerState(m),
  latency(m),
  {
    title: 'Error rate',
    kind: 'timeseries',
    unit: 'percentunit',
    queries: [query(m.of('tps_error_rate'), '{{service}}')],
    levels: { yellow: 0.01, red: 0.05 },
  },
  {
    title: 'Processing rate',
    kind: 'timeseries',
    unit: 'ops',
    queries: [query(m.of('tps_processing_rate'), '{{queue}}')],
  },
  {
    title: 'Worker utilization',
    kind: 'timeseries',
    unit: 'percentunit',
    queries: [query(m.of('tps_worker_utilization'), '{{pool}}')],
    levels: { yellow: 0.7, red: 0.9 },
  },
  {
    title: 'Throughput by outcome',
    kind: 'timeseries',
    unit: 'ops',
    queries: [query(rate(m.of('tps_signals_total')), '{{status}}')],
  },
]

const jidoka: Write = (m) => [
  breakerState(m),
  {
    title: 'Calls by outcome',
    kind: 'timeseries',
    unit: 'ops',
    queries: [query(rate(m.of('tps_circuit_breaker_calls_total')), '{{breaker}} {{outcome}}')],
  },
  {
    title: 'Refused calls',
    kind: 'timeseries',
    unit: 'ops',
    queries: [query(rate(m.of('tps_jidoka_rejections')), '{{breaker}}')],
  },
  {
    title: 'Share of failures in the window',
    kind: 'timeseries',
    unit: 'percentunit',
    queries: [query(m.of('tps_circuit_breaker_failure_ratio'), '{{breaker}}')],
    levels: { yellow: 0.1, red: 0.5 },
  },
  {
    title: 'Openings in the last hour',
    kind: 'stat',
    unit: 'short',
    queries: [query(`increase(${m.of('tps_circuit_breaker_opened_total')}[1h])`, '{{breaker}}')],
    levels: { yellow: 1, red: 5 },
  },
]

const kanban: Write = (m) => [
  queueFill(m),
  {
    title: 'In and out',
    kind: 'timeseries',
    unit: 'ops',
    queries: [
      query(m.of('tps_queue_enqueue_rate'), '{{queue}} in'),
      query(m.of('tps_processing_rate'), '{{queue}} out'),
    ],
  },
  {
    title: 'Age of the oldest item',
    kind: 'timeseries',
    unit: 's',
    queries: [query(m.of('tps_queue_oldest_age_seconds'), '{{queue}}')],
  },
  {
    title: 'Refused items',
    kind: 'timeseries',
    unit: 'ops',
    queries: [query(rate(m.of('tps_queue_rejected_total')), '{{queue}}')],
  },
  {
    title: 'Workers: all, busy, overdue',
    kind: 'timeseries',
    unit: 'short',
    queries: [
      query(m.of('tps_workers'), '{{pool}} all'),
      query(m.of('tps_workers_busy'), '{{pool}} busy'),
      query(m.of('tps_workers_overdue'), '{{pool}} overdue'),
    ],
  },
  {
    title: 'Done, failed, tried again',
    kind: 'timeseries',
    unit: 'ops',
    queries: [
      query(rate(m.of('tps_pool_processed_total')), '{{pool}} done'),
      query(rate(m.of('tps_pool_failed_total')), '{{pool}} failed'),
      query(rate(m.of('tps_pool_retried_total')), '{{pool}} tried again'),
    ],
  },
  {
    title: 'Dead letters',
    kind: 'stat',
    unit: 'short',
    queries: [query(m.of('tps_dead_letter_queue_size'), '{{dead_letters}}')],
    levels: { yellow: 1, red: 100 },
  },
]

const andon: Write = (m) => [
  {
    title: 'Lamps: 0 green, 1 yellow, 2 red',
    kind: 'state',
    unit: 'short',
    queries: [query(m.of('tps_board_lamp'), '{{station}}')],
    levels: { yellow: 1, red: 2 },
  },
  { title: 'Alerts', kind: 'timeseries', unit: 'short', queries: [query(m.of('tps_alerts'), '{{state}}')] },
  {
    title: 'Evaluations of the rules',
    kind: 'timeseries',
    unit: 'ops',
    queries: [query(rate(m.of('tps_alert_evaluations_total')), '{{andon}}')],
  },
  {
    title: 'Rules that could not read their value, in the last hour',
    kind: 'stat',
    unit: 'short',
    queries: [query(`increase(${m.of('tps_alert_source_errors_total')}[1h])`, '{{andon}}')],
    levels: { yellow: 1 },
  },
  {
    title: 'Series left out of scrapes, in the last hour',
    kind: 'stat',
    unit: 'short',
    queries: [query(`increase(${m.of('tps_collector_dropped_series_total')}[1h])`, 'left out')],
    levels: { yellow: 1 },
  },
]

const kaizen: Write = (m) => [
  latency(m),
  {
    title: 'Mean latency',
    kind: 'timeseries',
    unit: 's',
    queries: [
      query(
        `${rate(m.latencyTotal('sum'))} / ${rate(m.latencyTotal('count'))}${m.latencyTotal('sum').includes('_seconds') ? '' : ' / 1000'}`,
        '{{tracker}}',
      ),
    ],
  },
  {
    title: 'Error budget that is left',
    kind: 'timeseries',
    unit: 'percentunit',
    queries: [query(m.of('tps_slo_budget_remaining_ratio'), '{{slo}}')],
  },
  {
    title: 'Burn rate',
    kind: 'timeseries',
    unit: 'short',
    queries: [query(m.of('tps_slo_burn_rate'), '{{slo}} over {{window}}')],
    levels: { yellow: 1, red: 14.4 },
  },
  {
    title: 'Good events in the period, and the target',
    kind: 'timeseries',
    unit: 'percentunit',
    queries: [query(m.of('tps_slo_good_ratio'), '{{slo}} good'), query(m.of('tps_slo_target_ratio'), '{{slo}} target')],
  },
]

const heijunka: Write = (m) => [
  {
    title: 'Load of each worker',
    kind: 'bars',
    unit: 'short',
    queries: [query(m.of('tps_worker_load'), '{{leveler}} {{worker}}')],
  },
  {
    title: 'Imbalance: (max − min) / avg',
    kind: 'timeseries',
    unit: 'percentunit',
    queries: [query(m.of('tps_imbalance_factor'), '{{leveler}}')],
    levels: { yellow: 0.05, red: 0.2 },
  },
  {
    title: 'Rebalancings and moved items in the last 10 minutes',
    kind: 'timeseries',
    unit: 'short',
    queries: [
      query(`increase(${m.of('tps_rebalance_attempts_total')}[10m])`, '{{leveler}} rebalancings'),
      query(`increase(${m.of('tps_items_moved_total')}[10m])`, '{{leveler}} moved'),
    ],
  },
  {
    title: 'Limiters: limit, in flight, waiting',
    kind: 'timeseries',
    unit: 'short',
    queries: [
      query(m.of('tps_limiter_limit'), '{{limiter}} limit'),
      query(m.of('tps_limiter_in_flight'), '{{limiter}} in flight'),
      query(m.of('tps_limiter_waiting'), '{{limiter}} waiting'),
    ],
  },
  {
    title: 'Calls by what the limiter said',
    kind: 'timeseries',
    unit: 'ops',
    queries: [query(rate(m.of('tps_limiter_calls_total')), '{{limiter}} {{verdict}}')],
  },
  {
    title: 'Workers: there are, and are asked for',
    kind: 'timeseries',
    unit: 'short',
    queries: [
      query(m.of('tps_autoscaler_workers'), '{{autoscaler}} there are'),
      query(m.of('tps_autoscaler_recommended_workers'), '{{autoscaler}} asked for'),
    ],
  },
  {
    title: 'Scalings in the last hour',
    kind: 'stat',
    unit: 'short',
    queries: [
      query(`increase(${m.of('tps_autoscaler_scaled_total')}[1h])`, '{{autoscaler}} {{direction}}'),
      query(`increase(${m.of('tps_autoscaler_not_helping_total')}[1h])`, '{{autoscaler}} did not help'),
    ],
  },
]

/** Its histogram, with exemplars, is the way from a slow second to its traces. */
const tracing: Write = (m) => [
  {
    title: 'Latency by bucket: click a dot to open its trace',
    kind: 'heatmap',
    unit: 's',
    queries: [query(`sum by (le) (${rate(`${m.of('tps_signal_duration_seconds')}_bucket`)})`, '{{le}}')],
  },
  {
    title: 'p99 of the histogram',
    kind: 'timeseries',
    unit: 's',
    queries: [
      query(`histogram_quantile(0.99, sum by (le) (${rate(`${m.of('tps_signal_duration_seconds')}_bucket`)}))`, 'p99'),
    ],
  },
  {
    title: 'Signals by outcome: click a dot to open its trace',
    kind: 'timeseries',
    unit: 'ops',
    queries: [query(rate(m.of('tps_signals_total')), '{{status}}')],
  },
]

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
