import { ManualClock, settle } from '@tps/internal/manual-clock'
import { expect, it, vi } from 'vitest'
import { CircuitBreaker, type CircuitBreakerOptions, type ProbeOptions } from './index.ts'

/** A half-open breaker whose only place is taken. */
function busy(probe: ProbeOptions = {}, options: CircuitBreakerOptions = {}) {
  const clock = new ManualClock()
  const breaker = new CircuitBreaker({
    clock,
    timers: clock,
    trip: { consecutiveFailures: 1 },
    break: { ms: 1_000 },
    probe: { overflow: 'wait', maxWaitMs: 500, ...probe },
    ...options,
  })
  breaker.tryAcquire()?.failure(new Error('down'))
  clock.advance(1_000)
  const order: string[] = []
  const call = (name: string, signal?: AbortSignal): Promise<string> => {
    const work = (): string => {
      order.push(name)
      return name
    }
    const done = breaker.execute(work, { signal })
    done.catch(() => {})
    return done
  }
  return { clock, breaker, order, call, probe: breaker.tryAcquire() }
}

it('lets calls wait for the decision and admits them in their order', async () => {
  const { breaker, call, order, probe, clock } = busy()
  const calls = ['a', 'b', 'c'].map((name) => call(name))
  expect(breaker.snapshot()).toMatchObject({ waiting: 3, totals: { rejected: 0 } })
  expect(order).toEqual([])
  probe?.success()
  await expect(Promise.all(calls)).resolves.toEqual(['a', 'b', 'c'])
  expect(order).toEqual(['a', 'b', 'c'])
  expect(clock.pendingTimers).toBe(0)
})

it('refuses them when the circuit opens again', async () => {
  const { breaker, call, order, probe } = busy()
  const calls = [call('a'), call('b')]
  probe?.failure(new Error('still down'))
  for (const one of calls) await expect(one).rejects.toMatchObject({ state: 'open', cause: new Error('still down') })
  expect(order).toEqual([])
  expect(breaker.snapshot()).toMatchObject({ waiting: 0, totals: { rejected: 2 } })
})

it('refuses them when the probe hangs, without anyone calling', async () => {
  const { call, clock } = busy()
  const waiting = call('a')
  clock.advance(499)
  await settle()
  clock.advance(1)
  await expect(waiting).rejects.toMatchObject({ state: 'open', retryAfterMs: 1_000 })
  expect(clock.pendingTimers).toBe(0)
})

it('hands the place of an ignored probe to who has waited longest', async () => {
  const { breaker, call, order, probe } = busy()
  const first = call('first')
  void call('second')
  probe?.ignore()
  expect(order).toEqual(['first'])
  await first
  await settle()
  expect(order).toEqual(['first', 'second'])
  expect(breaker.state).toBe('closed')
})

it('lets nobody overtake', async () => {
  const { breaker, call, order, probe } = busy()
  const first = call('first')
  breaker.on('ignored', () => void call('newcomer'))
  probe?.ignore()
  await first
  await settle()
  expect(order).toEqual(['first', 'newcomer'])
})

it('refuses what comes beyond maxWaiting, and tryAcquire always', async () => {
  const { breaker, call } = busy({ maxWaiting: 2 })
  void call('a')
  void call('b')
  await expect(call('c')).rejects.toMatchObject({ state: 'half-open' })
  expect(breaker.tryAcquire()).toBeUndefined()
  expect(breaker.snapshot().waiting).toBe(2)
})

it('ends with its caller: at once, without the work, and with no listener left', async () => {
  const { breaker, call, order, probe } = busy()
  const controller = new AbortController()
  const { signal } = controller
  const added = vi.spyOn(signal, 'addEventListener')
  const removed = vi.spyOn(signal, 'removeEventListener')
  const cancelled = call('cancelled', signal)
  const other = call('other', signal)
  expect(added).toHaveBeenCalledTimes(2)
  probe?.success()
  await other
  expect(removed.mock.calls).toEqual(added.mock.calls)
  expect(order).toEqual(['cancelled', 'other'])
  await cancelled
  expect(breaker.snapshot().waiting).toBe(0)
})

it('is over when its caller aborts', async () => {
  const { breaker, call, order, probe, clock } = busy()
  const controller = new AbortController()
  const cancelled = call('cancelled', controller.signal)
  controller.abort(new Error('changed my mind'))
  await expect(cancelled).rejects.toThrow('changed my mind')
  expect(breaker.snapshot()).toMatchObject({ waiting: 0, totals: { ignored: 0, rejected: 0 } })
  expect(clock.pendingTimers).toBe(0)
  probe?.success()
  await settle()
  expect(order).toEqual([])
})

it('is no stampede with a ramp: those beyond the share are refused', async () => {
  const { call, order, probe } = busy({ maxWaiting: 1_000 }, { rampUp: { ms: 1_000, fromRatio: 0.1 } })
  const calls = Array.from({ length: 1_000 }, (_, index) => call(`${index}`))
  probe?.success()
  const settled = await Promise.allSettled(calls)
  expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(100)
  expect(order).toHaveLength(100)
})

it('does not nest its callers: ten thousand that throw at once end one after the other', async () => {
  const { breaker, probe } = busy({ maxWaiting: 10_000 }, { trip: { consecutiveFailures: 1 } })
  breaker.reconfigure({
    trip: { consecutiveFailures: Infinity },
    probe: { overflow: 'wait', maxWaitMs: 500, maxWaiting: 10_000 },
  })
  const calls = Array.from({ length: 10_000 }, () =>
    breaker.execute(() => {
      throw new Error('down')
    }),
  )
  const settled = Promise.allSettled(calls)
  probe?.success()
  expect((await settled).every(({ status }) => status === 'rejected')).toBe(true)
  expect(breaker.snapshot().totals).toMatchObject({ failure: 10_001, rejected: 0 })
})

it('ends with a hold, a reset and the disposal', async () => {
  const held = busy()
  const refused = held.call('a')
  held.breaker.forceOpen()
  await expect(refused).rejects.toMatchObject({ state: 'forced-open' })

  const disabled = busy()
  const admitted = disabled.call('a')
  disabled.breaker.disable()
  await expect(admitted).resolves.toBe('a')

  const reset = busy()
  const closed = reset.call('a')
  reset.breaker.reset()
  await expect(closed).resolves.toBe('a')

  const disposed = busy()
  const dropped = disposed.call('a')
  disposed.breaker[Symbol.dispose]()
  await expect(dropped).rejects.toMatchObject({ state: 'half-open' })
  expect(disposed.clock.pendingTimers).toBe(0)
  await expect(disposed.call('later')).rejects.toMatchObject({ state: 'half-open' })
})
