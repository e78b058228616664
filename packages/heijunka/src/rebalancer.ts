import type { Timer } from '@tps/internal'
import type { Rebalance } from './events.ts'
import { spreadOf } from './imbalance.ts'
import type { Settings } from './options.ts'
import type { WorkerLanes } from './worker-lanes.ts'

/** Levels lanes by hand and by a timer, which runs only while something waits. */
export class Rebalancer<T> {
  readonly #lanes: WorkerLanes<T>
  readonly #settings: Settings<T>
  readonly #onRebalance: (rebalance: Rebalance) => void
  #timer: Timer | undefined
  #isStopped = false
  #attempts = 0
  #itemsMoved = 0

  constructor(lanes: WorkerLanes<T>, settings: Settings<T>, onRebalance: (rebalance: Rebalance) => void) {
    this.#lanes = lanes
    this.#settings = settings
    this.#onRebalance = onRebalance
  }

  get attempts(): number {
    return this.#attempts
  }

  get itemsMoved(): number {
    return this.#itemsMoved
  }

  /** Returns `undefined` when nothing waits or the imbalance isn't above the threshold. */
  rebalance(): Rebalance | undefined {
    const { threshold } = this.#settings
    const beforeLoads = this.#lanes.loads()
    const before = spreadOf(beforeLoads).imbalance
    if (this.#lanes.size === 0 || before <= threshold) return undefined
    const moves = this.#lanes.level(threshold)
    const afterLoads = this.#lanes.loads()
    const moved = moves.reduce((sum, { count }) => sum + count, 0)
    this.#attempts++
    this.#itemsMoved += moved
    const rebalance = { before, beforeLoads, moves, moved, after: spreadOf(afterLoads).imbalance, afterLoads }
    this.#onRebalance(rebalance)
    return rebalance
  }

  /** Something may wait: makes sure that the timer runs. */
  wake(): void {
    if (this.#timer !== undefined || this.#isStopped || this.#lanes.size === 0) return
    const { everyMs, timers } = this.#settings
    if (everyMs === Number.POSITIVE_INFINITY) return
    this.#timer = timers.schedule(everyMs, () => {
      this.#timer = undefined
      this.rebalance()
      this.wake()
    })
  }

  stop(): void {
    this.#isStopped = true
    this.#timer?.cancel()
    this.#timer = undefined
  }
}
