import { getEventListeners } from 'node:events'
import { ManualClock, settle } from '@tps/internal/manual-clock'
import { describe, expect, it } from 'vitest'
import { failureOf } from './limiter-test-kit.ts'
import { RateLimitedError } from './rate-limited-error.ts'
import type { RateLimiterOptions } from './rate-limiter-options.ts'
import type { TakeOptions } from './rate-limiter-contract.ts'
import { rateLimiter } from './rate-limiter.ts'

/** 10 a second, two at once, on a clock of its own; `take` notes who was let go, and when. */
function make(options: Partial<RateLimiterOptions> = {}) {
  const clock = new ManualClock()
  const limiter = rateLimiter({ limit: 10, burst: 2, name: 'api', clock, timers: clock, ...options })
  const log: string[] = []
  const take = (who: string, options?: TakeOptions): Promise<void> =>
    limiter.take(options).then(
      () => void log.push(`${who} at ${clock.now()}`),
      (error: unknown) => void log.push(`${who} not: ${error instanceof Error ? error.message : String(error)}`),
    )
  return { clock, limiter, log, take }
}

describe('tryTake', () => {
  it('admits the burst and then the rate, and says exactly when to come again', () => {
    const { clock, limiter } = make()
    expect([limiter.tryTake(), limiter.tryTake(), limiter.tryTake()]).toEqual([true, true, false])
    expect(limiter.retryAfterMs).toBe(100)
    clock.advance(99.9)
    expect(limiter.tryTake()).toBe(false)
    clock.advance(limiter.retryAfterMs)
    expect(limiter.tryTake()).toBe(true)
    expect(limiter.snapshot().totals).toMatchObject({ admitted: 3, rejected: 2 })
  })

  it('takes the time it is given', () => {
    const { limiter } = make()
    expect([0, 0, 0, 100, 100, 199, 200].map((nowMs) => limiter.tryTake(1, nowMs))).toEqual([
      true,
      true,
      false,
      true,
      false,
      false,
      true,
    ])
    expect(limiter.tryTake({ nowMs: 1000, cost: 2 })).toBe(true)
  })

  it('counts costs, and refuses for ever what is above the burst', () => {
    const { limiter } = make({ burst: 5 })
    expect([limiter.tryTake(4), limiter.tryTake(2), limiter.tryTake(1), limiter.tryTake(0.5)]).toEqual([
      true,
      false,
      true,
      false,
    ])
    expect(limiter.retryAfterMs).toBe(50)
    expect(limiter.tryTake(5.5, 1e9)).toBe(false)
    expect(limiter.retryAfterMs).toBe(Number.POSITIVE_INFINITY)
  })

  it('has a burst of the limit by default, and of 1 at the least', () => {
    expect(rateLimiter({ limit: 2.5 }).snapshot()).toMatchObject({ burst: 2, perMs: 1000, maxKeys: 100_000 })
    expect(rateLimiter({ limit: 0.1 }).snapshot().burst).toBe(1)
  })

  it.each([0, -1, Number.NaN])('refuses to count a cost of %d', async (cost) => {
    const { limiter } = make()
    const message = `cost must be a finite number in (0, ∞), got ${cost}`
    expect(() => limiter.tryTake(cost)).toThrow(message)
    expect(() => limiter.tryTake({ key: 'a', cost })).toThrow(message)
    expect(() => limiter.peek({ cost })).toThrow(message)
    await expect(limiter.take({ cost })).rejects.toThrow(message)
    await expect(limiter.execute(() => 1, { cost, key: 'a' })).rejects.toThrow(message)
    expect(limiter.snapshot()).toMatchObject({ keys: 0, totals: { admitted: 0, rejected: 0 } })
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('refuses a time of %d', (nowMs) => {
    const { limiter } = make()
    expect(() => limiter.tryTake(1, nowMs)).toThrow(RangeError)
    expect(() => limiter.tryTake({ key: 'a', nowMs })).toThrow(RangeError)
    expect(limiter.snapshot().totals.admitted).toBe(0)
  })
})

describe('keys', () => {
  it('have a rate each, which is not the one of calls without a key', () => {
    const { limiter } = make({ burst: 1 })
    const calls = ['a', 'b', 'a', undefined, 'b', 7, '7', undefined].map((key) => limiter.tryTake({ key }))
    expect(calls).toEqual([true, true, false, true, false, true, true, false])
    expect(limiter.snapshot().keys).toBe(4)
  })

  it('may be given without an object', () => {
    const { limiter } = make({ burst: 1 })
    expect([limiter.tryTakeFor('a'), limiter.tryTakeFor('a', 1, 50), limiter.tryTakeFor('a', 1, 100)]).toEqual([
      true,
      false,
      true,
    ])
  })

  it('must be text or numbers', () => {
    const { limiter } = make()
    expect(() => limiter.tryTake({ key: null as never })).toThrow(
      new TypeError('key must be a string or a number, got null'),
    )
    expect(() => limiter.tryTakeFor({} as never)).toThrow('key must be a string or a number, got object')
  })

  it('are dropped once they say nothing any more', () => {
    const { clock, limiter } = make({ maxKeys: 2 })
    limiter.tryTake({ key: 'a' })
    limiter.tryTake({ key: 'b' })
    clock.advance(100)
    expect([limiter.tryTake({ key: 'c' }), limiter.tryTake({ key: 'd' })]).toEqual([true, true])
    expect(limiter.snapshot()).toMatchObject({ keys: 2, totals: { overflowed: 0 } })
  })
})

/** As `make`, with one key that is kept and limited. */
function full(options: Partial<RateLimiterOptions>) {
  const made = make({ burst: 1, maxKeys: 1, ...options })
  made.limiter.tryTake({ key: 'kept' })
  return made
}

describe('when every key that may be kept is limited', () => {
  it('lets the others share one rate', () => {
    const { limiter } = full({})
    expect(['a', 'b', 'kept'].map((key) => limiter.tryTake({ key }))).toEqual([true, false, false])
    expect(limiter.retryAfterMs).toBe(100)
    expect(limiter.snapshot().totals.overflowed).toBe(2)
  })

  it('counts against a key what it may have taken from the shared rate', () => {
    const { limiter } = full({})
    expect(limiter.tryTake({ key: 'a', nowMs: 99 })).toBe(true)
    // There is room for it now.
    expect(limiter.tryTake({ key: 'a', nowMs: 150 })).toBe(false)
    expect(limiter.retryAfterMs).toBe(49)
  })

  it('refuses the others on demand', async () => {
    const { limiter } = full({ whenFull: 'refuse' })
    expect(limiter.tryTake({ key: 'a' })).toBe(false)
    expect(limiter.retryAfterMs).toBe(100)
    await expect(limiter.take({ key: 'a' })).rejects.toMatchObject({ reason: 'keys', key: 'a', retryAfterMs: 100 })
    expect(limiter.tryTake({ key: 'kept' })).toBe(false)
  })

  it('admits the others on demand', async () => {
    const { limiter } = full({ whenFull: 'admit' })
    expect(['a', 'a', 'a', 'kept'].map((key) => limiter.tryTake({ key }))).toEqual([true, true, true, false])
    await expect(limiter.take({ key: 'a' })).resolves.toBeUndefined()
    expect(limiter.snapshot().totals).toMatchObject({ overflowed: 4, admitted: 5 })
  })

  it('lets those who wait for the shared rate go first, whatever room there is meanwhile', async () => {
    const { clock, limiter, log, take } = full({})
    limiter.tryTake({ key: 'a', nowMs: 50 })
    void take('a', { key: 'a' })
    await clock.advanceAsync(120)
    void take('later', { key: 'a' })
    await clock.advanceAsync(200)
    expect(log).toEqual(['a at 150', 'later at 250'])
  })
})

describe('take', () => {
  it('lets takers go at the rate, first come, first served, however much they cost', async () => {
    const { clock, log, take } = make()
    void take('a', { cost: 2 })
    void take('b', { cost: 2 })
    void take('c', { cost: 0.5 })
    void take('d')
    await clock.advanceAsync(1000)
    expect(log).toEqual(['a at 0', 'b at 200', 'c at 250', 'd at 350'])
    expect(clock.pendingTimers).toBe(0)
  })

  it('has a line for each key', async () => {
    const { clock, log, take } = make({ burst: 1 })
    for (const key of ['x', 'x', 'x', 'y', 'y']) void take(key, { key })
    expect(clock.pendingTimers).toBe(2)
    await clock.advanceAsync(1000)
    expect(log).toEqual(['x at 0', 'y at 0', 'x at 100', 'y at 100', 'x at 200'])
  })

  it('is not overtaken by tryTake, which is told of all who wait', async () => {
    const { clock, limiter, log, take } = make({ burst: 5 })
    limiter.tryTake(5)
    void take('big', { cost: 5 })
    clock.advance(200)
    expect(limiter.tryTake(1)).toBe(false)
    expect(limiter.retryAfterMs).toBe(400)
    expect(limiter.peek()).toEqual({ remaining: 0, retryAfterMs: 400, fullAfterMs: 800 })
    expect(limiter.tryTake({ key: 'other' })).toBe(true)
    await clock.advanceAsync(300)
    expect(log).toEqual(['big at 500'])
  })

  it('refuses at once whose wait would be too long, and lets nobody down who waits', async () => {
    const { clock, limiter, log, take } = make({ burst: 1, maxWaitMs: 250 })
    for (const who of ['a', 'b', 'c', 'd']) void take(who)
    await settle()
    expect(log).toEqual(['a at 0', 'd not: api refuses: retry after 300 ms'])
    await take('e', { maxWaitMs: 0 })
    await clock.advanceAsync(500)
    expect(log.slice(2)).toEqual(['e not: api refuses: retry after 300 ms', 'b at 100', 'c at 200'])
    expect(limiter.snapshot()).toMatchObject({ waiting: 0, totals: { admitted: 3, waited: 2, rejected: 2 } })
  })

  it('bounds how many wait', async () => {
    const { limiter, take } = make({ burst: 1, maxWaiters: 1 })
    void take('a')
    void take('b')
    await expect(limiter.take({ key: 'x' })).resolves.toBeUndefined()
    await expect(limiter.take({ key: 'x' })).rejects.toMatchObject({ reason: 'waiters', key: 'x', retryAfterMs: 100 })
    expect(limiter.snapshot()).toMatchObject({ waiting: 1, totals: { rejected: 1 } })
  })

  it('refuses what never conforms', async () => {
    const { limiter } = make()
    const error = await failureOf(limiter.take({ cost: 3, key: 'a' }))
    expect(error).toBeInstanceOf(RateLimitedError)
    expect(error).toMatchObject({
      name: 'RateLimitedError',
      code: 'ERR_RATE_LIMITED',
      limiter: 'api',
      key: 'a',
      reason: 'cost',
      retryAfterMs: Number.POSITIVE_INFINITY,
      message: 'api refuses "a": the cost is above the burst',
    })
    expect((error as Error).stack).not.toContain('rate-limiter.test')
  })

  it.each([-1, Number.NaN])('refuses to wait %d ms', async (maxWaitMs) => {
    await expect(make().limiter.take({ maxWaitMs })).rejects.toThrow(RangeError)
  })

  it('comes again when its timer came early', async () => {
    const clock = new ManualClock()
    const early = { schedule: (ms: number, callback: () => void) => clock.schedule(ms * 0.9, callback) }
    const limiter = rateLimiter({ limit: 10, burst: 1, clock, timers: early })
    limiter.tryTake()
    let atMs = Number.NaN
    void limiter.take().then(() => (atMs = clock.now()))
    await clock.advanceAsync(99)
    expect(atMs).toBeNaN()
    await clock.advanceAsync(2)
    expect(atMs).toBeCloseTo(100, 5)
  })
})

describe('an abort', () => {
  it('before the call takes nothing', async () => {
    const { limiter } = make()
    const signal = AbortSignal.abort(new Error('gone'))
    await expect(limiter.take({ signal })).rejects.toThrow('gone')
    await expect(limiter.execute(() => 1, { signal })).rejects.toThrow('gone')
    expect(limiter.snapshot().totals).toMatchObject({ admitted: 0, cancelled: 0 })
  })

  it.each(['b', 'c', 'd'])('of %s moves those behind it forward, and nobody else', async (leaver) => {
    const { clock, limiter, log, take } = make({ burst: 3 })
    const controller = new AbortController()
    limiter.tryTake(3)
    for (const who of ['b', 'c', 'd', 'e']) {
      void take(who, { cost: 2, ...(who === leaver && { signal: controller.signal }) })
    }
    await clock.advanceAsync(50)
    controller.abort(new Error('left'))
    await clock.advanceAsync(1000)
    const others = ['b', 'c', 'd', 'e'].filter((who) => who !== leaver)
    expect(log).toEqual([`${leaver} not: left`, ...others.map((who, index) => `${who} at ${200 * (index + 1)}`)])
    expect(limiter.snapshot().totals.cancelled).toBe(1)
  })

  it('of the first lets a smaller one go at once', async () => {
    const { clock, limiter, log, take } = make({ burst: 3 })
    const controller = new AbortController()
    limiter.tryTake(3)
    void take('big', { cost: 3, signal: controller.signal })
    void take('small')
    await clock.advanceAsync(150)
    controller.abort(new Error('left'))
    await settle()
    expect(log).toEqual(['big not: left', 'small at 150'])
    expect(clock.pendingTimers).toBe(0)
  })

  it('leaves no listener on the signal and no timer', async () => {
    const { clock, limiter } = make({ burst: 1 })
    const { signal } = new AbortController()
    const calls = Array.from({ length: 100 }, () => limiter.take({ signal, key: 'a' }))
    expect(getEventListeners(signal, 'abort')).toHaveLength(99)
    await clock.advanceAsync(10_000)
    await Promise.all(calls)
    expect(getEventListeners(signal, 'abort')).toEqual([])
    expect(clock.pendingTimers).toBe(0)
  })
})

describe('stop', () => {
  it('refuses those who wait and who would have to, and nobody else', async () => {
    const { clock, limiter } = make({ burst: 1 })
    const { signal } = new AbortController()
    limiter.tryTake({ key: 'a' })
    const waiting = failureOf(limiter.take({ key: 'a', signal }))
    limiter.stop()
    expect(await waiting).toMatchObject({ reason: 'stopped', key: 'a', message: 'api refuses "a": it is stopped' })
    await expect(limiter.take({ key: 'a' })).rejects.toMatchObject({ reason: 'stopped', retryAfterMs: 100 })
    await expect(limiter.take()).resolves.toBeUndefined()
    expect(getEventListeners(signal, 'abort')).toEqual([])
    expect(clock.pendingTimers).toBe(0)
  })

  it('comes with the end of a block', async () => {
    const { clock, limiter, take } = make({ burst: 1 })
    {
      using _limiter = limiter
      void take('a')
      void take('b')
    }
    expect(clock.pendingTimers).toBe(0)
  })
})

describe('execute', () => {
  it('waits for its turn, by key, and then calls the work', async () => {
    const { clock, limiter } = make({ burst: 1 })
    const calls = ['a', 'a', 'b'].map((key) => limiter.execute(() => `${key} at ${clock.now()}`, { key }))
    await clock.advanceAsync(100)
    expect(await Promise.all(calls)).toEqual(['a at 0', 'a at 100', 'b at 0'])
  })

  it('refuses without calling the work', async () => {
    const { limiter } = make({ burst: 1, maxWaitMs: 0 })
    let calls = 0
    await limiter.execute(() => calls++)
    await expect(limiter.execute(() => calls++)).rejects.toMatchObject({ code: 'ERR_RATE_LIMITED', reason: 'rate' })
    expect(calls).toBe(1)
  })
})

it('tells what is left without taking', () => {
  const { limiter } = make({ burst: 3 })
  expect(limiter.peek()).toEqual({ remaining: 3, retryAfterMs: 0, fullAfterMs: 0 })
  limiter.tryTake({ key: 'a', cost: 2 })
  expect(limiter.peek({ key: 'a', cost: 2 })).toEqual({ remaining: 1, retryAfterMs: 100, fullAfterMs: 200 })
  expect(limiter.peek({ key: 'b', cost: 4 }).retryAfterMs).toBe(Number.POSITIVE_INFINITY)
  expect(limiter.snapshot()).toMatchObject({ keys: 1, totals: { admitted: 1, rejected: 0 } })
})

it('tells of what it refuses, and why', async () => {
  const { limiter } = make({ maxWaitMs: 0 })
  const events: unknown[] = []
  limiter.on('rejected', (event) => events.push(event))
  limiter.tryTake({ key: 'a', cost: 2 })
  limiter.tryTake({ key: 'a' })
  limiter.tryTake(3)
  await failureOf(limiter.take({ key: 'a', cost: 2 }))
  expect(events).toEqual([
    { key: 'a', cost: 1, reason: 'rate', retryAfterMs: 100 },
    { key: undefined, cost: 3, reason: 'cost', retryAfterMs: Number.POSITIVE_INFINITY },
    { key: 'a', cost: 2, reason: 'rate', retryAfterMs: 200 },
  ])
})

it.each<[Partial<RateLimiterOptions>, string]>([
  [{ limit: 0 }, 'limit must be a finite number in (0, ∞), got 0'],
  [{ perMs: -1 }, 'perMs must be a finite number in (0, ∞), got -1'],
  [{ burst: 0.5 }, 'burst must be a finite number in [1, ∞), got 0.5'],
  [{ maxKeys: 0 }, 'maxKeys must be an integer in [1, 16000000], got 0'],
  [{ maxKeys: 1.5 }, 'maxKeys must be an integer in [1, 16000000], got 1.5'],
  [{ whenFull: 'evict' as never }, 'whenFull must be "share" or "refuse" or "admit", got "evict"'],
  [{ maxWaiters: -1 }, 'maxWaiters must be an integer in [0, ∞), got -1'],
  [{ maxWaitMs: -1 }, 'maxWaitMs must be a finite number in [0, ∞), got -1'],
  [{ clock: {} as never }, 'clock must have a method now()'],
  [{ timers: {} as never }, 'timers must have a method schedule()'],
])('refuses %j', (options, message) => {
  expect(() => make(options)).toThrow(message)
})
