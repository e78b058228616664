import { settle } from '@tps/internal/manual-clock'
import { describe, expect, it } from 'vitest'
import { CircuitBreaker, coalesce, compose } from './index.ts'
import { countingSignal, failureOf, pending } from './test-kit.ts'

/** A policy and a work that counts its calls and ends when the test says so. */
function make(options: { maxKeys?: number } = {}) {
  const policy = coalesce(options)
  const { work, resolve, reject } = pending()
  const signals: AbortSignal[] = []
  const counted = ({ signal }: { signal: AbortSignal }) => {
    signals.push(signal)
    return work()
  }
  return { policy, work: counted, signals, resolve, reject }
}

it('lets calls with the same key share one work', async () => {
  const { policy, work, signals, resolve } = make()
  const calls = [1, 2, 3].map(() => policy.execute(work, { key: 'a' }))
  resolve('ok')
  await expect(Promise.all(calls)).resolves.toEqual(['ok', 'ok', 'ok'])
  expect(signals).toHaveLength(1)
  expect(policy.snapshot()).toMatchObject({ running: 0, totals: { calls: 3, joined: 2, bypassed: 0 } })
})

it('keeps keys apart, and takes none for one', async () => {
  const { policy, work, signals } = make()
  void policy.execute(work, { key: 1 })
  void policy.execute(work, { key: '1' })
  void policy.execute(work)
  void policy.forKey(undefined).execute(work)
  void policy.forKey(1).execute(work)
  expect(signals).toHaveLength(3)
  expect(policy.snapshot().running).toBe(3)
})

it('keeps nothing once the work has ended', async () => {
  const policy = coalesce()
  let calls = 0
  await expect(policy.execute(() => ++calls)).resolves.toBe(1)
  await expect(policy.execute(() => ++calls)).resolves.toBe(2)
})

it('never keeps a rejection: the call after it begins anew', async () => {
  const policy = coalesce()
  const down = new Error('down')
  const failing = () => policy.execute(() => Promise.reject(down))
  const errors = await Promise.all([failing(), failing()].map((call) => failureOf(call)))
  expect(errors).toEqual([down, down])
  await expect(policy.execute(() => 'ok')).resolves.toBe('ok')
  await expect(
    policy.execute(() => {
      throw down
    }),
  ).rejects.toBe(down)
  await expect(policy.execute(() => 'ok')).resolves.toBe('ok')
})

describe('an abort', () => {
  it('by one caller ends his call only', async () => {
    const { policy, work, signals, resolve } = make()
    const { signal, abort, listeners } = countingSignal()
    const leaving = failureOf(policy.execute(work, { signal }))
    const staying = policy.execute(work)
    abort(new Error('user left'))
    expect(await leaving).toEqual(new Error('user left'))
    expect(signals[0]?.aborted).toBe(false)
    resolve('ok')
    await expect(staying).resolves.toBe('ok')
    expect(listeners()).toBe(0)
  })

  it('by every caller aborts the work, and the next call begins anew', async () => {
    const { policy, work, signals } = make()
    const controllers = [new AbortController(), new AbortController()]
    const errors = controllers.map(({ signal }) => failureOf(policy.execute(work, { signal })))
    controllers[0]?.abort('first')
    expect(signals[0]?.aborted).toBe(false)
    controllers[1]?.abort('second')
    expect(await Promise.all(errors)).toEqual(['first', 'second'])
    expect(signals[0]?.reason).toBe('second')
    void policy.execute(work)
    expect(signals).toHaveLength(2)
  })

  it('leaves the work that was abandoned unable to end the one that followed it', async () => {
    const { policy, work, reject } = make()
    const controller = new AbortController()
    const leaving = failureOf(policy.execute(work, { signal: controller.signal }))
    controller.abort('gone')
    await leaving
    const next = pending()
    const call = policy.execute(next.work)
    reject(new Error('aborted at last'))
    await settle()
    expect(policy.snapshot().running).toBe(1)
    next.resolve('ok')
    await expect(call).resolves.toBe('ok')
  })

  it('leaves no listener on a signal whose calls have ended', async () => {
    const policy = coalesce()
    const { signal, listeners } = countingSignal()
    for (let call = 0; call < 1_000; call++) await policy.execute(() => call, { signal, key: call })
    expect(listeners()).toBe(0)
  })
})

it('lets calls for further keys run by themselves', async () => {
  const { policy, work, signals } = make({ maxKeys: 2 })
  const keys: unknown[] = []
  policy.on('bypassed', ({ key }) => keys.push(key))
  for (const key of ['a', 'b', 'c', 'c', 'a']) void policy.execute(work, { key })
  expect(signals).toHaveLength(4)
  expect(keys).toEqual(['c', 'c'])
  expect(policy.snapshot()).toMatchObject({ running: 2, totals: { calls: 5, joined: 1, bypassed: 2 } })
})

it('makes one call of a breaker out of many when it is around it', async () => {
  const breaker = new CircuitBreaker()
  const policy = coalesce()
  const { work, reject } = pending()
  const calls = [1, 2, 3, 4, 5, 6].map(() => failureOf(compose(policy.forKey('a'), breaker).execute(work)))
  reject(new Error('down'))
  await Promise.all(calls)
  expect(breaker.snapshot()).toMatchObject({ state: 'closed', totals: { failure: 1 } })
})

it('refuses a wrong bound', () => {
  expect(() => coalesce({ maxKeys: 0 })).toThrow('maxKeys must be an integer in [1, ∞), got 0')
})
