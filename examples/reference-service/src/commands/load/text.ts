import type { Count, Percentiles } from './tally.ts'
import type { Gauge } from './watch.ts'

/** `1.2 ms`, or `-` where there is nothing. */
export function ms(value: number | null | undefined): string {
  if (value == null) return '-'
  return value >= 10_000
    ? `${(value / 1_000).toFixed(1)} s`
    : `${value >= 100 ? value.toFixed(0) : value.toFixed(1)} ms`
}

/** `12 %`; small shares keep a digit that shows them. */
export function percent(ratio: number): string {
  const value = ratio * 100
  return `${value === 0 || value >= 10 ? value.toFixed(0) : value.toFixed(value < 1 ? 2 : 1)} %`
}

/** The share of the signals sent that were not accepted, from 0 to 1. */
export function errorRatio({ sent, accepted, dropped }: Count): number {
  const all = sent + dropped
  return all === 0 ? 0 : (all - accepted) / all
}

/** One line about what happened lately. */
export function progressLine(label: string, count: Count, gauge: Gauge | undefined): string {
  const { sent, accepted, rejected, failed, latencyMs } = count
  return [
    `${label.padStart(7)}  ${sent} sent  ${accepted} accepted  ${rejected} rejected  ${failed} failed`,
    `p50 ${ms(latencyMs.p50)}  p99 ${ms(latencyMs.p99)}`,
    ...(gauge ? [gaugeText(gauge)] : []),
  ].join('  |  ')
}

function gaugeText({ depth, capacity, workers, utilization, circuit }: Gauge): string {
  return `queue ${depth}/${capacity}  workers ${workers} (${percent(utilization)} busy)  circuit ${circuit}`
}

/** A table of a summary: names to the left. */
export function table(rows: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`).join('\n')
}

/** The rows that every summary has. */
export function countRows(count: Count, seconds: number): [string, string][] {
  const { sent, accepted, rejected, failed, dropped, reasons, latencyMs, lagMs } = count
  const why = Object.entries(reasons).map(([reason, times]) => `${reason}: ${times}`)
  return [
    ['sent', `${sent} in ${seconds.toFixed(1)} s, ${(sent / seconds).toFixed(1)}/s`],
    ['accepted', `${accepted} (${percent(sent === 0 ? 0 : accepted / sent)})`],
    ['rejected', String(rejected)],
    ['failed', String(failed)],
    ...(why.length > 0 ? [['reasons', why.join(', ')] as [string, string]] : []),
    ['error rate', percent(errorRatio(count))],
    ['latency', `${spread(latencyMs)} (of accepted ones, from when each was due)`],
    ...(dropped > 0 ? [['not sent', `${dropped}: too many had no answer yet`] as [string, string]] : []),
    ...lagRows(lagMs),
  ]
}

/** Only said when it is worth knowing. */
function lagRows({ p99 }: Percentiles): [string, string][] {
  return p99 !== null && p99 > 10
    ? [['beware', `the generator itself was ${ms(p99)} late (p99): this machine is too busy to measure more`]]
    : []
}

export function spread({ p50, p90, p99, max }: Percentiles): string {
  return `p50 ${ms(p50)}, p90 ${ms(p90)}, p99 ${ms(p99)}, max ${ms(max)}`
}

/** The row about what the service says of itself. */
export function serviceRows(gauge: Gauge | undefined): [string, string][] {
  if (!gauge) return []
  return [['service', `${gaugeText(gauge)}, p99 of signals ${ms(gauge.p99Ms)}`]]
}
