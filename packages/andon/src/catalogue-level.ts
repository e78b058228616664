import { row } from './catalogue-make.ts'
import type { CatalogueRow } from './catalogue-row.ts'

export const levelers: readonly CatalogueRow[] = [
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

export const limiters: readonly CatalogueRow[] = [
  row('limiters', {
    idiomatic: 'tps_limiter_limit',
    type: 'gauge',
    unit: 'count',
    help: 'What the limiter lets through at present: calls in flight, or calls in its interval',
    read: ({ limit }, sample) => sample(limit),
  }),
  row('limiters', {
    idiomatic: 'tps_limiter_in_flight',
    type: 'gauge',
    unit: 'count',
    help: 'Calls in flight behind the limiter',
    read: ({ inFlight }, sample) => sample(inFlight),
  }),
  row('limiters', {
    idiomatic: 'tps_limiter_waiting',
    type: 'gauge',
    unit: 'count',
    help: 'Calls that wait at the limiter',
    read: ({ waiting, queued }, sample) => sample(waiting ?? queued),
  }),
  row('limiters', {
    idiomatic: 'tps_limiter_calls_total',
    type: 'counter',
    unit: 'count',
    help: 'Calls by what the limiter said',
    detail: 'verdict',
    read({ totals }, sample) {
      sample(totals?.admitted ?? totals?.accepted, 'admitted')
      sample(totals?.throttled ?? totals?.rejected, 'rejected')
    },
  }),
]

export const autoscalers: readonly CatalogueRow[] = [
  row('autoscalers', {
    idiomatic: 'tps_autoscaler_workers',
    type: 'gauge',
    unit: 'count',
    help: 'Workers that the autoscaler saw last',
    read: ({ workers }, sample) => sample(workers),
  }),
  row('autoscalers', {
    idiomatic: 'tps_autoscaler_recommended_workers',
    type: 'gauge',
    unit: 'count',
    help: 'Workers that the load asks for',
    read: ({ recommended }, sample) => sample(recommended),
  }),
  row('autoscalers', {
    idiomatic: 'tps_autoscaler_scaled_total',
    type: 'counter',
    unit: 'count',
    help: 'How often it scaled, by direction',
    detail: 'direction',
    read({ scaledUp, scaledDown }, sample) {
      sample(scaledUp, 'up')
      sample(scaledDown, 'down')
    },
  }),
  row('autoscalers', {
    idiomatic: 'tps_autoscaler_not_helping_total',
    type: 'counter',
    unit: 'count',
    help: 'How often more workers turned out not to help',
    read: ({ notHelping }, sample) => sample(notHelping),
  }),
]
