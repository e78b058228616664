import fc from 'fast-check'
import { expect, it } from 'vitest'
import { NEVER, earliestMs, gcraRule, nextTat, remainingAt, waitUntil } from './gcra.ts'

it('admits a burst at once and then one an interval', () => {
  const rule = gcraRule(10, 1000, 3)
  let tat = NEVER
  for (const nowMs of [0, 0, 0, 100, 200]) {
    expect(earliestMs(rule, tat, 1)).toBeLessThanOrEqual(nowMs)
    tat = nextTat(rule, tat, 1, nowMs)
  }
  expect(earliestMs(rule, tat, 1)).toBe(300)
  expect(earliestMs(rule, tat, 3)).toBe(500)
})

it('never conforms above the burst, however long the pause', () => {
  expect(earliestMs(gcraRule(10, 1000, 3), NEVER, 3.5)).toBe(Number.POSITIVE_INFINITY)
})

it('says how much is left', () => {
  const rule = gcraRule(3, 1000, 3)
  let tat = nextTat(rule, NEVER, 1, 0)
  expect(remainingAt(rule, tat, 0)).toBe(2)
  tat = nextTat(rule, tat, 2, 0)
  expect([0, 333, 334, 999, 1000, 5000].map((nowMs) => remainingAt(rule, tat, nowMs))).toEqual([0, 0, 1, 2, 3, 3])
})

it('gives waits that are long enough in floating point, and no longer', () => {
  const ms = fc.double({ min: -1e9, max: 1e12, noNaN: true })
  fc.assert(
    fc.property(ms, ms, (atMs, nowMs) => {
      const wait = waitUntil(atMs, nowMs)
      expect(nowMs + wait).toBeGreaterThanOrEqual(atMs)
      if (wait > 0) expect(wait).toBeLessThanOrEqual((atMs - nowMs) * (1 + 4 * Number.EPSILON))
    }),
  )
})

it('refuses a rate that doubles can not tell from none or from infinite', () => {
  expect(() => gcraRule(1e-300, 1e300, 1)).toThrow(RangeError)
  expect(() => gcraRule(1e300, 1e-300, 1)).toThrow(RangeError)
})
