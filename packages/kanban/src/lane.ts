import { Ring } from '@tps/internal'
import { Entry, type Slot } from './entry.ts'

/** Below this many dead entries it is not worth compacting. */
const FEW = 32

/**
 * The waiting items of one class, oldest first, and since when they wait.
 *
 * Items that came in the same millisecond share a mark, so an item costs its slot and no more. An entry withdrawn from the
 * middle stays as a dead one until its turn comes or half of the ring is dead: withdrawing is O(1), amortized.
 */
export class Lane<T> {
  #ring = new Ring<Slot<T>>()
  #dead = 0
  /** Positions count all that ever came in at the back: the ring holds those from `#head` to `#head + size`. */
  #head = 0
  #headAt = 0
  #lastAt = 0
  /** Where items of a later millisecond begin, and which one. */
  readonly #marks = new Ring<number>()
  readonly #markedAt = new Ring<number>()
  #nextMark: number | undefined

  /** How many wait. */
  get size(): number {
    return this.#ring.size - this.#dead
  }

  /** Since when the oldest waits. Means nothing when none does. */
  get oldestAt(): number {
    this.#dropDead()
    return this.#headAt
  }

  push(slot: Slot<T>, at: number): void {
    if (this.#ring.size === 0) this.#headAt = this.#lastAt = at
    else if (at !== this.#lastAt) this.#mark(at)
    this.#ring.push(slot)
  }

  /** At the front, counted as old as the one it goes before. */
  unshift(slot: Slot<T>, at: number): void {
    if (this.#dead > 0) this.#dropDead()
    if (this.#ring.size === 0) this.#headAt = this.#lastAt = at
    else this.#head--
    this.#ring.unshift(slot)
  }

  /** Takes the oldest. There must be one. */
  shift(): Slot<T> {
    if (this.#dead > 0) this.#dropDead()
    return this.#shift()
  }

  /** Takes the newest. There must be one. */
  pop(): Slot<T> {
    let slot = this.#pop()
    while (isDead(slot)) {
      this.#dead--
      slot = this.#pop()
    }
    return slot
  }

  /** The oldest, which stays. There must be one. */
  peek(): Slot<T> {
    if (this.#dead > 0) this.#dropDead()
    return this.#ring.peek() as Slot<T>
  }

  /** An entry in here is gone. */
  forget(): void {
    this.#dead++
    if (this.#dead <= FEW || this.#dead * 2 < this.#ring.size) return
    const live: { slot: Slot<T>; at: number }[] = []
    while (this.#ring.size > 0) {
      const at = this.#headAt
      const slot = this.#shift()
      if (!isDead(slot)) live.push({ slot, at })
    }
    this.#dead = 0
    for (const { slot, at } of live) this.push(slot, at)
  }

  /** Those that wait, oldest first. */
  *[Symbol.iterator](): Generator<Slot<T>, void, undefined> {
    for (const slot of this.#ring) if (!isDead(slot)) yield slot
  }

  #dropDead(): void {
    while (this.#ring.size > 0 && isDead(this.#ring.peek() as Slot<T>)) {
      this.#dead--
      this.#shift()
    }
  }

  #shift(): Slot<T> {
    const slot = this.#ring.shift() as Slot<T>
    this.#head++
    if (this.#head === this.#nextMark) {
      this.#marks.shift()
      this.#headAt = this.#markedAt.shift() as number
      this.#nextMark = this.#marks.peek()
    }
    return slot
  }

  #pop(): Slot<T> {
    const slot = this.#ring.pop() as Slot<T>
    if (this.#marks.size > 0 && this.#marks.at(this.#marks.size - 1) === this.#head + this.#ring.size) {
      this.#marks.pop()
      this.#markedAt.pop()
      this.#nextMark = this.#marks.peek()
      this.#lastAt = this.#markedAt.at(this.#markedAt.size - 1) ?? this.#headAt
    }
    return slot
  }

  #mark(at: number): void {
    const position = this.#head + this.#ring.size
    this.#marks.push(position)
    this.#markedAt.push(at)
    this.#nextMark ??= position
    this.#lastAt = at
  }
}

function isDead<T>(slot: Slot<T>): boolean {
  return slot instanceof Entry && slot.phase === 'gone'
}
