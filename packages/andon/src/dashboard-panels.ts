import type { MetricNames } from './metric-names.ts'

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

/** The panels of one board. */
export type Write = (m: MetricNames) => readonly Panel[]

export const query = (expr: string, legend: string): PanelQuery => ({ expr, legend })
export const rate = (name: string): string => `rate(${name}[1m])`

export const latency = (m: MetricNames): Panel => ({
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

export const queueFill = (m: MetricNames): Panel => ({
  title: 'Queue, share of its capacity',
  kind: 'timeseries',
  unit: 'percentunit',
  queries: [query(`${m.of('tps_queue_depth')} / ${m.of('tps_queue_capacity')}`, '{{queue}}')],
  levels: { yellow: 0.6, red: 0.8 },
})

export const breakerState = (m: MetricNames): Panel => ({
  title: 'Circuit breaker: 0 closed, 1 open, 2 half-open',
  kind: 'state',
  unit: 'short',
  queries: [query(m.of('tps_circuit_breaker_state'), '{{breaker}}')],
  levels: { red: 1 },
})
