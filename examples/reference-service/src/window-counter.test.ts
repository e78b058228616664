import fc from 'fast-check'
import { expect, it } from 'vitest'
import { WindowCounter } from './window-counter.ts'

it('counts what happened in the window and the running second, and forgets the rest', () => {
  const step = fc.record({ waitMs: fc.integer({ min: 0, max: 5000 }), events: fc.integer({ min: 0, max: 3 }) })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), fc.array(step, { maxLength: 60 }), (seconds, steps) => {
      let nowMs = 1234
      const counter = new WindowCounter(seconds, () => nowMs)
      const times: number[] = []
      for (const { waitMs, events } of steps) {
        nowMs += waitMs
        for (let event = 0; event < events; event++) {
          counter.add()
          times.push(nowMs)
        }
        const second = Math.floor(nowMs / 1000)
        const inWindow = times.filter((ms) => Math.floor(ms / 1000) >= second - seconds).length
        expect(counter.total).toBe(inWindow)
        expect(counter.perSecond).toBeCloseTo(inWindow / (seconds + nowMs / 1000 - second), 9)
      }
    }),
  )
})
