import type { Clock, Timer, Timers } from '@tps/internal'

/** Why sends are held back. */
export type HoldReason = 'retry-after' | 'circuit' | 'digest'

/** Holds a queue as long as there is a reason to. Owns a timer only while something waits. */
export class Holds {
  readonly #queue: { pause(): void; start(): unknown }
  readonly #clock: Clock
  readonly #timers: Timers
  readonly #untilMs = new Map<HoldReason, number>()
  #timer: Timer | undefined
  #isAwake = false

  constructor(queue: { pause(): void; start(): unknown }, clock: Clock, timers: Timers) {
    this.#queue = queue
    this.#clock = clock
    this.#timers = timers
  }

  /** Until when sends are held, in ms of the clock; `undefined` when they are not. */
  get untilMs(): number | undefined {
    return this.#untilMs.size > 0 ? Math.max(...this.#untilMs.values()) : undefined
  }

  hold(reason: HoldReason, ms: number): undefined {
    this.#untilMs.set(reason, Math.max(this.#clock.now() + ms, this.#untilMs.get(reason) ?? -Infinity))
    this.#queue.pause()
    if (this.#isAwake) this.#schedule()
  }

  lift(reason: HoldReason): void {
    if (this.#untilMs.delete(reason)) this.#look()
  }

  /** Something waits. */
  wake(): void {
    if (this.#isAwake) return
    this.#isAwake = true
    this.#look()
  }

  /** Nothing waits any more. */
  rest(): void {
    this.#isAwake = false
    this.#timer?.cancel()
    this.#timer = undefined
  }

  #look(): void {
    const nowMs = this.#clock.now()
    for (const [reason, untilMs] of this.#untilMs) if (untilMs <= nowMs) this.#untilMs.delete(reason)
    if (this.#untilMs.size === 0) {
      this.#timer?.cancel()
      this.#timer = undefined
      this.#queue.start()
    } else if (this.#isAwake) this.#schedule()
  }

  #schedule(): void {
    this.#timer?.cancel()
    const ms = (this.untilMs ?? 0) - this.#clock.now()
    this.#timer = this.#timers.schedule(Math.max(0, ms), () => this.#look())
  }
}
