/** Why a limit changed. */
export type LimitChange =
  /** It was used, and calls were fast enough. */
  | 'growth'
  /** Calls took longer than their baseline allows. */
  | 'latency'
  /** A call was dropped: refused by the other side, or timed out. */
  | 'drop'
  /** It was halved for a moment, to see how fast calls are with less load; or is back from that. */
  | 'probe'

/** A rule by which a limit follows what happens to calls. Pure: it is told the time. */
export interface AdaptiveLimit {
  /** How many calls may run at present. An integer. */
  readonly limit: number
  /** How long calls take without queueing, in ms, as far as it is known. */
  readonly baselineMs: number | undefined
  /** How long calls took of late, in ms. */
  readonly latencyMs: number | undefined
  /**
   * A call has succeeded. `inFlight` is how many ran when it began, itself included. Returns why the limit is another one
   * now, if it may be.
   */
  success(beganMs: number, endedMs: number, inFlight: number): LimitChange | undefined
  /** A call was dropped. */
  drop(beganMs: number, endedMs: number): LimitChange | undefined
}

/** The bounds of a limit. */
export interface LimitBounds {
  readonly initialLimit: number
  readonly minLimit: number
  readonly maxLimit: number
  /** What it is multiplied with at a drop. */
  readonly backoffRatio: number
}

/** A number within bounds that falls at drops: what the rules have in common. */
export class BoundedLimit {
  readonly #bounds: LimitBounds
  #value: number
  #fellAtMs = Number.NEGATIVE_INFINITY

  constructor(bounds: LimitBounds) {
    this.#bounds = bounds
    this.#value = bounds.initialLimit
  }

  /** With its fraction. */
  get value(): number {
    return this.#value
  }

  set value(value: number) {
    const { minLimit, maxLimit } = this.#bounds
    this.#value = Math.min(maxLimit, Math.max(minLimit, value))
  }

  /** The half, within bounds. */
  get half(): number {
    return Math.max(this.#bounds.minLimit, this.#value / 2)
  }

  /**
   * Falls, but once for all the calls that were under way together: they met the same overload. Returns whether it did.
   */
  fall(beganMs: number, nowMs: number): boolean {
    if (this.isStale(beganMs)) return false
    this.#fellAtMs = nowMs
    this.value = this.#value * this.#bounds.backoffRatio
    return true
  }

  /** Whether a call began before the limit fell last, and so says nothing about the limit there is now. */
  isStale(beganMs: number): boolean {
    return beganMs < this.#fellAtMs
  }
}
