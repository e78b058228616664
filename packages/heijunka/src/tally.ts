import type { RebalanceMove } from './events.ts'

/** Counts moves from lane to lane. */
export class Tally {
  readonly #moves = new Map<string, { from: number; to: number; count: number }>()
  #total = 0
  #last: { from: number; to: number; count: number } | undefined

  /** How many items were moved. */
  get total(): number {
    return this.#total
  }

  add(from: number, to: number, count: number): void {
    this.#total += count
    // Moves mostly follow others between the same lanes.
    if (this.#last?.from !== from || this.#last.to !== to) {
      const key = `${from} ${to}`
      this.#last = this.#moves.get(key) ?? { from, to, count: 0 }
      this.#moves.set(key, this.#last)
    }
    this.#last.count += count
  }

  /** What was moved, by lane. */
  moves(): RebalanceMove[] {
    return [...this.#moves.values()].toSorted((a, b) => a.from - b.from || a.to - b.to)
  }
}
