import { describe, expect, it, vi } from 'vitest'
import { make } from './alert-fixtures.ts'
import { checkRule } from './rule-check.ts'
import type { EvaluateContext, Verdict } from './rule-custom.ts'
import type { AlertRule } from './rule.ts'

const heartbeat: AlertRule = { name: 'Silent', severity: 'red', absence: { afterMs: 1000 } }

describe('absence', () => {
  it('fires when no value came for longer than afterMs, and resolves with the next one', () => {
    const { emitter, told, after } = make({ rules: [heartbeat] })
    after(1000)
    expect(told).toEqual([])
    after(1)
    expect(emitter.alerts()[0]).toMatchObject({ value: null, summary: 'Silent is absent for 1000 ms' })
    emitter.observe('Silent', 3)
    expect(told).toEqual(['Silent{} firing', 'Silent{} resolved'])
    expect(emitter.history()[0]).toMatchObject({ value: 3 })
  })

  it('takes no data for no value', () => {
    const { emitter, told, after } = make({ rules: [heartbeat] })
    after(600)
    emitter.observe('Silent', NaN)
    after(600)
    expect(told).toEqual(['Silent{} firing'])
    emitter.observe('Silent', null)
    expect(told).toEqual(['Silent{} firing'])
  })

  it('expects labelled series from when they were observed, and no others then', () => {
    const { emitter, told, after } = make({ rules: [heartbeat] })
    after(1001)
    emitter.observe({ rule: 'Silent', labels: { host: 'a' } }, 1)
    expect(told).toEqual(['Silent{} firing', 'Silent{} resolved'])
    after(1001)
    expect(told.slice(2)).toEqual(['Silent{host="a"} firing'])
    emitter.forget({ rule: 'Silent', labels: { host: 'a' } })
    after(5000)
    expect(told.slice(3)).toEqual(['Silent{host="a"} resolved'])
    expect(emitter.snapshot().series).toBe(0)
  })

  it('goes on expecting the one without labels once it was observed', () => {
    const { emitter, told, after } = make({ rules: [heartbeat] })
    emitter.observe('Silent', 1)
    emitter.observe({ rule: 'Silent', labels: { host: 'a' } }, 1)
    after(1001)
    expect(told).toEqual(['Silent{} firing', 'Silent{host="a"} firing'])
  })

  it('expects the label sets that it is told to from the beginning, without counting them', () => {
    const expected = { ...heartbeat, absence: { afterMs: 1000, expect: [{ host: 'a' }, { host: 'b' }] } } as AlertRule
    const { emitter, told, after } = make({ rules: [expected], maxSeries: 1 })
    after(500)
    emitter.observe({ rule: 'Silent', labels: { host: 'b' } }, 1)
    expect(emitter.snapshot().series).toBe(0)
    after(600)
    expect(told).toEqual(['Silent{host="a"} firing'])
    emitter.observe({ rule: 'Silent', labels: { host: 'c' } }, 1)
    expect(emitter.snapshot()).toMatchObject({ series: 1, droppedObservations: 0 })
  })

  it('reads a source, lasts for forMs and keeps firing for keepFiringMs', () => {
    let value: number | undefined
    const rule: AlertRule = { ...heartbeat, forMs: 100, keepFiringMs: 100, source: () => value }
    const { told, after } = make({ rules: [rule] })
    after(1001)
    after(100)
    value = 5
    after(50)
    after(100)
    expect(told).toEqual(['Silent{} pending', 'Silent{} firing', 'Silent{} resolved'])
  })
})

describe('rate of change', () => {
  const rising: AlertRule = {
    name: 'Filling',
    severity: 'yellow',
    rate: { above: 6, clearAt: 3, per: 'minute', overMs: 60_000 },
  }

  it('fires when the value rises faster than it may, and resolves at the clear level', () => {
    const { emitter, told, after } = make({ rules: [rising] })
    const observe = (value: number): void => emitter.observe('Filling', value)
    for (let minute = 0, value = 0; minute < 3; minute++, value += 10) {
      observe(value)
      after(60_000)
    }
    expect(told).toEqual(['Filling{} firing'])
    expect(emitter.alerts()[0]).toMatchObject({
      value: 10,
      condition: 'changing by more than 6 a minute over 60000 ms',
    })
    observe(24)
    expect(told).toHaveLength(1)
    after(60_000)
    observe(27)
    expect(told).toEqual(['Filling{} firing', 'Filling{} resolved'])
  })

  it('has no value before the readings span the window, nor when they have ended', () => {
    const { emitter, told, after } = make({ rules: [{ ...rising, noData: 'fire', flapHold: false }] })
    emitter.observe('Filling', 0)
    expect(told).toEqual(['Filling{} firing'])
    after(60_000)
    emitter.observe('Filling', 1)
    expect(told).toEqual(['Filling{} firing', 'Filling{} resolved'])
    after(60_000)
    expect(told).toHaveLength(2)
    after(1)
    expect(told).toEqual(['Filling{} firing', 'Filling{} resolved', 'Filling{} firing'])
  })

  it('does not take a jump between its first readings for a rate', () => {
    const { emitter, told, clock } = make({ rules: [rising] })
    for (const value of [0, 1000, 2000]) {
      clock.advance(1000)
      emitter.observe('Filling', value)
    }
    expect(told).toEqual([])
  })

  it('takes a fall for negative, by the second by default', () => {
    const level = { value: 1000 }
    const rule: AlertRule = {
      name: 'Leak',
      severity: 'red',
      rate: { below: -5, overMs: 10_000 },
      source: () => level.value,
    }
    const { told, after } = make({ rules: [rule] })
    for (let second = 0; second < 30; second++) {
      after(1000)
      level.value -= second < 15 ? 5 : 6
    }
    expect(told).toEqual(['Leak{} firing'])
  })

  it('keeps a bounded number of readings, and gives the place of a silent series back', () => {
    const { emitter, clock, after } = make({ rules: [rising], maxSeries: 1 })
    for (let index = 0; index < 10_000; index++) {
      clock.advance(10)
      emitter.observe({ rule: 'Filling', labels: { shard: 'a' } }, index)
    }
    emitter.observe({ rule: 'Filling', labels: { shard: 'b' } }, 1)
    expect(emitter.snapshot()).toMatchObject({ series: 1, droppedObservations: 1 })
    emitter.observe({ rule: 'Filling', labels: { shard: 'a' } }, 0)
    after(60_001)
    expect(emitter.snapshot().series).toBe(0)
  })
})

function custom(evaluate: (context: EvaluateContext) => unknown, more: object = {}): AlertRule {
  return { name: 'Own', severity: 'yellow', evaluate, ...more } as AlertRule
}

describe("a rule of one's own", () => {
  it('says by itself whether there is trouble', () => {
    const answers: (boolean | Verdict | undefined)[] = [
      false,
      true,
      undefined,
      { isTrouble: false, isClear: false, value: 4 },
      { isTrouble: false, value: 5 },
    ]
    const { emitter, told } = make({ rules: [custom(() => answers.shift())] })
    for (let left = answers.length; left > 1; left--) emitter.evaluate()
    expect(told).toEqual(['Own{} firing'])
    expect(emitter.alerts()[0]).toMatchObject({ value: 4, condition: 'in trouble' })
    emitter.evaluate()
    expect(told).toEqual(['Own{} firing', 'Own{} resolved'])
    expect(emitter.history()[0]).toMatchObject({ value: 5 })
  })

  it('gets to know value, labels, state and time', () => {
    const seen: EvaluateContext[] = []
    const rule = custom((context) => (seen.push(context), (context.value ?? 0) > 5), { labels: { team: 'x' } })
    const { emitter, after } = make({ rules: [rule] })
    emitter.observe({ rule: 'Own', labels: { host: 'a' } }, 7)
    after(10)
    expect(seen).toEqual([
      { rule: 'Own', labels: { host: 'a', team: 'x' }, value: 7, state: 'inactive', nowMs: 500 },
      { rule: 'Own', labels: { host: 'a', team: 'x' }, value: 7, state: 'firing', nowMs: 510 },
    ])
    expect(emitter.alerts()[0]).toMatchObject({ value: 7 })
  })

  it('may read a source', () => {
    const { told, emitter } = make({ rules: [custom(({ value }) => value === 3, { source: () => 3 })] })
    emitter.evaluate()
    expect(told).toEqual(['Own{} firing'])
  })

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('mine')
      },
    ],
    ['returns a promise', async () => Promise.reject(new Error('late'))],
    ['returns text', () => 'yes'],
    ['returns an odd verdict', () => ({ isTrouble: 1 })],
    ['returns an odd value', () => ({ isTrouble: true, value: '5' })],
  ])('that %s is told once, counted each time, and is no data', (_, evaluate) => {
    const { emitter, told } = make({ rules: [custom(evaluate), { ...heartbeat, forMs: 0, source: () => 1 }] })
    const listener = vi.fn<() => void>()
    emitter.on('sourceError', listener)
    emitter.evaluate()
    emitter.evaluate()
    expect(listener).toHaveBeenCalledOnce()
    expect(emitter.snapshot().sourceErrors).toBe(2)
    expect(told).toEqual([])
  })

  it('is not called again for a series while it is called for it', () => {
    let calls = 0
    const made = make({
      rules: [
        custom(() => {
          calls++
          made.emitter.evaluate()
          return false
        }),
      ],
    })
    made.emitter.observe('Own', 1)
    expect(calls).toBe(1)
  })

  it('may forget, observe and evaluate itself without harm', () => {
    const made = make({
      rules: [
        custom(({ labels }) => {
          made.emitter.observe({ rule: 'Own', labels }, 1)
          made.emitter.evaluate()
          made.emitter.forget({ rule: 'Own', labels })
          return true
        }),
      ],
    })
    made.emitter.observe({ rule: 'Own', labels: { host: 'a' } }, 5)
    made.emitter.evaluate()
    expect(made.told).toEqual([])
    expect(made.emitter.snapshot()).toMatchObject({ firing: 0, series: 0 })
  })
})

it.each<[string, object, string]>([
  ['noData of an absence', { noData: 'keep' }, 'rule.noData has no meaning for an absence: leave it out'],
  ['staleMs of an absence', { staleMs: 5 }, 'rule.staleMs has no meaning for an absence: leave it out'],
  ['an absence of no time', { absence: { afterMs: 0 } }, 'rule.absence.afterMs must be'],
  ['expectations that are no array', { absence: { afterMs: 1, expect: {} } }, 'rule.absence.expect must be an array'],
  ['a rate without a window', { absence: undefined, rate: { above: 1 } }, 'rule.rate.overMs must be a number'],
  ['a rate by the hour', { absence: undefined, rate: { above: 1, overMs: 1, per: 'hour' } }, 'rule.rate.per must be'],
  ['an evaluate that is a value', { absence: undefined, evaluate: true }, 'rule.evaluate must be a function, got true'],
])('refuses %s', (_, change, message) => {
  expect(() => checkRule('rule', { ...heartbeat, ...change })).toThrow(message)
})
