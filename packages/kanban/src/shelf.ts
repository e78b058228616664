import { DelayHeap } from './delay-heap.ts'
import { Entry, type EntryHome, type Slot } from './entry.ts'
import { Lane } from './lane.ts'

/**
 * Where the admitted items stand: one lane a class, the delayed, the leased. It knows no limit and no user code. Every
 * count is the size of one of its structures.
 */
export class Shelf<T> {
  readonly #home: EntryHome<T>
  readonly #lanes: readonly Lane<T>[]
  readonly #delayed = new DelayHeap<T>()
  readonly #leased: Entry<T>[] = []
  #lastOrder = 0

  constructor(home: EntryHome<T>, lanes: number) {
    this.#home = home
    this.#lanes = Array.from({ length: lanes }, () => new Lane<T>())
  }

  /** How many could be handed out now. */
  get ready(): number {
    let ready = 0
    for (const lane of this.#lanes) ready += lane.size
    return ready
  }

  /** How many wait out a retry delay. */
  get delayed(): number {
    return this.#delayed.size
  }

  /** How many wait, ready or delayed: what the capacity bounds. */
  get depth(): number {
    return this.ready + this.#delayed.size
  }

  /** How many are in consumers' hands. */
  get leased(): number {
    return this.#leased.length
  }

  get isEmpty(): boolean {
    return this.depth === 0 && this.#leased.length === 0
  }

  /** When the next delayed one falls due; `Infinity` when there is none. */
  get nextDueMs(): number {
    return this.#delayed.nextDueMs
  }

  /** Since when the longest waiting ready item waits; `undefined` when none does. */
  get oldestAt(): number | undefined {
    let oldest: number | undefined
    for (const lane of this.#lanes) {
      if (lane.size > 0 && (oldest === undefined || lane.oldestAt < oldest)) oldest = lane.oldestAt
    }
    return oldest
  }

  laneSize(lane: number): number {
    return this.#lanes[lane]?.size ?? 0
  }

  /** At the back of its lane. */
  push(slot: Slot<T>, lane: number, nowMs: number): void {
    if (slot instanceof Entry) {
      slot.phase = 'waiting'
      slot.order = Number.POSITIVE_INFINITY
    }
    this.#lane(lane).push(slot, nowMs)
  }

  /** Back to where it was: the front of its lane, behind those that were leased before it and are back already. */
  unshift(entry: Entry<T>, nowMs: number): void {
    const lane = this.#lane(entry.lane)
    const before: Entry<T>[] = []
    for (let first = lane.size > 0 ? lane.peek() : undefined; first instanceof Entry && first.order < entry.order;) {
      before.push(first)
      lane.shift()
      first = lane.size > 0 ? lane.peek() : undefined
    }
    entry.phase = 'waiting'
    lane.unshift(entry, nowMs)
    for (const each of before.toReversed()) lane.unshift(each, nowMs)
  }

  /** What `shift` would take; `undefined` when nothing is ready, or when that is a bare `undefined`. */
  peek(): Slot<T> | undefined {
    return this.#firstLane()?.peek()
  }

  /** Takes the oldest of the first class that has one. There must be one. */
  shift(): Slot<T> {
    const slot = (this.#firstLane() as Lane<T>).shift()
    if (slot instanceof Entry) slot.phase = 'gone'
    return slot
  }

  /** Takes the oldest of the first class that has one into a consumer's hands. There must be one. */
  shiftLeased(): Entry<T> {
    let lane = 0
    while (this.laneSize(lane) === 0) lane++
    return this.lend(this.#lane(lane).shift(), lane)
  }

  /** Takes the oldest or newest of the last class that has one, but of none more urgent than `lane`. */
  sacrifice(end: 'oldest' | 'newest', lane: number): { readonly slot: Slot<T> } | undefined {
    for (let last = this.#lanes.length - 1; last >= lane; last--) {
      const victims = this.#lane(last)
      if (victims.size === 0) continue
      const slot = end === 'oldest' ? victims.shift() : victims.pop()
      if (slot instanceof Entry) slot.phase = 'gone'
      return { slot }
    }
    return undefined
  }

  /** Puts what stands nowhere into a consumer's hands. */
  lend(slot: Slot<T>, lane: number): Entry<T> {
    const entry = slot instanceof Entry ? slot : new Entry(this.#home, slot, lane)
    entry.phase = 'leased'
    entry.attempt++
    entry.order = ++this.#lastOrder
    entry.index = this.#leased.length
    this.#leased.push(entry)
    return entry
  }

  /** Takes a leased entry out of the consumer's hands. */
  unlend(entry: Entry<T>): void {
    entry.phase = 'gone'
    const last = this.#leased.pop()
    if (!last || last === entry) return
    this.#leased[entry.index] = last
    last.index = entry.index
  }

  delay(entry: Entry<T>, dueMs: number): void {
    entry.phase = 'delayed'
    this.#delayed.add(entry, dueMs)
  }

  /** Takes a delayed entry that is due. */
  shiftDue(nowMs: number): Entry<T> | undefined {
    const entry = this.#delayed.shiftDue(nowMs)
    if (entry) entry.phase = 'gone'
    return entry
  }

  /** Takes a waiting or delayed entry out from wherever it stands. */
  withdraw(entry: Entry<T>): void {
    const wasDelayed = entry.phase === 'delayed'
    entry.phase = 'gone'
    if (wasDelayed) this.#delayed.forget()
    else this.#lane(entry.lane).forget()
  }

  /** The ready ones. O(depth). */
  *waiting(): Generator<Slot<T>, void, undefined> {
    for (const lane of this.#lanes) yield* lane
  }

  #lane(lane: number): Lane<T> {
    return this.#lanes[lane] as Lane<T>
  }

  #firstLane(): Lane<T> | undefined {
    for (const lane of this.#lanes) if (lane.size > 0) return lane
    return undefined
  }
}
