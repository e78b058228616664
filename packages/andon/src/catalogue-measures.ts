import { row } from './catalogue-make.ts'
import type { CatalogueRow } from './catalogue-row.ts'
import type { BoardReadings, TrackerReadings } from './snapshots.ts'

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

export const trackers: readonly CatalogueRow[] = [
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
  row('trackers', {
    idiomatic: 'tps_signal_duration_seconds',
    isRestatement: true,
    type: 'histogram',
    unit: 'milliseconds',
    help: 'Latency of all signals, by bucket',
    detail: 'le',
    aggregator: 'sum',
    read(readings, sample, held) {
      const { buckets } = readings
      const { sum, count } = buckets ? totalsOf(readings) : readings
      if (!(buckets || held) || typeof count !== 'number') return
      if (buckets) for (const { upToMs, count: atMost } of buckets) sample(atMost, `${upToMs / 1000}`, '_bucket')
      else if (held)
        for (let index = 0; index < held.le.length; index++) sample(held.counts[index], held.le[index], '_bucket')
      sample(count, '+Inf', '_bucket')
      sample(sum, undefined, '_sum')
      sample(count, undefined, '_count')
    },
  }),
]

export const signals: readonly CatalogueRow[] = [
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

export const slos: readonly CatalogueRow[] = [
  row('slos', {
    idiomatic: 'tps_slo_target_ratio',
    type: 'gauge',
    unit: 'ratio',
    help: 'Share of good events that is promised',
    read: ({ target }, sample) => sample(target),
  }),
  row('slos', {
    idiomatic: 'tps_slo_good_ratio',
    type: 'gauge',
    unit: 'ratio',
    help: 'Share of good events in the period',
    read: ({ goodRatio }, sample) => sample(goodRatio),
  }),
  row('slos', {
    idiomatic: 'tps_slo_budget_remaining_ratio',
    type: 'gauge',
    unit: 'ratio',
    help: 'Share of the error budget that is left; below 0 when more failed than was allowed',
    read: ({ budgetRemaining }, sample) => sample(budgetRemaining),
  }),
  row('slos', {
    idiomatic: 'tps_slo_burn_rate',
    type: 'gauge',
    unit: 'count',
    help: 'How many times as fast as allowed the error budget is used, by window',
    detail: 'window',
    aggregator: 'max',
    read({ alerts }, sample) {
      const seen = new Set<number>()
      for (const { longMs, longBurnRate } of alerts ?? []) {
        if (!seen.has(longMs)) sample(longBurnRate, `${longMs / 60_000}m`)
        seen.add(longMs)
      }
    },
  }),
]

export const alerts: readonly CatalogueRow[] = [
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

const COLOUR_NUMBERS: Readonly<Record<BoardReadings['colour'], number | undefined>> = {
  green: 0,
  yellow: 1,
  red: 2,
  unknown: undefined,
}

export const boards: readonly CatalogueRow[] = [
  row('boards', {
    idiomatic: 'tps_board_state',
    type: 'gauge',
    unit: 'state',
    help: 'Worst lamp of the board: 0 green, 1 yellow, 2 red',
    read: ({ colour }, sample) => sample(COLOUR_NUMBERS[colour]),
  }),
  row('boards', {
    idiomatic: 'tps_board_lamp',
    type: 'gauge',
    unit: 'state',
    help: 'Lamp of each station: 0 green, 1 yellow, 2 red',
    detail: 'station',
    read({ stations }, sample) {
      for (const { station, colour } of stations) sample(COLOUR_NUMBERS[colour], station)
    },
  }),
]

export const collectors: readonly CatalogueRow[] = [
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
