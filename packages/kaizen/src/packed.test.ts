import fc from 'fast-check'
import { expect, it } from 'vitest'
import { pack, unpack } from './packed.ts'

const counts = fc
  .uniqueArray(
    fc.tuple(
      fc.integer({ min: -6784, max: 131_007 }),
      fc.oneof(fc.integer({ min: 1, max: 300 }), fc.maxSafeNat().filter(Boolean)),
    ),
    { selector: ([bucket]) => bucket, maxLength: 200 },
  )
  .map((entries) => entries.toSorted(([a], [b]) => a - b))

it('gives back the counts that were packed', () => {
  fc.assert(
    fc.property(counts, (entries) => {
      const packed = pack((put) => {
        for (const [bucket, count] of entries) put(bucket, count)
      })
      const unpacked: [number, number][] = []
      unpack(packed, (bucket, count) => unpacked.push([bucket, count]))
      expect(unpacked).toEqual(entries)
    }),
  )
})

it('takes two bytes for a small count next to another', () => {
  const packed = pack((put) => {
    for (let bucket = 0; bucket < 1000; bucket++) put(bucket, 100)
  })
  expect(packed.length).toBeLessThan(2010)
})
