import type { Alert, BoardSnapshot, Diagnosis } from '@tps/andon'
import type {
  AutoscalerSnapshot,
  DurationClassifierSnapshot,
  LoadLevelerSnapshot,
  RateLimiterSnapshot,
} from '@tps/heijunka'
import type { CircuitBreakerSnapshot } from '@tps/jidoka'
import type { BreakdownSnapshot, ExperimentSnapshot, PercentileSnapshot, SloSnapshot } from '@tps/kaizen'
import type { DeadLetterSnapshot, PoolSnapshot } from '@tps/kanban'
import type { Config } from './config.ts'
import type { CountersSnapshot, Stage } from './counters.ts'
import type { Settings } from './settings.ts'
import type { RebalanceRecord } from './rebalances.ts'
import type { HealthReading } from './watch.ts'

/** The queue that signals wait in. */
export interface QueueState {
  readonly mode: 'memory' | 'sqlite' | 'nats'
  /** Whether it can be reached. While it can't, signals are refused with 503 and nothing that was accepted is lost. */
  readonly connected: boolean
  readonly capacity: number
  /** How many signals wait. */
  readonly depth: number
  /** Of them, by priority, 1 first; `null` where that isn't known. */
  readonly byPriority: readonly number[] | null
  /** How many signals are in workers' hands. */
  readonly leased: number
  readonly oldestAgeMs: number
  /** How many ends of signals were not their first ones, because they were worked on twice: these count for nothing. */
  readonly duplicates: number
}

/** One process that works: there are several when the roles are apart. */
export interface WorkerProcess {
  readonly id: string
  readonly role: Config['TPS_ROLE']
  readonly pid: number
  /** How long ago it was heard of, in ms. */
  readonly agoMs: number
  readonly workers: number
  readonly busy: number
  readonly utilization: number
  readonly processed: number
  /** Signals a second. */
  readonly processingRate: number
  readonly meanHandlerMs: number
  /** What waits for it: the depth of its queue. */
  readonly waiting: number
}

/**
 * Everything on the line at one moment, as plain JSON: what `GET /status`, the boards, `/metrics` and the diagnosis are made
 * of. Durations in ms, rates a second, ratios from 0 to 1. Where the roles are apart, the workers' part is what their
 * processes told last.
 */
export interface LineSnapshots {
  /** Wall clock, ms since 1970. */
  readonly at: number
  readonly role: Config['TPS_ROLE']
  readonly queue: QueueState
  /** The circuit in front of the downstream that the line calls. */
  readonly breaker: CircuitBreakerSnapshot
  /** The circuit in front of the queue: open while that can't be reached. */
  readonly queueBreaker: CircuitBreakerSnapshot
  /** The circuits in front of the downstreams a, b and c, in this order. */
  readonly chain: readonly CircuitBreakerSnapshot[]
  /** What the health checks of the downstream found. */
  readonly watch: HealthReading
  readonly leveler: LoadLevelerSnapshot
  readonly durations: DurationClassifierSnapshot
  /** The last 20 times that lanes were rebalanced, the latest last. */
  readonly rebalances: readonly RebalanceRecord[]
  readonly pool: PoolSnapshot
  /** Each process that works, by its role and then by its id: one where everything runs in one process. */
  readonly processes: readonly WorkerProcess[]
  readonly deadLetters: DeadLetterSnapshot
  readonly autoscaler: AutoscalerSnapshot | null
  readonly rateLimiter: RateLimiterSnapshot | null
  /** Latency of the last minute, from arrival to end. */
  readonly latency: PercentileSnapshot
  readonly breakdown: BreakdownSnapshot<Stage>
  readonly counters: CountersSnapshot
  readonly slo: { readonly latency: SloSnapshot; readonly availability: SloSnapshot }
  readonly experiment: ExperimentSnapshot | null
  /** Firing and pending ones, the most urgent first. */
  readonly alerts: readonly Alert[]
  /** Those that have fired and resolved, the latest first. */
  readonly alertHistory: readonly Alert[]
  /** The andon board: a lamp for each station, and the cord. */
  readonly board: BoardSnapshot
  readonly diagnosis: Diagnosis
  readonly traces: { readonly kept: number }
  readonly settings: Settings
}
