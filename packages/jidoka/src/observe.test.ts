import { ManualClock } from '@tps/internal/manual-clock'
import { expect, it } from 'vitest'
import { CircuitBreaker, type RejectedEvent } from './index.ts'

function make() {
  const clock = new ManualClock()
  const breaker = new CircuitBreaker({
    clock,
    mode: 'observe',
    trip: { consecutiveFailures: 1 },
    break: { ms: 100 },
    rampUp: { ms: 1_000, fromRatio: 0.5 },
  })
  const would: RejectedEvent[] = []
  breaker.on('wouldReject', (event) => would.push(event))
  return { clock, breaker, would }
}

it('opens without refusing, and says what it would have refused', async () => {
  const { breaker, would } = make()
  let rejected = 0
  breaker.on('rejected', () => rejected++)
  breaker.tryAcquire()?.failure(new Error('down'))
  expect(breaker.snapshot()).toMatchObject({ state: 'open', mode: 'observe', retryAfterMs: 100 })
  await expect(breaker.execute(() => 'ok')).resolves.toBe('ok')
  expect(breaker.tryAcquire()).toBeDefined()
  expect(would).toEqual(Array.from({ length: 2 }, () => ({ state: 'open', retryAfterMs: 100 })))
  expect(rejected).toBe(0)
  expect(breaker.snapshot().totals).toMatchObject({ wouldReject: 2, rejected: 0, success: 1 })
})

it('lets what it would have refused count for nothing in the rules', () => {
  const { breaker, clock } = make()
  breaker.tryAcquire()?.failure()
  const would = breaker.tryAcquire()
  clock.advance(100)
  const probe = breaker.tryAcquire()
  breaker.tryAcquire()?.failure()
  would?.failure()
  expect(breaker.state).toBe('half-open')
  probe?.success()
  expect(breaker.state).toBe('closed')
})

it('refuses nothing while ramping up or forced open', () => {
  const { breaker, clock, would } = make()
  breaker.tryAcquire()?.failure()
  clock.advance(100)
  breaker.tryAcquire()?.success()
  expect([breaker.tryAcquire(), breaker.tryAcquire()]).not.toContain(undefined)
  using _hold = breaker.forceOpen()
  expect(breaker.tryAcquire()).toBeDefined()
  expect(would).toEqual([
    { state: 'ramping-up', retryAfterMs: 1_000 },
    { state: 'forced-open', retryAfterMs: undefined },
  ])
})
