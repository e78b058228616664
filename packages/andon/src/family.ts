import type { CatalogueRow, SampleSuffix } from './catalogue-row.ts'
import type { LabelCache, LabelSet } from './label-cache.ts'

/** One sample of a family. */
export interface Sample {
  readonly value: number
  readonly set: LabelSet
  /** What follows the family's name. */
  readonly suffix: SampleSuffix
}

/**
 * Everything that goes by one name: its series as they were read last, in columns.
 *
 * What is read comes in the same order each time, as a rule. So a series is looked for where it was the last time, and is
 * found without looking it up by its labels; its text is written anew only when its value is another.
 */
export class Family {
  readonly name: string
  readonly help: string
  readonly row: CatalogueRow
  /** How many feeds it has. */
  users = 0
  /** What stands before its samples, once it has been written. */
  readonly heads: { prometheus?: string; openmetrics?: string } = {}
  #size = 0
  readonly #sources: LabelCache[] = []
  readonly #details: (string | undefined)[] = []
  readonly #suffixes: SampleSuffix[] = []
  readonly #sets: LabelSet[] = []
  readonly #values: number[] = []
  /** The lines in pieces: up to the value, with the line break before it, then the value. */
  readonly #pieces: string[] = []
  /** Which value each line has. */
  readonly #written: number[] = []
  #text = ''
  /** Whether `#text` is out of date although each line is as it was written. */
  #isOutdated = false

  constructor(name: string, help: string, row: CatalogueRow) {
    this.name = name
    this.help = help
    this.row = row
  }

  /** How many samples there are. */
  get size(): number {
    return this.#size
  }

  get samples(): Sample[] {
    return this.#values.slice(0, this.#size).map((_, index) => this.#sampleAt(index))
  }

  /** Lets go of the samples. What they looked like stays, for the next ones. */
  clear(): void {
    this.#size = 0
  }

  add(value: number, source: LabelCache, detail: string | undefined, suffix: SampleSuffix): void {
    const at = this.#size++
    if (this.#sources[at] !== source || this.#details[at] !== detail || this.#suffixes[at] !== suffix)
      this.#place(at, source, detail, suffix)
    this.#values[at] = value
  }

  /** Forgets what the samples that are no longer there looked like. */
  trim(): void {
    const size = this.#size
    if (this.#sources.length === size) return
    for (const column of [this.#sources, this.#details, this.#suffixes, this.#sets, this.#values, this.#written])
      column.length = size
    this.#pieces.length = 2 * size
    this.#isOutdated = true
  }

  /** The lines of the text formats, each with the line break before it. */
  text(): string {
    if (this.#write()) this.#text = this.#pieces.join('')
    return this.#text
  }

  /** As `text`, with what `more` says behind each sample. */
  textWith(more: (sample: Sample) => string): string {
    // What `text` has kept is out of date then.
    if (this.#write()) this.#isOutdated = true
    let text = ''
    for (let index = 0; index < this.#size; index++)
      text += `${this.#pieces[2 * index]}${this.#pieces[2 * index + 1]}${more(this.#sampleAt(index))}`
    return text
  }

  /** Brings the lines up to date. Says whether there was anything to do. */
  #write(): boolean {
    let isChanged = this.#isOutdated
    for (let index = 0; index < this.#size; index++) {
      const value = this.#values[index] as number
      if (value === this.#written[index]) continue
      this.#written[index] = value
      this.#pieces[2 * index + 1] = numeral(value)
      isChanged = true
    }
    this.#isOutdated = false
    return isChanged
  }

  #place(at: number, source: LabelCache, detail: string | undefined, suffix: SampleSuffix): void {
    const set = source.get(this.row.labels, detail)
    this.#sources[at] = source
    this.#details[at] = detail
    this.#suffixes[at] = suffix
    this.#sets[at] = set
    // Joined instead of concatenated: engines keep a concatenation in its parts, and go through them at each use.
    this.#pieces[2 * at] = ['\n', this.name, suffix, set.text, ' '].join('')
    // Never the value of a sample, so that this one is written.
    this.#written[at] = Number.NaN
  }

  #sampleAt(index: number): Sample {
    return {
      value: this.#values[index] as number,
      set: this.#sets[index] as LabelSet,
      suffix: this.#suffixes[index] as SampleSuffix,
    }
  }
}

/** A number as the text formats have it. */
export function numeral(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : `${value}`
}
