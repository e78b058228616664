import { S as SourceKind, a as ReadingsOf, R as Reading, M as MetricSource } from './snapshots-shared.js';
export { A as AlertReadings, b as AutoscalerReadings, B as BoardReadings, c as BreakerReadings, C as CollectorReadings, D as DeadLetterReadings, L as LevelerReadings, d as LimiterReadings, P as PoolReadings, Q as QueueReadings, e as SignalReadings, f as SloReadings, T as TrackerReadings } from './snapshots-shared.js';

/** What a reading is measured in. Milliseconds become seconds under an idiomatic name. */
type MetricUnit = 'count' | 'ratio' | 'milliseconds' | 'per second' | 'state';
/** What follows a family's name in the name of a sample: nothing, or a part of a summary or a histogram. */
type SampleSuffix = '' | '_sum' | '_count' | '_bucket';
/**
 * Takes one sample. `detail` is the value of the row's second label; `suffix` is for summaries and histograms.
 * A reading that is not a number gives no sample.
 */
type TakeSample = (value: Reading, detail?: string, suffix?: SampleSuffix) => void;
/** How many of the values held are at most each bound, ascending, without the last bucket up to infinity. */
interface HeldBuckets {
    /** Bounds in seconds, as they are written. */
    readonly le: readonly string[];
    readonly counts: ArrayLike<number>;
}
/** One family of metrics: what it is called, what it means, and how it is read. */
interface CatalogueRow<Kind extends SourceKind = SourceKind> {
    /** Which sources have it. */
    readonly source: Kind;
    /** The name that the TPS documents use; absent where they have none. */
    readonly tps?: string;
    /** The name by the conventions of Prometheus; absent where another row holds the same reading. */
    readonly idiomatic?: string;
    /** Other rows hold the same readings under the names of the TPS documents: the profile `tps` goes without this one. */
    readonly isRestatement?: boolean;
    readonly type: 'gauge' | 'counter' | 'summary' | 'histogram';
    readonly unit: MetricUnit;
    /** One sentence, without the unit. */
    readonly help: string;
    /** The label with the source's name, then the one with the detail. */
    readonly labels: readonly [] | readonly [string] | readonly [string, string];
    /** How prom-client's cluster mode adds up several processes. Percentiles can't be averaged: the worst is kept. */
    readonly aggregator: 'sum' | 'average' | 'max' | 'omit';
    /** `held` is for a histogram whose readings have no `buckets`: the option `latencyBoundsMs` gives it. */
    readonly read: (readings: ReadingsOf[Kind], sample: TakeSample, held?: HeldBuckets) => void;
}
/** Which names are exported. */
type NameProfile = 'tps' | 'idiomatic' | 'both';
/** One exported name of a row. */
interface ExportedName {
    readonly name: string;
    readonly help: string;
    /** What a reading is divided by: 1, or 1000 for seconds. */
    readonly divisor: number;
}
/** The names under which `row` is exported. `tps` and `idiomatic` export every reading once. */
declare function namesOf(row: CatalogueRow, profile: NameProfile): ExportedName[];

/** Every metric there is, by what it is read from. */
declare const CATALOGUE: {
    readonly [Kind in keyof ReadingsOf]: readonly CatalogueRow[];
};

/** The part of a prom-client registry that is used; its successors have it as well. */
interface MetricsRegistry {
    registerMetric(metric: never): void;
    removeSingleMetric(name: string): void;
}

/** The sources of one kind, or a function that lists those there are when a scrape comes. */
type MetricSources<Kind extends SourceKind> = readonly MetricSource<ReadingsOf[Kind]>[] | (() => Iterable<MetricSource<ReadingsOf[Kind]>>);
/** What is read for metrics, and how it is named. */
interface CollectMetricsOptions {
    readonly breakers?: MetricSources<'breakers'> | undefined;
    readonly queues?: MetricSources<'queues'> | undefined;
    readonly pools?: MetricSources<'pools'> | undefined;
    readonly levelers?: MetricSources<'levelers'> | undefined;
    readonly limiters?: MetricSources<'limiters'> | undefined;
    readonly autoscalers?: MetricSources<'autoscalers'> | undefined;
    readonly trackers?: MetricSources<'trackers'> | undefined;
    readonly slos?: MetricSources<'slos'> | undefined;
    readonly deadLetters?: MetricSources<'deadLetters'> | undefined;
    readonly signals?: MetricSources<'signals'> | undefined;
    readonly alerts?: MetricSources<'alerts'> | undefined;
    readonly boards?: MetricSources<'boards'> | undefined;
    /**
     * - `tps` (default): every reading once, by the name that the TPS documents use where they have one.
     * - `idiomatic`: every reading once, by the conventions of Prometheus: base units, `_total`, `_ratio`.
     * - `both`: by both.
     */
    readonly names?: NameProfile | undefined;
    /**
     * Upper bounds, in ms, ascending from above 0, of a histogram for each tracker without a window that has
     * `countsUpTo(bounds, into)`, as `PercentileTracker` has: `tps_signal_duration_seconds`, with the profiles `idiomatic` and
     * `both`. Default none; `buckets` of a snapshot go before it.
     */
    readonly latencyBoundsMs?: readonly number[] | undefined;
    /** How many series a metric may have, at least 1. What is over it is left out and counted. Default 1000. */
    readonly maxSeries?: number | undefined;
    /** Receives what a source's `snapshot()` threw, with the source's name. The scrape goes on. Default: only counted. */
    readonly onError?: ((error: unknown, source: string) => void) | undefined;
}

/**
 * Registers the metrics of the given sources in a prom-client registry, beside what else is there. Each source's
 * `snapshot()` is read once when the registry is scraped; between scrapes nothing happens. It may be called several times
 * for one registry: sources of a kind must have different names over all calls, else the later one is left out and counted.
 *
 * Returns a function that takes the sources out again. Without a registry, and faster: `MetricsPage`.
 * @throws {TypeError | RangeError} when an option is wrong; what prom-client throws when a name is taken.
 */
declare function collectMetrics(registry: MetricsRegistry, options: CollectMetricsOptions): () => void;

/** The names that queries are written with. */
type QueryNames = 'tps' | 'idiomatic';

/** One query of a panel. */
interface PanelQuery {
    /** PromQL. */
    readonly expr: string;
    /** What its series are called, with Grafana's `{{label}}`. */
    readonly legend: string;
}
/** One panel of a dashboard. */
interface Panel {
    readonly title: string;
    readonly kind: 'timeseries' | 'stat' | 'bars' | 'state' | 'heatmap';
    /** Grafana's name of the unit. */
    readonly unit: 'short' | 'percentunit' | 's' | 'ops';
    readonly queries: readonly PanelQuery[];
    /** Where it becomes yellow, and where red. */
    readonly levels?: {
        readonly yellow?: number;
        readonly red?: number;
    };
}

/** One board, for Grafana or for anything else that asks Prometheus. */
interface Dashboard {
    readonly uid: string;
    readonly title: string;
    readonly panels: readonly Panel[];
}
/** How the boards are written. */
interface DashboardsOptions {
    /** The names that the metrics are exported under: `idiomatic` also for `names: 'both'`. Default `tps`. */
    readonly names?: QueryNames | undefined;
}
/**
 * The seven boards with the queries of their panels. They want everything exported: with `names: 'tps'` what no other name
 * has, the duration histogram for one, needs `names: 'both'` at the exporter.
 */
declare function dashboards(options?: DashboardsOptions): Dashboard[];

/** What tells one span from all others, as `@opentelemetry/api` has it. */
interface SpanContextLike {
    readonly traceId: string;
    readonly spanId: string;
    /** Bit 0 says that the span is sampled. */
    readonly traceFlags: number;
}
/** How `Exemplars` are made. */
interface ExemplarsOptions {
    /**
     * The span that is active, `undefined` for none: `() => trace.getActiveSpan()?.spanContext()` with `@opentelemetry/api`.
     * Only sampled ones are kept: a link to a trace that nobody stored helps nobody.
     */
    readonly activeSpan: () => SpanContextLike | undefined;
    /** How many durations of a source are remembered, the latest, at least 1. Default 64. */
    readonly perSource?: number | undefined;
    /** How many sources and counted series are remembered, at least 1; more are dropped and counted. Default 1000. */
    readonly maxSeries?: number | undefined;
    /** Wall-clock time in ms since 1970. Default `Date.now`. */
    readonly wallNow?: (() => number) | undefined;
}
/** One value that has a trace. */
interface Exemplar {
    readonly traceId: string;
    readonly spanId: string;
    readonly value: number;
    /** In ms since 1970. */
    readonly atMs: number;
}
/** Traces to look at: what was measured while a sampled span was active, by where it shows in the metrics. */
declare class Exemplars {
    #private;
    /** @throws {TypeError | RangeError} when an option is wrong. */
    constructor(options: ExemplarsOptions);
    /** How many were dropped because of `maxSeries`. */
    get dropped(): number;
    /** A duration, in ms, of the tracker called `source`: it shows at a bucket of `tps_signal_duration_seconds`. */
    duration(source: string, ms: number): void;
    /** Something that a counter of `source` counted; `detail` is the value of its second label. */
    count(kind: SourceKind, source: string, detail?: string): void;
    /** The latest duration above one bound and up to another, both in ms. O(perSource). */
    between(source: string, aboveMs: number, upToMs: number): Exemplar | undefined;
    /** The latest that was counted. */
    counted(kind: SourceKind, source: string, detail?: string): Exemplar | undefined;
}

/** The text format 0.0.4 of Prometheus, or OpenMetrics 1.0. */
type TextFormat = 'prometheus' | 'openmetrics';

/** What a page shows beside the sources. */
interface MetricsPageOptions extends CollectMetricsOptions {
    /** Traces to look at. They show in OpenMetrics only: the older format has no place for them. Default none. */
    readonly exemplars?: Exemplars | undefined;
}
/** How a page is asked for. */
interface RenderOptions {
    /** The `Accept` header of the request: OpenMetrics is given to who names it. Default: the format 0.0.4. */
    readonly accept?: string | undefined;
    /** Text of other metrics, in the same format, `prom-client`'s for one. It goes first; an `# EOF` in it is taken out. */
    readonly before?: string | ((format: TextFormat) => string) | undefined;
}
/** A page as it is sent. */
interface RenderedPage {
    readonly contentType: string;
    readonly body: string;
}
/**
 * What `GET /metrics` answers, without any other library: each source's `snapshot()` is read once a scrape, and between
 * scrapes nothing happens.
 */
declare class MetricsPage {
    #private;
    /** @throws {TypeError | RangeError} when an option is wrong. */
    constructor(options: MetricsPageOptions);
    /** Shows more sources, under names of their own choice. Returns what takes them out again. */
    add(options: CollectMetricsOptions): () => void;
    /** The names of the families that may show. */
    names(): string[];
    /** Reads everything and writes it down. O(series). */
    render({ accept, before }?: RenderOptions): RenderedPage;
}

/** Every metric as a Markdown page, from the catalogue: names of both profiles, type, labels, meaning. */
declare function metricsReference(): string;

/** An alert that Prometheus watches. */
interface PrometheusAlert {
    readonly name: string;
    /** PromQL, with the names of a profile. */
    readonly expr: string;
    /** How long it must hold, as Prometheus writes durations. */
    readonly for: string;
    readonly severity: 'red' | 'yellow';
    readonly summary: string;
    readonly description: string;
}
/** How the rule file is written. */
interface RuleFileOptions {
    /** The names that the metrics are exported under: `idiomatic` also for `names: 'both'`. Default `tps`. */
    readonly names?: QueryNames | undefined;
}
/** The six alerts of the TPS documents, as Prometheus watches them. */
declare function prometheusAlerts(options?: RuleFileOptions): PrometheusAlert[];
/** The same as a rule file for Prometheus, in YAML. `promtool check rules` accepts it. */
declare function alertRuleFile(options?: RuleFileOptions): string;

export { CATALOGUE, Exemplars, MetricSource, MetricsPage, Reading, ReadingsOf, SourceKind, alertRuleFile, collectMetrics, dashboards, metricsReference, namesOf, prometheusAlerts };
export type { CatalogueRow, CollectMetricsOptions, Dashboard, DashboardsOptions, Exemplar, ExemplarsOptions, ExportedName, HeldBuckets, MetricSources, MetricUnit, MetricsPageOptions, MetricsRegistry, NameProfile, Panel, PanelQuery, PrometheusAlert, QueryNames, RenderOptions, RenderedPage, RuleFileOptions, SampleSuffix, SpanContextLike, TakeSample, TextFormat };
