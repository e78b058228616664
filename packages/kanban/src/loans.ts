import { Entry, type EntryHome, type Slot, exposure } from './entry.ts'

/** What is in consumers' hands. Everything is O(1). */
export class Loans<T> {
  readonly #home: EntryHome<T>
  readonly #leased: Entry<T>[] = []
  /** Total of leases. */
  #total = 0

  constructor(home: EntryHome<T>) {
    this.#home = home
  }

  /** How many are in consumers' hands. */
  get size(): number {
    return this.#leased.length
  }

  /** Total of leases. */
  get total(): number {
    return this.#total
  }

  /** Puts what stands nowhere into a consumer's hands. */
  lend(slot: Slot<T>, lane: number): Entry<T> {
    const entry = slot instanceof Entry ? slot : new Entry(this.#home, slot, lane)
    exposure.hasBegun = true
    entry.phase = 'leased'
    entry.attempt++
    entry.order = ++this.#total
    entry.index = this.#leased.length
    this.#leased.push(entry)
    return entry
  }

  /** Takes a leased entry out of the consumer's hands. */
  end(entry: Entry<T>): void {
    entry.phase = 'gone'
    const last = this.#leased.pop()
    if (!last || last === entry) return
    this.#leased[entry.index] = last
    last.index = entry.index
  }
}
