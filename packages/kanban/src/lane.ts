import { Ages } from './ages.ts'
import { Entry, type Slot } from './entry.ts'
import { type End, type Line, NOTHING, type Stock, type Victim } from './line.ts'
import type { OverloadControl } from './overload.ts'

/** Below this many dead entries it is not worth compacting. */
const FEW = 32
const MIN_SLOTS = 16

/**
 * The waiting items of one class, oldest first, and since when they wait: a ring in a power-of-two array, which doubles
 * when full and halves when a quarter is left.
 *
 * The time is kept once for all that came in the same millisecond, so an item costs its slot and no more. An entry withdrawn from the
 * middle stays as a dead one until its turn comes or half of the ring is dead: withdrawing is O(1), amortized.
 */
export class Lane<T> implements Line<T>, Stock<T> {
  readonly tenants = 0
  protected readonly control: OverloadControl | undefined
  #slots: (Slot<T> | undefined)[] = new Array<Slot<T> | undefined>(MIN_SLOTS).fill(undefined)
  /** With fewer in it, the ring is made smaller. */
  #shrinksBelow = 0
  /** Positions count all that ever came in at the back; position `p` is in slot `p & (length - 1)`. */
  #first = 0
  /** How many are in the ring, dead ones included. */
  #held = 0
  /** How many of these are entries, and how many of those are dead. */
  #entries = 0
  #dead = 0
  #firstAt = 0
  #lastAt = 0
  readonly #ages = new Ages()
  /** The first position of a later millisecond. */
  #nextAge = this.#ages.first

  constructor(control?: OverloadControl) {
    this.control = control
  }

  /** How many wait. */
  get size(): number {
    return this.#held - this.#dead
  }

  get oldestAt(): number {
    if (this.#dead > 0) this.#dropDead()
    return this.#firstAt
  }

  get newestAt(): number {
    if (this.#dead > 0) this.#dropDeadTail()
    return this.#lastAt
  }

  /** Whether everything in it is a bare item. */
  get isBare(): boolean {
    return this.#entries === 0
  }

  pushBare(item: T, at: number): void {
    this.#push(item, at)
  }

  push(entry: Entry<T>, at: number): void {
    this.#entries++
    this.#push(entry, at)
  }

  giveBack(entry: Entry<T>, at: number): void {
    if (this.size === 0) this.control?.began(at)
    const before: { readonly entry: Entry<T>; readonly at: number }[] = []
    for (let first = this.oldest(); first instanceof Entry && first.order > 0 && first.order < entry.order;) {
      before.push({ entry: first, at: this.#firstAt })
      this.shift()
      first = this.oldest()
    }
    this.#unshift(entry, this.#held === 0 ? at : this.#firstAt)
    for (const each of before.toReversed()) this.#unshift(each.entry, each.at)
  }

  shift(): Slot<T> {
    if (this.#dead > 0) this.#dropDead()
    return this.#shift()
  }

  /** Takes the oldest of nothing but bare items. There must be one. */
  shiftBare(): T {
    const slots = this.#slots
    const index = this.#first & (slots.length - 1)
    const slot = slots[index] as Slot<T>
    // Emptied slots are cleared, so that what was taken can be collected.
    slots[index] = undefined
    this.#first++
    this.#held--
    if (this.#first === this.#nextAge) this.#passAge()
    if (this.#held < this.#shrinksBelow) this.#resize(slots.length >> 1)
    return slot as T
  }

  pop(): Slot<T> {
    if (this.#dead > 0) this.#dropDeadTail()
    return this.#pop()
  }

  choose(_nowMs: number, _shed: Victim<T>[]): Slot<T> | typeof NOTHING {
    return this.size === 0 ? NOTHING : (this.oldest() as Slot<T>)
  }

  take(): Slot<T> {
    return this.shift()
  }

  discard(): Slot<T> {
    return this.take()
  }

  sacrifice(end: End): Slot<T> {
    return end === 'oldest' ? this.shift() : this.pop()
  }

  forget(_entry?: Entry<T>): void {
    this.#dead++
    if (this.#dead === this.#held) this.#empty()
    else if (this.#dead > FEW && this.#dead * 2 >= this.#held) this.#compact()
  }

  clear(): Slot<T>[] {
    const slots = [...this]
    this.#empty()
    return slots
  }

  /** The oldest, which stays. Means nothing when none waits. */
  oldest(): Slot<T> | undefined {
    if (this.#dead > 0) this.#dropDead()
    return this.#at(this.#first)
  }

  /** The newest, which stays. Means nothing when none waits. */
  newest(): Slot<T> | undefined {
    if (this.#dead > 0) this.#dropDeadTail()
    return this.#at(this.#first + this.#held - 1)
  }

  /** Those that wait, oldest first. */
  *[Symbol.iterator](): Generator<Slot<T>, void, undefined> {
    for (let index = 0; index < this.#held; index++) {
      const slot = this.#at(this.#first + index) as Slot<T>
      if (!isDead(slot)) yield slot
    }
  }

  #at(position: number): Slot<T> | undefined {
    return this.#slots[position & (this.#slots.length - 1)]
  }

  #dropDead(): void {
    while (this.#held > 0 && isDead(this.#at(this.#first))) {
      this.#dead--
      this.#shift()
    }
  }

  #dropDeadTail(): void {
    while (this.#held > 0 && isDead(this.#at(this.#first + this.#held - 1))) {
      this.#dead--
      this.#pop()
    }
  }

  /** At the back. */
  #push(slot: Slot<T>, at: number): void {
    if (this.#held === this.#slots.length) this.#resize(this.#held * 2)
    // Nothing waits, whatever dead ones are left.
    if (this.#held === this.#dead) {
      if (this.#held > 0) this.#empty()
      this.#firstAt = this.#lastAt = at
      this.control?.began(at)
    } else if (at !== this.#lastAt) this.#mark(at)
    const slots = this.#slots
    slots[(this.#first + this.#held) & (slots.length - 1)] = slot
    this.#held++
  }

  #put(slot: Slot<T>): void {
    if (this.#held === this.#slots.length) this.#resize(this.#held * 2)
    this.#slots[(this.#first + this.#held) & (this.#slots.length - 1)] = slot
    this.#held++
  }

  /** At the front. */
  #unshift(slot: Entry<T>, at: number): void {
    if (this.#held === this.#slots.length) this.#resize(this.#held * 2)
    if (this.#held === 0) this.#lastAt = at
    else if (at !== this.#firstAt) {
      this.#ages.unshift(this.#first, this.#firstAt)
      this.#nextAge = this.#first
    }
    this.#firstAt = at
    this.#first--
    this.#slots[this.#first & (this.#slots.length - 1)] = slot
    this.#held++
    this.#entries++
  }

  #shift(): Slot<T> {
    const slot: Slot<T> = this.shiftBare()
    if (slot instanceof Entry) this.#entries--
    return slot
  }

  #pop(): Slot<T> {
    this.#held--
    const position = this.#first + this.#held
    const index = position & (this.#slots.length - 1)
    const slot = this.#slots[index] as Slot<T>
    this.#slots[index] = undefined
    if (slot instanceof Entry) this.#entries--
    if (this.#ages.last === position) {
      this.#ages.pop()
      this.#nextAge = this.#ages.first
      this.#lastAt = this.#ages.lastAt ?? this.#firstAt
    }
    if (this.#held < this.#shrinksBelow) this.#resize(this.#slots.length >> 1)
    return slot
  }

  #empty(): void {
    while (this.#held > 0) this.#shift()
    this.#dead = 0
  }

  /** Leaves the dead out. What is left is as old as it was, and the line has not been empty. */
  #compact(): void {
    const live: { slot: Slot<T>; at: number }[] = []
    while (this.#held > 0) {
      const at = this.#firstAt
      const slot = this.#shift()
      if (!isDead(slot)) live.push({ slot, at })
    }
    this.#dead = 0
    const [oldest] = live
    this.#firstAt = this.#lastAt = oldest?.at ?? 0
    for (const { slot, at } of live) {
      if (slot instanceof Entry) this.#entries++
      if (at !== this.#lastAt) this.#mark(at)
      this.#put(slot)
    }
  }

  #mark(at: number): void {
    this.#ages.push(this.#first + this.#held, at)
    this.#nextAge = this.#ages.first
    this.#lastAt = at
  }

  #passAge(): void {
    this.#firstAt = this.#ages.shift()
    this.#nextAge = this.#ages.first
  }

  #resize(length: number): void {
    const slots = new Array<Slot<T> | undefined>(length).fill(undefined)
    for (let index = 0; index < this.#held; index++) {
      const position = this.#first + index
      slots[position & (length - 1)] = this.#at(position)
    }
    this.#slots = slots
    this.#shrinksBelow = length > MIN_SLOTS ? length >> 2 : 0
  }
}

function isDead<T>(slot: Slot<T>): boolean {
  return slot instanceof Entry && slot.phase === 'gone'
}
