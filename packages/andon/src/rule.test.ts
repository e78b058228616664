import { describe, expect, it } from 'vitest'
import { conditionOf } from './judge.ts'
import { checkRule } from './rule-check.ts'
import type { AlertRule } from './rule.ts'

const rule: AlertRule = { name: 'HighLatency', severity: 'red', threshold: { above: 200 } }

describe('levels', () => {
  it.each([
    [200.1, 'breach'],
    [200, 'between'],
    [150.1, 'between'],
    [150, 'clear'],
    [-Infinity, 'clear'],
    [Infinity, 'breach'],
  ])('above 200, clear at 150: %d is %s', (value, condition) => {
    expect(conditionOf(checkRule('rule', { ...rule, threshold: { above: 200, clearAt: 150 } }), value)).toBe(condition)
  })

  it.each([
    [0.9, 'breach'],
    [1, 'between'],
    [4.9, 'between'],
    [5, 'clear'],
  ])('below 1, clear at 5: %d is %s', (value, condition) => {
    expect(conditionOf(checkRule('rule', { ...rule, threshold: { below: 1, clearAt: 5 } }), value)).toBe(condition)
  })

  it('clears at the threshold itself by default', () => {
    expect(conditionOf(checkRule('rule', rule), 200)).toBe('clear')
    expect(conditionOf(checkRule('rule', { ...rule, threshold: { below: 1 } }), 1)).toBe('clear')
  })

  it.each([
    ['keep', 'unknown'],
    ['fire', 'breach'],
    ['resolve', 'clear'],
  ] as const)('takes missing data as told: %s', (noData, condition) => {
    expect(conditionOf(checkRule('rule', { ...rule, noData }), undefined)).toBe(condition)
  })
})

it.each<[string, object, string]>([
  ['no name', { name: '' }, 'rule.name must not be empty'],
  ['a severity of its own', { severity: 'blue' }, 'rule.severity must be "red" or "yellow", got "blue"'],
  [
    'no kind',
    { threshold: undefined },
    'rule must have one of "threshold", "rate", "burnRate", "absence", "evaluate", got none',
  ],
  ['two kinds', { absence: { afterMs: 1 } }, 'got threshold and absence'],
  ['a threshold that is a number', { threshold: 5 }, 'rule.threshold must be an object, got 5'],
  ['both sides', { threshold: { above: 1, below: 1 } }, 'rule.threshold must have either "above" or "below"'],
  ['no side', { threshold: {} }, 'rule.threshold must have either "above" or "below"'],
  ['NaN', { threshold: { above: NaN } }, 'rule.threshold.above must be a finite number, got NaN'],
  [
    'a clear level beyond the threshold',
    { threshold: { above: 1, clearAt: 2 } },
    'rule.threshold.clearAt must be a finite number in (-∞, 1], got 2',
  ],
  [
    'a clear level on the wrong side',
    { threshold: { below: 1, clearAt: 0 } },
    'rule.threshold.clearAt must be a finite number in [1, ∞), got 0',
  ],
  ['a negative time', { forMs: -1 }, 'rule.forMs must be a finite number in [0, ∞), got -1'],
  ['an unknown policy', { noData: 'ignore' }, 'rule.noData must be "keep" or "fire" or "resolve", got "ignore"'],
  ['staleness of nothing', { staleMs: 0 }, 'rule.staleMs must be a finite number in (0, ∞), got 0'],
  ['a source that is a value', { source: 5 }, 'rule.source must be a function, got 5'],
  ['a label that is a number', { labels: { shard: 5 } }, 'rule.labels.shard must be a string, got number'],
  ['a label that is no name', { labels: { 'a-b': '' } }, `rule.labels: a label's name must match`],
])('refuses %s', (_, change, message) => {
  expect(() => checkRule('rule', { ...rule, ...change })).toThrow(message)
})

it('says what it means when no summary is given', () => {
  expect(checkRule('rule', rule).summary).toBe('HighLatency is above 200')
})
