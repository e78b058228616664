import type { CatalogueRow, HeldBuckets, SampleSuffix } from './catalogue-row.ts'
import type { Family } from './family.ts'
import type { LabelCache } from './label-cache.ts'
import type { Reading } from './snapshots.ts'

/** What was read of one source. */
export interface Read {
  readonly name: string
  readonly labels: LabelCache
  readonly readings: object
  readonly held: HeldBuckets | undefined
  /** Whether its readings can be used, as far as is known. */
  isGood: boolean
}

/** Fills one family from the readings of one kind. */
export class Feed {
  readonly family: Family
  readonly #row: CatalogueRow
  /** What a reading is divided by; counts of a histogram or a summary are not. */
  readonly #divisor: number
  #source: LabelCache | undefined
  #max = 0
  #dropped = 0

  constructor(family: Family, row: CatalogueRow, divisor: number) {
    this.family = family
    this.#row = row
    this.#divisor = divisor
  }

  /** Returns how many samples were left out because the family had `max` already. @throws what the readings throw. */
  take({ labels, readings, held }: Read, max: number): number {
    this.#source = labels
    this.#max = max
    this.#dropped = 0
    this.#row.read(readings, this.#sample, held)
    return this.#dropped
  }

  readonly #sample = (value: Reading, detail?: string, suffix: SampleSuffix = ''): void => {
    if (typeof value !== 'number' || Number.isNaN(value)) return
    if (this.family.size >= this.#max) {
      this.#dropped++
      return
    }
    const isCount = suffix === '_count' || suffix === '_bucket'
    this.family.add(isCount ? value : value / this.#divisor, this.#source as LabelCache, detail, suffix)
  }
}
