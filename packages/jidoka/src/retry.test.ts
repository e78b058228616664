import { ManualClock, settle } from '@tps/internal/manual-clock'
import { describe, expect, it } from 'vitest'
import { CircuitBreaker, type GiveUpEvent, type RetryOptions, compose, retry, retryBudget } from './index.ts'
import { failureOf } from './test-kit.ts'

function make(options: RetryOptions = {}) {
  const clock = new ManualClock(1_000)
  const policy = retry({ clock, timers: clock, delay: { ms: 100, jitterRatio: 0 }, ...options })
  const gaveUp: GiveUpEvent[] = []
  policy.on('giveUp', (event) => gaveUp.push(event))
  return { clock, policy, gaveUp }
}

/** A work that fails with each of `errors` in turn, and then succeeds. Notes when it is called. */
function failing(clock: ManualClock, ...errors: unknown[]) {
  const calledAt: number[] = []
  const rest = [...errors]
  const work = async (): Promise<string> => {
    calledAt.push(clock.now() - 1_000)
    if (rest.length > 0) throw rest.shift()
    return 'ok'
  }
  return { work, calledAt }
}

const down = new Error('down')

it('makes a failed call again until it succeeds, after waits that double', async () => {
  const { clock, policy } = make({ attempts: 5 })
  const { work, calledAt } = failing(clock, down, down, down)
  const call = policy.execute(work)
  await clock.advanceAsync(2_000)
  await expect(call).resolves.toBe('ok')
  expect(calledAt).toEqual([0, 100, 300, 700])
  expect(policy.snapshot()).toMatchObject({ waiting: 0, totals: { calls: 1, retries: 3, recovered: 1 } })
})

it('gives the last error as it is when the attempts are used up, three by default', async () => {
  const { clock, policy, gaveUp } = make()
  const last = new Error('last')
  const { work, calledAt } = failing(clock, down, down, last, down)
  const error = failureOf(policy.execute(work))
  await clock.advanceAsync(2_000)
  expect(await error).toBe(last)
  expect(calledAt).toHaveLength(3)
  expect(gaveUp).toEqual([{ reason: 'attempts', attempts: 3, outcome: { ok: false, error: last } }])
})

it('waits anything between nothing and the whole delay by default', async () => {
  const random = [0, 0.75, 0.999]
  const { clock, policy } = make({ attempts: 4, delay: { ms: 100 }, random: () => random.shift() ?? 0 })
  const { work, calledAt } = failing(clock, down, down, down)
  const call = policy.execute(work)
  await clock.advanceAsync(2_000)
  await call
  expect(calledAt.map(Math.round)).toEqual([0, 100, 150, 150])
})

it('waits no longer than the longest delay', async () => {
  const { clock, policy } = make({ attempts: 5, delay: { ms: 100, maxMs: 150, jitterRatio: 0 } })
  const { work, calledAt } = failing(clock, down, down, down)
  const call = policy.execute(work)
  await clock.advanceAsync(2_000)
  await call
  expect(calledAt).toEqual([0, 100, 250, 400])
})

it('retries what a work throws at once like what it rejects with', async () => {
  const { clock, policy } = make()
  let calls = 0
  const call = policy.execute(() => {
    if (++calls < 3) throw down
    return calls
  })
  await clock.advanceAsync(1_000)
  await expect(call).resolves.toBe(3)
})

describe('what is worth another attempt', () => {
  it('is not an open circuit (cockatiel#83, #91, #107, failsafe-go#97)', async () => {
    const { clock, policy, gaveUp } = make()
    const breaker = new CircuitBreaker({ clock, trip: { consecutiveFailures: 1 } })
    breaker.tryAcquire()?.failure(down)
    await expect(compose(policy, breaker).execute(() => 1)).rejects.toMatchObject({ code: 'ERR_CIRCUIT_OPEN' })
    expect(gaveUp).toMatchObject([{ reason: 'not-retryable', attempts: 1 }])
    expect(breaker.snapshot().totals.rejected).toBe(1)
  })

  it('is decided by shouldRetry, for values too, which are released before the next attempt', async () => {
    const discarded: number[] = []
    const { clock, policy } = make({
      shouldRetry: (outcome) => outcome.ok && outcome.value === 503,
      discard: (value: number) => discarded.push(value),
    })
    const statuses = [503, 503, 200]
    const call = policy.execute(async () => statuses.shift())
    await clock.advanceAsync(1_000)
    await expect(call).resolves.toBe(200)
    expect(discarded).toEqual([503, 503])
    await expect(policy.execute(() => Promise.reject(down))).rejects.toBe(down)
  })

  it('may leave the caller with the last value', async () => {
    const { clock, policy, gaveUp } = make({ shouldRetry: () => true })
    const call = policy.execute(async () => 503)
    await clock.advanceAsync(1_000)
    await expect(call).resolves.toBe(503)
    expect(gaveUp).toMatchObject([{ reason: 'attempts', outcome: { ok: true, value: 503 } }])
  })

  it('is decided by the default when shouldRetry throws', async () => {
    const reported: unknown[] = []
    const bug = new Error('bug')
    const { clock, policy } = make({
      onListenerError: (error, source) => reported.push(error, source),
      shouldRetry: () => {
        throw bug
      },
    })
    const { work } = failing(clock, down)
    const call = policy.execute(work)
    await clock.advanceAsync(1_000)
    await expect(call).resolves.toBe('ok')
    // Asked about the error and about the value.
    expect(reported).toEqual([bug, 'shouldRetry', bug, 'shouldRetry'])
  })
})

describe('retryAfterMs', () => {
  it('of an error is waited for, with the jittered delay on top', async () => {
    const { clock, policy } = make()
    const { work, calledAt } = failing(clock, Object.assign(new Error('busy'), { retryAfterMs: 5_000 }))
    const call = policy.execute(work)
    await clock.advanceAsync(10_000)
    await expect(call).resolves.toBe('ok')
    expect(calledAt).toEqual([0, 5_100])
  })

  it('beyond the longest that is waited for ends the call', async () => {
    const { policy, gaveUp } = make({ maxRetryAfterMs: 1_000 })
    const busy = Object.assign(new Error('busy'), { retryAfterMs: 1_001 })
    await expect(policy.execute(() => Promise.reject(busy))).rejects.toBe(busy)
    expect(gaveUp).toMatchObject([{ reason: 'retry-after' }])
  })
})

describe('the deadline', () => {
  it('ends the call when the next attempt would begin exactly then', async () => {
    const { clock, policy, gaveUp } = make({ attempts: Infinity, deadlineMs: 700 })
    const { work, calledAt } = failing(clock, down, down, down, down)
    const error = failureOf(policy.execute(work))
    await clock.advanceAsync(5_000)
    expect(await error).toBe(down)
    expect(calledAt).toEqual([0, 100, 300])
    expect(gaveUp).toMatchObject([{ reason: 'deadline', attempts: 3 }])
  })
})

describe('the budget', () => {
  it('is shared by all calls, and by the policies that are given the same one', async () => {
    const clock = new ManualClock()
    const budget = retryBudget({ clock, minimum: 3, ratio: 0 })
    const one = make({ clock, timers: clock, budget })
    const other = make({ clock, timers: clock, budget })
    const calls = [one, one, one, other].map(({ policy }) => policy.execute(() => Promise.reject(down)))
    const ended = Promise.allSettled(calls)
    await clock.advanceAsync(5_000)
    await ended
    const retries = one.policy.snapshot().totals.retries + other.policy.snapshot().totals.retries
    expect(retries).toBe(3)
    expect(one.policy.snapshot().totals.gaveUp.budget + other.policy.snapshot().totals.gaveUp.budget).toBe(4)
  })

  it('is a fifth of the calls, and ten, by default', async () => {
    const { clock, policy } = make({ attempts: 2 })
    const ended = Promise.allSettled(Array.from({ length: 100 }, () => policy.execute(() => Promise.reject(down))))
    await clock.advanceAsync(1_000)
    await ended
    expect(policy.snapshot().totals).toMatchObject({ retries: 30, gaveUp: { budget: 70, attempts: 30 } })
  })

  it('can be left out', async () => {
    const { clock, policy } = make({ attempts: 2, budget: false })
    const ended = Promise.allSettled(Array.from({ length: 100 }, () => policy.execute(() => Promise.reject(down))))
    await clock.advanceAsync(1_000)
    await ended
    expect(policy.snapshot()).toMatchObject({ budget: null, totals: { retries: 100 } })
  })

  it('that throws ends the call with its own error instead of leaving it hanging', async () => {
    const reported: unknown[] = []
    const bug = new Error('bug')
    const { policy } = make({
      budget: {
        recordCall: () => {},
        tryRetry: () => {
          throw bug
        },
        snapshot: () => ({ calls: 0, retries: 0, left: 0 }),
      },
      onListenerError: (error) => reported.push(error),
    })
    await expect(policy.execute(() => Promise.reject(down))).rejects.toBe(down)
    expect(reported).toEqual([bug])
  })
})

describe('an abort by the caller', () => {
  it('ends the wait at once and leaves neither timer nor listener', async () => {
    const { clock, policy, gaveUp } = make({ delay: { ms: 10_000, jitterRatio: 0 } })
    const controller = new AbortController()
    const { work, calledAt } = failing(clock, down, down)
    const call = policy.execute(work, { signal: controller.signal })
    await settle()
    expect(policy.snapshot().waiting).toBe(1)
    controller.abort(new Error('user left'))
    await expect(call).rejects.toThrow('user left')
    expect(clock.pendingTimers).toBe(0)
    expect(calledAt).toEqual([0])
    expect(policy.snapshot()).toMatchObject({ waiting: 0, totals: { cancelled: 1, retries: 0 } })
    expect(gaveUp).toEqual([])
  })

  it('during an attempt leaves the error of that attempt, without another one', async () => {
    const { clock, policy } = make()
    const controller = new AbortController()
    let calls = 0
    const call = policy.execute(
      async () => {
        calls++
        controller.abort()
        throw down
      },
      { signal: controller.signal },
    )
    await expect(call).rejects.toBe(down)
    await clock.advanceAsync(10_000)
    expect(calls).toBe(1)
  })

  it('before the call makes it end without the work', async () => {
    const { policy } = make()
    const signal = AbortSignal.abort(new Error('gone'))
    await expect(policy.execute(() => 1, { signal })).rejects.toThrow('gone')
    expect(policy.snapshot().totals.calls).toBe(0)
  })
})

it('tells of each retry before its wait', async () => {
  const { clock, policy } = make()
  const events: unknown[] = []
  policy.on('retry', ({ attempt, delayMs, outcome }) => events.push([attempt, delayMs, outcome]))
  policy.on('recovered', (event) => events.push(event))
  const call = policy.execute(failing(clock, down, down).work)
  await settle()
  const outcome = { ok: false, error: down }
  expect(events).toEqual([[1, 100, outcome]])
  await clock.advanceAsync(1_000)
  await call
  expect(events).toEqual([[1, 100, outcome], [2, 200, outcome], { attempts: 3 }])
})

it('is not disturbed by a listener that throws', async () => {
  const reported: unknown[] = []
  const { clock, policy } = make({ onListenerError: (_error, event) => reported.push(event) })
  for (const event of ['retry', 'recovered', 'giveUp'] as const)
    policy.on(event, () => {
      throw new Error('listener')
    })
  const call = policy.execute(failing(clock, down).work)
  await clock.advanceAsync(1_000)
  await expect(call).resolves.toBe('ok')
  expect(reported).toEqual(['retry', 'recovered'])
})

it.each<[RetryOptions, string]>([
  [{ attempts: 0 }, 'attempts must be an integer in [1, ∞), got 0'],
  [{ attempts: Number.NaN }, 'attempts must be an integer in [1, ∞), got NaN'],
  [{ delay: { ms: -1 } }, 'delay.ms must be a finite number in [0, 2147483647], got -1'],
  [{ delay: { jitterRatio: 1.1 } }, 'delay.jitterRatio must be a finite number in [0, 1], got 1.1'],
  [{ delay: { factor: 0.5 } }, 'delay.factor must be a finite number in [1, ∞), got 0.5'],
  [{ deadlineMs: 0 }, 'deadlineMs must be a finite number in (0, ∞), got 0'],
  [{ maxRetryAfterMs: -1 }, 'maxRetryAfterMs must be a finite number in [0, 2147483647], got -1'],
  [{ budget: {} as never }, 'budget must have a method recordCall()'],
])('refuses %j', (options, message) => {
  expect(() => retry(options)).toThrow(message)
})
