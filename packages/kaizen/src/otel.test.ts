import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PercentileTracker } from './index.ts'
import { type ExponentialHistogramPoint, type MetricProducerOptions, type OtelSeries, metricProducer } from './otel.ts'

function trackerOf(...values: readonly number[]): PercentileTracker {
  const tracker = new PercentileTracker({ maxBuckets: 137_664 })
  tracker.recordMany(values)
  return tracker
}

async function pointsOf(series: readonly OtelSeries[], options?: MetricProducerOptions) {
  const { resourceMetrics } = await metricProducer([{ name: 'latency', series }], options).collect()
  return resourceMetrics.scopeMetrics[0]?.metrics[0]?.dataPoints ?? []
}

/** How many values each bucket of a point holds, by its bounds. */
function bucketsOf({
  value: { scale, positive },
}: ExponentialHistogramPoint): { lower: number; upper: number; count: number }[] {
  const bound = (index: number): number => 2 ** (index / 2 ** scale)
  return positive.bucketCounts
    .map((count, index) => ({
      lower: bound(positive.offset + index),
      upper: bound(positive.offset + index + 1),
      count,
    }))
    .filter(({ count }) => count > 0)
}

describe('metricProducer', () => {
  it('gives what a reader of the SDK takes', async () => {
    let now = 1_700_000_000_250
    const series = [{ tracker: trackerOf(1, 2, 0), attributes: { route: '/a' } }, { tracker: trackerOf() }]
    const producer = metricProducer([{ name: 'latency', description: 'How long', series }], {
      scope: 'shop',
      wallClock: () => now,
    })
    now += 1000
    expect(await producer.collect()).toMatchObject({
      errors: [],
      resourceMetrics: {
        resource: { attributes: {} },
        scopeMetrics: [
          {
            scope: { name: 'shop' },
            metrics: [
              {
                descriptor: { name: 'latency', description: 'How long', unit: 'ms', type: 'HISTOGRAM', valueType: 1 },
                aggregationTemporality: 1,
                dataPointType: 1,
                dataPoints: [
                  {
                    startTime: [1_700_000_000, 250_000_000],
                    endTime: [1_700_000_001, 250_000_000],
                    startTimeUnixNano: 1_700_000_000_250_000_000n,
                    endTimeUnixNano: 1_700_000_001_250_000_000n,
                    attributes: { route: '/a' },
                    value: {
                      count: 3,
                      sum: 3,
                      min: 0,
                      max: 2,
                      scale: 6,
                      zeroCount: 1,
                      // 1 is the greatest of bucket -1 and 2 of bucket 63: OpenTelemetry's upper bounds are inclusive.
                      positive: { offset: -1, bucketCounts: [1, ...Array<number>(63).fill(0), 1] },
                      negative: { offset: 0, bucketCounts: [] },
                    },
                  },
                ],
              },
            ],
          },
        ],
      },
    })
  })

  it('loses no value, and precision only where the range needs more buckets than there may be', async () => {
    const value = fc.oneof(
      fc.double({ min: 1, max: 1000, noNaN: true }),
      fc.double({ min: 1e-300, max: 1e300, noNaN: true }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 60 }), async (values) => {
        const [point] = await pointsOf([{ tracker: trackerOf(...values) }], { maxBuckets: 160 })
        const sorted = values.toSorted((a, b) => a - b)
        expect(point?.value.positive.bucketCounts.length).toBeLessThanOrEqual(160)
        if ((sorted.at(-1) ?? 0) / (sorted[0] ?? 0) < 5) expect(point?.value.scale).toBe(6)
        let position = 0
        for (const { lower, upper, count } of bucketsOf(point as ExponentialHistogramPoint))
          for (const end = position + count; position < end; position++) {
            expect(sorted[position]).toBeGreaterThan(lower * (1 - 1e-12))
            expect(sorted[position]).toBeLessThanOrEqual(upper * (1 + 1e-12))
          }
        expect(position).toBe(values.length)
      }),
    )
  })

  it('goes on when a tracker fails, and reports it', async () => {
    const broken = {
      windowMs: undefined,
      buckets: () => {
        throw new Error('gone')
      },
    }
    const producer = metricProducer([{ name: 'a', series: [{ tracker: broken as never }, { tracker: trackerOf(1) }] }])
    const { errors, resourceMetrics } = await producer.collect()
    expect(errors).toEqual([new Error('gone')])
    expect(resourceMetrics.scopeMetrics[0]?.metrics[0]?.dataPoints).toHaveLength(1)
  })

  it.each([
    [{ scope: '' }, RangeError, 'scope must not be empty'],
    [{ maxBuckets: 100 }, RangeError, 'maxBuckets must be an integer in [160, 65536], got 100'],
    [{ wallClock: 5 as never }, TypeError, 'wallClock must be a function, got 5'],
  ])('refuses %o', (options, error, message) => {
    expect(() => metricProducer([], options)).toThrow(error)
    expect(() => metricProducer([], options)).toThrow(message)
  })

  it('refuses a tracker with a window, and a metric without a name', () => {
    const tracker = new PercentileTracker({ windowMs: 5 })
    expect(() => metricProducer([{ name: 'a', series: [{ tracker }] }])).toThrow('tracker must have no window')
    expect(() => metricProducer([{ name: '', series: [] }])).toThrow('name must not be empty')
  })
})
