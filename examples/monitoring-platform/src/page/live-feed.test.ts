import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SampleBatch } from '../sample.ts'
import { SeriesTable } from '../series.ts'
import { LiveFeed, type News } from './live-feed.ts'
import { BUCKET_MS, Thinner } from './thinner.ts'

type Row = readonly [series: number, timestampMs: number, value: number]

function batchOf(rows: readonly Row[]): SampleBatch {
  return {
    length: rows.length,
    series: Uint32Array.from(rows, ([id]) => id),
    timestamps: Float64Array.from(rows, ([, at]) => at),
    values: Float64Array.from(rows, ([, , value]) => value),
  }
}

describe('the thinner', () => {
  it('keeps single samples as they are, by time', () => {
    const thinner = new Thinner()
    thinner.add(2_000, 5)
    thinner.add(1_000, 7)
    expect(thinner.take()).toEqual({ at: [1_000, 2_000], values: [7, 5] })
    expect(thinner.isEmpty).toBe(true)
  })

  it('keeps the lowest and the highest of each quarter of a second, at their times, whatever comes', () => {
    const sample = fc.tuple(fc.integer({ min: 0, max: 20 * BUCKET_MS }), fc.double({ noNaN: true }))
    fc.assert(
      fc.property(fc.array(sample), (samples) => {
        const thinner = new Thinner()
        for (const [at, value] of samples) thinner.add(at, value)
        const { at, values } = thinner.take()
        const finite = samples.filter(([, value]) => Number.isFinite(value))
        const buckets = Map.groupBy(finite, ([time]) => Math.floor(time / BUCKET_MS))
        const shown = Map.groupBy(
          at.map((time, index) => [time, values[index]!] as const),
          ([time]) => Math.floor(time / BUCKET_MS),
        )
        expect(at).toEqual(at.toSorted((a, b) => a - b))
        expect(shown.size).toBe(buckets.size)
        for (const [bucket, all] of buckets) {
          const those = shown.get(bucket) ?? []
          expect(those.length).toBeLessThanOrEqual(2)
          // -0 and 0 are drawn at the same place.
          expect(Math.min(...those.map(([, value]) => value)) + 0).toBe(Math.min(...all.map(([, value]) => value)) + 0)
          expect(Math.max(...those.map(([, value]) => value)) + 0).toBe(Math.max(...all.map(([, value]) => value)) + 0)
          for (const [time, value] of those) expect(all).toContainEqual([time, value])
        }
      }),
    )
  })

  it('is bounded: what is more than five minutes is left to the next query', () => {
    const thinner = new Thinner()
    for (let bucket = 0; bucket < 5_000; bucket++) thinner.add(bucket * BUCKET_MS, 1)
    expect(thinner.take().at.length).toBe(300_000 / BUCKET_MS)
  })
})

describe('the live feed', () => {
  it('tells each watcher of its series alone', () => {
    const table = new SeriesTable()
    const [a, b, c] = ['a', 'b', 'c'].map((name) => table.intern(name)) as [number, number, number]
    const feed = new LiveFeed(table)
    const [first, second]: [News[], News[]] = [[], []]
    feed.watch(['a'], (news) => first.push(news))
    feed.watch(['a', 'c', 'c'], (news) => second.push(news))
    feed.hear(
      batchOf([
        [a, 1, 10],
        [b, 2, 20],
        [c, 3, 30],
      ]),
    )
    feed.flush()
    expect(first).toEqual([{ a: { at: [1], values: [10] } }])
    expect(second).toEqual([{ a: { at: [1], values: [10] }, c: { at: [3], values: [30] } }])
    feed.flush()
    expect([first.length, second.length]).toEqual([1, 1])
  })

  it('tells of a series that is first seen while it is watched', () => {
    const table = new SeriesTable()
    const feed = new LiveFeed(table)
    const heard: News[] = []
    feed.watch(['later{host="web-1"}'], (news) => heard.push(news))
    feed.hear(batchOf([[table.intern('other'), 1, 1]]))
    feed.flush()
    expect(heard).toEqual([])
    feed.hear(batchOf([[table.intern('later', { host: 'web-1' }), 2, 2]]))
    feed.flush()
    expect(heard).toEqual([{ 'later{host="web-1"}': { at: [2], values: [2] } }])
  })

  it('forgets what nobody watches any more, and goes on for the others', () => {
    const table = new SeriesTable()
    const [a, b] = [table.intern('a'), table.intern('b')]
    const feed = new LiveFeed(table)
    const heard: News[] = []
    const leave = feed.watch(['a'], (news) => heard.push(news))
    feed.watch(['b'], (news) => heard.push(news))
    feed.hear(
      batchOf([
        [a, 1, 1],
        [b, 1, 2],
      ]),
    )
    leave()
    leave()
    feed.hear(
      batchOf([
        [a, 2, 3],
        [b, 2_000, 4],
      ]),
    )
    feed.flush()
    expect(heard).toEqual([{ b: { at: [1, 2_000], values: [2, 4] } }])
    expect(feed.watchers).toBe(1)
  })

  it('hears nothing while nobody watches', () => {
    const table = new SeriesTable()
    const feed = new LiveFeed(table)
    const heard: News[] = []
    feed.hear(batchOf([[table.intern('a'), 1, 1]]))
    feed.watch(['a'], (news) => heard.push(news))
    feed.flush()
    expect(heard).toEqual([])
  })
})
