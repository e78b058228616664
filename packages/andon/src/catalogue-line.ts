import { row } from './catalogue-make.ts'
import type { CatalogueRow } from './catalogue-row.ts'
import type { BreakerReadings } from './snapshots.ts'

/** What `tps_circuit_breaker_state` shows. */
const STATE_NUMBERS: Record<BreakerReadings['state'], number> = {
  closed: 0,
  open: 1,
  'half-open': 2,
  'forced-open': 3,
  disabled: 4,
}

export const breakers: readonly CatalogueRow[] = [
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

export const queues: readonly CatalogueRow[] = [
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

export const pools: readonly CatalogueRow[] = [
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

export const deadLetters: readonly CatalogueRow[] = [
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
