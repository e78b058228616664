import type { SampleBatch } from '../sample.ts'
import type { SeriesTable } from '../series.ts'

/** FNV-1a. The same in every process and release, or the samples of a series would go astray. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  // The last bits of FNV are the poorest.
  return (hash ^ (hash >>> 15)) >>> 0
}

/** Cuts batches so that all samples of a series go the same way, in their order, at most `maxRows` at once. */
export class Partitioner {
  readonly #table: SeriesTable
  readonly #count: number
  readonly #maxRows: number
  /** By the number of the series, 1 more than its partition. */
  readonly #known: number[] = []

  constructor(table: SeriesTable, count: number, maxRows: number) {
    this.#table = table
    this.#count = count
    this.#maxRows = maxRows
  }

  split({
    length,
    series,
    timestamps,
    values,
  }: SampleBatch): readonly (readonly [partition: number, batch: SampleBatch])[] {
    const rows = Array.from({ length: this.#count }, () => [] as number[])
    for (let row = 0; row < length; row++) rows[this.#partitionOf(series[row]!)]!.push(row)
    return rows.flatMap((ofPartition, partition) =>
      Array.from({ length: Math.ceil(ofPartition.length / this.#maxRows) }, (_, part) => {
        const some = ofPartition.slice(part * this.#maxRows, (part + 1) * this.#maxRows)
        const batch: SampleBatch = {
          length: some.length,
          series: Uint32Array.from(some, (row) => series[row]!),
          timestamps: Float64Array.from(some, (row) => timestamps[row]!),
          values: Float64Array.from(some, (row) => values[row]!),
        }
        return [partition, batch] as const
      }),
    )
  }

  #partitionOf(id: number): number {
    return (this.#known[id] ??= hashOf(this.#table.get(id).key) % this.#count)
  }
}

/** The partitions of `member` among all: each goes to the member that draws the highest lot for it (rendezvous hashing). */
export function partitionsOf(member: string, members: readonly string[], count: number): readonly number[] {
  const all = Array.from({ length: count }, (_, partition) => partition)
  return all.filter((partition) =>
    members.every((other) => {
      const [ours, theirs] = [lot(member, partition), lot(other, partition)]
      return other === member || ours > theirs || (ours === theirs && member > other)
    }),
  )
}

function lot(member: string, partition: number): number {
  return hashOf(`${partition} ${member} ${partition}`)
}
