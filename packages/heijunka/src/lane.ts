import type { Entry } from './entry.ts'
import type { KeyGroup } from './key-groups.ts'
import { Lineup } from './lineup.ts'
import { Station } from './station.ts'

/** One worker's side: what waits for it and what it has in progress. */
export class Lane<T> extends Station<T> {
  readonly lineup: Lineup<T> = new Lineup<T>()
  #waiting = 0
  #waitingWeight = 0

  /** How many items wait, those that wait for their key included. */
  get waiting(): number {
    return this.#waiting
  }

  /** What waits and what is in progress, by weight. */
  get load(): number {
    return this.#waitingWeight + this.runningWeight
  }

  /** Counts items that come to wait here. Where they stand is for the caller to see to. */
  gain(items: number, weight: number): void {
    this.#waiting += items
    this.#waitingWeight += weight
  }

  lose(items: number, weight: number): void {
    this.#waiting -= items
    // Sums of fractions drift; a lane in which nothing waits is a chance to be exact again.
    this.#waitingWeight = this.#waiting === 0 ? 0 : this.#waitingWeight - weight
  }

  /** Takes the longest waiting that may be handed out. */
  shift(): Entry<T> | undefined {
    const entry = this.lineup.shift()
    if (entry) this.lose(1, entry.weight)
    return entry
  }

  /** Brings all that waits of a key from another lane, in its turn or not. */
  adopt(group: KeyGroup<T>, from: Lane<T>): void {
    const { waiting, waitingWeight } = group
    const isInTurn = group.place >= 0
    if (isInTurn) from.lineup.leave(group)
    from.lose(waiting, waitingWeight)
    group.lane = this
    this.gain(waiting, waitingWeight)
    if (isInTurn) this.lineup.enter(group)
  }
}
