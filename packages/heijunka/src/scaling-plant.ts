import { ManualClock } from '@tps/internal/manual-clock'
import { Autoscaler } from './autoscaler.ts'
import type { AutoscalerOptions } from './autoscaler-options.ts'
import type { WorkerLoad } from './scaling-load.ts'
import { uslThroughput } from './usl.ts'

/** Workers on manual time, for tests: what they do together follows a law, what is too much waits. */
export interface PlantOptions {
  /** Items a second that come in, at a time in ms. */
  readonly arrivals: (atMs: number) => number
  /** Items a second that so many workers can do. */
  readonly law: (workers: number, atMs: number) => number
  readonly workers?: number
  /** How many may wait; more are refused. */
  readonly capacity?: number
  /** A factor on each reading of throughput. */
  readonly noise?: () => number
}

const STEP_MS = 1000

export class Plant {
  readonly clock: ManualClock = new ManualClock()
  workers: number
  queueDepth = 0
  /** What was asked for, and when. */
  readonly asked: { readonly atMs: number; readonly from: number; readonly to: number }[] = []
  readonly #options: PlantOptions
  #done = 0
  #could = 0
  #readMs = 0

  constructor(options: PlantOptions) {
    this.#options = options
    this.workers = options.workers ?? 1
  }

  autoscaler(options: Partial<AutoscalerOptions> = {}): Autoscaler {
    return new Autoscaler({
      max: 100,
      read: () => this.read(),
      scale: (workers) => this.scale(workers),
      clock: this.clock,
      timers: this.clock,
      wallNow: () => this.clock.now(),
      ...options,
    })
  }

  scale(workers: number): void {
    this.asked.push({ atMs: this.clock.now(), from: this.workers, to: workers })
    this.workers = workers
  }

  /** How it has been since the last reading. */
  read(): WorkerLoad {
    const seconds = (this.clock.now() - this.#readMs) / 1000
    const { noise = () => 1 } = this.#options
    const load = {
      workers: this.workers,
      utilization: this.#could > 0 ? this.#done / this.#could : Number(this.queueDepth > 0),
      queueDepth: Math.floor(this.queueDepth),
      throughput: seconds > 0 ? (this.#done / seconds) * noise() : 0,
    }
    this.#done = this.#could = 0
    this.#readMs = this.clock.now()
    return load
  }

  /** Works on for so long, and lets everything that is due happen. */
  async run(ms: number): Promise<void> {
    const { arrivals, law, capacity = 1e6 } = this.#options
    for (const endMs = this.clock.now() + ms; this.clock.now() < endMs;) {
      const atMs = this.clock.now()
      const could = (law(this.workers, atMs) * STEP_MS) / 1000
      const waiting = this.queueDepth + (arrivals(atMs) * STEP_MS) / 1000
      const done = Math.min(waiting, could)
      this.queueDepth = Math.min(capacity, waiting - done)
      this.#done += done
      this.#could += could
      await this.clock.advanceAsync(STEP_MS)
    }
  }
}

/** Workers that get in each other's way. */
export function usl(perWorker: number, alpha: number, beta: number): (workers: number) => number {
  return (workers) => uslThroughput({ perWorker, alpha, beta }, workers)
}

/** Workers that add up in full, in front of something that does no more than `capacity`. */
export function capped(perWorker: number, capacity: number): (workers: number) => number {
  return (workers) => Math.min(perWorker * workers, capacity)
}
