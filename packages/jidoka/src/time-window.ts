import type { OutcomeWindow, SavedSlot, SavedTimeWindow } from './window.ts'

const SLOTS = 10
/** Numbers a slot: completed, failed, slow. */
const FIELDS = 3

/**
 * The outcomes of the last `ms`, in ten slots and running totals. Recording is O(1); after an idle time every slot that
 * went by is emptied before anything is counted, so no outcome is ever older than `ms`.
 */
export class TimeWindow implements OutcomeWindow {
  completed = 0
  failed = 0
  slow = 0
  readonly #ms: number
  /** A plain array: on the heap it is smaller than a typed one of this length. */
  readonly #slots: number[] = new Array<number>(SLOTS * FIELDS).fill(0)
  #startedMs: number
  /** The number of the current slot, counted from the clock's zero, and where it is in `#slots`. */
  #tick: number
  #at: number
  #tickEndsMs: number

  constructor(ms: number, nowMs: number, saved?: SavedTimeWindow) {
    this.#ms = ms
    this.#startedMs = nowMs - (saved?.forMs ?? 0)
    this.#tick = Math.floor((nowMs / ms) * SLOTS)
    this.#tickEndsMs = ((this.#tick + 1) * ms) / SLOTS
    this.#at = offset(this.#tick)
    for (const slot of saved?.slots ?? []) this.#restore(nowMs, slot)
  }

  record(nowMs: number, failed: boolean, slow: boolean): void {
    if (nowMs >= this.#tickEndsMs) this.advance(nowMs)
    const at = this.#at
    this.#slots[at]!++
    this.completed++
    if (failed) {
      this.#slots[at + 1]!++
      this.failed++
    }
    if (slow) {
      this.#slots[at + 2]!++
      this.slow++
    }
  }

  advance(nowMs: number): void {
    if (nowMs < this.#tickEndsMs) return
    const tick = Math.floor((nowMs / this.#ms) * SLOTS)
    if (tick - this.#tick >= SLOTS) this.#empty()
    else while (this.#tick < tick) this.#drop(++this.#tick)
    this.#tick = tick
    this.#at = offset(tick)
    this.#tickEndsMs = ((tick + 1) * this.#ms) / SLOTS
  }

  clear(nowMs: number): void {
    this.advance(nowMs)
    this.#empty()
    this.#startedMs = nowMs
  }

  isWhole(nowMs: number): boolean {
    return nowMs - this.#startedMs >= this.#ms
  }

  save(nowMs: number): SavedTimeWindow {
    this.advance(nowMs)
    const slots: SavedSlot[] = []
    for (let tick = this.#tick - SLOTS + 1; tick <= this.#tick; tick++) {
      const [completed = 0, failed = 0, slow = 0] = this.#slots.slice(offset(tick))
      if (completed > 0) slots.push([Math.max(0, nowMs - (tick * this.#ms) / SLOTS), completed, failed, slow])
    }
    return { kind: 'time', forMs: nowMs - this.#startedMs, slots }
  }

  /** Takes all outcomes of a saved slot for as old as its oldest can be, so that none stays longer than `ms`. */
  #restore(nowMs: number, [agoMs, completed, failed, slow]: SavedSlot): void {
    // A slot that began at a whole tick has to come out at it, whatever the subtractions made of it.
    const tick = Math.min(Math.floor(((nowMs - agoMs) / this.#ms) * SLOTS + 1e-6), this.#tick)
    if (tick <= this.#tick - SLOTS) return
    const at = offset(tick)
    this.#slots[at]! += completed
    this.#slots[at + 1]! += failed
    this.#slots[at + 2]! += slow
    this.completed += completed
    this.failed += failed
    this.slow += slow
  }

  /** Empties the slot that `tick` is about to use: what is in it is a whole window old. */
  #drop(tick: number): void {
    const at = offset(tick)
    this.completed -= this.#slots[at]!
    this.failed -= this.#slots[at + 1]!
    this.slow -= this.#slots[at + 2]!
    this.#slots.fill(0, at, at + FIELDS)
  }

  #empty(): void {
    this.#slots.fill(0)
    this.completed = this.failed = this.slow = 0
  }
}

/** A clock may begin below zero. */
function offset(tick: number): number {
  return (((tick % SLOTS) + SLOTS) % SLOTS) * FIELDS
}
