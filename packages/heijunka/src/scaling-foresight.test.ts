import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Schedule, checkSchedule, floorOf } from './scaling-schedule.ts'
import { HoltTrend } from './scaling-trend.ts'
import { MaxWindow } from './scaling-window.ts'

/** 2026-03-02 was a Monday. */
const at = (time: string, day = 2): number => Date.parse(`2026-03-${String(day).padStart(2, '0')}T${time}:00Z`)

describe('a schedule', () => {
  const office: Schedule = [
    { at: '18:00', workers: 2 },
    { at: '08:00', workers: 20, days: [1, 2, 3, 4, 5] },
  ]
  const floor = floorOf(office, 'UTC')

  it('holds from its time until the next entry, over midnight and weekends', () => {
    expect([floor(at('07:59')), floor(at('08:00')), floor(at('17:59')), floor(at('18:00'))]).toEqual([2, 20, 20, 2])
    // Saturday and Sunday have no 08:00.
    expect([floor(at('12:00', 7)), floor(at('12:00', 8)), floor(at('12:00', 9))]).toEqual([2, 2, 20])
  })

  it('reaches back a week, and is nothing without an entry', () => {
    expect(floorOf([{ at: '12:00', workers: 7, days: [1] }], 'UTC')(at('11:59', 9))).toBe(7)
    expect(floorOf([], 'UTC')(at('12:00'))).toBe(0)
    expect(floorOf([{ at: '12:00', workers: 7, days: [] }], 'UTC')(at('12:00'))).toBe(0)
  })

  it('keeps to the clocks of its zone, also when they change', () => {
    const rome = floorOf(office, 'Europe/Rome')
    // In winter 08:00 there is 07:00 UTC; after 29 March it is 06:00.
    expect([rome(at('06:59', 27)), rome(at('07:00', 27)), rome(at('05:59', 30)), rome(at('06:00', 30))]).toEqual([
      2, 20, 2, 20,
    ])
  })

  it('may be a function', () => {
    expect(floorOf((now) => now.getUTCHours(), undefined)(at('13:00'))).toBe(13)
  })

  it('is copied', () => {
    const entry = { at: '08:00', workers: 1 }
    const checked = checkSchedule([entry]) as (typeof entry)[]
    entry.workers = 99
    expect(checked[0]?.workers).toBe(1)
  })

  it.each([
    [{}, 'schedule must be a function or an array'],
    [[null], 'schedule[0] must be an object'],
    [[{ at: '8:00', workers: 1 }], 'schedule[0].at must be a time of day from "00:00" to "23:59", got "8:00"'],
    [[{ at: '24:00', workers: 1 }], 'schedule[0].at must be'],
    [[{ at: 800, workers: 1 }], 'schedule[0].at must be a time of day'],
    [[{ at: '08:00', workers: -1 }], 'schedule[0].workers must be an integer in [0, ∞), got -1'],
    [[{ at: '08:00', workers: 1, days: [7] }], 'schedule[0].days[0] must be an integer in [0, 6], got 7'],
    [[{ at: '08:00', workers: 1, days: 1 }], 'schedule[0].days must be an array'],
    [Array.from({ length: 1001 }, () => ({ at: '08:00', workers: 1 })), 'schedule must have at most 1000 entries'],
  ])('refuses %o', (schedule, message) => {
    expect(() => checkSchedule(schedule as never)).toThrow(message)
  })
})

describe("Holt's trend", () => {
  const settings = { horizonMs: 1000, levelWeight: 0.5, slopeWeight: 0.2 }

  it('has no forecast before the third reading, and meets a straight line', () => {
    const trend = new HoltTrend(settings)
    expect([trend.update(0, 5), trend.update(100, 6)]).toEqual([undefined, undefined])
    expect(trend.update(200, 7)).toBeCloseTo(17, 9)
    // Readings at other distances, on the same line.
    expect(trend.update(700, 12)).toBeCloseTo(22, 9)
  })

  it('of a constant is that constant; of a fall it is never below 0', () => {
    const trend = new HoltTrend(settings)
    for (let index = 0; index < 20; index++) trend.update(index * 100, 8)
    expect(trend.update(2000, 8)).toBeCloseTo(8, 9)
    const falling = new HoltTrend(settings)
    for (const [index, value] of [8, 5, 2].entries()) falling.update(index * 100, value)
    expect(falling.update(300, 0)).toBe(0)
  })

  it('does not divide by a time that has not passed', () => {
    const trend = new HoltTrend(settings)
    for (const value of [1, 2, 3, 4]) expect(trend.update(0, value)).toBeUndefined()
    trend.update(100, 2)
    const forecast = trend.update(200, 3)
    expect(trend.update(200, 1000)).toBe(forecast)
  })
})

describe('the window of recommendations', () => {
  it('has the most of the last so many ms, and forgets within a thirtieth more', () => {
    const steps = fc.array(fc.tuple(fc.nat(100), fc.nat(50)), { maxLength: 100 })
    fc.assert(
      fc.property(steps, (all) => {
        const window = new MaxWindow(300)
        const seen: { readonly nowMs: number; readonly value: number }[] = []
        let nowMs = 0
        for (const [passedMs, value] of all) {
          nowMs += passedMs
          seen.push({ nowMs, value })
          const most = window.add(nowMs, value)
          const within = (ms: number): number =>
            Math.max(...seen.filter((entry) => entry.nowMs >= nowMs - ms).map((entry) => entry.value))
          expect(most).toBeGreaterThanOrEqual(within(300))
          expect(most).toBeLessThanOrEqual(within(311))
        }
      }),
    )
  })

  it('of 0 ms has only the value itself', () => {
    const window = new MaxWindow(0)
    expect([window.add(0, 5), window.add(0, 3)]).toEqual([5, 3])
  })
})
