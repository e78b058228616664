/** How a trend is followed. */
export interface TrendSettings {
  readonly horizonMs: number
  readonly levelWeight: number
  readonly slopeWeight: number
}

/** Forecasts from fewer readings are no forecasts. */
const MIN_READINGS = 3

/**
 * Holt's linear trend (Holt 1957, reprinted in the International Journal of Forecasting 20, 2004): a level and a slope, each
 * smoothed exponentially. For readings that come at any distance.
 */
export class HoltTrend {
  readonly #settings: TrendSettings
  #level = 0
  #slopePerMs = 0
  #readings = 0
  #atMs = 0

  constructor(settings: TrendSettings) {
    this.#settings = settings
  }

  /** Takes a reading and returns what it will be in `horizonMs`, 0 or more; `undefined` while there are fewer than three. */
  update(nowMs: number, value: number): number | undefined {
    const { levelWeight, slopeWeight } = this.#settings
    const passedMs = nowMs - this.#atMs
    if (this.#readings > 0 && passedMs <= 0) return this.#forecast()
    if (this.#readings < 2) {
      // Two points are a line.
      if (this.#readings === 1) this.#slopePerMs = (value - this.#level) / passedMs
      this.#level = value
    } else {
      const before = this.#level
      const expected = before + this.#slopePerMs * passedMs
      this.#level = expected + levelWeight * (value - expected)
      this.#slopePerMs += slopeWeight * ((this.#level - before) / passedMs - this.#slopePerMs)
    }
    this.#readings++
    this.#atMs = nowMs
    return this.#forecast()
  }

  #forecast(): number | undefined {
    if (this.#readings < MIN_READINGS) return undefined
    return Math.max(0, this.#level + this.#slopePerMs * this.#settings.horizonMs)
  }
}
