import { type Clock, Ring, checkInteger, checkNumber, checkObject, systemClock } from '@tps/internal'
import type { Readings } from './diagnosis-condition.ts'
import type { EarlierReadings } from './diagnosis-reading.ts'
import { readingsOf } from './diagnosis-readings.ts'
import type { LineSnapshots } from './diagnosis-snapshots.ts'

/** What a `ReadingHistory` is made with. Checked and copied once. */
export interface ReadingHistoryOptions {
  /** Moments that are kept, at least 1; the oldest goes first. Default 180. */
  readonly capacity?: number | undefined
  /** The least time between two that are kept, in ms, 0 or more: `add` in between keeps nothing. Default 5000. */
  readonly everyMs?: number | undefined
  /** Monotonic time. Default: the platform's. */
  readonly clock?: Clock | undefined
}

/** Remembers the readings of one line, so that `diagnose` can tell changes and durations. Owns no timer. */
export class ReadingHistory {
  readonly #kept = new Ring<{ readonly atMs: number; readonly readings: Readings }>()
  readonly #capacity: number
  readonly #everyMs: number
  readonly #clock: Clock
  #lastMs = Number.NEGATIVE_INFINITY

  /** @throws {TypeError | RangeError} when an option is wrong, with its name, the allowed range and the value. */
  constructor(options: ReadingHistoryOptions = {}) {
    const { capacity = 180, everyMs = 5000, clock = systemClock } = checkObject('options', options)
    this.#capacity = checkInteger('capacity', capacity, { min: 1 })
    this.#everyMs = checkNumber('everyMs', everyMs, { min: 0 })
    this.#clock = checkObject('clock', clock, ['now'])
  }

  get size(): number {
    return this.#kept.size
  }

  /** Keeps the readings of now, unless the last ones are younger than `everyMs`; then it returns false. */
  add(line: LineSnapshots, readings: Readings = {}): boolean {
    const atMs = this.#clock.now()
    if (atMs - this.#lastMs < this.#everyMs) return false
    this.#lastMs = atMs
    this.#kept.push({ atMs, readings: readingsOf(line, { earlier: this.earlier(), readings }) })
    if (this.#kept.size > this.#capacity) this.#kept.shift()
    return true
  }

  /** What is kept, the oldest first: for the option `earlier` of `diagnose`. */
  earlier(): EarlierReadings[] {
    const nowMs = this.#clock.now()
    return Array.from(this.#kept, ({ atMs, readings }) => ({ agoMs: nowMs - atMs, readings }))
  }
}
