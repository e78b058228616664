import type { Clock } from '@tps/internal'
import { HandlerTimes } from './handler-times.ts'
import { Pace } from './pace.ts'
import { TurnClock } from './turn-clock.ts'

/** When a handler began, where it was timed. */
export interface Timed {
  readonly isTimed: boolean
  readonly startedAt: number
  readonly station: { readonly tickMs: number }
}

/** How long handlers take, and how many settle. It reads the clock as seldom as it can. */
export class Timing {
  /** Whether every handler is timed: something is told durations, or handlers have a time limit. */
  timesAll = false
  readonly #times = new HandlerTimes()
  readonly #pace = new Pace()
  readonly #clock: Clock
  readonly #turnClock: TurnClock
  readonly #originMs: number
  #settled = 0
  #nextSecondMs = 1_000
  #lastMs = 0

  constructor(clock: Clock) {
    this.#clock = clock
    this.#turnClock = new TurnClock(clock)
    this.#originMs = clock.now()
  }

  /** Whether to time the handler that begins now. */
  get isDue(): boolean {
    return this.timesAll || this.#times.isDue
  }

  /** Whole milliseconds, as of this turn of the event loop. */
  get turnMs(): number {
    return this.#turnClock.now()
  }

  /** Handlers that settled, a second. */
  get perSecond(): number {
    const nowMs = this.#clock.now() - this.#originMs
    this.#look(nowMs)
    return this.#pace.perSecond(this.#settled, nowMs)
  }

  /**
   * The handler has settled. Only those that follow quick ones are not timed, so that the time of when something last came
   * or went is near enough for them.
   */
  ended(handler: Timed): void {
    if (handler.isTimed) this.#ended(handler)
    else this.#look(handler.station.tickMs)
    this.#settled++
  }

  /** How long a handler that has just settled took, in ms; the mean where it was not timed. */
  durationOf({ isTimed }: Timed): number {
    return isTimed ? this.#lastMs : (this.#times.meanMs ?? 0)
  }

  /** By how many whole ms the readings of `other` are behind those of this. */
  aheadOf(other: TurnClock): number {
    return Math.floor(this.#turnClock.exactly() - other.exactly())
  }

  /** Mean time a slot is held, in ms. Before any handler has ended, how long those that run have run on average. */
  meanMs(running: readonly Timed[]): number | undefined {
    if (this.#times.meanMs !== undefined) return this.#times.meanMs
    const timed = running.filter(({ isTimed }) => isTimed)
    if (timed.length === 0) return undefined
    const nowMs = this.#clock.now()
    return timed.reduce((sum, { startedAt }) => sum + nowMs - startedAt, 0) / timed.length
  }

  #ended(handler: Timed): void {
    const nowMs = this.#clock.now()
    this.#look(nowMs - this.#originMs)
    this.#lastMs = nowMs - handler.startedAt
    this.#times.add(this.#lastMs)
  }

  #look(nowMs: number): void {
    if (nowMs < this.#nextSecondMs) return
    const second = Math.floor(nowMs / 1_000)
    this.#nextSecondMs = (second + 1) * 1_000
    this.#pace.turn(this.#settled, second)
  }
}
