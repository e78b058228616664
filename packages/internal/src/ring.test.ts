import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Ring } from './ring.ts'

type Command = ['push' | 'unshift', number] | ['shift' | 'pop' | 'drain'] | ['remove' | 'removeAt' | 'popMany', number]

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constantFrom('push' as const, 'unshift' as const), fc.nat(20)) },
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom('shift' as const, 'pop' as const)) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom('remove' as const, 'removeAt' as const, 'popMany' as const), fc.nat(20)),
  },
  { weight: 1, arbitrary: fc.tuple(fc.constant('drain' as const)) },
)

function apply(ring: Ring<number>, model: number[], [name, value]: Command): void {
  switch (name) {
    case 'push':
      ring.push(value)
      model.push(value)
      break
    case 'unshift':
      ring.unshift(value)
      model.unshift(value)
      break
    case 'shift':
      expect(ring.shift()).toBe(model.shift())
      break
    case 'pop':
      expect(ring.pop()).toBe(model.pop())
      break
    case 'remove': {
      const index = model.indexOf(value)
      expect(ring.remove((item) => item === value)).toBe(index < 0 ? undefined : model.splice(index, 1)[0])
      break
    }
    case 'removeAt':
      expect(ring.removeAt(value)).toBe(model.splice(value, 1)[0])
      break
    case 'popMany':
      expect(ring.popMany(value)).toEqual(model.splice(Math.max(0, model.length - value)))
      break
    case 'drain':
      expect(ring.drain()).toEqual(model.splice(0))
      break
  }
}

it('behaves like an array for any sequence of commands', () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 300 }), (commands) => {
      const ring = new Ring<number>()
      const model: number[] = []
      for (const next of commands) {
        apply(ring, model, next)
        expect(ring.size).toBe(model.length)
        expect(ring.peek()).toBe(model[0])
      }
      expect([...ring]).toEqual(model)
      expect(ring.at(model.length)).toBeUndefined()
      expect(ring.at(-1)).toBeUndefined()
    }),
  )
})
