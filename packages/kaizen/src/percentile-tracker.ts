import { type Observable, SafeEmitter, checkNumber, checkObject } from '@tps/internal'
import { checkBounds } from './bounds.ts'
import { fromBytes, toBytes } from './bytes.ts'
import { type Bucket, type Contents, type Mergeable, contentsOf, countOf } from './contents.ts'
import type { Counts } from './counts.ts'
import type { PercentileTrackerEvents } from './events.ts'
import { type PercentileData, fromData, toData } from './json.ts'
import type { OpenCounts } from './open-counts.ts'
import type { PercentileTrackerOptions, TrackerMeasure } from './options.ts'
import { partsOf } from './parts.ts'
import { SlidingDistribution } from './sliding-distribution.ts'
import { type PercentileSnapshot, takeSnapshot } from './snapshot.ts'
import type { Stored } from './stored.ts'
import { timed } from './timed.ts'

/** For what is asked of one value. */
const ONE = /* @__PURE__ */ new Float64Array(1)

/**
 * Percentiles of a stream of durations, or of any other values of 0 or more, in constant memory.
 *
 * Values are counted in exponential buckets of base 2^(1/64), the layout of OpenTelemetry's exponential histogram at
 * scale 6 and of Prometheus' native histogram at schema 6. A quantile is off by at most 0.55 % of the value that exact
 * sorting gives, for every positive double that was not collapsed at `maxBuckets`. Source of the bound: Masson, Rim and
 * Lee, DDSketch, VLDB 2019, section 2.
 *
 * Zeros are counted apart and exact. NaN, infinities, negative numbers and what is no number are counted as `invalid`,
 * are in no other figure and never throw. Recording is O(1) and allocates nothing, except for the first value in a power
 * of two and the first in a slice of the window.
 *
 * Without `windowMs` it covers everything since it was made or reset; with it, the last `windowMs`. It owns no timer:
 * what is too old leaves when the tracker is next used.
 */
export class PercentileTracker implements Observable<PercentileTrackerEvents> {
  readonly name: string
  /** How far back it looks, in ms; `undefined` when nothing is forgotten. */
  readonly windowMs: number | undefined
  readonly #measure: TrackerMeasure
  readonly #open: OpenCounts
  readonly #counts: Counts
  readonly #sliding: SlidingDistribution
  #emitter: SafeEmitter<PercentileTrackerEvents> | undefined

  /** @throws TypeError or RangeError when an option is not what it must be. */
  constructor(options: PercentileTrackerOptions = {}) {
    const { name = 'percentiles' } = options
    const { measure, counts } = partsOf(name, options)
    this.name = name
    this.windowMs = measure.windowMs
    this.#measure = measure
    this.#open = counts.open
    this.#counts = counts
    this.#sliding = new SlidingDistribution(measure, counts)
  }

  /**
   * Counts one value. Never throws.
   * `now` is the moment it belongs to, as read from the tracker's clock: pass the reading that ended a duration, and the
   * tracker needs none of its own. A `now` of an earlier slice counts in the present one. Without a window it is not
   * looked at.
   */
  record(value: number, now?: number): void {
    if (!this.#open.count(value, now)) this.#recordRare(value, now)
  }

  /**
   * Counts many values of one moment: as `record` for each of them, with the clock read once. What is no value among
   * them is counted as invalid, and never throws.
   * @throws TypeError when `values` can't be iterated.
   */
  recordMany(values: Iterable<number>, now?: number): void {
    if (typeof (values as Partial<Iterable<number>> | undefined)?.[Symbol.iterator] !== 'function')
      throw new TypeError(`values must be iterable, got ${values === null ? 'null' : typeof values}`)
    const moment = now ?? this.#sliding.now()
    for (const value of values) this.record(value, moment)
  }

  /**
   * Calls `work`, records how long it took in ms, and gives back what it returns. Work that returns a promise is timed
   * until the promise settles. Work that throws or rejects is recorded as well, and its error passes through.
   */
  time<T>(work: () => PromiseLike<T>): Promise<T>
  time<T>(work: () => T): T
  time<T>(work: () => T | PromiseLike<T>): T | Promise<T> {
    return timed(this.#measure.clock, work, (ms, now) => this.record(ms, now))
  }

  /**
   * The value below or at which a share `q` of the values lies, by nearest rank: of `count` values in ascending order,
   * the one at place ⌈q · count⌉. At most 0.55 % off; 0 gives the least and 1 the greatest value exactly. NaN when
   * there are no values.
   * @throws RangeError when `q` is not in [0, 1].
   */
  quantile(q: number): number {
    checkNumber('q', q, { min: 0, max: 1 })
    return this.#sliding.present.quantiles([q])[0] as number
  }

  /** As `quantile`, for several at once and all of the same moment. */
  quantiles(qs: readonly number[]): number[] {
    for (const q of qs) checkNumber('q', q, { min: 0, max: 1 })
    return this.#sliding.present.quantiles(qs)
  }

  /**
   * The share of values, from 0 to 1, that are at most `value`. Those that share its bucket count as at most: the
   * answer is that for a value up to 1.1 % higher. NaN when there are no values, or when `value` is NaN.
   */
  rank(value: number): number {
    const present = this.#sliding.present
    if (Number.isNaN(value)) return Number.NaN
    present.countUpToEach([value], ONE)
    return (ONE[0] as number) / present.count
  }

  /**
   * How many values are at most each of `bounds`: the buckets of a classic histogram, without the last one up to infinity.
   * Those that share a bucket of the tracker with a bound count as at most, as in `rank`. One pass over the counts, however
   * many bounds there are. The result is `into`, which makes it do without allocating; default a new array.
   * @throws TypeError when a bound is no number, or `into` no `Float64Array`.
   * @throws RangeError when `bounds` don't ascend from 0 or more, or when `into` has no room for them.
   */
  countsUpTo(bounds: readonly number[], into: Float64Array = new Float64Array(bounds.length)): Float64Array {
    checkBounds(bounds, into)
    this.#sliding.present.countUpToEach(bounds, into)
    return into
  }

  /** How many valid values there are, zeros included. */
  get count(): number {
    return this.#sliding.present.count
  }

  /** How many of the values are 0. */
  get zeros(): number {
    return this.#sliding.present.zeros
  }

  /** How many values were refused. */
  get invalid(): number {
    return this.#sliding.present.invalid
  }

  /** How many values lost their precision because of `maxBuckets`. */
  get collapsed(): number {
    return this.#sliding.present.collapsed
  }

  /** The sum of the values; 0 when there are none. */
  get sum(): number {
    return this.#sliding.present.sum
  }

  /** The arithmetic mean, not approximated; NaN when there are no values. */
  get mean(): number {
    const { sum, count } = this.#sliding.present
    return sum / count
  }

  /** How many valid values there ever were: neither the window nor `reset` nor `subtract` lowers it. */
  get totalCount(): number {
    return this.#sliding.present.totals.count
  }

  /** The sum of the values there ever were. Never falls, not even by rounding. */
  get totalSum(): number {
    return this.#sliding.present.totals.sum
  }

  /** The least value, exact; NaN when there are none. */
  get min(): number {
    const { min } = this.#sliding.present
    return Number.isFinite(min) ? min : Number.NaN
  }

  /** The greatest value, exact; NaN when there are none. */
  get max(): number {
    const { max } = this.#sliding.present
    return Number.isFinite(max) ? max : Number.NaN
  }

  /** What is counted, in ascending order, bucket by bucket: zeros as (0, 0], collapsed values as one bucket from 0. */
  buckets(): IterableIterator<Bucket> {
    return this.#sliding.present.buckets()
  }

  /**
   * Adds what `other` holds at present, as if its values had been recorded here now. `other` stays as it is. The order
   * of merging doesn't matter, except for rounding in `sum`.
   * @throws TypeError when `other` is no tracker.
   */
  merge(other: Mergeable): this {
    const contents = contentsOf(checkObject('other', other, ['buckets']))
    this.#merge(contents)
    return this
  }

  /**
   * Takes out what `other` holds at present: the inverse of `merge`. `other` stays as it is. With a window, it is taken
   * out of the present slice. To know what was recorded since a certain moment, subtract a copy made at that moment.
   *
   * Counts are exact. An extreme that may have been taken out, and a sum that is a tiny rest of what it was, are known to
   * within 0.55 % from then on. What `maxBuckets` has collapsed, here or there, stays collapsed.
   * @throws TypeError when `other` is no tracker.
   * @throws RangeError when it holds anything that this one does not; then nothing is changed.
   */
  subtract(other: Mergeable): this {
    const contents = contentsOf(checkObject('other', other, ['buckets']))
    const missing = this.#sliding.present.subtract(contents)
    if (missing !== undefined) throw new RangeError(`other must hold nothing but values of this one, got ${missing}`)
    return this
  }

  /**
   * What it holds at present, and its totals, as bytes: about three for each bucket in use. Name, window and bound are
   * not in it.
   */
  toBytes(): Uint8Array<ArrayBuffer> {
    const present = this.#sliding.present
    return toBytes({ contents: present.contents(), totals: present.totals })
  }

  /**
   * Makes a tracker of what `toBytes` gave. With a window, the values count as recorded now. If `maxBuckets` is lower
   * than it was, the smallest values are collapsed.
   * @throws DecodeError when the bytes were cut off or changed, or are of a version that is not known.
   */
  static fromBytes(bytes: Uint8Array, options: PercentileTrackerOptions = {}): PercentileTracker {
    if (!(bytes instanceof Uint8Array)) throw new TypeError(`bytes must be a Uint8Array, got ${typeof bytes}`)
    return PercentileTracker.#of(fromBytes(bytes), options)
  }

  /** As `toBytes`, as plain JSON, with the name. */
  toJSON(): PercentileData {
    const present = this.#sliding.present
    return toData(this.name, { contents: present.contents(), totals: present.totals })
  }

  /**
   * Makes a tracker of what `toJSON` gave, as `fromBytes`. The name is the one in the data unless `options` has another.
   * @throws DecodeError when the data is not what a tracker can have given.
   */
  static fromJSON(data: unknown, options: PercentileTrackerOptions = {}): PercentileTracker {
    const { name, ...stored } = fromData(data)
    return PercentileTracker.#of(stored, { ...options, name: options.name ?? name })
  }

  /** Forgets everything but the totals, and gives the buckets' memory back. */
  reset(): void {
    this.#sliding.reset()
  }

  /** The present readings as plain JSON. As dear as three quantiles, about. */
  snapshot(): PercentileSnapshot {
    return takeSnapshot(this.name, this.windowMs, this.#sliding.present)
  }

  on<E extends keyof PercentileTrackerEvents>(
    event: E,
    listener: (...args: PercentileTrackerEvents[E]) => void,
  ): () => void {
    this.#emitter ??= new SafeEmitter(this.#measure.onListenerError)
    return this.#emitter.on(event, listener)
  }

  static #of({ contents, totals }: Stored, options: PercentileTrackerOptions): PercentileTracker {
    const tracker = new PercentileTracker(options)
    tracker.#sliding.last.setTotals(totals, contents.sum, countOf(contents))
    tracker.#merge(contents)
    return tracker
  }

  #merge(contents: Contents): void {
    const { present } = this.#sliding
    const { collapsed } = present
    present.merge(contents)
    this.#tellCollapse(collapsed)
  }

  /** The first value after the end of a slice, those that are not where most are, zero and whatever is no value. */
  #recordRare(value: number, now: number | undefined): void {
    this.#sliding.advance(now)
    if (this.#counts.count(value, Number.NEGATIVE_INFINITY)) return
    const { last } = this.#sliding
    const { collapsed } = last
    if (last.addRare(value)) this.#tellCollapse(collapsed)
    else if (this.#emitter?.has('invalid')) this.#emitter.emit('invalid', { value })
  }

  #tellCollapse(before: number): void {
    const { collapsed } = this.#sliding.last
    if (before === 0 && collapsed > 0 && this.#emitter?.has('collapse')) this.#emitter.emit('collapse', { collapsed })
  }
}
