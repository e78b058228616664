import { ManualClock } from '@tps/internal/manual-clock'
import { expect, it } from 'vitest'
import { CircuitBreaker, type CircuitBreakerOptions, type Judgement, type Outcome } from './index.ts'

function make(options: CircuitBreakerOptions = {}) {
  const clock = new ManualClock()
  const pause = { ms: 1_000, factor: 2, maxMs: 60_000, jitterRatio: 0.5 }
  return { clock, breaker: new CircuitBreaker({ clock, trip: { consecutiveFailures: 2 }, break: pause, ...options }) }
}
const busy = (retryAfterMs: unknown): Error => Object.assign(new Error('busy'), { retryAfterMs })

it('lasts as long as the error that opened the circuit asks for, without growth or jitter', () => {
  const { breaker, clock } = make()
  breaker.tryAcquire()?.failure(busy(7_000))
  expect(breaker.state).toBe('closed')
  breaker.tryAcquire()?.failure(busy(5_000))
  expect(breaker.snapshot()).toMatchObject({ state: 'open', retryAfterMs: 5_000 })
  clock.advance(5_000)
  breaker.tryAcquire()?.failure(busy(4_000))
  expect(breaker.snapshot()).toMatchObject({ state: 'open', retryAfterMs: 4_000, openings: 2 })
})

it.each([
  { asked: 0, breakMs: 1 },
  { asked: 60_001, breakMs: 60_000 },
  { asked: Infinity, breakMs: 60_000 },
])('lasts from 1 ms to break.maxMs: $breakMs when $asked is asked for', ({ asked, breakMs }) => {
  const { breaker } = make({ trip: { consecutiveFailures: 1 } })
  breaker.tryAcquire()?.failure(busy(asked))
  expect(breaker.snapshot().retryAfterMs).toBe(breakMs)
})

it.each([-1, Number.NaN, '5', undefined])('lasts as long as ever when the error says %s', (asked) => {
  const { breaker } = make({ trip: { consecutiveFailures: 1 }, break: { ms: 1_000 } })
  breaker.tryAcquire()?.failure(busy(asked))
  expect(breaker.snapshot().retryAfterMs).toBe(1_000)
})

const trap = (): never => {
  throw new Error('trap')
}

it('survives an error that throws when it is read', () => {
  const { breaker } = make({ trip: { consecutiveFailures: 1 }, break: { ms: 1_000 } })
  breaker.tryAcquire()?.failure(new Proxy({}, { get: trap, getPrototypeOf: trap }))
  expect(breaker.snapshot()).toMatchObject({ retryAfterMs: 1_000, lastFailure: { message: 'unreadable' } })
})

const httpStatus = (outcome: Outcome<{ status: number; waitMs: number }>): 'success' | Judgement => {
  if (!outcome.ok) return { verdict: 'failure' }
  const { status, waitMs } = outcome.value
  if (status === 200) return 'success'
  return { verdict: 'failure', retryAfterMs: waitMs, trip: status === 503 }
}

it('is named by classify, which may open the circuit whatever the rules say', async () => {
  const { breaker } = make({ trip: { consecutiveFailures: 5 }, classify: httpStatus })
  const reasons: string[] = []
  breaker.on('open', ({ reason, breakMs }) => reasons.push(`${reason} ${breakMs}`))
  await breaker.execute(() => ({ status: 429, waitMs: 9_000 }))
  expect(breaker.state).toBe('closed')
  await breaker.execute(() => ({ status: 503, waitMs: 3_000 }))
  expect(reasons).toEqual(['outcome 3000'])
})

it('is named by a probe too, which opens the circuit at once when it asks for that', async () => {
  const { breaker, clock } = make({
    trip: { consecutiveFailures: 1 },
    probe: { calls: 3, successRatio: 0.3 },
    classify: httpStatus,
  })
  await breaker.execute(() => ({ status: 503, waitMs: 1_000 }))
  clock.advance(1_000)
  await breaker.execute(() => ({ status: 429, waitMs: 1_000 }))
  expect(breaker.state).toBe('half-open')
  await breaker.execute(() => ({ status: 503, waitMs: 2_500 }))
  expect(breaker.snapshot()).toMatchObject({ state: 'open', retryAfterMs: 2_500 })
})

it('is taken from a failure alone', async () => {
  const { breaker } = make({ classify: () => ({ verdict: 'success', retryAfterMs: 5, trip: true }) })
  await breaker.execute(() => 1)
  expect(breaker.snapshot()).toMatchObject({ state: 'closed', totals: { success: 1 } })
})

it.each([
  null,
  { verdict: 'maybe' },
  { verdict: 'failure', retryAfterMs: -1 },
  { verdict: 'failure', retryAfterMs: 'x' },
])('is reported when it is nonsense: %j', async (judged) => {
  const reported: unknown[] = []
  const { breaker } = make({
    classify: () => judged as Judgement,
    onListenerError: (error, source) => reported.push([source, error instanceof Error]),
  })
  await expect(breaker.execute(() => 1)).resolves.toBe(1)
  expect(reported).toEqual([['classify', true]])
  expect(breaker.snapshot().totals).toMatchObject({ success: 1 })
})
