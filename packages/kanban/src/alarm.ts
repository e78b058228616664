import type { Timer, Timers } from '@tps/internal'

/** One timer for the earliest of many moments. */
export class Alarm {
  readonly #timers: Timers
  readonly #onDue: () => void
  #dueMs = Number.POSITIVE_INFINITY
  #timer: Timer | undefined

  constructor(timers: Timers, onDue: () => void) {
    this.#timers = timers
    this.#onDue = onDue
  }

  /** When it goes off; `Infinity` when it does not. */
  get dueMs(): number {
    return this.#dueMs
  }

  /** Goes off at `dueMs` instead of when it was set to; `Infinity` turns it off. */
  set(dueMs: number, nowMs: number): void {
    if (dueMs === this.#dueMs) return
    this.#timer?.cancel()
    this.#dueMs = dueMs
    this.#timer =
      dueMs === Number.POSITIVE_INFINITY
        ? undefined
        : this.#timers.schedule(Math.max(0, dueMs - nowMs), () => {
            this.#dueMs = Number.POSITIVE_INFINITY
            this.#timer = undefined
            this.#onDue()
          })
  }
}
