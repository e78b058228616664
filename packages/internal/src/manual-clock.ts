import type { Clock } from './clock.ts'
import type { Timer, Timers } from './timers.ts'

interface Pending {
  readonly dueMs: number
  readonly order: number
  readonly callback: () => void
}

/** Time that moves only when a test says so: a clock and its timers in one. */
export class ManualClock implements Clock, Timers {
  #nowMs: number
  #order = 0
  readonly #pending = new Set<Pending>()

  constructor(startMs = 0) {
    this.#nowMs = startMs
  }

  now(): number {
    return this.#nowMs
  }

  schedule(delayMs: number, callback: () => void): Timer {
    const pending: Pending = { dueMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, callback }
    this.#pending.add(pending)
    return { cancel: () => void this.#pending.delete(pending) }
  }

  /** How many timers wait: 0 says that nothing was left behind. */
  get pendingTimers(): number {
    return this.#pending.size
  }

  /** Moves time forward by `ms` and fires what falls due on the way, in order, each at its own moment. */
  advance(ms: number): void {
    if (!(ms >= 0)) throw new RangeError(`ms must be 0 or more, got ${ms}`)
    const untilMs = this.#nowMs + ms
    for (let next = this.#next(untilMs); next; next = this.#next(untilMs)) {
      this.#pending.delete(next)
      this.#nowMs = Math.max(this.#nowMs, next.dueMs)
      next.callback()
    }
    this.#nowMs = untilMs
  }

  /** As `advance`, and lets promises settle before, between and after the timers. */
  async advanceAsync(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms
    await settle()
    for (let next = this.#next(untilMs); next; next = this.#next(untilMs)) {
      this.advance(Math.max(0, next.dueMs - this.#nowMs))
      await settle()
    }
    this.#nowMs = untilMs
    await settle()
  }

  #next(untilMs: number): Pending | undefined {
    let first: Pending | undefined
    for (const pending of this.#pending) {
      if (pending.dueMs > untilMs) continue
      if (!first || pending.dueMs < first.dueMs || (pending.dueMs === first.dueMs && pending.order < first.order))
        first = pending
    }
    return first
  }
}

/** Lets every promise reaction that is ready, and what those make ready, run. */
export async function settle(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve))
}
