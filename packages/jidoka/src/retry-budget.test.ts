import { ManualClock } from '@tps/internal/manual-clock'
import { expect, it } from 'vitest'
import { type RetryBudgetOptions, retryBudget } from './index.ts'

function make(options: RetryBudgetOptions = {}) {
  const clock = new ManualClock(5_000)
  const budget = retryBudget({ clock, minimum: 3, ...options })
  const take = (times: number): number => {
    let taken = 0
    for (let time = 0; time < times; time++) if (budget.tryRetry()) taken++
    return taken
  }
  const call = (times: number): void => {
    for (let time = 0; time < times; time++) budget.recordCall()
  }
  return { clock, budget, take, call }
}

it('allows the minimum when there are no calls', () => {
  const { take, budget } = make()
  expect(take(10)).toBe(3)
  expect(budget.snapshot()).toEqual({ calls: 0, retries: 3, left: 0 })
})

it('allows a fifth of the calls on top by default, to the call', () => {
  const { take, call } = make()
  call(15)
  expect(take(100)).toBe(6)
  call(4)
  expect(take(100)).toBe(0)
  call(1)
  expect(take(100)).toBe(1)
})

it('forgets calls and retries of before the window', () => {
  const { clock, take, call, budget } = make()
  call(1_000)
  expect(take(50)).toBe(50)
  clock.advance(10_000)
  expect(budget.snapshot()).toEqual({ calls: 0, retries: 0, left: 3 })
  expect(take(10)).toBe(3)
})

it('moves in tenths of the window', () => {
  const { clock, call, budget } = make()
  call(10)
  clock.advance(1_000)
  call(5)
  clock.advance(8_999)
  expect(budget.snapshot().calls).toBe(15)
  clock.advance(1)
  expect(budget.snapshot().calls).toBe(5)
  clock.advance(3_600_000)
  expect(budget.snapshot().calls).toBe(0)
})

it('can be made to allow nothing', () => {
  const { take, call } = make({ ratio: 0, minimum: 0 })
  call(100)
  expect(take(1)).toBe(0)
})

it.each<[RetryBudgetOptions, string]>([
  [{ ratio: Number.NaN }, 'ratio must be a finite number in [0, ∞), got NaN'],
  [{ minimum: -1 }, 'minimum must be an integer in [0, ∞), got -1'],
  [{ windowMs: 9 }, 'windowMs must be a finite number in [10, ∞), got 9'],
])('refuses %j', (options, message) => {
  expect(() => retryBudget(options)).toThrow(message)
})
