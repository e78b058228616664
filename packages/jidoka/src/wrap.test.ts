import { expect, expectTypeOf, it } from 'vitest'
import { CircuitBreaker, type Observable, type CircuitBreakerEvents, type Policy } from './index.ts'

it('keeps parameters, this and the result', async () => {
  const breaker = new CircuitBreaker()
  const account = {
    balance: 10,
    withdraw: breaker.wrap(async function withdraw(this: { balance: number }, amount: number, note?: string) {
      this.balance -= amount
      return `${this.balance} ${note}`
    }),
  }
  await expect(account.withdraw(3, 'rent')).resolves.toBe('7 rent')
  expectTypeOf(account.withdraw).toEqualTypeOf<
    (this: { balance: number }, amount: number, note?: string) => Promise<string>
  >()
})

it('makes a promise of a plain result and of a thrown error', async () => {
  const breaker = new CircuitBreaker()
  const half = breaker.wrap((value: number) => {
    if (value % 2) throw new RangeError('odd')
    return value / 2
  })
  expectTypeOf(half(4)).toEqualTypeOf<Promise<number>>()
  await expect(half(4)).resolves.toBe(2)
  await expect(half(3)).rejects.toThrow(RangeError)
})

it('keeps type parameters', async () => {
  const first = new CircuitBreaker().wrap(async <T>(items: readonly T[]): Promise<T | undefined> => items[0])
  expectTypeOf(first(['a'])).toEqualTypeOf<Promise<string | undefined>>()
  await expect(first([7])).resolves.toBe(7)
})

it('rejects when the call is refused', async () => {
  const breaker = new CircuitBreaker()
  const wrapped = breaker.wrap(() => 1)
  using _hold = breaker.forceOpen()
  await expect(wrapped()).rejects.toMatchObject({ code: 'ERR_CIRCUIT_OPEN' })
})

it('refuses what is no function', () => {
  expect(() => new CircuitBreaker().wrap(7 as unknown as () => void)).toThrow('fn must be a function, got 7')
})

it('fits the contracts', () => {
  expectTypeOf<CircuitBreaker>().toExtend<Policy>()
  expectTypeOf<CircuitBreaker>().toExtend<Observable<CircuitBreakerEvents>>()
  expect(new CircuitBreaker().name).toBe('circuit-breaker')
})
