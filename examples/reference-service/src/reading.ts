import type { Alert } from '@tps/andon'
import { SLA_MS } from './alerting/alerts.ts'
import { roundOrNull } from './round.ts'
import type { LineSnapshots } from './snapshots.ts'

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

/** One reading of the line. */
export function read(line: LineSnapshots): Reading {
  const { breaker, queue, leveler, pool, latency, counters, deadLetters } = line
  const { p50, p90, p99 } = latency
  return {
    at: line.at,
    ...lampOf(line),
    breaker: breaker.state,
    retryAfterMs: breaker.state === 'open' ? breaker.retryAfterMs : null,
    breakerRejected: breaker.totals.rejected,
    depth: queue.depth,
    capacity: queue.capacity,
    p50: roundOrNull(p50),
    p90: roundOrNull(p90),
    p99: roundOrNull(p99),
    slaMs: SLA_MS,
    incomingRate: counters.incomingRate,
    processingRate: counters.processingRate,
    rejectionRate: counters.rejectionRate,
    errorRatio: counters.errorRatio,
    completed: counters.byStatus.completed,
    deadLetters: deadLetters.size,
    workers: pool.workers,
    busy: pool.busy,
    utilization: pool.utilization,
    workerLoads: leveler.workerLoads,
    alerts: line.alerts.map(({ rule, state, severity, summary }) => ({ name: rule, state, severity, summary })),
  }
}

/** The lamp: red when somebody is needed now, yellow when something begins, green otherwise. With the reason. */
export function lampOf(line: LineSnapshots): { lamp: Lamp; why: string } {
  const { breaker, queue, watch, alerts, board } = line
  const red = alerts.find(({ state, severity }) => state === 'firing' && severity === 'red')
  const [pull] = board.cord.pulls
  if (pull) return { lamp: 'red', why: `${pull.by} has pulled the cord: ${pull.reason}` }
  if (!queue.connected) return { lamp: 'red', why: 'the queue can not be reached' }
  if (breaker.state === 'open' || breaker.state === 'forced-open')
    return { lamp: 'red', why: 'the circuit breaker is open: the downstream fails' }
  if (red) return { lamp: 'red', why: reasonOf(red) }
  if (breaker.state === 'half-open') return { lamp: 'yellow', why: 'the circuit breaker is probing the downstream' }
  if (watch.status === 'unhealthy')
    return { lamp: 'yellow', why: `the downstream's health check fails: ${watch.error}` }
  const [first] = alerts
  return first ? { lamp: 'yellow', why: reasonOf(first) } : { lamp: 'green', why: 'no alert, the circuit is closed' }
}

function reasonOf({ rule, state, summary }: Alert): string {
  return `${rule} ${state === 'pending' ? 'may be coming' : 'fires'}: ${summary}`
}
