import { setFlagsFromString } from 'node:v8'
import { expect, it } from 'vitest'
import { OpenCounts } from './open-counts.ts'

setFlagsFromString('--allow-natives-syntax')
/** Whether V8 stores the numbers unboxed, in one piece, and with none missing. */
// oxlint-disable-next-line typescript/no-implied-eval -- The parser of TypeScript doesn't know V8's own syntax.
const isUnboxed = new Function('array', 'return %HasDoubleElements(array) && !%HasHoleyElements(array)') as (
  array: readonly number[],
) => boolean

it('is stored unboxed, whatever it holds and however its size changed', () => {
  const counts = new OpenCounts()
  expect(isUnboxed(counts)).toBe(true)
  for (const slots of [64, 192, 20_000, 128, 0, 64]) {
    counts.resize(slots)
    expect([counts.length, isUnboxed(counts)]).toEqual([4 + slots, true])
    counts.setRun(1023, slots)
    for (let value = 1; value < 100; value++) counts.count(value, 0)
    counts.renew(slots)
    counts.setHeader(0, 1, 1)
    expect(isUnboxed(counts)).toBe(true)
  }
})

it('counts what is in the run and before the end of the slice, and nothing else', () => {
  const counts = new OpenCounts()
  counts.resize(128)
  counts.setRun(1023, 128)
  counts.endMs = 10
  // The run holds what is above 1 and at most 4.
  for (const value of [1, 4.001, 0, -1, Number.NaN, Infinity, '2' as never]) expect(counts.count(value, 0)).toBe(false)
  for (const now of [10, 11, Infinity, undefined]) expect(counts.count(2, now)).toBe(false)
  expect([counts.sum, counts.min, counts.max]).toEqual([0, Infinity, -Infinity])
  for (const value of [1.0078125, 2, 4]) expect(counts.count(value, 9)).toBe(true)
  expect([counts.sum, counts.min, counts.max]).toEqual([7.0078125, 1.0078125, 4])
  expect([
    counts[4],
    counts[4 + 63],
    counts[4 + 127],
    Array.from(counts)
      .slice(4)
      .reduce((sum, count) => sum + count),
  ]).toEqual([1, 1, 1, 3])
  counts.endMs = Infinity
  expect(counts.count(2, undefined)).toBe(true)
})
