/** What a `LoadLeveler` emits. */
export interface LoadLevelerEvents<T> {
  /** The imbalance was above the threshold while something waited, so lanes were rebalanced: by the timer or by hand. */
  rebalance: [event: Rebalance]
  /** A worker gave an item up. The item has left the leveler: keep it here or it is gone. */
  deadLetter: [event: DeadLetter<T>]
}

/** What one rebalancing found and did. */
export interface Rebalance {
  /** The imbalance it found: `(max − min) / avg` of the loads, 0 when there is no load. */
  readonly before: number
  /** The load of each worker before, by lane: what waits and what is in progress. */
  readonly beforeLoads: readonly number[]
  /** From which lane how many items went where, by lane. Empty when nothing could be moved to advantage. */
  readonly moves: readonly RebalanceMove[]
  /** How many items were moved. */
  readonly moved: number
  /** The imbalance it left. */
  readonly after: number
  readonly afterLoads: readonly number[]
}

export interface RebalanceMove {
  readonly from: number
  readonly to: number
  readonly count: number
}

/** An item that a worker gave up. */
export interface DeadLetter<T> {
  readonly item: T
  /** What the worker said. */
  readonly reason: unknown
  /** How many times the item had been handed out. */
  readonly attempt: number
}
