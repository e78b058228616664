import { type AdaptiveLimit, BoundedLimit, type LimitBounds, type LimitChange } from './adaptive-limit.ts'

/** What the rule works with. */
export interface AimdSettings extends LimitBounds {
  readonly kind: 'aimd'
  /** What is added for each limit's worth of calls. */
  readonly increase: number
  /** From which latency on a success counts as a drop, in ms. */
  readonly slowMs: number
}

/**
 * Additive increase, multiplicative decrease: by `increase` for each limit's worth of successes (about one a round trip),
 * times `backoffRatio` at drops. Without use it doesn't grow.
 * Source: Chiu and Jain, "Analysis of the Increase and Decrease Algorithms for Congestion Avoidance", 1989; TCP.
 */
export class AimdLimit implements AdaptiveLimit {
  readonly baselineMs = undefined
  readonly #settings: AimdSettings
  readonly #limit: BoundedLimit
  #latencyMs: number | undefined

  constructor(settings: AimdSettings) {
    this.#settings = settings
    this.#limit = new BoundedLimit(settings)
  }

  get limit(): number {
    return Math.floor(this.#limit.value)
  }

  get latencyMs(): number | undefined {
    return this.#latencyMs
  }

  success(beganMs: number, endedMs: number, inFlight: number): LimitChange | undefined {
    this.#latencyMs = endedMs - beganMs
    if (this.#latencyMs >= this.#settings.slowMs) return this.drop(beganMs, endedMs) && 'latency'
    const { value } = this.#limit
    if (inFlight < value / 2 || this.#limit.isStale(beganMs)) return undefined
    this.#limit.value = value + this.#settings.increase / value
    return 'growth'
  }

  drop(beganMs: number, endedMs: number): LimitChange | undefined {
    return this.#limit.fall(beganMs, endedMs) ? 'drop' : undefined
  }
}
