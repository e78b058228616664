import type { ThrownJson } from './thrown-json.ts'

/** What this process remembers of an item between its leases: the server only counts deliveries. */
export interface ItemHistory {
  /** Deliveries that don't count as attempts, because the item was given back unbegun. */
  uncounted: number
  /** What its attempts here failed with, the last one last. */
  readonly errors: ThrownJson[]
}

/** The histories of the items that failed, or were given back, here. Bounded: the oldest is forgotten first. */
export class ItemHistories {
  readonly #max: number
  readonly #maxErrors: number
  readonly #bySequence = new Map<number, ItemHistory>()

  constructor(max: number, maxErrors: number) {
    this.#max = max
    this.#maxErrors = maxErrors
  }

  get size(): number {
    return this.#bySequence.size
  }

  /** The attempt that a delivery is: from 1. */
  attempt(sequence: number, deliveries: number): number {
    return Math.max(1, deliveries - (this.#bySequence.get(sequence)?.uncounted ?? 0))
  }

  errors(sequence: number): readonly ThrownJson[] {
    return this.#bySequence.get(sequence)?.errors ?? []
  }

  givenBack(sequence: number): void {
    this.#of(sequence).uncounted++
  }

  failed(sequence: number, error: ThrownJson): void {
    const { errors } = this.#of(sequence)
    errors.push(error)
    if (errors.length > this.#maxErrors) errors.shift()
  }

  forget(sequence: number): void {
    this.#bySequence.delete(sequence)
  }

  #of(sequence: number): ItemHistory {
    const known = this.#bySequence.get(sequence)
    if (known) return known
    if (this.#bySequence.size >= this.#max)
      for (const oldest of this.#bySequence.keys()) {
        this.#bySequence.delete(oldest)
        break
      }
    const history: ItemHistory = { uncounted: 0, errors: [] }
    this.#bySequence.set(sequence, history)
    return history
  }
}
