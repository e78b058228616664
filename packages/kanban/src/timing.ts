import type { Clock } from '@tps/internal'
import { HandlerTimes } from './handler-times.ts'
import { Rate } from './rate.ts'
import { TurnClock } from './turn-clock.ts'

/** When a handler began, where it was timed. */
export interface Timed {
  readonly isTimed: boolean
  readonly startedAt: number
}

/** How long handlers take, and how many settle. It reads the clock as seldom as it can. */
export class Timing {
  /** Whether every handler is timed: something is told durations, or handlers have a time limit. */
  timesAll = false
  readonly #times = new HandlerTimes()
  readonly #settled = new Rate()
  readonly #clock: Clock
  readonly #turnClock: TurnClock
  readonly #originMs: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#turnClock = new TurnClock(clock)
    this.#originMs = clock.now()
  }

  /** Whether to time the handler that begins now. */
  get isDue(): boolean {
    return this.timesAll || this.#times.isDue
  }

  /** Whole milliseconds since it was made, as of this turn of the event loop. */
  get turnMs(): number {
    return this.#turnClock.now()
  }

  /** Handlers that settled, a second. */
  get perSecond(): number {
    return this.#settled.perSecond(this.#clock.now() - this.#originMs)
  }

  /**
   * The handler has settled. Returns how long it took, in ms; the mean where it was not timed: only those that follow quick
   * ones are not, so that `tickMs`, an earlier reading, is near enough for them.
   */
  ended(handler: Timed, tickMs: number): number {
    if (!handler.isTimed) {
      this.#settled.add(tickMs)
      return this.#times.meanMs ?? 0
    }
    const nowMs = this.#clock.now()
    this.#settled.add(nowMs - this.#originMs)
    this.#times.add(nowMs - handler.startedAt)
    return nowMs - handler.startedAt
  }

  /** How far the readings of `other` are behind those of this. */
  aheadOf(other: TurnClock): number {
    return this.#turnClock.exactly() - other.exactly()
  }

  /** Mean time a slot is held, in ms. Before any handler has ended, how long those that run have run on average. */
  meanMs(running: readonly Timed[]): number | undefined {
    if (this.#times.meanMs !== undefined) return this.#times.meanMs
    const timed = running.filter(({ isTimed }) => isTimed)
    if (timed.length === 0) return undefined
    const nowMs = this.#clock.now()
    return timed.reduce((sum, { startedAt }) => sum + nowMs - startedAt, 0) / timed.length
  }
}
