import type { Timers } from '@tps/internal'
import type { Item } from './reliable-item.ts'
import type { CheckedDelivery } from './reliable-options.ts'
import { readField } from './reliable-try.ts'

/** An error's `retryAfterMs` is somebody else's number: no more than a day of it is believed. */
const LONGEST_PAUSE_MS = 86_400_000

/** Items that wait before their next try. Those that failed together have one timer. */
export class Pauses {
  readonly #timers: Timers
  readonly #then: (items: readonly Item[]) => void
  #size = 0

  constructor(timers: Timers, then: (items: readonly Item[]) => void) {
    this.#timers = timers
    this.#then = then
  }

  get size(): number {
    return this.#size
  }

  add(items: readonly Item[], ms: number): void {
    const pausing = new Set(items)
    const timer = this.#timers.schedule(ms, () => {
      const ready = [...pausing]
      for (const item of ready) item.leave()
      this.#then(ready)
    })
    for (const item of items) {
      this.#size++
      item.leave = () => {
        if (!pausing.delete(item)) return
        this.#size--
        if (pausing.size === 0) timer.cancel()
      }
    }
  }
}

/** The pause that the receiver asks for, in ms; 0 when it does not. */
export function askedPauseMs(error: unknown): number {
  const ms = readField(error, 'retryAfterMs')
  return typeof ms === 'number' && ms > 0 ? Math.min(ms, LONGEST_PAUSE_MS) : 0
}

/** The pause before the next try of `items`: doubles with each, the last half of it is left to chance. */
export function backoffMs(items: readonly Item[], options: CheckedDelivery): number {
  const { backoffMs, maxBackoffMs, random } = options
  const tries = items.reduce((most, item) => Math.max(most, item.tries), 1)
  const wholeMs = Math.min(maxBackoffMs, backoffMs * 2 ** Math.min(tries - 1, 31))
  return wholeMs * (0.5 + 0.5 * random())
}
