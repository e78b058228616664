import fc from 'fast-check'
import { expect, it } from 'vitest'
import { sortSamples } from './sort.ts'

const rows = (maxSeries: number, minLength: number) =>
  fc.array(fc.tuple(fc.nat(maxSeries), fc.oneof(fc.nat(5), fc.nat(2 ** 45))), { minLength, maxLength: minLength + 300 })

it.each([
  ['few', 0, 9],
  ['many', 300, 9],
  ['many of many series', 300, 5_000_000],
])('sorts %s samples by series and time, and leaves equal ones in their order', (_, minLength, maxSeries) => {
  fc.assert(
    fc.property(rows(maxSeries, minLength), (samples) => {
      const sorted = sortSamples({
        series: Uint32Array.from(samples, ([series]) => series),
        timestamps: Float64Array.from(samples, ([, time]) => time),
        values: Float64Array.from(samples, (_row, index) => index),
      })
      const expected = samples
        .map(([series, time], index) => [series, time, index] as const)
        .toSorted(([a, x], [b, y]) => a - b || x - y)
      expect(Array.from(sorted.values, (value, row) => [sorted.series[row], sorted.timestamps[row], value])).toEqual(
        expected,
      )
    }),
    { numRuns: 40 },
  )
})
