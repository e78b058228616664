import { ManualClock, settle } from '@tps/internal/manual-clock'
import { describe, expect, it } from 'vitest'
import type { AlertNotification } from './channel.ts'
import { ChannelFullError } from './channel-full-error.ts'
import { calm, notificationOf } from './channel-test-kit.ts'
import { ReliableChannel } from './reliable-channel.ts'
import type { ReliableChannelOptions } from './reliable-options.ts'

/** A channel with room for three, whose first send hangs. */
function setUp(options: ReliableChannelOptions = {}) {
  const clock = new ManualClock()
  const got: string[] = []
  const inner = {
    name: 'ops',
    async send({ kind, alert }: AlertNotification) {
      got.push(`${alert.rule} ${kind}`)
      if (got.length === 1) await new Promise(() => {})
    },
  }
  const common = { clock, timers: clock, concurrency: 1, capacity: 3, attempts: 1, timeoutMs: 1000 }
  const channel = new ReliableChannel(inner, { ...common, ...options })
  const dropped: string[] = []
  channel.on('dropped', ({ notification }) => dropped.push(notification.alert.rule))
  const errors: unknown[] = []
  const send = (rule: string, severity: 'red' | 'yellow' = 'red', kind: 'firing' | 'resolved' = 'firing'): void =>
    void channel.send(notificationOf(kind, { rule, severity }), calm()).catch((error: unknown) => errors.push(error))
  return { clock, got, channel, dropped, errors, send }
}

describe('at capacity', () => {
  it('drops the new one by default, and counts it', async () => {
    const { clock, got, channel, dropped, errors, send } = setUp()
    for (const rule of ['A', 'B', 'C', 'D']) send(rule)
    await settle()
    expect(errors).toEqual([new ChannelFullError('ops', 3)])
    expect(errors[0]).toMatchObject({ code: 'ERR_CHANNEL_FULL', capacity: 3, channel: 'ops' })
    await clock.advanceAsync(1000)
    expect(got).toEqual(['A firing', 'B firing', 'C firing'])
    expect(dropped).toEqual(['D'])
    expect(channel.snapshot()).toMatchObject({ dropped: 1, delivered: 2, failed: 1 })
  })

  it('drops the oldest firing that waits when told so, a yellow one before a red one', async () => {
    const { clock, got, dropped, send } = setUp({ overflow: 'drop-oldest' })
    send('A', 'yellow')
    send('B', 'red')
    send('C', 'yellow')
    send('D', 'red')
    send('E', 'red')
    await clock.advanceAsync(1000)
    expect(dropped).toEqual(['C', 'B'])
    expect(got).toEqual(['A firing', 'D firing', 'E firing'])
  })

  it('drops the new one when there is nothing that may be dropped', async () => {
    const { dropped, send } = setUp({ overflow: 'drop-oldest', capacity: 1 })
    send('A')
    send('B')
    await settle()
    expect(dropped).toEqual(['B'])
  })

  it('takes the resolve of a firing that may have arrived, and never drops it', async () => {
    const { clock, got, dropped, send } = setUp({ overflow: 'drop-oldest' })
    send('A')
    send('Known', 'red', 'resolved')
    send('B')
    send('Other', 'yellow', 'resolved')
    send('C')
    await clock.advanceAsync(1000)
    expect(dropped).toEqual(['B'])
    expect(got).toEqual(['A firing', 'Known resolved', 'C firing', 'Other resolved'])
  })

  it('drops the resolve of a firing that it has dropped', async () => {
    const { dropped, send } = setUp()
    for (const rule of ['A', 'B', 'C', 'D']) send(rule)
    await settle()
    send('D', 'red', 'resolved')
    await settle()
    expect(dropped).toEqual(['D', 'D'])
  })

  it('does not keep turns for what it has dropped', async () => {
    const { clock, got, channel, send } = setUp({ overflow: 'drop-oldest' })
    for (let index = 0; index < 1000; index++) send(`A${index}`)
    await clock.advanceAsync(1000)
    expect(got).toEqual(['A0 firing', 'A998 firing', 'A999 firing'])
    expect(channel.snapshot()).toMatchObject({ dropped: 997, waiting: 0, running: 0 })
  })
})

it.each<[ReliableChannelOptions, string]>([
  [{ capacity: 0 }, 'capacity must be an integer in [1, ∞), got 0'],
  [{ overflow: 'forget' as never }, 'overflow must be "reject" or "drop-oldest", got "forget"'],
])('checks its options: %o', (options, message) => {
  expect(() => setUp(options)).toThrow(message)
})

it('starts a long line that was held back without a deep stack', async () => {
  const clock = new ManualClock()
  let sent = 0
  const inner = {
    name: 'ops',
    async send() {
      if (sent++ === 0) throw Object.assign(new Error('busy'), { retryAfterMs: 1000 })
    },
  }
  const channel = new ReliableChannel(inner, { clock, timers: clock, concurrency: Infinity, capacity: Infinity })
  const sending = [channel.send(notificationOf('firing', { rule: 'First' }), calm())]
  await settle()
  for (let index = 0; index < 20_000; index++)
    sending.push(channel.send(notificationOf('firing', { rule: `R${index}` }), calm()))
  expect(channel.snapshot()).toMatchObject({ waiting: 20_000, pausing: 1, running: 0 })
  await clock.advanceAsync(1000)
  await Promise.all(sending)
  expect(channel.snapshot()).toMatchObject({ delivered: 20_001, retries: 1 })
})
