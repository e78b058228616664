import type { Entry } from './entry.ts'
import type { Line } from './line-heap.ts'

/** Entries without keys that came to a lane together, oldest first. There is always at least one. */
export class Block<T> implements Line<T> {
  order: number
  place = -1
  readonly #entries: (Entry<T> | undefined)[]
  #head = 0

  constructor(entries: Entry<T>[]) {
    this.#entries = entries
    this.order = (entries[0] as Entry<T>).order
  }

  get size(): number {
    return this.#entries.length - this.#head
  }

  get front(): Entry<T> {
    return this.#entries[this.#head] as Entry<T>
  }

  /** The entry in place `index`, from 0, counted from the oldest. */
  at(index: number): Entry<T> | undefined {
    return this.#entries[this.#head + index]
  }

  advance(): boolean {
    // Emptied places are cleared, so that what was taken can be collected.
    this.#entries[this.#head] = undefined
    this.#head++
    if (this.size === 0) return false
    this.order = this.front.order
    return true
  }

  /** Takes the newest, up to `count`, oldest first. A block left empty is no block any more: it must leave its heap. */
  popMany(count: number): Entry<T>[] {
    return this.#entries.splice(Math.max(this.#head, this.#entries.length - count)) as Entry<T>[]
  }

  /** Takes the entry in place `index` out. The block must be in no heap, as its front may change; the same holds. */
  removeAt(index: number): void {
    this.#entries.splice(this.#head + index, 1)
    if (this.size > 0) this.order = this.front.order
  }
}
