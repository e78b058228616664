import type { CatalogueRow, MetricUnit } from './catalogue-row.ts'
import type { BreakerReadings, ReadingsOf, SourceKind, TrackerReadings } from './snapshots.ts'

/** What `tps_circuit_breaker_state` shows. */
const STATE_NUMBERS: Record<BreakerReadings['state'], number> = {
  closed: 0,
  open: 1,
  'half-open': 2,
  'forced-open': 3,
  disabled: 4,
}

const INSTANCE_LABELS: Record<SourceKind, string | undefined> = {
  breakers: 'breaker',
  queues: 'queue',
  pools: 'pool',
  levelers: 'leveler',
  trackers: 'tracker',
  deadLetters: 'dead_letters',
  signals: 'service',
  alerts: 'andon',
  collectors: undefined,
}

const AGGREGATORS: Record<MetricUnit, CatalogueRow['aggregator']> = {
  count: 'sum',
  ratio: 'average',
  milliseconds: 'max',
  'per second': 'sum',
  state: 'max',
}

type Wanted<Kind extends SourceKind> = Omit<CatalogueRow<Kind>, 'source' | 'labels' | 'aggregator'> & {
  readonly detail?: string
  readonly aggregator?: CatalogueRow['aggregator']
}

function row<Kind extends SourceKind>(source: Kind, { detail, ...wanted }: Wanted<Kind>): CatalogueRow {
  const instance = INSTANCE_LABELS[source]
  const labels: CatalogueRow['labels'] =
    instance === undefined ? [] : detail === undefined ? [instance] : [instance, detail]
  const made: CatalogueRow<Kind> = { aggregator: AGGREGATORS[wanted.unit], ...wanted, source, labels }
  // A row is only ever given readings of its own kind: whoever collects looks rows up by kind.
  return made as unknown as CatalogueRow
}

/** Lifetime count and sum. Those of a window would fall, and `rate()` would take that for a restart. */
function totalsOf({
  count,
  sum,
  windowMs,
  totalCount,
  totalSum,
}: TrackerReadings): Pick<TrackerReadings, 'count' | 'sum'> {
  if (totalCount !== undefined) return { count: totalCount, sum: totalSum }
  return windowMs === undefined || windowMs === null ? { count, sum } : { count: undefined }
}

const breakers: readonly CatalogueRow[] = [
  row('breakers', {
    tps: 'tps_circuit_breaker_state',
    idiomatic: 'tps_circuit_breaker_state',
    type: 'gauge',
    unit: 'state',
    help: 'State of the circuit breaker: 0 closed, 1 open, 2 half-open, 3 forced open, 4 disabled',
    read: ({ state }, sample) => sample(STATE_NUMBERS[state]),
  }),
  row('breakers', {
    tps: 'tps_jidoka_rejections',
    idiomatic: 'tps_circuit_breaker_rejected_total',
    type: 'counter',
    unit: 'count',
    help: 'Calls that the circuit breaker refused',
    read: ({ rejected, totals }, sample) => sample(rejected ?? totals?.rejected),
  }),
  row('breakers', {
    idiomatic: 'tps_circuit_breaker_calls_total',
    type: 'counter',
    unit: 'count',
    help: 'Calls that ended and counted, by outcome',
    detail: 'outcome',
    read({ totals }, sample) {
      sample(totals?.success, 'success')
      sample(totals?.failure, 'failure')
    },
  }),
  row('breakers', {
    idiomatic: 'tps_circuit_breaker_opened_total',
    type: 'counter',
    unit: 'count',
    help: 'How often the circuit breaker opened by itself',
    read: ({ totals }, sample) => sample(totals?.opened),
  }),
  row('breakers', {
    idiomatic: 'tps_circuit_breaker_failure_ratio',
    type: 'gauge',
    unit: 'ratio',
    help: 'Share of the calls in the window that failed',
    read: ({ window }, sample) => sample(window?.failureRatio),
  }),
]

const queues: readonly CatalogueRow[] = [
  row('queues', {
    tps: 'tps_queue_depth',
    idiomatic: 'tps_queue_depth',
    type: 'gauge',
    unit: 'count',
    help: 'Items that wait in the queue',
    read: ({ depth }, sample) => sample(depth),
  }),
  row('queues', {
    tps: 'tps_queue_capacity',
    idiomatic: 'tps_queue_capacity',
    type: 'gauge',
    unit: 'count',
    help: 'Items that may wait in the queue',
    read: ({ capacity }, sample) => sample(capacity),
  }),
  row('queues', {
    tps: 'tps_processing_rate',
    idiomatic: 'tps_queue_dequeue_rate',
    type: 'gauge',
    unit: 'per second',
    help: 'Items that workers took from the queue lately',
    read: ({ dequeueRate }, sample) => sample(dequeueRate),
  }),
  row('queues', {
    idiomatic: 'tps_queue_enqueue_rate',
    type: 'gauge',
    unit: 'per second',
    help: 'Items that came into the queue lately',
    read: ({ enqueueRate }, sample) => sample(enqueueRate),
  }),
  row('queues', {
    idiomatic: 'tps_queue_oldest_age_seconds',
    type: 'gauge',
    unit: 'milliseconds',
    help: 'How long the oldest item has waited',
    read: ({ oldestAgeMs }, sample) => sample(oldestAgeMs),
  }),
  row('queues', {
    idiomatic: 'tps_queue_rejected_total',
    type: 'counter',
    unit: 'count',
    help: 'Items that the queue refused',
    read: ({ rejected }, sample) => sample(rejected),
  }),
]

const pools: readonly CatalogueRow[] = [
  row('pools', {
    tps: 'tps_workers',
    idiomatic: 'tps_workers',
    type: 'gauge',
    unit: 'count',
    help: 'Workers of the pool',
    read: ({ workers }, sample) => sample(workers),
  }),
  row('pools', {
    tps: 'tps_worker_utilization',
    idiomatic: 'tps_worker_utilization_ratio',
    type: 'gauge',
    unit: 'ratio',
    help: 'Share of the workers that is busy',
    read: ({ utilization }, sample) => sample(utilization),
  }),
  row('pools', {
    idiomatic: 'tps_workers_busy',
    type: 'gauge',
    unit: 'count',
    help: 'Workers that are busy',
    read: ({ busy }, sample) => sample(busy),
  }),
  row('pools', {
    idiomatic: 'tps_workers_overdue',
    type: 'gauge',
    unit: 'count',
    help: 'Workers whose handler has timed out and still runs',
    read: ({ overdue }, sample) => sample(overdue),
  }),
  row('pools', {
    idiomatic: 'tps_pool_processed_total',
    type: 'counter',
    unit: 'count',
    help: 'Items that the pool has processed',
    read: ({ processed }, sample) => sample(processed),
  }),
  row('pools', {
    idiomatic: 'tps_pool_failed_total',
    type: 'counter',
    unit: 'count',
    help: 'Items that the pool has failed at',
    read: ({ failed }, sample) => sample(failed),
  }),
  row('pools', {
    idiomatic: 'tps_pool_retried_total',
    type: 'counter',
    unit: 'count',
    help: 'Items that the pool has tried again',
    read: ({ retried }, sample) => sample(retried),
  }),
]

const levelers: readonly CatalogueRow[] = [
  row('levelers', {
    tps: 'tps_worker_load',
    idiomatic: 'tps_worker_load',
    type: 'gauge',
    unit: 'count',
    help: 'Load of each worker',
    detail: 'worker',
    read({ workerLoads }, sample) {
      for (const [worker, load] of workerLoads.entries()) sample(load, `${worker}`)
    },
  }),
  row('levelers', {
    tps: 'tps_imbalance_factor',
    idiomatic: 'tps_load_imbalance_ratio',
    type: 'gauge',
    unit: 'count',
    help: 'How uneven the load is: (max − min) / avg of the workers',
    aggregator: 'max',
    read: ({ imbalanceFactor }, sample) => sample(imbalanceFactor),
  }),
  row('levelers', {
    idiomatic: 'tps_rebalance_attempts_total',
    type: 'counter',
    unit: 'count',
    help: 'How often the load was rebalanced',
    read: ({ rebalanceAttempts }, sample) => sample(rebalanceAttempts),
  }),
  row('levelers', {
    idiomatic: 'tps_items_moved_total',
    type: 'counter',
    unit: 'count',
    help: 'Items moved from one worker to another',
    read: ({ itemsMoved }, sample) => sample(itemsMoved),
  }),
]

const trackers: readonly CatalogueRow[] = [
  row('trackers', {
    tps: 'tps_signal_latency_p50',
    type: 'gauge',
    unit: 'milliseconds',
    help: 'Latency that half of the recent signals stay below',
    read: ({ p50 }, sample) => sample(p50),
  }),
  row('trackers', {
    tps: 'tps_signal_latency_p90',
    type: 'gauge',
    unit: 'milliseconds',
    help: 'Latency that 90 % of the recent signals stay below',
    read: ({ p90 }, sample) => sample(p90),
  }),
  row('trackers', {
    tps: 'tps_signal_latency_p99',
    type: 'gauge',
    unit: 'milliseconds',
    help: 'Latency that 99 % of the recent signals stay below',
    read: ({ p99 }, sample) => sample(p99),
  }),
  row('trackers', {
    tps: 'tps_signal_latency',
    type: 'summary',
    unit: 'milliseconds',
    help: 'Latency of all signals',
    aggregator: 'sum',
    read(readings, sample) {
      const { sum, count } = totalsOf(readings)
      sample(sum, undefined, '_sum')
      sample(count, undefined, '_count')
    },
  }),
  row('trackers', {
    idiomatic: 'tps_signal_latency_seconds',
    isRestatement: true,
    type: 'summary',
    unit: 'milliseconds',
    help: 'Latency of signals: quantiles of the recent ones, sum and count of all',
    detail: 'quantile',
    aggregator: 'omit',
    read(readings, sample) {
      const { p50, p90, p95, p99, p999 } = readings
      sample(p50, '0.5')
      sample(p90, '0.9')
      sample(p95, '0.95')
      sample(p99, '0.99')
      sample(p999, '0.999')
      const { sum, count } = totalsOf(readings)
      sample(sum, undefined, '_sum')
      sample(count, undefined, '_count')
    },
  }),
]

const deadLetters: readonly CatalogueRow[] = [
  row('deadLetters', {
    tps: 'tps_dead_letter_queue_size',
    idiomatic: 'tps_dead_letters',
    type: 'gauge',
    unit: 'count',
    help: 'Dead letters that are kept',
    read: ({ size }, sample) => sample(size),
  }),
  row('deadLetters', {
    idiomatic: 'tps_dead_letters_dropped_total',
    type: 'counter',
    unit: 'count',
    help: 'Dead letters that were dropped because there was no room',
    read: ({ dropped }, sample) => sample(dropped),
  }),
]

const signals: readonly CatalogueRow[] = [
  row('signals', {
    tps: 'tps_signals_total',
    idiomatic: 'tps_signals_total',
    type: 'counter',
    unit: 'count',
    help: 'Signals by how they ended',
    detail: 'status',
    read({ byStatus }, sample) {
      for (const [status, count] of Object.entries(byStatus)) sample(count, status)
    },
  }),
  row('signals', {
    tps: 'tps_error_rate',
    idiomatic: 'tps_signal_error_ratio',
    type: 'gauge',
    unit: 'ratio',
    help: 'Share of the recent signals that failed',
    read: ({ errorRatio }, sample) => sample(errorRatio),
  }),
  row('signals', {
    tps: 'tps_signal_success_rate',
    idiomatic: 'tps_signal_success_ratio',
    type: 'gauge',
    unit: 'ratio',
    help: 'Share of the recent signals that succeeded',
    read({ successRatio, errorRatio }, sample) {
      sample(successRatio ?? (typeof errorRatio === 'number' ? 1 - errorRatio : undefined))
    },
  }),
]

const alerts: readonly CatalogueRow[] = [
  row('alerts', {
    idiomatic: 'tps_alerts',
    type: 'gauge',
    unit: 'count',
    help: 'Alerts by state',
    detail: 'state',
    read({ firing, pending }, sample) {
      sample(firing, 'firing')
      sample(pending, 'pending')
    },
  }),
  row('alerts', {
    idiomatic: 'tps_alert_evaluations_total',
    type: 'counter',
    unit: 'count',
    help: 'How often the alert rules were evaluated',
    read: ({ evaluations }, sample) => sample(evaluations),
  }),
  row('alerts', {
    idiomatic: 'tps_alert_source_errors_total',
    type: 'counter',
    unit: 'count',
    help: 'How often an alert rule could not read its value',
    read: ({ sourceErrors }, sample) => sample(sourceErrors),
  }),
]

const collectors: readonly CatalogueRow[] = [
  row('collectors', {
    idiomatic: 'tps_collector_read_failures_total',
    type: 'counter',
    unit: 'count',
    help: 'Snapshots that could not be read for metrics',
    read: ({ readFailures }, sample) => sample(readFailures),
  }),
  row('collectors', {
    idiomatic: 'tps_collector_dropped_series_total',
    type: 'counter',
    unit: 'count',
    help: 'Series left out of a scrape: over the limit, or of a source whose name is taken',
    read: ({ droppedSeries }, sample) => sample(droppedSeries),
  }),
]

/** Every metric there is, by what it is read from. */
export const CATALOGUE: { readonly [Kind in keyof ReadingsOf]: readonly CatalogueRow[] } = Object.freeze({
  breakers,
  queues,
  pools,
  levelers,
  trackers,
  deadLetters,
  signals,
  alerts,
  collectors,
})
