import { describe, expect, it } from 'vitest'
import { make, recorder } from './alert-fixtures.ts'
import type { Channel } from './channel.ts'
import type { EscalatedEvent } from './events.ts'
import type { AlertEmitterOptions } from './options.ts'

const escalation = [
  { afterMs: 100, channels: ['second'] },
  { afterMs: 300, channels: ['boss', 'team'] },
]

function setUp(options: Partial<AlertEmitterOptions> = { escalation }) {
  const channels = ['team', 'second', 'boss'].map((name) => recorder(name))
  const routes = [{ channels: ['team'] }]
  const made = make({ channels, routes, ...options })
  const counts = (): number[] => channels.map(({ got }) => got.length)
  const of = (name: string): string[] => channels.find((channel) => channel.name === name)?.texts() ?? []
  return { ...made, counts, of }
}

describe('an escalation', () => {
  it('tells the next ones as long as nobody has acknowledged', () => {
    const { emitter, after, counts, of } = setUp()
    const events: EscalatedEvent[] = []
    emitter.on('escalated', (event) => events.push(event))
    emitter.observe('Slow', 300)
    after(99)
    expect(counts()).toEqual([1, 0, 0])
    after(1)
    expect(counts()).toEqual([1, 1, 0])
    after(200)
    expect(of('team')).toEqual(['Slow{} firing', 'Slow{} firing/escalation'])
    expect(of('boss')).toEqual(['Slow{} firing/escalation'])
    expect(events.map(({ step, channels }) => [step, channels])).toEqual([
      [1, ['second']],
      [2, ['boss', 'team']],
    ])
  })

  it('stops when the alert is acknowledged, and everybody who was told gets the resolve', () => {
    const { emitter, after, of, told } = setUp()
    emitter.observe('Slow', 300)
    after(100)
    emitter.acknowledge('Slow{}', { by: 'ada' })
    after(1000)
    emitter.observe('Slow', 0)
    expect([of('team'), of('second'), of('boss')]).toEqual([
      ['Slow{} firing', 'Slow{} resolved'],
      ['Slow{} firing/escalation', 'Slow{} resolved'],
      [],
    ])
    expect(told).toEqual(['Slow{} firing', 'Slow{} escalated', 'Slow{} acknowledged', 'Slow{} resolved'])
  })

  it('stops when the alert resolves, and begins anew with the next one', () => {
    const { emitter, after, counts } = setUp()
    emitter.observe('Slow', 300)
    emitter.observe('Slow', 0)
    after(1000)
    expect(counts()).toEqual([2, 0, 0])
    emitter.observe('Slow', 300)
    after(99)
    expect(counts()).toEqual([3, 0, 0])
  })

  it('takes every step that is due when time was slept through', () => {
    const { emitter, after, counts } = setUp()
    emitter.observe('Slow', 300)
    after(10_000)
    expect(counts()).toEqual([2, 1, 1])
  })

  it('counts from when the alert was told first, not from when it was silenced', () => {
    const { emitter, after, counts } = setUp()
    emitter.silence({ matchers: { rule: 'Slow' }, forMs: 500, by: 'ada' })
    emitter.observe('Slow', 300)
    after(500)
    expect(counts()).toEqual([1, 0, 0])
    after(100)
    expect(counts()).toEqual([1, 1, 0])
  })

  it('may be acknowledged by a listener before anybody is told', () => {
    const { emitter, after, counts } = setUp()
    emitter.on('firing', ({ fingerprint }) => void emitter.acknowledge(fingerprint, { by: 'robot' }))
    emitter.observe('Slow', 300)
    after(1000)
    expect(counts()).toEqual([0, 0, 0])
  })

  it('may be acknowledged by a listener of the step', () => {
    const { emitter, after, counts } = setUp()
    emitter.on('escalated', ({ alert }) => void emitter.acknowledge(alert.fingerprint, { by: 'robot' }))
    emitter.observe('Slow', 300)
    after(1000)
    expect(counts()).toEqual([1, 0, 0])
  })

  it('may be a route of its own', () => {
    const { emitter, after, counts } = setUp({
      escalation,
      routes: [
        { match: { severity: 'yellow' }, channels: ['team'] },
        { channels: ['team'], escalation: [{ afterMs: 50, channels: ['boss'] }] },
      ],
    })
    emitter.observe('Slow', 300)
    after(1000)
    expect(counts()).toEqual([1, 0, 1])
  })
})

describe('acknowledge', () => {
  it('takes matchers, returns what it has acknowledged, and only that once', () => {
    const { emitter } = setUp()
    for (const shard of ['a', 'b', 'c']) emitter.observe({ rule: 'Slow', labels: { shard } }, 300)
    const first = emitter.acknowledge({ shard: ['a', 'b'] }, { by: 'ada', comment: 'on it' })
    expect(first.map(({ labels, acknowledgedBy }) => [labels.shard, acknowledgedBy])).toEqual([
      ['a', 'ada'],
      ['b', 'ada'],
    ])
    expect(emitter.acknowledge({ rule: 'Slow' }, { by: 'bob' }).map(({ labels }) => labels.shard)).toEqual(['c'])
    expect(emitter.acknowledge('Other{}', { by: 'bob' })).toEqual([])
    expect(emitter.snapshot()).toMatchObject({ acknowledged: 3 })
  })

  it('is told with who and why, and stands in the history', () => {
    const { emitter } = setUp()
    const events: unknown[] = []
    emitter.on('acknowledged', ({ by, comment, alert }) => events.push([by, comment, alert.acknowledgedBy]))
    emitter.observe('Slow', 300)
    emitter.acknowledge('Slow{}', { by: 'ada', comment: 'on it' })
    emitter.observe('Slow', 0)
    expect(events).toEqual([['ada', 'on it', 'ada']])
    expect(emitter.history()[0]).toMatchObject({ acknowledgedBy: 'ada' })
  })

  it.each<[unknown, object, string]>([
    ['Slow{}', { by: '' }, 'by must have from 1 to 256 characters, got 0'],
    ['Slow{}', { by: 'ada', comment: 5 }, 'comment must be a string, got number'],
    [{}, { by: 'ada' }, 'target must have from 1 to 16 labels, got 0'],
    [5, { by: 'ada' }, 'target must be an object, got 5'],
  ])('refuses %o %o', (target, options, message) => {
    expect(() => setUp().emitter.acknowledge(target as string, options as { by: string })).toThrow(message)
  })
})

describe('repeatEveryMs', () => {
  it('tells again what still fires, until it resolves', () => {
    const { emitter, after, of, told } = setUp({ repeatEveryMs: 100 })
    emitter.observe('Slow', 300)
    after(99)
    expect(of('team')).toHaveLength(1)
    after(1)
    after(250)
    emitter.observe('Slow', 0)
    after(1000)
    expect(of('team')).toEqual(['Slow{} firing', 'Slow{} firing/repeat', 'Slow{} firing/repeat', 'Slow{} resolved'])
    expect(told.filter((text) => text.endsWith('repeated'))).toHaveLength(2)
  })

  it('is never by default', () => {
    const { emitter, after, of } = setUp({})
    emitter.observe('Slow', 300)
    after(1e9)
    expect(of('team')).toEqual(['Slow{} firing'])
  })

  it('stops when the alert is acknowledged', () => {
    const { emitter, after, of } = setUp({ repeatEveryMs: 100 })
    emitter.observe('Slow', 300)
    emitter.acknowledge({ rule: 'Slow' }, { by: 'ada' })
    after(1000)
    expect(of('team')).toEqual(['Slow{} firing'])
  })

  it('tells nobody twice when an escalation falls due at the same time', () => {
    const { emitter, after, of } = setUp({ repeatEveryMs: 100, escalation })
    emitter.observe('Slow', 300)
    after(100)
    expect([of('team'), of('second')]).toEqual([
      ['Slow{} firing', 'Slow{} firing/repeat'],
      ['Slow{} firing/escalation'],
    ])
  })

  it('does not pile up behind a channel that does not answer', () => {
    const stuck = { name: 'stuck', send: async () => new Promise<void>(() => {}) }
    const { emitter, after } = make({ channels: [stuck], repeatEveryMs: 10 })
    emitter.observe('Slow', 300)
    for (let turn = 0; turn < 100; turn++) after(10)
    emitter.observe('Slow', 0)
    expect(emitter.snapshot().channels[0]).toMatchObject({ sending: 1, waiting: 1 })
  })

  it('gives a channel that was full another chance', async () => {
    const channel = recorder()
    const held: (() => void)[] = []
    const first = async (): Promise<void> => new Promise((resolve) => held.push(resolve))
    const stuck: Channel = {
      name: 'rec',
      send: (one, context) => (held.length === 0 ? first() : channel.send(one, context)),
    }
    const { emitter, after } = make({ channels: [stuck], channelCapacity: 1, repeatEveryMs: 100 })
    emitter.on('deliveryFailed', () => {})
    for (const shard of ['a', 'b']) emitter.observe({ rule: 'Slow', labels: { shard } }, 300)
    held[0]?.()
    await emitter.flush()
    after(100)
    emitter.observe({ rule: 'Slow', labels: { shard: 'b' } }, 0)
    expect(channel.texts()).toEqual([
      'Slow{shard="a"} firing/repeat',
      'Slow{shard="b"} firing',
      'Slow{shard="b"} resolved',
    ])
  })
})
