/** A number, or nothing to show: then the metric has no sample. */
type Reading = number | null | undefined;
/** What is read of a circuit breaker. */
interface BreakerReadings {
    readonly state: 'closed' | 'open' | 'half-open' | 'forced-open' | 'disabled';
    /** Calls refused since it was made; `totals.rejected` does as well. */
    readonly rejected?: Reading;
    readonly totals?: {
        readonly success?: Reading;
        readonly failure?: Reading;
        readonly rejected?: Reading;
        readonly opened?: Reading;
    };
    readonly window?: {
        readonly failureRatio?: Reading;
    };
}
/** What is read of a queue. Rates are per second, ages in ms, the rest are items. */
interface QueueReadings {
    readonly depth: Reading;
    readonly capacity?: Reading;
    /** Since it was made. */
    readonly rejected?: Reading;
    readonly enqueueRate?: Reading;
    readonly dequeueRate?: Reading;
    readonly oldestAgeMs?: Reading;
}
/** What is read of a worker pool. `utilization` is from 0 to 1; the last three count since it was made. */
interface PoolReadings {
    readonly workers: Reading;
    readonly busy?: Reading;
    readonly utilization?: Reading;
    /** Handlers that have timed out and still run. */
    readonly overdue?: Reading;
    readonly processed?: Reading;
    readonly failed?: Reading;
    readonly retried?: Reading;
}
/** What is read of a load leveler. The last two count since it was made. */
interface LevelerReadings {
    /** By worker, in the order of the workers. */
    readonly workerLoads: readonly number[];
    readonly imbalanceFactor?: Reading;
    readonly rebalanceAttempts?: Reading;
    readonly itemsMoved?: Reading;
}
/** What is read of a percentile tracker. Values are in ms. */
interface TrackerReadings {
    /** Values in the window. */
    readonly count: Reading;
    readonly sum?: Reading;
    /** How far back `count` and `sum` go; nothing when they never forget. */
    readonly windowMs?: Reading;
    /** Values since it was made, and their sum: what `_count` and `_sum` need when there is a window. */
    readonly totalCount?: Reading;
    readonly totalSum?: Reading;
    readonly min?: Reading;
    readonly max?: Reading;
    readonly mean?: Reading;
    readonly p50?: Reading;
    readonly p90?: Reading;
    readonly p95?: Reading;
    readonly p99?: Reading;
    readonly p999?: Reading;
}
/** What is read of a dead-letter queue. */
interface DeadLetterReadings {
    readonly size: Reading;
    /** Since it was made. */
    readonly dropped?: Reading;
}
/** What is read of a whole service: how its signals ended. */
interface SignalReadings {
    /** Signals by how they ended, since the start: `{ completed: 10, failed: 1 }`. */
    readonly byStatus: Readonly<Record<string, number>>;
    /** Share of the recent signals that failed, from 0 to 1. */
    readonly errorRatio?: Reading;
    /** Share of the recent signals that succeeded, from 0 to 1. Default 1 − `errorRatio`. */
    readonly successRatio?: Reading;
}
/** What is read of an alert emitter. */
interface AlertReadings {
    readonly firing: Reading;
    readonly pending?: Reading;
    readonly evaluations?: Reading;
    readonly sourceErrors?: Reading;
}
/** What is read of the collectors themselves. */
interface CollectorReadings {
    readonly readFailures: Reading;
    readonly droppedSeries: Reading;
}
/** What can be collected, and what is read of it. */
interface ReadingsOf {
    readonly breakers: BreakerReadings;
    readonly queues: QueueReadings;
    readonly pools: PoolReadings;
    readonly levelers: LevelerReadings;
    readonly trackers: TrackerReadings;
    readonly deadLetters: DeadLetterReadings;
    readonly signals: SignalReadings;
    readonly alerts: AlertReadings;
    readonly collectors: CollectorReadings;
}
type SourceKind = keyof ReadingsOf;
/** Anything with a name and readings: the primitives of all packages fit, and so does an object literal. */
interface MetricSource<Readings> {
    /** The value of the label that tells sources of a kind apart. Unique among them. */
    readonly name: string;
    /** Called once at each scrape. Quick and without side effect. */
    snapshot(): Readings;
}

/** What a reading is measured in. Milliseconds become seconds under an idiomatic name. */
type MetricUnit = 'count' | 'ratio' | 'milliseconds' | 'per second' | 'state';
/**
 * Takes one sample. `detail` is the value of the row's second label; `suffix` is for summaries.
 * A reading that is not a number gives no sample.
 */
type TakeSample = (value: Reading, detail?: string, suffix?: '_sum' | '_count') => void;
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
    readonly type: 'gauge' | 'counter' | 'summary';
    readonly unit: MetricUnit;
    /** One sentence, without the unit. */
    readonly help: string;
    /** The label with the source's name, then the one with the detail. */
    readonly labels: readonly [] | readonly [string] | readonly [string, string];
    /** How prom-client's cluster mode adds up several processes. Percentiles can't be averaged: the worst is kept. */
    readonly aggregator: 'sum' | 'average' | 'max' | 'omit';
    readonly read: (readings: ReadingsOf[Kind], sample: TakeSample) => void;
}
/** Which names are exported. */
type NameProfile = 'tps' | 'idiomatic' | 'both';
/** One exported name of a row. */
interface ExportedName {
    readonly name: string;
    readonly help: string;
    /** What a reading is multiplied with. */
    readonly scale: number;
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
/** What `collectMetrics` reads, and how it names it. */
interface CollectMetricsOptions {
    readonly breakers?: MetricSources<'breakers'> | undefined;
    readonly queues?: MetricSources<'queues'> | undefined;
    readonly pools?: MetricSources<'pools'> | undefined;
    readonly levelers?: MetricSources<'levelers'> | undefined;
    readonly trackers?: MetricSources<'trackers'> | undefined;
    readonly deadLetters?: MetricSources<'deadLetters'> | undefined;
    readonly signals?: MetricSources<'signals'> | undefined;
    readonly alerts?: MetricSources<'alerts'> | undefined;
    /**
     * - `tps` (default): every reading once, by the name that the TPS documents use where they have one.
     * - `idiomatic`: every reading once, by the conventions of Prometheus: base units, `_total`, `_ratio`.
     * - `both`: by both.
     */
    readonly names?: NameProfile | undefined;
    /** How many series a metric may have, at least 1. What is over it is left out and counted. Default 1000. */
    readonly maxSeries?: number | undefined;
    /** Receives what a source's `snapshot()` threw, with the source's name. The scrape goes on. Default: only counted. */
    readonly onError?: ((error: unknown, source: string) => void) | undefined;
}
/**
 * Registers the metrics of the given sources in a prom-client registry. Each source's `snapshot()` is read once when
 * the registry is scraped; between scrapes nothing happens. It may be called several times for one registry: sources
 * of a kind must have different names over all calls, else the later one is left out and counted.
 *
 * Returns a function that takes the sources out again.
 * @throws {TypeError | RangeError} when an option is wrong; what prom-client throws when a name is taken.
 */
declare function collectMetrics(registry: MetricsRegistry, options: CollectMetricsOptions): () => void;

export { CATALOGUE, collectMetrics, namesOf };
export type { AlertReadings, BreakerReadings, CatalogueRow, CollectMetricsOptions, CollectorReadings, DeadLetterReadings, ExportedName, LevelerReadings, MetricSource, MetricSources, MetricUnit, MetricsRegistry, NameProfile, PoolReadings, QueueReadings, Reading, ReadingsOf, SignalReadings, SourceKind, TakeSample, TrackerReadings };
