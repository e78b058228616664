import { expect, it } from 'vitest'
import { SeriesTable } from '../series.ts'
import { Partitioner, hashOf, partitionsOf } from './partitions.ts'

it('keeps the samples of a series together and in their order, in batches of a bounded size', () => {
  const table = new SeriesTable()
  const ids = Array.from({ length: 50 }, (_, index) => table.intern('m', { host: String(index) }))
  const length = 1_000
  const batch = {
    length,
    series: Uint32Array.from({ length }, (_, row) => ids[row % 50]!),
    timestamps: Float64Array.from({ length }, (_, row) => row),
    values: new Float64Array(length),
  }
  const parts = new Partitioner(table, 4, 100).split(batch)
  expect(Math.max(...parts.map(([, { length: rows }]) => rows))).toBe(100)
  expect(parts.reduce((sum, [, { length: rows }]) => sum + rows, 0)).toBe(length)
  const last = new Map<number, readonly [partition: number, time: number]>()
  for (const [partition, { series, timestamps }] of parts) {
    for (const [row, id] of series.entries()) {
      const [before, time] = last.get(id) ?? [partition, -1]
      expect(before).toBe(partition)
      expect(timestamps[row]).toBeGreaterThan(time)
      last.set(id, [partition, timestamps[row]!])
    }
  }
  expect(new Set(parts.map(([partition]) => partition)).size).toBe(4)
})

it('never changes its mind about a series', () => {
  expect(['cpu_usage', 'cpu_usage{host="a"}', ''].map(hashOf)).toMatchInlineSnapshot(`
    [
      2349748323,
      901056137,
      2166202364,
    ]
  `)
})

/** The member that has each partition. */
function owners(all: readonly string[]): readonly (string | undefined)[] {
  return Array.from({ length: 64 }, (_, partition) => {
    const own = all.filter((member) => partitionsOf(member, all, 64).includes(partition))
    expect(own).toHaveLength(1)
    return own[0]
  })
}

it('shares partitions out so that each has one member, and few move when one comes or goes', () => {
  const members = Array.from({ length: 5 }, (_, index) => `member-${index}`)
  const [before, after] = [owners(members), owners(members.slice(1))]
  // Only those of the one that went.
  expect(before.filter((owner, partition) => owner !== after[partition])).toEqual(
    before.filter((owner) => owner === 'member-0'),
  )
  for (const member of members) expect(before.filter((owner) => owner === member).length).toBeGreaterThan(4)
})
