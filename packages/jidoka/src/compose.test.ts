import { ManualClock } from '@tps/internal/manual-clock'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { CircuitBreaker, type Policy, compose } from './index.ts'

function tracing(name: string, trace: string[]): Policy {
  return {
    async execute(work, options) {
      trace.push(`${name} in`)
      const result = await work({ signal: options?.signal ?? new AbortController().signal })
      trace.push(`${name} out`)
      return result
    },
  }
}

/** Hands a signal of its own to what it wraps. */
const handing = (signal: AbortSignal): Policy => ({ execute: async (work) => work({ signal }) })

it('nests policies with the first one outermost', async () => {
  const trace: string[] = []
  const policy = compose(tracing('a', trace), tracing('b', trace), tracing('c', trace))
  const result = await policy.execute(() => 42)
  expectTypeOf(result).toEqualTypeOf<number>()
  expect(result).toBe(42)
  expect(trace).toEqual(['a in', 'b in', 'c in', 'c out', 'b out', 'a out'])
})

it('just calls the work when there is nothing to compose', async () => {
  const { signal } = new AbortController()
  await expect(compose().execute((context) => context.signal === signal, { signal })).resolves.toBe(true)
  await expect(compose().execute(() => Promise.reject(new Error('mine')))).rejects.toThrow('mine')
})

it('composes what has been composed', async () => {
  const trace: string[] = []
  const inner = compose(tracing('b', trace), tracing('c', trace))
  await compose(tracing('a', trace), inner).execute(() => undefined)
  expect(trace.slice(0, 3)).toEqual(['a in', 'b in', 'c in'])
})

it('refuses what is no policy', () => {
  expect(() => compose(new CircuitBreaker(), {} as Policy)).toThrow('policies[1] must have a method execute()')
})

describe('the signal', () => {
  it('of the caller reaches the work through every breaker', async () => {
    const controller = new AbortController()
    const policy = compose(new CircuitBreaker(), new CircuitBreaker(), new CircuitBreaker())
    const options = { signal: controller.signal }
    await expect(policy.execute(({ signal }) => signal === controller.signal, options)).resolves.toBe(true)
  })

  it('of the caller makes a cancelled call count for nothing in every breaker', async () => {
    const clock = new ManualClock()
    const breakers = [1, 2].map(() => new CircuitBreaker({ clock, trip: { consecutiveFailures: 1 } }))
    const controller = new AbortController()
    const call = compose(...breakers).execute(
      async ({ signal }) => {
        controller.abort()
        signal.throwIfAborted()
      },
      { signal: controller.signal },
    )
    await expect(call).rejects.toBe(controller.signal.reason)
    expect(breakers.map(({ state }) => state)).toEqual(['closed', 'closed'])
  })

  it('that a policy hands on is the one that the work reads', async () => {
    const { signal } = new AbortController()
    const policy = compose(new CircuitBreaker(), handing(signal), new CircuitBreaker())
    await expect(policy.execute((context) => context.signal === signal)).resolves.toBe(true)
  })
})
