/** Of each quarter of a second a line on a screen can show the lowest and the highest value. */
export const BUCKET_MS = 250
/** Five minutes of them. What goes beyond is left to the next query. */
const MAX_BUCKETS = 1_200

interface Bucket {
  lowMs: number
  low: number
  highMs: number
  high: number
}

/** Times in ms since 1970, and the values at them. */
export interface Points {
  readonly at: readonly number[]
  readonly values: readonly number[]
}

/** Makes of any number of samples of one series as many points as a screen can show. Infinite values can't be drawn. */
export class Thinner {
  #buckets = new Map<number, Bucket>()

  get isEmpty(): boolean {
    return this.#buckets.size === 0
  }

  add(timestampMs: number, value: number): void {
    if (!Number.isFinite(value)) return
    const place = Math.floor(timestampMs / BUCKET_MS)
    const bucket = this.#buckets.get(place)
    if (!bucket) {
      if (this.#buckets.size < MAX_BUCKETS)
        this.#buckets.set(place, { lowMs: timestampMs, low: value, highMs: timestampMs, high: value })
      return
    }
    if (value < bucket.low) {
      bucket.low = value
      bucket.lowMs = timestampMs
    } else if (value > bucket.high) {
      bucket.high = value
      bucket.highMs = timestampMs
    }
  }

  /** Gives the points by time, at most two a bucket, and begins anew. */
  take(): Points {
    const at: number[] = []
    const values: number[] = []
    for (const [, { lowMs, low, highMs, high }] of [...this.#buckets].toSorted(([a], [b]) => a - b)) {
      const isLowFirst = lowMs <= highMs
      at.push(isLowFirst ? lowMs : highMs)
      values.push(isLowFirst ? low : high)
      if (low === high) continue
      at.push(isLowFirst ? highMs : lowMs)
      values.push(isLowFirst ? high : low)
    }
    this.#buckets = new Map()
    return { at, values }
  }
}
