import { ManualClock, settle } from '@tps/internal/manual-clock'
import { describe, expect, it } from 'vitest'
import { CircuitBreaker, TimeoutError, type TimeoutOptions, compose, timeout } from './index.ts'
import { countingSignal, failureOf, heeding, never, pending } from './test-kit.ts'

function make(options: Partial<TimeoutOptions> = {}) {
  const clock = new ManualClock(1_000)
  const policy = timeout({ ms: 100, name: 'billing', clock, timers: clock, ...options })
  return { clock, policy }
}

const isAborted = (context: { signal: AbortSignal }): boolean => context.signal.aborted

it('passes values and errors through', async () => {
  const { policy, clock } = make()
  const error = new Error('mine')
  await expect(policy.execute(() => 1)).resolves.toBe(1)
  await expect(policy.execute(async () => 2)).resolves.toBe(2)
  await expect(policy.execute(() => Promise.reject(error))).rejects.toBe(error)
  await expect(
    policy.execute(() => {
      throw error
    }),
  ).rejects.toBe(error)
  clock.advance(10)
  expect(clock.pendingTimers).toBe(0)
})

it('rejects with a typed error once the time is up, though the work goes on', async () => {
  const { policy, clock } = make()
  const call = policy.execute(never)
  const error = failureOf(call)
  await clock.advanceAsync(110)
  expect(await error).toBeInstanceOf(TimeoutError)
  expect(await error).toMatchObject({ name: 'TimeoutError', code: 'ERR_TIMEOUT', timeoutMs: 100, policy: 'billing' })
  expect(policy.snapshot()).toMatchObject({ running: 0, overdue: 1, totals: { calls: 1, timedOut: 1 } })
  clock.advance(10)
  expect(clock.pendingTimers).toBe(0)
})

it('is never early', async () => {
  const { policy, clock } = make()
  const call = policy.execute(never)
  let isOver = false
  call.catch(() => (isOver = true))
  await clock.advanceAsync(99)
  expect(isOver).toBe(false)
  await clock.advanceAsync(11)
  expect(isOver).toBe(true)
})

it('takes a number for the only option that is needed', async () => {
  expect(timeout(2_000).snapshot()).toMatchObject({ name: 'timeout', timeoutMs: 2_000 })
})

it.each([0, -1, Number.NaN, Infinity, 2 ** 31])('refuses %s ms', (ms) => {
  expect(() => timeout(ms)).toThrow(/ms must be a finite number in \(0, 2147483647\]/)
})

describe('the signal', () => {
  it('aborts with the error when the time is up', async () => {
    const { policy, clock } = make()
    let heard: unknown
    const call = policy.execute(({ signal }) => {
      signal.addEventListener('abort', () => (heard = signal.reason))
      return never()
    })
    const caught = failureOf(call)
    await clock.advanceAsync(110)
    expect(await caught).toBeInstanceOf(TimeoutError)
    expect(heard).toBeInstanceOf(TimeoutError)
  })

  it('has aborted when it is read only after the time was up', async () => {
    const { policy, clock } = make()
    let read: (() => AbortSignal) | undefined
    const call = policy.execute((context) => {
      read = () => context.signal
      return never()
    })
    const caught = failureOf(call)
    await clock.advanceAsync(110)
    expect(await caught).toBeInstanceOf(TimeoutError)
    expect(read?.().reason).toBeInstanceOf(TimeoutError)
  })

  it('passes the abort of the caller on, and no timeout is counted', async () => {
    const { policy, clock } = make()
    const controller = new AbortController()
    const call = policy.execute(heeding, { signal: controller.signal })
    controller.abort(new Error('user left'))
    await expect(call).rejects.toThrow('user left')
    await clock.advanceAsync(200)
    expect(policy.snapshot().totals).toEqual({ calls: 1, timedOut: 0 })
  })

  it('of a work that ignores it leaves the caller with his own reason, not with a timeout', async () => {
    const { policy, clock } = make()
    const controller = new AbortController()
    const call = policy.execute(never, { signal: controller.signal })
    controller.abort(new Error('user left'))
    const caught = failureOf(call)
    await clock.advanceAsync(110)
    expect(await caught).toEqual(new Error('user left'))
    expect(policy.snapshot().totals.timedOut).toBe(0)
  })

  it('that has aborted before makes the call end without the work', async () => {
    const { policy } = make()
    let called = 0
    const signal = AbortSignal.abort(new Error('gone'))
    await expect(policy.execute(() => called++, { signal })).rejects.toThrow('gone')
    expect(called).toBe(0)
  })

  it('carries no listener of ours after 100,000 calls (cockatiel#69, #81)', async () => {
    const { policy } = make()
    const { signal, listeners } = countingSignal()
    for (let call = 0; call < 100_000; call++) await policy.execute(isAborted, { signal })
    expect(listeners()).toBe(0)
  })

  it('is never shared: the timeout of one call leaves the others alone (opossum#861)', async () => {
    const { policy, clock } = make()
    const first = failureOf(policy.execute(heeding))
    await clock.advanceAsync(60)
    let isAborted = false
    const second = policy.execute(async ({ signal }) => {
      signal.addEventListener('abort', () => (isAborted = true))
      await settle()
      return 'ok'
    })
    await clock.advanceAsync(50)
    expect(await first).toBeInstanceOf(TimeoutError)
    await expect(second).resolves.toBe('ok')
    expect(isAborted).toBe(false)
  })
})

it('tells of a timeout, and of a work that ends after it', async () => {
  const { policy, clock } = make()
  const events: unknown[] = []
  policy.on('timeout', ({ error }) => events.push(error.code))
  policy.on('late', (event) => events.push(event))
  const { work, resolve } = pending<number>()
  const call = failureOf(policy.execute(work))
  await clock.advanceAsync(100)
  expect(await call).toBeInstanceOf(TimeoutError)
  await clock.advanceAsync(50)
  resolve(1)
  await settle()
  expect(events).toEqual(['ERR_TIMEOUT', { ok: true, lateMs: 50 }])
  expect(policy.snapshot().overdue).toBe(0)
})

it('leaves no unhandled rejection when a work fails after its time', async () => {
  const { policy, clock } = make()
  const { work, reject } = pending<number>()
  const call = failureOf(policy.execute(work))
  await clock.advanceAsync(100)
  reject(new Error('too late'))
  expect(await call).toBeInstanceOf(TimeoutError)
  await settle()
  expect(policy.snapshot()).toMatchObject({ overdue: 0 })
})

describe('with a breaker', () => {
  it('inside counts as a failure', async () => {
    const { policy, clock } = make()
    const breaker = new CircuitBreaker({ clock, trip: { consecutiveFailures: 1 } })
    const call = failureOf(compose(breaker, policy).execute(never))
    await clock.advanceAsync(100)
    expect(await call).toBeInstanceOf(TimeoutError)
    expect(breaker.state).toBe('open')
  })

  it.each(['reads', 'does not read'])('around it counts for nothing when the work %s its signal', async (reads) => {
    const { policy, clock } = make()
    const breaker = new CircuitBreaker({ clock, trip: { consecutiveFailures: 1 } })
    const late = pending<never>()
    const work = reads === 'reads' ? heeding : late.work
    const call = failureOf(compose(policy, breaker).execute(work))
    await clock.advanceAsync(100)
    expect(await call).toBeInstanceOf(TimeoutError)
    late.reject(new Error('at last'))
    await settle()
    expect(breaker.snapshot()).toMatchObject({ state: 'closed', totals: { ignored: 1, failure: 0 } })
  })
})
