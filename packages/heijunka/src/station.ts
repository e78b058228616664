import type { Entry } from './entry.ts'

/** What one worker has in progress. */
export class Station<T> {
  readonly index: number
  #running = 0
  #runningWeight = 0

  constructor(index: number) {
    this.index = index
  }

  /** How many items are in progress. */
  get running(): number {
    return this.#running
  }

  get runningWeight(): number {
    return this.#runningWeight
  }

  /** `entry` is handed out as this worker's work. */
  start(entry: Entry<T>): void {
    entry.station = this
    this.#running++
    this.#runningWeight += entry.weight
  }

  /** The work on it has ended: from now on what is said of the lease means nothing. */
  finish(entry: Entry<T>): void {
    entry.station = undefined
    this.#running--
    // Sums of fractions drift; an idle worker is a chance to be exact again.
    this.#runningWeight = this.#running === 0 ? 0 : this.#runningWeight - entry.weight
  }
}
