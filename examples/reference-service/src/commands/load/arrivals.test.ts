import fc from 'fast-check'
import { expect, it } from 'vitest'
import { arrivals } from './arrivals.ts'

const phase = fc.record({ rate: fc.integer({ min: 1, max: 5_000 }), durationMs: fc.integer({ min: 1, max: 1_000 }) })

it('spreads signals evenly: as many as the rate says, the same time apart, all within the phase', () => {
  fc.assert(
    fc.property(phase, ({ rate, durationMs }) => {
      const offsets = [...arrivals({ rate, durationMs }, 'constant')]
      const count = Math.round((rate * durationMs) / 1_000)
      expect(offsets).toEqual(Array.from({ length: count }, (_none, index) => (index * 1_000) / rate))
      expect(offsets.at(-1) ?? 0).toBeLessThanOrEqual(durationMs + 500 / rate)
    }),
  )
})

it('spreads them by chance in order, within the phase, at the rate on average', () => {
  fc.assert(
    fc.property(phase, fc.integer(), ({ rate, durationMs }, seed) => {
      let state = seed
      const random = (): number => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
        return state / 2 ** 32
      }
      const offsets = [...arrivals({ rate, durationMs }, 'poisson', random)]
      expect(offsets).toEqual(offsets.toSorted((a, b) => a - b))
      expect(offsets.every((offset) => offset > 0 && offset < durationMs)).toBe(true)
      const expected = (rate * durationMs) / 1_000
      expect(Math.abs(offsets.length - expected)).toBeLessThanOrEqual(6 * Math.sqrt(expected) + 6)
    }),
  )
})
