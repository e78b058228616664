import type { Clock, Timer, Timers } from '@tps/internal'

/** A tick that comes as many times later than it should has met a process that stood still. */
const LATE_FACTOR = 2

/**
 * Since when a message that arrives now has been under way at most. A process that was stopped, or a loop that was blocked,
 * reads late what the server sent early; a lease begins when it was sent. While it is watched, a tick says that the loop was
 * running; after a pause nothing counts as fresh until a round trip to the server has passed everything that waited.
 */
export class LoopWatch {
  readonly #everyMs: number
  readonly #clock: Clock
  readonly #timers: Timers
  readonly #flush: () => Promise<void>
  #timer: Timer | undefined
  #tickMs = 0
  /** Settles when what waited in a pause has been read. */
  #passing: Promise<void> | undefined

  constructor(everyMs: number, clock: Clock, timers: Timers, flush: () => Promise<void>) {
    this.#everyMs = everyMs
    this.#clock = clock
    this.#timers = timers
    this.#flush = flush
  }

  /** What is asked for from now on is watched. */
  start(): void {
    if (this.#timer) return
    this.#tickMs = this.#clock.now()
    this.#schedule()
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  /** A message that arrives now was sent no earlier than this. */
  get sentMs(): number {
    return this.#timer ? this.#tickMs : this.#clock.now()
  }

  /** Resolves when what is asked for from then on counts as fresh. */
  fresh(): Promise<void> {
    if (this.#timer) this.#look()
    return this.#passing ?? Promise.resolve()
  }

  #schedule(): void {
    this.#timer = this.#timers.schedule(this.#everyMs, () => this.#tick())
  }

  #tick(): void {
    this.#schedule()
    this.#look()
  }

  #look(): void {
    if (this.#passing) return
    const nowMs = this.#clock.now()
    if (nowMs - this.#tickMs <= LATE_FACTOR * this.#everyMs) {
      this.#tickMs = nowMs
      return
    }
    const passed = (): void => {
      this.#passing = undefined
      this.#tickMs = nowMs
    }
    // A lost connection has lost with it what was on the way.
    this.#passing = this.#flush().then(passed, passed)
  }
}
