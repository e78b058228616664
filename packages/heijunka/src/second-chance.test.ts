import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SecondChance } from './second-chance.ts'

it('makes room by what was not used since the hand came by last', () => {
  const map = new SecondChance<string, number>(3)
  for (const [index, key] of ['a', 'b', 'c'].entries()) expect(map.add(key, index)).toBeUndefined()
  map.get('a')
  expect(map.add('d', 3)).toBe(1)
  map.get('c')
  expect(map.add('e', 4)).toBe(0)
  expect(['a', 'b', 'c', 'd', 'e'].map((key) => map.get(key))).toEqual([undefined, undefined, 2, 3, 4])
})

it('passes over 64 at the most, however many are in use', () => {
  const map = new SecondChance<number, number>(1000)
  for (let key = 0; key < 1000; key++) map.add(key, key)
  for (let key = 0; key < 1000; key++) map.get(key)
  expect(map.add(1000, 1000)).toBe(64)
  expect(map.add(1001, 1001)).toBe(129)
})

it('keeps at most so many keys, each with its value, and says which one went', () => {
  const command = fc.tuple(fc.constantFrom('get', 'add'), fc.nat(12))
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), fc.array(command, { maxLength: 200 }), (max, commands) => {
      const map = new SecondChance<number, number>(max)
      const model = new Map<number, number>()
      for (const [name, key] of commands) {
        if (name === 'get' || model.has(key)) {
          expect(map.get(key)).toBe(model.get(key))
          continue
        }
        const gone = map.add(key, key * 10)
        expect(gone === undefined).toBe(model.size < max)
        if (gone !== undefined) expect(model.delete(gone / 10)).toBe(true)
        model.set(key, key * 10)
        expect(map.size).toBe(model.size)
      }
    }),
  )
})
