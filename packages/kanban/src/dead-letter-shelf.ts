import { Arrivals } from './arrivals.ts'
import type { DeadLetter } from './dead-letter.ts'
import type { DeadLetterContent } from './dead-letter-lines.ts'

/** The letters that are kept, and what makes room for another one. */
export class DeadLetterShelf<T> implements Iterable<DeadLetter<T>> {
  readonly #capacity: number
  readonly #keep: 'newest' | 'oldest'
  readonly #poisonAfter: number
  readonly #letters = new Arrivals<DeadLetter<T>>()
  readonly #poison = new Set<number>()
  /** Being offered by a redrive: nobody else may take, send or drop them. */
  readonly #offered = new Set<number>()

  constructor({
    capacity,
    keep,
    poisonAfter,
  }: {
    readonly capacity: number
    readonly keep: 'newest' | 'oldest'
    readonly poisonAfter: number
  }) {
    this.#capacity = capacity
    this.#keep = keep
    this.#poisonAfter = poisonAfter
  }

  get size(): number {
    return this.#letters.size
  }

  get poison(): number {
    return this.#poison.size
  }

  /** How many more fit. Letters being offered don't count: what dies meanwhile may be just these, and needs a place. */
  get room(): number {
    return Math.max(0, this.#capacity - (this.#letters.size - this.#offered.size))
  }

  /** Gives a letter its number; it is not kept yet. */
  letterOf(content: DeadLetterContent<T>): DeadLetter<T> {
    return { id: this.#letters.nextId(), ...content, poison: content.redrives >= this.#poisonAfter }
  }

  /** Keeps the letter. There must be room. */
  insert(letter: DeadLetter<T>): void {
    this.#letters.set(letter.id, letter)
    if (letter.poison) this.#poison.add(letter.id)
  }

  /** Keeps the letter, or drops it when the oldest are kept. Returns what is dropped. */
  put(letter: DeadLetter<T>): readonly DeadLetter<T>[] {
    if (this.#keep === 'oldest' && this.room === 0) return [letter]
    const dropped: DeadLetter<T>[] = []
    while (this.room === 0) dropped.push(this.#removeOldest())
    this.insert(letter)
    return dropped
  }

  get(id: number): DeadLetter<T> | undefined {
    return this.#letters.get(id)
  }

  /** The letter, unless it is gone or just being offered. */
  free(id: number): DeadLetter<T> | undefined {
    return this.#offered.has(id) ? undefined : this.#letters.get(id)
  }

  /** It is being offered, until `release` or `remove`. */
  hold({ id }: DeadLetter<T>): void {
    this.#offered.add(id)
  }

  release({ id }: DeadLetter<T>): void {
    this.#offered.delete(id)
  }

  remove({ id }: DeadLetter<T>): void {
    this.#offered.delete(id)
    this.#letters.delete(id)
    this.#poison.delete(id)
  }

  /** Oldest first. */
  [Symbol.iterator](): IterableIterator<DeadLetter<T>> {
    return this.#letters[Symbol.iterator]()
  }

  #removeOldest(): DeadLetter<T> {
    const id = this.#letters.oldest((each) => this.#offered.has(each)) as number
    const letter = this.#letters.get(id) as DeadLetter<T>
    this.remove(letter)
    return letter
  }
}
