import type { Item } from './reliable-item.ts'

/** What waits for its turn: urgent before the rest, and within each what came first. */
export class WaitingLine {
  readonly #urgent = new Set<Item>()
  readonly #others = new Set<Item>()

  get size(): number {
    return this.#urgent.size + this.#others.size
  }

  add(item: Item): void {
    const place = item.errand.isUrgent ? this.#urgent : this.#others
    place.add(item)
    item.leave = () => void place.delete(item)
  }

  first(): Item | undefined {
    for (const item of this) return item
    return undefined
  }

  *[Symbol.iterator](): Generator<Item, void, undefined> {
    yield* this.#urgent
    yield* this.#others
  }
}
