import { ManualClock } from '@tps/internal/manual-clock'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { SloRing } from './slo-ring.ts'
import { Slo } from './slo.ts'
import type { SloOptions } from './slo-options.ts'
import type { SloStateEvent } from './slo-snapshot.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
/** Tuesday, 10 March 2026, noon. */
const START_MS = Date.UTC(2026, 2, 10, 12)

function make(options: Partial<SloOptions> = {}): { slo: Slo; clock: ManualClock } {
  const clock = new ManualClock(5000)
  return { slo: new Slo({ target: 0.99, clock, wallNow: () => START_MS, ...options }), clock }
}

/** Has `total` events every `stepMs` for `ms`, of which `bad` fail. */
function traffic(made: { slo: Slo; clock: ManualClock }, ms: number, [total, bad]: Rate, stepMs = 15_000): void {
  for (let at = 0; at < ms; at += stepMs) {
    made.slo.add(total - bad, total)
    made.clock.advance(stepMs)
  }
}

type Rate = readonly [total: number, bad: number]

const burning = ({ slo }: { slo: Slo }): (boolean | null)[] => slo.snapshot().alerts.map(({ isBurning }) => isBurning)

const restarted = (before: Slo, wallMs: number, options: Partial<SloOptions> = {}): Slo => {
  const after = make({ ...options, wallNow: () => wallMs }).slo
  after.restore(JSON.parse(JSON.stringify(before.save())))
  return after
}

describe('the budget', () => {
  it('is whole without events, gone when as many failed as are allowed, and negative beyond', () => {
    const { slo } = make({ target: 0.999 })
    expect(slo.budgetRemaining).toBe(1)
    slo.add(1000, 1000)
    expect(slo.budgetRemaining).toBe(1)
    slo.add(999, 1000)
    expect(slo.budgetRemaining).toBeCloseTo(0.5, 12)
    slo.add(997, 1000)
    expect(slo.budgetRemaining).toBeCloseTo(-1 / 3, 12)
    slo.add(1000, 1000)
    expect(slo.budgetRemaining).toBe(0)
    expect(slo.state).toBe('exhausted')
  })

  it('comes back when failures leave the rolling period', () => {
    const made = make()
    made.slo.add(0, 10)
    made.clock.advance(29 * DAY_MS)
    made.slo.add(100, 100)
    expect(made.slo.state).toBe('exhausted')
    made.clock.advance(DAY_MS)
    expect(made.slo.snapshot()).toMatchObject({ total: 100, bad: 0, budgetRemaining: 1, state: 'ok' })
  })

  it.each([
    ['day', Date.UTC(2026, 2, 11)],
    ['week', Date.UTC(2026, 2, 16)],
    ['month', Date.UTC(2026, 3, 1)],
    ['quarter', Date.UTC(2026, 3, 1)],
    ['year', Date.UTC(2027, 0, 1)],
  ] as const)('of a calendar %s is renewed when the next one begins', (unit, endsAt) => {
    const { slo, clock } = make({ period: { kind: 'calendar', unit } })
    slo.add(0, 50)
    expect(slo.snapshot().renewsAt).toBe(new Date(endsAt).toISOString())
    clock.advance(endsAt - START_MS - 1)
    expect(slo.snapshot()).toMatchObject({ total: 50, state: 'exhausted' })
    clock.advance(1)
    expect(slo.snapshot()).toMatchObject({ total: 0, state: 'insufficient-data', budgetRemaining: 1 })
  })
})

describe('the burn rate', () => {
  it('is the share of failures over the share allowed, in the window', () => {
    const made = make()
    traffic(made, 2 * HOUR_MS, [20, 0])
    traffic(made, HOUR_MS, [20, 1])
    expect(made.slo.burnRate(5 * MINUTE_MS)).toBeCloseTo(5, 9)
    expect(made.slo.burnRate(HOUR_MS)).toBeCloseTo(5, 9)
    expect(made.slo.burnRate(3 * HOUR_MS)).toBeCloseTo(5 / 3, 1)
    expect(made.slo.burnRate(30 * DAY_MS)).toBeCloseTo(5 / 3, 9)
  })

  it('is NaN without events and null in the snapshot', () => {
    const { slo } = make()
    expect(slo.burnRate(HOUR_MS)).toBeNaN()
    expect(slo.snapshot().alerts[0]).toMatchObject({ longBurnRate: null, shortBurnRate: null, isBurning: null })
  })

  it.each([0, -1, Number.NaN, 31 * DAY_MS])('refuses a window of %f', (windowMs) => {
    const { slo } = make()
    expect(() => slo.burnRate(windowMs)).toThrow(RangeError)
    expect(() => slo.exhaustsAt(windowMs)).toThrow(RangeError)
  })
})

describe('exhaustsAt', () => {
  it('is a budget at the present rate away', () => {
    const made = make({ period: { kind: 'calendar', unit: 'month' } })
    traffic(made, 10 * HOUR_MS, [25, 0])
    traffic(made, HOUR_MS, [25, 1])
    // 660 failures are allowed of 66,000 events and 240 have been; 3 more of every 100 than are allowed.
    const restMs = ((660 - 240) / 3) * MINUTE_MS
    expect(made.slo.exhaustsAt(HOUR_MS)).toBeCloseTo(START_MS + 11 * HOUR_MS + restMs, -3)
  })

  it('is now when the budget is gone, and never within the budget', () => {
    const made = make()
    traffic(made, HOUR_MS, [100, 1])
    expect(made.slo.exhaustsAt()).toBe(START_MS + HOUR_MS)
    const sound = make()
    traffic(sound, HOUR_MS, [100, 0])
    expect(sound.slo.exhaustsAt()).toBeUndefined()
    expect(sound.slo.snapshot().exhaustsAt).toBeNull()
  })

  it('is undefined when the calendar period ends before', () => {
    const made = make({ period: { kind: 'calendar', unit: 'day' } })
    traffic(made, 6 * HOUR_MS, [50, 0])
    traffic(made, HOUR_MS, [50, 1])
    expect(made.slo.exhaustsAt(HOUR_MS / 2)).toBeUndefined()
  })

  it('is what happens when events go on, also when good ones leave the rolling period', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 11, max: 30 }), (failing, perThousand) => {
        const made = make({ period: { kind: 'rolling', ms: 12 * HOUR_MS } })
        traffic(made, 6 * HOUR_MS, [1000, 2], 5000)
        traffic(made, failing * 6 * MINUTE_MS, [1000, perThousand], 5000)
        const exhaustsAt = made.slo.exhaustsAt(6 * MINUTE_MS) as number
        let passedMs = 0
        while (made.slo.state !== 'exhausted') {
          traffic(made, MINUTE_MS, [1000, perThousand], 5000)
          passedMs += MINUTE_MS
        }
        const nowMs = START_MS + (6 * HOUR_MS + failing * 6 * MINUTE_MS)
        // To within a step of a minute and a coarse slot of one.
        expect(Math.abs(exhaustsAt - nowMs - passedMs)).toBeLessThanOrEqual(3 * MINUTE_MS)
      }),
      { numRuns: 40 },
    )
  })
})

describe('recording', () => {
  it('of values counts those at most the threshold as good', () => {
    const { slo } = make({ threshold: 200 })
    for (const value of [0, 199.9, 200, 200.1, Number.POSITIVE_INFINITY]) slo.recordValue(value)
    expect(slo.snapshot()).toMatchObject({ total: 5, bad: 2, threshold: 200 })
  })

  it('counts what is no value as invalid, tells it and never throws', () => {
    const { slo } = make({ threshold: 200 })
    const told: unknown[] = []
    slo.on('invalid', ({ value }) => told.push(value))
    for (const value of [Number.NaN, -1, '5']) slo.recordValue(value as number)
    slo.add(2, 1)
    slo.add(0.5, 1)
    expect(slo.snapshot()).toMatchObject({ total: 0, bad: 0, invalid: 5 })
    expect(told).toEqual([Number.NaN, -1, '5', { good: 2, total: 1 }, { good: 0.5, total: 1 }])
  })

  it('of values needs a threshold', () => {
    expect(() => make().slo.recordValue(1)).toThrow(TypeError)
  })

  it('takes the moment that is handed on, reads no clock then, and survives one that is none', () => {
    const { slo, clock } = make()
    const now = vi.spyOn(clock, 'now')
    slo.record(false, 5000)
    slo.record(false, 4000)
    slo.record(true, Number.NaN)
    slo.record(true, Number.POSITIVE_INFINITY)
    expect(now).not.toHaveBeenCalled()
    expect(slo.snapshot()).toMatchObject({ total: 4, bad: 2 })
  })

  it('keeps its slots in 32 KB, for every period', () => {
    for (const slots of [720, 732, 736, 744])
      expect(new SloRing(15_000, slots, START_MS).bytes).toBeLessThanOrEqual(32_768)
  })
})

describe('the alerts', () => {
  it('are those of the SRE workbook', () => {
    expect(make().slo.alerts).toEqual([
      { severity: 'red', longMs: HOUR_MS, shortMs: 5 * MINUTE_MS, factor: 14.4 },
      { severity: 'red', longMs: 6 * HOUR_MS, shortMs: 30 * MINUTE_MS, factor: 6 },
      { severity: 'yellow', longMs: DAY_MS, shortMs: 2 * HOUR_MS, factor: 3 },
      { severity: 'yellow', longMs: 3 * DAY_MS, shortMs: 6 * HOUR_MS, factor: 1 },
    ])
  })

  it('tell when 2 % of the budget has gone in an hour, and stop five minutes after the trouble', () => {
    const made = make({ target: 0.999 })
    traffic(made, 3 * DAY_MS, [10_000, 0])
    traffic(made, 54 * MINUTE_MS, [10_000, 155])
    expect(burning(made)[0]).toBe(false)
    traffic(made, 6 * MINUTE_MS, [10_000, 155])
    expect(burning(made)[0]).toBe(true)
    traffic(made, 5 * MINUTE_MS, [10_000, 0])
    expect(burning(made)[0]).toBe(false)
  })

  it('are rules with a name, a severity, a threshold and a source', () => {
    const made = make({ name: 'checkout' })
    const [rule] = made.slo.alertRules()
    expect(rule).toMatchObject({
      name: 'checkout budget burn 14.4 over 1h',
      severity: 'red',
      threshold: { above: 14.4 },
      forMs: 0,
    })
    expect(rule?.source()).toBeUndefined()
    traffic(made, HOUR_MS, [1000, 500])
    expect(rule?.source()).toBeGreaterThan(48)
    made.clock.advance(6 * MINUTE_MS)
    expect(rule?.source()).toBe(0)
    expect(new Set(made.slo.alertRules().map(({ name }) => name)).size).toBe(4)
  })

  it('have no data below minEvents, and need more than a few failures above', () => {
    const made = make({ target: 0.999, minEvents: 10 })
    made.slo.add(0, 9)
    expect(made.slo.alertRules()[0]?.source()).toBeUndefined()
    made.slo.add(90, 90)
    // 9 of 99 failed: 91 times the budget, but for certain only 54 times.
    expect(made.slo.burnRate(HOUR_MS)).toBeCloseTo(90.9, 1)
    expect(made.slo.alertRules()[0]?.source()).toBeCloseTo(53.7, 1)
    const plain = make({ target: 0.999, minEvents: 10, confidence: 0.5 })
    plain.slo.add(90, 99)
    expect(plain.slo.alertRules()[0]?.source()).toBeCloseTo(90.9, 1)
  })

  it('that could never fire are refused', () => {
    expect(() => make({ target: 0.9305 })).toThrow(/alerts\[0\]\.factor must be below 14\.38.*could never fire/)
    expect(make({ target: 0.9306 }).slo.alerts).toHaveLength(4)
    expect(make({ target: 0.5, alerts: [] }).slo.alerts).toEqual([])
  })

  it('of one name are told once when the state changes', () => {
    const { slo, clock } = make()
    const told: SloStateEvent[] = []
    slo.on('state', (event) => told.push(event))
    slo.add(100, 100)
    clock.advance(MINUTE_MS)
    slo.record(true)
    slo.add(0, 10)
    clock.advance(MINUTE_MS)
    slo.record(true)
    slo.record(true)
    expect(told.map(({ from, to }) => [from, to])).toEqual([
      ['insufficient-data', 'ok'],
      ['ok', 'exhausted'],
    ])
    expect(told[1]?.budgetRemaining).toBeLessThan(0)
  })
})

describe('a restart', () => {
  it('goes on where it stopped', () => {
    const made = make()
    traffic(made, 5 * DAY_MS, [10, 1])
    traffic(made, HOUR_MS, [10, 3])
    const { slo } = made
    const after = restarted(slo, START_MS + 5 * DAY_MS + HOUR_MS)
    expect(after.snapshot()).toEqual(slo.snapshot())
    expect(after.save()).toEqual(slo.save())
  })

  it('counts the time it was away', () => {
    const made = make()
    traffic(made, HOUR_MS, [10, 5])
    const after = restarted(made.slo, START_MS + 3 * HOUR_MS)
    expect(after.burnRate(HOUR_MS)).toBeNaN()
    expect(after.burnRate(DAY_MS)).toBeCloseTo(50, 9)
    expect(restarted(made.slo, START_MS + 31 * DAY_MS).snapshot()).toMatchObject({ total: 0 })
  })

  it('with a clock that was put back loses nothing', () => {
    const made = make()
    traffic(made, 2 * HOUR_MS, [10, 5])
    const after = restarted(made.slo, START_MS - DAY_MS)
    expect(after.snapshot()).toMatchObject({ total: 4800, bad: 2400 })
    expect(after.burnRate(5 * MINUTE_MS)).toBeCloseTo(50, 9)
  })

  it('adds to what has been counted since', () => {
    const [before, after] = [make().slo, make().slo]
    before.add(5, 10)
    after.add(20, 20)
    after.restore(before.save())
    expect(after.snapshot()).toMatchObject({ total: 30, bad: 5 })
  })

  it.each([
    ['nothing', undefined],
    ['another version', { version: 2 }],
    ['another period', { baseMs: 14_000 }],
    ['no tiers', { tiers: 5 }],
    ['too few tiers', { tiers: [[], []] }],
    ['a tier that is none', { tiers: [[], [], 3] }],
    ['an entry that is none', { tiers: [[[1, 2]], [], []] }],
    ['a negative count', { tiers: [[[1, -2, 0]], [], []] }],
    ['a fraction', { tiers: [[[1, 2.5, 0]], [], []] }],
    ['more failures than events', { tiers: [[[1, 2, 3]], [], []] }],
    ['NaN', { invalid: Number.NaN }],
  ])('refuses %s and keeps what it has', (_, wrong) => {
    const { slo } = make()
    slo.add(5, 10)
    const saved = wrong === undefined ? undefined : { ...slo.save(), ...wrong }
    expect(() => slo.restore(saved as never)).toThrow(/saved/)
    expect(slo.snapshot()).toMatchObject({ total: 10, bad: 5 })
  })
})

describe('options', () => {
  it.each([
    [{ target: 1 }, 'target must be a finite number in (0, 1), got 1'],
    [{ target: Number.NaN }, 'target'],
    [{ target: '0.99' }, 'target must be a number'],
    [{ name: '' }, 'name'],
    [{ threshold: -1 }, 'threshold'],
    [{ minEvents: 0 }, 'minEvents'],
    [{ confidence: 0.4 }, 'confidence'],
    [{ period: { kind: 'rolling', ms: 10 } }, 'period.ms'],
    [{ period: { kind: 'calendar', unit: 'decade' } }, 'period.unit'],
    [{ period: { kind: 'sliding' } }, 'period.kind'],
    [{ alerts: {} }, 'alerts'],
    [{ alerts: [{ severity: 'blue' }] }, 'alerts[0].severity'],
    [{ alerts: [{ severity: 'red', longMs: 40 * DAY_MS }] }, 'alerts[0].longMs'],
    [{ alerts: [{ severity: 'red', longMs: HOUR_MS, shortMs: 59_999, factor: 1 }] }, 'alerts[0].shortMs'],
    [{ alerts: [{ severity: 'red', longMs: HOUR_MS, shortMs: HOUR_MS, factor: 1 }] }, 'alerts[0].shortMs'],
    [{ alerts: [{ severity: 'red', longMs: HOUR_MS, shortMs: MINUTE_MS, factor: 0 }] }, 'alerts[0].factor'],
    [
      { alerts: ['red', 'yellow'].map((severity) => ({ severity, longMs: HOUR_MS, shortMs: MINUTE_MS, factor: 2 })) },
      'alerts must differ in factor or long window, got 2 over 1h twice',
    ],
    [{ wallNow: () => Number.NaN }, 'wallNow()'],
    [{ clock: {} }, 'clock'],
  ])('refuses %o', (wrong, message) => {
    expect(() => make(wrong as never)).toThrow(message)
  })

  it('are copied', () => {
    const alert = { severity: 'red', longMs: HOUR_MS, shortMs: MINUTE_MS, factor: 2 } as { factor: number }
    const { slo } = make({ alerts: [alert as never] })
    alert.factor = 3
    expect(slo.alerts[0]?.factor).toBe(2)
  })
})
