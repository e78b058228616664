import { ManualClock } from '@tps/internal/manual-clock'
import { describe, expect, it, vi } from 'vitest'
import { PercentileTracker, type PercentileTrackerOptions } from './index.ts'

function trackerOf(values: readonly number[], options: PercentileTrackerOptions = {}): PercentileTracker {
  const tracker = new PercentileTracker(options)
  for (const value of values) tracker.record(value)
  return tracker
}

const oneTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1)

describe('PercentileTracker', () => {
  it('answers quantiles by nearest rank, to within 0.55 %', () => {
    const tracker = trackerOf(oneTo(1000))
    expect(tracker.quantile(0.5)).toBeCloseTo(500, -1)
    expect(Math.abs(tracker.quantile(0.99) / 990 - 1)).toBeLessThan(0.0055)
    expect(tracker.quantiles([0, 1])).toEqual([1, 1000])
  })

  it('takes a rank that only rounding made fractional for a whole one', () => {
    // 0.07 · 100 is 7.000000000000001.
    const tracker = trackerOf([...Array<number>(7).fill(1), ...Array<number>(93).fill(100)])
    expect(tracker.quantile(0.07)).toBe(1)
    expect(tracker.quantile(0.070_1)).toBeCloseTo(100, 0)
  })

  it('knows count, sum, mean, least and greatest exactly', () => {
    const { count, sum, mean, min, max } = trackerOf([3, 1, 4, 1, 5])
    expect({ count, sum, mean, min, max }).toEqual({ count: 5, sum: 14, mean: 2.8, min: 1, max: 5 })
  })

  it('is NaN, and null in the snapshot, while it is empty', () => {
    const tracker = new PercentileTracker()
    expect([tracker.quantile(0.5), tracker.mean, tracker.min, tracker.max, tracker.rank(1)]).toEqual(
      Array(5).fill(Number.NaN),
    )
    expect([tracker.count, tracker.sum]).toEqual([0, 0])
    const empty = { windowMs: null, mean: null, min: null, p50: null, p90: null, p95: null, p99: null, p999: null }
    const counts = { count: 0, zeros: 0, invalid: 0, collapsed: 0, sum: 0, totalCount: 0, totalSum: 0 }
    expect(tracker.snapshot()).toEqual({ name: 'percentiles', ...empty, max: null, ...counts })
  })

  it('gives a snapshot that survives JSON', () => {
    const snapshot = trackerOf(oneTo(100), { name: 'latency', windowMs: 1000, clock: new ManualClock() }).snapshot()
    expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot)
    expect(snapshot).toMatchObject({ name: 'latency', windowMs: 1000, count: 100, min: 1, max: 100, mean: 50.5 })
  })

  it('says null for a sum that no double can hold', () => {
    const tracker = trackerOf([1e308, 1e308])
    expect(tracker.snapshot()).toMatchObject({ sum: null, mean: null, max: 1e308 })
  })

  it('counts zeros apart, minus zero as zero', () => {
    const tracker = trackerOf([0, -0, 0, 8])
    expect([tracker.zeros, tracker.count, tracker.min, tracker.sum]).toEqual([3, 4, 0, 8])
    expect(tracker.quantiles([0.25, 0.75, 1])).toEqual([0, 0, 8])
  })

  it('counts what is no value as invalid, tells it, and never throws', () => {
    const tracker = trackerOf([1, Number.MAX_VALUE])
    const told: unknown[] = []
    tracker.on('invalid', ({ value }) => told.push(value))
    const wrong = [Number.NaN, -1, Infinity, -Infinity, '5', 5n, null, undefined, {}, Symbol.iterator]
    for (const value of wrong) tracker.record(value as number)
    expect(told).toEqual(wrong)
    expect([tracker.invalid, tracker.count, tracker.max]).toEqual([wrong.length, 2, Number.MAX_VALUE])
  })

  it('forgets what has left the window, slice by slice', () => {
    const clock = new ManualClock()
    const tracker = new PercentileTracker({ windowMs: 1000, slices: 10, clock })
    tracker.record(100)
    clock.advance(500)
    tracker.record(1)
    clock.advance(499)
    expect([tracker.count, tracker.max, tracker.mean]).toEqual([2, 100, 50.5])
    clock.advance(1)
    expect([tracker.count, tracker.max, tracker.mean, tracker.quantile(0.99)]).toEqual([1, 1, 1, 1])
    clock.advance(500)
    expect([tracker.count, tracker.sum]).toEqual([0, 0])
  })

  it('is empty after lying idle for longer than the window', () => {
    const clock = new ManualClock()
    const tracker = trackerOf(oneTo(50), { windowMs: 1000, clock })
    clock.advance(1e9)
    expect(tracker.snapshot()).toMatchObject({ count: 0, p99: null })
    tracker.record(2)
    expect([tracker.count, tracker.quantile(0.5)]).toEqual([1, 2])
  })

  it('leaves nothing of a huge value behind once it has expired', () => {
    const clock = new ManualClock()
    const tracker = trackerOf([1e300], { windowMs: 1000, clock })
    clock.advance(950)
    tracker.record(0.1)
    clock.advance(100)
    expect([tracker.sum, tracker.mean, tracker.max]).toEqual([0.1, 0.1, 0.1])
  })

  it('reads no clock when the moment is given, nor ever without a window', () => {
    const now = vi.fn<() => number>(() => 0)
    const sliding = new PercentileTracker({ windowMs: 1000, clock: { now } })
    const lifetime = new PercentileTracker({ clock: { now } })
    now.mockClear()
    sliding.record(1, 50)
    lifetime.record(1)
    lifetime.snapshot()
    expect(now).not.toHaveBeenCalled()
  })

  it('counts a late moment in the present slice, and takes no notice of one that is no time', () => {
    const clock = new ManualClock(10_000)
    const tracker = new PercentileTracker({ windowMs: 1000, clock })
    for (const now of [10_500, 10_100, Number.NaN, Infinity, -Infinity]) tracker.record(1, now)
    expect(tracker.count).toBe(5)
    clock.advance(1499)
    expect(tracker.count).toBe(5)
    clock.advance(1)
    expect(tracker.count).toBe(0)
  })

  it('tumbles with a single slice', () => {
    const clock = new ManualClock()
    const tracker = trackerOf([1, 2], { windowMs: 100, slices: 1, clock })
    clock.advance(99)
    expect(tracker.count).toBe(2)
    clock.advance(1)
    expect(tracker.count).toBe(0)
  })

  it('says which share of the values is at most a given one', () => {
    const tracker = trackerOf([0, ...oneTo(99)])
    expect([-1, 0, 49.5, 99, 1000].map((value) => tracker.rank(value))).toEqual([0, 0.01, 0.5, 1, 1])
    expect(tracker.rank(Number.NaN)).toBeNaN()
  })

  it("counts up to bounds, into an array of one's own", () => {
    const tracker = trackerOf([0, ...oneTo(64)])
    expect([...tracker.countsUpTo([0, 0.5, 1, 16, 64, Infinity])]).toEqual([1, 1, 2, 17, 65, 65])
    const into = new Float64Array(4).fill(7)
    expect(tracker.countsUpTo([2, 4], into)).toBe(into)
    expect([...into]).toEqual([3, 5, 7, 7])
    expect([...new PercentileTracker().countsUpTo([0, 1, Infinity])]).toEqual([0, 0, 0])
    expect(tracker.countsUpTo([])).toHaveLength(0)
  })

  it.each([
    [[1, Number.NaN], undefined, RangeError, 'bounds must ascend from 0 or more, got NaN'],
    [[2, 2], undefined, RangeError, 'bounds must ascend from 0 or more, got 2'],
    [[-1], undefined, RangeError, 'bounds must ascend from 0 or more, got -1'],
    [['1'], undefined, TypeError, 'bounds must be numbers, got string'],
    [[1, 2], new Float64Array(1), RangeError, 'into must have room for 2 counts, got 1'],
    [[1], [0], TypeError, 'into must be a Float64Array, got object'],
  ])('refuses to count up to %o into %o', (bounds, into, type, message) => {
    const counting = (): unknown => new PercentileTracker().countsUpTo(bounds as number[], into as never)
    expect(counting).toThrow(type)
    expect(counting).toThrow(message)
  })

  it('lists what it counts, bucket by bucket', () => {
    const tracker = trackerOf([0, 1, 1, 2])
    const [zero, one, two] = [...tracker.buckets()]
    expect(zero).toEqual({ lower: 0, upper: 0, count: 1 })
    expect(one).toEqual({ lower: 2 ** (-1 / 64), upper: 1, count: 2 })
    expect(two).toMatchObject({ upper: 2, count: 1 })
  })

  it('merges another, which stays as it is', () => {
    const [left, right] = [trackerOf([1, 2, Number.NaN]), trackerOf([0, 4, 8])]
    const before = right.snapshot()
    expect(left.merge(right)).toBe(left)
    expect(left.snapshot()).toMatchObject({ count: 5, zeros: 1, invalid: 1, sum: 15, min: 0, max: 8 })
    expect(right.snapshot()).toEqual(before)
  })

  it('doubles when merged with itself, and stays empty when merged with an empty one', () => {
    const tracker = trackerOf(oneTo(10))
    tracker.merge(tracker)
    expect([tracker.count, tracker.sum, tracker.quantile(1)]).toEqual([20, 110, 10])
    expect(new PercentileTracker().merge(new PercentileTracker()).min).toBeNaN()
  })

  it('takes merged values into the present slice of its window', () => {
    const clock = new ManualClock()
    const tracker = new PercentileTracker({ windowMs: 100, clock })
    clock.advance(95)
    tracker.merge(trackerOf([7]))
    clock.advance(94)
    expect(tracker.count).toBe(1)
    clock.advance(1)
    expect(tracker.count).toBe(0)
  })

  it('refuses to merge what is no tracker', () => {
    expect(() => new PercentileTracker().merge([] as never)).toThrow(TypeError)
    expect(() => new PercentileTracker().merge({} as never)).toThrow('other must have a method buckets()')
  })

  it('forgets everything but the totals when it is reset', () => {
    const tracker = trackerOf([1, 2, -1])
    tracker.reset()
    expect(tracker.snapshot()).toEqual({ ...new PercentileTracker().snapshot(), totalCount: 2, totalSum: 3 })
  })

  it('keeps the totals of what has left the window', () => {
    const clock = new ManualClock()
    const tracker = trackerOf([1, 2], { windowMs: 100, clock })
    clock.advance(50)
    tracker.record(4)
    clock.advance(60)
    expect(tracker.snapshot()).toMatchObject({ count: 1, sum: 4, totalCount: 3, totalSum: 7 })
    clock.advance(1e6)
    expect([tracker.count, tracker.totalCount, tracker.totalSum]).toEqual([0, 3, 7])
  })

  it('records many values with one reading of the clock', () => {
    const now = vi.fn<() => number>(() => 0)
    const tracker = new PercentileTracker({ windowMs: 1000, clock: { now } })
    now.mockClear()
    tracker.recordMany(Float64Array.of(1, 2, -1, 0))
    tracker.recordMany(new Set([8]), 10)
    expect(now).toHaveBeenCalledTimes(1)
    expect(tracker.snapshot()).toMatchObject({ count: 4, sum: 11, zeros: 1, invalid: 1 })
    expect(() => tracker.recordMany(5 as never)).toThrow('values must be iterable, got number')
  })

  it.each([
    [{ windowMs: 0 }, RangeError, 'windowMs must be a finite number in (0, ∞), got 0'],
    [{ windowMs: Number.NaN }, RangeError, 'got NaN'],
    [{ slices: 0 }, RangeError, 'slices must be an integer in [1, 1000], got 0'],
    [{ slices: 2.5 }, RangeError, 'got 2.5'],
    [{ maxBuckets: 63 }, RangeError, 'maxBuckets must be an integer in [64, 137664], got 63'],
    [{ name: '' }, RangeError, 'name must not be empty'],
    [{ clock: {} as never }, TypeError, 'clock must have a method now()'],
    [{ onListenerError: 1 as never }, TypeError, 'onListenerError must be a function, got 1'],
  ])('refuses %o', (options, error, message) => {
    expect(() => new PercentileTracker(options)).toThrow(error)
    expect(() => new PercentileTracker(options)).toThrow(message)
  })

  it.each([-0.1, 1.1, Number.NaN])('refuses %d as a quantile', (q) => {
    expect(() => new PercentileTracker().quantile(q)).toThrow(RangeError)
    expect(() => new PercentileTracker().quantiles([0.5, q])).toThrow('q must be a finite number in [0, 1]')
  })

  it('hands what a listener throws to onListenerError and goes on', () => {
    const onListenerError = vi.fn<() => void>()
    const tracker = new PercentileTracker({ onListenerError })
    const off = tracker.on('invalid', () => {
      throw new Error('mine')
    })
    tracker.record(-1)
    expect([tracker.invalid, onListenerError.mock.calls.length]).toEqual([1, 1])
    off()
    tracker.record(-1)
    expect(onListenerError).toHaveBeenCalledTimes(1)
  })
})
