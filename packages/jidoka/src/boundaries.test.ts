import { ManualClock } from '@tps/internal/manual-clock'
import { describe, expect, it } from 'vitest'
import { CircuitBreaker, type CircuitBreakerOptions } from './index.ts'

// One test for each line of "Boundaries" in the README.

function make(options: CircuitBreakerOptions = {}) {
  const clock = new ManualClock()
  const breaker = new CircuitBreaker({ clock, timers: clock, break: { ms: 1_000 }, ...options })
  const end = (outcome: 'success' | 'failure', times = 1): void => {
    for (let call = 0; call < times; call++) breaker.tryAcquire()?.[outcome]()
  }
  return { clock, breaker, end }
}
/** Half-open since this moment. */
function halfOpen(options: CircuitBreakerOptions = {}) {
  const made = make({ trip: { consecutiveFailures: 1 }, ...options })
  made.end('failure')
  made.clock.advance(1_000)
  return made
}

describe('trip', () => {
  it.each([
    { failures: 4, state: 'closed' },
    { failures: 5, state: 'open' },
  ])('consecutiveFailures: $failures of 5 in a row is $state', ({ failures, state }) => {
    const { breaker, end } = make({ trip: { consecutiveFailures: 5 } })
    end('failure', failures)
    expect(breaker.state).toBe(state)
  })

  it.each([
    { failures: 4, state: 'closed' },
    { failures: 5, state: 'open' },
  ])('failureRatio: $failures of 10 with 0.5 is $state', ({ failures, state }) => {
    const { breaker, end } = make({ trip: { failureRatio: 0.5, minimumCalls: 10 } })
    end('failure', failures)
    end('success', 10 - failures)
    expect(breaker.state).toBe(state)
  })

  it('failureRatio: a success may open, when it completes minimumCalls', () => {
    const { breaker, end } = make({ trip: { failureRatio: 0.5, minimumCalls: 10 } })
    end('failure', 9)
    expect(breaker.state).toBe('closed')
    end('success')
    expect(breaker.state).toBe('open')
  })

  it.each([
    { ms: 99.999, slow: 0 },
    { ms: 100, slow: 1 },
  ])('slowCallMs: with 100, a call of $ms counts $slow', ({ ms, slow }) => {
    const { breaker, clock } = make({ trip: { slowCallMs: 100 } })
    const permit = breaker.tryAcquire()
    clock.advance(ms)
    permit?.success()
    expect(breaker.snapshot().window.slow).toBe(slow)
  })

  it('slowCallMs: a failed call is slow too', () => {
    const { breaker, clock } = make({ trip: { slowCallMs: 100 } })
    const permit = breaker.tryAcquire()
    clock.advance(100)
    permit?.failure()
    expect(breaker.snapshot().window).toMatchObject({ failed: 1, slow: 1 })
  })
})

describe('window', () => {
  it.each([
    { afterMs: 899, kept: 1 },
    { afterMs: 901, kept: 0 },
  ])('time: begun at a slot’s end, an outcome is kept $kept after $afterMs of 1,000 ms', ({ afterMs, kept }) => {
    const { breaker, clock, end } = make({ window: { kind: 'time', ms: 1_000 } })
    clock.advance(99)
    end('failure')
    clock.advance(afterMs)
    expect(breaker.snapshot().window.completed).toBe(kept)
  })

  it.each([
    { afterMs: 999, kept: 1 },
    { afterMs: 1_000, kept: 0 },
  ])('time: at a slot’s beginning it is kept $kept after $afterMs of 1,000 ms', ({ afterMs, kept }) => {
    const { breaker, clock, end } = make({ window: { kind: 'time', ms: 1_000 } })
    end('failure')
    clock.advance(afterMs)
    expect(breaker.snapshot().window.completed).toBe(kept)
  })

  it('count: the outcome that is one too many takes the oldest with it', () => {
    const { breaker, end } = make({ window: { kind: 'count', calls: 3 } })
    end('failure')
    end('success', 2)
    expect(breaker.snapshot().window).toMatchObject({ completed: 3, failed: 1 })
    end('success')
    expect(breaker.snapshot().window).toMatchObject({ completed: 3, failed: 0 })
  })

  it('is kept while open and begins anew on closing', () => {
    const { breaker, clock, end } = make()
    end('failure', 5)
    expect(breaker.snapshot().window.completed).toBe(5)
    clock.advance(1_000)
    end('success')
    expect(breaker.snapshot().window.completed).toBe(0)
  })
})

describe('break', () => {
  it.each([
    { afterMs: 999.999, state: 'open', admits: false },
    { afterMs: 1_000, state: 'half-open', admits: true },
  ])('after $afterMs of 1,000 ms the state is $state', ({ afterMs, state, admits }) => {
    const { breaker, clock, end } = make()
    end('failure', 5)
    clock.advance(afterMs)
    expect(breaker.state).toBe(state)
    expect(breaker.tryAcquire() !== undefined).toBe(admits)
  })

  it('retryAfterMs is rounded up, so that coming then is never too early', () => {
    const { breaker, clock, end } = make()
    end('failure', 5)
    clock.advance(0.5)
    expect(breaker.snapshot().retryAfterMs).toBe(1_000)
    clock.advance(999)
    expect(breaker.snapshot().retryAfterMs).toBe(1)
  })

  it.each([
    { window: { kind: 'time', ms: 1_000 }, calls: 0, healthyMs: 999, openings: 2 },
    { window: { kind: 'time', ms: 1_000 }, calls: 0, healthyMs: 1_000, openings: 1 },
    { window: { kind: 'count', calls: 4 }, calls: 3, healthyMs: 1e9, openings: 2 },
    { window: { kind: 'count', calls: 4 }, calls: 4, healthyMs: 0, openings: 1 },
  ] as const)(
    'growth: in $window.kind, after $calls calls and $healthyMs ms, the next opening is number $openings',
    ({ window, calls, healthyMs, openings }) => {
      const { breaker, clock, end } = make({ window, trip: { consecutiveFailures: 1 } })
      end('failure')
      clock.advance(1_000)
      end('success', 1 + calls)
      clock.advance(healthyMs)
      end('failure')
      expect(breaker.snapshot().openings).toBe(openings)
    },
  )

  it('growth: the outcome that opens it does not complete the healthy window itself', () => {
    const { breaker, clock, end } = make({ window: { kind: 'count', calls: 4 }, trip: { consecutiveFailures: 1 } })
    end('failure')
    clock.advance(1_000)
    end('success', 4)
    end('failure')
    expect(breaker.snapshot().openings).toBe(2)
  })
})

describe('probe', () => {
  it.each([
    { afterMs: 499.999, state: 'half-open' },
    { afterMs: 500, state: 'open' },
  ])('maxWaitMs: without an answer after $afterMs of 500 ms the state is $state', ({ afterMs, state }) => {
    const { breaker, clock } = halfOpen({ probe: { maxWaitMs: 500 } })
    breaker.tryAcquire()
    clock.advance(afterMs)
    expect(breaker.state).toBe(state)
  })

  it('maxWaitMs: an answer exactly then is too late', () => {
    const { breaker, clock } = halfOpen({ probe: { maxWaitMs: 500 } })
    const probe = breaker.tryAcquire()
    clock.advance(500)
    probe?.success()
    expect(breaker.snapshot()).toMatchObject({ state: 'open', totals: { late: 1 } })
  })

  it.each([
    { calls: 3, successRatio: 0.5, needed: 2 },
    { calls: 4, successRatio: 0.5, needed: 2 },
    { calls: 10, successRatio: 0.3, needed: 3 },
  ])('successRatio: $successRatio of $calls is reached with $needed', ({ calls, successRatio, needed }) => {
    const { breaker, end } = halfOpen({ probe: { calls, successRatio } })
    end('success', needed - 1)
    expect(breaker.state).toBe('half-open')
    end('success')
    expect(breaker.state).toBe('closed')
  })

  it('slowCallMs: a slow success is a failed probe with a slowRatio, and a good one without', () => {
    for (const [slowRatio, state] of [
      [1, 'open'],
      [undefined, 'closed'],
    ] as const) {
      const { breaker, clock } = halfOpen({ trip: { consecutiveFailures: 1, slowCallMs: 100, slowRatio } })
      const probe = breaker.tryAcquire()
      clock.advance(100)
      probe?.success()
      expect(breaker.state).toBe(state)
    }
  })

  it('maxWaiting: so many wait, and the next one is refused', async () => {
    const { breaker } = halfOpen({ probe: { overflow: 'wait', maxWaiting: 2 } })
    breaker.tryAcquire()
    for (let call = 0; call < 2; call++) void breaker.execute(() => {}).catch(() => {})
    expect(breaker.snapshot().waiting).toBe(2)
    await expect(breaker.execute(() => {})).rejects.toMatchObject({ state: 'half-open' })
    expect(breaker.snapshot().waiting).toBe(2)
    breaker[Symbol.dispose]()
  })
})

describe('rampUp', () => {
  it.each([
    { afterMs: 0, ratio: 0.25 },
    { afterMs: 500, ratio: 0.625 },
    { afterMs: 1_000, ratio: 1 },
  ])('admits a share of $ratio after $afterMs of 1,000 ms', ({ afterMs, ratio }) => {
    const { breaker, clock, end } = halfOpen({ rampUp: { ms: 1_000, fromRatio: 0.25 } })
    end('success')
    clock.advance(afterMs)
    expect(breaker.snapshot().rampRatio).toBe(ratio)
  })
})
