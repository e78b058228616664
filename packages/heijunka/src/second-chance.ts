interface Slot<K, V> {
  key: K
  value: V
  isUsed: boolean
}

/** How many are passed over in favour of the next, at most: so that no call takes long. */
const PATIENCE = 64

/**
 * A map of at most `max` keys. A new key beyond that takes the place of one that wasn't used lately: a hand goes round
 * and takes the first that wasn't used since it came by last (second chance, or clock: Corbató, "A Paging Experiment with
 * the Multics System", 1968); at the 65th in use it takes that. Everything is O(1).
 */
export class SecondChance<K, V> {
  readonly #places = new Map<K, Slot<K, V>>()
  readonly #slots: Slot<K, V>[] = []
  readonly #max: number
  #hand = 0

  constructor(max: number) {
    this.#max = max
  }

  get size(): number {
    return this.#slots.length
  }

  /** The value of a key, which counts as a use of it. */
  get(key: K): V | undefined {
    const slot = this.#places.get(key)
    if (slot === undefined) return undefined
    slot.isUsed = true
    return slot.value
  }

  /** Adds a key that isn't there. Returns the value of the one that had to go. */
  add(key: K, value: V): V | undefined {
    if (this.#slots.length < this.#max) {
      const slot = { key, value, isUsed: false }
      this.#slots.push(slot)
      this.#places.set(key, slot)
      return undefined
    }
    const slot = this.#victim()
    const evicted = slot.value
    this.#places.delete(slot.key)
    slot.key = key
    slot.value = value
    slot.isUsed = false
    this.#places.set(key, slot)
    return evicted
  }

  #victim(): Slot<K, V> {
    for (let passed = 0; ; passed++) {
      const slot = this.#slots[this.#hand] as Slot<K, V>
      this.#hand = (this.#hand + 1) % this.#slots.length
      if (!slot.isUsed || passed === PATIENCE) return slot
      slot.isUsed = false
    }
  }
}
