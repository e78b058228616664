import { ManualClock, settle } from '@tps/internal/manual-clock'
import { describe, expect, it } from 'vitest'
import { type HedgeOptions, hedge } from './index.ts'
import { countingSignal, failureOf, heeding, pending } from './test-kit.ts'

/** A hedge whose attempts end when the test says so. */
function make(options: Partial<HedgeOptions> = {}) {
  const clock = new ManualClock(1_000)
  const policy = hedge({ afterMs: 50, clock, timers: clock, ...options })
  const attempts: (ReturnType<typeof pending<string>> & { signal: AbortSignal; atMs: number })[] = []
  const work = ({ signal }: { signal: AbortSignal }) => {
    const attempt = pending()
    attempts.push({ ...attempt, signal, atMs: clock.now() - 1_000 })
    return attempt.work()
  }
  return { clock, policy, attempts, work }
}

it('asks once when the answer comes in time, and leaves no timer', async () => {
  const { clock, policy, attempts, work } = make()
  const call = policy.execute(work)
  await clock.advanceAsync(49)
  attempts[0]?.resolve('first')
  await expect(call).resolves.toBe('first')
  expect(attempts).toHaveLength(1)
  expect(clock.pendingTimers).toBe(0)
})

it('asks again once the answer is late, takes the first that comes, and aborts the loser', async () => {
  const { clock, policy, attempts, work } = make()
  const call = policy.execute(work)
  await clock.advanceAsync(50)
  expect(attempts).toHaveLength(2)
  attempts[1]?.resolve('second')
  await expect(call).resolves.toBe('second')
  expect(attempts.map(({ signal }) => signal.aborted)).toEqual([true, false])
  expect(attempts[0]?.signal.reason).toMatchObject({ name: 'AbortError' })
  expect(policy.snapshot().totals).toEqual({ calls: 1, hedges: 1, wins: 1, withheld: 0 })
})

it('may run more than two, each after a further wait', async () => {
  const { clock, policy, attempts, work } = make({ attempts: 3 })
  const call = policy.execute(work)
  await clock.advanceAsync(1_000)
  expect(attempts.map(({ atMs }) => atMs)).toEqual([0, 50, 100])
  attempts[0]?.resolve('first after all')
  await expect(call).resolves.toBe('first after all')
  expect(policy.snapshot().totals).toMatchObject({ hedges: 2, wins: 0 })
})

describe('an attempt that fails', () => {
  it('ends the call at once when it is alone: another try is for retry', async () => {
    const { clock, policy, attempts, work } = make()
    const error = failureOf(policy.execute(work))
    attempts[0]?.reject(new Error('down'))
    expect(await error).toEqual(new Error('down'))
    await clock.advanceAsync(1_000)
    expect(attempts).toHaveLength(1)
  })

  it('leaves the field to the other', async () => {
    const { clock, policy, attempts, work } = make()
    const call = policy.execute(work)
    await clock.advanceAsync(50)
    attempts[0]?.reject(new Error('down'))
    await settle()
    attempts[1]?.resolve('second')
    await expect(call).resolves.toBe('second')
  })

  it('ends the call with the last error when all have failed', async () => {
    const { clock, policy, attempts, work } = make()
    const error = failureOf(policy.execute(work))
    await clock.advanceAsync(50)
    attempts[1]?.reject(new Error('second'))
    await settle()
    attempts[0]?.reject(new Error('first'))
    expect(await error).toEqual(new Error('first'))
  })
})

it('reads how long to wait from a function, each time', async () => {
  const delays = [10, 200]
  const { clock, policy, attempts, work } = make({ afterMs: () => delays.shift() ?? 0 })
  void policy.execute(work)
  await clock.advanceAsync(10)
  expect(attempts).toHaveLength(2)
  void policy.execute(work)
  await clock.advanceAsync(199)
  expect(attempts).toHaveLength(3)
  await clock.advanceAsync(1)
  expect(attempts).toHaveLength(4)
})

it.each([Number.NaN, -1, Infinity, undefined as never])('does not hedge when the function says %s', async (ms) => {
  const { clock, policy, attempts, work } = make({ afterMs: () => ms })
  void policy.execute(work)
  await clock.advanceAsync(10_000)
  expect(attempts).toHaveLength(1)
})

it('does not hedge when the function throws, which is reported', async () => {
  const reported: unknown[] = []
  const { policy, attempts, work } = make({
    afterMs: () => {
      throw new Error('bug')
    },
    onListenerError: (_error, source) => reported.push(source),
  })
  const call = policy.execute(work)
  attempts[0]?.resolve('ok')
  await expect(call).resolves.toBe('ok')
  expect(reported).toEqual(['afterMs'])
})

it('hedges a fifth of the calls, and ten, by default', async () => {
  const { clock, policy, attempts, work } = make()
  for (let call = 0; call < 100; call++) void policy.execute(work)
  await clock.advanceAsync(50)
  expect(attempts).toHaveLength(130)
  expect(policy.snapshot()).toMatchObject({ totals: { hedges: 30, withheld: 70 }, budget: { left: 0 } })
})

it('hedges every call without a budget', async () => {
  const { clock, policy, attempts, work } = make({ budget: false })
  for (let call = 0; call < 100; call++) void policy.execute(work)
  await clock.advanceAsync(50)
  expect(attempts).toHaveLength(200)
})

it('gives back the value that came too late', async () => {
  const discarded: string[] = []
  const { clock, policy, attempts, work } = make({ discard: (value: string) => discarded.push(value) })
  const call = policy.execute(work)
  await clock.advanceAsync(50)
  attempts[1]?.resolve('second')
  await call
  attempts[0]?.resolve('first')
  await settle()
  expect(discarded).toEqual(['first'])
})

describe('an abort by the caller', () => {
  it('reaches every attempt and leaves no listener', async () => {
    const { clock, policy } = make()
    const { signal, abort, listeners } = countingSignal()
    const error = failureOf(policy.execute(heeding, { signal }))
    await clock.advanceAsync(50)
    expect(listeners()).toBe(2)
    abort(new Error('user left'))
    expect(await error).toEqual(new Error('user left'))
    expect(listeners()).toBe(0)
    expect(clock.pendingTimers).toBe(0)
  })

  it('keeps another attempt from being made', async () => {
    const { clock, policy, attempts, work } = make()
    const controller = new AbortController()
    void policy.execute(work, { signal: controller.signal })
    controller.abort()
    await clock.advanceAsync(1_000)
    expect(attempts).toHaveLength(1)
  })
})

it('tells of each further attempt and of who won', async () => {
  const { clock, policy, attempts, work } = make()
  const events: unknown[] = []
  policy.on('hedge', (event) => events.push(['hedge', event]))
  policy.on('won', (event) => events.push(['won', event]))
  const call = policy.execute(work)
  await clock.advanceAsync(50)
  attempts[0]?.resolve('first')
  await call
  expect(events).toEqual([
    ['hedge', { attempt: 2 }],
    ['won', { attempt: 1 }],
  ])
})

it.each<[HedgeOptions, string]>([
  [{ afterMs: -1 }, 'afterMs must be a finite number in [0, 2147483647], got -1'],
  [{ afterMs: 1, attempts: 1 }, 'attempts must be an integer in [2, ∞), got 1'],
])('refuses %j', (options, message) => {
  expect(() => hedge(options)).toThrow(message)
})
