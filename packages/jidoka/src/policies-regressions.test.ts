import { ManualClock, settle } from '@tps/internal/manual-clock'
import { describe, expect, it } from 'vitest'
import {
  BreakerRegistry,
  CircuitBreaker,
  HealthMonitor,
  type Policy,
  bulkhead,
  coalesce,
  compose,
  fallback,
  hedge,
  retry,
  timeout,
} from './index.ts'
import { countingSignal, failureOf, heeding, never, pending } from './test-kit.ts'

// What goes wrong elsewhere, one test each. The policies' own tests cover their share of it in detail.

const down = new Error('down')
const fail = (): Promise<never> => Promise.reject(down)
const clock = new ManualClock()
const time = { clock, timers: clock }

/** Every policy with options that let a single call through. */
const all: readonly (readonly [string, () => Policy])[] = [
  ['timeout', () => timeout({ ms: 1_000, ...time })],
  ['retry', () => retry({ attempts: 1, ...time })],
  ['bulkhead', () => bulkhead({ limit: 1, queueCapacity: 10 })],
  ['hedge', () => hedge({ afterMs: 1_000, ...time })],
  ['coalesce', () => coalesce()],
  ['fallback', () => fallback<never>(() => Promise.reject(down))],
]
const read = ({ signal }: { readonly signal: AbortSignal }): boolean => signal.aborted

describe.each(all)('%s', (_name, make) => {
  it('leaves no listener on a signal after 100,000 calls (cockatiel#69, #81)', async () => {
    const policy = make()
    const { signal, listeners } = countingSignal()
    for (let call = 0; call < 100_000; call++) await policy.execute(read, { signal })
    expect(listeners()).toBe(0)
  })

  it('has its calls aborted by their own callers only (opossum#861)', async () => {
    const policy = make()
    const leaving = new AbortController()
    const staying = pending()
    const left = failureOf(policy.execute(heeding, { signal: leaving.signal }))
    const key = { key: 'another' }
    const stayed = policy.execute(staying.work, key as object)
    leaving.abort(new Error('user left'))
    expect(await left).toEqual(new Error('user left'))
    staying.resolve('ok')
    await expect(stayed).resolves.toBe('ok')
  })

  it('makes no signal that nobody reads', async () => {
    const policy = make()
    let signals = 0
    const original = globalThis.AbortController
    globalThis.AbortController = class extends original {
      constructor() {
        super()
        signals++
      }
    }
    try {
      await policy.execute(() => 1)
    } finally {
      globalThis.AbortController = original
    }
    expect(signals).toBe(0)
  })

  it('passes an error of the work through as it is', async () => {
    await expect(make().execute(fail)).rejects.toBe(down)
  })
})

it('a full bulkhead inside a breaker does not open it: capacity refusals are no failures', async () => {
  const breaker = new CircuitBreaker({ trip: { consecutiveFailures: 1 } })
  const room = bulkhead({ limit: 1 })
  using slot = room.tryAcquire()
  expect(slot).toBeDefined()
  await expect(compose(breaker, room).execute(() => 1)).rejects.toMatchObject({ code: 'ERR_BULKHEAD_FULL' })
  expect(breaker.snapshot()).toMatchObject({ state: 'closed', totals: { ignored: 1 } })
})

it('a probe that a bulkhead inside refuses gives its place back (opossum#276, r4j#903)', async () => {
  const breaker = new CircuitBreaker({ clock, trip: { consecutiveFailures: 1 }, break: { ms: 10 } })
  const room = bulkhead({ limit: 1 })
  breaker.tryAcquire()?.failure()
  clock.advance(10)
  const slot = room.tryAcquire()
  await compose(breaker, room)
    .execute(() => 1)
    .catch(() => {})
  slot?.release()
  await expect(compose(breaker, room).execute(() => 1)).resolves.toBe(1)
  expect(breaker.state).toBe('closed')
})

it('a hung probe with a timeout inside opens the circuit again instead of blocking it', async () => {
  const breaker = new CircuitBreaker({ clock, trip: { consecutiveFailures: 1 }, break: { ms: 10 } })
  breaker.tryAcquire()?.failure()
  clock.advance(10)
  const hung = failureOf(compose(breaker, timeout({ ms: 100, ...time })).execute(never))
  await clock.advanceAsync(110)
  expect(await hung).toMatchObject({ code: 'ERR_TIMEOUT' })
  expect(breaker.snapshot().totals.opened).toBe(2)
})

it('the loser of a hedge counts for nothing in the breaker', async () => {
  const breaker = new CircuitBreaker({ clock, trip: { consecutiveFailures: 1 } })
  let attempt = 0
  const work = (context: { signal: AbortSignal }) => (++attempt === 1 ? heeding(context) : 'second')
  const call = compose(hedge({ afterMs: 10, ...time }), breaker).execute(work)
  await clock.advanceAsync(10)
  await expect(call).resolves.toBe('second')
  await settle()
  expect(breaker.snapshot()).toMatchObject({ state: 'closed', totals: { success: 1, ignored: 1, failure: 0 } })
})

it('two primitives made from one options object share nothing, and it is left as it was', async () => {
  const options = Object.freeze({
    limit: 1,
    ms: 100,
    afterMs: 10,
    checks: Object.freeze({ db: () => true }),
    breaker: Object.freeze({ trip: Object.freeze({ consecutiveFailures: 1 }) }),
  })
  const [one, other] = [bulkhead(options), bulkhead(options)]
  using slot = one.tryAcquire()
  expect([slot === undefined, one.snapshot().running, other.snapshot().running]).toEqual([false, 1, 0])
  const registries = [new BreakerRegistry(options), new BreakerRegistry(options)]
  registries[0]?.get('a').tryAcquire()?.failure()
  expect(registries.map((registry) => registry.get('a').state)).toEqual(['open', 'closed'])
  const monitors = [new HealthMonitor(options), new HealthMonitor(options)]
  await monitors[0]?.checkNow()
  expect(monitors.map(({ status }) => status)).toEqual(['healthy', 'degraded'])
})

it('nothing that waits is left after every kind of end: no timer, no listener', async () => {
  const clock = new ManualClock()
  const time = { clock, timers: clock }
  const { signal, abort, listeners } = countingSignal()
  const policy = compose(
    retry({ attempts: 5, delay: { ms: 1_000, jitterRatio: 0 }, ...time }),
    hedge({ afterMs: 20, ...time }),
    bulkhead({ limit: 2, queueCapacity: 10 }),
    timeout({ ms: 50, ...time }),
  )
  const works = [never, heeding, fail, () => 'ok']
  const calls = Array.from({ length: 12 }, (_, index) => policy.execute(works[index % 4] ?? never, { signal }))
  const ended = Promise.allSettled(calls)
  await clock.advanceAsync(300)
  abort(new Error('user left'))
  await clock.advanceAsync(1_000)
  await ended
  expect([listeners(), clock.pendingTimers]).toEqual([0, 0])
})
