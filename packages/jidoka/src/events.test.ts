import { ManualClock } from '@tps/internal/manual-clock'
import { expect, expectTypeOf, it } from 'vitest'
import { CircuitBreaker, type CircuitBreakerEvents, type CircuitBreakerOptions, type OpenEvent } from './index.ts'

const NAMES = ['open', 'halfOpen', 'close', 'success', 'failure', 'ignored', 'rejected'] as const
const down = new Error('down')

function make(options: CircuitBreakerOptions = {}) {
  const clock = new ManualClock()
  const breaker = new CircuitBreaker({ clock, trip: { consecutiveFailures: 1 }, break: { ms: 100 }, ...options })
  const events: [name: string, event: unknown][] = []
  for (const name of NAMES) breaker.on(name, (event) => events.push([name, event]))
  return { clock, breaker, events }
}

it('tell the story of an outage in order', async () => {
  const { breaker, clock, events } = make()
  await expect(breaker.execute(() => Promise.reject(down))).rejects.toBe(down)
  clock.advance(40)
  breaker.tryAcquire()
  clock.advance(60)
  const probe = breaker.tryAcquire()
  clock.advance(5)
  probe?.success()
  expect(events).toEqual([
    ['failure', { durationMs: 0, slow: false, late: false, cause: down }],
    ['open', { reason: 'consecutive-failures', breakMs: 100, openings: 1, cause: down }],
    ['rejected', { state: 'open', retryAfterMs: 60 }],
    ['halfOpen', { probes: 1 }],
    ['success', { durationMs: 5, slow: false, late: false }],
    ['close', { reason: 'probes', outageMs: 105 }],
  ])
})

it('say why the circuit opened', () => {
  const reasons: string[] = []
  const watch = (breaker: CircuitBreaker): void => void breaker.on('open', ({ reason }) => reasons.push(reason))
  const ratio = make({ trip: { failureRatio: 1, minimumCalls: 1 } })
  watch(ratio.breaker)
  ratio.breaker.tryAcquire()?.failure()
  ratio.clock.advance(100)
  ratio.breaker.tryAcquire()?.failure()
  ratio.clock.advance(100)
  ratio.breaker.tryAcquire()
  ratio.clock.advance(30_000)
  ratio.breaker.tryAcquire()
  const slow = make({ trip: { slowRatio: 1, slowCallMs: 1, minimumCalls: 1 } })
  watch(slow.breaker)
  const permit = slow.breaker.tryAcquire()
  slow.clock.advance(1)
  permit?.success()
  expect(reasons).toEqual(['failure-ratio', 'probe-failed', 'probe-expired', 'slow-ratio'])
})

it('tell of a reset only when there was something to close', () => {
  const { breaker, events } = make()
  breaker.reset()
  expect(events).toEqual([])
  breaker.tryAcquire()?.failure()
  breaker.reset()
  expect(events.at(-1)).toEqual(['close', { reason: 'reset', outageMs: 0 }])
})

it('mark a call that ended too late to count', () => {
  const { breaker, events } = make()
  const early = breaker.tryAcquire()
  breaker.reset()
  early?.ignore()
  expect(events).toEqual([['ignored', { durationMs: 0, slow: false, late: true }]])
})

it('find the state already changed', () => {
  const { breaker } = make()
  const states: string[] = []
  breaker.on('failure', () => states.push(breaker.state))
  breaker.on('open', () => states.push(breaker.state))
  breaker.tryAcquire()?.failure()
  expect(states).toEqual(['open', 'open'])
})

it('let a listener that calls the breaker take no place from the call that led to it', () => {
  const { breaker, clock } = make()
  const taken: unknown[] = []
  breaker.on('halfOpen', () => taken.push(breaker.tryAcquire()))
  breaker.tryAcquire()?.failure()
  clock.advance(100)
  expect(breaker.tryAcquire()).toBeDefined()
  expect(taken).toEqual([undefined])
})

it('can not change an outcome when their listeners throw', async () => {
  const errors: unknown[] = []
  const { breaker } = make({ onListenerError: (error, event) => errors.push([error, event]) })
  const bug = new Error('listener')
  for (const name of NAMES)
    breaker.on(name, () => {
      throw bug
    })
  await expect(breaker.execute(() => 'ok')).resolves.toBe('ok')
  await expect(breaker.execute(() => Promise.reject(down))).rejects.toBe(down)
  await expect(breaker.execute(() => 'ok')).rejects.toMatchObject({ code: 'ERR_CIRCUIT_OPEN' })
  expect(errors).toEqual(['success', 'failure', 'open', 'rejected'].map((event) => [bug, event]))
})

it('stop when the listener is taken away', () => {
  const { breaker } = make()
  const opened: OpenEvent[] = []
  const off = breaker.on('open', (event) => opened.push(event))
  off()
  breaker.tryAcquire()?.failure()
  expect(opened).toEqual([])
})

it('have their own payload types', () => {
  const { breaker } = make()
  breaker.on('open', (event) => expectTypeOf(event).toEqualTypeOf<OpenEvent>())
  // @ts-expect-error There is no such event.
  const off = breaker.on('opened', () => {})
  expectTypeOf(off).toEqualTypeOf<() => void>()
  expectTypeOf<keyof CircuitBreakerEvents>()
    .exclude<(typeof NAMES)[number]>()
    .toEqualTypeOf<'wouldReject' | 'hold' | 'release'>()
  expect(off).toBeTypeOf('function')
})
