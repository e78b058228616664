import type { CircuitBreaker } from '@tps/jidoka'
import type { Config } from './config.ts'
import type { Parts } from './parts.ts'
import type { RebalanceLog } from './rebalances.ts'
import type { QueueState } from './snapshots.ts'
import type { Stations } from './stations.ts'
import type { DownstreamWatch } from './watch.ts'

/** What the parts of this process are. */
export interface LocalParts {
  readonly role: Config['TPS_ROLE']
  readonly stations: Stations
  readonly chain: readonly CircuitBreaker[]
  readonly watch: DownstreamWatch
  readonly rebalances: RebalanceLog
  readonly queue: () => QueueState
  readonly autoscaler: Parts['autoscaler']
}

/** Reads the parts where all of them are in this process. */
export function localParts({ role, stations, chain, watch, rebalances, queue, autoscaler }: LocalParts): Parts {
  const { breaker, queueBreaker, leveler, pool, deadLetters, durations } = stations
  return {
    queue,
    autoscaler,
    breaker: () => breaker.snapshot(),
    queueBreaker: () => queueBreaker.snapshot(),
    chain: () => chain.map((one) => one.snapshot()),
    watch: () => watch.reading,
    leveler: () => leveler.snapshot(),
    durations: () => durations.snapshot(),
    rebalances: () => rebalances.records,
    pool: () => pool.snapshot(),
    deadLetters: () => deadLetters.snapshot(),
    processes: () => {
      const { workers, busy, utilization, processed, processingRate, meanHandlerMs } = pool.snapshot()
      const work = { workers, busy, utilization, processed, processingRate, meanHandlerMs }
      return [{ id: String(process.pid), role, pid: process.pid, agoMs: 0, ...work, waiting: queue().depth }]
    },
  }
}
