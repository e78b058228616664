import { ManualClock, settle } from '@tps/internal/manual-clock'
import { expect, it } from 'vitest'
import { CircuitBreaker, type CircuitBreakerOptions, type CircuitBreakerRules } from './index.ts'

function make(options: CircuitBreakerOptions = {}) {
  const clock = new ManualClock()
  const breaker = new CircuitBreaker({ clock, timers: clock, ...options })
  const fail = (times: number): void => {
    for (let call = 0; call < times; call++) breaker.tryAcquire()?.failure(new Error('down'))
  }
  return { clock, breaker, fail }
}

it('applies the new rules from the next outcome on', () => {
  const { breaker, fail } = make()
  fail(3)
  breaker.reconfigure({ trip: { consecutiveFailures: 2 } })
  expect(breaker.state).toBe('closed')
  fail(1)
  expect(breaker.state).toBe('open')
})

it('replaces all of the rules: what is not given has its default', () => {
  const { breaker, fail } = make({ trip: { consecutiveFailures: 100 }, break: { ms: 5 } })
  breaker.reconfigure({})
  fail(5)
  expect(breaker.snapshot()).toMatchObject({ state: 'open', retryAfterMs: 30_000 })
})

it('keeps what the window holds, also in a longer and a shorter one', () => {
  const { breaker, clock, fail } = make({ trip: { failureRatio: 1 } })
  fail(4)
  clock.advance(15_000)
  fail(3)
  const trip = { failureRatio: 1 }
  const read = (): number => breaker.snapshot().window.completed
  breaker.reconfigure({ trip, window: { kind: 'time', ms: 60_000 } })
  expect(read()).toBe(7)
  breaker.reconfigure({ trip, window: { kind: 'time', ms: 10_000 } })
  expect(read()).toBe(3)
  breaker.reconfigure({ trip, window: { kind: 'count', calls: 30 } })
  expect(read()).toBe(0)
  fail(3)
  breaker.reconfigure({ trip, window: { kind: 'count', calls: 2 } })
  expect(read()).toBe(2)
})

it('keeps the end of a break that runs', () => {
  const { breaker, fail } = make({ break: { ms: 1_000 } })
  fail(5)
  breaker.reconfigure({ break: { ms: 5 } })
  expect(breaker.snapshot()).toMatchObject({ state: 'open', retryAfterMs: 1_000 })
})

it('begins probing anew when its rules change, and only then', () => {
  const { breaker, clock, fail } = make({ probe: { calls: 3 } })
  fail(5)
  clock.advance(30_000)
  breaker.tryAcquire()?.success()
  const running = breaker.tryAcquire()
  breaker.reconfigure({ probe: { calls: 3 }, break: { ms: 7 } })
  expect(breaker.snapshot().probes).toEqual({ running: 1, succeeded: 1, failed: 0 })
  breaker.reconfigure({ probe: { calls: 1 } })
  running?.failure()
  expect(breaker.snapshot()).toMatchObject({
    state: 'half-open',
    probes: { running: 0, succeeded: 0, failed: 0 },
    totals: { late: 1 },
  })
  breaker.tryAcquire()?.success()
  expect(breaker.state).toBe('closed')
})

it('changes nothing when anything is wrong', () => {
  const { breaker, fail } = make({ trip: { consecutiveFailures: 2 } })
  fail(1)
  const before = breaker.snapshot()
  expect(() => breaker.reconfigure({ trip: { consecutiveFailures: 9 }, rampUp: { ms: 0 } })).toThrow(
    new RangeError('rampUp.ms must be a finite number in [1, ∞), got 0'),
  )
  expect(() => breaker.reconfigure(null as unknown as CircuitBreakerRules)).toThrow('rules must be an object, got null')
  expect(breaker.snapshot()).toEqual(before)
  fail(1)
  expect(breaker.state).toBe('open')
})

it('starts and stops the check', async () => {
  const { breaker, clock, fail } = make()
  fail(5)
  breaker.reconfigure({ probe: { check: async () => 'up' } })
  expect(clock.pendingTimers).toBe(1)
  breaker.reconfigure({})
  expect(clock.pendingTimers).toBe(0)
  breaker.reconfigure({ probe: { check: async () => 'up' } })
  await clock.advanceAsync(30_000)
  expect(breaker.state).toBe('closed')
})

it('hands waiting calls the places that it makes', async () => {
  const { breaker, clock, fail } = make({ probe: { overflow: 'wait' } })
  fail(5)
  clock.advance(30_000)
  breaker.tryAcquire()
  const waiting = breaker.execute(() => 'ok')
  breaker.reconfigure({ probe: { overflow: 'wait', calls: 2, successRatio: 0.5 } })
  await expect(waiting).resolves.toBe('ok')
  await settle()
  expect(breaker.state).toBe('closed')
})

it('turns a dry run into earnest and back', () => {
  const { breaker, fail } = make({ mode: 'observe' })
  fail(5)
  expect(breaker.tryAcquire()).toBeDefined()
  breaker.reconfigure({ mode: 'enforce' })
  expect(breaker.tryAcquire()).toBeUndefined()
  breaker.reconfigure({ mode: 'observe' })
  expect(breaker.tryAcquire()).toBeDefined()
})

it('sends those who wait on their way when it turns into a dry run', async () => {
  const { breaker, clock, fail } = make({ probe: { overflow: 'wait' } })
  fail(5)
  clock.advance(30_000)
  breaker.tryAcquire()
  const waiting = breaker.execute(() => 'ok')
  breaker.reconfigure({ mode: 'observe' })
  await expect(waiting).resolves.toBe('ok')
  expect(breaker.snapshot().totals).toMatchObject({ wouldReject: 1, rejected: 0 })
})
