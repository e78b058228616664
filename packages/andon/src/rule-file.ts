import { checkObject, checkOneOf } from '@tps/internal'
import { MetricNames, type QueryNames } from './metric-names.ts'

/** An alert that Prometheus watches. */
export interface PrometheusAlert {
  readonly name: string
  /** PromQL, with the names of a profile. */
  readonly expr: string
  /** How long it must hold, as Prometheus writes durations. */
  readonly for: string
  readonly severity: 'red' | 'yellow'
  readonly summary: string
  readonly description: string
}

/** How the rule file is written. */
export interface RuleFileOptions {
  /** The names that the metrics are exported under: `idiomatic` also for `names: 'both'`. Default `tps`. */
  readonly names?: QueryNames | undefined
}

/** The six alerts of the TPS documents, as Prometheus watches them. */
export function prometheusAlerts(options: RuleFileOptions = {}): PrometheusAlert[] {
  const { names = 'tps' } = checkObject('options', options)
  const metric = new MetricNames(checkOneOf('names', names, ['tps', 'idiomatic']))
  const depth = metric.of('tps_queue_depth')
  return [
    {
      name: 'HighQueueDepth',
      expr: `${depth} / ${metric.of('tps_queue_capacity')} > 0.8`,
      for: '2m',
      severity: 'yellow',
      summary: 'The queue {{ $labels.queue }} is more than 80 % full',
      description: 'Work comes in faster than the workers take it. It stands at {{ $value | humanizePercentage }}.',
    },
    {
      name: 'HighLatency',
      expr: `${metric.latencySeconds(0.99)} > 0.2`,
      for: '1m',
      severity: 'yellow',
      summary: 'One signal in a hundred takes more than 200 ms',
      description: 'The 99th percentile of {{ $labels.tracker }} is {{ $value | humanizeDuration }}.',
    },
    {
      name: 'HighErrorRate',
      expr: `${metric.of('tps_error_rate')} > 0.05`,
      for: '2m',
      severity: 'red',
      summary: 'More than 5 % of the signals fail',
      description: '{{ $value | humanizePercentage }} of the recent signals of {{ $labels.service }} failed.',
    },
    {
      name: 'CircuitBreakerOpen',
      expr: `${metric.of('tps_circuit_breaker_state')} == 1`,
      for: '30s',
      severity: 'red',
      summary: 'The circuit breaker {{ $labels.breaker }} is open',
      description: 'What it guards has failed, and calls are refused. It probes by itself.',
    },
    {
      name: 'HighWorkerUtilization',
      expr: `${metric.of('tps_worker_utilization')} > 0.9`,
      for: '5m',
      severity: 'yellow',
      summary: 'More than 90 % of the workers of {{ $labels.pool }} are busy',
      description: 'There is no room for a peak. Utilization is {{ $value | humanizePercentage }}.',
    },
    {
      name: 'ProcessingRateZero',
      expr: `${metric.of('tps_processing_rate')} == 0 and ${depth} > 0`,
      for: '1m',
      severity: 'red',
      summary: 'Nothing is taken from the queue {{ $labels.queue }} although work waits',
      description: 'The workers are gone, or all of them hang.',
    },
  ]
}

/** The same as a rule file for Prometheus, in YAML. `promtool check rules` accepts it. */
export function alertRuleFile(options: RuleFileOptions = {}): string {
  const rules = prometheusAlerts(options).map(
    ({ name, expr, for: hold, severity, summary, description }) => `      - alert: ${JSON.stringify(name)}
        expr: ${JSON.stringify(expr)}
        for: ${JSON.stringify(hold)}
        labels:
          severity: ${JSON.stringify(severity)}
        annotations:
          summary: ${JSON.stringify(summary)}
          description: ${JSON.stringify(description)}
`,
  )
  return `groups:\n  - name: "tps"\n    rules:\n${rules.join('')}`
}
