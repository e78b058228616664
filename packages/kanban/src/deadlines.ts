import { type Slot, expiryOf } from './entry.ts'

/** Knows whether a waiting item can have expired, without looking at all of them. */
export class Deadlines<T> {
  /** Whether any item ever had one. */
  areUsed = false
  /** No waiting entry expires before. */
  #firstMs = Number.POSITIVE_INFINITY

  /** This one waits from now on. */
  note(slot: Slot<T>): void {
    this.#firstMs = Math.min(this.#firstMs, expiryOf(slot))
  }

  isPast(slot: Slot<T>, nowMs: number): boolean {
    return this.areUsed && nowMs >= expiryOf(slot)
  }

  /** Which of those that wait have expired. O(depth), but only when a deadline has passed. */
  passed(waiting: () => Iterable<Slot<T>>, nowMs: number): Slot<T>[] {
    const expired: Slot<T>[] = []
    if (nowMs < this.#firstMs) return expired
    this.#firstMs = Number.POSITIVE_INFINITY
    for (const slot of waiting()) {
      if (nowMs >= expiryOf(slot)) expired.push(slot)
      else this.note(slot)
    }
    return expired
  }
}
