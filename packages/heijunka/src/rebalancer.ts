import type { Timer } from '@tps/internal'
import type { Rebalance } from './events.ts'
import { spreadOf } from './imbalance.ts'
import { level } from './leveling.ts'
import { Mover } from './mover.ts'
import type { Settings } from './options.ts'
import type { Tally } from './tally.ts'
import type { WorkerLanes } from './worker-lanes.ts'

/** What the leveler does when lanes have changed. */
export interface RebalancerHost {
  /** Something was moved: lanes of waiting workers may have got something. */
  moved(): void
  rebalanced(rebalance: Rebalance): void
}

/** One rebalancing that is under way. */
interface Pass {
  readonly before: number
  readonly beforeLoads: readonly number[]
  readonly tally: Tally
  readonly steps: Generator<number, void, undefined>
}

/** Levels lanes by hand and by a timer, which runs only while something waits. */
export class Rebalancer<T> {
  readonly #lanes: WorkerLanes<T>
  readonly #settings: Settings<T>
  readonly #host: RebalancerHost
  #timer: Timer | undefined
  #pass: Pass | undefined
  #isStopped = false
  #attempts = 0
  #itemsMoved = 0

  constructor(lanes: WorkerLanes<T>, settings: Settings<T>, host: RebalancerHost) {
    this.#lanes = lanes
    this.#settings = settings
    this.#host = host
  }

  /** How many were begun. */
  get attempts(): number {
    return this.#attempts
  }

  /** How many items were moved, by the one under way as well. */
  get itemsMoved(): number {
    return this.#itemsMoved + (this.#pass?.tally.total ?? 0)
  }

  /**
   * Rebalances in one stretch; what is under way is brought to its end first, and that is it, if the lanes are level
   * then. Returns `undefined` when nothing waits or the imbalance isn't above the threshold.
   */
  rebalance(): Rebalance | undefined {
    const earlier = this.#pass && this.#run(this.#pass, Number.POSITIVE_INFINITY)
    const pass = this.#begin()
    return (pass && this.#run(pass, Number.POSITIVE_INFINITY)) ?? earlier
  }

  /** Ends what is under way, as it is. */
  cut(): void {
    if (this.#pass) this.#end(this.#pass)
  }

  /** Something may wait: makes sure that the timer runs. */
  wake(): void {
    if (this.#timer !== undefined || this.#isStopped) return
    const { everyMs, timers } = this.#settings
    if (this.#lanes.size === 0 || everyMs === Number.POSITIVE_INFINITY) return
    this.#timer = timers.schedule(everyMs, () => {
      this.#timer = undefined
      const pass = this.#begin()
      if (pass) this.#slice(pass)
      else this.wake()
    })
  }

  stop(): void {
    this.#isStopped = true
    this.cut()
    this.#timer?.cancel()
    this.#timer = undefined
  }

  #begin(): Pass | undefined {
    const { threshold } = this.#settings
    const beforeLoads = this.#lanes.loads()
    const before = spreadOf(beforeLoads).imbalance
    if (this.#lanes.size === 0 || before <= threshold) return undefined
    const mover = new Mover<T>()
    this.#attempts++
    this.#pass = { before, beforeLoads, tally: mover.tally, steps: level(this.#lanes.task(threshold), mover) }
    return this.#pass
  }

  /** Goes on for as long as the loop may be held, and again when others have had their turn. */
  #slice(pass: Pass): void {
    this.#run(pass, this.#settings.itemsPerSlice)
    if (this.#pass !== pass) return
    this.#timer = this.#settings.timers.schedule(0, () => {
      this.#timer = undefined
      if (this.#pass === pass) this.#slice(pass)
      else this.wake()
    })
  }

  #run(pass: Pass, budget: number): Rebalance | undefined {
    let spent = 0
    while (spent < budget) {
      const step = pass.steps.next()
      if (step.done) return this.#end(pass)
      spent += step.value
    }
    this.#host.moved()
    return undefined
  }

  #end({ before, beforeLoads, tally }: Pass): Rebalance {
    this.#pass = undefined
    this.#itemsMoved += tally.total
    const afterLoads = this.#lanes.loads()
    const after = spreadOf(afterLoads).imbalance
    const rebalance = { before, beforeLoads, moves: tally.moves(), moved: tally.total, after, afterLoads }
    this.wake()
    this.#host.moved()
    this.#host.rebalanced(rebalance)
    return rebalance
  }
}
