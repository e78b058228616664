import { describe, expect, it } from 'vitest'
import { make } from './alert-fixtures.ts'
import type { EventCounts } from './rule-burn-rate.ts'
import { checkRule } from './rule-check.ts'
import type { AlertRule, BurnRateRule } from './rule.ts'

describe('burn rate', () => {
  const MINUTE = 60_000
  const burning: BurnRateRule = {
    name: 'Budget',
    severity: 'red',
    burnRate: { target: 0.999, longMs: 60 * MINUTE, shortMs: 5 * MINUTE, factor: 14.4 },
  }

  function setUp(rule: Partial<AlertRule> = {}) {
    const counts = { good: 0, total: 0 }
    const source = (): EventCounts => ({ ...counts })
    const made = make({ rules: [{ ...burning, source, ...rule } as AlertRule] })
    const run = (minutes: number, badRatio: number): void => {
      for (let minute = 0; minute < minutes; minute++) {
        counts.total += 1000
        counts.good += 1000 * (1 - badRatio)
        made.after(MINUTE)
      }
    }
    made.emitter.evaluate()
    return { ...made, counts, run }
  }

  it('fires when both windows burn too fast, and resolves when the short one is over it', () => {
    const { told, run, emitter } = setUp()
    run(60, 0.0005)
    run(5, 0.1)
    // 0.5 % over the hour is no more than 9 times the budget.
    expect(told).toEqual([])
    run(4, 0.1)
    expect(told).toEqual(['Budget{} firing'])
    expect(emitter.alerts()[0]?.value).toBeGreaterThan(14.4)
    run(3, 0)
    expect(told).toHaveLength(1)
    run(3, 0)
    expect(told).toEqual(['Budget{} firing', 'Budget{} resolved'])
  })

  it('stays as it is without events: no traffic is not well', () => {
    const { told, run, after } = setUp()
    run(60, 0.5)
    expect(told).toEqual(['Budget{} firing'])
    for (let minute = 0; minute < 90; minute++) after(MINUTE)
    expect(told).toEqual(['Budget{} firing'])
  })

  it('wants minEvents in each window', () => {
    const { told, run } = setUp({ burnRate: { ...burning.burnRate, minEvents: 5001 } })
    run(100, 0.5)
    expect(told).toEqual([])
  })

  it('begins anew when the counts shrink', () => {
    const { told, counts, run, emitter } = setUp({ noData: 'fire' })
    run(60, 0)
    told.length = 0
    Object.assign(counts, { good: 0, total: 0 })
    run(60, 0.001)
    expect(told).toEqual(['Budget{} firing', 'Budget{} resolved'])
    expect(emitter.snapshot().sourceErrors).toBe(0)
  })

  it('takes observed counts by series, and refuses what are none', () => {
    const { emitter, told, clock } = make({ rules: [burning] })
    const observe = (counts: unknown): void =>
      emitter.observe({ rule: 'Budget', labels: { shop: 'a' } }, counts as EventCounts)
    observe({ good: 100, total: 100 })
    clock.advance(MINUTE)
    observe({ good: 110, total: 200 })
    expect(told).toEqual(['Budget{shop="a"} firing'])
    expect(() => observe(5)).toThrow('value of "Budget" must be { good, total }, undefined or null, got number')
    expect(() => observe({ good: 2, total: 1 })).toThrow('0 ≤ good ≤ total, got 2 and 1')
    expect(() => observe({ good: '2', total: 1 })).toThrow('{ good, total } of numbers, got string and number')
    observe({ good: NaN, total: 5 })
    expect(told).toHaveLength(1)
  })

  it.each<[string, object, string]>([
    ['a factor that could never be reached', { target: 0.9, factor: 14.4 }, 'rule.burnRate.factor must be'],
    ['a target of 1', { target: 1 }, 'rule.burnRate.target must be a finite number in (0, 1), got 1'],
    ['windows the wrong way round', { shortMs: 70 * MINUTE }, 'rule.burnRate.shortMs must be'],
    ['windows too far apart', { shortMs: 1 }, 'rule.burnRate.shortMs must be'],
    ['no events', { minEvents: 0 }, 'rule.burnRate.minEvents must be'],
    ['a clear level beyond the factor', { clearAt: 20 }, 'rule.burnRate.clearAt must be'],
  ])('refuses %s', (_, change, message) => {
    expect(() => checkRule('rule', { ...burning, burnRate: { ...burning.burnRate, ...change } })).toThrow(message)
  })
})
