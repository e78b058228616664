/**
 * Values under numbers that count up from 1 in the order they came. Everything is O(1), amortized: a plain `Map` would
 * step over what was deleted each time its oldest entry is asked for.
 */
export class Arrivals<V> {
  readonly #values = new Map<number, V>()
  #last = 0
  #oldest = 1

  get size(): number {
    return this.#values.size
  }

  /** Gives out the next number. Not every one need be used. */
  nextId(): number {
    return ++this.#last
  }

  set(id: number, value: V): void {
    this.#values.set(id, value)
  }

  get(id: number): V | undefined {
    return this.#values.get(id)
  }

  delete(id: number): boolean {
    return this.#values.delete(id)
  }

  /** The oldest that is not excepted. While the very oldest is excepted, this looks at all. */
  oldest(isExcepted: (id: number) => boolean = () => false): number | undefined {
    if (this.#values.size === 0) return undefined
    while (!this.#values.has(this.#oldest)) this.#oldest++
    if (!isExcepted(this.#oldest)) return this.#oldest
    return this.#values.keys().find((id) => !isExcepted(id))
  }

  /** Oldest first. */
  [Symbol.iterator](): IterableIterator<V> {
    return this.#values.values()
  }
}
