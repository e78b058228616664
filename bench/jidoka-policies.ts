import {
  CircuitBreaker,
  type CircuitBreakerOptions,
  type Policy,
  BreakerRegistry,
  bulkhead,
  coalesce,
  compose,
  fallback,
  resilient,
  retry,
  timeout,
} from '../packages/jidoka/src/index.ts'
import {
  ConsecutiveBreaker,
  SamplingBreaker,
  TimeoutStrategy,
  bulkhead as cockatielBulkhead,
  circuitBreaker,
  fallback as cockatielFallback,
  handleAll,
  retry as cockatielRetry,
  timeout as cockatielTimeout,
  wrap,
} from 'cockatiel'
import { compare } from './harness.ts'

const work = async (): Promise<number> => 1

/** Awaits `call` as often as asked. */
const awaiting = (call: () => Promise<unknown>) => async (operations: number) => {
  for (let index = 0; index < operations; index++) await call()
}
/** As many calls at once, as a busy server has them. */
const together = (call: () => Promise<unknown>) => async (operations: number) => {
  for (let index = 0; index < operations; index += 100) await Promise.all(Array.from({ length: 100 }, () => call()))
}

const full: CircuitBreakerOptions = {
  window: { kind: 'time', ms: 30_000 },
  trip: { failureRatio: 0.5, slowRatio: 0.8, slowCallMs: 2_000, minimumCalls: 20 },
}
const sampling = (): ReturnType<typeof circuitBreaker> =>
  circuitBreaker(handleAll, {
    halfOpenAfter: 30_000,
    breaker: new SamplingBreaker({ threshold: 0.5, duration: 30_000, minimumRps: 1 }),
  })

const timed = compose(new CircuitBreaker(full), timeout(2_000))
const cockatielTimed = wrap(cockatielTimeout(2_000, TimeoutStrategy.Aggressive), sampling())
await compare({
  title: 'Breaker and timeout: one awaited call that does not read its signal',
  operations: 20_000,
  contenders: [
    { name: 'compose(breaker, timeout)', run: awaiting(() => timed.execute(work)) },
    { name: 'cockatiel wrap(timeout, breaker)', run: awaiting(() => cockatielTimed.execute(work)) },
    { name: 'the bare call', run: awaiting(work) },
  ],
})
await compare({
  title: 'Breaker and timeout: a hundred calls at once',
  operations: 20_000,
  contenders: [
    { name: 'compose(breaker, timeout)', run: together(() => timed.execute(work)) },
    { name: 'cockatiel wrap(timeout, breaker)', run: together(() => cockatielTimed.execute(work)) },
    { name: 'the bare call', run: together(work) },
  ],
})

const again = retry()
const unbounded = retry({ budget: false })
const cockatielAgain = cockatielRetry(handleAll, { maxAttempts: 2 })
await compare({
  title: 'Retry: one awaited call that succeeds',
  operations: 50_000,
  contenders: [
    { name: 'retry, with its budget', run: awaiting(() => again.execute(work)) },
    { name: 'retry without a budget', run: awaiting(() => unbounded.execute(work)) },
    { name: 'cockatiel', run: awaiting(() => cockatielAgain.execute(work)) },
    { name: 'the bare call', run: awaiting(work) },
  ],
})

const room = bulkhead({ limit: 10, queueCapacity: 100 })
const cockatielRoom = cockatielBulkhead(10, 100)
await compare({
  title: 'Bulkhead of 10: one awaited call with room',
  operations: 50_000,
  contenders: [
    { name: 'bulkhead', run: awaiting(() => room.execute(work)) },
    { name: 'cockatiel', run: awaiting(() => cockatielRoom.execute(work)) },
  ],
})
await compare({
  title: 'Bulkhead of 10: a hundred calls at once, ninety of which wait',
  operations: 50_000,
  contenders: [
    { name: 'bulkhead', run: together(() => room.execute(work)) },
    { name: 'cockatiel', run: together(() => cockatielRoom.execute(work)) },
  ],
})

const instead = fallback(() => 0)
const cockatielInstead = cockatielFallback(handleAll, 0)
const shared = coalesce()
await compare({
  title: 'Fallback and coalesce: one awaited call that succeeds',
  operations: 50_000,
  contenders: [
    { name: 'fallback', run: awaiting(() => instead.execute(work)) },
    { name: 'cockatiel fallback', run: awaiting(() => cockatielInstead.execute(work)) },
    { name: 'coalesce, alone with its key', run: awaiting(() => shared.execute(work)) },
  ],
})

const pass: Policy = { execute: async (work, options) => work({ signal: options?.signal ?? AbortSignal.any([]) }) }
const preset = resilient()
const cockatielPreset = wrap(
  cockatielRetry(handleAll, { maxAttempts: 2 }),
  circuitBreaker(handleAll, { halfOpenAfter: 30_000, breaker: new ConsecutiveBreaker(5) }),
  cockatielTimeout(10_000, TimeoutStrategy.Aggressive),
)
const deep = (depth: number): Policy => compose(...Array.from({ length: depth }, () => new CircuitBreaker()))
const depths = [1, 2, 4, 8].map((depth) => [depth, deep(depth)] as const)
await compare({
  title: 'Composition: one awaited call that succeeds',
  operations: 20_000,
  contenders: [
    { name: 'resilient(): retry, breaker, timeout', run: awaiting(() => preset.execute(work)) },
    { name: 'cockatiel wrap(retry, breaker, timeout)', run: awaiting(() => cockatielPreset.execute(work)) },
    ...depths.map(([depth, policy]) => ({
      name: `compose of ${depth} breakers`,
      run: awaiting(() => policy.execute(work)),
    })),
    { name: 'a policy that does nothing', run: awaiting(() => pass.execute(work)) },
  ],
})

const registry = new BreakerRegistry({ maxEntries: 10_000 })
const keys = Array.from({ length: 10_000 }, (_, index) => `https://host-${index}.example`)
await compare({
  title: 'A registry of 10,000 breakers',
  operations: 100_000,
  contenders: [
    {
      name: 'get, one key',
      run: (operations) => {
        for (let index = 0; index < operations; index++) registry.get('https://host-0.example')
      },
    },
    {
      name: 'get, each key in turn',
      run: (operations) => {
        for (let index = 0; index < operations; index++) registry.get(keys[index % keys.length] ?? '')
      },
    },
  ],
})
