import { type Write, breakerState, latency, query, queueFill, rate } from './dashboard-panels.ts'

export const overview: Write = (m) => [
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

export const jidoka: Write = (m) => [
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

export const kanban: Write = (m) => [
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

export const andon: Write = (m) => [
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
