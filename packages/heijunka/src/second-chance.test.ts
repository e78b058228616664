import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SecondChance } from './second-chance.ts'

it('makes room by what was not used since the hand came by last', () => {
  const places = new SecondChance<string>(3)
  expect(['a', 'b', 'c'].map((key) => places.add(key))).toEqual([0, 1, 2])
  places.find('a')
  expect(places.add('d')).toBe(1)
  places.find('c')
  expect(places.add('e')).toBe(0)
  expect(['a', 'b', 'c', 'd', 'e'].map((key) => places.find(key))).toEqual([-1, -1, 2, 1, 0])
})

it('passes over 64 at the most, however many are in use', () => {
  const places = new SecondChance<number>(1000)
  for (let key = 0; key < 1000; key++) places.add(key)
  for (let key = 0; key < 1000; key++) places.find(key)
  expect(places.add(1000)).toBe(64)
  expect(places.add(1001)).toBe(129)
})

it('keeps at most so many keys, each with a place of its own', () => {
  const command = fc.tuple(fc.constantFrom('find', 'add'), fc.nat(12))
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), fc.array(command, { maxLength: 200 }), (max, commands) => {
      const places = new SecondChance<number>(max)
      const model = new Map<number, number>()
      for (const [name, key] of commands) {
        if (name === 'find' || model.has(key)) {
          expect(places.find(key)).toBe(model.get(key) ?? -1)
          continue
        }
        const place = places.add(key)
        const [before] = [...model].find(([, taken]) => taken === place) ?? []
        expect(before === undefined).toBe(model.size < max)
        if (before !== undefined) model.delete(before)
        model.set(key, place)
        expect(places.size).toBe(model.size)
      }
    }),
  )
})
