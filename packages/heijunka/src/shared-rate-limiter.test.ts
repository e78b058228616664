import { getEventListeners } from 'node:events'
import { ManualClock, settle } from '@tps/internal/manual-clock'
import { describe, expect, it } from 'vitest'
import { earliestMs, nextTat, waitUntil } from './gcra.ts'
import { failureOf } from './limiter-test-kit.ts'
import type { RateLimitStore } from './rate-limit-store.ts'
import type { TakeOptions } from './rate-limiter-contract.ts'
import type { SharedRateLimiterOptions } from './shared-rate-limiter-options.ts'
import { sharedRateLimiter } from './shared-rate-limiter.ts'

/** A store in memory that can fail, hang, be slow or talk nonsense. */
class TestStore implements RateLimitStore {
  readonly tats = new Map<string, number>()
  readonly calls: string[] = []
  mode: 'well' | 'failing' | 'throwing' | 'hanging' | 'nonsense' = 'well'
  readonly held: (() => void)[] = []
  readonly #clock: ManualClock

  constructor(clock: ManualClock) {
    this.#clock = clock
  }

  take(key: string, cost: number, intervalMs: number, burstMs: number): Promise<number> {
    this.calls.push(key)
    if (this.mode === 'throwing') throw new Error('no connection')
    if (this.mode === 'failing') return Promise.reject(new Error('connection refused'))
    if (this.mode === 'nonsense') return Promise.resolve(Number.NaN)
    if (this.mode === 'hanging') return new Promise((resolve) => this.held.push(() => resolve(0)))
    const nowMs = this.#clock.now()
    const rule = { burst: burstMs / intervalMs, intervalMs, burstMs }
    const tat = this.tats.get(key) ?? 0
    const waitMs = waitUntil(earliestMs(rule, tat, cost), nowMs)
    if (waitMs === 0) this.tats.set(key, nextTat(rule, tat, cost, nowMs))
    return Promise.resolve(waitMs)
  }
}

/** Two processes that share 10 a second, 2 at once. */
function make(options: Partial<SharedRateLimiterOptions> = {}) {
  const clock = new ManualClock()
  const store = new TestStore(clock)
  const one = () => sharedRateLimiter({ store, name: 'api', limit: 10, burst: 2, clock, timers: clock, ...options })
  const [limiter, other] = [one(), one()]
  const events: unknown[] = []
  limiter.on('storeAway', ({ cause }) => events.push(['away', clock.now(), (cause as Error).message]))
  limiter.on('storeBack', (event) => events.push(['back', clock.now(), event]))
  const log: string[] = []
  const take = (who: string, options?: TakeOptions): Promise<void> =>
    limiter.take(options).then(
      () => void log.push(`${who} at ${clock.now()}`),
      (error: unknown) => void log.push(`${who} not: ${error instanceof Error ? error.message : String(error)}`),
    )
  return { clock, store, limiter, other, events, log, take }
}

it('shares one rate between limiters of the same store and name', async () => {
  const { clock, limiter, other } = make()
  await limiter.tryTake()
  await other.tryTake()
  expect(await limiter.tryTake()).toEqual({ isAdmitted: false, retryAfterMs: 100, decidedBy: 'store' })
  clock.advance(100)
  expect(await other.tryTake()).toEqual({ isAdmitted: true, retryAfterMs: 0, decidedBy: 'store' })
  expect(limiter.snapshot().totals).toEqual({ admitted: 1, admittedLocally: 0, rejected: 1, cancelled: 0 })
})

it('keeps keys apart, text from numbers and both from no key', async () => {
  const { limiter, store } = make({ burst: 1 })
  for (const key of [1, '1', undefined, '']) expect(await limiter.tryTake({ key })).toMatchObject({ isAdmitted: true })
  expect(store.calls).toEqual(['api#1', 'api:1', 'api', 'api:'])
})

it('refuses what never conforms without asking, and what is no cost', async () => {
  const { limiter, store } = make()
  expect(await limiter.tryTake({ cost: 3 })).toMatchObject({
    isAdmitted: false,
    retryAfterMs: Number.POSITIVE_INFINITY,
  })
  await expect(limiter.take({ cost: 3 })).rejects.toMatchObject({ code: 'ERR_RATE_LIMITED', reason: 'cost' })
  await expect(limiter.tryTake({ cost: 0 })).rejects.toThrow(RangeError)
  await expect(limiter.take({ cost: Number.NaN })).rejects.toThrow(RangeError)
  expect(store.calls).toEqual([])
})

describe('a store that is away', () => {
  it.each(['failing', 'throwing', 'nonsense'] as const)('because it is %s is not asked any more', async (mode) => {
    const { limiter, store, events } = make({ awayAfter: 2 })
    store.mode = mode
    const decisions = [await limiter.tryTake(), await limiter.tryTake(), await limiter.tryTake()]
    expect(decisions.map(({ isAdmitted, decidedBy }) => [isAdmitted, decidedBy])).toEqual([
      [true, 'local'],
      [true, 'local'],
      [false, 'local'],
    ])
    expect(decisions[2]?.retryAfterMs).toBe(100)
    expect(store.calls).toHaveLength(2)
    expect(events).toHaveLength(1)
    expect(limiter.snapshot()).toMatchObject({
      store: { isAway: true, timesAway: 1, failures: 2, timeouts: 0 },
      totals: { admitted: 2, admittedLocally: 2, rejected: 1 },
    })
  })

  it('because it hangs is waited for no longer than told', async () => {
    const { clock, limiter, store, events } = make({ awayAfter: 1, timeoutMs: 50 })
    store.mode = 'hanging'
    const decision = limiter.tryTake()
    await clock.advanceAsync(49)
    expect(events).toEqual([])
    await clock.advanceAsync(1)
    expect(await decision).toMatchObject({ isAdmitted: true, decidedBy: 'local' })
    expect(events).toEqual([['away', 50, 'the store did not answer within 50 ms']])
    // The next one waits for nothing.
    expect(await limiter.tryTake()).toMatchObject({ decidedBy: 'local' })
    expect(limiter.snapshot().store).toMatchObject({ isAway: true, awayMs: 0, failures: 1, timeouts: 1 })
    expect(clock.pendingTimers).toBe(0)
  })

  it('is asked by one call now and then, and comes back by itself', async () => {
    const { clock, limiter, store, events } = make({ awayAfter: 1, retryMs: 1000 })
    store.mode = 'failing'
    await limiter.tryTake()
    for (const ms of [999, 1, 999, 1]) {
      clock.advance(ms)
      await Promise.all([limiter.tryTake(), limiter.tryTake()])
    }
    expect(store.calls).toHaveLength(3)
    store.mode = 'well'
    clock.advance(1000)
    const decisions = await Promise.all([limiter.tryTake(), limiter.tryTake()])
    expect(decisions.map(({ decidedBy }) => decidedBy)).toEqual(['store', 'local'])
    expect(await limiter.tryTake()).toMatchObject({ decidedBy: 'store' })
    expect(events).toEqual([
      ['away', 0, 'connection refused'],
      ['back', 3000, { awayMs: 3000, decisions: 10 }],
    ])
    expect(limiter.snapshot().store).toMatchObject({ isAway: false, awayMs: 0 })
  })

  it('is not taken for back because of what it was asked before', async () => {
    const { clock, limiter, store, events } = make({ awayAfter: 1, timeoutMs: 100 })
    store.mode = 'hanging'
    const early = limiter.tryTake()
    clock.advance(50)
    store.mode = 'failing'
    await limiter.tryTake()
    store.held[0]?.()
    expect(await early).toMatchObject({ decidedBy: 'store' })
    expect(limiter.snapshot().store.isAway).toBe(true)
    expect(events).toHaveLength(1)
  })

  it('may fail now and then without being away', async () => {
    const { limiter, store, events } = make({ awayAfter: 2, limit: 1000, burst: 100 })
    for (const mode of ['failing', 'well', 'failing', 'well', 'failing'] as const) {
      store.mode = mode
      await limiter.tryTake()
    }
    expect(events).toEqual([])
    expect(limiter.snapshot().store).toMatchObject({ isAway: false, failures: 3 })
  })

  it('leaves a process its share of the rate', async () => {
    const { clock, limiter, store } = make({ awayAfter: 1, burst: 4, localRatio: 0.5, retryMs: 1e6 })
    store.mode = 'failing'
    const admitted: number[] = []
    for (; clock.now() < 1000; clock.advance(10)) if ((await limiter.tryTake()).isAdmitted) admitted.push(clock.now())
    expect(admitted).toEqual([0, 0 + 10, 200, 400, 600, 800])
    expect(await limiter.tryTake({ key: 'big', cost: 4 })).toMatchObject({ isAdmitted: true })
    expect(await limiter.tryTake({ key: 'big' })).toMatchObject({ isAdmitted: false, retryAfterMs: 600 })
  })

  it('leaves no fresh burst to a process that has just used the rate up', async () => {
    const { limiter, store } = make({ awayAfter: 1 })
    await limiter.tryTake({ cost: 2 })
    store.mode = 'failing'
    expect(await limiter.tryTake()).toEqual({ isAdmitted: false, retryAfterMs: 100, decidedBy: 'local' })
  })
})

describe('take', () => {
  it('waits for the store to admit, first come, first served for each key', async () => {
    const { clock, log, take } = make({ burst: 1 })
    for (const who of ['a', 'b', 'c']) void take(who)
    void take('other', { key: 'x' })
    await clock.advanceAsync(1000)
    expect(log).toEqual(['a at 0', 'other at 0', 'b at 100', 'c at 200'])
    expect(clock.pendingTimers).toBe(0)
  })

  it('lets only the first of a line ask', async () => {
    const { clock, store, take } = make({ burst: 1 })
    for (let index = 0; index < 5; index++) void take(`${index}`)
    await settle()
    const before = store.calls.length
    await clock.advanceAsync(100)
    // The second is let go, and the third hears how long it takes.
    expect(store.calls.length - before).toBe(2)
  })

  it('asks again when another process was faster', async () => {
    const { clock, other, log, take } = make({ burst: 1 })
    await other.tryTake()
    void take('a')
    await settle()
    await clock.advanceAsync(99)
    clock.advance(0.5)
    void clock.schedule(0.4, () => void other.tryTake())
    await clock.advanceAsync(0.5)
    expect((await other.tryTake()).isAdmitted).toBe(false)
    await clock.advanceAsync(500)
    expect(log).toEqual(['a at 100'])
  })

  it('is not overtaken by tryTake of its process', async () => {
    const { clock, limiter, store, take } = make({ burst: 1 })
    void take('a')
    await settle()
    void take('b')
    await settle()
    const asked = store.calls.length
    clock.advance(40)
    expect(await limiter.tryTake()).toEqual({ isAdmitted: false, retryAfterMs: 160, decidedBy: 'local' })
    expect(store.calls).toHaveLength(asked)
  })

  it('refuses whose wait is too long, at once or when the time is over', async () => {
    const { clock, log, take } = make({ burst: 1, maxWaitMs: 220 })
    for (const who of ['a', 'b']) void take(who)
    void take('c', { maxWaitMs: 99 })
    await settle()
    void take('d', { maxWaitMs: 199 })
    void take('e')
    void take('f')
    await clock.advanceAsync(1000)
    expect(log).toEqual([
      'a at 0',
      'c not: api refuses: retry after 100 ms',
      'd not: api refuses: retry after 200 ms',
      'b at 100',
      'e at 200',
      'f not: api refuses: retry after 80 ms',
    ])
    expect(clock.pendingTimers).toBe(0)
  })

  it('bounds how many wait', async () => {
    const { limiter, take } = make({ burst: 1, maxWaiters: 1 })
    void take('a')
    void take('b')
    await settle()
    await expect(limiter.take()).rejects.toMatchObject({ reason: 'waiters' })
    expect(limiter.snapshot().waiting).toBe(1)
  })

  it('goes on by itself when the store goes away meanwhile', async () => {
    const { clock, store, log, take } = make({ burst: 1, awayAfter: 1, localRatio: 0.5 })
    void take('a')
    void take('b')
    await settle()
    store.mode = 'failing'
    await clock.advanceAsync(1000)
    expect(log).toEqual(['a at 0', 'b at 200'])
  })

  it('ends with the signal, lets the next one ask at once and leaves no listener', async () => {
    const { clock, limiter, log, take } = make({ burst: 2 })
    const { signal } = new AbortController()
    const controller = new AbortController()
    await limiter.tryTake({ cost: 2 })
    void take('big', { cost: 2, signal: controller.signal })
    await settle()
    void take('small', { signal })
    await clock.advanceAsync(150)
    controller.abort(new Error('left'))
    await clock.advanceAsync(0)
    expect(log).toEqual(['big not: left', 'small at 150'])
    expect(limiter.snapshot().totals.cancelled).toBe(1)
    expect([getEventListeners(signal, 'abort'), getEventListeners(controller.signal, 'abort')]).toEqual([[], []])
    await expect(limiter.take({ signal: AbortSignal.abort(new Error('gone')) })).rejects.toThrow('gone')
  })

  it('does not take up work whose caller left while the store was asked', async () => {
    const { limiter, store } = make()
    const controller = new AbortController()
    store.mode = 'hanging'
    let calls = 0
    const call = failureOf(limiter.execute(() => calls++, { signal: controller.signal }))
    controller.abort(new Error('left'))
    store.held[0]?.()
    expect(await call).toEqual(new Error('left'))
    expect(calls).toBe(0)
  })

  it('gives what an aborted taker was just given to the next one', async () => {
    const { clock, store, limiter, log, take } = make({ burst: 1 })
    const controller = new AbortController()
    await limiter.tryTake()
    void take('leaving', { signal: controller.signal })
    await settle()
    void take('next')
    await settle()
    store.mode = 'hanging'
    await clock.advanceAsync(100)
    controller.abort(new Error('left'))
    store.held[0]?.()
    await settle()
    expect(log).toEqual(['leaving not: left', 'next at 100'])
  })
})

it('calls the work when its turn has come, and rejects when it is stopped', async () => {
  const { clock, limiter } = make({ burst: 1 })
  await expect(limiter.execute(() => 1)).resolves.toBe(1)
  const waiting = limiter.execute(() => 2)
  await clock.advanceAsync(100)
  await expect(waiting).resolves.toBe(2)
  const stopped = failureOf(limiter.execute(() => 3, { key: undefined }))
  await settle()
  limiter.stop()
  expect(await stopped).toMatchObject({ reason: 'stopped' })
  await expect(limiter.take()).rejects.toMatchObject({ reason: 'stopped' })
  expect(clock.pendingTimers).toBe(0)
})

it('tells of what it refuses', async () => {
  const { limiter } = make({ burst: 1, maxWaitMs: 0 })
  const events: unknown[] = []
  limiter.on('rejected', (event) => events.push(event))
  await limiter.tryTake({ key: 'a' })
  await limiter.tryTake({ key: 'a' })
  await failureOf(limiter.take({ key: 'a' }))
  expect(events).toEqual([
    { key: 'a', cost: 1, reason: 'rate', retryAfterMs: 100 },
    { key: 'a', cost: 1, reason: 'rate', retryAfterMs: 100 },
  ])
})

it.each<[Partial<SharedRateLimiterOptions>, string]>([
  [{ store: {} as never }, 'store must have a method take()'],
  [{ limit: 0 }, 'limit must be'],
  [{ timeoutMs: 0 }, 'timeoutMs must be a finite number in (0, ∞), got 0'],
  [{ localRatio: 1.1 }, 'localRatio must be a finite number in (0, 1], got 1.1'],
  [{ awayAfter: 0 }, 'awayAfter must be an integer in [1, ∞), got 0'],
  [{ retryMs: 0 }, 'retryMs must be a finite number in (0, ∞), got 0'],
  [{ maxKeys: 0 }, 'maxKeys must be an integer'],
  [{ maxWaiters: -1 }, 'maxWaiters must be'],
  [{ maxWaitMs: Number.NaN }, 'maxWaitMs must be'],
])('refuses %j', (options, message) => {
  expect(() => make(options)).toThrow(message)
})
