/**
 * A double-ended queue in a power-of-two array: push, shift, pop and reading by position are O(1), amortized.
 * It doubles when full and, above 512 slots, halves when less than a quarter is left, so that a past peak is given back.
 */
export class Ring<T> {
  #slots: (T | undefined)[]
  #head = 0
  #size = 0

  constructor() {
    this.#slots = new Array<T | undefined>(MIN_SLOTS).fill(undefined)
  }

  get size(): number {
    return this.#size
  }

  /** Adds at the back. */
  push(item: T): void {
    if (this.#size === this.#slots.length) this.#resize(this.#size * 2)
    this.#slots[(this.#head + this.#size) & (this.#slots.length - 1)] = item
    this.#size++
  }

  /** Adds at the front. */
  unshift(item: T): void {
    if (this.#size === this.#slots.length) this.#resize(this.#size * 2)
    this.#head = (this.#head - 1) & (this.#slots.length - 1)
    this.#slots[this.#head] = item
    this.#size++
  }

  /** Takes from the front; `undefined` when empty. */
  shift(): T | undefined {
    if (this.#size === 0) return undefined
    const item = this.#slots[this.#head]
    // Emptied slots are cleared, so that what was taken can be collected.
    this.#slots[this.#head] = undefined
    this.#head = (this.#head + 1) & (this.#slots.length - 1)
    this.#size--
    if (this.#size < this.#slots.length >> 2) this.#shrink()
    return item
  }

  /** Takes from the back; `undefined` when empty. */
  pop(): T | undefined {
    if (this.#size === 0) return undefined
    this.#size--
    const slot = (this.#head + this.#size) & (this.#slots.length - 1)
    const item = this.#slots[slot]
    this.#slots[slot] = undefined
    if (this.#size < this.#slots.length >> 2) this.#shrink()
    return item
  }

  /** Takes up to `count` from the back and returns them, front first. O(count), and little for each. */
  popMany(count: number): T[] {
    const taken = Math.min(count, this.#size)
    const slots = this.#slots
    const start = (this.#head + this.#size - taken) & (slots.length - 1)
    const beyond = start + taken - slots.length
    const items = beyond > 0 ? slots.slice(start).concat(slots.slice(0, beyond)) : slots.slice(start, start + taken)
    slots.fill(undefined, start, start + taken)
    if (beyond > 0) slots.fill(undefined, 0, beyond)
    this.#size -= taken
    let length = slots.length
    while (length > KEPT_SLOTS && this.#size < length >> 2) length >>= 1
    if (length < slots.length) this.#resize(length)
    return items as T[]
  }

  /** The item at the front, which stays; `undefined` when empty. */
  peek(): T | undefined {
    return this.#size === 0 ? undefined : this.#slots[this.#head]
  }

  /** The item `index` places behind the front; `undefined` when there is none. */
  at(index: number): T | undefined {
    return index < 0 || index >= this.#size ? undefined : this.#slots[(this.#head + index) & (this.#slots.length - 1)]
  }

  /** Takes out the first item that satisfies `test` and closes the gap; `undefined` when none does. O(n). */
  remove(test: (item: T) => boolean): T | undefined {
    const mask = this.#slots.length - 1
    for (let index = 0; index < this.#size; index++)
      if (test(this.#slots[(this.#head + index) & mask] as T)) return this.removeAt(index)
    return undefined
  }

  /** Takes out the item `index` places behind the front and closes the gap; `undefined` when there is none. O(n). */
  removeAt(index: number): T | undefined {
    if (index < 0 || index >= this.#size) return undefined
    const mask = this.#slots.length - 1
    const item = this.#slots[(this.#head + index) & mask]
    for (let next = index + 1; next < this.#size; next++)
      this.#slots[(this.#head + next - 1) & mask] = this.#slots[(this.#head + next) & mask]
    this.pop()
    return item
  }

  /** Empties it and returns what was in it, front first. */
  drain(): T[] {
    const items = [...this]
    this.#slots = new Array<T | undefined>(MIN_SLOTS).fill(undefined)
    this.#head = 0
    this.#size = 0
    return items
  }

  *[Symbol.iterator](): Generator<T, void, undefined> {
    for (let index = 0; index < this.#size; index++) yield this.at(index) as T
  }

  #shrink(): void {
    if (this.#slots.length > KEPT_SLOTS) this.#resize(this.#slots.length >> 1)
  }

  #resize(length: number): void {
    const slots = new Array<T | undefined>(length).fill(undefined)
    const mask = this.#slots.length - 1
    for (let index = 0; index < this.#size; index++) slots[index] = this.#slots[(this.#head + index) & mask]
    this.#slots = slots
    this.#head = 0
  }
}

const MIN_SLOTS = 16
/** A ring that has grown so far isn't worth giving back: a queue that fills and empties would do so all the time. */
const KEPT_SLOTS = 512
