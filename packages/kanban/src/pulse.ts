import { Pace } from './pace.ts'

/** Where the totals of a queue stand. */
export interface Totals {
  /** Items let in. */
  readonly admitted: number
  /** Items that were taken or acknowledged. */
  readonly acked: number
  /** Items handed out, to those who waited and to those who did not. */
  readonly handedOut: number
  /** Of these, the ones that had waited. */
  readonly served: number
}

/** Whose pulse it is. */
export interface Pulsing {
  readonly totals: Totals
  /** Whether anything is ready. */
  readonly isReady: boolean
}

/** How fast items came and went in about the last ten seconds. It looks when the clock is read, and not at each item. */
export class Pulse {
  readonly #admitted = new Pace()
  readonly #handedOut = new Pace()
  readonly #served = new Pace()
  readonly #ready = new Pace()
  #lastMs = 0
  #nextSecondMs = 1_000
  /** For how long, in all, something was ready: then items are handed out as fast as consumers can. */
  #readyMs = 0

  /** Nothing has happened since the last time. */
  beat(queue: Pulsing, nowMs: number): void {
    if (nowMs >= this.#nextSecondMs) this.#turn(queue, nowMs)
    if (nowMs === this.#lastMs) return
    if (queue.isReady) this.#readyMs += nowMs - this.#lastMs
    this.#lastMs = nowMs
  }

  enqueueRate({ totals }: Pulsing, nowMs: number): number {
    return this.#admitted.perSecond(totals.admitted, nowMs)
  }

  dequeueRate({ totals }: Pulsing, nowMs: number): number {
    return this.#handedOut.perSecond(totals.handedOut, nowMs)
  }

  /** The mean time between two hand-outs while items waited, in ms; `undefined` when none of them was handed out. */
  paceMs({ totals, isReady }: Pulsing, nowMs: number): number | undefined {
    const served = this.#served.recent(totals.served, nowMs)
    const readyMs = this.#readyMs + (isReady ? nowMs - this.#lastMs : 0)
    return served === 0 ? undefined : this.#ready.recent(readyMs, nowMs) / served
  }

  #turn({ totals, isReady }: Pulsing, nowMs: number): void {
    const second = Math.floor(nowMs / 1_000)
    this.#nextSecondMs = (second + 1) * 1_000
    this.#admitted.turn(totals.admitted, second)
    this.#handedOut.turn(totals.handedOut, second)
    this.#served.turn(totals.served, second)
    const readyMs = this.#readyMs + (isReady ? second * 1_000 - this.#lastMs : 0)
    this.#ready.turn(readyMs, second, isReady ? 1_000 : 0)
  }
}
