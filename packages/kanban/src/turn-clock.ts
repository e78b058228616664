import { type Clock, systemClock } from '@tps/internal'

/** Readings closer together than this, in ms, are a burst. */
const BURST_MS = 0.005
/** How many calls of a burst share one reading. */
const SHARED = 63

const RESOLVED = Promise.resolve()

/** Who reads the clock. */
export interface ClockReader {
  /** The clock was read, and not the last reading shared. */
  read(nowMs: number): void
  /** Whether it has used the reading since it was last asked. */
  hasUsed(): boolean
  /** Nothing is shared any more. */
  jobEnded(): void
}

const nobody: ClockReader = { read: () => {}, hasUsed: () => false, jobEnded: () => {} }

/**
 * Whole milliseconds since it was made, cheap in bursts.
 * A reading of the platform's clock costs more than a queue operation. So while calls follow each other within
 * microseconds, and at most until the running job of the event loop ends, with the promise reactions that follow from it
 * without a pause, up to 63 calls share one reading.
 * An injected clock is read every time.
 */
export class TurnClock {
  readonly #clock: Clock
  readonly #reader: ClockReader
  readonly #originMs: number
  readonly #mayShare: boolean
  #lastMs: number
  #tick = 0
  #shared = 0
  #seen = 0
  #endsWithJob = false

  constructor(clock: Clock, reader: ClockReader = nobody) {
    this.#clock = clock
    this.#reader = reader
    this.#mayShare = clock === systemClock
    this.#originMs = clock.now()
    this.#lastMs = this.#originMs - 1
  }

  /** The cheap reading. */
  now(): number {
    if (this.#shared === 0) return this.refresh()
    this.#shared--
    return this.#tick
  }

  /** The last reading. */
  get tick(): number {
    return this.#tick
  }

  /** How many more calls may use `tick` in place of `now()` in the running job. */
  get shared(): number {
    return this.#shared
  }

  /** A reading of now, in whole milliseconds, which begins a new share. */
  refresh(): number {
    const nowMs = this.#clock.now()
    if (this.#mayShare && nowMs - this.#lastMs < BURST_MS) this.#share()
    else this.#shared = 0
    this.#lastMs = nowMs
    this.#tick = Math.floor(nowMs - this.#originMs)
    this.#reader.read(this.#tick)
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
    if (this.#shared > 0 && (this.#shared !== this.#seen || this.#reader.hasUsed())) {
      // Something goes on in the reactions of this job: it looks again behind those that are due now.
      this.#seen = this.#shared
      void RESOLVED.then(this.#endJob)
      return
    }
    this.#endsWithJob = false
    this.#shared = 0
    this.#reader.jobEnded()
  }
}
