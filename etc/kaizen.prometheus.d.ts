import { H as HistogramSource } from './histogram-source-shared.js';
export { B as Bucket, M as Mergeable } from './contents-shared.js';

/** One tracker with what tells it from others of its family. */
interface HistogramSeries {
    readonly tracker: HistogramSource;
    /** By name, which matches `[a-zA-Z_][a-zA-Z0-9_]*`. Default none. */
    readonly labels?: Readonly<Record<string, string>> | undefined;
}
/** Histograms of one name. Their unit is that of the trackers' values: record seconds for a name in `_seconds`. */
interface HistogramFamily {
    /** Matches `[a-zA-Z_:][a-zA-Z0-9_:]*`. */
    readonly name: string;
    /** What it measures, for people. Default none. */
    readonly help?: string | undefined;
    readonly series: Iterable<HistogramSeries>;
}

/** Classic histograms of one name. */
interface ClassicHistogramFamily extends HistogramFamily {
    /** Upper bounds of the buckets, inclusive, ascending, greater than 0, in the trackers' unit. +Inf is added. */
    readonly bounds: readonly number[];
}
/**
 * Writes trackers as classic Prometheus histograms, in the text format 0.0.4. Buckets are cumulative.
 *
 * A bound lies within one of the tracker's buckets: what shares that bucket counts as at most the bound, so a value may
 * be up to 1.1 % above it. Powers of two are bounds of the tracker's own, and exact.
 * @throws TypeError when a tracker has a window: such counts fall, and Prometheus takes that for a restart. Keep one
 * tracker without a window to be scraped.
 * @throws TypeError or RangeError when a name, a label or a bound is not what it must be.
 */
declare function classicHistograms(families: Iterable<ClassicHistogramFamily>): string;

/** The content type of what `nativeHistograms` writes. */
declare const NATIVE_CONTENT_TYPE = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";
/**
 * Writes trackers as Prometheus native histograms, in the protobuf format, bucket for bucket: Prometheus' schema 6 is
 * the tracker's own layout. Serve it as `NATIVE_CONTENT_TYPE` to a Prometheus with native histograms switched on
 * (`--enable-feature=native-histograms`; it scrapes nothing else from the same path as text then).
 *
 * A tracker with a window is written as a gauge histogram, because its counts fall; `rate` is no use on it.
 * Collapsed values are in the zero bucket. Source: metrics.proto of prometheus/client_model.
 * @throws TypeError when a family has trackers with and without a window, because Prometheus knows one type for a name.
 * @throws TypeError or RangeError when a name or a label is not what it must be.
 */
declare function nativeHistograms(families: Iterable<HistogramFamily>): Uint8Array<ArrayBuffer>;

export { HistogramSource, NATIVE_CONTENT_TYPE, classicHistograms, nativeHistograms };
export type { ClassicHistogramFamily, HistogramFamily, HistogramSeries };
