import { expect, it } from 'vitest'
import { make, recorder } from './alert-fixtures.ts'
import type { InhibitionRule } from './inhibitions.ts'
import type { AlertRule } from './rule.ts'

const rules: AlertRule[] = ['DatabaseDown', 'Slow', 'Errors'].map((name) => ({
  name,
  severity: name === 'DatabaseDown' ? 'red' : 'yellow',
  threshold: { above: 0 },
}))

function setUp(inhibitions: InhibitionRule[] = [{ source: { rule: 'DatabaseDown' }, target: { severity: 'yellow' } }]) {
  const channel = recorder()
  const made = make({ rules, channels: [channel], inhibitions })
  const fire = (rule: string, zone?: string): void =>
    made.emitter.observe(zone === undefined ? rule : { rule, labels: { zone } }, 1)
  const clear = (rule: string, zone?: string): void =>
    made.emitter.observe(zone === undefined ? rule : { rule, labels: { zone } }, 0)
  return { ...made, channel, fire, clear }
}

it('holds the target back while the source fires, and tells it afterwards if it still fires', () => {
  const { channel, fire, clear, told, after, emitter } = setUp()
  fire('DatabaseDown')
  fire('Slow')
  fire('Errors')
  expect(emitter.snapshot()).toMatchObject({ inhibited: 2, silenced: 0 })
  expect(emitter.alerts()[1]).toMatchObject({ inhibitedBy: 'DatabaseDown{}' })
  clear('Errors')
  clear('DatabaseDown')
  after(0)
  expect(channel.texts()).toEqual(['DatabaseDown{} firing', 'DatabaseDown{} resolved', 'Slow{} firing'])
  expect(told.filter((text) => /inhibited|released/.test(text))).toEqual([
    'Slow{} inhibited',
    'Errors{} inhibited',
    'Slow{} released',
  ])
})

it('counts a source that fires in the same evaluation, whatever the order of the rules', () => {
  const channel = recorder()
  const both = [1, 0].map((index) => Object.assign({ source: () => 1 }, rules[index]) as AlertRule)
  const { emitter } = make({
    rules: both,
    channels: [channel],
    inhibitions: [{ source: { rule: 'DatabaseDown' }, target: { rule: 'Slow' } }],
  })
  emitter.evaluate()
  expect(channel.texts()).toEqual(['DatabaseDown{} firing'])
})

it('does not keep the resolve from whom was told before', () => {
  const { channel, fire, clear } = setUp()
  fire('Slow')
  fire('DatabaseDown')
  clear('Slow')
  expect(channel.texts()).toEqual(['Slow{} firing', 'DatabaseDown{} firing', 'Slow{} resolved'])
})

it('wants the labels in `equal` to be the same; lacking one is being empty', () => {
  const { channel, fire } = setUp([{ source: { rule: 'DatabaseDown' }, target: { rule: 'Slow' }, equal: ['zone'] }])
  fire('DatabaseDown', 'a')
  fire('Slow', 'a')
  fire('Slow', 'b')
  fire('Slow')
  expect(channel.texts().slice(1)).toEqual(['Slow{zone="b"} firing', 'Slow{} firing'])
})

it('never lets two alerts that are source and target of a rule hold each other back', () => {
  const { channel, fire } = setUp([{ source: { rule: /./ }, target: { rule: /./ } }])
  fire('Slow')
  fire('Errors')
  expect(channel.texts()).toEqual(['Slow{} firing', 'Errors{} firing'])
})

it('lets an alert that is both hold back one that is a target only', () => {
  const { channel, fire } = setUp([
    { source: { rule: ['Slow', 'Errors'] }, target: { rule: ['Slow', 'DatabaseDown'] } },
  ])
  fire('Slow')
  fire('DatabaseDown')
  expect(channel.texts()).toEqual(['Slow{} firing'])
})

it.each<[object, string]>([
  [{ source: {} }, 'inhibitions[0].source must have from 1 to 16 labels, got 0'],
  [{ target: undefined }, 'inhibitions[0].target must be an object'],
  [{ equal: 'zone' }, 'inhibitions[0].equal must be an array of label names'],
  [{ equal: Array.from({ length: 17 }, () => 'x') }, 'inhibitions[0].equal must have at most 16 label names, got 17'],
])('refuses %o', (change, message) => {
  const rule = { source: { rule: 'Slow' }, target: { rule: 'Slow' }, ...change } as InhibitionRule
  expect(() => setUp([rule])).toThrow(message)
})
