import { ManualClock } from '@tps/internal/manual-clock'
import { expect, expectTypeOf, it } from 'vitest'
import { CircuitBreaker, type Policy, resilient, retry } from './index.ts'
import { failureOf, never } from './test-kit.ts'

it('has retry, breaker and timeout by default, in this order', async () => {
  const policy = resilient()
  expectTypeOf(policy).toExtend<Policy>()
  expect(policy.policies).toEqual([policy.retry, policy.breaker, policy.timeout])
  expect(policy.policies).toHaveLength(3)
  expect(policy.timeout?.snapshot().timeoutMs).toBe(10_000)
  await expect(policy.execute(() => 42)).resolves.toBe(42)
})

it('puts every part in its place', () => {
  const policy = resilient({
    timeout: 100,
    breaker: {},
    bulkhead: { limit: 1 },
    hedge: { afterMs: 10 },
    retry: {},
    totalTimeout: 1_000,
    coalesce: {},
    fallback: () => 'none',
  })
  const { fallback, coalesce, totalTimeout, retry, hedge, bulkhead, breaker, timeout } = policy
  expect(policy.policies).toEqual([fallback, coalesce, totalTimeout, retry, hedge, bulkhead, breaker, timeout])
})

it('leaves out what is false and takes policies that are there already', () => {
  const breaker = new CircuitBreaker()
  const again = retry()
  const policy = resilient({ breaker, retry: again, timeout: false })
  expect(policy.policies).toEqual([again, breaker])
  expect(policy.breaker).toBe(breaker)
})

it('names its parts after itself, unless they have names, and gives them its time', async () => {
  const clock = new ManualClock()
  const policy = resilient({ name: 'billing', clock, timers: clock, breaker: { name: 'bank' }, retry: { attempts: 2 } })
  expect(policy.policies.map((part) => Reflect.get(part, 'name'))).toEqual(['billing retry', 'bank', 'billing timeout'])
  const error = failureOf(policy.execute(never))
  await clock.advanceAsync(60_000)
  expect(await error).toMatchObject({ code: 'ERR_TIMEOUT', policy: 'billing timeout' })
  expect(policy.breaker?.snapshot().totals.failure).toBe(2)
})

it('adds the type of its substitute', async () => {
  const policy = resilient({ retry: false, fallback: () => 'none' })
  const result = await policy.execute(() => Promise.reject<number>(new Error('down')))
  expectTypeOf(result).toEqualTypeOf<number | string>()
  expect(result).toBe('none')
})

it('names the part whose option is wrong', () => {
  expect(() => resilient({ retry: { attempts: 0 } })).toThrow('retry.attempts must be an integer in [1, ∞), got 0')
  expect(() => resilient({ timeout: 0 })).toThrow('timeout.ms must be a finite number')
  expect(() => resilient({ breaker: 1 as never })).toThrow('breaker must be an object, got 1')
})
