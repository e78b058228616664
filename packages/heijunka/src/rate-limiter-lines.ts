import type { Timer, Timers } from '@tps/internal'
import { type Place, WaitList } from './wait-list.ts'

interface Taker {
  readonly cost: number
  readonly resolve: () => void
  readonly reject: (reason: unknown) => void
}

/** Those who wait for one slot. There is one timer, for the first of them. */
class Line {
  readonly takers = new WaitList<Taker>()
  cost = 0
  timer: Timer | undefined
}

/**
 * Those who wait for the rate, in a line for each slot, first come first served. Nothing is reserved: a taker's cost
 * counts when its turn comes, so whoever gives up moves all behind it forward, and the rate holds whatever happens.
 */
export class TakerLines {
  readonly #lines = new Map<number, Line>()
  readonly #tryTake: (slot: number, cost: number) => number
  readonly #timers: Timers
  #size = 0
  #cancelled = 0

  /** `tryTake` takes for a slot and returns 0, or returns the wait in ms. */
  constructor(tryTake: (slot: number, cost: number) => number, timers: Timers) {
    this.#tryTake = tryTake
    this.#timers = timers
  }

  /** How many wait, over all lines. */
  get size(): number {
    return this.#size
  }

  /** How many were cancelled by their caller while they waited. */
  get cancelled(): number {
    return this.#cancelled
  }

  /** Whether anybody waits for this slot. */
  has(slot: number): boolean {
    return this.#size > 0 && this.#lines.has(slot)
  }

  /** What those who wait for this slot will take, together. */
  costAhead(slot: number): number {
    return this.#size === 0 ? 0 : (this.#lines.get(slot)?.cost ?? 0)
  }

  /** Waits for a turn. Rejects with the reason of `signal` when that aborts. */
  join(slot: number, cost: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const line = this.#lines.get(slot) ?? new Line()
      const unfollow = (): void => signal?.removeEventListener('abort', stop)
      const place = line.takers.join({
        cost,
        resolve: () => {
          unfollow()
          resolve()
        },
        reject: (reason) => {
          unfollow()
          // oxlint-disable-next-line prefer-promise-reject-errors
          reject(reason)
        },
      })
      const stop = (): void => {
        const wasFirst = line.takers.first === place
        this.#cancelled++
        this.#leave(slot, line, place)
        place.value.reject(signal?.reason)
        if (wasFirst) this.#serve(slot, line)
      }
      signal?.addEventListener('abort', stop)
      line.cost += cost
      this.#size++
      this.#lines.set(slot, line)
      if (line.takers.size === 1) this.#serve(slot, line)
    })
  }

  /** Everybody is sent away with the error that `errorOf` makes for the slot. */
  rejectAll(errorOf: (slot: number) => Error): void {
    for (const [slot, line] of this.#lines) {
      line.timer?.cancel()
      for (let place = line.takers.first; place; place = line.takers.first) {
        this.#leave(slot, line, place)
        place.value.reject(errorOf(slot))
      }
    }
  }

  /** Lets go whose turn it is, and comes back for the next one. */
  #serve(slot: number, line: Line): void {
    line.timer?.cancel()
    line.timer = undefined
    for (let place = line.takers.first; place; place = line.takers.first) {
      const waitMs = this.#tryTake(slot, place.value.cost)
      if (waitMs > 0) {
        line.timer = this.#timers.schedule(waitMs, () => this.#serve(slot, line))
        return
      }
      this.#leave(slot, line, place)
      place.value.resolve()
    }
  }

  #leave(slot: number, line: Line, place: Place<Taker>): void {
    line.takers.leave(place)
    this.#size--
    line.cost -= place.value.cost
    if (line.takers.size > 0) return
    line.timer?.cancel()
    this.#lines.delete(slot)
  }
}
