import { ManualClock } from '@tps/internal/manual-clock'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { PercentileTracker } from './index.ts'

/** One value in each power of two from `from` on. */
const powers = (from: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => 1.5 * 2 ** (from + index))

function trackerOf(values: readonly number[], maxBuckets = 256): PercentileTracker {
  const tracker = new PercentileTracker({ maxBuckets })
  for (const value of values) tracker.record(value)
  return tracker
}

/** Exactly `values` are counted, and those above the collapsed ones are as precise as ever. */
function assertHolds(tracker: PercentileTracker, values: readonly number[]): void {
  const sorted = values.toSorted((a, b) => a - b)
  const { collapsed, count } = tracker
  expect(count).toBe(values.length)
  let position = 0
  for (const { lower, upper, count: inBucket } of tracker.buckets()) {
    expect(inBucket).toBeGreaterThan(0)
    for (const end = position + inBucket; position < end; position++) {
      const value = sorted[position] as number
      expect([value, value > lower, value <= upper]).toEqual([value, true, true])
      const answer = tracker.quantile((position + 1) / count)
      expect(answer).toBeGreaterThanOrEqual(value * 0.9945)
      if (position >= collapsed) expect(answer).toBeLessThanOrEqual(value * 1.0055)
    }
  }
  expect(position).toBe(count)
}

describe('maxBuckets', () => {
  it('costs the smallest values their precision, never the largest', () => {
    const tracker = trackerOf(powers(0, 8))
    expect(tracker.collapsed).toBe(4)
    expect(tracker.snapshot()).toMatchObject({ count: 8, min: 1.5, max: 192 })
    expect(Math.abs(tracker.quantile(5 / 8) / 24 - 1)).toBeLessThan(0.0055)
    // The collapsed are answered with their upper limit.
    expect(tracker.quantile(2 / 8)).toBe(16)
    expect(tracker.rank(16)).toBe(0.5)
    expect([...tracker.countsUpTo([1, 8, 16, 24, 192])]).toEqual([0, 0, 4, 5, 8])
  })

  it('is told when it is first reached', () => {
    const tracker = trackerOf(powers(0, 4))
    const told = vi.fn<(event: { collapsed: number }) => void>()
    tracker.on('collapse', told)
    expect(told).not.toHaveBeenCalled()
    for (const value of powers(-10, 3)) tracker.record(value)
    expect(told.mock.calls).toEqual([[{ collapsed: 1 }]])
    expect(tracker.collapsed).toBe(3)
  })

  it('spends buckets on the powers of two that hold values, not on the distance between them', () => {
    expect(trackerOf([1e-300, 1e-9, 1, 1e300]).collapsed).toBe(0)
  })

  it('counts the same whatever the order of the values', () => {
    const values = fc.array(fc.double({ min: 1e-9, max: 1e9, noNaN: true }), { maxLength: 60 })
    fc.assert(
      fc.property(values, (given) => {
        const [one, other] = [trackerOf(given), trackerOf(given.toReversed())]
        expect([...one.buckets()]).toEqual([...other.buckets()])
        expect(one.collapsed).toBe(other.collapsed)
      }),
    )
  })

  it('merges the same in any order', () => {
    const values = fc.array(fc.double({ min: 1e-9, max: 1e9, noNaN: true }), { maxLength: 30 })
    fc.assert(
      fc.property(values, values, (left, right) => {
        const whole = [...trackerOf([...left, ...right]).buckets()]
        expect([...trackerOf(left).merge(trackerOf(right)).buckets()]).toEqual(whole)
        expect([...trackerOf(right).merge(trackerOf(left)).buckets()]).toEqual(whole)
      }),
    )
  })

  it('keeps every value in the window, in order, however often it is reached', () => {
    const steps = fc.array(fc.tuple(fc.double({ min: 1e-9, max: 1e9, noNaN: true }), fc.integer({ min: 0, max: 30 })), {
      maxLength: 120,
    })
    fc.assert(
      fc.property(steps, (given) => {
        const clock = new ManualClock()
        const tracker = new PercentileTracker({ windowMs: 100, slices: 4, maxBuckets: 256, clock })
        const recorded: { readonly value: number; readonly slice: number }[] = []
        for (const [value, ms] of given) {
          clock.advance(ms)
          tracker.record(value)
          recorded.push({ value, slice: Math.floor(clock.now() / 25) })
          assertHolds(
            tracker,
            recorded.filter(({ slice }) => slice > Math.floor(clock.now() / 25) - 4).map((record) => record.value),
          )
        }
      }),
    )
  })

  it('gives the room back when what took it leaves the window', () => {
    const clock = new ManualClock()
    const tracker = new PercentileTracker({ windowMs: 100, slices: 10, maxBuckets: 256, clock })
    for (const value of powers(0, 3)) tracker.record(value)
    clock.advance(50)
    for (const value of powers(3, 3)) tracker.record(value)
    expect([tracker.count, tracker.collapsed]).toEqual([6, 2])
    clock.advance(50)
    // The two collapsed ones were of the first slice, and have left with it.
    expect([tracker.count, tracker.collapsed]).toEqual([3, 0])
    tracker.record(1.5)
    expect([tracker.collapsed, tracker.quantile(0.25)]).toEqual([0, 1.5])
    expect([...tracker.buckets()]).toHaveLength(4)
  })
})
