import { ManualClock } from '@tps/internal/manual-clock'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PercentileTracker, type PercentileTrackerOptions } from './index.ts'

const value = fc.oneof(
  { weight: 4, arbitrary: fc.double({ min: 0.001, max: 3.6e6, noNaN: true }) },
  { weight: 1, arbitrary: fc.double({ min: 0, max: Number.MAX_VALUE, noNaN: true }) },
  { weight: 1, arbitrary: fc.integer({ min: -1, max: 3 }) },
)
const values = fc.array(value, { maxLength: 80 })
const ALL: PercentileTrackerOptions = { maxBuckets: 137_664 }

function trackerOf(given: readonly number[], options: PercentileTrackerOptions = {}): PercentileTracker {
  const tracker = new PercentileTracker(options)
  tracker.recordMany(given)
  return tracker
}

function exact(tracker: PercentileTracker): object {
  const { count, zeros, invalid, collapsed } = tracker
  return { count, zeros, invalid, collapsed, buckets: [...tracker.buckets()] }
}

const isNear = (actual: number, expected: number): boolean =>
  Object.is(actual, expected) || Math.abs(actual - expected) <= 0.0055 * expected

describe('subtract', () => {
  it('is the inverse of merge', () => {
    fc.assert(
      fc.property(values, values, (mine, others) => {
        const [tracker, other] = [trackerOf(mine, ALL), trackerOf(others, ALL)]
        const before = trackerOf(mine, ALL)
        expect(tracker.merge(other).subtract(other)).toBe(tracker)
        expect(exact(tracker)).toEqual(exact(before))
        for (const key of ['min', 'max', 'sum'] as const)
          expect([key, tracker[key], isNear(tracker[key], before[key])]).toEqual([key, tracker[key], true])
        // It is still a state that a tracker can be read back in.
        expect(PercentileTracker.fromBytes(tracker.toBytes(), ALL).count).toBe(before.count)
      }),
    )
  })

  it('keeps the window whole', () => {
    const clock = new ManualClock()
    const tracker = trackerOf([1, 2], { windowMs: 100, slices: 2, clock })
    clock.advance(50)
    tracker.recordMany([4, 8])
    expect(() => tracker.subtract(trackerOf([2]))).toThrow(RangeError)
    tracker.subtract(trackerOf([8]))
    expect(tracker.snapshot()).toMatchObject({ count: 3, sum: 7, min: 1, max: 4, totalCount: 4, totalSum: 15 })
    clock.advance(50)
    expect(tracker.snapshot()).toMatchObject({ count: 1, sum: 4, min: 4, max: 4 })
  })

  it('never lowers the totals', () => {
    fc.assert(
      fc.property(values, values, (mine, others) => {
        const tracker = trackerOf(mine, ALL).merge(trackerOf(others, ALL))
        const { totalCount, totalSum } = tracker
        tracker.subtract(trackerOf(others, ALL))
        expect(tracker.totalCount).toBe(totalCount)
        expect(tracker.totalSum).toBeGreaterThanOrEqual(totalSum)
        expect(tracker.totalSum).toBeLessThanOrEqual(totalSum * (1 + 4 * Number.EPSILON))
      }),
    )
  })

  it('leaves an empty tracker when everything is taken out', () => {
    const tracker = trackerOf([0, 1, 5, 1e300, -1])
    tracker.subtract(tracker)
    expect(tracker.snapshot()).toEqual({ ...new PercentileTracker().snapshot(), totalCount: 4, totalSum: 1e300 })
  })

  it('finds what collapsed among the collapsed', () => {
    const powers = Array.from({ length: 8 }, (_, index) => 1.5 * 2 ** index)
    const tracker = trackerOf(powers, { maxBuckets: 256 }).subtract(trackerOf([1.5, 192]))
    expect(tracker.snapshot()).toMatchObject({ count: 6, collapsed: 3, sum: 189 })
    tracker.subtract(trackerOf([3, 6, 12]))
    expect([tracker.collapsed, tracker.count]).toEqual([0, 3])
    tracker.recordMany([1.5, 1.5])
    expect(tracker.quantile(0.3)).toBeCloseTo(1.5, 1)
  })

  it.each([
    [[3], 'got 1 values near 3.002, of which it holds 0'],
    [[1, 1], 'got 2 values near 0.9946, of which it holds 1'],
    [[0], 'got 1 zeros, of which it holds 0'],
    [[-5], 'got 1 invalid values, of which it holds 0'],
  ])('refuses %o out of 1 and 2, and changes nothing', (other, message) => {
    const tracker = trackerOf([1, 2])
    const before = tracker.toJSON()
    expect(() => tracker.subtract(trackerOf(other))).toThrow(message)
    expect(tracker.toJSON()).toEqual(before)
  })
})
