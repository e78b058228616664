import { expect, it } from 'vitest'
import { alertKeyOf, labelsOf } from './labels.ts'
import { nextDown, nextUp } from './next-double.ts'

it('makes labels of any tags: names, lengths and number as an alert may have them', () => {
  expect(labelsOf({ 'disk.name': 'a', '9lives': 'b', empty: '', long: 'x'.repeat(300) }, {})).toEqual({
    _9lives: 'b',
    disk_name: 'a',
    long: 'x'.repeat(256),
  })
  const many = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`t${index + 10}`, 'x']))
  expect(Object.keys(labelsOf(many, { team: 'a' }))).toHaveLength(15)
})

it('finds an alert by its labels, whatever their order', () => {
  expect(alertKeyOf('A', { b: '1', a: '2' })).toBe(alertKeyOf('A', { a: '2', b: '1' }))
  expect(alertKeyOf('A', { a: '1' })).not.toBe(alertKeyOf('A', { a: '2' }))
})

it.each([0, -0, 1, -1, 80, 0.1, -1e300, Number.MAX_VALUE, -Number.MIN_VALUE])('knows the neighbours of %d', (value) => {
  expect(nextUp(value)).toBeGreaterThan(value)
  expect(nextDown(value)).toBeLessThan(value)
  expect(nextDown(nextUp(value)) === value).toBe(true)
  expect(
    (value + nextUp(value)) / 2 === value ||
      (value + nextUp(value)) / 2 === nextUp(value) ||
      !Number.isFinite(nextUp(value)),
  ).toBe(true)
})
