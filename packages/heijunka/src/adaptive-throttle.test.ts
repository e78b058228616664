import { ManualClock } from '@tps/internal/manual-clock'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AdaptiveThrottleOptions } from './adaptive-throttle-contract.ts'
import { ThrottleWindow } from './adaptive-throttle-window.ts'
import { adaptiveThrottle } from './adaptive-throttle.ts'
import { failureOf, pending, seeded } from './limiter-test-kit.ts'
import { ThrottledError } from './throttled-error.ts'

const overloaded = (): Promise<never> => Promise.reject(Object.assign(new Error('overloaded'), { status: 503 }))

function make(options: AdaptiveThrottleOptions = {}) {
  const clock = new ManualClock()
  const throttle = adaptiveThrottle({ name: 'ads', clock, random: () => 0.999_999, ...options })
  /** Calls of which the other side takes some, without holding any back. */
  const calls = async (accepted: number, refused: number, name?: string): Promise<void> => {
    for (let call = 0; call < accepted; call++) throttle.tryAcquire({ class: name })?.accepted()
    for (let call = 0; call < refused; call++) throttle.tryAcquire({ class: name })?.rejected()
  }
  return { clock, throttle, calls }
}

describe('the probability', () => {
  it.each([
    [0, 0, 0],
    [10, 10, 0],
    [10, 5, 0],
    [9, 3, 0.3],
    [9, 0, 0.9],
    [99, 10, 0.79],
  ])('for %d requests of which %d were accepted is %d', async (requests, accepts, expected) => {
    const { throttle, calls } = make()
    await calls(accepts, requests - accepts)
    expect(throttle.snapshot()).toMatchObject({ requests, accepts, rejectRatio: expected })
  })

  it('has a multiplier', async () => {
    const { throttle, calls } = make({ multiplier: 1.5 })
    await calls(4, 5)
    expect(throttle.snapshot().rejectRatio).toBeCloseTo(0.3, 10)
  })

  it('is what calls are drawn against', async () => {
    let draw = 0.3
    const { throttle, calls } = make({ random: () => draw })
    draw = 1
    await calls(3, 6)
    draw = 0.3
    expect(throttle.tryAcquire()).toBeDefined()
    draw = 0.299
    expect(throttle.tryAcquire()).toBeUndefined()
    // What was held back is a request that was not accepted.
    expect(throttle.snapshot()).toMatchObject({ requests: 10, accepts: 3, totals: { throttled: 1 } })
  })

  it('counts a call once its end is known', async () => {
    const { throttle } = make()
    const { work, resolve } = pending()
    const running = Array.from({ length: 100 }, () => throttle.execute(work))
    expect(throttle.snapshot().rejectRatio).toBe(0)
    resolve('ok')
    await Promise.all(running)
    expect(throttle.snapshot()).toMatchObject({ requests: 100, accepts: 100 })
  })
})

describe('the window', () => {
  it('agrees with a list of all calls', () => {
    const step = fc.record({ afterMs: fc.nat(5000), isAccepted: fc.boolean() })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), fc.integer({ min: -1e6, max: 1e6 }), (steps, startMs) => {
        const window = new ThrottleWindow(2, 1, 6000, startMs)
        const log: { slot: number; isAccepted: boolean }[] = []
        let nowMs = startMs
        for (const { afterMs, isAccepted } of steps) {
          nowMs += afterMs
          window.record(isAccepted, nowMs)
          log.push({ slot: Math.floor(nowMs / 100), isAccepted })
          const inside = log.filter(({ slot }) => slot > Math.floor(nowMs / 100) - 60)
          const accepts = inside.filter((call) => call.isAccepted).length
          expect(window.counts(nowMs)).toEqual({ requests: inside.length, accepts })
        }
      }),
    )
  })

  it('forgets what is older than two minutes', async () => {
    const { clock, throttle, calls } = make()
    await calls(0, 9)
    clock.advance(118_000)
    expect(throttle.snapshot().rejectRatio).toBe(0.9)
    clock.advance(2000)
    expect(throttle.snapshot()).toMatchObject({ requests: 0, rejectRatio: 0, totals: { rejected: 9 } })
  })
})

describe('execute', () => {
  it('holds back without calling the work', async () => {
    const { throttle, calls } = make()
    await calls(0, 9)
    const held = adaptiveThrottle({ name: 'ads', random: () => 0 })
    await failureOf(held.execute(overloaded))
    let count = 0
    const error = await failureOf(held.execute(() => count++))
    expect(error).toBeInstanceOf(ThrottledError)
    expect(error).toMatchObject({
      name: 'ThrottledError',
      code: 'ERR_THROTTLED',
      throttle: 'ads',
      class: undefined,
      rejectRatio: 0.5,
      message: 'ads holds back 50 % of the calls',
    })
    expect((error as Error).stack).not.toContain('adaptive-throttle.test')
    expect([count, throttle.snapshot().requests]).toEqual([0, 9])
  })

  it('counts what was accepted, refused and neither', async () => {
    const { throttle } = make()
    const results = [
      throttle.execute(() => 1),
      throttle.execute(() => Promise.reject(new Error('no such row'))),
      throttle.execute(overloaded),
      throttle.execute(() => Promise.reject(Object.assign(new Error('open'), { code: 'ERR_CIRCUIT_OPEN' }))),
    ]
    await Promise.allSettled(results)
    expect(throttle.snapshot()).toMatchObject({
      requests: 3,
      accepts: 2,
      totals: { accepted: 2, rejected: 1, ignored: 1, throttled: 0 },
    })
  })

  it('does not count what its caller cancelled', async () => {
    const { throttle } = make()
    const controller = new AbortController()
    const { work, reject } = pending()
    const call = failureOf(throttle.execute(work, { signal: controller.signal }))
    controller.abort()
    reject(new DOMException('too late', 'TimeoutError'))
    await call
    await expect(throttle.execute(work, { signal: controller.signal })).rejects.toBe(controller.signal.reason)
    expect(throttle.snapshot()).toMatchObject({ requests: 0, totals: { ignored: 1 } })
  })

  it('takes the word of classify, and reports it when that or random throws', async () => {
    const reported: unknown[] = []
    const { throttle } = make({
      classify: ({ ok }) => (ok ? 'drop' : ('nonsense' as never)),
      random: () => {
        throw new Error('no luck')
      },
      onListenerError: (_error, option) => reported.push(option),
    })
    await throttle.execute(() => 1)
    await failureOf(throttle.execute(() => Promise.reject(new Error('mine'))))
    expect(throttle.snapshot()).toMatchObject({ requests: 1, accepts: 0, totals: { ignored: 1 } })
    expect(reported).toEqual(['random', 'classify'])
  })
})

it('ends a permit once', () => {
  const { throttle } = make()
  const permit = throttle.tryAcquire()
  permit?.accepted()
  permit?.rejected()
  {
    using other = throttle.tryAcquire()
    expect(other).toBeDefined()
  }
  throttle.tryAcquire()?.ignore()
  expect(throttle.snapshot()).toMatchObject({ requests: 1, accepts: 1, totals: { ignored: 2 } })
})

it('keeps classes apart, each with its multiplier', async () => {
  const { throttle, calls } = make({ classes: { critical: 4, sheddable: 1.25 } })
  for (const name of ['critical', 'sheddable', undefined]) await calls(2, 7, name)
  const { rejectRatio, classes } = throttle.snapshot()
  expect([rejectRatio, classes['critical']?.rejectRatio, classes['sheddable']?.rejectRatio]).toEqual([0.5, 0.1, 0.65])
  expect(() => throttle.tryAcquire({ class: 'night' })).toThrow(
    new RangeError('class must be one of the classes, got "night"'),
  )
  await expect(throttle.execute(() => 1, { class: 'night' })).rejects.toThrow(RangeError)
})

it('tells of what it holds back', async () => {
  const { throttle } = make({ random: () => 0, classes: { bulk: 2 } })
  const events: unknown[] = []
  throttle.on('rejected', (event) => events.push(event))
  throttle.tryAcquire({ class: 'bulk' })?.rejected()
  throttle.tryAcquire({ class: 'bulk' })
  expect(events).toEqual([{ class: 'bulk', rejectRatio: 0.5 }])
})

/** A minute-by-minute account of a side that takes `takes` calls a second, of those that are sent; 100 are wanted. */
function converse(seed: number, options: AdaptiveThrottleOptions, takes: (second: number) => number) {
  const clock = new ManualClock()
  const throttle = adaptiveThrottle({ ...options, clock, random: seeded(seed) })
  return Array.from({ length: 18 }, (_minute, minute) => {
    let [sent, accepted] = [0, 0]
    for (let second = minute * 60; second < (minute + 1) * 60; second++) {
      let left = takes(second)
      for (let call = 0; call < 100; call++, clock.advance(10)) {
        const permit = throttle.tryAcquire()
        if (!permit) continue
        sent++
        if (left-- > 0) {
          accepted++
          permit.accepted()
        } else permit.rejected()
      }
    }
    return { sent: sent / 60, accepted: accepted / 60 }
  })
}

describe('in the long run', () => {
  it.each([
    [1, 2],
    [2, 2],
    [3, 1.1],
    [4, 4],
  ])('seed %d sends about %d calls for each that is accepted', (seed, multiplier) => {
    for (const { sent, accepted } of converse(seed, { multiplier }, () => 10).slice(5)) {
      expect(accepted).toBeGreaterThan(7)
      expect(sent / accepted).toBeGreaterThan(0.9 * multiplier)
      expect(sent / accepted).toBeLessThan(1.1 * multiplier)
    }
  })

  it('holds nothing back while the other side takes more than half', () => {
    for (const { sent } of converse(5, {}, () => 55)) expect(sent).toBe(100)
  })

  it('keeps on asking a side that is gone, but takes its time to come back', () => {
    const minutes = converse(7, {}, (second) => (second >= 120 && second < 300 ? 0 : 100))
    // One call in requests + 1: less than one a minute by then.
    expect(minutes[8]?.sent).toBeGreaterThan(0)
    expect(minutes[8]?.sent).toBeLessThan(1)
    // Twice as many every minute.
    expect(minutes[12]?.accepted).toBeGreaterThan(3)
    expect(minutes[14]?.accepted).toBeGreaterThan(3 * (minutes[12]?.accepted ?? 0))
    expect(minutes[17]?.accepted).toBe(100)
  })

  it('comes back within minutes where some always go', () => {
    const minutes = converse(7, { maxRejectRatio: 0.9 }, (second) => (second >= 120 && second < 300 ? 0 : 100))
    expect(minutes[4]?.sent).toBeGreaterThan(8)
    expect(minutes[4]?.sent).toBeLessThan(12)
    expect(minutes[9]?.accepted).toBe(100)
  })
})

it.each<[AdaptiveThrottleOptions, string]>([
  [{ multiplier: 0.9 }, 'multiplier must be a finite number in [1, ∞), got 0.9'],
  [{ maxRejectRatio: 1.1 }, 'maxRejectRatio must be a finite number in [0, 1], got 1.1'],
  [{ windowMs: 0 }, 'windowMs must be a finite number in (0, ∞), got 0'],
  [{ classes: { bulk: 0 } }, 'classes.bulk must be a finite number in [1, ∞), got 0'],
  [{ classify: 1 as never }, 'classify must be a function, got 1'],
  [{ random: 1 as never }, 'random must be a function, got 1'],
  [{ clock: {} as never }, 'clock must have a method now()'],
])('refuses %j', (options, message) => {
  expect(() => adaptiveThrottle(options)).toThrow(message)
})
