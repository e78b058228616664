import { spreadOf } from './imbalance.ts'
import type { Strategy } from './options.ts'

/** The readings of a `LoadLeveler` at one moment: plain JSON. Loads are counts, or, with `weigh: 'duration'`, sums of expected durations. */
export interface LoadLevelerSnapshot {
  readonly name: string
  readonly strategy: Strategy
  readonly workers: number
  /** How many items may wait. */
  readonly capacity: number
  /** How many items wait, delayed retries included. Retries may bring it above `capacity`. */
  readonly depth: number
  /** Of them, how many wait for the delay of their retry to pass. */
  readonly delayed: number
  /** How many items are in the hands of workers. */
  readonly leased: number
  /** How many leases wait for work. */
  readonly waiters: number
  readonly isClosed: boolean
  /**
   * The load of each worker, by lane. Per worker: what waits in its lane and what it has in progress. Shared: what it
   * has in progress, as what waits belongs to nobody yet; work leased from the whole is spread over all.
   */
  readonly workerLoads: readonly number[]
  /** (max − min) / avg of `workerLoads`; 0 when there is no load. */
  readonly imbalanceFactor: number
  readonly avgPerWorker: number
  readonly maxPerWorker: number
  readonly minPerWorker: number
  /** The imbalance above which lanes are rebalanced. */
  readonly threshold: number
  /** How often the imbalance was found above the threshold while something waited. */
  readonly rebalanceAttempts: number
  /** How many items rebalancing has moved. */
  readonly itemsMoved: number
  /** How many items idle workers have taken from others' lanes, the rest of a key that came along included. */
  readonly stolen: number
  /** How many offers were refused: full, or closed. */
  readonly rejected: number
  /** How many leases were refused because `maxWaiters` waited already. */
  readonly waitersRejected: number
  /** How many items workers have given up. */
  readonly deadLettered: number
  /** How many slow items are in progress; 0 where nothing is classified. */
  readonly slowInProgress: number
  /** The cap on those now; `null` where there is none. */
  readonly slowLimit: number | null
  /** How many items handed out as fast ones took longer than a classifier that learns says they may. */
  readonly overran: number
  /** For how long the item at the head has waited, in ms, since its latest retry if any. 0 when nothing waits. */
  readonly oldestAgeMs: number
  /** Items offered and accepted a second, over the last 9 to 10 s (or since the start, but at least 1 s). */
  readonly enqueueRate: number
  /** Items handed out a second, retries included, over the same time. */
  readonly dequeueRate: number
}

type Loads = Pick<
  LoadLevelerSnapshot,
  'workerLoads' | 'imbalanceFactor' | 'avgPerWorker' | 'maxPerWorker' | 'minPerWorker'
>

/** The readings of the loads. */
export function loadsIn(workerLoads: readonly number[]): Loads {
  const { imbalance, avg, max, min } = spreadOf(workerLoads)
  return { workerLoads, imbalanceFactor: imbalance, avgPerWorker: avg, maxPerWorker: max, minPerWorker: min }
}
