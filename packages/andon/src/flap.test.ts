import { expect, it } from 'vitest'
import { make, recorder } from './alert-fixtures.ts'
import type { AlertEmitterOptions } from './options.ts'
import type { AlertRule } from './rule.ts'

const flapHold = { changes: 3, withinMs: 1000, calmMs: 500 }
const rule: AlertRule = { name: 'Slow', severity: 'red', threshold: { above: 200 } }

function setUp(options: Partial<AlertEmitterOptions> = {}) {
  const channel = recorder()
  const made = make({ channels: [channel], flapHold, ...options })
  const see = (...values: number[]): void => {
    for (const value of values) {
      made.clock.advance(10)
      made.emitter.observe('Slow', value)
    }
  }
  return { ...made, channel, see }
}

it('holds an alert that comes and goes as firing, with one notice, until it is calm', () => {
  const { channel, see, told, after, emitter } = setUp()
  see(300, 0, 300, 0, 300, 0, 300, 0, 300, 0)
  expect(channel.texts()).toEqual(['Slow{} firing', 'Slow{} resolved', 'Slow{} firing', 'Slow{} firing/flapping'])
  expect(emitter.alerts()[0]).toMatchObject({ state: 'firing', isFlapping: true })
  expect(emitter.snapshot()).toMatchObject({ firing: 1, flapping: 1 })
  after(499)
  expect(told.slice(3)).toEqual(['Slow{} flapping'])
  after(1)
  expect(told.slice(3)).toEqual(['Slow{} flapping', 'Slow{} steady', 'Slow{} resolved'])
  expect(channel.texts().at(-1)).toBe('Slow{} resolved')
  expect(channel.got.at(-1)?.alert).not.toHaveProperty('isFlapping')
  expect(emitter.snapshot()).toMatchObject({ firing: 0, flapping: 0 })
})

it('goes on as the same alert when it fires by the time it is calm', () => {
  const { see, told, after, emitter, channel } = setUp()
  see(300, 0, 300)
  const [{ startsAt } = {}] = emitter.alerts()
  see(0, 300, 0, 300)
  after(500)
  expect(told.at(-1)).toBe('Slow{} steady')
  expect(emitter.alerts()[0]).toMatchObject({ startsAt, state: 'firing' })
  see(0)
  expect(channel.texts().filter((text) => text.endsWith('resolved'))).toHaveLength(2)
})

it('is told once when the hold begins with a firing', () => {
  const { channel, see, told } = setUp({ flapHold: { ...flapHold, changes: 2 } })
  see(300, 0, 300)
  expect(channel.texts()).toEqual(['Slow{} firing', 'Slow{} resolved', 'Slow{} firing/flapping'])
  expect(told.slice(2)).toEqual(['Slow{} firing', 'Slow{} flapping'])
})

it('does not take slow changes for flapping', () => {
  const { channel, see, clock } = setUp()
  for (let change = 0; change < 20; change++) {
    clock.advance(400)
    see(change % 2 === 0 ? 300 : 0)
  }
  expect(channel.texts().some((text) => text.includes('flapping'))).toBe(false)
  expect(channel.got).toHaveLength(20)
})

it('counts from nothing after a hold', () => {
  const { see, told, after } = setUp()
  see(300, 0, 300, 0)
  after(500)
  told.length = 0
  see(300, 0, 300)
  expect(told).toEqual(['Slow{} firing', 'Slow{} resolved', 'Slow{} firing'])
})

it('does not end the hold while it is pending', () => {
  const { see, told, after } = setUp({
    rules: [{ ...rule, forMs: 600 }],
    flapHold: { changes: 2, withinMs: 10_000, calmMs: 500 },
  })
  for (const value of [300, 0, 300]) {
    see(value)
    after(600)
  }
  see(0)
  after(400)
  see(300)
  told.length = 0
  after(500)
  expect(told).toEqual([])
  see(0)
  expect(told).toEqual(['Slow{} steady', 'Slow{} resolved'])
})

it('remembers series that are well as long as they might flap, and no longer', () => {
  const { see, after, emitter } = setUp()
  see(300, 0)
  expect(emitter.snapshot().series).toBe(1)
  after(1000)
  expect(emitter.snapshot().series).toBe(1)
  after(1)
  expect(emitter.snapshot().series).toBe(0)
})

it('ends with its subject', () => {
  const { see, told, channel, emitter } = setUp()
  see(300, 0, 300, 0, 300)
  emitter.forget('Slow')
  expect(told.slice(-3)).toEqual(['Slow{} flapping', 'Slow{} steady', 'Slow{} resolved'])
  expect(channel.texts().at(-1)).toBe('Slow{} resolved')
  see(300)
  expect(told.at(-1)).toBe('Slow{} firing')
})

it('may be turned off, or be another, for a rule', () => {
  const rules: AlertRule[] = [
    { ...rule, flapHold: false },
    { ...rule, name: 'Other', flapHold: { changes: 2, withinMs: 1000 } },
  ]
  const { see, told, emitter, after } = setUp({ rules })
  see(300, 0, 300, 0, 300, 0)
  expect(told.some((text) => text.includes('flapping'))).toBe(false)
  for (const value of [300, 0, 300]) emitter.observe('Other', value)
  expect(told.at(-1)).toBe('Other{} flapping')
  after(999)
  expect(told.at(-1)).toBe('Other{} flapping')
  after(1)
  expect(told.at(-1)).toBe('Other{} steady')
})

it('is not told to channels while a silence holds it back', () => {
  const { see, channel, emitter, after } = setUp()
  see(300)
  emitter.silence({ matchers: { rule: 'Slow' }, forMs: 60_000, by: 'ada' })
  see(0, 300, 0, 300, 0)
  after(500)
  expect(channel.texts()).toEqual(['Slow{} firing', 'Slow{} resolved'])
})
