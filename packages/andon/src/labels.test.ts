import fc from 'fast-check'
import { expect, it } from 'vitest'
import { checkLabels, fingerprintOf } from './labels.ts'

it('gives equal sets the same fingerprint in whatever order they were written', () => {
  const one = fingerprintOf('R', checkLabels('labels', { b: '2', a: '1' }))
  expect(one).toBe(fingerprintOf('R', checkLabels('labels', { a: '1', b: '2' })))
  expect(one).toBe('R{a="1",b="2"}')
})

it('gives different sets different fingerprints', () => {
  const labels = fc.dictionary(fc.stringMatching(/^[a-z]{1,2}$/), fc.string({ maxLength: 4 }), { maxKeys: 3 })
  fc.assert(
    fc.property(labels, labels, (a, b) => {
      const [first, second] = [checkLabels('a', a), checkLabels('b', b)]
      const isSame = JSON.stringify(first) === JSON.stringify(second)
      expect(fingerprintOf('R', first) === fingerprintOf('R', second)).toBe(isSame)
    }),
  )
})

it('copies and freezes', () => {
  const given = { shard: 'a' }
  const labels = checkLabels('labels', given)
  given.shard = 'b'
  expect(labels).toEqual({ shard: 'a' })
  expect(Object.isFrozen(labels)).toBe(true)
})

it('is bounded', () => {
  const many = Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`l${index}`, '']))
  expect(() => checkLabels('labels', many)).toThrow('labels must have at most 16 labels, got 17')
  expect(() => checkLabels('labels', { a: 'x'.repeat(257) })).toThrow(
    'labels.a must have at most 256 characters, got 257',
  )
})

it('keeps a label called __proto__ out of the prototype', () => {
  const labels = checkLabels('labels', JSON.parse('{"__proto__":"x"}') as Record<string, string>)
  expect(Object.getPrototypeOf(labels)).toBe(Object.prototype)
})
