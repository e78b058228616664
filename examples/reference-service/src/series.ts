import type { Fold } from './history-tier.ts'
import type { HostReading } from './host.ts'
import type { LineSnapshots } from './snapshots.ts'

/** What a series is read from. */
export interface Source {
  readonly line: LineSnapshots
  readonly host: HostReading
}

interface Series {
  /** How the readings of a longer step become one point: where high is bad the worst of them is shown. */
  readonly fold: Fold
  readonly read: (source: Source) => number | null
}

/** The states of a circuit as the seeds number them. */
const CIRCUIT = { closed: 0, open: 1, 'forced-open': 1, 'half-open': 2, disabled: 0 } as const

const mean = (read: Series['read']): Series => ({ fold: 'mean', read })
const max = (read: Series['read']): Series => ({ fold: 'max', read })
const last = (read: Series['read']): Series => ({ fold: 'last', read })

const stage = (name: string): Series =>
  mean(({ line }) => line.breakdown.stages.find(({ stage }) => stage === name)?.mean ?? null)

const circuitOfChain = (index: number): Series =>
  max(({ line }) => {
    const circuit = line.chain[index]
    return circuit ? CIRCUIT[circuit.state] : null
  })

/** How fast the budget burns over the shortest and the longest of the windows that are watched. */
const burn = (slo: 'latency' | 'availability', window: 'short' | 'long'): Series =>
  max(({ line }) => {
    const { alerts } = line.slo[slo]
    const watched = window === 'short' ? alerts[0] : alerts.at(-1)
    return watched?.longBurnRate ?? null
  })

/** Every figure that is charted over time. Durations in ms, rates a second, ratios from 0 to 1. */
export const SERIES = {
  circuit: max(({ line }) => CIRCUIT[line.breaker.state]),
  circuitA: circuitOfChain(0),
  circuitB: circuitOfChain(1),
  circuitC: circuitOfChain(2),
  failureRatio: max(({ line }) => (line.breaker.window.completed > 0 ? line.breaker.window.failureRatio : null)),
  circuitRejected: last(({ line }) => line.counters.rejectedBy['circuit breaker open']),
  healthMs: max(({ line }) => line.watch.latencyMs),

  depth: max(({ line }) => line.queue.depth),
  oldestAgeMs: max(({ line }) => line.queue.oldestAgeMs),
  enqueueRate: mean(({ line }) => line.leveler.enqueueRate),
  dequeueRate: mean(({ line }) => line.leveler.dequeueRate),
  incomingRate: mean(({ line }) => line.counters.incomingRate),
  processingRate: mean(({ line }) => line.counters.processingRate),
  rejectionRate: mean(({ line }) => line.counters.rejectionRate),
  workers: max(({ line }) => line.pool.workers),
  busy: mean(({ line }) => line.pool.busy),
  utilization: mean(({ line }) => line.pool.utilization),
  deadLetters: last(({ line }) => line.deadLetters.size),

  p50: mean(({ line }) => line.latency.p50),
  p90: mean(({ line }) => line.latency.p90),
  p99: max(({ line }) => line.latency.p99),
  errorRatio: max(({ line }) => line.counters.errorRatio),
  firing: max(({ line }) => line.alerts.filter(({ state }) => state === 'firing').length),
  pending: max(({ line }) => line.alerts.filter(({ state }) => state === 'pending').length),

  apiReceive: stage('api_receive'),
  enqueue: stage('enqueue'),
  dequeueWait: stage('dequeue_wait'),
  processWork: stage('process_work'),
  jidokaCheck: stage('jidoka_check'),
  metricsRecord: stage('metrics_record'),
  latencyBudget: last(({ line }) => line.slo.latency.budgetRemaining),
  availabilityBudget: last(({ line }) => line.slo.availability.budgetRemaining),
  latencyBurn: burn('latency', 'short'),
  latencyBurnLong: burn('latency', 'long'),
  availabilityBurn: burn('availability', 'short'),
  availabilityBurnLong: burn('availability', 'long'),

  imbalance: max(({ line }) => line.leveler.imbalanceFactor),
  itemsMoved: last(({ line }) => line.leveler.itemsMoved),
  slowInProgress: max(({ line }) => line.leveler.slowInProgress),
  recommended: last(({ line }) => line.autoscaler?.recommended ?? null),

  traces: last(({ line }) => line.traces.kept),
  cpuRatio: mean(({ host }) => host.cpuRatio),
  memoryRatio: max(({ host }) => host.memoryRatio),
  diskRatio: last(({ host }) => host.diskRatio),
} as const satisfies Record<string, Series>

/** The name of a charted figure. */
export type SeriesName = keyof typeof SERIES

/** A value for each series; `null` where there is none. */
export type Values = Readonly<Record<SeriesName, number | null>>

/** How each series is folded. */
export const FOLDS = Object.fromEntries(Object.entries(SERIES).map(([name, { fold }]) => [name, fold])) as Readonly<
  Record<SeriesName, Fold>
>

/** Reads every series once. */
export function valuesOf(source: Source): Values {
  const values = Object.entries(SERIES).map(([name, { read }]) => [name, read(source)] as const)
  return Object.fromEntries(values) as Values
}
