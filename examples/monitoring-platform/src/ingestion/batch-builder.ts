import type { SampleBatch, Tags } from '../sample.ts'
import type { SeriesTable } from '../series.ts'

/** A row whose series the table may not have yet. */
interface Unknown {
  readonly row: number
  readonly name: string
  readonly tags: Tags
}

/** Puts samples into columns. Series that are new get into the table only when all samples are well. */
export class BatchBuilder {
  #series: Uint32Array
  #timestamps: Float64Array
  #values: Float64Array
  #length = 0
  #ignored = 0
  #unknown: Unknown[] = []

  /** @param expected About how many samples there will be. */
  constructor(expected: number) {
    const size = Math.max(1, expected)
    this.#series = new Uint32Array(size)
    this.#timestamps = new Float64Array(size)
    this.#values = new Float64Array(size)
  }

  /** Samples so far, those that say nothing included. */
  get count(): number {
    return this.#length + this.#ignored
  }

  /** NaN says that nothing was measured: such a sample counts and is left out. */
  get ignored(): number {
    return this.#ignored
  }

  /** Samples that say something. */
  get length(): number {
    return this.#length
  }

  /** Forgets what was added since there were so many samples, and so many that say nothing. */
  truncate(length: number, ignored: number): void {
    this.#length = length
    this.#ignored = ignored
    while ((this.#unknown.at(-1)?.row ?? -1) >= length) this.#unknown.pop()
  }

  add(id: number, timestampMs: number, value: number): void {
    if (Number.isNaN(value)) {
      this.#ignored++
      return
    }
    if (this.#length === this.#series.length) this.#grow()
    this.#series[this.#length] = id
    this.#timestamps[this.#length] = timestampMs
    this.#values[this.#length++] = value
  }

  /** The same for a series of which the number is not known. */
  addNamed(name: string, tags: Tags, timestampMs: number, value: number): void {
    if (!Number.isNaN(value)) this.#unknown.push({ row: this.#length, name, tags })
    this.add(0, timestampMs, value)
  }

  /**
   * Enters the series that are new into the table. What was added since there were `length` samples, and `ignored` that
   * say nothing, is forgotten when there is no room for them. @throws {TooManySeriesError}
   */
  enter(table: SeriesTable, length = 0, ignored = 0): void {
    if (this.#unknown.length === 0) return
    try {
      table.needRoomFor(this.#unknown)
      for (const { row, name, tags } of this.#unknown) this.#series[row] = table.intern(name, tags)
      this.#unknown = []
    } catch (error) {
      this.truncate(length, ignored)
      throw error
    }
  }

  /** @throws {TooManySeriesError} and nothing of it is accepted. */
  build(table: SeriesTable): SampleBatch {
    this.enter(table)
    const length = this.#length
    if (length === this.#series.length)
      return { length, series: this.#series, timestamps: this.#timestamps, values: this.#values }
    return {
      length,
      series: this.#series.subarray(0, length),
      timestamps: this.#timestamps.subarray(0, length),
      values: this.#values.subarray(0, length),
    }
  }

  #grow(): void {
    const size = 2 * this.#series.length
    const [series, timestamps, values] = [new Uint32Array(size), new Float64Array(size), new Float64Array(size)]
    series.set(this.#series)
    timestamps.set(this.#timestamps)
    values.set(this.#values)
    this.#series = series
    this.#timestamps = timestamps
    this.#values = values
  }
}
