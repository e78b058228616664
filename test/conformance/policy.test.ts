import { getEventListeners } from 'node:events'
import { TracerProvider } from '@opentelemetry/sdk-trace'
import { tracePolicy } from '@tps/andon/tracing'
import { adaptiveLimiter, adaptiveThrottle, rateLimiter, sharedRateLimiter } from '@tps/heijunka'
import type { Policy } from '@tps/internal'
import { ManualClock, settle } from '@tps/internal/manual-clock'
import { CircuitBreaker, bulkhead, coalesce, compose, fallback, hedge, resilient, retry, timeout } from '@tps/jidoka'
import { describe, expect, it } from 'vitest'

// DESIGN §2, contract Policy: one table that everything that wraps a call passes.

type Time = { readonly clock: ManualClock; readonly timers: ManualClock }

const POLICIES: readonly [title: string, make: (time: Time) => Policy][] = [
  ['CircuitBreaker', (time) => new CircuitBreaker(time)],
  ['timeout', (time) => timeout({ ms: 1000, ...time })],
  ['retry', (time) => retry({ attempts: 3, shouldRetry: () => false, ...time })],
  ['bulkhead', () => bulkhead({ limit: 10 })],
  [
    'fallback',
    () =>
      fallback({
        substitute: (): never => {
          throw new Error('unused')
        },
        handles: () => false,
      }),
  ],
  ['hedge', (time) => hedge({ afterMs: 1000, ...time })],
  ['coalesce', () => coalesce()],
  ['rateLimiter', (time) => rateLimiter({ limit: 1, burst: 10_000, ...time })],
  [
    'sharedRateLimiter',
    (time) => sharedRateLimiter({ limit: 1, burst: 10_000, store: { take: () => Promise.resolve(0) }, ...time }),
  ],
  ['adaptiveLimiter', (time) => adaptiveLimiter(time)],
  ['adaptiveThrottle', (time) => adaptiveThrottle({ clock: time.clock, random: () => 0.999 })],
  ['compose', (time) => compose(bulkhead({ limit: 10 }), new CircuitBreaker(time), timeout({ ms: 1000, ...time }))],
  ['tracePolicy without an SDK', (time) => tracePolicy(new CircuitBreaker(time))],
  ['tracePolicy', (time) => tracePolicy(new CircuitBreaker(time), { tracer: new TracerProvider().getTracer('test') })],
  ['resilient', (time) => resilient({ retry: { attempts: 3, shouldRetry: () => false }, timeout: 1000, ...time })],
]

describe.each(POLICIES)('%s as a Policy', (_title, make) => {
  const fresh = (): { clock: ManualClock; policy: Policy } => {
    const clock = new ManualClock()
    return { clock, policy: make({ clock, timers: clock }) }
  }

  it('gives the result of work that is synchronous, asynchronous or a thenable', async () => {
    const { policy } = fresh()
    await expect(policy.execute(() => 1)).resolves.toBe(1)
    await expect(policy.execute(async () => 2)).resolves.toBe(2)
    // oxlint-disable-next-line unicorn/no-thenable -- people hand in such objects; they must be awaited
    const thenable = { then: (done: (value: number) => void) => done(3) } as PromiseLike<number>
    await expect(policy.execute(() => thenable)).resolves.toBe(3)
  })

  it("passes a user's own error through unwrapped, thrown or rejected", async () => {
    const { policy } = fresh()
    const own = new Error('own')
    await expect(policy.execute(() => Promise.reject(own))).rejects.toBe(own)
    await expect(
      policy.execute(() => {
        throw own
      }),
    ).rejects.toBe(own)
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- not everything that is thrown is an error
    await expect(policy.execute(() => Promise.reject(undefined))).rejects.toBeUndefined()
  })

  it('does not start work whose caller has aborted already', async () => {
    const { policy } = fresh()
    let started = 0
    const signal = AbortSignal.abort(new Error('gone'))
    await expect(policy.execute(() => void started++, { signal })).rejects.toThrow('gone')
    expect(started).toBe(0)
  })

  it("aborts the work's signal with the caller's reason", async () => {
    const { policy } = fresh()
    const controller = new AbortController()
    const call = policy.execute(
      ({ signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error))
        }),
      { signal: controller.signal },
    )
    await settle()
    controller.abort(new Error('changed my mind'))
    await expect(call).rejects.toThrow('changed my mind')
  })

  it('gives the work a signal without one of the caller', async () => {
    const { policy } = fresh()
    await expect(policy.execute(({ signal }) => signal.aborted)).resolves.toBe(false)
  })

  it('leaves no listener on a signal that saw many calls, and no timer', async () => {
    const { clock, policy } = fresh()
    const { signal } = new AbortController()
    for (let call = 0; call < 1000; call++) {
      const answer = policy.execute(
        ({ signal: inner }) => {
          if (inner.aborted) throw new Error('aborted')
          if (call % 3 === 0) throw new Error('down')
          return call
        },
        { signal },
      )
      await answer.catch(() => {})
    }
    await clock.advanceAsync(5000)
    expect(getEventListeners(signal, 'abort')).toEqual([])
    expect(clock.pendingTimers).toBe(0)
  })
})
