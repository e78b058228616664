import { expect, it } from 'vitest'
import { seriesKey } from './sample.ts'
import { SeriesTable, TooManySeriesError } from './series.ts'

it('gives the same series the same number, whatever the order of its tags', () => {
  const table = new SeriesTable()
  const first = table.intern('cpu', { host: 'a', zone: 'b' })
  expect(table.intern('cpu', { zone: 'b', host: 'a' })).toBe(first)
  expect(table.intern('cpu')).not.toBe(first)
  expect(table.get(first)).toEqual({
    id: first,
    key: 'cpu{host="a",zone="b"}',
    name: 'cpu',
    tags: { host: 'a', zone: 'b' },
  })
  expect(table.named('cpu').map(({ id }) => id)).toEqual([0, 1])
  expect(table.since(1).map(({ key }) => key)).toEqual(['cpu'])
})

it('tells apart what looks alike', () => {
  const keys = [
    seriesKey('a', { b: 'c",d="e' }),
    seriesKey('a', { b: 'c', d: 'e' }),
    seriesKey('a', { b: 'c\\' }),
    seriesKey('a', {}),
  ]
  expect(new Set(keys).size).toBe(keys.length)
})

it('refuses more series than there may be, and goes on with those that there are', () => {
  const table = new SeriesTable(1)
  table.intern('a')
  expect(() => table.intern('b')).toThrow(TooManySeriesError)
  expect(table.intern('a')).toBe(0)
  expect(() =>
    table.needRoomFor([
      { name: 'a', tags: {} },
      { name: 'b', tags: {} },
    ]),
  ).toThrow(TooManySeriesError)
  expect(() =>
    table.needRoomFor([
      { name: 'a', tags: {} },
      { name: 'a', tags: {} },
    ]),
  ).not.toThrow()
  expect(() => table.get(1)).toThrow(RangeError)
  expect(() => new SeriesTable(0)).toThrow(RangeError)
})
