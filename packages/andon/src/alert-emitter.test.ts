import { ManualClock, settle } from '@tps/internal/manual-clock'
import { describe, expect, it, vi } from 'vitest'
import { AlertEmitter } from './alert-emitter.ts'
import type { Alert } from './alert.ts'
import type { AlertNotification, Channel } from './channel.ts'
import type { AlertEmitterOptions } from './options.ts'
import type { AlertRule } from './rule.ts'

const START = Date.UTC(2026, 0, 1)
const latency: AlertRule = { name: 'HighLatency', severity: 'red', threshold: { above: 200 }, forMs: 60_000 }
const rate: AlertRule = { name: 'NoWork', severity: 'yellow', threshold: { below: 1 } }

function setUp(rules: AlertRule[] = [latency, rate], options: Partial<AlertEmitterOptions> = {}) {
  const clock = new ManualClock(500)
  const emitter = new AlertEmitter({
    rules,
    clock,
    timers: clock,
    wallNow: () => START + clock.now() - 500,
    ...options,
  })
  const told: string[] = []
  for (const event of ['pending', 'firing', 'resolved', 'inactive'] as const)
    emitter.on(event, ({ rule, state }) => {
      expect(state).toBe(event)
      told.push(`${rule} ${state}`)
    })
  return { clock, emitter, told }
}

function broken(): number {
  throw new Error('broken')
}

function recorder(name = 'rec'): Channel & { readonly got: AlertNotification[] } {
  const got: AlertNotification[] = []
  return { name, got, send: (notification) => void got.push(notification) }
}

describe('observed values', () => {
  it('is pending, fires after forMs and resolves', () => {
    const { clock, emitter, told } = setUp()
    emitter.observe('HighLatency', 250)
    clock.advance(59_999)
    emitter.evaluate()
    expect(told).toEqual(['HighLatency pending'])
    clock.advance(1)
    emitter.evaluate()
    emitter.observe('HighLatency', 200)
    expect(told).toEqual(['HighLatency pending', 'HighLatency firing', 'HighLatency resolved'])
  })

  it('forgets a trouble that ends before forMs', () => {
    const { clock, emitter, told } = setUp()
    emitter.observe('HighLatency', 250)
    clock.advance(59_999)
    emitter.observe('HighLatency', 100)
    emitter.observe('HighLatency', 250)
    clock.advance(59_999)
    emitter.observe('HighLatency', 250)
    expect(told).toEqual(['HighLatency pending', 'HighLatency inactive', 'HighLatency pending'])
  })

  it('does not tell pending without forMs', () => {
    const { emitter, told } = setUp()
    emitter.observe('NoWork', 0.5)
    expect(told).toEqual(['NoWork firing'])
  })

  it('keeps one alert for each label set', () => {
    const { emitter, told } = setUp()
    emitter.observe({ rule: 'NoWork', labels: { shard: 'a', zone: '1' } }, 0)
    emitter.observe({ rule: 'NoWork', labels: { zone: '1', shard: 'a' } }, 0)
    emitter.observe({ rule: 'NoWork', labels: { shard: 'b' } }, 0)
    expect(told).toHaveLength(2)
    expect(emitter.alerts().map(({ fingerprint }) => fingerprint)).toEqual([
      'NoWork{shard="a",zone="1"}',
      'NoWork{shard="b"}',
    ])
  })

  it('counts a value that is older than staleMs as no data', () => {
    const { clock, emitter, told } = setUp([{ ...rate, staleMs: 1000, noData: 'resolve' }])
    emitter.observe('NoWork', 0)
    clock.advance(1000)
    emitter.evaluate()
    expect(told).toEqual(['NoWork firing'])
    clock.advance(1)
    emitter.evaluate()
    expect(told).toEqual(['NoWork firing', 'NoWork resolved'])
  })

  it('notices that an observed series went silent', () => {
    const { clock, emitter, told } = setUp([{ ...latency, forMs: 0, staleMs: 1000, noData: 'fire' }])
    emitter.evaluate()
    emitter.observe('HighLatency', 10)
    clock.advance(1001)
    emitter.evaluate()
    expect(told).toEqual(['HighLatency firing'])
    expect(emitter.alerts()[0]?.value).toBeNull()
  })

  it('refuses what it can not know', () => {
    const { emitter } = setUp([latency, { ...rate, source: () => 1 }])
    expect(() => emitter.observe('Unknown', 1)).toThrow('there is no rule "Unknown"')
    expect(() => emitter.observe('NoWork', 1)).toThrow('rule "NoWork" has a source')
    expect(() => emitter.observe('HighLatency', '1' as unknown as number)).toThrow(
      'value of "HighLatency" must be a number',
    )
    expect(() => emitter.observe({ rule: 'HighLatency', labels: { a: 1 as unknown as string } }, 1)).toThrow(TypeError)
  })

  it('drops and counts what would exceed maxSeries, and has room again afterwards', () => {
    const { emitter, told } = setUp([rate], { maxSeries: 1 })
    emitter.observe({ rule: 'NoWork', labels: { shard: 'a' } }, 0)
    emitter.observe({ rule: 'NoWork', labels: { shard: 'b' } }, 0)
    expect(emitter.snapshot()).toMatchObject({ series: 1, firing: 1, observations: 2, droppedObservations: 1 })
    emitter.observe({ rule: 'NoWork', labels: { shard: 'a' } }, 5)
    emitter.observe({ rule: 'NoWork', labels: { shard: 'b' } }, 0)
    expect(told).toEqual(['NoWork firing', 'NoWork resolved', 'NoWork firing'])
  })

  it('keeps no state for series that are well', () => {
    const { emitter } = setUp()
    for (let shard = 0; shard < 100; shard++) emitter.observe({ rule: 'NoWork', labels: { shard: `${shard}` } }, 5)
    expect(emitter.snapshot()).toMatchObject({ series: 0, observations: 100, droppedObservations: 0 })
  })

  it('resolves what it is told to forget', () => {
    const { emitter, told } = setUp()
    emitter.observe({ rule: 'NoWork', labels: { shard: 'a' } }, 0)
    emitter.observe('HighLatency', 500)
    emitter.forget({ rule: 'NoWork', labels: { shard: 'a' } })
    emitter.forget('HighLatency')
    emitter.forget('HighLatency')
    expect(told.slice(2)).toEqual(['NoWork resolved', 'HighLatency inactive'])
    expect(emitter.snapshot().series).toBe(0)
  })
})

describe('sources', () => {
  it('is read once by each evaluation', () => {
    const source = vi.fn<() => number>(() => 0)
    const { emitter, told } = setUp([{ ...rate, source }])
    expect(source).not.toHaveBeenCalled()
    emitter.evaluate()
    emitter.evaluate()
    expect(source).toHaveBeenCalledTimes(2)
    expect(told).toEqual(['NoWork firing'])
  })

  it('can not hurt the other rules by throwing', () => {
    const { emitter, told } = setUp([
      { ...latency, source: broken },
      { ...rate, source: () => 0 },
    ])
    const errors: unknown[] = []
    emitter.on('sourceError', (event) => errors.push(event))
    emitter.evaluate()
    emitter.evaluate()
    expect(told).toEqual(['NoWork firing'])
    expect(errors).toEqual([{ rule: 'HighLatency', error: new Error('broken') }])
    expect(emitter.snapshot().sourceErrors).toBe(2)
  })

  it('is told again when it fails after having worked', () => {
    let isBroken = true
    const { emitter } = setUp([{ ...latency, source: () => (isBroken ? broken() : 1) }])
    const listener = vi.fn<() => void>()
    emitter.on('sourceError', listener)
    for (isBroken of [true, true, false, true]) emitter.evaluate()
    expect(listener).toHaveBeenCalledTimes(2)
  })

  it('counts a promise as a failure and swallows its rejection', async () => {
    const source = (async () => Promise.reject(new Error('late'))) as unknown as () => number
    const { emitter } = setUp([{ ...latency, source }])
    const errors: unknown[] = []
    emitter.on('sourceError', ({ error }) => errors.push(error))
    emitter.evaluate()
    await settle()
    expect(errors).toEqual([
      new TypeError('source of "HighLatency" must return a number, undefined or null, got object'),
    ])
  })

  it('is printed when nobody listens', () => {
    const print = vi.spyOn(console, 'error').mockImplementation(() => {})
    const { emitter } = setUp([{ ...latency, source: () => 'x' as unknown as number }])
    emitter.evaluate()
    expect(print).toHaveBeenCalledExactlyOnceWith(
      'The source of alert rule "HighLatency" failed:',
      expect.any(TypeError),
    )
    print.mockRestore()
  })

  it.each([
    ['keep', [], []],
    ['fire', ['HighLatency firing'], []],
    ['resolve', [], ['HighLatency resolved']],
  ] as const)('without data: %s', (noData, whenWell, whenFiring) => {
    for (const [first, expected] of [
      [100, whenWell],
      [500, whenFiring],
    ] as const) {
      let value: number | undefined = first
      const { emitter, told } = setUp([{ ...latency, forMs: 0, noData, source: () => value }])
      emitter.evaluate()
      told.length = 0
      value = NaN
      emitter.evaluate()
      expect(told).toEqual(expected)
    }
  })

  it('may observe other rules and call evaluate without harm', () => {
    const { emitter, told } = setUp([
      { ...latency, forMs: 0, source: () => (emitter.evaluate(), emitter.observe('NoWork', 0), 500) },
      rate,
    ])
    emitter.evaluate()
    expect(told).toEqual(['NoWork firing', 'HighLatency firing'])
    expect(emitter.snapshot().evaluations).toBe(1)
  })
})

describe('alerts', () => {
  it('show what, how bad and since when', () => {
    const { clock, emitter } = setUp([
      { ...latency, labels: { team: 'core' }, summary: 'p99 is high', description: 'Look.' },
    ])
    emitter.observe({ rule: 'HighLatency', labels: { shard: 'a' } }, 250)
    clock.advance(60_000)
    emitter.observe({ rule: 'HighLatency', labels: { shard: 'a' } }, 300)
    clock.advance(5000)
    expect(emitter.alerts()).toEqual([
      {
        fingerprint: 'HighLatency{shard="a",team="core"}',
        rule: 'HighLatency',
        labels: { shard: 'a', team: 'core' },
        severity: 'red',
        state: 'firing',
        condition: 'above 200',
        summary: 'p99 is high',
        description: 'Look.',
        value: 300,
        activeSince: '2026-01-01T00:00:00.000Z',
        startsAt: '2026-01-01T00:01:00.000Z',
        endsAt: null,
        activeMs: 65_000,
      },
    ])
    emitter.observe({ rule: 'HighLatency', labels: { shard: 'a' } }, 1)
    expect(emitter.alerts()).toEqual([])
    expect(emitter.history()[0]).toMatchObject({ state: 'resolved', value: 1, endsAt: '2026-01-01T00:01:05.000Z' })
  })

  it('come most urgent first', () => {
    const { clock, emitter } = setUp([{ ...latency, name: 'Slow' }, { ...latency, name: 'Worse', forMs: 0 }, rate])
    emitter.observe('Slow', 300)
    clock.advance(1)
    emitter.observe('NoWork', 0)
    clock.advance(1)
    emitter.observe('Worse', 300)
    expect(emitter.alerts().map(({ rule }) => rule)).toEqual(['Worse', 'NoWork', 'Slow'])
    expect(emitter.snapshot()).toMatchObject({ firing: 2, pending: 1, worst: 'red' })
  })

  it('are not bent by a step of the wall clock', () => {
    let stepMs = 0
    const { clock, emitter } = setUp([rate], { wallNow: () => START + clock.now() - 500 + stepMs })
    emitter.observe('NoWork', 0)
    stepMs = -3_600_000
    clock.advance(1000)
    emitter.observe('NoWork', 5)
    expect(emitter.history()[0]).toMatchObject({
      startsAt: '2026-01-01T00:00:00.000Z',
      endsAt: '2026-01-01T00:00:01.000Z',
    })
  })

  it.each([() => NaN, () => Infinity, () => Number(new Date('x')), () => JSON.parse('{') as number])(
    'have a date although wallNow is broken',
    (wallNow) => {
      const { emitter } = setUp([rate], { wallNow })
      emitter.observe('NoWork', 0)
      expect(Date.parse(emitter.alerts()[0]?.activeSince ?? '')).toBeGreaterThan(0)
    },
  )

  it('are kept in a bounded history, latest first', () => {
    const { emitter } = setUp([rate], { historySize: 2 })
    for (const shard of ['a', 'b', 'c']) {
      emitter.observe({ rule: 'NoWork', labels: { shard } }, 0)
      emitter.observe({ rule: 'NoWork', labels: { shard } }, 5)
    }
    expect(emitter.history().map(({ labels }) => labels.shard)).toEqual(['c', 'b'])
    expect(setUp([rate], { historySize: 0 }).emitter.history()).toEqual([])
  })

  it('are frozen', () => {
    const { emitter } = setUp()
    emitter.observe('NoWork', 0)
    expect(() => Object.assign(emitter.alerts()[0] as Alert, { severity: 'red' })).toThrow(TypeError)
  })
})

describe('listeners', () => {
  it('hear what they set off after what is being told', () => {
    const { emitter } = setUp([rate])
    emitter.on('firing', () => emitter.observe('NoWork', 5))
    const heard: string[] = []
    emitter.on('firing', () => heard.push('firing'))
    emitter.on('resolved', () => heard.push('resolved'))
    emitter.observe('NoWork', 0)
    expect(heard).toEqual(['firing', 'resolved'])
  })

  it('can not keep an alert from its channels', () => {
    const channel = recorder()
    const errors: unknown[] = []
    const { emitter } = setUp([rate], { channels: [channel], onListenerError: (error) => errors.push(error) })
    emitter.on('firing', () => {
      throw new Error('mine')
    })
    emitter.observe('NoWork', 0)
    expect(channel.got).toHaveLength(1)
    expect(errors).toEqual([new Error('mine')])
  })

  it('are taken away again', () => {
    const { emitter } = setUp([rate])
    const listener = vi.fn<() => void>()
    emitter.on('firing', listener)()
    emitter.observe('NoWork', 0)
    expect(listener).not.toHaveBeenCalled()
  })
})

describe('active evaluation', () => {
  it('evaluates at every interval until it is stopped', () => {
    const { clock, emitter } = setUp()
    emitter.start({ everyMs: 100 })
    expect(emitter.snapshot().isRunning).toBe(true)
    clock.advance(350)
    expect(emitter.snapshot().evaluations).toBe(3)
    emitter.stop()
    clock.advance(1000)
    expect(emitter.snapshot()).toMatchObject({ evaluations: 3, isRunning: false })
    expect(clock.pendingTimers).toBe(0)
  })

  it('replaces the interval when it is started again', () => {
    const { clock, emitter } = setUp()
    emitter.start({ everyMs: 100 })
    emitter.start()
    clock.advance(1000)
    expect(emitter.snapshot().evaluations).toBe(1)
    expect(clock.pendingTimers).toBe(1)
  })

  it('makes no turn up for time that was slept through', () => {
    const { clock, emitter } = setUp()
    const timers = { callback: (): void => {}, delays: [] as number[] }
    const sleepy = new AlertEmitter({
      rules: [],
      clock,
      timers: {
        schedule(delayMs, callback) {
          timers.delays.push(delayMs)
          timers.callback = callback
          return { cancel: () => {} }
        },
      },
    })
    sleepy.start({ everyMs: 100 })
    clock.advance(1050)
    timers.callback()
    expect(timers.delays).toEqual([100, 100])
    emitter.close()
  })

  it('may be stopped by what it sets off', () => {
    const { clock, emitter } = setUp([{ ...rate, source: () => 0 }])
    emitter.on('firing', () => emitter.stop())
    emitter.start({ everyMs: 100 })
    clock.advance(1000)
    expect(emitter.snapshot().evaluations).toBe(1)
    expect(clock.pendingTimers).toBe(0)
  })

  it('gives its timer back when it is disposed of, and does nothing more', () => {
    const { clock, emitter, told } = setUp()
    emitter.start()
    emitter[Symbol.dispose]()
    emitter.start()
    emitter.observe('NoWork', 0)
    emitter.evaluate()
    expect(clock.pendingTimers).toBe(0)
    expect(told).toEqual([])
  })
})

describe('options', () => {
  it.each<[string, object, string]>([
    ['rules', { rules: undefined }, 'rules must be an array'],
    ['two rules of one name', { rules: [rate, rate] }, 'rules must have unique names, got "NoWork" twice'],
    [
      'two channels of one name',
      { channels: [recorder(), recorder()] },
      'channels must have unique names, got "rec" twice',
    ],
    ['channels', { channels: [{ name: 'x' }] }, 'channels[0] must have a method send()'],
    ['channelCapacity', { channelCapacity: 0 }, 'channelCapacity must be an integer in [1, ∞), got 0'],
    ['historySize', { historySize: NaN }, 'historySize must be an integer in [0, ∞), got NaN'],
    ['maxSeries', { maxSeries: 0.5 }, 'maxSeries must be an integer in [1, ∞), got 0.5'],
    ['wallNow', { wallNow: 5 }, 'wallNow must be a function, got 5'],
    ['a rule', { rules: [{ ...rate, severity: 'x' }] }, 'rules[0].severity must be'],
  ])('are checked: %s', (_, change, message) => {
    expect(() => new AlertEmitter({ rules: [], ...change })).toThrow(message)
  })

  it('are copied', () => {
    const rules = [{ ...rate, threshold: { below: 1 } }]
    const { emitter, told } = setUp(rules)
    rules[0]!.threshold.below = 100
    rules.pop()
    emitter.observe('NoWork', 50)
    expect(told).toEqual([])
  })

  it('refuse an interval that no timer could keep', () => {
    expect(() => setUp().emitter.start({ everyMs: 0 })).toThrow(
      'everyMs must be a finite number in [1, 2147483647], got 0',
    )
  })

  it('have a name by default', () => {
    expect(new AlertEmitter({ rules: [] }).name).toBe('andon')
  })
})
