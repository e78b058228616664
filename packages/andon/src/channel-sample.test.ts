import { ManualClock, settle } from '@tps/internal/manual-clock'
import { describe, expect, it, vi } from 'vitest'
import type { AlertNotification } from './channel.ts'
import { START_MS } from './channel-test-kit.ts'
import { ReliableChannel } from './reliable-channel.ts'
import type { ReliableChannelOptions } from './reliable-options.ts'

/** Each answer is 'ok', 'hang' or what is thrown. */
function setUp(answers: unknown[] = [], options: ReliableChannelOptions = {}) {
  const clock = new ManualClock()
  const got: AlertNotification[] = []
  const inner = {
    name: 'ops',
    async send(notification: AlertNotification) {
      got.push(notification)
      const answer = answers.length > 0 ? answers.shift() : 'ok'
      if (answer === 'hang') await new Promise(() => {})
      if (answer !== 'ok') throw answer
    },
  }
  const channel = new ReliableChannel(inner, {
    clock,
    timers: clock,
    wallNow: () => START_MS,
    timeoutMs: 1000,
    ...options,
  })
  return { clock, channel, got }
}

describe('test()', () => {
  it('sends a sample and its resolve, and reports both', async () => {
    const { channel, got } = setUp()
    const report = await channel.test()
    expect(report).toEqual({
      channel: 'ops',
      isDelivered: true,
      steps: [
        { kind: 'firing', isDelivered: true, durationMs: 0, error: null },
        { kind: 'resolved', isDelivered: true, durationMs: 0, error: null },
      ],
    })
    expect(got.map(({ kind, alert }) => [kind, alert.state, alert.fingerprint])).toEqual([
      ['firing', 'firing', 'AndonTest{channel="ops"}'],
      ['resolved', 'resolved', 'AndonTest{channel="ops"}'],
    ])
    expect(got[0]?.alert).toMatchObject({ summary: 'This is a test: nothing is wrong', severity: 'yellow' })
  })

  it('has another id each time', async () => {
    const { channel, got } = setUp()
    await channel.test()
    await channel.test()
    expect(new Set(got.map(({ id }) => id)).size).toBe(4)
  })

  it.each([
    [Object.assign(new TypeError('no such host'), { code: 'ENOTFOUND' }), 'TypeError', 'ENOTFOUND', 'no such host'],
    ['text', 'Error', null, 'text'],
    [undefined, 'Error', null, 'something that is no error was thrown'],
  ])('reports what was thrown: %s', async (thrown, name, code, message) => {
    const { channel, got } = setUp([thrown])
    const { isDelivered, steps } = await channel.test()
    expect(isDelivered).toBe(false)
    expect(steps).toEqual([{ kind: 'firing', isDelivered: false, durationMs: 0, error: { name, code, message } }])
    expect(got).toHaveLength(1)
  })

  it('resolves what may have arrived', async () => {
    const { clock, channel, got } = setUp(['hang'])
    const testing = channel.test()
    await clock.advanceAsync(1000)
    const { isDelivered, steps } = await testing
    expect(isDelivered).toBe(false)
    expect(steps).toMatchObject([
      { durationMs: 1000, error: { code: 'ERR_CHANNEL_TIMEOUT' } },
      { kind: 'resolved', isDelivered: true },
    ])
    expect(got).toHaveLength(2)
    expect(clock.pendingTimers).toBe(0)
  })

  it('leaves as much time between the two as the rate asks for', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    const { channel, got } = setUp([], { rate: { count: 1, perMs: 3000 } })
    const testing = channel.test()
    await vi.advanceTimersByTimeAsync(2999)
    expect(got).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(await testing).toMatchObject({ isDelivered: true })
    expect(got).toHaveLength(2)
    vi.useRealTimers()
  })

  it.each([true, false])('ends when it is aborted: before %s', async (isBefore) => {
    const { channel } = setUp(['hang'])
    const controller = new AbortController()
    if (isBefore) controller.abort(new Error('enough'))
    const testing = channel.test({ signal: controller.signal })
    await settle()
    controller.abort(new Error('enough'))
    expect(await testing).toMatchObject({ isDelivered: false, steps: [{ error: { message: 'enough' } }] })
  })

  it('neither counts nor waits for the circuit', async () => {
    const { clock, channel } = setUp(Array.from({ length: 10 }, () => new Error('down')))
    const { signal } = new AbortController()
    const notification = { id: '1', kind: 'firing', alert: { fingerprint: 'R{}', severity: 'red' } }
    void channel.send(notification as AlertNotification, { signal }).catch(() => {})
    await clock.advanceAsync(20_000)
    expect(channel.snapshot()).toMatchObject({ circuit: 'open', failed: 1 })
    const before = channel.snapshot()
    expect(await channel.test()).toMatchObject({ isDelivered: false })
    expect(channel.snapshot()).toEqual(before)
  })
})
