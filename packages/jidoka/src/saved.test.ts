import { ManualClock } from '@tps/internal/manual-clock'
import { describe, expect, it } from 'vitest'
import { CircuitBreaker, type CircuitBreakerOptions, type SavedCircuitBreaker } from './index.ts'

/** A process: its own monotonic clock, and the wall clock that all of them share. */
function start(wallClock: ManualClock, options: CircuitBreakerOptions = {}, saved?: string) {
  const clock = new ManualClock(saved === undefined ? 900_000 : 60_000)
  const all: CircuitBreakerOptions = {
    clock,
    wallClock,
    timers: clock,
    trip: { failureRatio: 0.5, minimumCalls: 4 },
    break: { ms: 10_000, factor: 2 },
    ...options,
  }
  const breaker =
    saved === undefined
      ? new CircuitBreaker({ name: 'billing', ...all })
      : CircuitBreaker.restore(JSON.parse(saved) as SavedCircuitBreaker, all)
  const pass = (ms: number): void => {
    clock.advance(ms)
    wallClock.advance(ms)
  }
  return { clock, breaker, pass }
}
const wall = (): ManualClock => new ManualClock(1_700_000_000_000)
const fail = (breaker: CircuitBreaker, times: number): void => {
  for (let call = 0; call < times; call++) breaker.tryAcquire()?.failure(new Error('down'))
}

const openSince = (wallClock: ManualClock): string => {
  const { breaker } = start(wallClock)
  fail(breaker, 4)
  return JSON.stringify(breaker)
}

it('goes on with an open circuit for the rest of its break', () => {
  const wallClock = wall()
  const first = start(wallClock)
  fail(first.breaker, 4)
  first.pass(3_000)
  const saved = JSON.stringify(first.breaker)
  wallClock.advance(2_000)
  const { breaker, clock } = start(wallClock, {}, saved)
  expect(breaker.snapshot()).toMatchObject({
    name: 'billing',
    state: 'open',
    stateForMs: 5_000,
    retryAfterMs: 5_000,
    openings: 1,
    totals: { failure: 4, opened: 1 },
    lastFailure: { message: 'down', agoMs: 5_000 },
  })
  const events: unknown[] = []
  breaker.on('open', (event) => events.push(event.breakMs))
  breaker.on('close', (event) => events.push(event))
  clock.advance(5_000)
  fail(breaker, 1)
  clock.advance(20_000)
  breaker.tryAcquire()?.success()
  expect(events).toEqual([20_000, { reason: 'probes', outageMs: 30_000 }])
})

it('goes on with the window, whose outcomes leave as if nothing had happened in between', () => {
  const wallClock = wall()
  const first = start(wallClock)
  fail(first.breaker, 3)
  const saved = JSON.stringify(first.breaker)
  wallClock.advance(26_000)
  const { breaker, pass } = start(wallClock, {}, saved)
  expect(breaker.snapshot()).toMatchObject({ window: { completed: 3, failed: 3 }, consecutiveFailures: 3 })
  pass(4_000)
  expect(breaker.snapshot().window.completed).toBe(0)
})

it('goes on with a window of calls, in their order', () => {
  const window = { kind: 'count', calls: 4 } as const
  const { breaker } = start(wall(), { window, trip: { failureRatio: 1 } })
  fail(breaker, 2)
  breaker.tryAcquire()?.success()
  fail(breaker, 2)
  const saved = JSON.stringify(breaker)
  expect(JSON.parse(saved)).toMatchObject({ window: { kind: 'count', outcomes: '1011' } })
  const smaller = start(wall(), { window: { kind: 'count', calls: 3 }, trip: { failureRatio: 1 } }, saved)
  expect(smaller.breaker.snapshot().window).toMatchObject({ completed: 3, failed: 2 })
  fail(smaller.breaker, 1)
  expect(smaller.breaker.state).toBe('open')
})

it('begins the window anew when it is of another kind', () => {
  const { breaker } = start(wall())
  fail(breaker, 3)
  const other = start(wall(), { window: { kind: 'count', calls: 4 } }, JSON.stringify(breaker))
  expect(other.breaker.snapshot().window.completed).toBe(0)
})

describe('time between two processes', () => {
  it('has not passed where the wall clock was set back', () => {
    const saved = openSince(wall())
    const { breaker } = start(new ManualClock(1_600_000_000_000), {}, saved)
    expect(breaker.snapshot()).toMatchObject({ state: 'open', stateForMs: 0, retryAfterMs: 10_000 })
  })

  it('ends a break that it is longer than', () => {
    const saved = openSince(wall())
    const { breaker } = start(new ManualClock(1_700_000_010_000), {}, saved)
    expect(breaker.state).toBe('half-open')
    breaker.tryAcquire()?.success()
    expect(breaker.state).toBe('closed')
  })

  it('leaves no break longer than the present rules allow', () => {
    const { breaker } = start(wall(), { break: { ms: 30_000 } }, openSince(wall()))
    expect(breaker.snapshot().retryAfterMs).toBe(10_000)
    const shorter = start(wall(), { break: { ms: 500, maxMs: 500 } }, openSince(wall()))
    expect(shorter.breaker.snapshot().retryAfterMs).toBe(500)
  })
})

it('goes on ramping up, and has no ramp without the option', () => {
  const wallClock = wall()
  const rampUp = { ms: 1_000, fromRatio: 0.5 }
  const { breaker, pass } = start(wallClock, { rampUp })
  fail(breaker, 4)
  pass(10_000)
  breaker.tryAcquire()?.success()
  const saved = JSON.stringify(breaker)
  wallClock.advance(500)
  expect(start(wallClock, { rampUp }, saved).breaker.snapshot().rampRatio).toBe(0.75)
  expect(start(wallClock, {}, saved).breaker.snapshot().rampRatio).toBe(1)
})

it('begins probing anew: nobody answers for the probes that ran', async () => {
  const wallClock = wall()
  const { breaker, pass } = start(wallClock, { probe: { calls: 3 } })
  fail(breaker, 4)
  pass(10_000)
  breaker.tryAcquire()?.success()
  breaker.tryAcquire()
  const restored = start(wallClock, { probe: { calls: 3 } }, JSON.stringify(breaker)).breaker
  expect(restored.snapshot()).toMatchObject({ state: 'half-open', probes: { running: 0, succeeded: 0, failed: 0 } })
})

it('starts the check that a restored open circuit waits for', async () => {
  const wallClock = wall()
  const { breaker } = start(wallClock)
  fail(breaker, 4)
  const restored = start(wallClock, { probe: { check: async () => 'up' } }, JSON.stringify(breaker))
  await restored.clock.advanceAsync(10_000)
  expect(restored.breaker.state).toBe('closed')
})

it('is unchanged by another round', () => {
  const wallClock = wall()
  const { breaker, pass } = start(wallClock)
  fail(breaker, 2)
  pass(7_000)
  breaker.tryAcquire()?.success()
  const saved = JSON.stringify(breaker)
  const again = JSON.stringify(start(wallClock, {}, saved).breaker)
  expect(JSON.parse(again)).toMatchObject({ ...JSON.parse(saved), window: { kind: 'time', forMs: 7_000 } })
  expect(start(wallClock, { name: 'other' }, saved).breaker.name).toBe('other')
})

describe('what was saved', () => {
  const good = new CircuitBreaker().toJSON()
  it.each<[part: object, message: string]>([
    [{ version: 2 }, 'saved.version must be 1, got 2'],
    [{ state: 'ajar' }, 'saved.state must be "closed" or "open" or "half-open", got "ajar"'],
    [{ savedAt: 'today' }, 'saved.savedAt must be a number, got "today"'],
    [{ breakLeftMs: Number.NaN }, 'saved.breakLeftMs must be a finite number in [0, ∞), got NaN'],
    [{ openings: -1 }, 'saved.openings must be an integer in [0, ∞), got -1'],
    [{ isRamping: 'no' }, 'saved.isRamping must be true or false, got "no"'],
    [{ totals: { ...good.totals, late: 0.5 } }, 'saved.totals.late must be an integer in [0, ∞), got 0.5'],
    [{ totals: null }, 'saved.totals must be an object, got null'],
    [{ window: { kind: 'count', outcomes: '014' } }, 'saved.window.outcomes must consist of the digits 0 to 3'],
    [{ window: { kind: 'count' } }, 'saved.window.outcomes must be a string'],
    [{ window: { kind: 'time', forMs: 0, slots: 7 } }, 'saved.window.slots must be an array'],
    [{ window: { kind: 'time', forMs: 0, slots: [7] } }, 'saved.window.slots[0] must be an array'],
    [
      { window: { kind: 'time', forMs: 0, slots: [[0, 1, 2, 0]] } },
      'saved.window.slots[0][2] must be an integer in [0, 1], got 2',
    ],
    [{ lastFailure: { message: 'x' } }, 'saved.lastFailure.agoMs must be a number, got undefined'],
  ])('is checked: %j', (part, message) => {
    expect(() => CircuitBreaker.restore({ ...good, ...part })).toThrow(message)
  })

  it('has to be an object', () => {
    expect(() => CircuitBreaker.restore(null as unknown as SavedCircuitBreaker)).toThrow('saved must be an object')
  })
})
