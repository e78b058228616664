import type { AutoscalerSnapshot } from '@tps/heijunka'
import type { CircuitBreakerSnapshot } from '@tps/jidoka'
import type { PoolSnapshot } from '@tps/kanban'
import type { Config } from '../config.ts'
import type { HealthReading } from '../watch.ts'

/** How often a process tells of itself, in ms. */
export const REPORT_MS = 1_000

/** What a process tells of itself: plain JSON. */
export interface Report {
  readonly id: string
  readonly role: Config['TPS_ROLE']
  readonly pid: number
  /** Of a process that works. */
  readonly work?: {
    readonly pool: PoolSnapshot
    readonly breaker: CircuitBreakerSnapshot
    readonly watch: HealthReading
    readonly autoscaler: AutoscalerSnapshot | null
    /** Ends of signals that were not their first ones. */
    readonly duplicates: number
  }
  /** Of the simulated downstreams: the circuits in front of a and b. */
  readonly chain?: readonly [a: CircuitBreakerSnapshot, b: CircuitBreakerSnapshot]
  /** The process ends: it is not to be waited for. */
  readonly isLeaving?: true
}
