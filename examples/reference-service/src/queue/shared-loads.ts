import type { LoadLevelerSnapshot } from '@tps/heijunka'
import type { Config } from '../config.ts'

/** What a queue tells that all workers pull from. */
interface SharedQueue {
  readonly depth: number
  readonly leased: number
  readonly oldestAgeMs: number
  readonly enqueueRate: number
  readonly dequeueRate: number
  readonly rejected: number
  readonly deadLettered: number
  readonly isClosed: boolean
}

/**
 * A queue that all workers pull from, read as a leveler: with late binding what waits belongs to nobody yet, and each worker's
 * load is what it has in hand.
 */
export function sharedLoads(
  queue: SharedQueue,
  config: Pick<Config, 'MAX_QUEUE_DEPTH' | 'HEIJUNKA_THRESHOLD'>,
  workerLoads: readonly number[],
): LoadLevelerSnapshot {
  const { depth, leased, oldestAgeMs, enqueueRate, dequeueRate, rejected, deadLettered, isClosed } = queue
  const avg = workerLoads.reduce((sum, load) => sum + load, 0) / Math.max(1, workerLoads.length)
  const [max, min] = workerLoads.length === 0 ? [0, 0] : [Math.max(...workerLoads), Math.min(...workerLoads)]
  return {
    name: 'signals',
    strategy: 'shared',
    workers: workerLoads.length,
    capacity: config.MAX_QUEUE_DEPTH,
    depth,
    delayed: 0,
    leased,
    waiters: 0,
    isClosed,
    workerLoads,
    imbalanceFactor: avg === 0 ? 0 : (max - min) / avg,
    avgPerWorker: avg,
    maxPerWorker: max,
    minPerWorker: min,
    threshold: config.HEIJUNKA_THRESHOLD,
    rebalanceAttempts: 0,
    itemsMoved: 0,
    stolen: 0,
    rejected,
    waitersRejected: 0,
    deadLettered,
    slowInProgress: 0,
    slowLimit: null,
    overran: 0,
    oldestAgeMs,
    enqueueRate,
    dequeueRate,
  }
}
