import { expect, expectTypeOf, it } from 'vitest'
import {
  CircuitBreaker,
  type CircuitBreakerOptions,
  type CircuitBreakerRules,
  type Classify,
  type Outcome,
  type Permit,
  type SavedCircuitBreaker,
  type Verdict,
} from './index.ts'

const breaker = new CircuitBreaker()
const classify = (outcome: Outcome<Response>): Verdict => (outcome.ok && outcome.value.ok ? 'success' : 'failure')

it('wrap keeps the parameters, optional, rest and named ones', async () => {
  const wrapped = breaker.wrap(async (id: string, page?: number, ...tags: readonly string[]) => [id, page, ...tags])
  expectTypeOf(wrapped).parameters.toEqualTypeOf<[id: string, page?: number | undefined, ...tags: string[]]>()
  expectTypeOf(wrapped).returns.toEqualTypeOf<Promise<(string | number | undefined)[]>>()
  await expect(wrapped('a', 1, 'b')).resolves.toEqual(['a', 1, 'b'])
  // @ts-expect-error The id is a string.
  await wrapped(7)
})

it('wrap keeps this, also in a class', async () => {
  class Account {
    balance = 10
    readonly withdraw = breaker.wrap(async function withdraw(this: Account, amount: number): Promise<number> {
      this.balance -= amount
      return this.balance
    })
  }
  const account = new Account()
  expectTypeOf(account.withdraw).thisParameter.toEqualTypeOf<Account>()
  await expect(account.withdraw(3)).resolves.toBe(7)
  // @ts-expect-error A string is no account.
  void account.withdraw.call('account', 3).catch(() => {})
})

it('wrap keeps type parameters and their constraints', async () => {
  const pick = breaker.wrap(async <T extends object, K extends keyof T>(from: T, key: K): Promise<T[K]> => from[key])
  const name = pick({ name: 'x', size: 1 }, 'name')
  expectTypeOf(name).toEqualTypeOf<Promise<string>>()
  await expect(name).resolves.toBe('x')
  // @ts-expect-error There is no such key.
  await pick({ name: 'x' }, 'size')
})

it('wrap unwraps promises and thenables, and adds one to plain results', async () => {
  const thenable = breaker.wrap((): PromiseLike<number> => Promise.resolve(1))
  const plain = breaker.wrap(() => 'now')
  const mixed = breaker.wrap((now: boolean) => (now ? 1 : Promise.resolve(2)))
  expectTypeOf(thenable).returns.toEqualTypeOf<Promise<number>>()
  expectTypeOf(plain).returns.toEqualTypeOf<Promise<string>>()
  expectTypeOf(mixed).returns.resolves.toEqualTypeOf<number>()
  await expect(Promise.all([thenable(), plain(), mixed(true)])).resolves.toEqual([1, 'now', 1])
})

it('execute infers what the work returns', async () => {
  const result = breaker.execute(async ({ signal }) => ({ aborted: signal.aborted }))
  expectTypeOf(result).toEqualTypeOf<Promise<{ aborted: boolean }>>()
  expectTypeOf(breaker.execute(() => {})).toEqualTypeOf<Promise<void>>()
  await expect(result).resolves.toEqual({ aborted: false })
})

it('classify may be annotated with the value of the calls', () => {
  expectTypeOf(classify).toExtend<Classify>()
  expectTypeOf<{ classify: typeof classify }>().toExtend<CircuitBreakerOptions>()
  expectTypeOf(() => ({ verdict: 'failure', retryAfterMs: 5 }) as const).toExtend<Classify>()
  expectTypeOf(() => 'maybe' as const).not.toExtend<Classify>()
  expect(new CircuitBreaker({ classify }).state).toBe('closed')
})

it('permits and holds may be used with using', () => {
  expectTypeOf(breaker.tryAcquire()).toEqualTypeOf<Permit | undefined>()
  expectTypeOf<CircuitBreaker>().toExtend<Disposable>()
  using hold = breaker.disable()
  expectTypeOf(hold.reason).toEqualTypeOf<string | undefined>()
  expect(breaker.state).toBe('disabled')
})

it('what toJSON gives is what restore takes', () => {
  expectTypeOf(breaker.toJSON()).toEqualTypeOf<SavedCircuitBreaker>()
  expectTypeOf<Parameters<typeof CircuitBreaker.restore>[0]>().toEqualTypeOf<SavedCircuitBreaker>()
  expectTypeOf<CircuitBreakerOptions>().toExtend<CircuitBreakerRules>()
  expect(CircuitBreaker.restore(breaker.toJSON())).toBeInstanceOf(CircuitBreaker)
})
