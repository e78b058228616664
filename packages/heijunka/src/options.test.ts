import { expect, it, vi } from 'vitest'
import { LoadLeveler } from './index.ts'

function make(options: object): LoadLeveler<number> {
  return new LoadLeveler<number>({ workers: 2, ...options })
}

const fast = (): string => 'fast'

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
  [{ weigh: 'size' }, RangeError, 'weigh must be "count" or "duration", got "size"'],
  [{ weigh: 1 }, TypeError, 'weigh must be "count" or "duration", got 1'],
  [{ weigh: 'duration' }, TypeError, 'weigh "duration" needs durationOf, or a classify that has predict()'],
  [{ weigh: 'duration', classify: { classify: fast } }, TypeError, 'needs durationOf'],
  [{ durationOf: 5 }, TypeError, 'durationOf must be a function'],
  [{ itemsPerSlice: 0 }, RangeError, 'itemsPerSlice must be an integer in [1, ∞), got 0'],
  [{ keyBy: 'id' }, TypeError, 'keyBy must be a function'],
  [{ classify: 'slow' }, TypeError, 'classify must be a function or an object, got string'],
  [{ classify: {} }, TypeError, 'classify must have a method classify()'],
  [{ classify: { classify: fast, record: 1 } }, TypeError, 'classify.record must be a function'],
  [{ classify: { classify: fast, slowMs: 0 } }, RangeError, 'classify.slowMs must be a finite number in (0, ∞)'],
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
  [
    'durationOf',
    { weigh: 'duration', durationOf: () => Number.NaN },
    'durationOf must return a finite number in [0, ∞) or undefined, got NaN',
  ],
  ['durationOf', { weigh: 'duration', durationOf: () => fail('scales') }, 'scales'],
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
