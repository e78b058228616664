import { ManualClock, settle } from '@tps/internal/manual-clock'
import { describe, expect, it } from 'vitest'
import { AlertEmitter } from './alert-emitter.ts'
import { calm, notificationOf } from './channel-test-kit.ts'
import type { AlertDigest, DigestChannel } from './digest.ts'
import { ReliableChannel } from './reliable-channel.ts'
import type { ReliableChannelOptions } from './reliable-options.ts'

/** A channel for people with one place, whose sends end when told. */
function setUp(options: ReliableChannelOptions = {}) {
  const clock = new ManualClock()
  const got: (string | AlertDigest)[] = []
  const ends: ((error?: Error) => void)[] = []
  const wait = async (): Promise<void> =>
    new Promise<void>((resolve, reject) => ends.push((error) => (error ? reject(error) : resolve())))
  const inner: DigestChannel = {
    name: 'people',
    async send({ kind, alert }) {
      got.push(`${alert.rule} ${kind}`)
      await wait()
    },
    async sendDigest(digest) {
      got.push(digest)
      await wait()
    },
  }
  const digest = { above: 3, windowMs: 30_000, maxAlerts: 2 }
  const common = { clock, timers: clock, concurrency: 1, random: () => 0, circuit: false, digest } as const
  const channel = new ReliableChannel(inner, { ...common, ...options })
  const settled: string[] = []
  const send = (rule: string, kind: 'firing' | 'resolved' = 'firing', signal = calm().signal): void =>
    void channel.send(notificationOf(kind, { rule }), { signal }).then(
      () => settled.push(`${rule} delivered`),
      (error: Error) => settled.push(`${rule} ${error.name}`),
    )
  const end = async (error?: Error): Promise<void> => {
    ends.shift()?.(error)
    await settle()
  }
  return { clock, got, channel, settled, send, end }
}

const FIVE = ['A', 'B', 'C', 'D', 'E']
const down = (): Error => new Error('down')

describe('a digest', () => {
  it('takes the place of what waits when that is more than `above`', async () => {
    const { got, channel, settled, send, end } = setUp()
    for (const rule of FIVE) send(rule)
    await end()
    expect(got[0]).toBe('A firing')
    expect(got[1]).toMatchObject({ notifications: 4, firing: 4, resolved: 0, severity: 'red', dropped: 0 })
    expect(settled).toEqual(['A delivered'])
    await end()
    expect(settled).toEqual(FIVE.map((rule) => `${rule} delivered`))
    expect(got).toHaveLength(2)
    expect(channel.snapshot()).toMatchObject({ digests: 1, digested: 4, delivered: 5, waiting: 0, running: 0 })
  })

  it('is not made of as many as `above`', async () => {
    const { got, send, end } = setUp()
    for (const rule of ['A', 'B', 'C', 'D']) send(rule)
    await end()
    expect(got).toEqual(['A firing', 'B firing'])
  })

  it('comes again no sooner than a window later', async () => {
    const { clock, got, channel, send, end } = setUp()
    for (const rule of FIVE) send(rule)
    await end()
    await end()
    for (const rule of FIVE) send(`${rule}2`)
    await end()
    expect(got.slice(2)).toEqual(['A2 firing'])
    await end()
    expect(channel.snapshot()).toMatchObject({ waiting: 4, heldMs: 30_000 })
    await clock.advanceAsync(29_999)
    expect(got).toHaveLength(3)
    await clock.advanceAsync(1)
    expect(got[3]).toMatchObject({ notifications: 4 })
  })

  it('is tried again with what has come since, and each notification has its own tries', async () => {
    const { clock, got, settled, send, end } = setUp({ attempts: 2, digest: { above: 3, windowMs: 0 } })
    for (const rule of FIVE) send(rule)
    await end()
    await end(down())
    send('F')
    expect(got.at(-1)).toBe('F firing')
    await clock.advanceAsync(1000)
    await end(down())
    expect(got.at(-1)).toMatchObject({ notifications: 4 })
    await end(down())
    expect(settled).toEqual(['A delivered', 'B Error', 'C Error', 'D Error', 'E Error'])
    await clock.advanceAsync(1000)
    await end()
    expect(settled.at(-1)).toBe('F delivered')
  })

  it('loses what is aborted while it is under way, and ends when all of it is', async () => {
    const { got, channel, settled, send, end } = setUp()
    const controller = new AbortController()
    send('A')
    for (const rule of ['B', 'C', 'D']) send(rule, 'firing', controller.signal)
    send('E')
    await end()
    expect(got[1]).toMatchObject({ notifications: 4 })
    controller.abort()
    await settle()
    expect(settled).toEqual(['A delivered', 'B AbortError', 'C AbortError', 'D AbortError'])
    await end()
    expect(settled.at(-1)).toBe('E delivered')
    expect(channel.snapshot()).toMatchObject({ delivered: 2, failed: 3, digested: 4 })
  })

  it('tells how many were dropped before it, once', async () => {
    const { clock, got, send, end } = setUp({ capacity: 5, digest: { above: 3, windowMs: 0 } })
    for (const rule of [...FIVE, 'F', 'G']) send(rule)
    await settle()
    await end()
    await end(down())
    await clock.advanceAsync(1000)
    expect(got.slice(1)).toMatchObject([{ dropped: 2 }, { dropped: 2 }])
    await end()
    for (const rule of FIVE) send(rule)
    await end()
    expect(got.at(-1)).toMatchObject({ notifications: 4, dropped: 0 })
  })

  it('is told by an event, before what is in it', async () => {
    const { channel, send, end } = setUp()
    const told: string[] = []
    channel.on('digest', ({ notifications }) => told.push(`digest of ${notifications}`))
    channel.on('delivered', ({ notification, attempts }) => told.push(`${notification.alert.rule} ${attempts}`))
    for (const rule of FIVE) send(rule)
    await end()
    await end()
    expect(told).toEqual(['A 1', 'digest of 4', 'B 1', 'C 1', 'D 1', 'E 1'])
  })
})

it('folds a storm of an emitter, and each delivered firing gets its resolve', async () => {
  const clock = new ManualClock()
  const messages: (string | AlertDigest)[] = []
  const inner: DigestChannel = {
    name: 'people',
    send: async ({ kind }) => void messages.push(kind),
    sendDigest: async (digest) => void messages.push(digest),
  }
  const people = new ReliableChannel(inner, { clock, timers: clock, concurrency: 1, digest: { windowMs: 0 } })
  const rules = [{ name: 'Hot', severity: 'red', threshold: { above: 1 } } as const]
  const emitter = new AlertEmitter({ rules, channels: [people], clock })
  for (const value of [2, 0]) {
    for (let host = 0; host < 500; host++) emitter.observe({ rule: 'Hot', labels: { host: `${host}` } }, value)
    await emitter.flush()
  }
  expect(messages).toMatchObject(['firing', { firing: 499 }, 'resolved', { resolved: 499, severity: 'yellow' }])
  expect(emitter.snapshot().channels[0]).toMatchObject({ sent: 1000, failed: 0 })
})

it.each<[ReliableChannelOptions, string]>([
  [{ digest: { above: 0 } }, 'digest.above must be an integer in [1, ∞), got 0'],
  [{ digest: { windowMs: -1 } }, 'digest.windowMs must be'],
  [{ digest: { maxAlerts: -1 } }, 'digest.maxAlerts must be'],
  [{ digest: { maxRules: 0 } }, 'digest.maxRules must be'],
  [{ digest: true as never }, 'digest must be an object'],
])('checks its options: %o', (options, message) => {
  expect(() => setUp(options)).toThrow(message)
})

it('is refused for a channel that has no digests', () => {
  const channel = { name: 'machine', send() {} }
  expect(() => new ReliableChannel(channel, { digest: {} })).toThrow('channel must have a method sendDigest()')
})
