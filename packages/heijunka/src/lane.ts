import type { Backlog } from './backlog.ts'
import type { Entry } from './entry.ts'

/** One worker's side: what waits for it and what it has in progress. */
export class Lane<T> {
  readonly index: number
  readonly backlog: Backlog<T>
  #running = 0
  #runningWeight = 0

  constructor(index: number, backlog: Backlog<T>) {
    this.index = index
    this.backlog = backlog
  }

  /** How many items are in progress. */
  get running(): number {
    return this.#running
  }

  get runningWeight(): number {
    return this.#runningWeight
  }

  /** What waits and what is in progress, by weight. */
  get load(): number {
    return this.backlog.weight + this.#runningWeight
  }

  /** `entry` is handed out as this worker's work. */
  start(entry: Entry<T>): void {
    entry.lane = this
    this.#running++
    this.#runningWeight += entry.weight
  }

  finish(entry: Entry<T>): void {
    this.#running--
    // Sums of fractions drift; an idle worker is a chance to be exact again.
    this.#runningWeight = this.#running === 0 ? 0 : this.#runningWeight - entry.weight
  }
}
