import type { Timer, Timers } from '@tps/internal'

/** How long a station whose source failed waits before it pulls again: at first, and at the most. */
const FIRST_MS = 100
const LONGEST_MS = 10_000

/** The pauses between attempts to pull from a source that fails: longer and longer, until it answers. */
export class Recovery {
  readonly #timers: Timers
  readonly #onOver: () => void
  #nextMs = FIRST_MS
  #timer: Timer | undefined

  constructor(timers: Timers, onOver: () => void) {
    this.#timers = timers
    this.#onOver = onOver
  }

  /** Whether a pause is on. */
  get isOn(): boolean {
    return this.#timer !== undefined
  }

  begin(): void {
    this.#timer = this.#timers.schedule(this.#nextMs, () => {
      this.#timer = undefined
      this.#onOver()
    })
    this.#nextMs = Math.min(this.#nextMs * 2, LONGEST_MS)
  }

  /** The source has answered. */
  forget(): void {
    this.#nextMs = FIRST_MS
  }

  cancel(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }
}
