import { B as Bucket, M as Mergeable } from './contents-shared.js';

/** What is compared: the mean, or a quantile such as `{ quantile: 0.99 }`. */
type Metric = 'mean' | {
    readonly quantile: number;
};
/**
 * What became of it. `improved` and `regressed`: the interval leaves out "no change". `equivalent`: the difference is
 * surely less than the margin that matters, whether it is 0 or not. `inconclusive`: more data could say more.
 */
type Verdict = 'improved' | 'regressed' | 'equivalent' | 'inconclusive';
/** One side of a comparison. */
interface Side {
    readonly variant: string;
    /** How many values there were. */
    readonly count: number;
    /** The metric of all of them; `null` without values. */
    readonly value: number | null;
}
/** What the candidate is against the baseline, as a factor: 0.9 is 10 % less. */
interface Effect {
    readonly ratio: number;
    /** Lower end of the interval. */
    readonly low: number;
    /** Upper end of the interval. */
    readonly high: number;
    /** Natural logarithm of `ratio`: what is estimated, because it is the same in both directions. */
    readonly logRatio: number;
    /** Standard error of `logRatio`. */
    readonly standardError: number;
}
/** What a comparison found. Plain JSON. */
interface ExperimentResult {
    readonly name: string;
    /**
     * `switchback`: variants took turns at random, so that the difference is theirs. `observational`: one was after the
     * other, or elsewhere, and the difference may be that of anything else that was different.
     */
    readonly design: 'switchback' | 'observational';
    readonly metric: Metric;
    readonly better: 'lower' | 'higher';
    readonly verdict: Verdict;
    /** Why, in one sentence. */
    readonly reason: string;
    readonly baseline: Side;
    readonly candidate: Side;
    /** `null` while there are too few values. */
    readonly effect: Effect | null;
    /** The probability of a difference at least this large where there is none; `null` without an effect. */
    readonly pValue: number | null;
    /**
     * The smallest change that this much data would find four times in five, as a share: 0.05 is 5 %. `null` without an
     * effect.
     */
    readonly detectableRatio: number | null;
    readonly confidence: number;
    readonly equivalenceRatio: number;
    /** How many groups of values the error was estimated from. */
    readonly groups: number;
}

/** A source of monotonic time. Only differences between two readings mean anything. */
interface Clock {
    /** Milliseconds since an arbitrary fixed moment, with fractions. Never runs backwards. */
    now(): number;
}

/** Receives what a listener threw. `event` is the name of the event it was listening to. */
type ListenerErrorHandler = (error: unknown, event: string) => void;
/** A type whose keys are event names and whose values are tuples of arguments. */
type EventMap<Events> = {
    [E in keyof Events]: unknown[];
};

/** Everything that andon can watch. */
interface Observable<Events extends EventMap<Events>> {
    /** What it is called on boards, in metrics and in messages. */
    readonly name: string;
    /** Adds a listener and returns what takes it away again. */
    on<E extends keyof Events & string>(event: E, listener: (...args: Events[E]) => void): () => void;
    /** A plain JSON object of the present readings: cheap, without side effect. */
    snapshot(): object;
}

/** How a difference is judged. */
interface ComparisonOptions {
    /** What the comparison is called in the report. Default "experiment". */
    readonly name?: string | undefined;
    /** What is compared. A quantile is above 0 and below 1. Default the mean. */
    readonly metric?: Metric | undefined;
    /** Which way is better. Default "lower", as for durations. */
    readonly better?: 'lower' | 'higher' | undefined;
    /** Of the interval and of both tests, from 0.5 to 0.9999. Default 0.95. */
    readonly confidence?: number | undefined;
    /** The change that doesn't matter to you, as a share, above 0 and at most 1. Default 0.01, which is 1 %. */
    readonly equivalenceRatio?: number | undefined;
    /**
     * How many values of each variant it takes to say anything, at least 20. Default 100, and for a quantile as many as
     * put ten beyond it: 1000 for p99.
     */
    readonly minValues?: number | undefined;
}
/** What an `Experiment` is made with. Checked and copied once. */
interface ExperimentOptions<V extends string = string> extends ComparisonOptions {
    /** The variants: first what there is, then what might be better. Default "control" and "treatment". */
    readonly variants?: readonly [baseline: V, candidate: V] | undefined;
    /**
     * How long a variant's turn is, in ms, from 1 to a day. Short against what disturbs you, long against what a request
     * takes. Two turns are a block, in random order. Default 1000.
     */
    readonly sliceMs?: number | undefined;
    /**
     * How much of the beginning of a turn doesn't count, in ms, below `sliceMs`: what the other variant left in caches and
     * queues. Default 0.
     */
    readonly washoutMs?: number | undefined;
    /** An integer that fixes the order of turns, 0 or more. Default made from `name`. */
    readonly seed?: number | undefined;
    /** How many blocks with values of both variants it takes to say anything, from 10. Default 20. */
    readonly minBlocks?: number | undefined;
    /** Monotonic time. Default: the platform's. */
    readonly clock?: Clock | undefined;
    /** Receives what a listener threw. Default: prints it with `console.error`. */
    readonly onListenerError?: ListenerErrorHandler | undefined;
}

/** What has been measured: values in the order they came in, or a tracker that is finished. */
type Measured = readonly number[] | {
    readonly count: number;
    readonly mean: number;
    quantile(q: number): number;
    buckets(): Iterable<{
        readonly lower: number;
        readonly upper: number;
        readonly count: number;
    }>;
};
/**
 * Compares what was measured before a change with what was measured after it, or here with there. The result is labelled
 * `observational`, because the difference is that of everything that was different, the change or not; an `Experiment`
 * tells them apart.
 *
 * Values in order are cut into 20 batches and the error is estimated from how those differ, which allows for memory
 * shorter than a batch. A tracker has lost the order: its values are taken to be independent, and the interval is too
 * narrow where they aren't. Values that are not finite and above 0 are left out.
 * @throws TypeError or RangeError when an argument or option is not what it must be.
 */
declare function compareBeforeAfter(before: Measured, after: Measured, options?: ComparisonOptions): ExperimentResult;

/** A stretch of a request's time. */
interface StageSpan {
    readonly stage: string;
    /** Of any clock, as long as it is the same for the whole request, in ms. */
    readonly startMs: number;
    /** Not before `startMs`. */
    readonly endMs: number;
    /** What happened within it. They are named by their path: "work/database". */
    readonly children?: readonly StageSpan[] | undefined;
}

/** What one stage contributes. `null` stands where there are no records. */
interface StageShare<S extends string = string> {
    readonly stage: S | 'other' | 'untracked';
    /**
     * Mean time a record spends in this stage, over all records, those that did not pass it included. Time that stages
     * spend at the same moment is divided evenly, so that the means add up.
     */
    readonly mean: number | null;
    /** Its part of the mean total, from 0 to 1; `null` when the total is 0. */
    readonly share: number | null;
    /**
     * What it would save, on average: by how much a record would be shorter if this stage, and what is within it, took no
     * time. Less than it takes where others are at work at the same moment. These don't add up.
     */
    readonly saves: number | null;
    /** As `mean`, over the slowest records alone. */
    readonly slowestMean: number | null;
    /** As `share`, over the slowest records alone. */
    readonly slowestShare: number | null;
    /** As `saves`, over the slowest records alone. */
    readonly slowestSaves: number | null;
}
/** Readings of a `Breakdown`. What has no value when there are no records is `null`. */
interface BreakdownSnapshot<S extends string = string> {
    readonly name: string;
    /** How far back the readings go, in ms; `null` when nothing is forgotten. */
    readonly windowMs: number | null;
    /** Valid records. */
    readonly count: number;
    /** Records refused because a duration in them was none. */
    readonly invalid: number;
    /** Mean time of a record in all stages together: the sum of the stages' means. */
    readonly mean: number | null;
    /** How many records the readings of the slowest are taken from: as many as `slowest` says, or all. */
    readonly slowestCount: number;
    /** Mean time of the slowest records: the sum of the stages' `slowestMean`. */
    readonly slowestMean: number | null;
    /** In the order of `stages`, then of first use; "other" last. Stages that no record of the window passed are not in it. */
    readonly stages: readonly StageShare<S>[];
}

/** A tracker as plain JSON: what `toJSON` gives and `fromJSON` takes. */
interface PercentileData {
    readonly version: 1;
    readonly name: string;
    readonly zeros: number;
    readonly invalid: number;
    readonly collapsed: number;
    /** Collapsed values were in buckets below this index; `null` when there are none. */
    readonly collapsedBelow: number | null;
    /** `null` when it is beyond the greatest double. */
    readonly sum: number | null;
    /** `null` when there are no values. */
    readonly min: number | null;
    /** `null` when there are no values. */
    readonly max: number | null;
    readonly totalCount: number;
    /** `null` when it is beyond the greatest double. */
    readonly totalSum: number | null;
    /**
     * Index and count of each bucket that holds values, ascending: index i is (2^(i / 64), 2^((i + 1) / 64)], as
     * OpenTelemetry numbers them at scale 6. Subnormal values have finer buckets of our own below.
     */
    readonly buckets: readonly (readonly [index: number, count: number])[];
}

/** What everything that measures over time has in common. */
interface MeasureOptions {
    /**
     * How far back it looks, in ms, greater than 0. Default: as far as it exists, nothing is ever forgotten.
     * With a window, what was recorded in the present slice and the `slices - 1` before it counts: between
     * `windowMs * (1 - 1 / slices)` and `windowMs` of time.
     */
    readonly windowMs?: number | undefined;
    /** Into how many steps the window is cut. From 1 (all is forgotten at once) to 1000. Default 10. Needs `windowMs`. */
    readonly slices?: number | undefined;
    /** Where time comes from. Default: monotonic time of the platform. */
    readonly clock?: Clock | undefined;
    /** Receives what a listener threw. Default: prints it with `console.error`. */
    readonly onListenerError?: ListenerErrorHandler | undefined;
}
/** What a `PercentileTracker` is made with. */
interface PercentileTrackerOptions extends MeasureOptions {
    /** What it is called on boards, in metrics and in messages. Default "percentiles". */
    readonly name?: string | undefined;
    /**
     * How many buckets there may be at once, from 64 to 137,664 (every double). Rounded down to a multiple of 64: a power
     * of two takes 64. Default 4096, enough for values 19 orders of magnitude apart, at 8 bytes a bucket, or 16 with a
     * window. They are made when values need them.
     * At the bound the smallest values are collapsed into one bucket, so that the larger keep their precision; the
     * snapshot's `collapsed` says how many. A quantile that falls among them answers with their upper limit.
     */
    readonly maxBuckets?: number | undefined;
}
/** What a `TrackerMap` is made with. Window, slices and buckets are those of each tracker. */
interface TrackerMapOptions extends Omit<PercentileTrackerOptions, 'name'> {
    /** What it is called on boards, in metrics and in messages. Default "trackers". */
    readonly name?: string | undefined;
    /** How many keys there may be, from 1 to 10,000,000. Default 1000. A key takes some 2 KiB, or more if its values vary. */
    readonly maxKeys?: number | undefined;
    /**
     * What happens when a key comes that there is no room for. "evict" (default): a key that was not recorded for for long
     * goes, with its values; the event tells. "other": the value goes to the tracker `other`, and is counted as overflowed.
     */
    readonly overflow?: 'evict' | 'other' | undefined;
}
/** What a `Breakdown` is made with. */
interface BreakdownOptions<S extends string = string> extends MeasureOptions {
    /** What it is called on boards, in metrics and in messages. Default "breakdown". */
    readonly name?: string | undefined;
    /** Stages to show from the start, in this order. Others follow in the order of first use. Default none. */
    readonly stages?: readonly S[] | undefined;
    /**
     * How many stages there may be, from 1 to 10,000. Default 64, or as many as `stages` names where that is more.
     * What further stages take is added up as one stage called "other", so that the means still add up to the total.
     */
    readonly maxStages?: number | undefined;
    /** How many of the slowest records are kept to say where their time went, from 1 to 1000. Default 20. */
    readonly slowest?: number | undefined;
}

/** Readings of a `PercentileTracker`. What has no value when there are no values is `null`. */
interface PercentileSnapshot {
    readonly name: string;
    /** How far back the readings go, in ms; `null` when nothing is forgotten. */
    readonly windowMs: number | null;
    /** Valid values, zeros included. */
    readonly count: number;
    readonly zeros: number;
    /** Values refused: NaN, infinite, negative. */
    readonly invalid: number;
    /** Values that lost their precision because of `maxBuckets`. */
    readonly collapsed: number;
    /** `null` when it is beyond the greatest double. */
    readonly sum: number | null;
    /** Valid values there ever were, whatever the window has forgotten. Never falls. */
    readonly totalCount: number;
    /** Their sum. Never falls; `null` when it is beyond the greatest double. */
    readonly totalSum: number | null;
    readonly mean: number | null;
    readonly min: number | null;
    readonly p50: number | null;
    readonly p90: number | null;
    readonly p95: number | null;
    readonly p99: number | null;
    readonly p999: number | null;
    readonly max: number | null;
}

/**
 * Percentiles of a stream of durations, or of any other values of 0 or more, in constant memory.
 *
 * Values are counted in exponential buckets of base 2^(1/64), the layout of OpenTelemetry's exponential histogram at
 * scale 6 and of Prometheus' native histogram at schema 6. A quantile is off by at most 0.55 % of the value that exact
 * sorting gives, for every positive double that was not collapsed at `maxBuckets`. Source of the bound: Masson, Rim and
 * Lee, DDSketch, VLDB 2019, section 2.
 *
 * Zeros are counted apart and exact. NaN, infinities, negative numbers and what is no number are counted as `invalid`,
 * are in no other figure and never throw. Recording is O(1) and allocates nothing, except for the first value in a power
 * of two and the first in a slice of the window.
 *
 * Without `windowMs` it covers everything since it was made or reset; with it, the last `windowMs`. It owns no timer:
 * what is too old leaves when the tracker is next used.
 */
declare class PercentileTracker implements Observable<PercentileTrackerEvents> {
    #private;
    readonly name: string;
    /** How far back it looks, in ms; `undefined` when nothing is forgotten. */
    readonly windowMs: number | undefined;
    /** @throws TypeError or RangeError when an option is not what it must be. */
    constructor(options?: PercentileTrackerOptions);
    /**
     * Counts one value. Never throws.
     * `now` is the moment it belongs to, as read from the tracker's clock: pass the reading that ended a duration, and the
     * tracker needs none of its own. A `now` of an earlier slice counts in the present one. Without a window it is not
     * looked at.
     */
    record(value: number, now?: number): void;
    /**
     * Counts many values of one moment: as `record` for each of them, with the clock read once. What is no value among
     * them is counted as invalid, and never throws.
     * @throws TypeError when `values` can't be iterated.
     */
    recordMany(values: Iterable<number>, now?: number): void;
    /**
     * Calls `work`, records how long it took in ms, and gives back what it returns. Work that returns a promise is timed
     * until the promise settles. Work that throws or rejects is recorded as well, and its error passes through.
     */
    time<T>(work: () => PromiseLike<T>): Promise<T>;
    time<T>(work: () => T): T;
    /**
     * The value below or at which a share `q` of the values lies, by nearest rank: of `count` values in ascending order,
     * the one at place ⌈q · count⌉. At most 0.55 % off; 0 gives the least and 1 the greatest value exactly. NaN when
     * there are no values.
     * @throws RangeError when `q` is not in [0, 1].
     */
    quantile(q: number): number;
    /** As `quantile`, for several at once and all of the same moment. */
    quantiles(qs: readonly number[]): number[];
    /**
     * The share of values, from 0 to 1, that are at most `value`. Those that share its bucket count as at most: the
     * answer is that for a value up to 1.1 % higher. NaN when there are no values, or when `value` is NaN.
     */
    rank(value: number): number;
    /**
     * How many values are at most each of `bounds`: the buckets of a classic histogram, without the last one up to infinity.
     * Those that share a bucket of the tracker with a bound count as at most, as in `rank`. One pass over the counts, however
     * many bounds there are. The result is `into`, which makes it do without allocating; default a new array.
     * @throws TypeError when a bound is no number, or `into` no `Float64Array`.
     * @throws RangeError when `bounds` don't ascend from 0 or more, or when `into` has no room for them.
     */
    countsUpTo(bounds: readonly number[], into?: Float64Array): Float64Array;
    /** How many valid values there are, zeros included. */
    get count(): number;
    /** How many of the values are 0. */
    get zeros(): number;
    /** How many values were refused. */
    get invalid(): number;
    /** How many values lost their precision because of `maxBuckets`. */
    get collapsed(): number;
    /** The sum of the values; 0 when there are none. */
    get sum(): number;
    /** The arithmetic mean, not approximated; NaN when there are no values. */
    get mean(): number;
    /** How many valid values there ever were: neither the window nor `reset` nor `subtract` lowers it. */
    get totalCount(): number;
    /** The sum of the values there ever were. Never falls, not even by rounding. */
    get totalSum(): number;
    /** The least value, exact; NaN when there are none. */
    get min(): number;
    /** The greatest value, exact; NaN when there are none. */
    get max(): number;
    /** What is counted, in ascending order, bucket by bucket: zeros as (0, 0], collapsed values as one bucket from 0. */
    buckets(): IterableIterator<Bucket>;
    /**
     * Adds what `other` holds at present, as if its values had been recorded here now. `other` stays as it is. The order
     * of merging doesn't matter, except for rounding in `sum`.
     * @throws TypeError when `other` is no tracker.
     */
    merge(other: Mergeable): this;
    /**
     * Takes out what `other` holds at present: the inverse of `merge`. `other` stays as it is. With a window, it is taken
     * out of the present slice. To know what was recorded since a certain moment, subtract a copy made at that moment.
     *
     * Counts are exact. An extreme that may have been taken out, and a sum that is a tiny rest of what it was, are known to
     * within 0.55 % from then on. What `maxBuckets` has collapsed, here or there, stays collapsed.
     * @throws TypeError when `other` is no tracker.
     * @throws RangeError when it holds anything that this one does not; then nothing is changed.
     */
    subtract(other: Mergeable): this;
    /**
     * What it holds at present, and its totals, as bytes: about three for each bucket in use. Name, window and bound are
     * not in it.
     */
    toBytes(): Uint8Array<ArrayBuffer>;
    /**
     * Makes a tracker of what `toBytes` gave. With a window, the values count as recorded now. If `maxBuckets` is lower
     * than it was, the smallest values are collapsed.
     * @throws DecodeError when the bytes were cut off or changed, or are of a version that is not known.
     */
    static fromBytes(bytes: Uint8Array, options?: PercentileTrackerOptions): PercentileTracker;
    /** As `toBytes`, as plain JSON, with the name. */
    toJSON(): PercentileData;
    /**
     * Makes a tracker of what `toJSON` gave, as `fromBytes`. The name is the one in the data unless `options` has another.
     * @throws DecodeError when the data is not what a tracker can have given.
     */
    static fromJSON(data: unknown, options?: PercentileTrackerOptions): PercentileTracker;
    /** Forgets everything but the totals, and gives the buckets' memory back. */
    reset(): void;
    /** The present readings as plain JSON. As dear as three quantiles, about. */
    snapshot(): PercentileSnapshot;
    on<E extends keyof PercentileTrackerEvents>(event: E, listener: (...args: PercentileTrackerEvents[E]) => void): () => void;
}

/** Something was recorded that is no duration. It was counted as invalid and is in no other figure. */
interface InvalidValueEvent {
    /** What was given: NaN, an infinity, a negative number, or no number at all. */
    readonly value: unknown;
}
/** The bound on buckets was reached: from now on the smallest values lose their precision. */
interface CollapseEvent {
    /** How many values have lost it so far, in the window or since the start. */
    readonly collapsed: number;
}
/** A record had a stage whose duration is none. The whole record was counted as invalid. */
interface InvalidStageEvent {
    readonly stage: string;
    /** What was given: NaN, an infinity, a negative number, or no number at all. */
    readonly value: unknown;
}
/** A key had to go for another. */
interface EvictEvent<K> {
    readonly key: K;
    /** With what it held: merge it elsewhere if it must not be lost. */
    readonly tracker: PercentileTracker;
}
/** There was no room for a key: its value went to `other`. */
interface OverflowEvent<K> {
    readonly key: K;
}
/** What a `TrackerMap` tells. */
interface TrackerMapEvents<K> {
    /** For each key that was evicted. */
    evict: [event: EvictEvent<K>];
    /** For each value that went to `other`. */
    overflow: [event: OverflowEvent<K>];
}
/** What a `PercentileTracker` tells. */
interface PercentileTrackerEvents {
    /** For each invalid value. */
    invalid: [event: InvalidValueEvent];
    /** When no value had lost its precision and now some have. */
    collapse: [event: CollapseEvent];
}
/** What a `Breakdown` tells. */
interface BreakdownEvents {
    /** For each invalid record, with the first stage that was wrong. */
    invalid: [event: InvalidStageEvent];
}

/** How long one request took, stage by stage. A stage that is absent took no time. */
type StageDurations<S extends string = string> = {
    readonly [K in S]?: number | undefined;
};
/**
 * Where the time goes. One record is a whole request, cut into its stages; the readings are the mean time of each stage,
 * its share of the total, what it would save, and the same of the slowest records. Means add up, percentiles don't: the
 * p99 of a sum is not the sum of the p99s.
 *
 * A record in which any duration is NaN, infinite, negative or no number is counted as `invalid` as a whole and never
 * throws. It owns no timer: what is too old leaves when the breakdown is next used.
 */
declare class Breakdown<S extends string = string> implements Observable<BreakdownEvents> {
    #private;
    readonly name: string;
    /** How far back it looks, in ms; `undefined` when nothing is forgotten. */
    readonly windowMs: number | undefined;
    /** @throws TypeError or RangeError when an option is not what it must be. */
    constructor(options?: BreakdownOptions<S>);
    /**
     * Counts one request whose stages followed each other. Never throws. O(stages).
     * `now` is the moment it belongs to, as read from the clock of the breakdown; without it the clock is read. Without a
     * window it is not looked at.
     */
    record(durations: StageDurations<S>, now?: number): void;
    /**
     * Counts one request as a tree of spans, which may be nested and overlap. Each moment from the first start to the last
     * end is given to the innermost stages at work in it, evenly, or to "untracked" when there is none: the parts add up to
     * what the request took. A stage within another is named by its path, such as "work/database". Wrong times never
     * throw. O(spans²) at worst. `now` as in `record`: the moment at which the request counts, not the clock of the spans.
     */
    recordSpans(spans: readonly StageSpan[], now?: number): void;
    /** Forgets every record, and every stage that was not named in the options. */
    reset(): void;
    /** The present readings as plain JSON. O(stages · slices). */
    snapshot(): BreakdownSnapshot<S>;
    on<E extends keyof BreakdownEvents>(event: E, listener: (...args: BreakdownEvents[E]) => void): () => void;
}

/** A system in balance: what is in it, what goes through it, and how long that takes. */
interface LittlesLaw {
    /** How many are in the system on average: L. */
    readonly inSystem: number;
    /** How many go through it in a second: λ. */
    readonly perSecond: number;
    /** How long one is in it on average, in ms: W. */
    readonly timeMs: number;
}
/**
 * Little's law, L = λ W, for whatever is missing of the three. It holds for averages over a long time of any system that
 * doesn't grow, a queue, a pool or a whole service. Source: Little, Operations Research 9 (1961).
 * @throws TypeError or RangeError unless exactly two are given, 0 or more, and what is divided by is above 0.
 */
declare function littlesLaw(known: Partial<LittlesLaw>): LittlesLaw;
/**
 * How many workers a peak takes, if they are not to be busier than `targetUtilization`: ⌈peak / (perWorker · target)⌉, at
 * least 1. `peak` and `perWorker` in the same unit, items a second as a rule. It takes workers to add up; where they get
 * in each other's way, `fitUsl` says by how much.
 * @throws TypeError or RangeError when a number is not above 0, or the target above 1.
 */
declare function workersFor(peak: number, perWorker: number, targetUtilization?: number): number;
/**
 * The capacity of a queue in which nothing waits longer than `maxWaitMs`, when `peak` items a second leave it:
 * ⌊peak · wait⌋, at least 1. What comes beyond that is better refused at once than answered too late.
 * @throws TypeError or RangeError when a number is below 0.
 */
declare function queueFor(peak: number, maxWaitMs: number): number;

/** What a `ChangeDetector` is made with. Checked and copied once. */
interface ChangeDetectorOptions {
    /** What it is called on boards and in messages. Default "changes". */
    readonly name?: string | undefined;
    /** From how many values it learns what is usual, from 8 to 100,000; nothing is told meanwhile. Default 30. */
    readonly warmUp?: number | undefined;
    /**
     * How much evidence it takes, in standard deviations added up, from 1 to 1000. Default 8: a false alarm about once in
     * 9,500 independent values, and a shift by one standard deviation is told after about 17. At 5, 465 and 10.
     */
    readonly threshold?: number | undefined;
    /** The shift that doesn't matter, in standard deviations, from 0 to 10: half of what is to be found. Default 0.5. */
    readonly slack?: number | undefined;
    /** Receives what a listener threw. Default: prints it with `console.error`. */
    readonly onListenerError?: ListenerErrorHandler | undefined;
}
/** The level of a series is another than it was. */
interface ChangeEvent {
    readonly direction: 'up' | 'down';
    /** Number of the first value, from 0, that probably belongs to the new level. */
    readonly at: number;
    /** Number of the value that gave it away. */
    readonly detectedAt: number;
    /** The level that was usual. */
    readonly before: number;
    /** The mean of the values from `at` to `detectedAt`. */
    readonly after: number;
}
/** What a `ChangeDetector` tells. */
interface ChangeDetectorEvents {
    change: [event: ChangeEvent];
}
/** Readings of a `ChangeDetector`. */
interface ChangeDetectorSnapshot {
    readonly name: string;
    /** Values seen. */
    readonly count: number;
    /** Values refused: NaN, infinite, no number. */
    readonly invalid: number;
    readonly changes: number;
    /** Whether it still learns what is usual. */
    readonly isLearning: boolean;
    /** What is usual; `null` while it learns. */
    readonly mean: number | null;
    readonly standardDeviation: number | null;
    /** How much evidence there is for a rise, and for a fall: an alarm at 1. */
    readonly upRatio: number;
    readonly downRatio: number;
}
/**
 * Tells, value by value, when the level of a series changes: a two-sided CUSUM (Page, Biometrika 41, 1954). It learns
 * mean and standard deviation, adds up how far values lie beyond `slack` on either side, and tells when a sum passes
 * `threshold`; then it learns anew. One value adds at most half of the threshold, so that a single one, however far away,
 * is no change. A few numbers of memory.
 *
 * Values should be independent or nearly so: give it the mean or the p99 of each minute, not every request.
 */
declare class ChangeDetector implements Observable<ChangeDetectorEvents> {
    #private;
    readonly name: string;
    /** @throws TypeError or RangeError when an option is not what it must be. */
    constructor(options?: ChangeDetectorOptions);
    /** Takes the next value, and returns the change that it gives away, if it does. Never throws. O(1). */
    observe(value: number): ChangeEvent | undefined;
    /** Forgets what is usual, and learns anew. Counts go on. */
    reset(): void;
    snapshot(): ChangeDetectorSnapshot;
    on<E extends keyof ChangeDetectorEvents>(event: E, listener: (...args: ChangeDetectorEvents[E]) => void): () => void;
}
/** All changes that a `ChangeDetector` finds in a finished series. */
declare function changePoints(values: readonly number[], options?: ChangeDetectorOptions): ChangeEvent[];

/** Bytes or JSON are not what a tracker was written as: cut off, changed, or of a version that is not known. */
declare class DecodeError extends Error {
    readonly name = "DecodeError";
    readonly code = "ERR_DECODE";
    /** What is wrong with it, in a few words. */
    readonly reason: string;
    constructor(reason: string);
}

/**
 * What an experiment found, as Markdown to put on record: the decision, the numbers, how they were come by, and what
 * they don't say.
 */
declare function experimentReport(result: ExperimentResult): string;

/** Another variant has its turn. */
interface SwitchEvent<V extends string = string> {
    readonly variant: V;
    /** Number of the turn, from 0. */
    readonly slice: number;
}
/** Something was recorded that is no value, or of no variant. It is in no other figure. */
interface InvalidOutcomeEvent {
    readonly variant: unknown;
    readonly value: unknown;
}
/** What an `Experiment` tells. */
interface ExperimentEvents<V extends string = string> {
    /** Seen when a turn is asked for: by `assign`. */
    switch: [event: SwitchEvent<V>];
    invalid: [event: InvalidOutcomeEvent];
}
/** Readings of an `Experiment`. */
interface ExperimentSnapshot {
    readonly name: string;
    /** Whose turn it is. */
    readonly variant: string;
    readonly elapsedMs: number;
    /** Blocks that had values of both variants. */
    readonly blocks: number;
    /** Values left out because they came in the `washoutMs` after a switch. */
    readonly washedOut: number;
    readonly invalid: number;
    readonly result: ExperimentResult;
}
/**
 * Did the change help? A switchback experiment: two variants take turns, in random order within each block of two, and
 * what is compared is their ratio within short stretches of time, so that load that comes and goes is the same for both.
 * A plain before/after takes whatever changed in the meantime for the change: on load with a memory it finds a
 * difference where there is none most of the time.
 *
 * It owns no timer: turns follow from the clock when they are asked for. Memory is bounded, however long it runs. Decide
 * beforehand how long that is, and read the verdict then: who looks again and again until it pleases will find
 * something.
 */
declare class Experiment<const V extends string = 'control' | 'treatment'> implements Observable<ExperimentEvents<V>> {
    #private;
    readonly name: string;
    readonly variants: readonly [baseline: V, candidate: V];
    /** @throws TypeError or RangeError when an option is not what it must be. */
    constructor(options?: ExperimentOptions<V>);
    /** The variant whose turn it is. Ask when work begins, and record with it what that work came to. */
    assign(now?: number): V;
    /**
     * Counts a value that `variant` came to, 0 or more. Never throws: what is no value or no variant is counted as invalid.
     * Values count in the block in which they are recorded. O(1).
     */
    record(variant: V, value: number, now?: number): void;
    /** What is known by now: of the stretches of time that are over. */
    result(): ExperimentResult;
    /** The present readings as plain JSON. Merges up to 64 trackers where a quantile is compared. */
    snapshot(): ExperimentSnapshot;
    on<E extends keyof ExperimentEvents<V>>(event: E, listener: (...args: ExperimentEvents<V>[E]) => void): () => void;
}

/** A value at a moment, or at any other place along a line. */
interface TrendPoint {
    readonly at: number;
    readonly value: number;
}

/** How much a system did, with how many at work: threads, workers, clients. */
interface ThroughputPoint {
    /** How many were at work, at least 1. */
    readonly concurrency: number;
    /** How much they did together, above 0, in any unit of time. */
    readonly throughput: number;
}
/** An estimate and the interval it lies in. */
interface Interval {
    readonly value: number;
    readonly low: number;
    readonly high: number;
}
/** What the Universal Scalability Law makes of measurements: throughput(n) = λn / (1 + σ(n − 1) + κn(n − 1)). */
interface UslFit {
    /** λ: what one alone does. */
    readonly perWorker: Interval;
    /** σ: the share of the work that only one can do at a time. 0 or more. */
    readonly contention: Interval;
    /** κ: what keeping each pair in agreement costs. 0 or more. */
    readonly coherency: Interval;
    /**
     * n*: beyond this, more workers do less. `value` is `null` where κ is 0 and there is no such number; `high` is `null`
     * where the measurements can't rule that out.
     */
    readonly peakConcurrency: {
        readonly value: number | null;
        readonly low: number | null;
        readonly high: number | null;
    };
    /** What is done at `peakConcurrency`; `null` where there is none. */
    readonly peakThroughput: Interval | null;
    /** Standard deviation of throughput around the law, as a share. */
    readonly residualRatio: number;
    readonly confidence: number;
}
/**
 * Fits Gunther's Universal Scalability Law (Guerrilla Capacity Planning, 2007) to measured throughput, by least squares on
 * its logarithm, because noise is a share of what is measured. σ and κ are kept at 0 or more. Intervals are those of the
 * linearized model with Student's t: the peak is often known badly, above all when nothing was measured beyond it.
 * @throws TypeError or RangeError with fewer than 4 points, or fewer than 3 different numbers of workers.
 */
declare function fitUsl(points: readonly ThroughputPoint[], options?: {
    readonly confidence?: number | undefined;
}): UslFit;
/** What the law of `fit` expects of `concurrency` workers. */
declare function uslThroughput(fit: Pick<UslFit, 'perWorker' | 'contention' | 'coherency'>, concurrency: number): number;

/** What is asked of a forecast. */
interface GrowthOptions {
    /** The moment to look at, in the unit of the history's `at`. Not before its end. Default: its end. */
    readonly at?: number | undefined;
    /** What must not be reached, such as a throughput that was measured or fitted. Default none. */
    readonly limit?: number | undefined;
    /** "linear": so much more in each unit of time. "exponential": so many times as much. Default "linear". */
    readonly model?: 'linear' | 'exponential' | undefined;
    /** Of the range, from 0.5 to 0.9999. Default 0.95. */
    readonly confidence?: number | undefined;
}
/** Where a load is going. Plain JSON. */
interface GrowthForecast {
    readonly model: 'linear' | 'exponential';
    /** What it grows by in one unit of `at`; exponential: as a factor. */
    readonly growth: Interval;
    /** What to expect at `at`, with its range. */
    readonly expected: Interval;
    /**
     * When the limit is reached, in the unit of `at`: by the line, at the earliest and at the latest that the range allows.
     * `null` is never, as far as can be told; all are `null` without a limit.
     */
    readonly reachesLimit: {
        readonly at: number | null;
        readonly earliest: number | null;
        readonly latest: number | null;
    };
}
/**
 * Where a load will be if it goes on growing as it did. The line is that of Theil and Sen; its range is that of the slope,
 * with memory in the series allowed for, and of the values around the line. At least 10 points of history; take daily
 * peaks, not every minute, and no less history than you look ahead. More than 512 are condensed to means of neighbours.
 * @throws TypeError or RangeError when an argument is not what it must be; values must be above 0 for "exponential".
 */
declare function growthForecast(history: readonly TrendPoint[], options?: GrowthOptions): GrowthForecast;

/** When to tell that a budget burns: when the burn rate over a long and over a short window is above `factor`. */
interface BurnRateAlert {
    /** red calls somebody now, yellow is for the working day. */
    readonly severity: 'red' | 'yellow';
    /** The window that shows that it matters, in ms, at most the period. */
    readonly longMs: number;
    /** The window that shows that it still goes on, in ms, below `longMs`: the alert ends this long after the trouble. */
    readonly shortMs: number;
    /** How many times faster than the budget allows, above 0. */
    readonly factor: number;
}
/**
 * One alert in the shape that `AlertEmitter` of `@tps/andon` takes in its `rules`. The value is the lower one of the two
 * burn rates; `undefined` while the long window has fewer than `minEvents` events.
 */
interface SloAlertRule {
    readonly name: string;
    readonly severity: 'red' | 'yellow';
    readonly summary: string;
    readonly description: string;
    readonly threshold: {
        readonly above: number;
    };
    readonly forMs: number;
    readonly source: () => number | undefined;
}

/** What the budget of an SLO is for. */
type SloPeriod = {
    readonly kind: 'rolling';
    /** The last so many ms, from 60,000 (a minute) to 366 days. */
    readonly ms: number;
} | {
    readonly kind: 'calendar';
    /** The present one, in UTC. A week begins on Monday. */
    readonly unit: CalendarUnit;
};
type CalendarUnit = 'day' | 'week' | 'month' | 'quarter' | 'year';

/** What an export reads of an objective: an `Slo` fits. */
interface SloDefinition {
    readonly name: string;
    readonly target: number;
    readonly period: SloPeriod;
    readonly periodMs: number;
    readonly minEvents: number;
    readonly alerts: readonly BurnRateAlert[];
}
/**
 * Where the events of an objective come from, as PromQL that gives one series of events a second. `$window` stands for
 * the length of time: `sum(rate(http_requests_total{code=~"5.."}[$window]))`. Either `good` or `bad`.
 */
interface SloQueries {
    readonly total: string;
    readonly good?: string | undefined;
    readonly bad?: string | undefined;
}

/** What OpenSLO wants to know beyond the objective itself. */
interface OpenSloOptions {
    /** The service that the objective is for. Default the objective's name. */
    readonly service?: string | undefined;
    /** What it is, for people; at most 1050 characters. Default none. */
    readonly description?: string | undefined;
    /** Where the events come from: PromQL, as for `prometheusRules`. */
    readonly queries: SloQueries;
    /** Names of `AlertNotificationTarget`s. OpenSLO has no alert without one: without any, alerts are left out. */
    readonly notificationTargets?: readonly string[] | undefined;
}
/**
 * An objective as an OpenSLO v1 document in YAML. Names become what RFC 1123 allows. OpenSLO's alert conditions have one
 * window: theirs is the long one. Its durations are whole minutes: shorter ones become one minute.
 * @throws TypeError or RangeError when an option is not what it must be.
 */
declare function openSlo(slo: SloDefinition, options: OpenSloOptions): string;

/**
 * A Prometheus rule file for an objective: recording rules for the share of errors and the rate of events in each window,
 * for the budget that is left, and one alert for each of the objective's `alerts`. All series carry `slo="<name>"`.
 *
 * The alerts are those of `alertRules()`, except that they take shares as they are, without the Wilson interval. The
 * budget is that of the last period's length: Prometheus knows no calendar.
 * @throws TypeError or RangeError when a query is missing or has no `$window`.
 */
declare function prometheusRules(slo: SloDefinition, queries: SloQueries): string;

/** What an `Slo` is made with. Checked and copied once. */
interface SloOptions {
    /** What it is called on boards, in alerts and in exports. Default "slo". */
    readonly name?: string | undefined;
    /** The share of events that must be good, above 0 and below 1: 0.999 for "three nines". */
    readonly target: number;
    /** The greatest value that is good, 0 or more, for `recordValue`: 200 for "within 200 ms". Default none. */
    readonly threshold?: number | undefined;
    /** What the budget is for. Default the last 30 days. */
    readonly period?: SloPeriod | undefined;
    /**
     * How many events it takes to say anything, 1 or more. With fewer in the period the state is `insufficient-data`;
     * with fewer in the long window of an alert the alert has no data. Default 20.
     */
    readonly minEvents?: number | undefined;
    /**
     * How sure an alert must be that the share of errors is above its limit, from 0.5 to 0.9999. The burn rate of the long
     * window counts with the lower end of its one-sided Wilson interval, so that one failure among few calls wakes nobody.
     * With many events it makes no difference. 0.5 takes the share as it is. Default 0.95.
     */
    readonly confidence?: number | undefined;
    /**
     * When to tell. Default the four alerts of the SRE workbook, windows in proportion to the period: at 30 days 14.4 over
     * 1 h and 5 min, 6 over 6 h and 30 min, 3 over 1 d and 2 h, 1 over 3 d and 6 h. An alert that could never fire is
     * refused: at a target below 0.9306 the default needs replacing. At most 16.
     */
    readonly alerts?: readonly BurnRateAlert[] | undefined;
    /** Monotonic time, for everything while it runs. Default: the platform's. */
    readonly clock?: Clock | undefined;
    /**
     * Wall-clock time in ms since 1970. Read once, when it is made, to place the clock's time in the calendar and to find
     * the right slots after a restart. Default `Date.now`.
     */
    readonly wallNow?: (() => number) | undefined;
    /** Receives what a listener threw. Default: prints it with `console.error`. */
    readonly onListenerError?: ListenerErrorHandler | undefined;
}

/** What a tier holds, as [slot, total, bad] of the slots that are not empty. */
type SavedTier = readonly (readonly [slot: number, total: number, bad: number])[];

/** What an `Slo` has counted, as plain JSON: what `save()` gives and `restore()` takes. */
interface SavedSlo {
    readonly version: 1;
    /** Length of the finest slots, in ms: depends on the period alone. */
    readonly baseMs: number;
    /** Events refused. */
    readonly invalid: number;
    /** Finest first: [slot, total, bad] of the slots that are not empty. */
    readonly tiers: readonly SavedTier[];
}

/** How an objective stands. */
type SloState = 'insufficient-data' | 'ok' | 'exhausted';
/** Readings of one burn-rate alert. */
interface BurnRateReading {
    readonly severity: 'red' | 'yellow';
    readonly longMs: number;
    readonly shortMs: number;
    readonly factor: number;
    /** `null` without events. */
    readonly longBurnRate: number | null;
    /** `null` without events. */
    readonly shortBurnRate: number | null;
    /** Whether its condition holds; `null` while there is not enough data. */
    readonly isBurning: boolean | null;
}
/** Readings of an `Slo`. */
interface SloSnapshot {
    readonly name: string;
    readonly target: number;
    /** `null` where there is none. */
    readonly threshold: number | null;
    readonly period: SloPeriod;
    readonly state: SloState;
    /** Events in the period. */
    readonly total: number;
    readonly bad: number;
    /** Events refused, since it was made. */
    readonly invalid: number;
    /** Share of good events in the period; `null` without events. */
    readonly goodRatio: number | null;
    /** Share of the error budget that is left: 1 when nothing failed, below 0 when more failed than was allowed. */
    readonly budgetRemaining: number;
    /** When the budget will be used up if events go on as they did, as ISO 8601 in UTC; `null` when it won't be. */
    readonly exhaustsAt: string | null;
    /** When a new calendar period begins with a new budget, as ISO 8601 in UTC; `null` for a rolling one. */
    readonly renewsAt: string | null;
    readonly alerts: readonly BurnRateReading[];
}
/** The state is another than before. Seen when events are recorded, once in a slice of 1/172,800 of the period. */
interface SloStateEvent {
    readonly from: SloState;
    readonly to: SloState;
    readonly budgetRemaining: number;
}
/** Something was recorded that can't be judged. It was counted as invalid and is in no other figure. */
interface InvalidSloEvent {
    readonly value: unknown;
}
/** What an `Slo` tells. */
interface SloEvents {
    state: [event: SloStateEvent];
    invalid: [event: InvalidSloEvent];
}

/**
 * A service level objective: which share of events must be good over a period, how much of the error budget is left, how
 * fast it burns, and when to tell. Source of the method: The Site Reliability Workbook (2018), chapter 5.
 *
 * Counts are kept in slots of three lengths, 20 KB in all; a window is the present slot and the whole ones before it, so
 * it covers up to one slot less than asked for: 5 % of the shortest default window, at most. Recording is O(1) and
 * allocates nothing. It owns no timer: what is too old leaves when it is next used.
 */
declare class Slo implements Observable<SloEvents> {
    #private;
    readonly name: string;
    readonly target: number;
    /** The greatest value that is good; `undefined` where there is none. */
    readonly threshold: number | undefined;
    readonly period: SloPeriod;
    /** Length of the period in ms; of a calendar unit at 30 days to the month. */
    readonly periodMs: number;
    readonly minEvents: number;
    readonly alerts: readonly BurnRateAlert[];
    /** @throws TypeError or RangeError when an option is not what it must be, also for an alert that could never fire. */
    constructor(options: SloOptions);
    /**
     * Counts one event as good or bad. Never throws. `now` is the moment it belongs to, as read from the clock; without it
     * the clock is read. A `now` of an earlier slice counts in the present one.
     */
    record(isGood: boolean, now?: number): void;
    /**
     * Counts one value: good when it is at most `threshold`, bad when it is above. NaN, negative values and what is no
     * number are counted as invalid. A call that failed is bad however quick it was: `record(false)`.
     * @throws TypeError when no `threshold` was given.
     */
    recordValue(value: number, now?: number): void;
    /** Counts many events at once, as from a counter that is read now and then. Numbers that can't be are invalid. */
    add(good: number, total: number, now?: number): void;
    /** `insufficient-data` below `minEvents` in the period; `exhausted` when no budget is left; else `ok`. */
    get state(): SloState;
    /**
     * The share of the period's error budget that is left, of as many events as there were: 1 when nothing failed, 0 when
     * as many failed as were allowed, below 0 when more did. 1 without events. O(744).
     */
    get budgetRemaining(): number;
    /**
     * How many times faster than allowed the budget burns: the share of failures in the last `windowMs`, over the share
     * that the target leaves. At 1 it lasts exactly a period. NaN when the window has no events.
     * @throws RangeError when `windowMs` is not above 0 and at most the period.
     */
    burnRate(windowMs: number): number;
    /**
     * When the budget will be used up if events go on as they did in the last `windowMs`, in ms since 1970; now when it is;
     * `undefined` when it won't be, or while there is not enough data. Of a rolling period, what leaves is taken into
     * account. Default window 1/120 of the period: 6 h of 30 days.
     * @throws RangeError when `windowMs` is not above 0 and at most the period.
     */
    exhaustsAt(windowMs?: number): number | undefined;
    /**
     * The alerts as rules for `new AlertEmitter({ rules })` of `@tps/andon`, or for anything else that takes
     * `{ name, severity, threshold: { above }, forMs, source }`.
     */
    alertRules(): SloAlertRule[];
    /** What has been counted, as plain JSON. Store it now and then: a restart forgets the whole period. At most 1272 entries. */
    save(): SavedSlo;
    /**
     * Adds what `save()` gave to what has been counted since. By the wall clock: what is older than the period is left out,
     * and what lies in the future, because the clock was put back, counts as now. All or nothing.
     * @throws TypeError or RangeError when it is not what `save()` of an SLO with as long a period gives.
     */
    restore(saved: SavedSlo): void;
    /** The present readings as plain JSON. About 4000 additions. */
    snapshot(): SloSnapshot;
    on<E extends keyof SloEvents>(event: E, listener: (...args: SloEvents[E]) => void): () => void;
}

/** Readings of a `TrackerMap`. Those of its keys are not in it: there may be very many. */
interface TrackerMapSnapshot {
    readonly name: string;
    /** How far back the trackers look, in ms; `null` when nothing is forgotten. */
    readonly windowMs: number | null;
    /** How many keys there are. */
    readonly keys: number;
    readonly maxKeys: number;
    /** Keys that had to go for others, since it was made. */
    readonly evicted: number;
    /** Values that went to `other` because there was no room for their key, since it was made. */
    readonly overflowed: number;
    /** Readings of `other`; `null` while it holds nothing. */
    readonly other: PercentileSnapshot | null;
}
/**
 * A tracker for each key (route, tenant, host), for no more than `maxKeys` of them.
 *
 * Recording looks the key up once and is O(1), however many keys there are. At the bound, with `overflow: 'evict'`, a key
 * goes that was not recorded for for long: the keys stand in a ring with a hand, and the hand takes the first that was
 * not used since it last passed (the second-chance algorithm: Corbató, A paging experiment with the Multics system,
 * 1968). Passing is paid for by the records that went before, so this is O(1) as well, on average. With
 * `overflow: 'other'`, first come first served: the values of further keys go to one tracker for all of them.
 */
declare class TrackerMap<K = string> implements Observable<TrackerMapEvents<K>> {
    #private;
    readonly name: string;
    /** How far back the trackers look, in ms; `undefined` when nothing is forgotten. */
    readonly windowMs: number | undefined;
    readonly maxKeys: number;
    /** Where the values of keys go that there is no room for. Empty with `overflow: 'evict'`. */
    readonly other: PercentileTracker;
    /** @throws TypeError or RangeError when an option is not what it must be. */
    constructor(options?: TrackerMapOptions);
    /** How many keys there are. */
    get size(): number;
    /** Counts one value for `key`. Never throws. `now` as in `PercentileTracker.record`. */
    record(key: K, value: number, now?: number): void;
    /** Calls `work` and records for `key` how long it took in ms, as `PercentileTracker.time`. */
    time<T>(key: K, work: () => PromiseLike<T>): Promise<T>;
    time<T>(key: K, work: () => T): T;
    /** The tracker of `key`; `undefined` when there is none. Looking is no use: it keeps no key from being evicted. */
    get(key: K): PercentileTracker | undefined;
    has(key: K): boolean;
    /** The keys, in the order in which they came. */
    keys(): IterableIterator<K>;
    /** The keys with their trackers, in the order in which they came. */
    entries(): Generator<readonly [key: K, tracker: PercentileTracker], void, undefined>;
    /** Takes a key away, and makes room for another. Says whether it was there. */
    delete(key: K): boolean;
    /** Everything together, `other` included, as a tracker without a window. O(keys). */
    total(): PercentileTracker;
    /** Forgets all keys and what was recorded. */
    reset(): void;
    /** How many keys there are and what happened at the bound, as plain JSON. */
    snapshot(): TrackerMapSnapshot;
    on<E extends keyof TrackerMapEvents<K>>(event: E, listener: (...args: TrackerMapEvents<K>[E]) => void): () => void;
}

/** Where a series is going. Plain JSON. */
interface Trend {
    /** `none`: no more than chance would make of it. */
    readonly direction: 'rising' | 'falling' | 'none';
    /** By how much the value changes for each 1 of `at`, or from one value to the next. */
    readonly slope: number;
    /** Lower end of the slope's interval. */
    readonly low: number;
    /** Upper end of the slope's interval. */
    readonly high: number;
    /** The value of the line where `at` is 0. */
    readonly intercept: number;
    /** The probability of a trend at least as clear where there is none. */
    readonly pValue: number;
    /** By how much memory in the series widened the test's variance: 1 without any. */
    readonly correction: number;
    /** How many points there were. */
    readonly count: number;
}
/** How a trend is judged. */
interface TrendOptions {
    /** Of the interval and of the test, from 0.5 to 0.9999. Default 0.95. */
    readonly confidence?: number | undefined;
}
/**
 * Whether a series rises or falls, and how fast: the median of the slopes of all pairs (Theil and Sen), which a few wild
 * values don't move, with an interval, and the Mann–Kendall test with the correction of Hamed and Rao, because what is
 * measured each minute is like the minute before, and without it a wandering series looks like a trend.
 *
 * At least 10 points, in any order. More than 512 are condensed to 512 means of neighbours, so that the cost is bounded:
 * 130,816 pairs, some 20 ms.
 * @throws TypeError or RangeError when there are fewer, when one is not finite, or when all have the same `at`.
 */
declare function trend(points: readonly number[] | readonly TrendPoint[], options?: TrendOptions): Trend;

export { Breakdown, Bucket, ChangeDetector, DecodeError, Experiment, Mergeable, PercentileTracker, Slo, TrackerMap, changePoints, compareBeforeAfter, experimentReport, fitUsl, growthForecast, littlesLaw, openSlo, prometheusRules, queueFor, trend, uslThroughput, workersFor };
export type { BreakdownEvents, BreakdownOptions, BreakdownSnapshot, BurnRateAlert, BurnRateReading, CalendarUnit, ChangeDetectorEvents, ChangeDetectorOptions, ChangeDetectorSnapshot, ChangeEvent, Clock, CollapseEvent, ComparisonOptions, Effect, EvictEvent, ExperimentEvents, ExperimentOptions, ExperimentResult, ExperimentSnapshot, GrowthForecast, GrowthOptions, Interval, InvalidOutcomeEvent, InvalidSloEvent, InvalidStageEvent, InvalidValueEvent, ListenerErrorHandler, LittlesLaw, MeasureOptions, Measured, Metric, Observable, OpenSloOptions, OverflowEvent, PercentileData, PercentileSnapshot, PercentileTrackerEvents, PercentileTrackerOptions, SavedSlo, SavedTier, Side, SloAlertRule, SloDefinition, SloEvents, SloOptions, SloPeriod, SloQueries, SloSnapshot, SloState, SloStateEvent, StageDurations, StageShare, StageSpan, SwitchEvent, ThroughputPoint, TrackerMapEvents, TrackerMapOptions, TrackerMapSnapshot, Trend, TrendOptions, TrendPoint, UslFit, Verdict };
