import { type Clock, systemClock } from './clock.ts'
import { type Timer, type Timers, systemTimers } from './timers.ts'

/** What a `TimerWheel` is made with. */
export interface TimerWheelOptions {
  /** How coarse it is, in ms: entries fire up to one tick late, never early. Greater than 0. Default 10. */
  readonly tickMs?: number
  readonly clock?: Clock
  readonly timers?: Timers
}

const SLOTS = 256
const MASK = SLOTS - 1

/** One node of a slot's ring list. The sentinel of a slot is a node whose callback is never called. */
class Entry implements Timer {
  previous: Entry = this
  next: Entry = this
  dueTick: number
  callback: (() => void) | undefined
  readonly #wheel: TimerWheel | undefined

  constructor(dueTick: number, callback?: () => void, wheel?: TimerWheel) {
    this.dueTick = dueTick
    this.callback = callback
    this.#wheel = wheel
  }

  cancel(): void {
    if (!this.callback) return
    this.unlink()
    this.#wheel?.forget()
  }

  unlink(): void {
    this.callback = undefined
    this.previous.next = this.next
    this.next.previous = this.previous
    this.previous = this.next = this
  }
}

/**
 * A hashed timer wheel: many coarse timeouts for the price of one timer.
 * Scheduling and cancelling are O(1) and start no timer of the platform while one is already running.
 * The running timer is stopped once the wheel is empty. Source: Varghese and Lauck, SOSP 1987, scheme 6.
 */
export class TimerWheel implements Timers {
  readonly #tickMs: number
  readonly #clock: Clock
  readonly #timers: Timers
  readonly #slots: Entry[] = []
  #size = 0
  #tick = 0
  #running: Timer | undefined

  constructor({ tickMs = 10, clock = systemClock, timers = systemTimers }: TimerWheelOptions = {}) {
    this.#tickMs = tickMs
    this.#clock = clock
    this.#timers = timers
    for (let slot = 0; slot < SLOTS; slot++) this.#slots.push(new Entry(0))
  }

  /** How many entries wait. */
  get size(): number {
    return this.#size
  }

  schedule(delayMs: number, callback: () => void): Timer {
    const now = this.#clock.now()
    if (this.#size === 0) this.#tick = Math.floor(now / this.#tickMs)
    const dueTick = Math.max(Math.ceil((now + delayMs) / this.#tickMs), this.#tick + 1)
    const entry = new Entry(dueTick, callback, this)
    const head = this.#slots[dueTick & MASK] as Entry
    entry.previous = head.previous
    entry.next = head
    head.previous.next = entry
    head.previous = entry
    this.#size++
    this.#running ??= this.#timers.schedule(this.#tickMs, this.#turn)
    return entry
  }

  /** @internal An entry was cancelled. */
  forget(): void {
    this.#size--
    if (this.#size === 0) this.#stop()
  }

  /** Cancels every entry without calling it. */
  [Symbol.dispose](): void {
    for (const head of this.#slots) while (head.next !== head) head.next.unlink()
    this.#size = 0
    this.#stop()
  }

  #stop(): void {
    this.#running?.cancel()
    this.#running = undefined
  }

  readonly #turn = (): void => {
    this.#running = undefined
    const nowTick = Math.floor(this.#clock.now() / this.#tickMs)
    const due: Entry[] = []
    // After a long sleep every slot is visited once, not once per missed tick.
    const from = Math.max(this.#tick + 1, nowTick - MASK)
    for (let tick = from; tick <= nowTick; tick++) {
      const head = this.#slots[tick & MASK] as Entry
      for (let entry = head.next; entry !== head; entry = entry.next) if (entry.dueTick <= nowTick) due.push(entry)
    }
    this.#tick = Math.max(this.#tick, nowTick)
    // The wheel is rearmed first: a callback that throws must not stop it.
    if (this.#size > 0) this.#running = this.#timers.schedule(this.#tickMs, this.#turn)
    this.#fire(due)
  }

  #fire(due: readonly Entry[]): void {
    let failed = false
    let failure: unknown
    for (const entry of due) {
      const { callback } = entry
      // An earlier callback of this turn may have cancelled it.
      if (!callback) continue
      entry.cancel()
      try {
        callback()
      } catch (error) {
        if (!failed) failure = error
        failed = true
      }
    }
    if (failed) throw failure
  }
}
