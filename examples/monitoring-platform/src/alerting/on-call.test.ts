import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type OnCallSchedule, handoverAfter, onCallAt } from './on-call.ts'

const HOUR_MS = 3_600_000
const START_MS = Date.parse('2026-01-05T08:00:00Z')

const schedule: OnCallSchedule = {
  rotation: ['ada', 'bob', 'eve'],
  startMs: START_MS,
  shiftMs: 12 * HOUR_MS,
  overrides: [{ name: 'eve', fromMs: START_MS + HOUR_MS, untilMs: START_MS + 3 * HOUR_MS }],
}
const at = (hours: number): string => onCallAt(schedule, START_MS + hours * HOUR_MS).name

describe('onCallAt', () => {
  it('goes round in shifts, before the first one as well', () => {
    expect([0, 11.99, 12, 24, 36, -0.01, -12, -24.01].map((hours) => at(hours))).toEqual([
      'ada',
      'ada',
      'bob',
      'eve',
      'ada',
      'eve',
      'eve',
      'ada',
    ])
  })

  it('lets overrides win, from their beginning to just before their end', () => {
    expect([0.99, 1, 2.99, 3].map((hours) => at(hours))).toEqual(['ada', 'eve', 'eve', 'ada'])
  })

  it('says until when that holds', () => {
    const untilHours = [0, 1, 3, 12].map(
      (hours) => (onCallAt(schedule, START_MS + hours * HOUR_MS).untilMs - START_MS) / HOUR_MS,
    )
    expect(untilHours).toEqual([1, 3, 12, 24])
  })
})

const people = ['ada', 'bob', 'eve', 'kim']
const time = fc.integer({ min: -1_000, max: 1_000 })
const anySchedule = fc.record({
  rotation: fc.subarray(people, { minLength: 1 }),
  startMs: time,
  shiftMs: fc.integer({ min: 1, max: 100 }),
  overrides: fc.array(
    fc
      .record({ name: fc.constantFrom(...people), fromMs: time, length: fc.integer({ min: 1, max: 200 }) })
      .map(({ name, fromMs, length }) => ({ name, fromMs, untilMs: fromMs + length })),
    { maxLength: 5 },
  ),
})

it('has exactly one person at every moment: the last override, or whose turn it is', () => {
  fc.assert(
    fc.property(anySchedule, time, (given, timeMs) => {
      const { name, isOverride, untilMs } = onCallAt(given, timeMs)
      const overriding = given.overrides.filter(({ fromMs, untilMs: endMs }) => fromMs <= timeMs && timeMs < endMs)
      const { rotation, startMs, shiftMs } = given
      // Far enough back that no shift is counted backwards.
      const shifts = Math.floor((timeMs - startMs + rotation.length * shiftMs * 10_000) / shiftMs)
      expect(name).toBe(overriding.at(-1)?.name ?? rotation[shifts % rotation.length])
      expect(isOverride).toBe(overriding.length > 0)
      expect(untilMs).toBeGreaterThan(timeMs)
      for (const betweenMs of [timeMs + (untilMs - timeMs) / 2, untilMs - 1].filter((ms) => ms >= timeMs))
        expect(onCallAt(given, betweenMs).name).toBe(name)
    }),
  )
})

it('hands over to the next one who is another', () => {
  fc.assert(
    fc.property(anySchedule, time, (given, timeMs) => {
      const { now, untilMs, next } = handoverAfter(given, timeMs)
      expect(now).toBe(onCallAt(given, timeMs).name)
      const endMs = untilMs ?? timeMs + 5_000
      const length = Math.min(endMs - timeMs, 5_000)
      const names = new Set(Array.from({ length }, (_, after) => onCallAt(given, timeMs + after).name))
      expect([...names]).toEqual([now])
      expect(next).toBe(untilMs === null ? null : onCallAt(given, untilMs).name)
      expect(next).not.toBe(now)
    }),
  )
})
