import type { Alert, AlertEmitter } from '@tps/andon'
import { SLA_MS } from './alerts.ts'
import { roundOrNull } from './round.ts'
import type { Stations } from './stations.ts'
import type { DownstreamWatch } from './watch.ts'

/** What is read of the line. */
export interface Observed {
  readonly stations: Stations
  readonly alerts: AlertEmitter
  readonly watch: DownstreamWatch
}

/** The colour of the andon lamp. */
export type Lamp = 'green' | 'yellow' | 'red'

/** The line at one moment, as the board shows it. Latencies in ms, rates a second, ratios from 0 to 1. */
export interface Reading {
  /** Wall clock, ms since 1970. */
  readonly at: number
  readonly lamp: Lamp
  readonly why: string
  readonly breaker: string
  readonly retryAfterMs: number | null
  readonly breakerRejected: number
  readonly depth: number
  readonly capacity: number
  readonly p50: number | null
  readonly p90: number | null
  readonly p99: number | null
  readonly slaMs: number
  readonly incomingRate: number
  readonly processingRate: number
  readonly rejectionRate: number
  readonly errorRatio: number
  readonly completed: number
  readonly deadLetters: number
  readonly workers: number
  readonly busy: number
  readonly utilization: number
  readonly workerLoads: readonly number[]
  readonly alerts: readonly {
    readonly name: string
    readonly state: string
    readonly severity: string
    readonly summary: string
  }[]
}

/** Reads every station once. */
export function read(observed: Observed): Reading {
  const { breaker, leveler, pool, latency, counters, deadLetters } = observed.stations
  const circuit = breaker.snapshot()
  const lanes = leveler.snapshot()
  const crew = pool.snapshot()
  const { p50, p90, p99 } = latency.snapshot()
  return {
    at: Date.now(),
    ...lampOf(observed),
    breaker: circuit.state,
    retryAfterMs: circuit.state === 'open' ? circuit.retryAfterMs : null,
    breakerRejected: circuit.totals.rejected,
    depth: lanes.depth,
    capacity: lanes.capacity,
    p50: roundOrNull(p50),
    p90: roundOrNull(p90),
    p99: roundOrNull(p99),
    slaMs: SLA_MS,
    incomingRate: counters.incoming.perSecond,
    processingRate: counters.completedLately.perSecond,
    rejectionRate: counters.rejectedLately.perSecond,
    errorRatio: counters.errorRatio,
    completed: counters.byStatus.completed,
    deadLetters: deadLetters.size,
    workers: crew.workers,
    busy: crew.busy,
    utilization: crew.utilization,
    workerLoads: lanes.workerLoads,
    alerts: observed.alerts
      .alerts()
      .map(({ rule, state, severity, summary }) => ({ name: rule, state, severity, summary })),
  }
}

/** The lamp: red when somebody is needed now, yellow when something begins, green otherwise. With the reason. */
export function lampOf({ stations: { breaker }, alerts, watch }: Observed): { lamp: Lamp; why: string } {
  const firing = alerts.alerts().filter((alert) => alert.state === 'firing')
  const red = firing.find(({ severity }) => severity === 'red')
  if (breaker.state === 'open' || breaker.state === 'forced-open')
    return { lamp: 'red', why: 'the circuit breaker is open: the downstream fails' }
  if (red) return { lamp: 'red', why: reasonOf(red) }
  if (breaker.state === 'half-open') return { lamp: 'yellow', why: 'the circuit breaker is probing the downstream' }
  if (watch.reading.status === 'unhealthy')
    return { lamp: 'yellow', why: `the downstream's health check fails: ${watch.reading.error}` }
  const [first] = alerts.alerts()
  return first ? { lamp: 'yellow', why: reasonOf(first) } : { lamp: 'green', why: 'no alert, the circuit is closed' }
}

function reasonOf({ rule, state, summary }: Alert): string {
  return `${rule} ${state === 'pending' ? 'may be coming' : 'fires'}: ${summary}`
}
