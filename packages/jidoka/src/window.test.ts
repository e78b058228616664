import fc from 'fast-check'
import { expect, it } from 'vitest'
import { CountWindow } from './count-window.ts'
import { TimeWindow } from './time-window.ts'

interface Recorded {
  readonly atMs: number
  readonly failed: boolean
  readonly slow: boolean
}
const calls = fc.array(fc.record({ afterMs: fc.nat({ max: 700 }), failed: fc.boolean(), slow: fc.boolean() }))

const count = (kept: readonly Recorded[]) => ({
  completed: kept.length,
  failed: kept.filter(({ failed }) => failed).length,
  slow: kept.filter(({ slow }) => slow).length,
})

it('counts what a naive list of the outcomes in the reach of the slots counts, after every call', () => {
  fc.assert(
    fc.property(calls, fc.integer({ min: -5_000, max: 5_000 }), (calls, startMs) => {
      const window = new TimeWindow(1_000, startMs)
      const all: Recorded[] = []
      let now = startMs
      for (const { afterMs, failed, slow } of calls) {
        now += afterMs
        window.record(now, failed, slow)
        all.push({ atMs: now, failed, slow })
        const firstSlot = Math.floor(now / 100) - 9
        expect(window).toMatchObject(count(all.filter(({ atMs }) => Math.floor(atMs / 100) >= firstSlot)))
      }
    }),
  )
})

it('counts an outcome nine tenths of its reach at the least and the whole of it at the most', () => {
  const window = new TimeWindow(1_000, 0)
  window.record(99, true, false)
  window.advance(999)
  expect(window.completed).toBe(1)
  window.advance(1_000)
  expect(window.completed).toBe(0)
})

it('counts the last calls, as a naive list does', () => {
  fc.assert(
    fc.property(calls, fc.integer({ min: 1, max: 12 }), (calls, reach) => {
      const window = new CountWindow(reach)
      const all: Recorded[] = []
      for (const { failed, slow } of calls) {
        window.record(0, failed, slow)
        all.push({ atMs: 0, failed, slow })
        expect(window).toMatchObject(count(all.slice(-reach)))
      }
      expect(window.isWhole()).toBe(all.length >= reach)
    }),
  )
})

it('counts an outcome that moves to another window eight tenths of its reach at the least and the whole at the most', () => {
  const phase = fc.double({ min: 0, max: 5_000, noNaN: true })
  fc.assert(
    fc.property(phase, phase, fc.double({ min: 0, max: 2_000, noNaN: true }), (startMs, otherMs, afterMs) => {
      const window = new TimeWindow(1_000, startMs)
      window.record(startMs, true, false)
      const other = new TimeWindow(1_000, otherMs, window.save(startMs))
      other.advance(otherMs + afterMs)
      if (afterMs < 800) expect(other).toMatchObject({ completed: 1, failed: 1, slow: 0 })
      if (afterMs > 1_000) expect(other).toMatchObject({ completed: 0, failed: 0, slow: 0 })
    }),
  )
})

it('goes on as if nothing had happened when it moves to a window of the same kind and phase', () => {
  fc.assert(
    fc.property(calls, fc.nat({ max: 5_000 }), fc.nat({ max: 1_500 }), (calls, startMs, afterMs) => {
      const window = new TimeWindow(1_000, startMs)
      let now = startMs
      for (const { afterMs, failed, slow } of calls) window.record((now += afterMs), failed, slow)
      const other = new TimeWindow(1_000, now, window.save(now))
      window.advance(now + afterMs)
      other.advance(now + afterMs)
      const { completed, failed, slow } = window
      expect(other).toMatchObject({ completed, failed, slow })
    }),
  )
})
