import { NO_TAGS, type Series, type Tags, seriesKey } from './sample.ts'

/** Thrown for a series that there is no room for. */
export class TooManySeriesError extends Error {
  override readonly name = 'TooManySeriesError'
  readonly code = 'ERR_TOO_MANY_SERIES'
  readonly maxSeries: number

  constructor(maxSeries: number) {
    super(`there are ${maxSeries} series already, which is as many as there may be (MAX_SERIES)`)
    this.maxSeries = maxSeries
  }
}

/**
 * Every series that this process knows, by number. Samples carry the number in place of the name and the tags.
 * Numbers are given once and never again, so they can be kept as keys.
 */
export class SeriesTable {
  readonly maxSeries: number
  readonly #all: Series[] = []
  readonly #byKey = new Map<string, Series>()
  readonly #byName = new Map<string, Series[]>()

  /** @param maxSeries How many there may be, at least 1. Default 1,000,000. */
  constructor(maxSeries = 1_000_000) {
    if (!Number.isSafeInteger(maxSeries) || maxSeries < 1)
      throw new RangeError(`maxSeries must be a whole number of at least 1, got ${maxSeries}`)
    this.maxSeries = maxSeries
  }

  get size(): number {
    return this.#all.length
  }

  /** The number of this series, which is a new one when it was never seen. @throws {TooManySeriesError} */
  intern(name: string, tags: Tags = NO_TAGS): number {
    const key = seriesKey(name, tags)
    const known = this.#byKey.get(key)
    if (known) return known.id
    if (this.#all.length >= this.maxSeries) throw new TooManySeriesError(this.maxSeries)
    const series: Series = { id: this.#all.length, key, name, tags: Object.freeze({ ...tags }) }
    this.#all.push(series)
    this.#byKey.set(key, series)
    const sameName = this.#byName.get(name)
    if (sameName) sameName.push(series)
    else this.#byName.set(name, [series])
    return series.id
  }

  /** @throws {TooManySeriesError} when not all of these could be interned. None of them is. */
  needRoomFor(wanted: readonly { readonly name: string; readonly tags: Tags }[]): void {
    if (this.#all.length + wanted.length <= this.maxSeries) return
    const fresh = new Set(wanted.map(({ name, tags }) => seriesKey(name, tags)).filter((key) => !this.#byKey.has(key)))
    if (this.#all.length + fresh.size > this.maxSeries) throw new TooManySeriesError(this.maxSeries)
  }

  /** @throws {RangeError} when no series has this number. */
  get(id: number): Series {
    const series = this.#all[id]
    if (!series) throw new RangeError(`there is no series ${id}, only ${this.#all.length} of them`)
    return series
  }

  byKey(key: string): Series | undefined {
    return this.#byKey.get(key)
  }

  /** All series of this name, in the order in which they came. */
  named(name: string): readonly Series[] {
    return this.#byName.get(name) ?? []
  }

  names(): IterableIterator<string> {
    return this.#byName.keys()
  }

  /** Those with a number of at least `from`. */
  since(from: number): readonly Series[] {
    return this.#all.slice(from)
  }

  all(): readonly Series[] {
    return this.#all
  }
}
