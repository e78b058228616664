import type { Timer, Timers } from '@tps/internal'
import type { Entry } from './entry.ts'

/** Retries that wait for their delay to pass. */
export class Delays<T> {
  readonly #timers: Timers
  readonly #waiting = new Map<Entry<T>, Timer>()
  #isStopped = false

  constructor(timers: Timers) {
    this.#timers = timers
  }

  get size(): number {
    return this.#waiting.size
  }

  /** Calls `back` when the delay has passed, or at once when it is stopped. */
  add(entry: Entry<T>, delayMs: number, back: (entry: Entry<T>) => void): void {
    if (delayMs === 0 || this.#isStopped) return back(entry)
    const timer = this.#timers.schedule(delayMs, () => {
      this.#waiting.delete(entry)
      back(entry)
    })
    this.#waiting.set(entry, timer)
  }

  /** Gives the timers back. Returns what they were for, in the order it came. */
  stop(): Entry<T>[] {
    this.#isStopped = true
    const entries = [...this.#waiting.keys()]
    for (const timer of this.#waiting.values()) timer.cancel()
    this.#waiting.clear()
    return entries
  }
}
