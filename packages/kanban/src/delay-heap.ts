import type { Entry } from './entry.ts'

interface Delayed<T> {
  readonly entry: Entry<T>
  readonly dueMs: number
  /** Two that fall due together come out in the order they came in. */
  readonly order: number
}

/** Entries that wait out a retry delay, the earliest due on top: a binary heap, O(log n). */
export class DelayHeap<T> {
  #heap: Delayed<T>[] = []
  #order = 0
  #dead = 0

  /** How many wait. */
  get size(): number {
    return this.#heap.length - this.#dead
  }

  /** When the next one falls due; `Infinity` when none waits. */
  get nextDueMs(): number {
    for (let top = this.#heap[0]; top; top = this.#heap[0]) {
      if (top.entry.phase !== 'gone') return top.dueMs
      this.#dead--
      this.#removeTop()
    }
    return Number.POSITIVE_INFINITY
  }

  add(entry: Entry<T>, dueMs: number): void {
    const heap = this.#heap
    const added = { entry, dueMs, order: this.#order++ }
    let at = heap.length
    while (at > 0) {
      const above = heap[(at - 1) >> 1] as Delayed<T>
      if (!isBefore(added, above)) break
      heap[at] = above
      at = (at - 1) >> 1
    }
    heap[at] = added
  }

  /** Takes one that is due at `nowMs`; `undefined` when none is. */
  shiftDue(nowMs: number): Entry<T> | undefined {
    if (this.nextDueMs > nowMs) return undefined
    const top = this.#heap[0]
    this.#removeTop()
    return top?.entry
  }

  /** An entry in here has just become `GONE`: it stays until it comes to the top or half of the heap is dead. */
  forget(): void {
    this.#dead++
    if (this.#dead * 2 < this.#heap.length) return
    const live = this.#heap.filter(({ entry }) => entry.phase !== 'gone')
    // A sorted array is a heap.
    this.#heap = live.toSorted((a, b) => (isBefore(a, b) ? -1 : 1))
    this.#dead = 0
  }

  #removeTop(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (!last || heap.length === 0) return
    let at = 0
    for (;;) {
      let below = at * 2 + 1
      if (below >= heap.length) break
      if (below + 1 < heap.length && isBefore(heap[below + 1] as Delayed<T>, heap[below] as Delayed<T>)) below++
      if (!isBefore(heap[below] as Delayed<T>, last)) break
      heap[at] = heap[below] as Delayed<T>
      at = below
    }
    heap[at] = last
  }
}

function isBefore<T>(a: Delayed<T>, b: Delayed<T>): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order)
}
