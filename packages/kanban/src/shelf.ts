import { Ageing } from './ageing.ts'
import { DelayHeap } from './delay-heap.ts'
import { Entry, type EntryHome, type Slot } from './entry.ts'
import { Gate } from './gate.ts'
import { Lane } from './lane.ts'
import { type End, type Line, NOTHING, type Victim } from './line.ts'
import { Loans } from './loans.ts'

/**
 * Where the admitted items stand: one line a class, the delayed, the leased. It knows no limit and no user code. Every
 * count is the size of one of its structures.
 */
export class Shelf<T> {
  /** How many could be handed out now: the sizes of all lines. A field, and not a sum, because it is asked at each turn. */
  ready = 0
  readonly gate: Gate<T> = new Gate()
  readonly loans: Loans<T>
  readonly #lines: readonly Line<T>[]
  /** The only one, where nothing but its order says what is next. */
  readonly #only: Lane<T> | undefined
  readonly #ageing: Ageing<T>
  readonly #delayed = new DelayHeap<T>()
  #chosen = 0

  constructor(home: EntryHome<T>, lines: readonly Line<T>[], maxAgeMs: number) {
    this.loans = new Loans(home)
    this.#lines = lines
    this.#ageing = new Ageing(lines, maxAgeMs)
    const [first] = lines
    this.#only = lines.length === 1 && first instanceof Lane ? first : undefined
  }

  /** How many wait out a retry delay. */
  get delayed(): number {
    return this.#delayed.size
  }

  /** How many wait, ready or delayed: what the capacity bounds. */
  get depth(): number {
    return this.ready + this.#delayed.size
  }

  get isEmpty(): boolean {
    return this.depth === 0 && this.loans.size === 0
  }

  /** When the next delayed one falls due; `Infinity` when there is none. */
  get nextDueMs(): number {
    return this.#delayed.nextDueMs
  }

  /** Since when the longest waiting ready item waits; `undefined` when none does. */
  get oldestAt(): number | undefined {
    let oldest: number | undefined
    for (const line of this.#lines) {
      if (line.size > 0 && (oldest === undefined || line.oldestAt < oldest)) oldest = line.oldestAt
    }
    return oldest
  }

  /** How many tenants have something ready. */
  get tenants(): number {
    let tenants = 0
    for (const line of this.#lines) tenants += line.tenants
    return tenants
  }

  /** The class of the last one that was taken. */
  get lastLane(): number {
    return this.#chosen
  }

  lineSize(lane: number): number {
    return this.#lines[lane]?.size ?? 0
  }

  /** Whether everything ready is a bare item. Not O(1), but asked only after a change. */
  get isBare(): boolean {
    return this.#lines.every((line) => line instanceof Lane && line.isBare)
  }

  /** At the back of its line. */
  push(slot: Slot<T>, lane: number, nowMs: number): void {
    if (!(slot instanceof Entry)) {
      this.pushBare(slot, lane, nowMs)
      return
    }
    slot.phase = 'waiting'
    slot.order = 0
    const line = this.#line(lane)
    line.push(slot, nowMs)
    this.ready++
    this.gate.entryCame()
    if (line.size === 1) this.#ageing.occupied(lane, nowMs)
  }

  /** The same for a bare item. */
  pushBare(item: T, lane: number, nowMs: number): void {
    this.ready++
    const only = this.#only
    if (only !== undefined) {
      only.pushBare(item, nowMs)
      return
    }
    const line = this.#line(lane)
    if (line.size === 0) this.#ageing.occupied(lane, nowMs)
    line.pushBare(item, nowMs)
  }

  /** Back to where it was: the front of its line, behind those that were leased before it and are back already. */
  giveBack(entry: Entry<T>, nowMs: number): void {
    const line = this.#line(entry.lane)
    entry.phase = 'waiting'
    line.giveBack(entry, nowMs)
    this.ready++
    this.gate.entryCame()
    if (line.size === 1) this.#ageing.occupied(entry.lane, nowMs)
  }

  /**
   * What is to be handed out next, which stays until `take` or `discard` is called right after. What overload control
   * throws out on the way goes into `shed`.
   */
  choose(nowMs: number, shed: Victim<T>[]): Slot<T> | typeof NOTHING {
    while (this.ready > 0) {
      this.#chosen = this.#only ? 0 : this.#ageing.choose(nowMs)
      const line = this.#line(this.#chosen)
      const before = shed.length
      const slot = line.choose(nowMs, shed)
      for (let index = before; index < shed.length; index++) this.#left((shed[index] as Victim<T>).slot, this.#chosen)
      if (slot !== NOTHING) return slot
      this.#ageing.passed()
    }
    return NOTHING
  }

  /** Takes the chosen one. */
  take(): Slot<T> {
    this.#ageing.served()
    return this.#left(this.#line(this.#chosen).take(), this.#chosen)
  }

  /** Takes the chosen one into a consumer's hands. */
  takeLeased(): Entry<T> {
    return this.loans.lend(this.take(), this.#chosen)
  }

  /** Takes the chosen one out, which is not handed out. */
  discard(): Slot<T> {
    this.#ageing.passed()
    return this.#left(this.#line(this.#chosen).discard(), this.#chosen)
  }

  /** The first, where nothing but order, class and age says which that is, and all are bare. There must be one. */
  shiftBare(nowMs: number): T {
    this.ready--
    const only = this.#only
    if (only !== undefined) return only.shiftBare()
    const lane = this.#ageing.choose(nowMs)
    this.#chosen = lane
    this.#ageing.served()
    const line = this.#line(lane) as Lane<T>
    if (line.size === 1) this.#ageing.emptied(lane)
    return line.shiftBare()
  }

  /** The first, where nothing but order, class and age says which that is. There must be one. */
  shift(nowMs: number): Slot<T> {
    const only = this.#only
    if (only !== undefined) {
      this.ready--
      return only.shift()
    }
    const lane = this.#ageing.next(nowMs)
    this.#chosen = lane
    return this.#left((this.#line(lane) as Lane<T>).shift(), lane)
  }

  /** The same, into a consumer's hands. */
  shiftLeased(nowMs: number): Entry<T> {
    return this.loans.lend(this.shift(nowMs), this.#chosen)
  }

  /** Takes the oldest or newest of the last class that has one, but of none more urgent than `lane`. */
  sacrifice(end: End, lane: number): Victim<T> | undefined {
    for (let last = this.#lines.length - 1; last >= lane; last--) {
      if (this.lineSize(last) > 0) return { slot: this.#left(this.#line(last).sacrifice(end), last), which: end }
    }
    return undefined
  }

  delay(entry: Entry<T>, dueMs: number): void {
    entry.phase = 'delayed'
    this.#delayed.add(entry, dueMs)
    this.gate.shut()
  }

  /** Takes a delayed entry that is due. */
  shiftDue(nowMs: number): Entry<T> | undefined {
    const entry = this.#delayed.shiftDue(nowMs)
    if (!entry) return undefined
    entry.phase = 'gone'
    this.gate.shut()
    return entry
  }

  /** Takes a waiting or delayed entry out from wherever it stands. */
  withdraw(entry: Entry<T>): void {
    const wasDelayed = entry.phase === 'delayed'
    entry.phase = 'gone'
    if (wasDelayed) {
      this.#delayed.forget()
      this.gate.shut()
      return
    }
    this.#line(entry.lane).forget(entry)
    this.#left(entry, entry.lane)
  }

  /** Takes out all that wait: class by class, oldest first, then the delayed as they fall due. O(depth). */
  clear(): Slot<T>[] {
    const slots: Slot<T>[] = []
    for (const [lane, line] of this.#lines.entries()) {
      for (const slot of line.clear()) slots.push(this.#left(slot, lane))
    }
    for (let entry = this.shiftDue(Number.MAX_VALUE); entry; entry = this.shiftDue(Number.MAX_VALUE)) slots.push(entry)
    return slots
  }

  /** The ready ones. O(depth). */
  *waiting(): Generator<Slot<T>, void, undefined> {
    for (const line of this.#lines) yield* line
  }

  #line(lane: number): Line<T> {
    return this.#lines[lane] as Line<T>
  }

  /** This one has left that line. */
  #left(slot: Slot<T>, lane: number): Slot<T> {
    this.ready--
    if (this.#line(lane).size === 0) this.#ageing.emptied(lane)
    if (slot instanceof Entry) slot.phase = 'gone'
    return slot
  }
}
