import { ManualClock } from '@tps/internal/manual-clock'
import { expect, it } from 'vitest'
import { CircuitBreaker, type HoldEvent } from './index.ts'

function make() {
  const clock = new ManualClock()
  return { clock, breaker: new CircuitBreaker({ clock, trip: { consecutiveFailures: 1 }, break: { ms: 100 } }) }
}

it('refuses every call while anyone holds the circuit open', async () => {
  const { breaker } = make()
  const first = breaker.forceOpen('deploy')
  const second = breaker.forceOpen()
  expect(breaker.snapshot()).toMatchObject({ state: 'forced-open', holds: ['deploy', null], retryAfterMs: null })
  await expect(breaker.execute(() => 1)).rejects.toMatchObject({ state: 'forced-open', retryAfterMs: undefined })
  first.release()
  first.release()
  expect(breaker.state).toBe('forced-open')
  expect(breaker.tryAcquire()).toBeUndefined()
  second.release()
  expect(breaker.state).toBe('closed')
})

it('releases at the end of a using block', () => {
  const { breaker } = make()
  {
    using hold = breaker.forceOpen('deploy')
    expect(hold.reason).toBe('deploy')
    expect(breaker.state).toBe('forced-open')
  }
  expect(breaker.state).toBe('closed')
})

it('gives the state back that the circuit has come to underneath', () => {
  const { breaker, clock } = make()
  const running = breaker.tryAcquire()
  const hold = breaker.forceOpen()
  running?.failure(new Error('down'))
  expect(breaker.state).toBe('forced-open')
  hold.release()
  expect(breaker.state).toBe('open')
  const again = breaker.forceOpen()
  clock.advance(100)
  again.release()
  expect(breaker.state).toBe('half-open')
})

it('tells of each hold and each release', () => {
  const { breaker } = make()
  const events: [string, HoldEvent][] = []
  breaker.on('hold', (event) => events.push(['hold', event]))
  breaker.on('release', (event) => events.push(['release', event]))
  const hold = breaker.forceOpen('deploy')
  hold.release()
  hold.release()
  expect(events).toEqual([
    ['hold', { reason: 'deploy', holds: 1, state: 'forced-open' }],
    ['release', { reason: 'deploy', holds: 0, state: 'closed' }],
  ])
})

it('refuses an empty reason', () => {
  const { breaker } = make()
  expect(() => breaker.forceOpen('')).toThrow(RangeError)
  expect(breaker.state).toBe('closed')
})
