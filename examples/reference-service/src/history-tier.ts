/** How the readings of one step become one point. */
export type Fold = 'mean' | 'max' | 'last'

/** Points of one resolution, column by column: what a chart draws. Plain JSON. */
export interface Columns {
  /** How far two points are apart, in ms. */
  readonly stepMs: number
  /** Wall clock of each point, ms since 1970, ascending. */
  readonly at: readonly number[]
  /** By series: a value for each point, `null` where there was none. */
  readonly values: Readonly<Record<string, readonly (number | null)[]>>
}

/** How a tier is made. */
export interface TierOptions {
  /** How long the readings of one point are gathered, in ms. An integer from 1. */
  readonly stepMs: number
  /** How many points are kept. An integer from 1. The oldest goes. */
  readonly points: number
  /** Which series there are, and how each is folded. */
  readonly folds: Readonly<Record<string, Fold>>
}

/** One resolution of the history. Memory is taken once: `points` × series × 8 bytes. */
export class Tier {
  readonly stepMs: number
  readonly #points: number
  readonly #names: readonly string[]
  readonly #folds: readonly Fold[]
  readonly #at: Float64Array
  readonly #columns: readonly Float64Array[]
  /** The point that is still gathered: its number on the time line, its sums and how many readings each holds. */
  readonly #sums: Float64Array
  readonly #counts: Uint32Array
  #step: number | undefined
  #first = 0
  #size = 0

  constructor({ stepMs, points, folds }: TierOptions) {
    this.stepMs = stepMs
    this.#points = points
    this.#names = Object.keys(folds)
    this.#folds = Object.values(folds)
    this.#at = new Float64Array(points)
    this.#columns = this.#names.map(() => new Float64Array(points))
    this.#sums = new Float64Array(this.#names.length)
    this.#counts = new Uint32Array(this.#names.length)
  }

  /** Takes the reading of the wall clock `at`. One that is a little earlier than the last joins its point. */
  add(at: number, values: Readonly<Record<string, number | null>>): void {
    const step = Math.floor(at / this.stepMs)
    if (this.#step === undefined || step > this.#step) {
      this.#close()
      this.#step = step
    }
    for (const [index, name] of this.#names.entries()) {
      const value = values[name] ?? null
      if (value !== null) this.#gather(index, value)
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.#first = this.#size = 0
    this.#step = undefined
    this.#reset()
  }

  /** The points kept, and the one that is still gathered as the last. */
  columns(): Columns {
    const order = Array.from({ length: this.#size }, (_, index) => (this.#first + index) % this.#points)
    const at = order.map((slot) => this.#at[slot] ?? 0)
    const values = this.#names.map((name, index) => {
      const column = this.#columns[index]
      return [name, order.map((slot) => shorten(column?.[slot] ?? NaN))] as const
    })
    if (this.#step !== undefined) {
      at.push(this.#step * this.stepMs)
      for (const [index, [, column]] of values.entries()) column.push(shorten(this.#folded(index)))
    }
    return { stepMs: this.stepMs, at, values: Object.fromEntries(values) }
  }

  #gather(index: number, value: number): void {
    const sum = this.#sums[index] ?? 0
    const count = this.#counts[index] ?? 0
    const fold = this.#folds[index]
    this.#sums[index] = count === 0 || fold === 'last' ? value : fold === 'max' ? Math.max(sum, value) : sum + value
    this.#counts[index] = count + 1
  }

  #folded(index: number): number {
    const count = this.#counts[index] ?? 0
    if (count === 0) return NaN
    return (this.#sums[index] ?? 0) / (this.#folds[index] === 'mean' ? count : 1)
  }

  #close(): void {
    if (this.#step === undefined) return
    const slot = (this.#first + this.#size) % this.#points
    this.#at[slot] = this.#step * this.stepMs
    for (const [index, column] of this.#columns.entries()) column[slot] = this.#folded(index)
    if (this.#size < this.#points) this.#size++
    else this.#first = (this.#first + 1) % this.#points
    this.#reset()
  }

  #reset(): void {
    this.#sums.fill(0)
    this.#counts.fill(0)
  }
}

/** To four significant digits: more can't be seen on a chart, and less is sent. */
function shorten(value: number): number | null {
  if (Number.isNaN(value)) return null
  return Math.abs(value) >= 1_000 ? Math.round(value) : Number(value.toPrecision(4))
}
