import { ManualClock, settle } from '@tps/internal/manual-clock'
import { describe, expect, it, vi } from 'vitest'
import { CircuitBreaker, type CircuitBreakerOptions, type Policy, compose } from './index.ts'

// What users of other circuit breakers have reported, with the issue where it was. Each fails on what is described there.

const down = new Error('down')
const fail = (): Promise<never> => Promise.reject(down)

function make(options: CircuitBreakerOptions = {}) {
  const clock = new ManualClock()
  const breaker = new CircuitBreaker({
    clock,
    timers: clock,
    trip: { consecutiveFailures: 5 },
    break: { ms: 1_000 },
    ...options,
  })
  const failTimes = (times: number): void => {
    for (let call = 0; call < times; call++) breaker.tryAcquire()?.failure(down)
  }
  /** Trips it, and lets the break go by. */
  const halfOpen = (): void => {
    failTimes(5)
    clock.advance(1_000)
  }
  return { clock, breaker, failTimes, halfOpen }
}

describe('1. late results cross states (Polly#216, #217, #218, #219, #223, cockatiel, opossum)', () => {
  it('a failure begun while closed does not reopen half-open, and the probe still decides', () => {
    const { breaker, halfOpen } = make()
    const early = breaker.tryAcquire()
    halfOpen()
    const probe = breaker.tryAcquire()
    early?.failure(down)
    expect(breaker.state).toBe('half-open')
    probe?.success()
    expect(breaker.state).toBe('closed')
  })

  it('a success begun while closed closes neither an open nor a half-open circuit', () => {
    const { breaker, clock, failTimes } = make()
    const [first, second] = [breaker.tryAcquire(), breaker.tryAcquire()]
    failTimes(5)
    first?.success()
    expect(breaker.state).toBe('open')
    clock.advance(1_000)
    breaker.tryAcquire()
    second?.success()
    expect(breaker.state).toBe('half-open')
  })

  it('a probe of an earlier half-open does not decide a later one', () => {
    const { breaker, clock, halfOpen } = make({ probe: { maxWaitMs: 100 } })
    halfOpen()
    const hung = breaker.tryAcquire()
    clock.advance(1_100)
    const probe = breaker.tryAcquire()
    hung?.success()
    expect(breaker.state).toBe('half-open')
    probe?.failure(down)
    expect(breaker.state).toBe('open')
  })

  it('a stale failure does not count in the window of after the recovery', () => {
    const { breaker, halfOpen } = make()
    const early = Array.from({ length: 10 }, () => breaker.tryAcquire())
    halfOpen()
    breaker.tryAcquire()?.success()
    for (const permit of early) permit?.failure(down)
    expect(breaker.snapshot()).toMatchObject({ state: 'closed', consecutiveFailures: 0, window: { completed: 0 } })
  })
})

describe('2. half-open is stuck (opossum#276, resilience4j#544, #903, #935, Sentinel#1638)', () => {
  it('a probe that never answers has failed at its deadline, and the next break brings the next probe', () => {
    const { breaker, clock, halfOpen } = make({ probe: { maxWaitMs: 500 } })
    halfOpen()
    void breaker.execute(() => new Promise(() => {}))
    expect(breaker.tryAcquire()).toBeUndefined()
    clock.advance(500)
    expect(breaker.state).toBe('open')
    clock.advance(1_000)
    breaker.tryAcquire()?.success()
    expect(breaker.state).toBe('closed')
  })

  it('has a deadline for probes without anyone asking for one', () => {
    const { breaker, clock, halfOpen } = make()
    halfOpen()
    breaker.tryAcquire()
    clock.advance(30_000)
    expect(breaker.state).toBe('open')
  })

  it.each(['abort', 'ignore', 'dispose'] as const)('a probe that ends by %s gives its place back', async (end) => {
    const { breaker, halfOpen } = make()
    halfOpen()
    if (end === 'abort') {
      const controller = new AbortController()
      const probe = breaker.execute(({ signal }) => never(signal), { signal: controller.signal })
      controller.abort(down)
      await expect(probe).rejects.toBe(down)
    } else {
      const permit = breaker.tryAcquire()
      if (end === 'ignore') permit?.ignore()
      else permit?.[Symbol.dispose]()
    }
    expect(breaker.tryAcquire()).toBeDefined()
  })

  it('a probe that a policy inside refuses gives its place back', async () => {
    const { breaker, halfOpen } = make()
    const inner = new CircuitBreaker()
    const hold = inner.forceOpen()
    halfOpen()
    await expect(compose(breaker, inner).execute(() => 1)).rejects.toMatchObject({ code: 'ERR_CIRCUIT_OPEN' })
    expect(breaker.state).toBe('half-open')
    hold.release()
    await compose(breaker, inner).execute(() => 1)
    expect(breaker.state).toBe('closed')
  })
})

describe('3. the recovery is a stampede (opossum#119, resilience4j#1432, cockatiel)', () => {
  it('a thousand calls meet a half-open circuit: one is made and the others are refused at once', async () => {
    const { breaker, halfOpen } = make()
    halfOpen()
    let running = 0
    const call = (): Promise<unknown> => breaker.execute(() => (running++, new Promise(() => {})))
    const calls = Array.from({ length: 1_000 }, call)
    const refusals = await Promise.allSettled(calls.slice(1))
    expect(refusals.every(({ status }) => status === 'rejected')).toBe(true)
    expect(running).toBe(1)
  })

  it('those who wait do so in bounds, and leave when their callers do', async () => {
    const { breaker, halfOpen } = make({ probe: { overflow: 'wait', maxWaiting: 10 } })
    halfOpen()
    const probe = breaker.tryAcquire()
    let run = 0
    const controller = new AbortController()
    const calls = Array.from({ length: 1_000 }, () => breaker.execute(() => run++, { signal: controller.signal }))
    expect(breaker.snapshot().waiting).toBe(10)
    controller.abort(down)
    const ends = await Promise.allSettled(calls)
    expect(ends.filter(({ status }) => status === 'rejected')).toHaveLength(1_000)
    probe?.success()
    expect(run).toBe(0)
  })

  it('the traffic comes back by and by', () => {
    const { breaker, clock, halfOpen } = make({ rampUp: { ms: 10_000, fromRatio: 0.1 } })
    halfOpen()
    breaker.tryAcquire()?.success()
    const admitted = (): number => Array.from({ length: 1_000 }, () => breaker.tryAcquire()).filter(Boolean).length
    const shares = [0, 1, 2].map((step) => (clock.advance(step && 5_000), admitted()))
    expect(shares).toEqual([100, 550, 1_000])
  })
})

describe('4. one probe is too few (cockatiel#73, opossum#613, Polly#239, #2381)', () => {
  it('a lucky success among failing probes does not close it', () => {
    const { breaker, halfOpen } = make({ probe: { calls: 5, successRatio: 0.8 } })
    halfOpen()
    breaker.tryAcquire()?.success()
    expect(breaker.state).toBe('half-open')
    breaker.tryAcquire()?.failure(down)
    expect(breaker.state).toBe('half-open')
    breaker.tryAcquire()?.failure(down)
    expect(breaker.state).toBe('open')
  })
})

describe('5. cancellation is misread (cockatiel)', () => {
  it('a hundred users who go away do not open the circuit', async () => {
    const { breaker } = make({ trip: { consecutiveFailures: 1 } })
    const controllers = Array.from({ length: 100 }, () => new AbortController())
    const calls = controllers.map(({ signal }) => breaker.execute(({ signal }) => never(signal), { signal }))
    for (const controller of controllers) controller.abort()
    await Promise.allSettled(calls)
    expect(breaker.snapshot()).toMatchObject({ state: 'closed', window: { completed: 0 }, totals: { ignored: 100 } })
  })

  it('a timeout that is not the caller’s is a failure', async () => {
    const { breaker } = make({ trip: { consecutiveFailures: 1 } })
    const { signal } = new AbortController()
    const late = AbortSignal.abort(new DOMException('too slow', 'TimeoutError'))
    await expect(breaker.execute(() => never(late), { signal })).rejects.toThrow('too slow')
    expect(breaker.state).toBe('open')
  })
})

describe('6. windows are stale or diluted (opossum#558, #481, #232, cockatiel)', () => {
  it('81 failures of before an idle hour do not open it at the first one after', () => {
    const { breaker, clock, failTimes } = make({ trip: { failureRatio: 0.5, minimumCalls: 82 } })
    failTimes(81)
    clock.advance(3_600_000)
    failTimes(1)
    expect(breaker.snapshot()).toMatchObject({ state: 'closed', window: { completed: 1 } })
  })

  it('after a recovery a callee that always fails trips it at the minimum of calls', () => {
    const { breaker, clock, failTimes } = make({ trip: { failureRatio: 0.5, minimumCalls: 5 } })
    failTimes(5)
    for (let refused = 0; refused < 1_000; refused++) breaker.tryAcquire()
    clock.advance(1_000)
    breaker.tryAcquire()?.success()
    for (let running = 0; running < 1_000; running++) breaker.tryAcquire()
    failTimes(4)
    expect(breaker.state).toBe('closed')
    failTimes(1)
    expect(breaker.state).toBe('open')
  })
})

describe('7. timers and leaks (opossum#248, #363, #378, #648, resilience4j#351)', () => {
  it('no timer is started by a breaker that opens, waits and closes', async () => {
    const started = [vi.spyOn(globalThis, 'setTimeout'), vi.spyOn(globalThis, 'setInterval')]
    const { breaker, halfOpen } = make({ rampUp: { ms: 1_000 }, timers: undefined })
    halfOpen()
    await breaker.execute(() => 1)
    expect(breaker.state).toBe('closed')
    for (const spy of started) {
      expect(spy).not.toHaveBeenCalled()
      spy.mockRestore()
    }
  })
})

describe('9. aborts and options are shared (opossum#861)', () => {
  it('every call has a signal of its own', async () => {
    const { breaker } = make()
    const signals = await Promise.all([1, 2].map(() => breaker.execute(({ signal }) => signal)))
    expect(signals[0]).not.toBe(signals[1])
  })

  it('two breakers of one options object share neither state nor changes to it', () => {
    const options = { trip: { consecutiveFailures: 1 }, window: { kind: 'count' as const, calls: 5 } }
    const [first, second] = [make(options).breaker, make(options).breaker]
    options.trip.consecutiveFailures = 99
    first.tryAcquire()?.failure(down)
    expect(first.state).toBe('open')
    expect(second.snapshot()).toMatchObject({ state: 'closed', window: { completed: 0 } })
    second.tryAcquire()?.failure(down)
    expect(second.state).toBe('open')
  })
})

describe('10. callbacks corrupt outcomes (cockatiel, opossum)', () => {
  const bug = new Error('bug in a listener')
  const throwing = (): never => {
    throw bug
  }

  it('a success stays one when its listener throws, rejects, or the reporter of that throws', async () => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
    const { breaker } = make({ trip: { consecutiveFailures: 1 }, onListenerError: throwing })
    breaker.on('success', throwing)
    breaker.on('success', () => Promise.reject(bug) as unknown as void)
    await expect(breaker.execute(() => 'ok')).resolves.toBe('ok')
    await settle()
    expect(breaker.snapshot()).toMatchObject({ state: 'closed', totals: { success: 1, failure: 0 } })
    expect(printed).toHaveBeenCalledTimes(2)
    printed.mockRestore()
  })

  it('a classifier that throws changes neither the value nor the state', async () => {
    const onListenerError = vi.fn<() => void>()
    const { breaker } = make({ trip: { consecutiveFailures: 1 }, classify: throwing, onListenerError })
    await expect(breaker.execute(() => 'ok')).resolves.toBe('ok')
    expect(breaker.state).toBe('closed')
    expect(onListenerError).toHaveBeenCalledWith(bug, 'classify')
  })

  it('a listener that calls the breaker again sees and leaves a consistent circuit', () => {
    const { breaker, failTimes } = make()
    const seen: unknown[] = []
    breaker.on('open', () => {
      seen.push(breaker.state, breaker.tryAcquire())
      breaker.reset()
    })
    breaker.on('close', ({ reason }) => seen.push(reason, breaker.state))
    failTimes(5)
    expect(seen).toEqual(['open', undefined, 'reset', 'closed'])
  })
})

describe('11. open-delay growth and Retry-After (Polly#653, #1776, #1895, resilience4j#671)', () => {
  it('grows with openings in a row, is spread, and gives way to what the outcome names', () => {
    const { breaker, clock } = make({
      trip: { consecutiveFailures: 1 },
      break: { ms: 1_000, factor: 2, jitterRatio: 0.2 },
    })
    const breaks: number[] = []
    breaker.on('open', ({ breakMs }) => breaks.push(breakMs))
    for (const error of [down, down, down, Object.assign(new Error('busy'), { retryAfterMs: 120_000 })]) {
      breaker.tryAcquire()?.failure(error)
      clock.advance(120_000)
    }
    for (const [opening, breakMs] of breaks.slice(0, 3).entries()) {
      expect(breakMs).toBeLessThanOrEqual(1_000 * 2 ** opening)
      expect(breakMs).toBeGreaterThan(800 * 2 ** opening)
    }
    expect(breaks[3]).toBe(120_000)
  })

  it('does not grow for ever with the failures of a life', () => {
    const { breaker, clock, halfOpen } = make({ break: { ms: 1_000, factor: 2 } })
    for (let week = 0; week < 10; week++) {
      halfOpen()
      expect(breaker.snapshot()).toMatchObject({ state: 'half-open', openings: 1 })
      breaker.tryAcquire()?.success()
      clock.advance(30_000)
    }
    expect(breaker.snapshot()).toMatchObject({ state: 'closed', openings: 0 })
  })
})

describe('12. the clock (cockatiel, resilience4j#734, #2234, #2239)', () => {
  it('the wall clock may be set back an hour: the break ends all the same', () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const { breaker, clock, failTimes } = make({ clock: undefined })
    const now = vi.spyOn(performance, 'now').mockImplementation(() => clock.now())
    const real = new CircuitBreaker({ trip: { consecutiveFailures: 1 }, break: { ms: 1_000 } })
    real.tryAcquire()?.failure(down)
    vi.setSystemTime(Date.now() - 3_600_000)
    clock.advance(1_000)
    const { state } = real
    now.mockRestore()
    vi.useRealTimers()
    expect(state).toBe('half-open')
    failTimes(4)
    expect(breaker.state).toBe('closed')
  })
})

describe('13. state can not be shared or kept (cockatiel#89, opossum#504, #675, #740, Polly#287)', () => {
  it('a process that starts again goes on refusing what was open', () => {
    const { breaker, failTimes } = make()
    failTimes(5)
    const restored = CircuitBreaker.restore(JSON.parse(JSON.stringify(breaker)) as ReturnType<typeof breaker.toJSON>)
    expect(restored.state).toBe('open')
    expect(restored.tryAcquire()).toBeUndefined()
  })
})

describe('15. "it never goes half-open" (cockatiel#83, #91, #107, failsafe-go#97)', () => {
  it('says when it will, and reads half-open from then on although nobody calls', async () => {
    const { breaker, clock, failTimes } = make()
    failTimes(5)
    clock.advance(400)
    expect(breaker.snapshot()).toMatchObject({ nextProbeAt: 1_000, retryAfterMs: 600 })
    await expect(breaker.execute(fail)).rejects.toMatchObject({ retryAfterMs: 600 })
    clock.advance(600)
    expect(breaker.state).toBe('half-open')
    expect(breaker.snapshot()).toMatchObject({ state: 'half-open', nextProbeAt: null, retryAfterMs: 0 })
  })
})

describe('also', () => {
  it.each(['consecutiveFailures', 'failureRatio', 'slowRatio', 'slowCallMs', 'minimumCalls'])(
    'NaN is refused for trip.%s',
    (name) => {
      const trip = { slowCallMs: 1, slowRatio: 1, [name]: Number.NaN }
      expect(() => new CircuitBreaker({ trip })).toThrow(RangeError)
    },
  )

  it.each(['ERR_CIRCUIT_OPEN', 'ERR_BULKHEAD_FULL', 'ERR_QUEUE_FULL', 'ERR_RATE_LIMITED'])(
    'a refusal inside, %s, is no failure of the callee',
    async (code) => {
      const { breaker } = make({ trip: { consecutiveFailures: 1 } })
      const full: Policy = { execute: () => Promise.reject(Object.assign(new Error('full'), { code })) }
      await expect(compose(breaker, full).execute(() => 1)).rejects.toThrow('full')
      expect(breaker.snapshot()).toMatchObject({ state: 'closed', totals: { ignored: 1, failure: 0 } })
    },
  )
})

/** Ends only with its signal. */
function never(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error)
    signal.addEventListener('abort', () => reject(signal.reason as Error))
  })
}
