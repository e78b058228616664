import { type Write, latency, query, rate } from './dashboard-panels.ts'

export const kaizen: Write = (m) => [
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

export const heijunka: Write = (m) => [
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
export const tracing: Write = (m) => [
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
