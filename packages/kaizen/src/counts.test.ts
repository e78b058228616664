import fc from 'fast-check'
import { expect, it } from 'vitest'
import { bucketOf } from './buckets.ts'
import { Counts } from './counts.ts'

function add(counts: Counts, value: number): void {
  if (counts.count(value, undefined)) return
  const bucket = bucketOf(value)
  if (!counts.has(bucket >> 6)) counts.claim(bucket >> 6)
  counts.put(bucket, 1)
  counts.open.widen(value, value, value)
}

/** What a plain map of buckets holds. */
function expected(values: readonly number[]): (readonly [number, number])[] {
  const map = new Map<number, number>()
  for (const value of values) map.set(bucketOf(value), (map.get(bucketOf(value)) ?? 0) + 1)
  return [...map].toSorted(([a], [b]) => a - b)
}

const value = fc.oneof(
  fc.double({ min: 0.001, max: 1e6, noNaN: true }),
  fc.double({ min: Number.MIN_VALUE, max: Number.MAX_VALUE, noNaN: true }),
  fc.integer({ min: -1074, max: 1023 }).map((exponent) => 2 ** exponent),
)

it('counts as a plain map does, wherever the values lie and in whatever order they come', () => {
  fc.assert(
    fc.property(fc.array(value, { maxLength: 200 }), fc.array(fc.boolean(), { maxLength: 200 }), (values, kept) => {
      const counts = new Counts()
      for (const given of values) add(counts, given)
      expect([...counts.entries('all')]).toEqual(expected(values))
      expect([counts.openCount, counts.survey()]).toEqual([values.length, values.length])
      const isKept = (page: number): boolean => kept[page & 127] ?? true
      const rest = values.filter((given) => isKept(bucketOf(given) >> 6))
      counts.close()
      expect(counts.keep(isKept)).toBe(0)
      for (const given of rest) add(counts, given)
      expect([...counts.entries('open')]).toEqual(expected(rest))
      expect([...counts.entries('all')]).toEqual(expected([...rest, ...rest]))
    }),
  )
})

it('makes the run of the pages with the most values, however they began', () => {
  const counts = new Counts()
  const values = [1e300, 1e-300, 3e300, ...Array.from({ length: 9000 }, (_, i) => 1 + (i % 1000)), 7e299]
  for (const given of values) add(counts, given)
  expect([...counts.entries('all')]).toEqual(expected(values))
  expect([counts.open.min, counts.open.max, counts.used]).toEqual([1e-300, 3e300, 14])
})

it('says no to what is no ordinary number above 0', () => {
  const counts = new Counts()
  for (const page of [1, 2046, -2, -106]) counts.claim(page)
  for (const given of [0, -0, -1, Number.NaN, Infinity, -Infinity, -1e300, Number.MIN_VALUE, 2 ** -1022])
    expect([given, counts.count(given, 0)]).toEqual([given, false])
  expect(counts.openCount).toBe(0)
})
