import { expect, it } from 'vitest'
import { Matcher, type Matchers } from './matchers.ts'

const alert = { rule: { name: 'Slow', severity: 'red' }, labels: { shard: 'a', rule: 'fake', zone: '' } }

it.each<[Matchers, boolean]>([
  [{ shard: 'a' }, true],
  [{ shard: 'b' }, false],
  [{ shard: ['a', 'b'] }, true],
  [{ shard: ['c'] }, false],
  [{ shard: /A/i }, true],
  [{ shard: { regex: '^[b-z]$' } }, false],
  [{ shard: { not: 'a' } }, false],
  [{ shard: { not: ['b', 'c'] } }, true],
  [{ shard: { not: /a/ } }, false],
  [{ rule: 'Slow', severity: 'red' }, true],
  [{ rule: 'fake' }, false],
  [{ shard: 'a', severity: 'yellow' }, false],
  [{ zone: '' }, true],
  [{ missing: '' }, true],
  [{ toString: '' }, true],
])('%o matches: %s', (matchers, expected) => {
  expect(new Matcher('matchers', matchers).matches(alert)).toBe(expected)
})

it('gives the same answer each time, whatever the flags of the expression', () => {
  const matcher = new Matcher('matchers', { shard: /a/gy })
  expect([matcher.matches(alert), matcher.matches(alert)]).toEqual([true, true])
})

it('copies what it was made of', () => {
  const texts = ['a']
  const matcher = new Matcher('matchers', { shard: texts })
  texts[0] = 'b'
  expect(matcher.matches(alert)).toBe(true)
})

it('may be made again of its plain form', () => {
  const first = new Matcher('matchers', { shard: { not: /^x/i }, zone: [''], severity: 'red' })
  const again = new Matcher('matchers', JSON.parse(JSON.stringify(first.plain)) as Matchers)
  expect(again.plain).toEqual(first.plain)
  expect(again.matches(alert)).toBe(true)
})

it.each<[unknown, string]>([
  [null, 'matchers must be an object, got null'],
  [{ a: 5 }, 'matchers.a must be a string, an array of strings, a RegExp, { regex } or { not }'],
  [{ a: null }, 'matchers.a must be a string'],
  [{ a: [] }, 'matchers.a must be an array of strings, and not be empty'],
  [{ a: { not: { not: 'x' } } }, 'matchers.a.not must be a string'],
  [{ a: { regex: '(' } }, 'matchers.a.regex must be a regular expression, got "("'],
  [Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`l${index}`, ''])), 'from 1 to 16 labels, got 17'],
])('refuses %o', (matchers, message) => {
  expect(() => new Matcher('matchers', matchers as Matchers)).toThrow(message)
})
