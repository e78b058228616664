import { expect, it, vi } from 'vitest'
import { LoadLeveler } from './index.ts'

function make(options: object): LoadLeveler<number> {
  return new LoadLeveler<number>({ workers: 2, ...options })
}

it.each([
  [{ workers: 0 }, RangeError, 'workers must be an integer in [1, 10000], got 0'],
  [{ workers: '2' }, TypeError, 'workers must be an integer, got "2"'],
  [{ workers: Number.NaN }, RangeError, 'workers'],
  [{ name: '' }, RangeError, 'name'],
  [{ capacity: 0 }, RangeError, 'capacity must be an integer in [1, ∞), got 0'],
  [{ capacity: Number.POSITIVE_INFINITY }, RangeError, 'capacity'],
  [{ strategy: 'push' }, RangeError, 'strategy must be "shared" or "per-worker", got "push"'],
  [{ assign: 'random' }, RangeError, 'assign'],
  [{ steal: 1 }, TypeError, 'steal'],
  [{ everyMs: 0 }, RangeError, 'everyMs'],
  [{ threshold: -0.1 }, RangeError, 'threshold'],
  [{ threshold: Number.NaN }, RangeError, 'threshold'],
  [{ weighBy: 'size' }, RangeError, 'weighBy must be "count", got "size"'],
  [{ weighBy: 1 }, TypeError, 'weighBy must be "count" or a function, got number'],
  [{ keyBy: 'id' }, TypeError, 'keyBy must be a function'],
  [{ classify: 'slow' }, TypeError, 'classify'],
  [{ slowLimit: 0 }, RangeError, 'slowLimit'],
  [{ maxWaiters: 0 }, RangeError, 'maxWaiters'],
  [{ random: 0.5 }, TypeError, 'random'],
  [{ clock: {} }, TypeError, 'clock must have a method now()'],
  [{ timers: {} }, TypeError, 'timers must have a method schedule()'],
  [{ onListenerError: 'log' }, TypeError, 'onListenerError'],
])('refuses %o', (options, type, message) => {
  expect(() => make(options)).toThrow(type)
  expect(() => make(options)).toThrow(message)
})

it('takes undefined for absent', () => {
  const { capacity, strategy, threshold } = make({ capacity: undefined, strategy: undefined }).snapshot()
  expect({ capacity, strategy, threshold }).toEqual({ capacity: 100, strategy: 'shared', threshold: 0.05 })
})

it('keeps nothing of the options object', () => {
  const options = { workers: 2, capacity: 1 }
  const leveler = new LoadLeveler<number>(options)
  options.capacity = 5
  expect([leveler.offer(1), leveler.offer(2)]).toEqual([true, false])
})

it.each([
  ['weighBy', { weighBy: () => Number.NaN }, 'weighBy must return a finite number in [0, ∞), got NaN'],
  ['weighBy', { weighBy: () => fail('scales') }, 'scales'],
  ['keyBy', { keyBy: () => fail('no key') }, 'no key'],
  ['classify', { strategy: 'shared', classify: () => 'medium' }, 'classify must return "fast" or "slow", got medium'],
  ['random', { assign: 'power-of-two', random: () => 1 }, 'random must return a number in [0, 1), got 1'],
])('accepts an item although %s fails, and reports that', (option, options, message) => {
  const onListenerError = vi.fn()
  const leveler = make({ strategy: 'per-worker', onListenerError, ...options })
  expect(leveler.offer(7)).toBe(true)
  expect(leveler.tryLease()?.item).toBe(7)
  expect(onListenerError).toHaveBeenCalledWith(expect.objectContaining({ message }), option)
})

it('survives an onListenerError that throws', () => {
  const print = vi.spyOn(console, 'error').mockImplementation(() => {})
  const leveler = make({ keyBy: () => fail('no key'), onListenerError: () => fail('no log') })
  expect(leveler.offer(7)).toBe(true)
  expect(print).toHaveBeenCalledOnce()
  print.mockRestore()
})

function fail(message: string): never {
  throw new Error(message)
}
