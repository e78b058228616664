import type { Timer, Timers } from '@tps/internal'
import type { RateLimitKey } from './gcra-keys.ts'
import { type Place, WaitList } from './wait-list.ts'

interface Taker {
  readonly cost: number
  readonly resolve: () => void
  readonly reject: (reason: unknown) => void
}

class Line {
  readonly takers = new WaitList<Taker>()
  /** When the first asks again. */
  askAtMs = 0
  timer: Timer | undefined
  isAsking = false
}

/** What lines need to know and do. */
export interface SharedLinesContext {
  readonly timers: Timers
  readonly now: () => number
  /** Takes and resolves with 0, or resolves with the wait in ms. */
  readonly ask: (key: RateLimitKey | undefined, cost: number) => Promise<number>
}

/**
 * Those of this process who wait for a shared rate: a line for each key, first come first served. Only the first of a line
 * asks. Between processes there is no order.
 */
export class SharedLines {
  readonly #lines = new Map<RateLimitKey | undefined, Line>()
  readonly #context: SharedLinesContext
  #size = 0
  #cancelled = 0

  constructor(context: SharedLinesContext) {
    this.#context = context
  }

  /** How many wait, over all lines. */
  get size(): number {
    return this.#size
  }

  /** How many were cancelled by their caller while they waited. */
  get cancelled(): number {
    return this.#cancelled
  }

  /** In how many ms the first of the line for this key asks again; `undefined` when nobody waits. */
  asksIn(key: RateLimitKey | undefined): number | undefined {
    const line = this.#lines.get(key)
    return line && Math.max(0, line.askAtMs - this.#context.now())
  }

  /**
   * Waits for a turn, which comes in `waitMs` at the earliest. Rejects with the reason of `signal` when that aborts, and
   * with what `tooLong` makes after `longestMs`.
   */
  join(
    key: RateLimitKey | undefined,
    cost: number,
    waitMs: number,
    signal: AbortSignal | undefined,
    longestMs: number,
    tooLong: (retryAfterMs: number) => Error,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      const line = this.#lines.get(key) ?? new Line()
      const end = (): void => {
        signal?.removeEventListener('abort', stop)
        deadline?.cancel()
      }
      const place = line.takers.join({
        cost,
        resolve: () => {
          end()
          resolve()
        },
        reject: (reason) => {
          end()
          // oxlint-disable-next-line prefer-promise-reject-errors
          reject(reason)
        },
      })
      const stop = (): void => {
        this.#cancelled++
        this.#giveUp(key, line, place)
        place.value.reject(signal?.reason)
      }
      const deadline = Number.isFinite(longestMs)
        ? this.#context.timers.schedule(longestMs, () => {
            this.#giveUp(key, line, place)
            place.value.reject(tooLong(Math.max(0, line.askAtMs - this.#context.now())))
          })
        : undefined
      signal?.addEventListener('abort', stop)
      this.#size++
      this.#lines.set(key, line)
      if (line.takers.size === 1 && !line.isAsking) this.#askIn(waitMs, key, line)
    })
  }

  /** Everybody is sent away with the error that `errorOf` makes for the key. */
  rejectAll(errorOf: (key: RateLimitKey | undefined) => Error): void {
    for (const [key, line] of this.#lines) {
      for (let place = line.takers.first; place; place = line.takers.first) {
        this.#leave(key, line, place)
        place.value.reject(errorOf(key))
      }
    }
  }

  #askIn(waitMs: number, key: RateLimitKey | undefined, line: Line): void {
    line.askAtMs = this.#context.now() + waitMs
    line.timer = this.#context.timers.schedule(waitMs, () => void this.#ask(key, line))
  }

  async #ask(key: RateLimitKey | undefined, line: Line): Promise<void> {
    line.isAsking = true
    for (let first = line.takers.first; first; first = line.takers.first) {
      const { cost } = first.value
      const waitMs = await this.#context.ask(key, cost)
      if (waitMs > 0) {
        line.isAsking = false
        if (line.takers.size > 0) this.#askIn(waitMs, key, line)
        return
      }
      // The one who asked may have left meanwhile. What was taken is for the next one then, where it is enough.
      const { first: next } = line.takers
      if (!next || (next !== first && next.value.cost > cost)) continue
      this.#leave(key, line, next)
      next.value.resolve()
    }
    line.isAsking = false
  }

  /** The next one may need less: it asks at once where the first was waiting. */
  #giveUp(key: RateLimitKey | undefined, line: Line, place: Place<Taker>): void {
    const wasFirst = line.takers.first === place
    this.#leave(key, line, place)
    if (!wasFirst || line.isAsking || line.takers.size === 0) return
    line.timer?.cancel()
    this.#askIn(0, key, line)
  }

  #leave(key: RateLimitKey | undefined, line: Line, place: Place<Taker>): void {
    line.takers.leave(place)
    this.#size--
    if (line.takers.size > 0) return
    line.timer?.cancel()
    // A line that asks ends by itself; a new one may begin beside it.
    if (this.#lines.get(key) === line) this.#lines.delete(key)
  }
}
