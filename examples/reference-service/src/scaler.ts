import { Autoscaler, type AutoscalerSnapshot } from '@tps/heijunka'
import type { PoolSnapshot } from '@tps/kanban'
import type { Config } from './config.ts'
import type { SettingsStore } from './settings.ts'

/** The share of the workers that is to be busy. */
const TARGET = 0.7
/** Within how long what waits is to be done, in ms. */
const DRAIN_MS = 2_000
/** How long it takes until fewer workers are tried. */
const DOWN_MS = 15_000

/** What is scaled. */
interface Crew {
  snapshot(): Pick<PoolSnapshot, 'workers' | 'utilization' | 'processingRate'>
}

/** How many workers there are: as many as the settings say, or from there up as the load asks for. */
export class Scaler {
  readonly #config: Config
  readonly #settings: SettingsStore
  readonly #crew: Crew
  readonly #depth: () => number
  readonly #resize: (workers: number) => void
  #autoscaler: Autoscaler | undefined
  #bounds = ''
  #isRunning = false
  #wanted: number

  constructor(
    config: Config,
    settings: SettingsStore,
    crew: Crew,
    depth: () => number,
    resize: (workers: number) => void,
  ) {
    this.#config = config
    this.#settings = settings
    this.#crew = crew
    this.#depth = depth
    this.#resize = resize
    this.#wanted = settings.current.workers
  }

  /** Follows the settings from now on. */
  start(): void {
    this.#isRunning = true
    this.#settings.follow((settings) => this.#apply(settings))
  }

  stop(): void {
    this.#isRunning = false
    this.#autoscaler?.stop()
  }

  /** As many workers as there should be: some may have been lost. */
  restore(): void {
    this.#resize(this.#wanted)
  }

  snapshot(): AutoscalerSnapshot | null {
    return this.#autoscaler?.snapshot() ?? null
  }

  #apply({ autoscale, workers }: { readonly autoscale: boolean; readonly workers: number }): void {
    if (!this.#isRunning) return
    const bounds = autoscale ? `${workers}-${this.#config.WORKERS_MAX}` : String(workers)
    // Other settings have changed.
    if (bounds === this.#bounds) return
    this.#bounds = bounds
    this.#autoscaler?.stop()
    this.#autoscaler = undefined
    this.#scale(workers)
    if (autoscale) this.#autoscaler = this.#create(workers).start()
  }

  #create(min: number): Autoscaler {
    return new Autoscaler({
      name: 'workers',
      min,
      max: Math.max(min, this.#config.WORKERS_MAX),
      target: TARGET,
      everyMs: this.#config.AUTOSCALE_EVERY_MS,
      drainMs: DRAIN_MS,
      up: { cooldownMs: 2 * this.#config.AUTOSCALE_EVERY_MS },
      down: { cooldownMs: DOWN_MS / 3, stabilizationMs: DOWN_MS },
      read: () => {
        const { workers, utilization, processingRate } = this.#crew.snapshot()
        return { workers, utilization, queueDepth: this.#depth(), throughput: processingRate }
      },
      scale: (workers) => this.#scale(workers),
    })
  }

  #scale(workers: number): void {
    this.#wanted = workers
    this.#resize(workers)
  }
}
