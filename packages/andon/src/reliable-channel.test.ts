import { ManualClock, settle } from '@tps/internal/manual-clock'
import { describe, expect, it } from 'vitest'
import { AlertEmitter } from './alert-emitter.ts'
import type { AlertNotification, Channel } from './channel.ts'
import { ChannelTimeoutError } from './channel-timeout-error.ts'
import { ReliableChannel } from './reliable-channel.ts'
import type { ReliableChannelOptions } from './reliable-options.ts'

type Answer = 'ok' | 'hang' | Error

/** An emitter with one reliable channel over one that answers as told, then well. */
function setUp(answers: Answer[] = [], options: ReliableChannelOptions = {}) {
  const clock = new ManualClock()
  const got: string[] = []
  const ids: string[] = []
  const signals: AbortSignal[] = []
  const inner: Channel = {
    name: 'ops',
    async send({ id, kind, alert }: AlertNotification, { signal }) {
      got.push(`${alert.rule} ${kind}`)
      ids.push(id)
      signals.push(signal)
      const answer = answers.shift() ?? 'ok'
      if (answer === 'hang') await new Promise(() => {})
      if (answer instanceof Error) throw answer
    },
  }
  const common = { timers: clock, clock, random: () => 0.999_999_999, circuit: false } as const
  const channel = new ReliableChannel(inner, { ...common, ...options })
  const emitter = new AlertEmitter({
    rules: [
      { name: 'Red', severity: 'red', threshold: { above: 1 } },
      { name: 'Yellow', severity: 'yellow', threshold: { above: 1 } },
      { name: 'Other', severity: 'yellow', threshold: { above: 1 } },
    ],
    channels: [channel],
    clock,
  })
  const failures: unknown[] = []
  emitter.on('deliveryFailed', ({ error }) => failures.push(error))
  return { clock, channel, emitter, got, ids, signals, failures }
}

const down = (): Error => new Error('down')

describe('retry', () => {
  it('tries again after pauses that double, under the same id', async () => {
    const { clock, channel, emitter, got, ids } = setUp([down(), down()])
    emitter.observe('Red', 5)
    await clock.advanceAsync(999)
    expect(got).toHaveLength(1)
    await clock.advanceAsync(1)
    expect(got).toHaveLength(2)
    await clock.advanceAsync(1999)
    expect(got).toHaveLength(2)
    await clock.advanceAsync(1)
    expect(got).toEqual(['Red firing', 'Red firing', 'Red firing'])
    expect(new Set(ids).size).toBe(1)
    expect(channel.snapshot()).toMatchObject({ delivered: 1, failed: 0, retries: 2, pausing: 0 })
  })

  it('gives a firing up after its attempts', async () => {
    const { clock, emitter, got, failures } = setUp([down(), down(), down()], { attempts: 3 })
    emitter.observe('Red', 5)
    await clock.advanceAsync(60_000)
    expect(got).toHaveLength(3)
    expect(failures).toEqual([down()])
  })

  it('does not give the resolve of a delivered firing up', async () => {
    const { clock, emitter, got, failures } = setUp(['ok', ...Array.from({ length: 50 }, down)])
    emitter.observe('Red', 5)
    await settle()
    emitter.observe('Red', 0)
    await clock.advanceAsync(50 * 60_000)
    expect(got).toHaveLength(52)
    expect(failures).toEqual([])
    expect(emitter.snapshot().channels[0]).toMatchObject({ sent: 2, sending: 0 })
  })

  it('gives the resolve of a firing that was not delivered up as any other', async () => {
    const { clock, emitter, got, failures } = setUp(Array.from({ length: 4 }, down), { attempts: 2 })
    emitter.observe('Red', 5)
    emitter.observe('Red', 0)
    await clock.advanceAsync(60_000)
    expect(got).toEqual(['Red firing', 'Red firing', 'Red resolved', 'Red resolved'])
    expect(failures).toHaveLength(2)
  })

  it('ends at once when the error says that it is no use', async () => {
    const { emitter, got, failures } = setUp([Object.assign(down(), { retryable: false })])
    emitter.observe('Red', 5)
    await settle()
    expect(got).toHaveLength(1)
    expect(failures).toHaveLength(1)
  })

  it('pauses as long as the error asks for', async () => {
    const { clock, emitter, got } = setUp([Object.assign(down(), { retryAfterMs: 90_000 })])
    emitter.observe('Red', 5)
    await clock.advanceAsync(89_999)
    expect(got).toHaveLength(1)
    await clock.advanceAsync(1)
    expect(got).toHaveLength(2)
  })

  it('spreads its pauses between a half and the whole', async () => {
    const { clock, emitter, got } = setUp([down()], { random: () => 0 })
    emitter.observe('Red', 5)
    await clock.advanceAsync(500)
    expect(got).toHaveLength(2)
  })
})

describe('a send that hangs', () => {
  it('is aborted after timeoutMs, gives its place back and is tried again', async () => {
    const { clock, channel, emitter, got, signals } = setUp(['hang'], { concurrency: 1, timeoutMs: 500 })
    emitter.observe('Red', 5)
    emitter.observe('Yellow', 5)
    await clock.advanceAsync(499)
    expect(got).toEqual(['Red firing'])
    await clock.advanceAsync(1)
    expect(signals[0]?.reason).toEqual(new ChannelTimeoutError('ops', 500))
    expect(got).toEqual(['Red firing', 'Yellow firing'])
    await clock.advanceAsync(1000)
    expect(got).toEqual(['Red firing', 'Yellow firing', 'Red firing'])
    expect(channel.snapshot()).toMatchObject({ timeouts: 1, delivered: 2 })
  })

  it('ends when the emitter is closed, and leaves no timer', async () => {
    const { clock, channel, emitter, failures, signals } = setUp(['hang', down()])
    emitter.observe('Red', 5)
    emitter.observe('Yellow', 5)
    await settle()
    emitter.close()
    await emitter.flush()
    expect(signals[0]?.aborted).toBe(true)
    expect(failures).toHaveLength(2)
    expect(clock.pendingTimers).toBe(0)
    expect(channel.snapshot()).toMatchObject({ failed: 2, running: 0, pausing: 0 })
  })
})

it('limits how many sends run, red ones first', async () => {
  const { clock, channel, emitter, got } = setUp(['hang'], { concurrency: 1, timeoutMs: 100 })
  emitter.observe('Other', 5)
  emitter.observe('Yellow', 5)
  emitter.observe('Red', 5)
  await settle()
  expect(channel.snapshot()).toMatchObject({ running: 1, waiting: 2 })
  await clock.advanceAsync(100)
  expect(got).toEqual(['Other firing', 'Red firing', 'Yellow firing'])
})

it('limits how many sends start in an interval', async () => {
  const { channel, emitter, got } = setUp([], { rate: { count: 2, perMs: 60_000 } })
  for (const rule of ['Red', 'Yellow', 'Other']) emitter.observe(rule, 5)
  await settle()
  expect(got).toEqual(['Red firing', 'Yellow firing'])
  expect(channel.snapshot().waiting).toBe(1)
})

it('leaves no listener on the signal', async () => {
  const { channel } = setUp([down(), 'ok'], { backoffMs: 0 })
  const controller = new AbortController()
  const { signal } = controller
  let listeners = 0
  const counted = new Proxy(signal, {
    get(target, key) {
      if (key === 'addEventListener') listeners++
      if (key === 'removeEventListener') listeners--
      const value: unknown = Reflect.get(target, key)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  const alert = { fingerprint: 'R{}', severity: 'red', rule: 'R' }
  const sending = channel.send({ id: '1', kind: 'firing', alert } as AlertNotification, { signal: counted })
  await settle()
  expect(listeners).toBe(1)
  controller.abort()
  await expect(sending).rejects.toThrow('aborted')
  expect(listeners).toBe(0)
})

it.each<[ReliableChannelOptions, string]>([
  [{ concurrency: 0 }, 'concurrency must be an integer in [1, ∞), got 0'],
  [{ attempts: 0 }, 'attempts must be'],
  [{ resolveAttempts: NaN }, 'resolveAttempts must be'],
  [{ backoffMs: -1 }, 'backoffMs must be'],
  [{ backoffMs: 10, maxBackoffMs: 5 }, 'maxBackoffMs must be a finite number in [10, 2147483647], got 5'],
  [{ timeoutMs: 0 }, 'timeoutMs must be'],
  [{ rate: { count: 0, perMs: 1 } }, 'rate.count must be'],
  [{ rate: { count: 1, perMs: 0 } }, 'rate.perMs must be'],
])('checks its options: %o', (options, message) => {
  expect(() => setUp([], options)).toThrow(message)
})
