import type { WorkerLoad } from './scaling-load.ts'

/** What a load is weighed by. */
export interface DemandSettings {
  readonly target: number
  readonly drainMs: number
  readonly smoothingMs: number
}

/** How many workers a load takes, with fractions. */
export interface WorkerDemand {
  /** So that no more than `target` of them are busy. */
  readonly byUtilization: number
  /** So that what waits is done within `drainMs`, beside what comes in. */
  readonly byQueue: number
  /** The share of workers that is busy, smoothed as a share. */
  readonly utilization: number
}

/**
 * Smooths readings over about `smoothingMs` and turns them into workers. What is smoothed is how many workers are busy, not
 * their share: that doesn't jump when workers are added.
 */
export class DemandEstimate {
  readonly #settings: DemandSettings
  #atMs: number | undefined
  #busy = 0
  #utilization = 0
  #queueDepth = 0
  #throughput = 0
  /** Items a second that one busy worker does. `undefined` as long as none was seen to do anything. */
  #perWorker: number | undefined

  constructor(settings: DemandSettings) {
    this.#settings = settings
  }

  update(nowMs: number, { workers, utilization, queueDepth = 0, throughput }: WorkerLoad): WorkerDemand {
    const { target, drainMs, smoothingMs } = this.#settings
    const isFirst = this.#atMs === undefined
    const passedMs = nowMs - (this.#atMs ?? nowMs)
    this.#atMs = nowMs
    const weight = isFirst || smoothingMs === 0 ? 1 : 1 - Math.exp(-passedMs / smoothingMs)
    this.#busy += weight * (utilization * workers - this.#busy)
    this.#utilization += weight * (utilization - this.#utilization)
    this.#queueDepth += weight * (queueDepth - this.#queueDepth)
    this.#throughput += weight * ((throughput ?? 0) - this.#throughput)
    if (this.#throughput > 0 && this.#busy > 0.1) this.#perWorker = this.#throughput / this.#busy
    const draining = this.#perWorker === undefined ? 0 : this.#queueDepth / (drainMs / 1000) / this.#perWorker
    return {
      byUtilization: this.#busy / target,
      byQueue: this.#busy + draining,
      utilization: this.#utilization,
    }
  }
}
