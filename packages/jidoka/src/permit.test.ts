import { ManualClock } from '@tps/internal/manual-clock'
import { expect, it } from 'vitest'
import { CircuitBreaker, type CircuitBreakerOptions } from './index.ts'

function make(options: CircuitBreakerOptions = {}) {
  const clock = new ManualClock()
  const breaker = new CircuitBreaker({ clock, trip: { consecutiveFailures: 2 }, ...options })
  return { clock, breaker }
}

it('settles once, however often it is told', () => {
  const { breaker } = make()
  const permit = breaker.tryAcquire()
  permit?.success()
  permit?.failure(new Error('again'))
  permit?.failure(new Error('again'))
  permit?.ignore()
  expect(breaker.state).toBe('closed')
  expect(breaker.snapshot().totals).toMatchObject({ success: 1, failure: 0, ignored: 0 })
})

it('opens the circuit like any other call', () => {
  const { breaker } = make()
  breaker.tryAcquire()?.failure(new Error('first'))
  breaker.tryAcquire()?.failure(new Error('second'))
  expect(breaker.snapshot()).toMatchObject({ state: 'open', lastFailure: { message: 'second', agoMs: 0 } })
})

it('measures the call from tryAcquire to its end', () => {
  const { breaker, clock } = make({ trip: { slowCallMs: 100 } })
  const durations: number[] = []
  breaker.on('success', ({ durationMs }) => durations.push(durationMs))
  const permit = breaker.tryAcquire()
  clock.advance(150)
  permit?.success()
  expect(durations).toEqual([150])
  expect(breaker.snapshot().window.slowRatio).toBe(1)
})

it('is ignored at the end of a block that forgot to settle it', () => {
  const { breaker } = make()
  {
    using permit = breaker.tryAcquire()
    expect(permit).toBeDefined()
  }
  expect(breaker.snapshot().totals).toMatchObject({ ignored: 1 })
})

it('counts for nothing when it is settled in another generation', () => {
  const { breaker, clock } = make({ break: { ms: 10 } })
  const early = [breaker.tryAcquire(), breaker.tryAcquire()]
  breaker.tryAcquire()?.failure()
  breaker.tryAcquire()?.failure()
  clock.advance(10)
  const probe = breaker.tryAcquire()
  for (const permit of early) permit?.failure()
  expect(breaker.state).toBe('half-open')
  probe?.success()
  expect(breaker.snapshot()).toMatchObject({ state: 'closed', consecutiveFailures: 0, totals: { late: 2 } })
})
