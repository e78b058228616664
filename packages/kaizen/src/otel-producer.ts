import { checkFunction, checkInteger, checkName, checkObject } from '@tps/internal'
import { type Exponential, type HistogramSource, exponentialOf } from './histogram-source.ts'

/** One tracker with what tells it from others of its metric. */
export interface OtelSeries {
  /** Without a window. */
  readonly tracker: HistogramSource
  /** Default none. */
  readonly attributes?: Readonly<Record<string, string | number | boolean>> | undefined
}

/** Histograms of one name. */
export interface OtelMetric {
  readonly name: string
  /** Default none. */
  readonly description?: string | undefined
  /** The unit of the trackers' values, as UCUM writes it. Default "ms". */
  readonly unit?: string | undefined
  readonly series: Iterable<OtelSeries>
}

/** What `metricProducer` is made with, beside the metrics. */
export interface MetricProducerOptions {
  /** The name of the instrumentation scope. Default "@tps/kaizen". */
  readonly scope?: string | undefined
  /**
   * How many buckets a histogram may be sent with, from 160 to 65,536. Default 1024: 16 powers of two. OpenTelemetry sends
   * every bucket between the first and the last; where that is more, neighbours are added up, two by two, which doubles
   * the relative error each time.
   */
  readonly maxBuckets?: number | undefined
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly wallClock?: (() => number) | undefined
}

/** Buckets of an exponential histogram: the first one has index `offset`. */
export interface OtelBuckets {
  offset: number
  bucketCounts: number[]
}

/** The value of an exponential histogram, as the SDK has it. */
export interface ExponentialHistogramValue {
  count: number
  sum: number
  scale: number
  zeroCount: number
  positive: OtelBuckets
  negative: OtelBuckets
  min: number
  max: number
}

/** One series at one moment, as the SDK has it: times in both of the forms that its versions use. */
export interface ExponentialHistogramPoint {
  readonly startTime: [seconds: number, nanoseconds: number]
  readonly endTime: [seconds: number, nanoseconds: number]
  readonly startTimeUnixNano: bigint
  readonly endTimeUnixNano: bigint
  readonly attributes: Record<string, string | number | boolean>
  readonly value: ExponentialHistogramValue
}

/** A resource without attributes. Readers take that of the SDK instead. */
export interface OtelResource {
  readonly attributes: Record<string, never>
  merge(other: unknown): OtelResource
  getRawAttributes(): []
}

/** What a collection gives. */
export interface OtelCollection {
  resourceMetrics: {
    resource: OtelResource
    scopeMetrics: {
      scope: { name: string }
      metrics: {
        readonly descriptor: {
          readonly name: string
          readonly description: string
          readonly unit: string
          readonly type: 'HISTOGRAM'
          readonly valueType: 1
        }
        readonly aggregationTemporality: 1
        readonly dataPointType: 1
        readonly dataPoints: ExponentialHistogramPoint[]
      }[]
    }[]
  }
  /** What was thrown by trackers. The others are collected all the same. */
  errors: unknown[]
}

/** A `MetricProducer` of `@opentelemetry/sdk-metrics`, for the option `metricProducers` of its readers. */
export interface OtelMetricProducer {
  collect(): Promise<OtelCollection>
}

const SCALE = 6
const DOUBLE = 1
const CUMULATIVE = 1
const EXPONENTIAL_HISTOGRAM = 1
const RESOURCE: OtelResource = { attributes: {}, merge: () => RESOURCE, getRawAttributes: () => [] }

/**
 * Makes trackers readable for the OpenTelemetry SDK, as cumulative exponential histograms at scale 6: the tracker's own
 * layout. Values are read when they are collected; nothing is needed of the SDK at run time. Collapsed values count as
 * zeros. A tracker without values has no point.
 * @throws TypeError when a tracker has a window: such counts fall, and cumulative ones must not.
 * @throws TypeError or RangeError when an option is not what it must be.
 */
export function metricProducer(metrics: Iterable<OtelMetric>, options: MetricProducerOptions = {}): OtelMetricProducer {
  const { scope = '@tps/kaizen', maxBuckets = 1024, wallClock = Date.now } = options
  const name = checkName('scope', scope)
  const max = checkInteger('maxBuckets', maxBuckets, { min: 160, max: 65_536 })
  checkFunction('wallClock', wallClock)
  const checked = Array.from(metrics, checkMetric)
  const startMs = wallClock()
  return {
    // oxlint-disable-next-line typescript/require-await -- The SDK's contract is a promise.
    async collect() {
      const errors: unknown[] = []
      const endMs = wallClock()
      const pointOf = ({ tracker, attributes = {} }: OtelSeries): ExponentialHistogramPoint[] => {
        try {
          return points(tracker, attributes, startMs, endMs, max)
        } catch (error) {
          errors.push(error)
          return []
        }
      }
      const collected = checked.map(({ descriptor, series }) => ({
        descriptor,
        aggregationTemporality: CUMULATIVE,
        dataPointType: EXPONENTIAL_HISTOGRAM,
        dataPoints: series.flatMap(pointOf),
      })) satisfies OtelCollection['resourceMetrics']['scopeMetrics'][number]['metrics']
      const scopeMetrics = [{ scope: { name }, metrics: collected }]
      return { resourceMetrics: { resource: RESOURCE, scopeMetrics }, errors }
    },
  }
}

function checkMetric({ name, description = '', unit = 'ms', series }: OtelMetric) {
  const listed = [...series]
  for (const { tracker } of listed) {
    checkObject('tracker', tracker, ['buckets'])
    if (tracker.windowMs !== undefined)
      throw new TypeError(`tracker must have no window, got one of ${tracker.windowMs} ms in ${name}`)
  }
  const descriptor = { name: checkName('name', name), description, unit, type: 'HISTOGRAM', valueType: DOUBLE } as const
  return { descriptor, series: listed }
}

function points(
  tracker: HistogramSource,
  attributes: Readonly<Record<string, string | number | boolean>>,
  startMs: number,
  endMs: number,
  max: number,
): ExponentialHistogramPoint[] {
  const exponential = exponentialOf(tracker)
  if (exponential.count === 0) return []
  const { sum, min, max: greatest } = tracker
  return [
    {
      startTime: hrTime(startMs),
      endTime: hrTime(endMs),
      startTimeUnixNano: unixNano(startMs),
      endTimeUnixNano: unixNano(endMs),
      attributes: { ...attributes },
      value: { ...spread(exponential, max), sum, min, max: greatest },
    },
  ]
}

/** Buckets without gaps, at the highest scale of which `max` are enough. */
function spread(
  { count, zeroCount, counts }: Exponential,
  max: number,
): Pick<ExponentialHistogramValue, 'count' | 'zeroCount' | 'scale' | 'positive' | 'negative'> {
  const [first, last] = [counts[0]?.[0] ?? 0, counts.at(-1)?.[0] ?? -1]
  let shift = 0
  // Two buckets next to each other are one of the scale below. Shifting is dividing, rounded down.
  while ((last >> shift) - (first >> shift) >= max) shift++
  const offset = first >> shift
  const bucketCounts = Array<number>((last >> shift) - offset + 1).fill(0)
  for (const [index, held] of counts) (bucketCounts[(index >> shift) - offset] as number) += held
  return {
    count,
    zeroCount,
    scale: SCALE - shift,
    positive: { offset, bucketCounts },
    negative: { offset: 0, bucketCounts: [] },
  }
}

function hrTime(ms: number): [number, number] {
  const seconds = Math.floor(ms / 1000)
  return [seconds, Math.floor((ms - seconds * 1000) * 1e6)]
}

function unixNano(ms: number): bigint {
  const [seconds, nanoseconds] = hrTime(ms)
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds)
}
