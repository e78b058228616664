import { ManualClock, settle } from '@tps/internal/manual-clock'
import { describe, expect, it, vi } from 'vitest'
import type { Channel } from './channel.ts'
import { calm, notificationOf } from './channel-test-kit.ts'
import { ReliableChannel } from './reliable-channel.ts'
import type { SendBreaker } from './reliable-circuit.ts'
import type { ReliableChannelOptions } from './reliable-options.ts'

/** A channel whose receiver is down until told otherwise. */
function setUp(options: ReliableChannelOptions = {}) {
  const clock = new ManualClock()
  const receiver: { error: unknown; hangs: boolean } = { error: new Error('down'), hangs: false }
  const got: string[] = []
  const inner: Channel = {
    name: 'ops',
    async send({ alert }) {
      got.push(alert.rule)
      if (receiver.hangs) await new Promise(() => {})
      if (receiver.error) throw receiver.error
    },
  }
  const circuit = { failures: 3, breakMs: 10_000 }
  const common = { clock, timers: clock, random: () => 0, backoffMs: 100, circuit }
  const channel = new ReliableChannel(inner, { ...common, ...options })
  const ends: string[] = []
  const states: string[] = []
  channel.on('circuit', ({ state }) => states.push(state))
  const send = (rule: string, severity: 'red' | 'yellow' = 'red', signal = calm().signal): void => {
    void channel.send(notificationOf('firing', { rule, severity }), { signal }).then(
      () => ends.push(`${rule} delivered`),
      () => ends.push(`${rule} failed`),
    )
  }
  return { clock, receiver, got, channel, ends, states, send }
}

describe('the built-in circuit', () => {
  it('opens after failures in a row, and holds everything back', async () => {
    const { clock, got, channel, states, send } = setUp({ attempts: 10 })
    send('A')
    await clock.advanceAsync(1000)
    expect(got).toEqual(['A', 'A', 'A'])
    send('B')
    await clock.advanceAsync(5000)
    expect(got).toHaveLength(3)
    expect(states).toEqual(['open'])
    expect(channel.snapshot()).toMatchObject({ circuit: 'open', waiting: 2, heldMs: 4150 })
  })

  it('probes with one send after the break, and opens again when that fails', async () => {
    const { clock, got, states, send } = setUp({ attempts: 10 })
    for (const rule of ['A', 'B', 'C', 'D']) send(rule)
    await settle()
    expect(got).toEqual(['A', 'B', 'C', 'D'])
    await clock.advanceAsync(10_000)
    expect(got).toHaveLength(5)
    expect(states).toEqual(['open', 'half-open', 'open'])
    await clock.advanceAsync(10_000)
    expect(got).toHaveLength(6)
  })

  it('delivers all that waited once a probe succeeds, red ones first', async () => {
    const { clock, receiver, got, channel, ends, states, send } = setUp({ attempts: 10, concurrency: 1 })
    send('A')
    await clock.advanceAsync(1000)
    send('Yellow', 'yellow')
    send('Red')
    receiver.error = undefined
    got.length = 0
    await clock.advanceAsync(10_000)
    expect(got).toEqual(['A', 'Red', 'Yellow'])
    expect(ends).toEqual(['A delivered', 'Red delivered', 'Yellow delivered'])
    expect(states).toEqual(['open', 'half-open', 'closed'])
    expect(channel.snapshot()).toMatchObject({ circuit: 'closed', waiting: 0, heldMs: 0 })
    expect(clock.pendingTimers).toBe(0)
  })

  it('lets one probe out at a time', async () => {
    const { clock, receiver, got, send } = setUp({ attempts: 10, timeoutMs: 2000 })
    for (const rule of ['A', 'B', 'C', 'D']) send(rule)
    await settle()
    receiver.hangs = true
    got.length = 0
    await clock.advanceAsync(10_000)
    expect(got).toHaveLength(1)
    await clock.advanceAsync(2000)
    expect(got).toHaveLength(1)
  })

  it('counts successes between failures', async () => {
    const { clock, receiver, states, send } = setUp({ attempts: 2 })
    send('A')
    await clock.advanceAsync(1000)
    receiver.error = undefined
    send('B')
    await settle()
    receiver.error = new Error('down')
    send('C')
    await clock.advanceAsync(1000)
    expect(states).toEqual([])
  })

  it('does not open for refusals that are about the notification', async () => {
    const { channel, receiver, states, send } = setUp()
    receiver.error = Object.assign(new Error('bad request'), { retryable: false })
    for (let index = 0; index < 10; index++) send(`A${index}`)
    await settle()
    expect(states).toEqual([])
    expect(channel.snapshot()).toMatchObject({ failed: 10, circuit: 'closed' })
  })

  it('gives the way to the next probe when one says nothing', async () => {
    const { clock, receiver, states, send } = setUp({ attempts: 4 })
    send('A')
    send('B')
    await clock.advanceAsync(1000)
    receiver.error = Object.assign(new Error('bad request'), { retryable: false })
    await clock.advanceAsync(10_000)
    receiver.error = undefined
    send('C')
    await clock.advanceAsync(1000)
    expect(states.at(-1)).toBe('closed')
  })

  it('lets go of what is aborted while it is open, and leaves no timer', async () => {
    const { clock, channel, ends, send } = setUp({ attempts: 10 })
    const controller = new AbortController()
    send('A', 'red', controller.signal)
    await clock.advanceAsync(1000)
    controller.abort()
    await settle()
    expect(ends).toEqual(['A failed'])
    expect(clock.pendingTimers).toBe(0)
    expect(channel.snapshot()).toMatchObject({ waiting: 0, pausing: 0, running: 0 })
  })

  it('can be left out', async () => {
    const { clock, got, channel, send } = setUp({ circuit: false, attempts: 20 })
    send('A')
    await clock.advanceAsync(600_000)
    expect(got).toHaveLength(20)
    expect(channel.snapshot().circuit).toBeNull()
  })
})

describe('a breaker of the user', () => {
  it('is asked for each send, told how it went, and asked again when it says so', async () => {
    const told: unknown[] = []
    let isOpen = true
    const breaker: SendBreaker = {
      tryAcquire: () =>
        isOpen
          ? undefined
          : {
              success: () => told.push('ok'),
              failure: (error) => told.push(error),
              ignore: () => told.push('ignored'),
            },
      snapshot: () => ({ state: isOpen ? 'open' : 'closed', retryAfterMs: isOpen ? 700 : 0 }),
    }
    const { clock, receiver, got, channel, send } = setUp({ circuit: breaker })
    send('A')
    await clock.advanceAsync(699)
    expect(got).toEqual([])
    expect(channel.snapshot()).toMatchObject({ circuit: 'open', heldMs: 1 })
    isOpen = false
    await clock.advanceAsync(1)
    receiver.error = undefined
    await clock.advanceAsync(100)
    expect(got).toEqual(['A', 'A'])
    expect(told).toEqual([new Error('down'), 'ok'])
  })

  it.each([[{}], [{ retryAfterMs: null }], [{ retryAfterMs: NaN }], [undefined]])(
    'that does not say when is asked again a second later: %o',
    async (snapshot) => {
      let asked = 0
      const tryAcquire = (): undefined => void asked++
      const { clock, send } = setUp({ circuit: snapshot ? { tryAcquire, snapshot: () => snapshot } : { tryAcquire } })
      send('A')
      await clock.advanceAsync(2999)
      expect(asked).toBe(3)
    },
  )

  it('that throws stops nothing, and is reported', async () => {
    const reported: unknown[] = []
    const broken: SendBreaker = {
      tryAcquire() {
        throw new Error('broken')
      },
    }
    const onListenerError = (error: unknown, event: string): void => void reported.push([event, error])
    const { receiver, ends, send } = setUp({ circuit: broken, onListenerError })
    receiver.error = undefined
    send('A')
    await settle()
    expect(ends).toEqual(['A delivered'])
    expect(reported).toEqual([['circuit', new Error('broken')]])
  })

  it('whose permit throws changes no outcome, also when its report throws', async () => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
    const permit = {
      success() {
        throw new Error('broken')
      },
      failure() {},
      ignore() {},
    }
    const { receiver, ends, send } = setUp({
      circuit: { tryAcquire: () => permit },
      onListenerError: () => {
        throw new Error('also broken')
      },
    })
    receiver.error = undefined
    send('A')
    await settle()
    expect(ends).toEqual(['A delivered'])
    expect(printed).toHaveBeenCalledOnce()
    printed.mockRestore()
  })
})

it.each<[ReliableChannelOptions, string]>([
  [{ circuit: { failures: 0 } }, 'circuit.failures must be an integer in [1, ∞), got 0'],
  [{ circuit: { breakMs: NaN } }, 'circuit.breakMs must be'],
  [{ circuit: { tryAcquire: 5 } as never }, 'circuit must have a method tryAcquire()'],
  [{ circuit: true as never }, 'circuit must be an object'],
])('checks its options: %o', (options, message) => {
  expect(() => setUp(options)).toThrow(message)
})
