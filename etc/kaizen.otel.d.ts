import { H as HistogramSource } from './histogram-source-shared.js';
export { B as Bucket, M as Mergeable } from './contents-shared.js';

/** One tracker with what tells it from others of its metric. */
interface OtelSeries {
    /** Without a window. */
    readonly tracker: HistogramSource;
    /** Default none. */
    readonly attributes?: Readonly<Record<string, string | number | boolean>> | undefined;
}
/** Histograms of one name. */
interface OtelMetric {
    readonly name: string;
    /** Default none. */
    readonly description?: string | undefined;
    /** The unit of the trackers' values, as UCUM writes it. Default "ms". */
    readonly unit?: string | undefined;
    readonly series: Iterable<OtelSeries>;
}
/** What `metricProducer` is made with, beside the metrics. */
interface MetricProducerOptions {
    /** The name of the instrumentation scope. Default "@tps/kaizen". */
    readonly scope?: string | undefined;
    /**
     * How many buckets a histogram may be sent with, from 160 to 65,536. Default 1024: 16 powers of two. OpenTelemetry sends
     * every bucket between the first and the last; where that is more, neighbours are added up, two by two, which doubles
     * the relative error each time.
     */
    readonly maxBuckets?: number | undefined;
    /** Milliseconds since 1970. Default `Date.now`. */
    readonly wallClock?: (() => number) | undefined;
}
/** Buckets of an exponential histogram: the first one has index `offset`. */
interface OtelBuckets {
    offset: number;
    bucketCounts: number[];
}
/** The value of an exponential histogram, as the SDK has it. */
interface ExponentialHistogramValue {
    count: number;
    sum: number;
    scale: number;
    zeroCount: number;
    positive: OtelBuckets;
    negative: OtelBuckets;
    min: number;
    max: number;
}
/** One series at one moment, as the SDK has it: times in both of the forms that its versions use. */
interface ExponentialHistogramPoint {
    readonly startTime: [seconds: number, nanoseconds: number];
    readonly endTime: [seconds: number, nanoseconds: number];
    readonly startTimeUnixNano: bigint;
    readonly endTimeUnixNano: bigint;
    readonly attributes: Record<string, string | number | boolean>;
    readonly value: ExponentialHistogramValue;
}
/** A resource without attributes. Readers take that of the SDK instead. */
interface OtelResource {
    readonly attributes: Record<string, never>;
    merge(other: unknown): OtelResource;
    getRawAttributes(): [];
}
/** What a collection gives. */
interface OtelCollection {
    resourceMetrics: {
        resource: OtelResource;
        scopeMetrics: {
            scope: {
                name: string;
            };
            metrics: {
                readonly descriptor: {
                    readonly name: string;
                    readonly description: string;
                    readonly unit: string;
                    readonly type: 'HISTOGRAM';
                    readonly valueType: 1;
                };
                readonly aggregationTemporality: 1;
                readonly dataPointType: 1;
                readonly dataPoints: ExponentialHistogramPoint[];
            }[];
        }[];
    };
    /** What was thrown by trackers. The others are collected all the same. */
    errors: unknown[];
}
/** A `MetricProducer` of `@opentelemetry/sdk-metrics`, for the option `metricProducers` of its readers. */
interface OtelMetricProducer {
    collect(): Promise<OtelCollection>;
}
/**
 * Makes trackers readable for the OpenTelemetry SDK, as cumulative exponential histograms at scale 6: the tracker's own
 * layout. Values are read when they are collected; nothing is needed of the SDK at run time. Collapsed values count as
 * zeros. A tracker without values has no point.
 * @throws TypeError when a tracker has a window: such counts fall, and cumulative ones must not.
 * @throws TypeError or RangeError when an option is not what it must be.
 */
declare function metricProducer(metrics: Iterable<OtelMetric>, options?: MetricProducerOptions): OtelMetricProducer;

export { HistogramSource, metricProducer };
export type { ExponentialHistogramPoint, ExponentialHistogramValue, MetricProducerOptions, OtelBuckets, OtelCollection, OtelMetric, OtelMetricProducer, OtelResource, OtelSeries };
