import { expect, it } from 'vitest'
import { expressionOf } from './rule.ts'
import { BUILT_IN, RulesError, readRules } from './rules-read.ts'

const EVERYTHING = `
rules:
  - name: SlowCheckout
    metric: checkout_ms
    agg: p99
    window: 5m
    op: '>='
    threshold: 250.5
    for: 1m30s
    keepFiring: 30s
    minSamples: 20
    noData: keep
    tags: { env: [prod, stage], region: eu }
    groupBy: [region]
    severity: yellow
    labels: { team: checkout }
    summary: Checkout is slow
    runbook: https://example.org/slow
  - { name: Cpu, metric: cpu_usage, window: 60s, threshold: 80 }
on_call:
  rotation: [{ name: ada, webhook: 'https://example.org/ada' }, { name: bob, channel: slack }]
  start: 2026-01-05T08:00:00Z
  shift: 12h
  overrides: [{ name: bob, from: 2026-01-06T00:00:00Z, until: 1767744000000 }]
escalation: [{ after: 10m, channels: [on-call] }]
group: { by: [team], wait: 5s, interval: 1m }
repeat: 4h
inhibitions: [{ source: { rule: Cpu }, target: { rule: SlowCheckout }, equal: [region] }]
`

it('reads everything that a file may say', () => {
  const { rules, onCall, telling } = readRules(EVERYTHING)
  expect(rules[0]).toEqual({
    name: 'SlowCheckout',
    metric: 'checkout_ms',
    agg: 'p99',
    windowMs: 300_000,
    op: '>=',
    threshold: 250.5,
    forMs: 90_000,
    keepFiringMs: 30_000,
    minSamples: 20,
    noData: 'keep',
    tags: { env: ['prod', 'stage'], region: ['eu'] },
    groupBy: ['region'],
    severity: 'yellow',
    labels: { team: 'checkout' },
    summary: 'Checkout is slow',
    runbook: 'https://example.org/slow',
  })
  expect(rules.map((rule) => expressionOf(rule))).toEqual([
    'p99 by (region) (checkout_ms{env=~"prod|stage",region="eu"}[300s]) >= 250.5',
    'avg(cpu_usage[60s]) > 80',
  ])
  expect(rules[1]).toMatchObject({ severity: 'red', forMs: 0, noData: 'resolve', summary: 'avg(cpu_usage[60s]) > 80' })
  expect(onCall?.schedule).toEqual({
    rotation: ['ada', 'bob'],
    startMs: Date.parse('2026-01-05T08:00:00Z'),
    shiftMs: 43_200_000,
    overrides: [{ name: 'bob', fromMs: Date.parse('2026-01-06T00:00:00Z'), untilMs: 1_767_744_000_000 }],
  })
  expect(telling).toEqual({
    escalation: [{ afterMs: 600_000, channels: ['on-call'] }],
    group: { by: ['team'], waitMs: 5_000, intervalMs: 60_000 },
    repeatEveryMs: 14_400_000,
    inhibitions: [{ source: { rule: 'Cpu' }, target: { rule: 'SlowCheckout' }, equal: ['region'] }],
  })
})

it('reads JSON, and asks who is on call after five minutes unless it says otherwise', () => {
  const person = { name: 'ada', email: 'ada@example.org' }
  const text = JSON.stringify({ rules: [], on_call: { rotation: [person], start: 0, shift: '1d' } })
  expect(readRules(text).telling.escalation).toEqual([{ afterMs: 300_000, channels: ['on-call'] }])
})

it('has the rules of the walkthrough without a file', () => {
  expect(BUILT_IN.rules.map((rule) => expressionOf(rule))).toEqual([
    'avg(cpu_usage[60s]) > 80',
    'avg(memory_usage[60s]) > 90',
    'avg(error_rate[30s]) > 5',
  ])
})

const rule = (more: string): string => `rules: [{ name: Cpu, metric: cpu_usage, threshold: 80, ${more} }]`
const onCall = (more: string): string =>
  `{ rules: [], on_call: { rotation: [{ name: a, slack: 'https://x' }], ${more} } }`

it.each([
  ['rules: [', 'it is no YAML: '],
  ['', 'must be object; it is null'],
  ['rules: 5', 'rules must be array; it is 5'],
  ['{ rules: [], rulez: [] }', 'has no key "rulez"'],
  ['rules: [{}]', 'rules[0] must have name; rules[0] must have metric; rules[0] must have window'],
  [rule('window: soon'), 'rule "Cpu": window must be a duration such as 60s or 1h30m; it is "soon"'],
  [rule('window: 60'), 'rule "Cpu": window must be a duration such as 60s or 1h30m; it is 60'],
  [rule('window: 999ms'), 'rule "Cpu": window must be at least 1s; it is 999ms'],
  [rule('window: 60s, op: "!="'), 'rule "Cpu": op must be one of >, >=, <, <=; it is "!="'],
  [rule('window: 60s, agg: median'), 'rule "Cpu": agg must be one of avg, min, max'],
  [rule('window: 60s, minSamples: 0'), 'rule "Cpu": minSamples must be >= 1; it is 0'],
  [rule('window: 60s, colour: red'), 'rule "Cpu" has no key "colour"'],
  [
    rule('window: 60s, tags: { host: 1 }'),
    'rule "Cpu": tags.host must be a text, or some of which it may be one; it is 1',
  ],
  [rule('window: 60s, labels: { a-b: x }'), 'rule "Cpu": labels must be an object of at most 16 texts'],
  [
    'rules: [{ name: A, metric: a, window: 1s, threshold: 1 }, { name: A, metric: b, window: 1s, threshold: 1 }]',
    'rule "A": name must be unique',
  ],
  [onCall('start: soon, shift: 1h'), 'on_call: start must be a time such as 2026-01-05T08:00:00Z; it is "soon"'],
  [onCall('start: 0, shift: 1s'), 'on_call: shift must be at least 1m; it is 1s'],
  [
    onCall('start: 0, shift: 1h, overrides: [{ name: b, from: 5, until: 5 }]'),
    'on_call: overrides[0].name must be one of the rotation; it is "b"; on_call: overrides[0].until must be after its from',
  ],
  [
    '{ rules: [], on_call: { rotation: [{ name: a }, { name: b, slack: "https://x", email: b@x }], start: 0, shift: 1h } }',
    'on_call: "a" must have one of channel, webhook, slack and email; on_call: "b" must have one of',
  ],
])('says what is wrong with %s', (text, message) => {
  expect(() => readRules(text)).toThrow(RulesError)
  expect(() => readRules(text)).toThrow(message)
})
