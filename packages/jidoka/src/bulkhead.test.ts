import { settle } from '@tps/internal/manual-clock'
import { describe, expect, it } from 'vitest'
import { BulkheadFullError, type BulkheadOptions, bulkhead } from './index.ts'
import { countingSignal, failureOf, pending } from './test-kit.ts'

/** A bulkhead with calls `a`, `b`, … that are begun in this order and end when told to. */
function make(options: Partial<BulkheadOptions> = {}) {
  const policy = bulkhead({ limit: 1, queueCapacity: 2, name: 'db', ...options })
  const begun: string[] = []
  const call = (name: string, signal?: AbortSignal) => {
    const { work, resolve, reject } = pending()
    const run = () => {
      begun.push(name)
      return work()
    }
    return { result: policy.execute(run, { signal }), resolve, reject }
  }
  return { policy, begun, call }
}

it('passes values and errors through and gives the place back', async () => {
  const { policy } = make()
  const error = new Error('mine')
  await expect(policy.execute(() => 1)).resolves.toBe(1)
  await expect(policy.execute(() => Promise.reject(error))).rejects.toBe(error)
  await expect(
    policy.execute(() => {
      throw error
    }),
  ).rejects.toBe(error)
  expect(policy.snapshot()).toMatchObject({ running: 0, queued: 0, totals: { admitted: 3, rejected: 0 } })
})

it('refuses beyond the limit and the line, without a stack trace and without calling the work', async () => {
  const { policy, begun, call } = make()
  const first = call('a')
  void call('b')
  void call('c')
  const error = await failureOf(call('d').result)
  expect(error).toBeInstanceOf(BulkheadFullError)
  expect(error).toMatchObject({ name: 'BulkheadFullError', code: 'ERR_BULKHEAD_FULL', bulkhead: 'db', running: 1 })
  expect((error as Error).stack).not.toContain('bulkhead.test')
  expect(begun).toEqual(['a'])
  expect(policy.snapshot()).toMatchObject({ running: 1, queued: 2, totals: { rejected: 1 } })
  first.resolve('ok')
  await expect(first.result).resolves.toBe('ok')
})

it('has no line by default', async () => {
  const policy = bulkhead({ limit: 1 })
  using slot = policy.tryAcquire()
  expect(slot).toBeDefined()
  await expect(policy.execute(() => 1)).rejects.toMatchObject({ code: 'ERR_BULKHEAD_FULL' })
})

it('serves the line in order, and newcomers do not overtake it', async () => {
  const { begun, call, policy } = make({ queueCapacity: 10 })
  const first = call('a')
  void call('b')
  void call('c')
  first.resolve('ok')
  // Comes in the very moment in which the place is freed.
  const newcomer = first.result.then(() => void call('d'))
  await newcomer
  expect(policy.tryAcquire()).toBeUndefined()
  await settle()
  expect(begun).toEqual(['a', 'b'])
  expect(policy.snapshot()).toMatchObject({ running: 1, queued: 2 })
})

it('never refuses what it has let into the line', async () => {
  const { call } = make({ queueCapacity: 2 })
  const calls = ['a', 'b', 'c'].map((name) => call(name))
  for (let round = 0; round < 50; round++) await call('refused').result.catch(() => {})
  for (const { resolve } of calls) resolve('ok')
  await expect(Promise.all(calls.map(({ result }) => result))).resolves.toEqual(['ok', 'ok', 'ok'])
})

it('lets 100,000 wait and throw one after the other without growing the stack', async () => {
  const policy = bulkhead({ limit: 1, queueCapacity: 100_000 })
  const slot = policy.tryAcquire()
  const ended = Promise.allSettled(
    Array.from({ length: 100_000 }, () =>
      policy.execute(() => {
        throw new Error('down')
      }),
    ),
  )
  slot?.release()
  expect((await ended).every(({ status }) => status === 'rejected')).toBe(true)
  expect(policy.snapshot()).toMatchObject({ running: 0, queued: 0 })
})

describe('an abort by the caller', () => {
  it('ends the wait, from any place in the line, and leaves no listener', async () => {
    const { policy, begun, call } = make({ queueCapacity: 3 })
    const { signal, abort, listeners } = countingSignal()
    const first = call('a')
    void call('b')
    const leaving = call('c', signal)
    void call('d')
    expect(listeners()).toBe(1)
    const error = failureOf(leaving.result)
    abort(new Error('user left'))
    expect(await error).toEqual(new Error('user left'))
    expect(policy.snapshot()).toMatchObject({ queued: 2, totals: { cancelled: 1 } })
    first.resolve('ok')
    await settle()
    expect(begun).toEqual(['a', 'b'])
  })

  it('leaves no listener on a signal whose calls got their place', async () => {
    const { call } = make()
    const { signal, listeners } = countingSignal()
    const first = call('a')
    const second = call('b', signal)
    first.resolve('ok')
    await settle()
    second.resolve('ok')
    await second.result
    expect(listeners()).toBe(0)
  })

  it('before the call makes it end without a place', async () => {
    const { policy } = make()
    const signal = AbortSignal.abort(new Error('gone'))
    await expect(policy.execute(() => 1, { signal })).rejects.toThrow('gone')
    expect(policy.snapshot().totals.admitted).toBe(0)
  })
})

it('hands out places for work that is no function, and takes each back once', () => {
  const { policy } = make({ limit: 2 })
  const slot = policy.tryAcquire()
  {
    using other = policy.tryAcquire()
    expect(other).toBeDefined()
    expect(policy.tryAcquire()).toBeUndefined()
  }
  slot?.release()
  slot?.release()
  expect(policy.snapshot()).toMatchObject({ running: 0, totals: { admitted: 2, rejected: 1 } })
})

it('tells of what it refuses', () => {
  const { policy } = make()
  const events: unknown[] = []
  policy.on('rejected', (event) => events.push(event))
  policy.tryAcquire()
  policy.tryAcquire()
  expect(events).toEqual([{ running: 1, queued: 0 }])
})

it.each<[BulkheadOptions, string]>([
  [{ limit: 0 }, 'limit must be an integer in [1, ∞), got 0'],
  [{ limit: Number.NaN }, 'limit must be an integer in [1, ∞), got NaN'],
  [{ limit: 1, queueCapacity: -1 }, 'queueCapacity must be an integer in [0, ∞), got -1'],
])('refuses %j', (options, message) => {
  expect(() => bulkhead(options)).toThrow(message)
})
