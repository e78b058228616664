import { getEventListeners } from 'node:events'
import { ManualClock, settle } from '@tps/internal/manual-clock'
import { describe, expect, it } from 'vitest'
import type { AcquireOptions, LimitPermit } from './adaptive-limiter-contract.ts'
import type { AdaptiveLimiterOptions } from './adaptive-limiter-options.ts'
import { adaptiveLimiter } from './adaptive-limiter.ts'
import { LimitExceededError } from './limit-exceeded-error.ts'
import { failureOf, pending } from './limiter-test-kit.ts'

/** A limit of 2 that stays, unless told otherwise; `acquire` notes who got a place. */
function make(options: Partial<AdaptiveLimiterOptions> = {}) {
  const clock = new ManualClock()
  const limiter = adaptiveLimiter({
    name: 'db',
    initialLimit: 2,
    queueCapacity: 10,
    clock,
    timers: clock,
    ...options,
  })
  const log: string[] = []
  const permits = new Map<string, LimitPermit>()
  const acquire = (who: string, given?: AcquireOptions): Promise<void> =>
    limiter.acquire(given).then(
      (permit) => {
        permits.set(who, permit)
        log.push(who)
      },
      (error: unknown) => void log.push(`${who} not: ${error instanceof Error ? error.message : String(error)}`),
    )
  const end = async (who: string): Promise<void> => {
    permits.get(who)?.ignore()
    await settle()
  }
  return { clock, limiter, log, acquire, end }
}

describe('tryAcquire', () => {
  it('gives places up to the limit, and each back once', () => {
    const { limiter } = make()
    const [one, two] = [limiter.tryAcquire(), limiter.tryAcquire()]
    expect(limiter.tryAcquire()).toBeUndefined()
    one?.success()
    one?.drop()
    one?.ignore()
    expect(limiter.snapshot()).toMatchObject({ inFlight: 1, totals: { succeeded: 1, dropped: 0, ignored: 0 } })
    expect(limiter.tryAcquire()).toBeDefined()
    expect(limiter.tryAcquire()).toBeUndefined()
    two?.failure()
    expect(limiter.snapshot().totals).toMatchObject({ admitted: 3, rejected: 2, failed: 1 })
  })

  it('takes the end of a block for nothing said', () => {
    const { limiter } = make()
    {
      using permit = limiter.tryAcquire()
      expect(permit).toBeDefined()
    }
    expect(limiter.snapshot()).toMatchObject({ inFlight: 0, totals: { ignored: 1 } })
  })

  it('does not overtake who waits', async () => {
    const { limiter, log, acquire, end } = make({ initialLimit: 1 })
    await acquire('a')
    void acquire('b')
    await settle()
    const ending = end('a')
    expect(limiter.tryAcquire()).toBeUndefined()
    await ending
    expect(log).toEqual(['a', 'b'])
  })
})

describe('the queue', () => {
  it('is served in order, as places become free', async () => {
    const { log, acquire, end } = make()
    for (const who of ['a', 'b', 'c', 'd', 'e']) void acquire(who)
    await settle()
    expect(log).toEqual(['a', 'b'])
    await end('b')
    await end('a')
    expect(log).toEqual(['a', 'b', 'c', 'd'])
  })

  it('is bounded', async () => {
    const { limiter, acquire } = make({ initialLimit: 1, queueCapacity: 1 })
    void acquire('a')
    void acquire('b')
    const error = await failureOf(limiter.acquire())
    expect(error).toBeInstanceOf(LimitExceededError)
    expect(error).toMatchObject({
      name: 'LimitExceededError',
      code: 'ERR_LIMIT_EXCEEDED',
      limiter: 'db',
      reason: 'full',
      limit: 1,
      inFlight: 1,
      queued: 1,
      class: undefined,
      message: 'db is full: 1 of 1 in flight, 1 queued',
    })
    expect((error as Error).stack).not.toContain('adaptive-limiter.test')
  })

  it('does not exist by default', async () => {
    const limiter = adaptiveLimiter({ initialLimit: 1 })
    limiter.tryAcquire()
    await expect(limiter.acquire()).rejects.toMatchObject({ reason: 'full' })
  })

  it('lets nobody wait for longer than told', async () => {
    const { clock, limiter, log, acquire, end } = make({ initialLimit: 1, maxWaitMs: 100 })
    await acquire('a')
    void acquire('b')
    await clock.advanceAsync(50)
    void acquire('c')
    await clock.advanceAsync(60)
    expect(log).toEqual(['a', 'b not: db had no place in time: 1 of 1 in flight, 1 queued'])
    await end('a')
    expect(log.at(-1)).toBe('c')
    await clock.advanceAsync(1000)
    expect(clock.pendingTimers).toBe(0)
    expect(limiter.snapshot()).toMatchObject({ queued: 0, totals: { rejected: 1, admitted: 2 } })
  })

  it('lets them wait for ever on demand', async () => {
    const { clock, log, acquire, end } = make({ initialLimit: 1, maxWaitMs: Number.POSITIVE_INFINITY })
    await acquire('a')
    void acquire('b')
    expect(clock.pendingTimers).toBe(0)
    await clock.advanceAsync(1e9)
    await end('a')
    expect(log).toEqual(['a', 'b'])
  })

  it('is left by an abort, from any place, without a trace', async () => {
    const { clock, limiter, log, acquire, end } = make({ initialLimit: 1 })
    const controller = new AbortController()
    const { signal } = new AbortController()
    await acquire('a')
    void acquire('b', { signal })
    void acquire('c', { signal: controller.signal })
    void acquire('d', { signal })
    controller.abort(new Error('left'))
    await settle()
    await end('a')
    await end('b')
    expect(log).toEqual(['a', 'c not: left', 'b', 'd'])
    expect([...getEventListeners(signal, 'abort'), ...getEventListeners(controller.signal, 'abort')]).toEqual([])
    expect(limiter.snapshot().totals).toMatchObject({ cancelled: 1, rejected: 0 })
    await clock.advanceAsync(2000)
    expect(clock.pendingTimers).toBe(0)
    await expect(limiter.acquire({ signal: AbortSignal.abort(new Error('gone')) })).rejects.toThrow('gone')
  })

  it('is sent away by stop; free places are given on', async () => {
    const { clock, limiter, log, acquire, end } = make({ initialLimit: 1 })
    await acquire('a')
    void acquire('b')
    limiter.stop()
    await settle()
    await acquire('c')
    await end('a')
    await acquire('d')
    expect(log).toEqual([
      'a',
      'b not: db is stopped: 1 of 1 in flight, 0 queued',
      'c not: db is stopped: 1 of 1 in flight, 0 queued',
      'd',
    ])
    expect(clock.pendingTimers).toBe(0)
  })
})

describe('partitions', () => {
  const partitions = { live: 0.5, batch: 0.25 }

  it('keep places free for their class, and give what is nobody’s to all', async () => {
    const { limiter } = make({ initialLimit: 8, partitions })
    const counts = (): unknown => {
      const { inFlight, partitions: read } = limiter.snapshot()
      return [inFlight, read['live']?.inFlight, read['batch']?.inFlight]
    }
    // 4 for live, 2 for batch, 2 for all.
    for (let call = 0; call < 10; call++) limiter.tryAcquire({ class: 'batch' })
    expect(counts()).toEqual([4, 0, 4])
    for (let call = 0; call < 10; call++) limiter.tryAcquire()
    expect(counts()).toEqual([4, 0, 4])
    for (let call = 0; call < 10; call++) limiter.tryAcquire({ class: 'live' })
    expect(counts()).toEqual([8, 4, 4])
    expect(limiter.snapshot().partitions).toEqual({
      live: { share: 0.5, guaranteed: 4, inFlight: 4, queued: 0 },
      batch: { share: 0.25, guaranteed: 2, inFlight: 4, queued: 0 },
    })
  })

  it('serve those first whose own place it is, then who waited longest, each class in order', async () => {
    const { log, acquire, end } = make({ initialLimit: 4, partitions })
    // 2 for live, 1 for batch, 1 for all.
    for (const who of ['batch 1', 'batch 2']) await acquire(who, { class: 'batch' })
    for (const who of ['live 1', 'live 2']) await acquire(who, { class: 'live' })
    for (const who of ['any 1', 'any 2']) void acquire(who)
    void acquire('batch 3', { class: 'batch' })
    for (const who of ['live 3', 'live 4']) void acquire(who, { class: 'live' })
    await settle()
    expect(log.splice(0)).toEqual(['batch 1', 'batch 2', 'live 1', 'live 2'])
    await end('live 1')
    await end('batch 2')
    await end('batch 1')
    expect(log).toEqual(['live 3', 'any 1', 'batch 3'])
  })

  it('are the only classes there are', async () => {
    const { limiter } = make({ partitions })
    const message = 'class must be one of the partitions, got "night"'
    expect(() => limiter.tryAcquire({ class: 'night' })).toThrow(new RangeError(message))
    await expect(limiter.acquire({ class: 'night' })).rejects.toThrow(message)
    await expect(limiter.execute(() => 1, { class: 'night' })).rejects.toThrow(message)
  })
})

describe('execute', () => {
  it('waits for its turn and calls the work once', async () => {
    const { limiter } = make({ initialLimit: 1 })
    const [first, second] = [pending(), pending()]
    const calls = [limiter.execute(first.work), limiter.execute(second.work, {})]
    expect(limiter.snapshot()).toMatchObject({ inFlight: 1, queued: 1 })
    first.resolve('one')
    await settle()
    expect(limiter.snapshot()).toMatchObject({ inFlight: 1, queued: 0 })
    second.resolve('two')
    expect(await Promise.all(calls)).toEqual(['one', 'two'])
    expect(limiter.snapshot()).toMatchObject({ inFlight: 0, totals: { succeeded: 2 } })
  })

  it.each([
    ['succeeded', () => 1],
    ['failed', () => Promise.reject(new Error('no such row'))],
    ['dropped', () => Promise.reject(new DOMException('too late', 'TimeoutError'))],
    ['dropped', () => Promise.reject(Object.assign(new Error('no'), { code: 'ETIMEDOUT' }))],
    ['dropped', () => Promise.reject(new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } }))],
    ['dropped', () => Promise.reject(Object.assign(new Error('no'), { status: 503 }))],
    ['dropped', () => Promise.reject(Object.assign(new Error('no'), { statusCode: 429 }))],
    ['ignored', () => Promise.reject(Object.assign(new Error('no'), { code: 'ERR_CIRCUIT_OPEN' }))],
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- not everything that is thrown is an error
    ['failed', () => Promise.reject(undefined)],
  ])('counts as %s: %s', async (total, work) => {
    const { limiter } = make()
    await Promise.allSettled([limiter.execute<unknown>(work)])
    expect(limiter.snapshot()).toMatchObject({ inFlight: 0, totals: { admitted: 1, [total]: 1 } })
  })

  it('ignores what its caller cancelled', async () => {
    const { limiter } = make()
    const controller = new AbortController()
    const { work, reject } = pending()
    const call = failureOf(limiter.execute(work, { signal: controller.signal }))
    controller.abort()
    reject(new DOMException('too late', 'TimeoutError'))
    await call
    expect(limiter.snapshot().totals).toMatchObject({ ignored: 1, dropped: 0 })
  })

  it('does not start work whose caller left as its turn came', async () => {
    const { limiter } = make({ initialLimit: 1 })
    const permit = limiter.tryAcquire()
    const controller = new AbortController()
    let calls = 0
    const call = failureOf(limiter.execute(() => calls++, { signal: controller.signal }))
    permit?.success()
    controller.abort(new Error('left'))
    expect(await call).toEqual(new Error('left'))
    expect([calls, limiter.snapshot().inFlight]).toEqual([0, 0])
  })

  it('takes the word of classify, and reports it when that makes no sense', async () => {
    const reported: unknown[] = []
    const answers: unknown[] = ['drop', 'success', 'nonsense']
    const { limiter } = make({
      classify: () => {
        if (answers.length === 0) throw new Error('mine')
        return answers.shift() as 'drop'
      },
      onListenerError: (error, option) => reported.push([option, (error as Error).message]),
    })
    for (let call = 0; call < 4; call++) await expect(limiter.execute(() => call)).resolves.toBe(call)
    expect(limiter.snapshot().totals).toMatchObject({ dropped: 1, succeeded: 1, ignored: 2 })
    expect(reported).toEqual([
      ['classify', 'classify must return "success", "failure", "ignore" or "drop", got nonsense'],
      ['classify', 'mine'],
    ])
  })
})

describe('the limit', () => {
  it('follows the calls and tells of it', async () => {
    const { clock, limiter } = make({ initialLimit: 10, algorithm: { kind: 'aimd', slowMs: 1000 } })
    const events: unknown[] = []
    limiter.on('limit', (event) => events.push(event))
    limiter.tryAcquire()?.drop()
    clock.advance(10)
    const slow = limiter.tryAcquire()
    clock.advance(1000)
    slow?.success()
    expect(events).toEqual([
      { from: 10, to: 9, reason: 'drop' },
      { from: 9, to: 8, reason: 'latency' },
    ])
    expect(limiter.snapshot()).toMatchObject({ algorithm: 'aimd', limit: 8, baselineMs: null, latencyMs: 1000 })
    expect(limiter.limit).toBe(8)
  })

  it('admits who waits as soon as it grows', async () => {
    const { log, limiter, acquire } = make({ initialLimit: 1, algorithm: { kind: 'aimd', increase: 2 } })
    const first = limiter.tryAcquire()
    for (const who of ['a', 'b', 'c', 'd']) void acquire(who)
    first?.success()
    await settle()
    expect([limiter.limit, log]).toEqual([3, ['a', 'b', 'c']])
  })

  it('counts neither failures nor what is ignored', () => {
    const { clock, limiter } = make({ initialLimit: 2, algorithm: { kind: 'aimd' } })
    for (let call = 0; call < 100; call++) {
      const permit = limiter.tryAcquire()
      clock.advance(10)
      if (call % 2 === 0) permit?.failure()
      else permit?.ignore()
    }
    expect(limiter.limit).toBe(2)
  })

  it('is that of the gradient by default', () => {
    expect(adaptiveLimiter().snapshot()).toMatchObject({
      name: 'adaptive-limiter',
      algorithm: 'gradient',
      limit: 20,
      minLimit: 1,
      maxLimit: 1000,
      queueCapacity: 0,
      baselineMs: null,
      latencyMs: null,
    })
    expect(adaptiveLimiter({ maxLimit: 5 }).limit).toBe(5)
    expect(adaptiveLimiter({ minLimit: 50 }).limit).toBe(50)
  })
})

it('tells of what it refuses', async () => {
  const { limiter } = make({ initialLimit: 1, partitions: { live: 0 }, queueCapacity: 0 })
  const events: unknown[] = []
  limiter.on('rejected', (event) => events.push(event))
  limiter.tryAcquire()
  limiter.tryAcquire({ class: 'live' })
  await failureOf(limiter.execute(() => 1))
  const readings = { reason: 'full', limit: 1, inFlight: 1, queued: 0 }
  expect(events).toEqual([
    { class: 'live', ...readings },
    { class: undefined, ...readings },
  ])
})

it.each<[AdaptiveLimiterOptions, string]>([
  [{ minLimit: 0 }, 'minLimit must be an integer in [1, ∞), got 0'],
  [{ minLimit: 5, maxLimit: 4 }, 'maxLimit must be an integer in [5, ∞), got 4'],
  [{ initialLimit: 1001 }, 'initialLimit must be an integer in [1, 1000], got 1001'],
  [{ backoffRatio: 1 }, 'backoffRatio must be a finite number in (0, 1), got 1'],
  [{ queueCapacity: -1 }, 'queueCapacity must be an integer in [0, ∞), got -1'],
  [{ maxWaitMs: -1 }, 'maxWaitMs must be a finite number in [0, ∞), got -1'],
  [{ classify: 1 as never }, 'classify must be a function, got 1'],
  [{ algorithm: { kind: 'vegas' as never } }, 'kind must be "gradient" or "aimd", got "vegas"'],
  [{ algorithm: { kind: 'aimd', increase: 0 } }, 'increase must be a finite number in (0, ∞), got 0'],
  [{ algorithm: { kind: 'aimd', slowMs: 0 } }, 'slowMs must be a finite number in (0, ∞), got 0'],
  [{ algorithm: { kind: 'gradient', windowMs: 0 } }, 'windowMs must be a finite number in (0, ∞), got 0'],
  [{ algorithm: { kind: 'gradient', minSamples: 0 } }, 'minSamples must be an integer in [1, ∞), got 0'],
  [{ algorithm: { kind: 'gradient', tolerance: 0.9 } }, 'tolerance must be a finite number in [1, ∞), got 0.9'],
  [{ algorithm: { kind: 'gradient', smoothing: 1.1 } }, 'smoothing must be a finite number in (0, 1], got 1.1'],
  [{ algorithm: { kind: 'gradient', headroom: 0 } }, 'headroom must be a finite number in (0, ∞), got 0'],
  [{ algorithm: { kind: 'gradient', baselineWindows: 0 } }, 'baselineWindows must be an integer in [1, ∞), got 0'],
  [{ algorithm: { kind: 'gradient', probeEveryMs: 0 } }, 'probeEveryMs must be a finite number in (0, ∞), got 0'],
  [{ partitions: { live: 1.1 } }, 'partitions.live must be a finite number in [0, 1], got 1.1'],
  [{ partitions: { live: 0.6, batch: 0.6 } }, 'partitions must add up to a number in [0, 1], got 1.2'],
])('refuses %j', (options, message) => {
  expect(() => adaptiveLimiter(options)).toThrow(message)
})
