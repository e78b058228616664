import { ManualClock } from '@tps/internal/manual-clock'
import { expect, it } from 'vitest'
import { CircuitBreaker, type RampUpOptions } from './index.ts'

/** A breaker that probes have just closed. */
function recovered(rampUp: RampUpOptions) {
  const clock = new ManualClock()
  const breaker = new CircuitBreaker({ name: 'billing', clock, trip: { consecutiveFailures: 1 }, rampUp })
  breaker.tryAcquire()?.failure()
  clock.advance(30_000)
  breaker.tryAcquire()?.success()
  const admittedOf = (calls: number): number => {
    let admitted = 0
    for (let call = 0; call < calls; call++) if (breaker.tryAcquire()) admitted++
    return admitted
  }
  return { clock, breaker, admittedOf }
}

it('admits the first call after closing and then a share that grows evenly', () => {
  const { clock, breaker, admittedOf } = recovered({ ms: 1_000, fromRatio: 0.1 })
  expect(admittedOf(1)).toBe(1)
  expect(admittedOf(99)).toBe(9)
  clock.advance(500)
  expect(breaker.snapshot().rampRatio).toBeCloseTo(0.55)
  expect(admittedOf(100)).toBe(55)
  clock.advance(499)
  expect(admittedOf(10_000)).toBeLessThan(10_000)
})

it('admits everything exactly at its end, and from then on', () => {
  const { clock, breaker, admittedOf } = recovered({ ms: 1_000, fromRatio: 0.1 })
  clock.advance(1_000)
  expect(breaker.snapshot().rampRatio).toBe(1)
  expect(admittedOf(100)).toBe(100)
  expect(admittedOf(100)).toBe(100)
})

it('spreads what it admits: with a fifth, every fifth call', () => {
  const { breaker } = recovered({ ms: 1e9, fromRatio: 0.2 })
  const admitted = Array.from({ length: 11 }, () => breaker.tryAcquire() !== undefined)
  expect(admitted.map(Number)).toEqual([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1])
})

it('refuses with the time until every call is admitted', async () => {
  const { clock, breaker } = recovered({ ms: 1_000 })
  await breaker.execute(() => 1)
  clock.advance(250)
  await expect(breaker.execute(() => 1)).rejects.toMatchObject({
    message: 'Circuit "billing" is ramping-up: retry after 750 ms',
    state: 'ramping-up',
    retryAfterMs: 750,
  })
  expect(breaker.snapshot()).toMatchObject({ state: 'closed', retryAfterMs: 0, totals: { rejected: 1 } })
})

it('opens again from a failure while ramping up', () => {
  const { breaker } = recovered({ ms: 1_000 })
  breaker.tryAcquire()?.failure()
  expect(breaker.state).toBe('open')
})

it('begins with a probed recovery only: not at first, nor after a reset', () => {
  const { breaker, admittedOf } = recovered({ ms: 1_000 })
  breaker.reset()
  expect(admittedOf(10)).toBe(10)
  const fresh = new CircuitBreaker({ rampUp: { ms: 1_000 } })
  expect(fresh.snapshot().rampRatio).toBe(1)
  expect(fresh.tryAcquire() && fresh.tryAcquire()).toBeDefined()
})
