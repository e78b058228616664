/** How many are passed over in favour of the next, at most: so that no call takes long. */
const PATIENCE = 64

/**
 * Places, from 0, for at most `max` keys. A new key beyond that takes the place of one that wasn't used lately: a hand
 * goes round and takes the first that wasn't used since it came by last (second chance, or clock: Corbató, "A Paging
 * Experiment with the Multics System", 1968); at the 65th in use it takes that. Everything is O(1).
 */
export class SecondChance<K> {
  readonly #places = new Map<K, number>()
  readonly #keys: K[] = []
  #isUsed = new Uint8Array(16)
  readonly #max: number
  #hand = 0

  constructor(max: number) {
    this.#max = max
  }

  get size(): number {
    return this.#keys.length
  }

  /** The place of a key, which counts as a use of it; -1 when it has none. */
  find(key: K): number {
    const place = this.#places.get(key)
    if (place === undefined) return -1
    this.#isUsed[place] = 1
    return place
  }

  /** Gives a key that has none a place: the next after the last, or, when there are `max`, that of one that has to go. */
  add(key: K): number {
    const place = this.#keys.length < this.#max ? this.#keys.length : this.#victim()
    if (place < this.#keys.length) this.#places.delete(this.#keys[place] as K)
    if (place === this.#isUsed.length) this.#grow()
    this.#keys[place] = key
    this.#isUsed[place] = 0
    this.#places.set(key, place)
    return place
  }

  #grow(): void {
    const isUsed = new Uint8Array(2 * this.#isUsed.length)
    isUsed.set(this.#isUsed)
    this.#isUsed = isUsed
  }

  #victim(): number {
    for (let passed = 0; ; passed++) {
      const place = this.#hand
      this.#hand = (place + 1) % this.#keys.length
      if (this.#isUsed[place] === 0 || passed === PATIENCE) return place
      this.#isUsed[place] = 0
    }
  }
}
