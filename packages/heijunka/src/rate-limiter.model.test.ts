import { ManualClock, settle } from '@tps/internal/manual-clock'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rateLimiter } from './rate-limiter.ts'

/** A call of a trace: so long after the one before, by this key, at this cost. */
interface Call {
  readonly afterMs: number
  readonly key: string
  readonly cost: number
}

// Whole numbers and intervals: floating point is exact, and a limiter may not be wrong by anything.
const INTERVALS = [1, 2, 5, 64, 1000]
const traceOf = (maxCost: number): fc.Arbitrary<Call[]> =>
  fc.array(
    fc.record({
      afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 3000 })),
      key: fc.constantFrom('a', 'b', 'c'),
      cost: fc.integer({ min: 1, max: maxCost }),
    }),
    { maxLength: 80 },
  )

interface Admitted {
  readonly atMs: number
  readonly cost: number
}

/** What a window may hold, from the definition: over any time t, at most burst + t / interval. */
function exceeds(log: readonly Admitted[], burst: number, intervalMs: number): boolean {
  return log.some((first, from) => {
    let sum = 0
    return log.slice(from).some(({ atMs, cost }) => {
      sum += cost
      return sum > burst + (atMs - first.atMs) / intervalMs
    })
  })
}

/** The naive limiter: a log of all that was admitted, and the definition. */
class SlidingLog {
  readonly log: Admitted[] = []
  readonly #burst: number
  readonly #intervalMs: number

  constructor(burst: number, intervalMs: number) {
    this.#burst = burst
    this.#intervalMs = intervalMs
  }

  conforms(atMs: number, cost: number): boolean {
    return !exceeds([...this.log, { atMs, cost }], this.#burst, this.#intervalMs)
  }

  tryTake(atMs: number, cost: number): boolean {
    if (!this.conforms(atMs, cost)) return false
    this.log.push({ atMs, cost })
    return true
  }
}

const number = (max: number): fc.Arbitrary<number> => fc.double({ min: 0.001, max, noNaN: true })
const rates = fc.record({ intervalMs: fc.constantFrom(...INTERVALS), burst: fc.integer({ min: 1, max: 8 }) })

describe('tryTake', () => {
  it('decides as a sliding log does, and its retryAfterMs is the first moment that conforms', () => {
    fc.assert(
      fc.property(rates, traceOf(9), ({ intervalMs, burst }, trace) => {
        const limiter = rateLimiter({ limit: 1, perMs: intervalMs, burst })
        const logs = new Map<string, SlidingLog>()
        let nowMs = 0
        for (const { afterMs, key, cost } of trace) {
          nowMs += afterMs
          const log = logs.get(key) ?? new SlidingLog(burst, intervalMs)
          logs.set(key, log)
          const expected = log.tryTake(nowMs, cost)
          expect(limiter.tryTake({ key, cost, nowMs })).toBe(expected)
          if (expected) continue
          const waitMs = limiter.retryAfterMs
          if (cost > burst) expect(waitMs).toBe(Number.POSITIVE_INFINITY)
          else
            expect([log.conforms(nowMs + waitMs, cost), log.conforms(nowMs + waitMs - 0.25, cost)]).toEqual([
              true,
              false,
            ])
        }
      }),
    )
  })

  it('never exceeds the rate with any numbers, and lets go at exactly retryAfterMs', () => {
    const calls = fc.array(fc.record({ afterMs: fc.double({ min: 0, max: 50, noNaN: true }), cost: number(5) }), {
      maxLength: 60,
    })
    fc.assert(
      fc.property(
        number(1000),
        number(1000),
        fc.double({ min: 1, max: 20, noNaN: true }),
        calls,
        (limit, perMs, burst, trace) => {
          const limiter = rateLimiter({ limit, perMs, burst })
          const log: Admitted[] = []
          let nowMs = 1e6
          for (const { afterMs, cost } of trace) {
            nowMs += afterMs
            if (!limiter.tryTake(cost, nowMs)) {
              if (cost > burst) continue
              nowMs += limiter.retryAfterMs
              expect(limiter.tryTake(cost, nowMs)).toBe(true)
            }
            log.push({ atMs: nowMs, cost })
          }
          // Times of this size have a resolution of about 1e-10 ms.
          const rounding = 1e-9 * (1 + (trace.length * limit) / perMs)
          expect(exceeds(log, burst + rounding, perMs / limit)).toBe(false)
        },
      ),
    )
  })

  it('never exceeds the rate of any key, however few keys are kept', () => {
    const trace = fc.array(
      fc.record({
        afterMs: fc.integer({ min: 0, max: 10 }),
        key: fc.integer({ min: 0, max: 9 }),
        cost: fc.integer({ min: 1, max: 3 }),
      }),
      { maxLength: 200 },
    )
    fc.assert(
      fc.property(trace, fc.integer({ min: 1, max: 5 }), (calls, maxKeys) => {
        const limiter = rateLimiter({ limit: 1, perMs: 8, burst: 3, maxKeys })
        const logs = Array.from({ length: 10 }, (): Admitted[] => [])
        let nowMs = 0
        for (const { afterMs, key, cost } of calls) {
          nowMs += afterMs
          if (limiter.tryTake({ key, cost, nowMs })) logs[key]?.push({ atMs: nowMs, cost })
        }
        expect(logs.map((log) => exceeds(log, 3, 8))).toEqual(logs.map(() => false))
        expect(limiter.snapshot().keys).toBeLessThanOrEqual(maxKeys)
      }),
    )
  })
})

const action = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('take' as const),
      key: fc.constantFrom('a', 'b'),
      cost: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('tryTake' as const),
      key: fc.constantFrom('a', 'b'),
      cost: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('abort' as const), index: fc.nat(60) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('advance' as const), ms: fc.integer({ min: 0, max: 200 }) }) },
)

describe('take', () => {
  it('serves each key in order, exceeds nothing, settles everything once and leaves nothing behind', async () => {
    await fc.assert(
      fc.asyncProperty(rates, fc.array(action, { maxLength: 60 }), async ({ intervalMs, burst }, actions) => {
        const clock = new ManualClock()
        const limiter = rateLimiter({ limit: 1, perMs: intervalMs, burst, clock, timers: clock, maxWaiters: 10 })
        const logs: Record<string, Admitted[]> = { a: [], b: [] }
        const order: Record<string, number[]> = { a: [], b: [] }
        const controllers: AbortController[] = []
        let settled = 0
        for (const [index, step] of actions.entries()) {
          if (step.kind === 'advance') await clock.advanceAsync(step.ms)
          else if (step.kind === 'abort') controllers[step.index]?.abort()
          else if (step.kind === 'tryTake') {
            if (limiter.tryTake(step)) logs[step.key]?.push({ atMs: clock.now(), cost: step.cost })
          } else {
            const controller = new AbortController()
            controllers.push(controller)
            const { key, cost } = step
            void limiter.take({ key, cost, signal: controller.signal }).then(
              () => {
                settled++
                logs[key]?.push({ atMs: clock.now(), cost })
                order[key]?.push(index)
              },
              () => void settled++,
            )
          }
          await settle()
        }
        await clock.advanceAsync(11 * burst * intervalMs)
        expect(settled).toBe(controllers.length)
        for (const key of ['a', 'b']) {
          expect(order[key]).toEqual(order[key]?.toSorted((one, other) => one - other))
          expect(exceeds(logs[key] ?? [], burst, intervalMs)).toBe(false)
        }
        expect(limiter.snapshot().waiting).toBe(0)
        expect(clock.pendingTimers).toBe(0)
      }),
    )
  })

  it('uses the rate to the full, also when some give up', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 30 }), async (leaves) => {
        const clock = new ManualClock()
        const limiter = rateLimiter({ limit: 1, perMs: 10, burst: 1, clock, timers: clock })
        limiter.tryTake()
        const servedAt: number[] = []
        const calls = leaves.map((leaving) => {
          const controller = new AbortController()
          void limiter.take({ signal: controller.signal }).then(
            () => servedAt.push(clock.now()),
            () => {},
          )
          return { leaving, controller }
        })
        await clock.advanceAsync(5)
        for (const { leaving, controller } of calls) if (leaving) controller.abort()
        await clock.advanceAsync(1000)
        expect(servedAt).toEqual(leaves.filter((leaving) => !leaving).map((_, index) => 10 * (index + 1)))
      }),
    )
  })
})
