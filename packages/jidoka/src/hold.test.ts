import { ManualClock } from '@tps/internal/manual-clock'
import { describe, expect, it } from 'vitest'
import { CircuitBreaker, type HoldEvent } from './index.ts'

const fail = (): never => {
  throw new Error('down')
}

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
    ['hold', { held: 'forced-open', reason: 'deploy', holds: 1, state: 'forced-open' }],
    ['release', { held: 'forced-open', reason: 'deploy', holds: 0, state: 'closed' }],
  ])
})

it('refuses an empty reason', () => {
  const { breaker } = make()
  expect(() => breaker.forceOpen('')).toThrow(RangeError)
  expect(breaker.state).toBe('closed')
})

describe('disable', () => {
  it('admits every call, whose outcomes count in the totals alone', async () => {
    const { breaker } = make()
    {
      using hold = breaker.disable('migration')
      expect(hold.reason).toBe('migration')
      expect(breaker.snapshot()).toMatchObject({
        state: 'disabled',
        disables: ['migration'],
        holds: [],
        retryAfterMs: 0,
      })
      for (let call = 0; call < 3; call++) await expect(breaker.execute(fail)).rejects.toThrow('down')
    }
    expect(breaker.snapshot()).toMatchObject({
      state: 'closed',
      consecutiveFailures: 0,
      window: { completed: 0 },
      totals: { failure: 3, late: 0, rejected: 0 },
    })
  })

  it('lets an open circuit through, and its break run out underneath', async () => {
    const { breaker, clock } = make()
    breaker.tryAcquire()?.failure()
    const hold = breaker.disable()
    await expect(breaker.execute(() => 1)).resolves.toBe(1)
    expect(breaker.state).toBe('disabled')
    clock.advance(100)
    hold.release()
    hold.release()
    expect(breaker.state).toBe('half-open')
  })

  it('lasts until the last hold is released, and lets a call that was running before count', () => {
    const { breaker } = make()
    const before = breaker.tryAcquire()
    const first = breaker.disable()
    const second = breaker.disable()
    before?.failure(new Error('down'))
    first.release()
    expect(breaker.state).toBe('disabled')
    second.release()
    expect(breaker.state).toBe('open')
  })

  it('keeps a call that it admitted from counting after the release', () => {
    const { breaker } = make()
    const hold = breaker.disable()
    const during = breaker.tryAcquire()
    hold.release()
    during?.failure(new Error('down'))
    expect(breaker.snapshot()).toMatchObject({ state: 'closed', totals: { failure: 1, late: 0 } })
  })

  it('is weaker than forceOpen, whichever came first', () => {
    const { breaker } = make()
    using _first = breaker.disable()
    const stop = breaker.forceOpen()
    expect(breaker.tryAcquire()).toBeUndefined()
    stop.release()
    expect(breaker.state).toBe('disabled')
  })
})
