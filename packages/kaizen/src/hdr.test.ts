import fc from 'fast-check'
import { HistogramLogReader, decodeFromCompressedBase64 } from 'hdr-histogram-js'
import { describe, expect, it } from 'vitest'
import { hdrLogHeader, hdrLogLine } from './hdr.ts'
import { PercentileTracker } from './index.ts'

const START = 1_700_000_000_000
const INTERVAL = { startMs: START, endMs: START + 5000 }

function trackerOf(values: Iterable<number>): PercentileTracker {
  const tracker = new PercentileTracker()
  tracker.recordMany(values)
  return tracker
}

describe('hdrLogLine', () => {
  it('is read by hdr-histogram-js: every count, the greatest value, and every quantile to within both errors', () => {
    const value = fc.oneof(fc.double({ min: 0.001, max: 3.6e6, noNaN: true }), fc.constantFrom(0, 1, 2048, 1e6))
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 200 }), (values) => {
        const tracker = trackerOf(values)
        const payload = hdrLogLine(tracker, INTERVAL).trim().split(',').at(-1) as string
        const histogram = decodeFromCompressedBase64(payload, 32, false)
        expect(histogram.totalCount).toBe(values.length)
        expect(histogram.maxValue / Math.max(1, Math.round(tracker.max * 1000))).toBeLessThan(1.002)
        const sorted = values.toSorted((a, b) => a - b)
        for (const percentile of [0, 25, 50, 90, 99, 100]) {
          const exact = (sorted[Math.max(0, Math.ceil((percentile * sorted.length) / 100) - 1)] as number) * 1000
          const answer = histogram.getValueAtPercentile(percentile)
          // Whole numbers: half a unit on top.
          expect([percentile, exact, answer, Math.abs(answer - exact) <= 0.0066 * exact + 1]).toEqual([
            percentile,
            exact,
            answer,
            true,
          ])
        }
      }),
    )
  })

  it('makes a log that is read as a whole, with times and tags', () => {
    const log =
      hdrLogHeader(START) +
      hdrLogLine(trackerOf([1, 2, 3]), { ...INTERVAL, tag: 'checkout' }) +
      hdrLogLine(trackerOf([]), { startMs: START + 5000, endMs: START + 10_000 })
    const reader = new HistogramLogReader(log)
    const [first, second] = [reader.nextIntervalHistogram(), reader.nextIntervalHistogram()]
    expect([first?.totalCount, first?.tag, first?.startTimeStampMsec, first?.endTimeStampMsec]).toEqual([
      3,
      'checkout',
      START,
      START + 5000,
    ])
    expect([second?.totalCount, reader.nextIntervalHistogram()]).toEqual([0, null])
    expect(log.split('\n')[3]).toMatch(/^Tag=checkout,1700000000\.000,5\.000,3\.000,HISTFAAA/)
  })

  it('holds more than one stored block', () => {
    const tracker = new PercentileTracker({ maxBuckets: 137_664 })
    // Ten thousand buckets, each with a count of five bytes.
    for (let bucket = 0; bucket < 2400; bucket++) tracker.record(2 ** ((bucket + 0.5) / 64))
    for (let doublings = 0; doublings < 31; doublings++) tracker.merge(tracker)
    const payload = hdrLogLine(tracker, { ...INTERVAL, unitRatio: 2048 })
      .trim()
      .split(',')
      .at(-1) as string
    expect(payload.length).toBeGreaterThan(16_000)
    expect(decodeFromCompressedBase64(payload, 64, false).totalCount).toBe(2400 * 2 ** 31)
  })

  it.each([
    [{ ...INTERVAL, endMs: START - 1 }, 'endMs must be a finite number in [1700000000000, ∞)'],
    [{ ...INTERVAL, startMs: Number.NaN }, 'startMs must be a finite number, got NaN'],
    [{ ...INTERVAL, unitRatio: 0 }, 'unitRatio must be a finite number in (0, ∞), got 0'],
    [{ ...INTERVAL, unitRatio: 1e14 }, 'unitRatio must keep values in [0, 2^53), got 100000000000000'],
    [{ ...INTERVAL, tag: 'a,b' }, 'tag must have no comma and no space, and not be empty, got "a,b"'],
  ])('refuses %o', (options, message) => {
    expect(() => hdrLogLine(trackerOf([1000]), options)).toThrow(RangeError)
    expect(() => hdrLogLine(trackerOf([1000]), options)).toThrow(message)
  })
})
