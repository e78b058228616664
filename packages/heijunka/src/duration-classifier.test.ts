import { expect, it, vi } from 'vitest'
import { DurationClassifier, type DurationClassifierOptions } from './index.ts'

function make(options: Partial<DurationClassifierOptions> = {}): DurationClassifier<string> {
  return new DurationClassifier<string>({ slowMs: 100, ...options })
}

function recordAll(durations: DurationClassifier<string>, key: string, ...all: number[]): void {
  for (const ms of all) durations.record(key, ms)
}

const times = (count: number, ms: number): number[] => new Array<number>(count).fill(ms)

it('predicts the 90th percentile of the last 16 durations of a key', () => {
  const durations = make()
  expect(durations.predict('a')).toBeUndefined()
  recordAll(durations, 'a', ...times(15, 10), 90)
  recordAll(durations, 'b', 5000)
  expect([durations.predict('a'), durations.predict('b')]).toEqual([10, 5000])
  recordAll(durations, 'a', 80)
  expect(durations.predict('a')).toBe(80)
  recordAll(durations, 'a', ...times(16, 20))
  expect(durations.predict('a')).toBe(20)
})

it('predicts a moving average where that is asked for', () => {
  const durations = make({ predictBy: { kind: 'ewma', newestRatio: 0.5 } })
  recordAll(durations, 'a', 10, 30, 40)
  expect(durations.predict('a')).toBe(30)
})

it('says slow above slowMs, and fast again at or below fastMs only', () => {
  const durations = make({ fastMs: 60, recovery: 1, predictBy: { kind: 'quantile', samples: 1 } })
  const classes = [100, 101, 100, 61, 60, 100, 101].map((ms) => {
    durations.record('a', ms)
    return durations.classify('a')
  })
  expect(classes).toEqual(['fast', 'slow', 'slow', 'slow', 'fast', 'fast', 'slow'])
  expect(durations.snapshot()).toMatchObject({ demoted: 2, promoted: 1, slowKeys: 1 })
})

it('asks for several quick ones in a row before a slow key is fast again', () => {
  const durations = make({ recovery: 3, predictBy: { kind: 'quantile', quantile: 0.5, samples: 1 } })
  recordAll(durations, 'a', 500, 10, 10, 80, 10, 10)
  expect(durations.classify('a')).toBe('slow')
  recordAll(durations, 'a', 10)
  expect(durations.classify('a')).toBe('fast')
})

it('is slow at once when it overruns, however fast it was, and predicts at least that', () => {
  const durations = make()
  const listener = vi.fn()
  durations.on('reclassify', listener)
  recordAll(durations, 'a', ...times(16, 10))
  durations.overran('a', 100)
  expect(durations.classify('a')).toBe('fast')
  durations.overran('a', 150)
  durations.overran('a', 120)
  expect([durations.classify('a'), durations.predict('a')]).toEqual(['slow', 150])
  expect(listener).toHaveBeenCalledExactlyOnceWith({ key: 'a', to: 'slow', because: 'overran', predictedMs: 150 })
  recordAll(durations, 'a', 10, 10)
  expect(durations.classify('a')).toBe('slow')
  recordAll(durations, 'a', 10)
  expect([durations.classify('a'), durations.predict('a')]).toEqual(['fast', 10])
  expect(durations.snapshot()).toMatchObject({ overran: 2, demoted: 1, promoted: 1, slowKeys: 0, recorded: 19 })
})

it('knows a key that overruns before anything of it was recorded', () => {
  const durations = make({ minimumSamples: 4 })
  durations.overran('a', 300)
  expect([durations.classify('a'), durations.predict('a')]).toEqual(['slow', 300])
})

it('gives unknown keys the class it is told, until there are enough durations', () => {
  const durations = make({ unknown: 'slow', minimumSamples: 3 })
  expect(durations.classify('a')).toBe('slow')
  recordAll(durations, 'a', 10, 10)
  expect([durations.classify('a'), durations.predict('a')]).toEqual(['slow', undefined])
  recordAll(durations, 'a', 10)
  expect([durations.classify('a'), durations.predict('a')]).toEqual(['fast', 10])
  expect(make().classify('a')).toBe('fast')
})

it('keeps maxKeys keys: a new one takes the place of one not used lately, and asking for unknown ones adds none', () => {
  const durations = make({ maxKeys: 2 })
  recordAll(durations, 'a', 500)
  recordAll(durations, 'b', 10)
  durations.classify('b')
  expect(durations.classify('c')).toBe('fast')
  expect(durations.snapshot()).toMatchObject({ keys: 2, slowKeys: 1, evicted: 0 })
  recordAll(durations, 'c', 10)
  expect(durations.snapshot()).toMatchObject({ keys: 2, maxKeys: 2, slowKeys: 0, evicted: 1 })
  expect(['a', 'b', 'c'].map((key) => durations.predict(key))).toEqual([undefined, 10, 10])
})

it('counts what is no duration and leaves the prediction alone', () => {
  const durations = make()
  const listener = vi.fn()
  durations.on('invalid', listener)
  recordAll(durations, 'a', 10, Number.NaN, -1, Number.POSITIVE_INFINITY)
  durations.overran('a', Number.NaN)
  expect(durations.predict('a')).toBe(10)
  expect(durations.snapshot()).toMatchObject({ invalid: 4, recorded: 1, overran: 0 })
  expect(listener).toHaveBeenLastCalledWith({ key: 'a', ms: Number.NaN })
})

it.each([
  [{ slowMs: undefined }, TypeError, 'slowMs must be a number, got undefined'],
  [{ slowMs: 0 }, RangeError, 'slowMs must be a finite number in (0, ∞), got 0'],
  [{ fastMs: 101 }, RangeError, 'fastMs must be a finite number in (0, 100], got 101'],
  [{ recovery: 0 }, RangeError, 'recovery'],
  [{ unknown: 'medium' }, RangeError, 'unknown must be "fast" or "slow", got "medium"'],
  [{ minimumSamples: 17 }, RangeError, 'minimumSamples must be an integer in [1, 16], got 17'],
  [{ maxKeys: 0 }, RangeError, 'maxKeys'],
  [{ predictBy: 'mean' }, TypeError, 'predictBy must be an object'],
  [{ predictBy: { kind: 'mean' } }, RangeError, 'predictBy.kind must be "quantile" or "ewma", got "mean"'],
  [{ predictBy: { kind: 'quantile', quantile: 0 } }, RangeError, 'predictBy.quantile'],
  [{ predictBy: { kind: 'quantile', samples: 1001 } }, RangeError, 'predictBy.samples'],
  [{ predictBy: { kind: 'ewma', newestRatio: 2 } }, RangeError, 'predictBy.newestRatio'],
])('refuses %o', (options, type, message) => {
  const wrong = options as Partial<DurationClassifierOptions>
  expect(() => make(wrong)).toThrow(type)
  expect(() => make(wrong)).toThrow(message)
})

it('refuses a keyOf that is no function', () => {
  expect(() => make().by('kind' as never)).toThrow('keyOf must be a function, got "kind"')
})
