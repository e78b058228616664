import { ManualClock } from '@tps/internal/manual-clock'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc32 } from './crc32.ts'
import { DecodeError, PercentileTracker, type PercentileTrackerOptions } from './index.ts'

const value = fc.oneof(
  { weight: 4, arbitrary: fc.double({ min: 0.001, max: 3.6e6, noNaN: true }) },
  { weight: 1, arbitrary: fc.double({ min: 0, max: Number.MAX_VALUE, noNaN: true }) },
  { weight: 1, arbitrary: fc.integer({ min: -1, max: 3 }) },
)
const values = fc.array(value, { maxLength: 80 })
/** Few buckets collapse, many don't. */
const maxBuckets = fc.constantFrom(64, 256, 137_664)

function trackerOf(given: readonly number[], options: PercentileTrackerOptions = {}): PercentileTracker {
  const tracker = new PercentileTracker(options)
  tracker.recordMany(given)
  return tracker
}

const ALL: PercentileTrackerOptions = { maxBuckets: 137_664 }
const copyOf = (tracker: PercentileTracker): PercentileTracker => PercentileTracker.fromBytes(tracker.toBytes(), ALL)

function readings(tracker: PercentileTracker): object {
  const buckets = [...tracker.buckets()]
  return { ...tracker.snapshot(), windowMs: undefined, name: undefined, buckets }
}

/** `bytes` with a checksum that fits. */
function signed(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice()
  new DataView(copy.buffer).setUint32(copy.length - 4, crc32(copy.subarray(0, -4)), true)
  return copy
}

/** What is wrong with it, or that it holds together: counts add up and quantiles lie between the extremes, in order. */
function decode(read: () => PercentileTracker): string {
  try {
    const tracker = read()
    const { count, min, p50, p99, max } = tracker.snapshot()
    const inBuckets = [...tracker.buckets()].reduce((sum, bucket) => sum + bucket.count, 0)
    const isOrdered = count === 0 || ((min ?? 1) <= (p50 ?? 0) && (p50 ?? 1) <= (p99 ?? 0) && (p99 ?? 1) <= (max ?? 0))
    return inBuckets === count && isOrdered ? 'whole' : 'wrong'
  } catch (error) {
    if (error instanceof DecodeError) return 'refused'
    throw error
  }
}

describe('bytes', () => {
  it('give back every reading, and the same bytes', () => {
    fc.assert(
      fc.property(values, maxBuckets, (given, max) => {
        const tracker = trackerOf(given, { maxBuckets: max })
        const copy = copyOf(tracker)
        expect(readings(copy)).toEqual(readings(tracker))
        expect(copy.toBytes()).toEqual(tracker.toBytes())
      }),
    )
  })

  it('give back what is in the window, and the totals', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(value, fc.integer({ min: 0, max: 40 })), { maxLength: 60 }), (steps) => {
        const clock = new ManualClock()
        const tracker = new PercentileTracker({ windowMs: 100, clock })
        for (const [given, ms] of steps) {
          clock.advance(ms)
          tracker.record(given)
        }
        const { totalSum, ...copied } = readings(copyOf(tracker)) as { totalSum: number | null }
        const { totalSum: expected, ...rest } = readings(tracker) as { totalSum: number | null }
        expect(copied).toEqual(rest)
        // Rounding never lowers it.
        expect(totalSum ?? Infinity).toBeGreaterThanOrEqual(expected ?? Infinity)
        expect(totalSum ?? Infinity).toBeLessThanOrEqual((expected ?? Infinity) * (1 + 4 * Number.EPSILON))
      }),
    )
  })

  it('count as recorded now when they are read into a window', () => {
    const clock = new ManualClock(500)
    const copy = PercentileTracker.fromBytes(trackerOf([1, 2]).toBytes(), { windowMs: 100, name: 'copy', clock })
    expect(copy.snapshot()).toMatchObject({ name: 'copy', windowMs: 100, count: 2, totalCount: 2 })
    clock.advance(100)
    expect(copy.snapshot()).toMatchObject({ count: 0, totalCount: 2, totalSum: 3 })
  })

  it('take three for each bucket and fifty on top, at the most', () => {
    const tracker = new PercentileTracker()
    for (let ms = 1; ms < 1000; ms += 0.1) tracker.record(ms)
    expect(tracker.toBytes().length).toBeLessThan(50 + 3 * [...tracker.buckets()].length)
    expect(new PercentileTracker().toBytes()).toHaveLength(12)
  })

  it('are refused when any of them was changed, cut off or added', () => {
    const spoil = fc.oneof(
      fc.record({ kind: fc.constant('bit'), at: fc.nat(), by: fc.nat(7) }),
      fc.record({ kind: fc.constant('cut'), at: fc.nat(), by: fc.nat() }),
      fc.record({ kind: fc.constant('more'), at: fc.nat(), by: fc.nat(255) }),
    )
    fc.assert(
      fc.property(values, spoil, (given, { kind, at, by }) => {
        let bytes: Uint8Array = trackerOf(given).toBytes()
        const position = at % bytes.length
        if (kind === 'bit') bytes[position] = (bytes[position] as number) ^ (1 << by)
        else if (kind === 'cut') bytes = bytes.subarray(0, position)
        else bytes = Uint8Array.of(...bytes, by)
        expect(() => PercentileTracker.fromBytes(bytes)).toThrow(DecodeError)
      }),
      { numRuns: 500 },
    )
  })

  it('never give what no tracker can hold, even with a checksum that fits', () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(values, changes, (given, changed) => {
        const bytes = trackerOf(given).toBytes()
        for (const [at, to] of changed) bytes[3 + (at % (bytes.length - 3))] = to
        expect(decode(() => PercentileTracker.fromBytes(signed(bytes), ALL))).not.toBe('wrong')
      }),
      { numRuns: 1000 },
    )
  })

  it('of any sort are refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(() => PercentileTracker.fromBytes(bytes)).toThrow(DecodeError)
        const disguised = Uint8Array.of(0x4b, 0x50, 1, ...bytes, 0, 0, 0, 0)
        expect(decode(() => PercentileTracker.fromBytes(signed(disguised), ALL))).not.toBe('wrong')
      }),
      { numRuns: 500 },
    )
  })

  it('say which version they are of, and that it is not known', () => {
    const bytes = trackerOf([1]).toBytes()
    bytes[2] = 2
    expect(() => PercentileTracker.fromBytes(signed(bytes))).toThrow('version 2 is not known')
    expect(() => PercentileTracker.fromBytes([1, 2] as never)).toThrow(TypeError)
  })

  it('collapse the smallest values where less room is given than they need', () => {
    const copy = PercentileTracker.fromBytes(trackerOf([1, 3, 9, 27, 81]).toBytes(), { maxBuckets: 128 })
    expect(copy.snapshot()).toMatchObject({ count: 5, collapsed: 3, min: 1, max: 81, totalCount: 5, totalSum: 121 })
  })
})

describe('crc32', () => {
  it('gives the check value of its specification', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcb_f4_39_26)
  })
})

describe('JSON', () => {
  it('gives back every reading, with the name', () => {
    fc.assert(
      fc.property(values, maxBuckets, (given, max) => {
        const tracker = trackerOf(given, { name: 'latency', maxBuckets: max })
        const copy = PercentileTracker.fromJSON(JSON.parse(JSON.stringify(tracker)), ALL)
        expect(readings(copy)).toEqual(readings(tracker))
        expect(copy.name).toBe('latency')
      }),
    )
  })

  it("numbers buckets as OpenTelemetry's scale 6 does", () => {
    const { buckets } = trackerOf([1, 1.005, 2, 2.01]).toJSON()
    expect(buckets).toEqual([
      [-1, 1],
      [0, 1],
      [63, 1],
      [64, 1],
    ])
  })

  it.each([
    [null, 'it is no object'],
    [{}, 'version undefined is not known'],
    [{ name: '' }, 'the name is none'],
    [{ buckets: 5 }, 'the buckets are no list'],
    [{ buckets: [[1]] }, 'a bucket is no pair'],
    [{ buckets: [[1, '2']] }, 'a bucket is no pair of numbers'],
    [{ buckets: [[64, 1.5]] }, 'a count is none'],
    [{ buckets: [[0.5, 2]] }, 'a bucket is out of place'],
    [{ zeros: -1 }, 'a count is none'],
    [{ zeros: '1' }, 'zeros is no number'],
    [{ totalCount: 1 }, 'the counts are more than there were'],
    [{ totalSum: -1 }, 'the sum of all is none'],
    [{ sum: 7 }, 'the sum is beyond the extremes'],
    [{ min: 0 }, 'an extreme is in none of the buckets'],
    [{ max: 3 }, 'an extreme is in none of the buckets'],
    [{ collapsedBelow: 0 }, 'there is a floor, and nothing below it'],
    [{ collapsed: 1, totalCount: 3, collapsedBelow: 5 }, 'the floor is none'],
  ])('with %o is refused', (change, reason) => {
    const data = change && Object.keys(change).length > 0 ? { ...trackerOf([2, 2]).toJSON(), ...change } : change
    expect(() => PercentileTracker.fromJSON(data)).toThrow(DecodeError)
    expect(() => PercentileTracker.fromJSON(data)).toThrow(reason)
  })
})
