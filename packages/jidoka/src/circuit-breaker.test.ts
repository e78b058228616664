import { ManualClock, settle } from '@tps/internal/manual-clock'
import { describe, expect, it, vi } from 'vitest'
import { CircuitBreaker, CircuitOpenError, type CircuitBreakerOptions, type Outcome, compose } from './index.ts'

const ok = (): string => 'ok'
const fail = (): never => {
  throw new Error('down')
}

function make(options: CircuitBreakerOptions = {}) {
  const clock = new ManualClock(1_000)
  const breaker = new CircuitBreaker({ name: 'billing', clock, ...options })
  const failTimes = async (times: number): Promise<void> => {
    for (let call = 0; call < times; call++) await expect(breaker.execute(fail)).rejects.toThrow('down')
  }
  return { clock, breaker, failTimes }
}

/** A call that ends when the test says so. */
function pending<T = string>() {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  return { work: () => promise, resolve, reject }
}

async function halfOpen(options: CircuitBreakerOptions = {}) {
  const made = make({ break: { ms: 1_000 }, ...options })
  await made.failTimes(5)
  made.clock.advance(1_000)
  return made
}

describe('closed', () => {
  it('passes a returned value, a resolved value, a thrown and a rejected error through', async () => {
    const { breaker } = make()
    const error = new Error('mine')
    await expect(breaker.execute(() => 1)).resolves.toBe(1)
    await expect(breaker.execute(async () => 2)).resolves.toBe(2)
    await expect(breaker.execute(() => Promise.reject(error))).rejects.toBe(error)
    await expect(
      breaker.execute(() => {
        throw error
      }),
    ).rejects.toBe(error)
  })

  it('opens at the fifth failure in a row by default', async () => {
    const { breaker, failTimes } = make()
    await failTimes(4)
    expect(breaker.state).toBe('closed')
    await failTimes(1)
    expect(breaker.state).toBe('open')
  })

  it('begins the row anew after a success', async () => {
    const { breaker, failTimes } = make()
    await failTimes(4)
    await breaker.execute(ok)
    await failTimes(4)
    expect(breaker.state).toBe('closed')
  })

  it('has no rule for failures in a row when another rule is given', async () => {
    const { breaker, failTimes } = make({ trip: { failureRatio: 0.5 } })
    await failTimes(19)
    expect(breaker.state).toBe('closed')
    await failTimes(1)
    expect(breaker.state).toBe('open')
  })

  it('opens when the failure ratio is reached, not only exceeded', async () => {
    const { breaker, failTimes } = make({ trip: { failureRatio: 0.5, minimumCalls: 4 } })
    await breaker.execute(ok)
    await breaker.execute(ok)
    await failTimes(1)
    expect(breaker.state).toBe('closed')
    await failTimes(1)
    expect(breaker.state).toBe('open')
  })

  it('opens at the success that completes the minimum of calls when the ratio holds', async () => {
    const { breaker, failTimes } = make({ trip: { failureRatio: 0.5, minimumCalls: 3 } })
    await failTimes(2)
    await breaker.execute(ok)
    expect(breaker.state).toBe('open')
  })

  it('opens when the share of slow calls is reached, a call of exactly slowCallMs being slow', async () => {
    const { breaker, clock } = make({ trip: { slowRatio: 1, slowCallMs: 100, minimumCalls: 2 } })
    for (const ms of [100, 99.9, 100, 100]) {
      const permit = breaker.tryAcquire()
      clock.advance(ms)
      permit?.success()
      if (ms < 100) breaker.reset()
    }
    expect(breaker.state).toBe('open')
    expect(breaker.snapshot().totals).toMatchObject({ success: 4, slow: 3 })
  })

  it('trips on the last calls alone with a count window', async () => {
    const { breaker, failTimes } = make({ window: { kind: 'count', calls: 4 }, trip: { failureRatio: 0.75 } })
    for (let call = 0; call < 100; call++) await breaker.execute(ok)
    await failTimes(2)
    expect(breaker.state).toBe('closed')
    await failTimes(1)
    expect(breaker.state).toBe('open')
  })

  it('forgets the failures of before an idle hour', async () => {
    const { breaker, clock, failTimes } = make({ trip: { failureRatio: 0.5, minimumCalls: 10 } })
    await failTimes(9)
    clock.advance(3_600_000)
    await failTimes(1)
    expect(breaker.state).toBe('closed')
    expect(breaker.snapshot().window).toMatchObject({ completed: 1, failed: 1, failureRatio: 1 })
  })

  it('divides by completed calls only: neither refused nor running nor ignored ones dilute the ratio', async () => {
    const { breaker, failTimes } = make({ trip: { failureRatio: 1, minimumCalls: 3 } })
    const { work, resolve } = pending()
    const running = Array.from({ length: 50 }, () => breaker.execute(work))
    for (let call = 0; call < 50; call++) breaker.tryAcquire()?.ignore()
    await failTimes(3)
    expect(breaker.state).toBe('open')
    resolve('ok')
    await Promise.all(running)
  })
})

describe('open', () => {
  it('refuses without calling the work', async () => {
    const { breaker, failTimes, clock } = make()
    await failTimes(5)
    clock.advance(12_000.5)
    let called = false
    const refusal = breaker.execute(() => {
      called = true
    })
    await expect(refusal).rejects.toMatchObject({
      name: 'CircuitOpenError',
      code: 'ERR_CIRCUIT_OPEN',
      circuit: 'billing',
      state: 'open',
      retryAfterMs: 18_000,
      cause: new Error('down'),
    })
    await expect(refusal).rejects.toBeInstanceOf(CircuitOpenError)
    expect(called).toBe(false)
    expect(breaker.tryAcquire()).toBeUndefined()
    expect(breaker.snapshot().totals.rejected).toBe(2)
  })

  it('reads half-open exactly from the end of the break on, without any call', async () => {
    const { breaker, failTimes, clock } = make({ break: { ms: 1_000 } })
    await failTimes(5)
    clock.advance(999.9)
    expect(breaker.state).toBe('open')
    clock.advance(0.1)
    expect(breaker.state).toBe('half-open')
    expect(breaker.snapshot()).toMatchObject({ state: 'half-open', retryAfterMs: 0, nextProbeAt: null })
  })

  it('is not closed by a success that began before it opened', async () => {
    const { breaker, failTimes } = make()
    const { work, resolve } = pending()
    const early = breaker.execute(work)
    await failTimes(5)
    resolve('late')
    await expect(early).resolves.toBe('late')
    expect(breaker.state).toBe('open')
    expect(breaker.snapshot().totals.late).toBe(1)
  })

  it('grows its break with each opening in a row up to the maximum', async () => {
    const { breaker, failTimes, clock } = make({ break: { ms: 1_000, factor: 2, maxMs: 3_000 } })
    await failTimes(5)
    const breaks: (number | null)[] = []
    for (let opening = 0; opening < 4; opening++) {
      const { retryAfterMs } = breaker.snapshot()
      breaks.push(retryAfterMs)
      clock.advance(retryAfterMs ?? 0)
      await failTimes(1)
    }
    expect(breaks).toEqual([1_000, 2_000, 3_000, 3_000])
  })

  it.each([
    { healthyMs: 29_999, next: 2_000, openings: 2 },
    { healthyMs: 30_000, next: 1_000, openings: 1 },
  ])('continues the growth after $healthyMs healthy ms with $next', async ({ healthyMs, next, openings }) => {
    const { breaker, failTimes, clock } = make({ break: { ms: 1_000, factor: 2 } })
    await failTimes(5)
    clock.advance(1_000)
    await breaker.execute(ok)
    clock.advance(healthyMs)
    await failTimes(5)
    expect(breaker.snapshot()).toMatchObject({ retryAfterMs: next, openings })
  })

  it('takes a random share off its break', async () => {
    const { breaker, failTimes } = make({ break: { ms: 1_000, jitterRatio: 0.2 }, random: () => 0.5 })
    await failTimes(5)
    expect(breaker.snapshot().retryAfterMs).toBe(900)
  })
})

describe('half-open', () => {
  it('admits one call, refuses the rest, and closes when it succeeds', async () => {
    const { breaker } = await halfOpen()
    const { work, resolve } = pending()
    const probe = breaker.execute(work)
    await expect(breaker.execute(ok)).rejects.toMatchObject({ state: 'half-open', retryAfterMs: 30_000 })
    resolve('up')
    await expect(probe).resolves.toBe('up')
    expect(breaker.state).toBe('closed')
    expect(breaker.snapshot()).toMatchObject({ consecutiveFailures: 0, window: { completed: 0 } })
  })

  it('opens again when the probe fails', async () => {
    const { breaker, failTimes } = await halfOpen()
    await failTimes(1)
    expect(breaker.snapshot()).toMatchObject({ state: 'open', retryAfterMs: 1_000, openings: 2 })
  })

  it('closes as soon as enough of the probes have succeeded', async () => {
    const { breaker, failTimes } = await halfOpen({ probe: { calls: 4, successRatio: 0.5 } })
    await failTimes(2)
    await breaker.execute(ok)
    expect(breaker.state).toBe('half-open')
    await breaker.execute(ok)
    expect(breaker.state).toBe('closed')
  })

  it('opens as soon as enough successes are out of reach', async () => {
    const { breaker, failTimes } = await halfOpen({ probe: { calls: 4, successRatio: 0.5 } })
    await failTimes(3)
    expect(breaker.state).toBe('open')
  })

  it('counts a probe without an answer as failed exactly at its deadline, and its late answer for nothing', async () => {
    const { breaker, clock } = await halfOpen({ probe: { maxWaitMs: 500 } })
    const { work, resolve } = pending()
    const hung = breaker.execute(work)
    clock.advance(499)
    expect(breaker.state).toBe('half-open')
    clock.advance(1)
    expect(breaker.snapshot()).toMatchObject({ state: 'open', retryAfterMs: 1_000, openings: 2 })
    resolve('late')
    await expect(hung).resolves.toBe('late')
    expect(breaker.state).toBe('open')
  })

  it('has recovered from a hung probe when the next call comes much later', async () => {
    const { breaker, clock } = await halfOpen({ probe: { maxWaitMs: 500 } })
    breaker.tryAcquire()
    clock.advance(1_500)
    await expect(breaker.execute(ok)).resolves.toBe('ok')
    expect(breaker.state).toBe('closed')
  })

  it('gives the place of an ignored probe to the next call', async () => {
    const { breaker } = await halfOpen()
    const controller = new AbortController()
    const { work, reject } = pending()
    const probe = breaker.execute(work, { signal: controller.signal })
    controller.abort()
    reject(controller.signal.reason)
    await expect(probe).rejects.toBe(controller.signal.reason)
    expect(breaker.state).toBe('half-open')
    await breaker.execute(ok)
    expect(breaker.state).toBe('closed')
  })

  it('takes a failure that began while closed for nothing', async () => {
    const { breaker, failTimes, clock } = make({ break: { ms: 1_000 } })
    const { work, reject } = pending()
    const early = breaker.execute(work)
    await failTimes(5)
    clock.advance(1_000)
    const probe = breaker.tryAcquire()
    reject(new Error('stale'))
    await expect(early).rejects.toThrow('stale')
    expect(breaker.state).toBe('half-open')
    probe?.success()
    expect(breaker.state).toBe('closed')
  })

  it('counts a slow probe as failed when there is a rule for slow calls', async () => {
    const { breaker, clock } = await halfOpen({ trip: { consecutiveFailures: 5, slowRatio: 0.5, slowCallMs: 100 } })
    const probe = breaker.tryAcquire()
    clock.advance(100)
    probe?.success()
    expect(breaker.state).toBe('open')
  })
})

describe('a call cancelled by its caller', () => {
  it('is neither a success nor a failure', async () => {
    const { breaker } = make({ trip: { consecutiveFailures: 1 } })
    const controller = new AbortController()
    const call = breaker.execute(
      ({ signal }) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
      { signal: controller.signal },
    )
    controller.abort(new Error('changed my mind'))
    await expect(call).rejects.toThrow('changed my mind')
    expect(breaker.snapshot()).toMatchObject({ state: 'closed', window: { completed: 0 }, totals: { ignored: 1 } })
  })

  it('is not made when its signal has already aborted', async () => {
    const { breaker } = make()
    const reason = new Error('gone')
    let called = false
    const call = breaker.execute(
      () => {
        called = true
      },
      { signal: AbortSignal.abort(reason) },
    )
    await expect(call).rejects.toBe(reason)
    expect(called).toBe(false)
    expect(breaker.snapshot().totals).toMatchObject({ ignored: 0, rejected: 0 })
  })

  it('counts as a success when the answer came all the same', async () => {
    const { breaker } = make()
    const controller = new AbortController()
    await breaker.execute(() => controller.abort(), { signal: controller.signal })
    expect(breaker.snapshot().totals).toMatchObject({ success: 1, ignored: 0 })
  })

  it('leaves no listener on its signal', async () => {
    const { breaker } = make()
    const { signal } = new AbortController()
    let added = 0
    signal.addEventListener = () => void added++
    for (let call = 0; call < 1_000; call++) await breaker.execute(({ signal }) => signal.aborted, { signal })
    expect(added).toBe(0)
  })
})

describe('classify', () => {
  it('decides about values and errors, and sees how long they took', async () => {
    const seen: Outcome[] = []
    const { breaker } = make({
      trip: { consecutiveFailures: 1 },
      classify: (outcome: Outcome<number>) => {
        seen.push(outcome)
        return outcome.ok && outcome.value < 500 ? 'success' : outcome.ok ? 'failure' : 'ignore'
      },
    })
    await breaker.execute(() => 404)
    await expect(breaker.execute(fail)).rejects.toThrow('down')
    expect(breaker.state).toBe('closed')
    await expect(breaker.execute(() => 503)).resolves.toBe(503)
    expect(breaker.state).toBe('open')
    expect(seen).toHaveLength(3)
    expect(seen[2]).toEqual({ ok: true, value: 503, durationMs: 0 })
    await expect(breaker.execute(ok)).rejects.toMatchObject({ cause: 503 })
  })

  it('is reported when it throws or answers nonsense, and the outcome counts as without it', async () => {
    const reported: unknown[] = []
    const answers = [
      () => {
        throw new Error('classifier')
      },
      () => 'maybe' as 'ignore',
    ]
    const { breaker } = make({
      classify: () => answers.shift()?.() ?? 'ignore',
      onListenerError: (error, source) => reported.push([error, source]),
    })
    await expect(breaker.execute(ok)).resolves.toBe('ok')
    await expect(breaker.execute(fail)).rejects.toThrow('down')
    expect(breaker.snapshot().totals).toMatchObject({ success: 1, failure: 1 })
    expect(reported).toEqual([
      [new Error('classifier'), 'classify'],
      [new TypeError('classify must return "success", "failure" or "ignore", got string'), 'classify'],
    ])
  })
})

describe('reset', () => {
  it('closes, forgets, and makes running calls too late to count', async () => {
    const { breaker, failTimes } = make()
    const { work, reject } = pending()
    const running = breaker.execute(work)
    await failTimes(5)
    breaker.reset()
    expect(breaker.snapshot()).toMatchObject({ state: 'closed', openings: 0, consecutiveFailures: 0 })
    reject(new Error('old'))
    await expect(running).rejects.toThrow('old')
    expect(breaker.snapshot()).toMatchObject({ consecutiveFailures: 0, totals: { late: 1 } })
  })
})

describe('execute', () => {
  it('makes a signal only when it is read, and then always the same', async () => {
    const { breaker } = make()
    const made = vi.spyOn(globalThis, 'AbortController')
    await compose(breaker, breaker, breaker).execute(ok)
    expect(made).not.toHaveBeenCalled()
    await compose(breaker, breaker, breaker).execute((context) => expect(context.signal).toBe(context.signal))
    expect(made).toHaveBeenCalledTimes(1)
    made.mockRestore()
  })

  it('takes a work that is no function for a mistake, not for a failure', async () => {
    const { breaker } = make({ trip: { consecutiveFailures: 1 } })
    await expect(breaker.execute('work' as unknown as () => void)).rejects.toThrow(TypeError)
    expect(breaker.state).toBe('closed')
  })

  it('records the outcome before the caller sees it', async () => {
    const { breaker } = make({ trip: { consecutiveFailures: 1 } })
    const state = await breaker.execute(() => Promise.reject(new Error('down'))).catch(() => breaker.state)
    expect(state).toBe('open')
  })

  it('leaves an unhandled rejection unhandled', async () => {
    const { breaker } = make()
    const seen: unknown[] = []
    const listeners = process.listeners('unhandledRejection')
    process.removeAllListeners('unhandledRejection')
    process.once('unhandledRejection', (reason) => seen.push(reason))
    const error = new Error('nobody looks')
    void breaker.execute(() => Promise.reject(error))
    await settle()
    for (const listener of listeners) process.on('unhandledRejection', listener)
    expect(seen).toEqual([error])
  })
})
