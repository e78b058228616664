import { PAGE_BITS, normalBucket } from './buckets.ts'
import { zeros } from './doubles.ts'

/** Slots before the first count. */
const SUM = 0
const MIN = 1
const MAX = 2
const END = 3
export const HEADER = 4
/** What V8 keeps in any case. */
const SPARE = 16
/** How many arguments a call can have for certain. */
const CHUNK = 4096

/** A constant of this module, because an import is looked up anew each time it is called. */
const bucketOf = normalBucket

/**
 * What is counted of the values still being gathered: sum, least, greatest; when their slice ends; and from slot
 * `HEADER` on, how many there are in each bucket.
 *
 * It is an array itself instead of having one, because with thousands of trackers hardly anything is in a cache of the
 * processor, and recording takes as long as the number of objects it has to go through. V8 stores the numbers of an array
 * unboxed and in one piece for as long as all of them are doubles and none is missing. So they are only ever pushed and
 * set, and the first one pushed is no whole number that could be stored in another way.
 */
export class OpenCounts extends Array<number> {
  /** For whoever keeps many, to know which are in use. */
  isUsed = false
  /** Whom these are the counts of, for whoever keeps many. */
  owner: object | undefined = undefined
  /**
   * The run: slots from `HEADER` up to `runEnd`, not included, are those of buckets next to each other, so that recording
   * needs no table. What the number of a bucket is above its slot there.
   */
  base = 0
  runEnd: number = HEADER

  constructor() {
    super()
    this.push(Number.NaN, 0, 0, Number.POSITIVE_INFINITY)
    this.setHeader(0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)
  }

  get sum(): number {
    return this[SUM] as number
  }

  /** `Infinity` when there are no values. */
  get min(): number {
    return this[MIN] as number
  }

  /** `-Infinity` when there are no values. */
  get max(): number {
    return this[MAX] as number
  }

  /** When the present slice ends; `Infinity` where there is no window. */
  get endMs(): number {
    return this[END] as number
  }

  set endMs(endMs: number) {
    this[END] = endMs
  }

  /**
   * Counts one value of the moment `now`, if it can be done at once. Says `false`, and does nothing, when the moment is
   * after the slice, or may be because it is not known; and when the value is not in the run.
   */
  count(value: number, now: number | undefined): boolean {
    // Plain numbers for slots: see `normalBucket`.
    const endMs = this[3] as number
    if (now === undefined ? endMs < Number.POSITIVE_INFINITY : now >= endMs) return false
    if (typeof value !== 'number') return false
    const slot = bucketOf(value) - this.base
    if (slot < 4 || slot >= this.runEnd) return false
    ;(this[slot] as number)++
    ;(this[0] as number) += value
    if (value < (this[1] as number)) this[1] = value
    if (value > (this[2] as number)) this[2] = value
    return true
  }

  /** Makes the `slots` behind the header the run, beginning with the first bucket of `page`. */
  setRun(page: number, slots: number): void {
    this.base = (page << PAGE_BITS) - HEADER
    this.runEnd = HEADER + slots
  }

  /** Sets the sum, the least and the greatest of the values. */
  setHeader(sum: number, min: number, max: number): void {
    this[SUM] = sum
    this[MIN] = min
    this[MAX] = max
  }

  /** Adds to the sum of the values, and to what lies between the least and the greatest. */
  widen(sum: number, min: number, max: number): void {
    this.setHeader(this.sum + sum, Math.min(min, this.min), Math.max(max, this.max))
  }

  /** Sets all counts to 0, and how many slots there are besides the header. */
  renew(slots: number): void {
    this.fill(0, HEADER)
    this.resize(slots)
  }

  /**
   * Sets how many slots there are besides the header. Where V8 has to make room it makes more than that, and gives it
   * back when more than half of it is left: so more than twice as many are taken, and left again.
   */
  resize(slots: number): void {
    const length = HEADER + slots
    const most = length > this.length ? 2 * length + SPARE : 0
    while (this.length < most) this.push(...zeros(Math.min(CHUNK, most - this.length)))
    this.length = length
  }
}
