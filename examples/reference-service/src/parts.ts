import type { AutoscalerSnapshot, DurationClassifierSnapshot, LoadLevelerSnapshot } from '@tps/heijunka'
import type { CircuitBreakerSnapshot } from '@tps/jidoka'
import type { DeadLetterSnapshot, PoolSnapshot } from '@tps/kanban'
import type { RebalanceRecord } from './rebalances.ts'
import type { QueueState, WorkerProcess } from './snapshots.ts'
import type { HealthReading } from './watch.ts'

/**
 * What can be read of the queue, the workers and the downstream, wherever they are: in this process, or in others that tell
 * of themselves.
 */
export interface Parts {
  queue(): QueueState
  breaker(): CircuitBreakerSnapshot
  queueBreaker(): CircuitBreakerSnapshot
  /** Of the downstreams a, b and c. */
  chain(): readonly CircuitBreakerSnapshot[]
  watch(): HealthReading
  leveler(): LoadLevelerSnapshot
  durations(): DurationClassifierSnapshot
  rebalances(): readonly RebalanceRecord[]
  pool(): PoolSnapshot
  processes(): readonly WorkerProcess[]
  deadLetters(): DeadLetterSnapshot
  autoscaler(): AutoscalerSnapshot | null
}
