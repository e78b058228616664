import { ManualClock, settle } from '@tps/internal/manual-clock'
import { describe, expect, it } from 'vitest'
import { AlertEmitter } from './alert-emitter.ts'
import { make, recorder } from './alert-fixtures.ts'
import type { Channel } from './channel.ts'
import type { AlertRule } from './rule.ts'

// What others' users complained of, one test each. am: prometheus/alertmanager, prom: prometheus/prometheus.

const slow: AlertRule = { name: 'Slow', severity: 'red', threshold: { above: 200 } }

describe('stuck incidents and missing resolves', () => {
  it('am#226: an alert that resolves while it is silenced resolves where it was told', () => {
    const channel = recorder()
    const { emitter } = make({ channels: [channel] })
    emitter.observe('Slow', 300)
    emitter.silence({ matchers: { rule: 'Slow' }, forMs: 1e6, by: 'ada' })
    emitter.observe('Slow', 0)
    expect(channel.texts()).toEqual(['Slow{} firing', 'Slow{} resolved'])
  })

  it('am#1803: an alert that resolves while it is inhibited resolves where it was told', () => {
    const channel = recorder()
    const down: AlertRule = { ...slow, name: 'Down' }
    const { emitter } = make({
      rules: [slow, down],
      channels: [channel],
      inhibitions: [{ source: { rule: 'Down' }, target: { rule: 'Slow' } }],
    })
    emitter.observe('Slow', 300)
    emitter.observe('Down', 300)
    emitter.observe('Slow', 0)
    expect(channel.texts()).toEqual(['Slow{} firing', 'Down{} firing', 'Slow{} resolved'])
  })

  it('am#3664: an alert that resolved while the process was down resolves after the restart', () => {
    const channel = recorder()
    const options = { rules: [{ ...slow, source: () => 300 }], channels: [channel] }
    const { emitter } = make(options)
    emitter.evaluate()
    const saved = emitter.toJSON()
    const clock = new ManualClock()
    const after = AlertEmitter.restore(saved, { ...options, rules: [{ ...slow, source: () => 0 }], clock })
    after.evaluate()
    expect(channel.texts()).toEqual(['Slow{} firing', 'Slow{} resolved'])
  })

  it('am#2060: a group in which one alert resolves and another fires tells both', () => {
    const channel = recorder()
    const { emitter, after } = make({ channels: [channel], group: { by: ['rule'], waitMs: 10, intervalMs: 100 } })
    emitter.observe({ rule: 'Slow', labels: { shard: 'a' } }, 300)
    after(10)
    emitter.observe({ rule: 'Slow', labels: { shard: 'a' } }, 0)
    emitter.observe({ rule: 'Slow', labels: { shard: 'b' } }, 300)
    after(100)
    expect(channel.texts().slice(1)).toEqual(['Slow{shard="a"} resolved', 'Slow{shard="b"} firing'])
  })

  it('am#2398: the resolve is sent although sending the firing failed, for it may have arrived', async () => {
    const kinds: string[] = []
    const broken: Channel = {
      name: 'broken',
      async send({ kind }) {
        kinds.push(kind)
        throw new Error('the answer was lost')
      },
    }
    const { emitter } = make({ channels: [broken] })
    emitter.on('deliveryFailed', () => {})
    emitter.observe('Slow', 300)
    await settle()
    emitter.observe('Slow', 0)
    expect(kinds).toEqual(['firing', 'resolved'])
  })

  it('am#878: nobody gets the resolve of what he was never told', () => {
    const channel = recorder()
    const { emitter, after } = make({
      channels: [channel],
      rules: [slow, { ...slow, name: 'Grouped' }, { ...slow, name: 'Pending', forMs: 1000 }],
      routes: [
        { match: { rule: 'Grouped' }, channels: ['rec'], group: { by: [], waitMs: 1000 } },
        { match: { rule: { not: 'Grouped' } }, channels: ['rec'] },
      ],
    })
    const { id } = emitter.silence({ matchers: { rule: 'Slow' }, forMs: 1000, by: 'ada' })
    for (const rule of ['Slow', 'Grouped', 'Pending']) emitter.observe(rule, 300)
    for (const rule of ['Slow', 'Grouped', 'Pending']) emitter.observe(rule, 0)
    emitter.expireSilence(id)
    after(5000)
    expect(channel.got).toEqual([])
  })
})

describe('no data taken for resolved', () => {
  it.each([
    ['keep', 'firing'],
    ['fire', 'firing'],
    ['resolve', 'resolved'],
  ] as const)('prom#17482, #14085: with noData %s an alert whose data are gone is %s', (noData, state) => {
    let value: number | undefined = 300
    const { emitter, told } = make({ rules: [{ ...slow, noData, source: () => value }] })
    emitter.evaluate()
    value = undefined
    emitter.evaluate()
    expect(told.at(-1)).toBe(`Slow{} ${state}`)
  })

  it('prom#14085: a source that throws is no data, not a resolve', () => {
    let isBroken = false
    const source = (): number => {
      if (isBroken) throw new Error('scrape failed')
      return 300
    }
    const { emitter, told } = make({ rules: [{ ...slow, source }] })
    emitter.on('sourceError', () => {})
    emitter.evaluate()
    isBroken = true
    emitter.evaluate()
    expect(told).toEqual(['Slow{} firing'])
  })
})

describe('hysteresis and flapping', () => {
  it('prom#6504: a separate clear level keeps an alert from ending at the first value below its threshold', () => {
    const { emitter, told } = make({ rules: [{ ...slow, threshold: { above: 200, clearAt: 150 } }] })
    for (const value of [210, 190, 205, 199, 151]) emitter.observe('Slow', value)
    expect(told).toEqual(['Slow{} firing'])
    emitter.observe('Slow', 150)
    expect(told).toEqual(['Slow{} firing', 'Slow{} resolved'])
  })

  it('prom#6816: an alert goes on firing until it has been clear for keepFiringMs without a break', () => {
    const { emitter, told, clock } = make({ rules: [{ ...slow, keepFiringMs: 100 }] })
    for (const value of [300, 0, 300, 0]) {
      emitter.observe('Slow', value)
      clock.advance(99)
    }
    expect(told).toEqual(['Slow{} firing'])
    clock.advance(1)
    emitter.evaluate()
    expect(told).toEqual(['Slow{} firing', 'Slow{} resolved'])
  })

  it('am#952, #1546, #3048: an alert that flaps gives one notice, not one at every turn', () => {
    const channel = recorder()
    const { emitter, clock, after } = make({ channels: [channel], flapHold: { changes: 4, withinMs: 60_000 } })
    for (let turn = 0; turn < 100; turn++) {
      clock.advance(500)
      emitter.observe('Slow', turn % 2 === 0 ? 300 : 0)
    }
    expect(channel.got.filter(({ reason }) => reason === 'flapping')).toHaveLength(1)
    expect(channel.got).toHaveLength(5)
    after(60_000)
    expect(channel.got.at(-1)?.kind).toBe('resolved')
  })
})

describe('storms', () => {
  it('am#583: a thousand alerts of one kind come as one notification', () => {
    const channel = recorder()
    const { emitter, after } = make({ channels: [channel], group: { by: ['rule'], waitMs: 100 } })
    for (let shard = 0; shard < 1000; shard++) emitter.observe({ rule: 'Slow', labels: { shard: `${shard}` } }, 300)
    after(100)
    expect(channel.got).toHaveLength(1)
    expect(channel.got[0]?.alerts).toHaveLength(1000)
  })

  it('am#1834: a channel that hangs or fails delays no other, and what it is not given is counted', () => {
    const hanging: Channel = { name: 'hanging', send: async () => new Promise(() => {}) }
    const failing: Channel = {
      name: 'failing',
      send() {
        throw new Error('no')
      },
    }
    const well = recorder('well')
    const { emitter } = make({ channels: [hanging, failing, well], channelCapacity: 10 })
    let failures = 0
    emitter.on('deliveryFailed', () => failures++)
    for (let shard = 0; shard < 100; shard++) emitter.observe({ rule: 'Slow', labels: { shard: `${shard}` } }, 300)
    expect(well.got).toHaveLength(100)
    const [held, failed] = emitter.snapshot().channels
    expect([held?.dropped, failed?.failed, failures]).toEqual([90, 100, 190])
  })
})

describe('confusing intervals', () => {
  it('am#642, #676: repeatEveryMs alone says when an alert is told again, grouped or not', () => {
    const [plain, grouped] = [recorder('plain'), recorder('grouped')]
    const { emitter, after } = make({
      channels: [plain, grouped],
      repeatEveryMs: 1000,
      routes: [{ channels: ['plain'] }, { channels: ['grouped'], group: { by: ['rule'], waitMs: 0, intervalMs: 100 } }],
    })
    emitter.observe('Slow', 300)
    for (let turn = 0; turn < 30; turn++) after(100)
    for (const channel of [plain, grouped])
      expect(channel.texts()).toEqual(['Slow{} firing', ...Array.from({ length: 3 }, () => 'Slow{} firing/repeat')])
  })

  it('am#917: a change is told at the end of the interval, whenever the next repeat is', () => {
    const channel = recorder()
    const { emitter, after } = make({
      channels: [channel],
      repeatEveryMs: 1e6,
      group: { by: [], waitMs: 0, intervalMs: 100 },
    })
    emitter.observe({ rule: 'Slow', labels: { shard: 'a' } }, 300)
    emitter.observe({ rule: 'Slow', labels: { shard: 'b' } }, 300)
    after(100)
    expect(channel.texts()).toEqual(['Slow{shard="a"} firing', 'Slow{shard="b"} firing'])
  })

  it('am#2166: nothing is repeated that nobody asked to be repeated', () => {
    const channel = recorder()
    const { emitter, after } = make({ channels: [channel], group: { by: [] } })
    emitter.observe('Slow', 300)
    for (let day = 0; day < 10; day++) after(86_400_000)
    expect(channel.texts()).toEqual(['Slow{} firing'])
  })

  it('am#3370: the wait of a new group is not waited again by a group that was told', () => {
    const channel = recorder()
    const { emitter, after } = make({ channels: [channel], group: { by: [], waitMs: 1000, intervalMs: 100 } })
    emitter.observe({ rule: 'Slow', labels: { shard: 'a' } }, 300)
    after(1000)
    after(100)
    emitter.observe({ rule: 'Slow', labels: { shard: 'b' } }, 300)
    expect(channel.got).toHaveLength(2)
  })
})

it('values in labels would make every alert new: a reading stands beside the labels, and the fingerprint stays', () => {
  const channel = recorder()
  const { emitter, after } = make({ channels: [channel], repeatEveryMs: 10 })
  for (const value of [300, 301.5, 299]) {
    emitter.observe('Slow', value)
    after(10)
  }
  expect(new Set(channel.got.map(({ alert }) => alert.fingerprint))).toEqual(new Set(['Slow{}']))
  expect(channel.got.map(({ alert }) => alert.value)).toEqual([300, 300, 301.5, 299])
})
