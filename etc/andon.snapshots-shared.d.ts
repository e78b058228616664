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
    /**
     * How many values since it was made were at most `upToMs`, ascending, without the last bucket up to infinity: then there is
     * a histogram.
     */
    readonly buckets?: readonly {
        readonly upToMs: number;
        readonly count: number;
    }[] | undefined;
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
/** What is read of a limiter: of rate, of concurrency, or a throttle. Totals count since it was made. */
interface LimiterReadings {
    readonly limit?: Reading;
    readonly inFlight?: Reading;
    readonly waiting?: Reading;
    /** The same, as some limiters call it. */
    readonly queued?: Reading;
    readonly totals?: {
        readonly admitted?: Reading;
        /** The same, as some limiters call it. */
        readonly accepted?: Reading;
        readonly rejected?: Reading;
        /** Of a throttle: calls held back on this side. It goes before `rejected`, which is the other side's word there. */
        readonly throttled?: Reading;
    };
}
/** What is read of an autoscaler. The last three count since it was made. */
interface AutoscalerReadings {
    readonly workers: Reading;
    readonly recommended?: Reading;
    readonly scaledUp?: Reading;
    readonly scaledDown?: Reading;
    readonly notHelping?: Reading;
}
/** What is read of a service level objective. Ratios are from 0 to 1. */
interface SloReadings {
    readonly target: Reading;
    readonly goodRatio?: Reading;
    readonly budgetRemaining?: Reading;
    readonly alerts?: readonly {
        readonly longMs: number;
        readonly longBurnRate: Reading;
    }[];
}
/** What is read of a board. */
interface BoardReadings {
    readonly colour: 'green' | 'yellow' | 'red' | 'unknown';
    readonly stations: readonly {
        readonly station: string;
        readonly colour: 'green' | 'yellow' | 'red' | 'unknown';
    }[];
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
    readonly limiters: LimiterReadings;
    readonly autoscalers: AutoscalerReadings;
    readonly trackers: TrackerReadings;
    readonly slos: SloReadings;
    readonly deadLetters: DeadLetterReadings;
    readonly signals: SignalReadings;
    readonly alerts: AlertReadings;
    readonly boards: BoardReadings;
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

export type { AlertReadings as A, BoardReadings as B, CollectorReadings as C, DeadLetterReadings as D, LevelerReadings as L, MetricSource as M, PoolReadings as P, QueueReadings as Q, Reading as R, SourceKind as S, TrackerReadings as T, ReadingsOf as a, AutoscalerReadings as b, BreakerReadings as c, LimiterReadings as d, SignalReadings as e, SloReadings as f };
