import type { Part } from './attribution.ts'

/** A record among the slowest. */
export interface SlowRecord {
  readonly total: number
  readonly parts: ReadonlyMap<string, Part>
}

/** What was recorded in one slice of time. */
export class StageSlice {
  readonly number: number
  readonly #slowestKept: number
  count = 0
  invalid = 0
  /** Sums of all records, by stage. */
  readonly parts: Map<string, Part> = new Map()
  /** The slowest records, slowest first. */
  readonly slowest: SlowRecord[] = []

  constructor(number: number, slowestKept: number) {
    this.number = number
    this.#slowestKept = slowestKept
  }

  /** Adds a record. Says which stages are new to the slice. */
  add(record: ReadonlyMap<string, Part>): readonly string[] {
    this.count++
    let total = 0
    const added: string[] = []
    for (const [stage, { ms, saves }] of record) {
      total += ms
      const part = this.parts.get(stage)
      if (part) {
        part.ms += ms
        part.saves += saves
      } else {
        this.parts.set(stage, { ms, saves })
        added.push(stage)
      }
    }
    this.#rank({ total, parts: record })
    return added
  }

  #rank(record: SlowRecord): void {
    const { slowest } = this
    if (slowest.length >= this.#slowestKept) {
      if (!(record.total > (slowest.at(-1)?.total ?? Number.POSITIVE_INFINITY))) return
      slowest.pop()
    }
    const place = slowest.findIndex(({ total }) => total < record.total)
    slowest.splice(place < 0 ? slowest.length : place, 0, record)
  }
}

/** The slowest records of several slices together. */
export function slowestOf(slices: readonly StageSlice[], kept: number): readonly SlowRecord[] {
  return slices
    .flatMap(({ slowest }) => slowest)
    .toSorted((a, b) => b.total - a.total)
    .slice(0, kept)
}
