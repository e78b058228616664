import { checkNumber } from '@tps/internal'
import type { HeldBuckets } from './catalogue-row.ts'
import type { MetricSource, TrackerReadings } from './snapshots.ts'

/** A tracker that says how many of its values are at most each of some ascending bounds, in one go. */
interface CountsUpTo {
  countsUpTo(bounds: readonly number[], into: Float64Array): unknown
}

/** Reads the histograms of trackers that can count up to bounds. */
export class LatencyBuckets {
  readonly #boundsMs: readonly number[]
  readonly #le: readonly string[]
  /** By tracker, so that reading one allocates nothing. */
  readonly #held = new WeakMap<object, HeldBuckets & { readonly counts: Float64Array }>()

  /** @throws {TypeError | RangeError} when `boundsMs` don't ascend from above 0. */
  constructor(boundsMs: readonly number[]) {
    if (!Array.isArray(boundsMs)) throw new TypeError(`latencyBoundsMs must be an array, got ${typeof boundsMs}`)
    if (boundsMs.length === 0) throw new RangeError('latencyBoundsMs must not be empty')
    let previous = 0
    this.#boundsMs = boundsMs.map((bound: unknown) => {
      return (previous = checkNumber('latencyBoundsMs', bound, { above: previous }))
    })
    this.#le = this.#boundsMs.map((bound) => `${bound / 1000}`)
  }

  /** What `tracker` holds by bucket. Nothing when it can't say, says so itself, or has a window: such counts fall. */
  of(tracker: MetricSource<object>, readings: object): HeldBuckets | undefined {
    const { buckets, windowMs } = readings as Partial<TrackerReadings>
    if (buckets || (windowMs !== undefined && windowMs !== null) || !isCounting(tracker)) return undefined
    let held = this.#held.get(tracker)
    if (!held) this.#held.set(tracker, (held = { le: this.#le, counts: new Float64Array(this.#le.length) }))
    tracker.countsUpTo(this.#boundsMs, held.counts)
    return held
  }
}

function isCounting(source: object): source is CountsUpTo {
  return typeof (source as Partial<CountsUpTo>).countsUpTo === 'function'
}
