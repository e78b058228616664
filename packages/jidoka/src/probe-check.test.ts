import { ManualClock, settle } from '@tps/internal/manual-clock'
import { expect, it } from 'vitest'
import { CircuitBreaker, type CircuitBreakerOptions, type ProbeOptions } from './index.ts'

/** A breaker whose checks the test answers. */
function make(probe: ProbeOptions = {}, options: CircuitBreakerOptions = {}) {
  const clock = new ManualClock()
  const checks: (PromiseWithResolvers<void> & { signal: AbortSignal })[] = []
  const check = (signal: AbortSignal): Promise<void> => {
    const asked = { ...Promise.withResolvers<void>(), signal }
    checks.push(asked)
    return asked.promise
  }
  const breaker = new CircuitBreaker({
    clock,
    timers: clock,
    trip: { consecutiveFailures: 1 },
    break: { ms: 1_000, factor: 2 },
    probe: { check, maxWaitMs: 500, ...probe },
    ...options,
  })
  return { clock, checks, breaker, trip: () => breaker.tryAcquire()?.failure(new Error('down')) }
}

it('closes the circuit without a call', async () => {
  const { breaker, clock, checks, trip } = make()
  const told: string[] = []
  breaker.on('halfOpen', () => told.push('half-open'))
  breaker.on('close', () => told.push('closed'))
  trip()
  clock.advance(999)
  expect(checks).toHaveLength(0)
  clock.advance(1)
  expect(checks).toHaveLength(1)
  expect(breaker.snapshot()).toMatchObject({ state: 'half-open', probes: { running: 1 } })
  checks[0]?.resolve()
  await settle()
  expect(breaker.state).toBe('closed')
  expect(told).toEqual(['half-open', 'closed'])
  expect(clock.pendingTimers).toBe(0)
})

it('opens it again when it fails, however it fails, and comes back after the longer break', async () => {
  const bugs = [
    () => Promise.reject(new Error('still down')),
    () => {
      throw new Error('still down')
    },
  ]
  for (const check of bugs) {
    const { breaker, clock, trip } = make({ check })
    trip()
    await clock.advanceAsync(1_000)
    expect(breaker.snapshot()).toMatchObject({ state: 'open', openings: 2, lastFailure: { message: 'still down' } })
    expect(clock.pendingTimers).toBe(1)
    await clock.advanceAsync(2_000)
    expect(breaker.snapshot()).toMatchObject({ state: 'open', openings: 3 })
  }
})

it('goes on until enough probes have succeeded', async () => {
  const { breaker, clock, checks, trip } = make({ calls: 3 })
  trip()
  clock.advance(1_000)
  for (let done = 0; done < 3; done++) {
    expect(checks).toHaveLength(done + 1)
    checks[done]?.resolve()
    await settle()
  }
  expect(breaker.state).toBe('closed')
  expect(checks).toHaveLength(3)
})

it('is aborted exactly at its deadline, and has failed', async () => {
  const { breaker, clock, checks, trip } = make()
  trip()
  clock.advance(1_499)
  expect(checks[0]?.signal.aborted).toBe(false)
  clock.advance(1)
  expect(checks[0]?.signal.aborted).toBe(true)
  expect(breaker.snapshot()).toMatchObject({ state: 'open', openings: 2, retryAfterMs: 2_000 })
  checks[0]?.resolve()
  await settle()
  expect(breaker.snapshot()).toMatchObject({ state: 'open', totals: { late: 1 } })
})

it('leaves the other places to calls, and is aborted when those decide', () => {
  const { breaker, clock, checks, trip } = make({ calls: 2, successRatio: 0.5 })
  trip()
  clock.advance(1_000)
  const call = breaker.tryAcquire()
  expect(breaker.tryAcquire()).toBeUndefined()
  call?.success()
  expect(breaker.state).toBe('closed')
  expect(checks[0]?.signal.aborted).toBe(true)
})

it('waits for a place that calls have taken', async () => {
  const { breaker, clock, checks, trip } = make()
  trip()
  // Timers may be late: here a call comes exactly at the end of the break, before the timer.
  const early = new CircuitBreaker({
    clock,
    timers: { schedule: (delayMs, callback) => clock.schedule(delayMs + 10, callback) },
    trip: { consecutiveFailures: 1 },
    break: { ms: 1_000 },
    probe: { check: () => void checks.push({ ...Promise.withResolvers<void>(), signal: AbortSignal.abort() }) },
  })
  early.tryAcquire()?.failure()
  clock.advance(1_000)
  const before = checks.length
  const call = early.tryAcquire()
  clock.advance(10)
  expect(checks).toHaveLength(before)
  call?.ignore()
  await settle()
  expect(checks).toHaveLength(before + 1)
  expect([early.state, breaker.state]).toEqual(['closed', 'half-open'])
})

it('goes on underneath a hold, so that the circuit is as it would be after the release', async () => {
  const { breaker, clock, checks, trip } = make()
  trip()
  const hold = breaker.forceOpen()
  clock.advance(1_000)
  checks[0]?.resolve()
  await settle()
  expect(breaker.state).toBe('forced-open')
  hold.release()
  expect(breaker.state).toBe('closed')
})

it('has no timer while closed, nor after a reset', () => {
  const { breaker, clock, trip } = make()
  breaker.tryAcquire()?.success()
  expect(clock.pendingTimers).toBe(0)
  trip()
  expect(clock.pendingTimers).toBe(1)
  breaker.reset()
  expect(clock.pendingTimers).toBe(0)
})

it('is over with the disposal: aborted, its place given back, no timer', async () => {
  const { breaker, clock, checks, trip } = make()
  trip()
  clock.advance(1_000)
  breaker[Symbol.dispose]()
  breaker[Symbol.dispose]()
  expect(checks[0]?.signal.aborted).toBe(true)
  expect(clock.pendingTimers).toBe(0)
  expect(breaker.snapshot()).toMatchObject({ state: 'half-open', probes: { running: 0 }, totals: { ignored: 1 } })
  checks[0]?.reject(new Error('aborted'))
  await settle()
  await breaker.execute(() => 1)
  expect(breaker.state).toBe('closed')
  trip()
  expect(clock.pendingTimers).toBe(0)
})

it('costs a closed circuit nothing: no clock is read for it', async () => {
  let readings = 0
  const readingsWith = async (probe: ProbeOptions): Promise<number> => {
    const breaker = new CircuitBreaker({ probe, clock: { now: () => readings++ } })
    const before = readings
    breaker.on('success', () => {})
    await breaker.execute(() => 1)
    await expect(breaker.execute(() => Promise.reject(new Error('down')))).rejects.toThrow('down')
    return readings - before
  }
  expect(await readingsWith({ check: () => {}, overflow: 'wait' })).toBe(await readingsWith({}))
})
