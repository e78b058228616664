import { describe, expect, it } from 'vitest'
import { openSlo } from './open-slo.ts'
import { prometheusRules } from './prometheus-rules.ts'
import { showDuration } from './slo-alerts.ts'
import { Slo } from './slo.ts'
import { toYaml } from './yaml.ts'

const queries = { total: 'sum(rate(requests[$window]))', bad: 'sum(rate(requests{code=~"5.."}[$window]))' }
const checkout = new Slo({ name: 'Checkout (EU)', target: 0.999 })

describe('YAML', () => {
  it('quotes every string, so that none can be taken for anything else', () => {
    const value = { a: ['yes', 1.5, true, 'x: "y"\n# z'], empty: [], none: {}, b: { c: [{ d: 1, e: '' }] } }
    expect(toYaml(value)).toBe(
      'a:\n  - "yes"\n  - 1.5\n  - true\n  - "x: \\"y\\"\\n# z"\nempty: []\nnone: {}\nb:\n  c:\n    - d: 1\n      e: ""\n',
    )
  })
})

describe('durations', () => {
  it.each([
    [300_000, '5m'],
    [3_600_000, '1h'],
    [2_592_000_000, '30d'],
    [5_040_000, '84m'],
    [7000, '7s'],
    [41.6, '42ms'],
  ])('of %f ms are %s', (ms, text) => {
    expect(showDuration(ms)).toBe(text)
  })
})

describe('prometheusRules', () => {
  const rules = prometheusRules(checkout, queries)

  it('records the share of errors of each window once', () => {
    const recorded = [...rules.matchAll(/record: "slo:error_ratio:rate(\w+)"/g)].map(([, window]) => window)
    expect(recorded).toEqual(['5m', '1h', '30m', '6h', '2h', '1d', '3d'])
    expect(rules).toContain('expr: "(sum(rate(requests{code=~\\"5..\\"}[5m]))) / (sum(rate(requests[5m])))"')
  })

  it('has one alert for each of the objective, on both windows and with enough events', () => {
    expect(rules.match(/alert: "SloBudgetBurn"/g)).toHaveLength(4)
    const selector = '{slo=\\"Checkout (EU)\\"}'
    expect(rules).toContain(
      `expr: "slo:error_ratio:rate1h${selector} > (14.4 * 0.001) and slo:error_ratio:rate5m${selector} > (14.4 * 0.001) ` +
        `and slo:events:rate1h${selector} * 3600 >= 20"`,
    )
  })

  it('turns a query of good events round', () => {
    const good = prometheusRules(checkout, { total: queries.total, good: 'sum(rate(fine[$window]))' })
    expect(good).toContain('expr: "1 - ((sum(rate(fine[5m]))) / (sum(rate(requests[5m]))))"')
  })

  it('without alerts still has the budget', () => {
    const text = prometheusRules(new Slo({ target: 0.5, alerts: [] }), queries)
    expect(text).toContain('slo:error_budget_remaining:ratio')
    expect(text).not.toContain('alert:')
  })

  it.each([
    [{ total: 'x[$window]' }, 'either "good" or "bad"'],
    [{ ...queries, good: 'x[$window]' }, 'either "good" or "bad"'],
    [{ total: 'x', bad: 'y[$window]' }, 'queries.total must have "$window"'],
    [{ total: 'x[$window]', bad: 3 }, 'queries.bad must be a string'],
  ])('refuses %o', (wrong, message) => {
    expect(() => prometheusRules(checkout, wrong as never)).toThrow(message)
    expect(() => openSlo(checkout, { queries: wrong as never })).toThrow(message)
  })
})

describe('openSlo', () => {
  it('is an OpenSLO v1 document', () => {
    expect(openSlo(checkout, { service: 'shop', description: 'Paying works.', queries })).toBe(`apiVersion: "openslo/v1"
kind: "SLO"
metadata:
  name: "checkout-eu"
  displayName: "Checkout (EU)"
spec:
  description: "Paying works."
  service: "shop"
  indicator:
    metadata:
      name: "checkout-eu-bad-events"
    spec:
      ratioMetric:
        counter: true
        bad:
          metricSource:
            type: "Prometheus"
            spec:
              query: "sum(rate(requests{code=~\\"5..\\"}[30d]))"
        total:
          metricSource:
            type: "Prometheus"
            spec:
              query: "sum(rate(requests[30d]))"
  timeWindow:
    - duration: "30d"
      isRolling: true
  budgetingMethod: "Occurrences"
  objectives:
    - displayName: "Checkout (EU)"
      target: 0.999
`)
  })

  it('has alert policies where somebody is to be told', () => {
    const text = openSlo(checkout, { queries, notificationTargets: ['on-call'] })
    expect(text.match(/kind: "AlertPolicy"/g)).toHaveLength(4)
    expect(text).toContain('threshold: 14.4\n                lookbackWindow: "1h"\n                alertAfter: "0m"')
    expect(text).toContain('targetRef: "on-call"')
  })

  it.each([
    ['day', '1d'],
    ['week', '1w'],
    ['month', '1M'],
    ['quarter', '1Q'],
    ['year', '1Y'],
  ] as const)('of a calendar %s has a window of %s', (unit, duration) => {
    const text = openSlo(new Slo({ target: 0.99, period: { kind: 'calendar', unit } }), { queries })
    expect(text).toContain(`duration: "${duration}"\n      calendar:\n        startTime: "2024-01-01 00:00:00"`)
    expect(text).toContain('isRolling: false')
  })

  it('has names that are short enough, and each its own', () => {
    const text = openSlo(new Slo({ name: 'A long name '.repeat(20), target: 0.999 }), {
      queries,
      notificationTargets: ['x'],
    })
    const names = [...text.matchAll(/ name: "(.*)"/g)].map(([, name = '']) => name)
    expect(names.every((name) => /^[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$/.test(name))).toBe(true)
    expect(new Set(names.filter((name) => name.includes('-burn-'))).size).toBe(4)
  })

  it('refuses what OpenSLO would', () => {
    expect(() => openSlo(checkout, { queries, description: 'x'.repeat(1051) })).toThrow(RangeError)
    expect(() => openSlo(checkout, { queries, notificationTargets: 'on-call' as never })).toThrow(TypeError)
    expect(() => openSlo(checkout, { queries, service: '' })).toThrow(RangeError)
    expect(openSlo(new Slo({ name: '!!!', target: 0.99 }), { queries })).toContain('name: "slo"')
  })
})
