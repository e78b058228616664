import { Ring } from '@tps/internal'
import type { Entry } from './entry.ts'

/**
 * Work that waits, oldest first: a ring of fast items and one of slow ones. An item whose key is not at its turn is
 * parked when it comes to the front, and restored to its place by age when it is. Lanes use the fast ring only.
 */
export class Backlog<T> {
  readonly #fast = new Ring<Entry<T>>()
  readonly #slow = new Ring<Entry<T>>()
  #parked = 0
  #weight = 0

  get size(): number {
    return this.#fast.size + this.#slow.size + this.#parked
  }

  get weight(): number {
    return this.#weight
  }

  /** Adds the newest. */
  push(entry: Entry<T>): void {
    // Sums of fractions drift; an empty backlog is a chance to be exact again.
    this.#weight = this.size === 0 ? entry.weight : this.#weight + entry.weight
    this.#ringOf(entry).push(entry)
  }

  /** The oldest that may be handed out, which stays; `undefined` when none may. */
  next(admitSlow: boolean): Entry<T> | undefined {
    const fast = this.#front(this.#fast)
    if (!admitSlow || this.#slow.size === 0) return fast
    const slow = this.#front(this.#slow)
    return fast === undefined || (slow !== undefined && slow.order < fast.order) ? slow : fast
  }

  /** Takes what `next` returns. */
  take(admitSlow: boolean): Entry<T> | undefined {
    const entry = this.next(admitSlow)
    if (entry === undefined) return undefined
    this.#ringOf(entry).shift()
    this.#weight = this.size === 0 ? 0 : this.#weight - entry.weight
    return entry
  }

  /** Brings a parked entry back to its place by age. O(older ones before it): few, for it was at the front before. */
  restore(entry: Entry<T>): void {
    const ring = this.#ringOf(entry)
    const older: Entry<T>[] = []
    for (let first = ring.peek(); first !== undefined && first.order < entry.order; first = ring.peek()) {
      ring.shift()
      older.push(first)
    }
    ring.unshift(entry)
    for (let first = older.pop(); first; first = older.pop()) ring.unshift(first)
    entry.isParked = false
    this.#parked--
    if (entry.group) entry.group.parked--
  }

  /** Takes the newest out again. */
  withdraw(entry: Entry<T>): void {
    if (!entry.isParked) this.#ringOf(entry).pop()
    else if (entry.group) entry.group.parked--
    this.gain(-entry.weight, entry.isParked ? -1 : 0)
  }

  /** Counts what comes or, negative, goes with a unit that is moved; its entries follow by `extract` and `merge`. */
  gain(weight: number, parked: number): void {
    this.#parked += parked
    this.#weight += weight
  }

  /** How many entries lie in the ring of fast items. */
  get ringSize(): number {
    return this.#fast.size
  }

  /** The entry in place `index`, from 0 and below `ringSize`, counted from the newest. */
  newest(index: number): Entry<T> {
    return this.#fast.at(this.#fast.size - 1 - index) as Entry<T>
  }

  /** Takes the `count` entries that satisfy `leaves` out of the ring, newest first. O(entries newer than the last). */
  extract(count: number, leaves: (entry: Entry<T>) => boolean): Entry<T>[] {
    const gone: Entry<T>[] = []
    const kept: Entry<T>[] = []
    while (gone.length < count) {
      const entry = this.#fast.pop()
      if (entry === undefined) break
      if (leaves(entry)) gone.push(entry)
      else kept.push(entry)
    }
    for (let entry = kept.pop(); entry; entry = kept.pop()) this.#fast.push(entry)
    return gone
  }

  /** Puts entries that come from elsewhere in their places by age. Sorts `arrivals`. O(n + arrivals), when those are runs. */
  merge(arrivals: Entry<T>[]): void {
    arrivals.sort((a, b) => a.order - b.order)
    const oldest = arrivals[0]
    if (oldest === undefined) return
    // Only what is newer than the oldest arrival has to make room.
    const newer: Entry<T>[] = []
    for (let last = this.#fast.at(this.#fast.size - 1); last && last.order > oldest.order;) {
      newer.push(last)
      this.#fast.pop()
      last = this.#fast.at(this.#fast.size - 1)
    }
    for (const arrival of arrivals) {
      for (let own = newer.at(-1); own && own.order < arrival.order; own = newer.at(-1)) {
        this.#fast.push(own)
        newer.pop()
      }
      this.#fast.push(arrival)
    }
    for (let own = newer.pop(); own; own = newer.pop()) this.#fast.push(own)
  }

  /** When the oldest in the rings began to wait; parked ones apart. */
  oldestSinceMs(): number {
    const fast = this.#fast.peek()?.sinceMs ?? Number.POSITIVE_INFINITY
    const slow = this.#slow.peek()?.sinceMs ?? Number.POSITIVE_INFINITY
    return Math.min(fast, slow)
  }

  #ringOf(entry: Entry<T>): Ring<Entry<T>> {
    return entry.isSlow ? this.#slow : this.#fast
  }

  #front(ring: Ring<Entry<T>>): Entry<T> | undefined {
    let first = ring.peek()
    for (; first?.group && !first.group.admits(first); first = ring.peek()) {
      ring.shift()
      first.isParked = true
      first.group.parked++
      this.#parked++
    }
    return first
  }
}
