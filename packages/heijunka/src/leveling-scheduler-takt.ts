import type { Clock, Timer, Timers } from '@tps/internal'

/** What happens at the beat. */
export interface Beats {
  /** A takt begins, and so many before it were slept through. */
  takt(slept: number): void
  /** Whether half a takt later may be used as well. Asked when the beat was on time. */
  wantsHalf(): boolean
  half(): void
}

/**
 * Beats once a takt. Beats lie on a grid from the start on, so that late timers don't add up, and one that comes whole takts
 * too late beats once.
 */
export class Takt {
  readonly #taktMs: number
  readonly #clock: Clock
  readonly #timers: Timers
  readonly #beats: Beats
  readonly #startMs: number
  #taken = 0
  #isHalfDue = false
  #timer: Timer | undefined
  #isStopped = false

  constructor(taktMs: number, clock: Clock, timers: Timers, beats: Beats) {
    this.#taktMs = taktMs
    this.#clock = clock
    this.#timers = timers
    this.#beats = beats
    this.#startMs = clock.now()
    this.#wait()
  }

  stop(): void {
    this.#isStopped = true
    this.#timer?.cancel()
  }

  /** Waits for the next beat: half a takt, or a whole one. */
  #wait(): void {
    if (this.#isStopped) return
    const at = this.#startMs + (this.#taken + (this.#isHalfDue ? 0.5 : 1)) * this.#taktMs
    this.#timer = this.#timers.schedule(Math.max(0, at - this.#clock.now()), () => {
      this.#beat()
      this.#wait()
    })
  }

  #beat(): void {
    // Timers of some platforms come a little early: a beat within a thousandth of its time is on time.
    const takts = (this.#clock.now() - this.#startMs) / this.#taktMs + 1e-3
    const begun = Math.floor(takts)
    if (begun > this.#taken) {
      const slept = begun - this.#taken - 1
      this.#taken = begun
      this.#isHalfDue = false
      this.#beats.takt(slept)
      // After a late beat half a takt later would be too soon.
      this.#isHalfDue = takts - begun < 0.25 && this.#beats.wantsHalf()
    } else if (this.#isHalfDue && takts >= begun + 0.5) {
      this.#isHalfDue = false
      this.#beats.half()
    }
  }
}
