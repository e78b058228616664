import { Entry, type EntryHome, type Slot, exposure } from './entry.ts'
import type { Hand, Taker } from './taker.ts'

/** The index of an entry that is not among the leased. */
const HELD_BY_TAKER = -1

/** What is in consumers' hands: leases, and bare items that takers hold. Everything is O(1) but `size`. */
export class Loans<T> {
  readonly #home: EntryHome<T>
  readonly #leased: Entry<T>[] = []
  readonly takers: Set<Taker<T>> = new Set()
  /** Total of leases. */
  #total = 0

  constructor(home: EntryHome<T>) {
    this.#home = home
  }

  /** How many are in consumers' hands. O(hands of takers). */
  get size(): number {
    let size = this.#leased.length
    for (const { holding } of this.takers) size += holding
    return size
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

  /** The same into the hands of a taker, which keeps count of what it holds. */
  lendTo(taker: Taker<T>, entry: Entry<T>): Hand {
    entry.phase = 'leased'
    entry.attempt++
    entry.order = ++this.#total
    entry.index = HELD_BY_TAKER
    return taker.takeLeased(entry)
  }

  /** Counts a bare item that a taker gets, and returns its number. */
  countBare(): number {
    return ++this.#total
  }

  /** Makes a lease of a bare item that a taker got as number `order`. */
  lendBare(item: T, lane: number, order: number): Entry<T> {
    const entry = new Entry(this.#home, item, lane)
    entry.phase = 'leased'
    entry.attempt = 1
    entry.order = order
    entry.index = this.#leased.length
    this.#leased.push(entry)
    return entry
  }

  /** Takes a leased entry out of the consumer's hands. */
  end(entry: Entry<T>): void {
    entry.phase = 'gone'
    if (entry.index === HELD_BY_TAKER) return
    const last = this.#leased.pop()
    if (!last || last === entry) return
    this.#leased[entry.index] = last
    last.index = entry.index
  }
}
