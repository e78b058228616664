import { type Clock, systemClock } from '@tps/internal'

/** Readings closer together than this, in ms, are a burst. */
const BURST_MS = 0.005
/** How many calls of a burst share one reading. */
const SHARED = 63

const RESOLVED = Promise.resolve()

/**
 * Whole milliseconds since it was made, cheap in bursts.
 * A reading of the platform's clock costs more than a queue operation. So while calls follow each other within
 * microseconds, and at most until the running job of the event loop ends, up to 63 calls share one reading.
 * An injected clock is read every time.
 */
export class TurnClock {
  readonly #clock: Clock
  readonly #originMs: number
  readonly #mayShare: boolean
  #lastMs: number
  #tick = 0
  #shared = 0
  #endsWithJob = false

  constructor(clock: Clock) {
    this.#clock = clock
    this.#mayShare = clock === systemClock
    this.#originMs = clock.now()
    this.#lastMs = this.#originMs - 1
  }

  /** The cheap reading. */
  now(): number {
    if (this.#shared > 0) {
      this.#shared--
      return this.#tick
    }
    const nowMs = this.#clock.now()
    if (this.#mayShare && nowMs - this.#lastMs < BURST_MS) this.#share()
    this.#lastMs = nowMs
    this.#tick = Math.floor(nowMs - this.#originMs)
    return this.#tick
  }

  /** Milliseconds since it was made, with fractions, read now. */
  exactly(): number {
    return this.#clock.now() - this.#originMs
  }

  #share(): void {
    this.#shared = SHARED
    if (this.#endsWithJob) return
    this.#endsWithJob = true
    void RESOLVED.then(this.#endJob)
  }

  readonly #endJob = (): void => {
    this.#endsWithJob = false
    this.#shared = 0
  }
}
