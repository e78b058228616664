import { settle } from '@tps/internal/manual-clock'
import { describe, expect, it, vi } from 'vitest'
import { AlertEmitter } from './alert-emitter.ts'
import type { Alert } from './alert.ts'
import type { AlertNotification, Channel } from './channel.ts'
import type { DeliveryFailedEvent } from './events.ts'
import { Outbox } from './outbox.ts'

interface Call {
  readonly what: string
  readonly signal: AbortSignal
  readonly done: () => void
  readonly fail: (error: unknown) => void
}

/** A channel whose answers the test gives. */
function held(name = 'held'): Channel & { readonly calls: Call[]; readonly what: () => string[] } {
  const calls: Call[] = []
  return {
    name,
    calls,
    what: () => calls.map(({ what }) => what),
    async send({ kind, alert }, { signal }) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      calls.push({ what: `${alert.labels.shard} ${kind}`, signal, done: resolve, fail: reject })
      return promise
    },
  }
}

function setUp(channels: Channel[], channelCapacity = 1000) {
  const emitter = new AlertEmitter({
    rules: [{ name: 'NoWork', severity: 'red', threshold: { below: 1 } }],
    channels,
    channelCapacity,
  })
  const failures: DeliveryFailedEvent[] = []
  emitter.on('deliveryFailed', (event) => failures.push(event))
  const fire = (shard: string): void => emitter.observe({ rule: 'NoWork', labels: { shard } }, 0)
  const clear = (shard: string): void => emitter.observe({ rule: 'NoWork', labels: { shard } }, 5)
  return { emitter, failures, fire, clear }
}

it('sends the resolve of an alert only when its firing is through', async () => {
  const channel = held()
  const { emitter, fire, clear } = setUp([channel])
  fire('a')
  clear('a')
  expect(channel.what()).toEqual(['a firing'])
  expect(emitter.snapshot().channels).toEqual([
    { name: 'held', collecting: 0, waiting: 1, sending: 1, sent: 0, failed: 0, dropped: 0 },
  ])
  channel.calls[0]?.done()
  await settle()
  expect(channel.what()).toEqual(['a firing', 'a resolved'])
})

it('lets different alerts overlap', () => {
  const channel = held()
  const { fire } = setUp([channel])
  fire('a')
  fire('b')
  expect(channel.what()).toEqual(['a firing', 'b firing'])
})

it('keeps a failing and a hanging channel from delaying another', async () => {
  const print = vi.spyOn(console, 'error').mockImplementation(() => {})
  const got: string[] = []
  const broken: Channel = {
    name: 'broken',
    send() {
      throw new Error('no')
    },
  }
  const { emitter, failures, fire, clear } = setUp([
    broken,
    held(),
    { name: 'well', send: ({ kind }) => void got.push(kind) },
  ])
  fire('a')
  clear('a')
  expect(got).toEqual(['firing', 'resolved'])
  expect(failures).toMatchObject([
    { channel: 'broken', reason: 'failed', error: new Error('no'), notification: { kind: 'firing' } },
    { channel: 'broken', reason: 'failed', error: new Error('no'), notification: { kind: 'resolved' } },
  ])
  expect(emitter.snapshot().channels[0]).toMatchObject({ failed: 2, sent: 0 })
  expect(print).not.toHaveBeenCalled()
  print.mockRestore()
})

it('hands the resolve over although the send of the firing failed: the receiver may have got it', async () => {
  const channel = held()
  const { failures, fire, clear } = setUp([channel])
  fire('a')
  channel.calls[0]?.fail(new Error('connection lost'))
  await settle()
  clear('a')
  expect(channel.what()).toEqual(['a firing', 'a resolved'])
  expect(failures).toHaveLength(1)
})

it('drops firings over its capacity, with their resolves, and accepts the resolves of the others', async () => {
  const channel = held()
  const { emitter, failures, fire, clear } = setUp([channel], 1)
  fire('a')
  fire('b')
  clear('b')
  clear('a')
  expect(failures).toMatchObject([
    { reason: 'full', error: undefined, notification: { alert: { labels: { shard: 'b' } } } },
  ])
  channel.calls[0]?.done()
  await settle()
  channel.calls[1]?.done()
  await settle()
  expect(channel.what()).toEqual(['a firing', 'a resolved'])
  expect(emitter.snapshot().channels[0]).toEqual({
    name: 'held',
    collecting: 0,
    waiting: 0,
    sending: 0,
    sent: 2,
    failed: 0,
    dropped: 1,
  })
  fire('b')
  expect(channel.what()).toHaveLength(3)
})

it('flushes once everything was answered', async () => {
  const channel = held()
  const { emitter, fire, clear } = setUp([channel])
  await emitter.flush()
  fire('a')
  clear('a')
  const flushed = vi.fn<() => void>()
  const flushing = emitter.flush().then(flushed)
  channel.calls[0]?.done()
  await settle()
  expect(flushed).not.toHaveBeenCalled()
  channel.calls[1]?.fail(new Error('no'))
  await flushing
  expect(flushed).toHaveBeenCalledOnce()
})

it('aborts what is under way and drops what waits when it is closed', async () => {
  const channel = held()
  const { emitter, failures, fire, clear } = setUp([channel])
  fire('a')
  clear('a')
  emitter.close()
  expect(channel.calls[0]?.signal.aborted).toBe(true)
  expect(failures).toMatchObject([{ reason: 'closed', notification: { kind: 'resolved' } }])
  channel.calls[0]?.fail(new Error('aborted'))
  await emitter.flush()
  expect(channel.what()).toEqual(['a firing'])
})

it('gives each notification an id of its own', () => {
  const got: AlertNotification[] = []
  const { fire, clear } = setUp([{ name: 'ids', send: (notification) => void got.push(notification) }])
  fire('a')
  clear('a')
  fire('b')
  expect(new Set(got.map(({ id }) => id)).size).toBe(3)
  expect(got[0]?.id).toMatch(/^NoWork\{shard="a"\}@.*Z\/0\/firing$/)
})

it('prints what could not be delivered when nobody listens', () => {
  const print = vi.spyOn(console, 'error').mockImplementation(() => {})
  const broken: Channel = {
    name: 'broken',
    send() {
      throw new Error('no')
    },
  }
  const emitter = new AlertEmitter({
    rules: [{ name: 'NoWork', severity: 'red', threshold: { below: 1 } }],
    channels: [broken],
  })
  emitter.observe('NoWork', 0)
  expect(print).toHaveBeenCalledExactlyOnceWith(
    expect.stringMatching(/^Channel "broken" did not get NoWork\{\}@.*\(failed\)$/),
    new Error('no'),
  )
  print.mockRestore()
})

it('may be closed by a listener: nothing is sent any more, and nothing is waited for', async () => {
  const channel = held()
  const { emitter, failures, fire } = setUp([channel])
  emitter.on('firing', () => emitter.close())
  fire('a')
  await emitter.flush()
  expect(channel.calls).toEqual([])
  expect(failures).toMatchObject([{ reason: 'closed', notification: { kind: 'firing' } }])
})

it('flushes, for a listener too, what is being told at that moment', async () => {
  const channel = held()
  const { emitter, fire } = setUp([channel])
  const flushed = vi.fn<() => void>()
  emitter.on('firing', () => void emitter.flush().then(flushed))
  fire('a')
  await settle()
  expect(flushed).not.toHaveBeenCalled()
  channel.calls[0]?.done()
  await settle()
  expect(flushed).toHaveBeenCalledOnce()
})

describe('an outbox', () => {
  const alert = { fingerprint: 'A{}', state: 'firing', labels: {} } as Alert
  const firing: AlertNotification = { id: 'f', kind: 'firing', alert }
  const resolved: AlertNotification = { id: 'r', kind: 'resolved', alert: { ...alert, state: 'resolved' } }

  it('keeps the order although a report of a failure posts more of the same alert', async () => {
    const channel = held()
    let calls = 0
    const flaky: Channel = {
      name: 'flaky',
      send(notification, context) {
        calls++
        if (calls === 1) throw new Error('no')
        return calls === 2 ? undefined : channel.send(notification, context)
      },
    }
    const outbox: Outbox = new Outbox(flaky, 10, () => {
      outbox.post(resolved)
      outbox.post(firing)
    })
    outbox.post(firing)
    outbox.post(resolved)
    expect(calls).toBe(3)
    channel.calls[0]?.done()
    await settle()
    expect(calls).toBe(4)
  })

  it('knows the lane of an alert until all of it has settled', async () => {
    const channel = held()
    const outbox = new Outbox(channel, 10, () => {})
    outbox.post(firing, 'lane')
    outbox.post(resolved, 'lane')
    channel.calls[0]?.done()
    await settle()
    expect([outbox.laneOf('A{}'), outbox.isOpen('A{}')]).toEqual(['lane', false])
    channel.calls[1]?.done()
    await settle()
    expect(outbox.laneOf('A{}')).toBeUndefined()
  })
})

it('takes the word of a thenable that is no promise', async () => {
  const thenable = new Proxy({}, { get: () => (done: () => void) => done(), has: () => true })
  const channel = { name: 'odd', send: () => thenable } as unknown as Channel
  const { emitter, fire } = setUp([channel])
  fire('a')
  await emitter.flush()
  expect(emitter.snapshot().channels[0]).toMatchObject({ sent: 1 })
})
