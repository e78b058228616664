import { R as RateLimitStore } from './rate-limit-store-shared.js';

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

/** Starts timers. Injected, so that tests turn the hands themselves. */
interface Timers {
    /** Calls `callback` once after `delayMs`, 0 or more. The timer never keeps the process alive. */
    schedule(delayMs: number, callback: () => void): Timer;
}
/** A timer that has been started. */
interface Timer {
    /** Stops it. Does nothing once it has fired or been cancelled. */
    cancel(): void;
}

/**
 * Everything that wraps a call. Policies of all packages, and those of other libraries with this shape, nest with
 * `compose`.
 */
interface Policy {
    /**
     * Calls `work`, or refuses to.
     * `context.signal` is made only when it is read; it aborts when the policy gives up or `options.signal` aborts.
     */
    execute<T>(work: (context: WorkContext) => T | PromiseLike<T>, options?: ExecuteOptions): Promise<T>;
}
/** What the wrapped work is given. */
interface WorkContext {
    readonly signal: AbortSignal;
}
/** What may accompany one call. */
interface ExecuteOptions {
    /** Aborts the call. A call cancelled by its caller counts neither as a success nor as a failure. */
    readonly signal?: AbortSignal | undefined;
}
/** Everything that andon can watch. */
interface Observable<Events extends EventMap<Events>> {
    /** What it is called on boards, in metrics and in messages. */
    readonly name: string;
    /** Adds a listener and returns what takes it away again. */
    on<E extends keyof Events & string>(event: E, listener: (...args: Events[E]) => void): () => void;
    /** A plain JSON object of the present readings: cheap, without side effect. */
    snapshot(): object;
}
/**
 * Everything that a worker can pull from. What is asked for while nothing is there is not lost: an item goes to exactly one
 * lease at a time, and stays in the source until that lease ends.
 *
 * A source may also tell its backlog, itself or in its snapshot, as `depth` (what waits, delayed retries included) and
 * `leased` (what is in workers' hands): a pool then knows when it is drained.
 */
interface WorkSource<T> {
    /**
     * How long a lease lasts, in ms, from when it was handed out or last extended; absent where leases don't expire. A lease
     * that has expired is lost: the source may hand the item out again, with `attempt` one higher. Who holds one extends it in
     * time; a pool does so by itself after each third of this.
     */
    readonly leaseMs?: number | undefined;
    /**
     * Waits until there is work. Rejects with the reason of `signal` when that aborts, and with an error whose `code` is
     * `ERR_QUEUE_CLOSED` once the source is closed and everything in it has been settled: then a worker may go home.
     */
    lease(options?: LeaseOptions): Lease<T> | Promise<Lease<T>>;
    /** Work now, or `undefined`. */
    tryLease(): Lease<T> | undefined;
}
/** How long to wait for work. */
interface LeaseOptions {
    readonly signal?: AbortSignal | undefined;
}
/**
 * One item in a worker's hands. Exactly one of `ack`, `retry`, `deadLetter` and `release` ends it; further calls do nothing.
 *
 * What returns a promise is done when that resolves: only then may the process forget the item. It rejects, or throws, when
 * the source can't be reached; the lease then still stands until it expires. With an error whose `code` is `ERR_LEASE_LOST`
 * it says that this lease has expired and the call changed nothing: the item may be in other hands, so whoever held it stops
 * working on it and never acks it.
 */
interface Lease<T> {
    readonly item: T;
    /**
     * How many times the item has been handed out, this time included: from 1. The fence of durable sources: what a lease of
     * an earlier attempt calls is refused with `ERR_LEASE_LOST`, or does nothing.
     */
    readonly attempt: number;
    /** Done: the item leaves the source. */
    ack(): void | Promise<void>;
    /**
     * Not done: the item comes back, after `delayMs` where given, with `attempt` one higher. `reason` is what the attempt failed
     * with, for sources that keep it.
     */
    retry(options?: {
        readonly delayMs?: number;
        readonly reason?: unknown;
    }): void | Promise<void>;
    /** Given up: the item leaves the source; `reason` says why. */
    deadLetter(reason: unknown): void | Promise<void>;
    /**
     * Still working: the lease ends `ms` from now instead of when it would have. Sources whose leases don't expire do
     * nothing. Fails with `ERR_LEASE_LOST` when it was too late.
     */
    extend(ms: number): void | Promise<void>;
    /**
     * Not begun: the item comes back at once, and this handing out doesn't count as an attempt. Optional: without it `retry`
     * is used, which charges one.
     */
    release?(): void | Promise<void>;
}

/** Throughput that was measured with so many workers. */
interface ThroughputPoint {
    /** How many workers, at least 1. */
    readonly concurrency: number;
    /** What they did together in a second, above 0. */
    readonly throughput: number;
}
/** The Universal Scalability Law that fits best: throughput(n) = λn / (1 + α(n − 1) + βn(n − 1)). */
interface ScalabilityFit {
    /** λ: what one worker alone does in a second. */
    readonly perWorker: number;
    /** α, contention: the share of the work that only one worker can do at a time. 0 or more. */
    readonly alpha: number;
    /** β, coherency: what keeping each pair of workers in agreement costs. 0 or more. */
    readonly beta: number;
    /** √((1 − α) / β): more workers than this do less. `null` where there is no such number. */
    readonly peakWorkers: number | null;
    /** The share of the variance of throughput that the law explains: 1 is all of it; may be negative. */
    readonly rSquared: number;
    /** How many different numbers of workers it rests on. */
    readonly points: number;
}

/**
 * What keeps more workers from doing more:
 * - `'coherency'`: they get in each other's way, so that more do less. Told by a throughput with the most workers that is
 *   clearly below the best, or by the law, where it fits, having its peak among what was measured.
 * - `'contention'`: something that one worker at a time can have; each one more brings less, from the first on. Told by the
 *   Universal Scalability Law fitting better than a line with a flat end.
 * - `'downstream'`: something with a capacity of its own, such as a service, a database or a limit. Workers add up in full
 *   until it is used up, and then bring nothing. Told by a line with a flat end fitting better.
 * - `'unknown'`: fewer than three numbers of workers were measured, which can't tell these apart.
 */
type Bottleneck = 'coherency' | 'contention' | 'downstream' | 'unknown';

/** What the number of workers goes by. `'steady'`: it is close enough to what is wanted. */
type ScalingReason = 'utilization' | 'queue' | 'trend' | 'schedule' | 'not-helping' | 'steady';
/**
 * What keeps it from what is wanted: its bounds, the size of a step, a cooldown, the window in which it may still be
 * needed, workers that don't help, or of which that isn't known yet, or the wait after a failure.
 */
type ScalingLimit = 'min' | 'max' | 'step' | 'cooldown' | 'stabilization' | 'not-helping' | 'evidence' | 'backoff';
/** What one look came to. */
interface ScalingDecision {
    readonly action: 'up' | 'down' | 'hold';
    /** How many workers there are. */
    readonly workers: number;
    /** How many the load asks for, within `min` and `max`. */
    readonly recommended: number;
    /** How many there are to be now: `workers` when it holds. Within `min` and `max` otherwise. */
    readonly target: number;
    readonly reason: ScalingReason;
    /** `null` when nothing does. */
    readonly limitedBy: ScalingLimit | null;
    /** The same as a sentence, for people. */
    readonly explanation: string;
}

/** Workers were added or taken away. */
interface ScaledEvent {
    readonly from: number;
    readonly to: number;
    readonly decision: ScalingDecision;
}
/** More workers bring no more throughput. */
interface ScalingNotHelpingEvent {
    /** How many there were when it showed. */
    readonly workers: number;
    /** How many are known to do the same; fewer may be, and are tried. */
    readonly sufficient: number;
    /** The law that fits what was measured; `null` while too little was. */
    readonly fit: ScalabilityFit | null;
    readonly bottleneck: Bottleneck;
    /** What was measured: mean throughput by number of workers. */
    readonly points: readonly ThroughputPoint[];
}
/** Something keeps the number of workers from what the load asks for. Told when that begins, or becomes something else. */
interface LimitedEvent {
    readonly limitedBy: ScalingLimit;
    readonly decision: ScalingDecision;
}
/** `read` or `scale` threw, rejected, took longer than `timeoutMs`, or gave nonsense. */
interface ScalingFailureEvent {
    readonly error: unknown;
    /** How many times in a row. */
    readonly failures: number;
}
/** What an `Autoscaler` emits. */
interface AutoscalerEvents {
    /** After each look that came to a decision, to hold as well. With `dryRun` it is what would have been done. */
    decision: [event: ScalingDecision];
    scaled: [event: ScaledEvent];
    'scaling-not-helping': [event: ScalingNotHelpingEvent];
    limited: [event: LimitedEvent];
    readFailed: [event: ScalingFailureEvent];
    scaleFailed: [event: ScalingFailureEvent];
}
/** The readings of an `Autoscaler`. Counts are totals since it was made. */
interface AutoscalerSnapshot {
    readonly name: string;
    readonly isRunning: boolean;
    readonly dryRun: boolean;
    readonly min: number;
    readonly max: number;
    /** By the last reading; `null` before the first. */
    readonly workers: number | null;
    /** What the load asks for, within the bounds; `null` before the first reading. */
    readonly recommended: number | null;
    readonly reason: ScalingReason | null;
    readonly limitedBy: ScalingLimit | null;
    readonly explanation: string | null;
    /** In ms since the epoch; `null` when it never was. */
    readonly lastScaledAt: number | null;
    /** What the schedule asks for at least. */
    readonly floor: number;
    /** What the trend expects to be wanted; `null` without one. */
    readonly forecast: number | null;
    /** The number above which more workers don't help; `null` while none is known. */
    readonly ceiling: number | null;
    /** Whether it is looked for, held to, or tried anew. */
    readonly plateau: 'free' | 'searching' | 'held' | 'trial' | 'off';
    readonly fit: ScalabilityFit | null;
    readonly bottleneck: Bottleneck | null;
    readonly decisions: number;
    readonly scaledUp: number;
    readonly scaledDown: number;
    readonly notHelping: number;
    readonly readFailures: number;
    readonly scaleFailures: number;
}

/** A number, or an estimate with its interval. */
type Estimate = number | {
    readonly value: number;
};
/** Fits the Universal Scalability Law to points, such as `fitUsl` of `@tps/kaizen`. */
type FitThroughput = (points: readonly ThroughputPoint[]) => {
    /** λ */
    readonly perWorker: Estimate;
    /** α */
    readonly contention: Estimate;
    /** β */
    readonly coherency: Estimate;
};

/** What an `Autoscaler` reads. */
interface WorkerLoad {
    /** How many workers there are now. An integer, at least 0. */
    readonly workers: number;
    /** The share of them that is busy, 0 or more: above 1 while a pool that was made smaller finishes. */
    readonly utilization: number;
    /** How many items wait. 0 or more. Default 0. Without `throughput` it is not used. */
    readonly queueDepth?: number | undefined;
    /**
     * How many items are finished in a second, 0 or more, over about the last `everyMs`. Without it neither the queue nor
     * whether scaling helps can be judged.
     */
    readonly throughput?: number | undefined;
}

/** From a time of day on, at least so many workers, until the next entry. */
interface ScheduleEntry {
    /** Time of day, `'08:00'`, from `'00:00'` to `'23:59'`. */
    readonly at: string;
    /** At least so many workers from then on; 0 for no floor. */
    readonly workers: number;
    /** On which days it begins: 0 is Sunday, 6 Saturday. Default every day. */
    readonly days?: readonly number[] | undefined;
}
/** The least number of workers at a moment, as a list of times of day or as a function. */
type Schedule = readonly ScheduleEntry[] | ((at: Date) => number);

/** What `scale` is told beside the number. */
interface ScaleContext {
    /** Aborts when `timeoutMs` is over or the autoscaler is stopped. */
    readonly signal: AbortSignal;
    /** How many workers there are. */
    readonly from: number;
    readonly reason: ScalingReason;
}
/** How far and how often it may go in one direction. */
interface StepOptions {
    /** How long after the last change, of either direction, in ms. At least 0. Default 30000 up, 60000 down. */
    readonly cooldownMs?: number | undefined;
    /** How many workers a step may have. An integer, at least 1. The larger of this and `maxRatio` holds. Default 4 up, 1 down. */
    readonly maxStep?: number | undefined;
    /** What share of the present workers a step may have. At least 0; down at most 1. Default 1 up (to the double), 0.5 down. */
    readonly maxRatio?: number | undefined;
}
interface DownOptions extends StepOptions {
    /** There are never fewer workers than the most that were recommended in so many ms. At least 0. Default 300000. */
    readonly stabilizationMs?: number | undefined;
}
/** How it is told that more workers don't help, and what is done about it. */
interface PlateauOptions {
    /**
     * What workers that are added have to bring, as a share of what each did before. In [0, 1]. Default 0.1: with twice the
     * workers, a tenth more.
     */
    readonly minGainRatio?: number | undefined;
    /** By how much throughput may differ and still count as the same. In (0, 1). Default 0.05. */
    readonly sameRatio?: number | undefined;
    /** The utilization at which the workers are taken to do all they can. In (0, 1]. Default 0.9. */
    readonly saturationRatio?: number | undefined;
    /**
     * How long after a change readings of throughput still speak of before, in ms: no less than the time they are averaged
     * over. At least 0. Default `everyMs`.
     */
    readonly settleMs?: number | undefined;
    /** How many readings a verdict needs, from 1 to 8. With 8 it is given whatever the noise. Default 3. */
    readonly minReadings?: number | undefined;
    /** After how long it is tried again whether more help. Above 0. Default 600000. */
    readonly retryMs?: number | undefined;
    /**
     * A throughput that is off by more than this share, in `minReadings` readings in a row with the same workers, means that
     * things have changed: then it is tried again at once. Above 0. Default 0.2.
     */
    readonly changeRatio?: number | undefined;
    /**
     * Fits the law that is reported: `fitUsl` of `@tps/kaizen`, or anything like it. What it throws goes to
     * `onListenerError`, and the fit built in takes its place. Default: that.
     */
    readonly fit?: FitThroughput | undefined;
}
/** How demand is forecast. */
interface TrendOptions {
    /** How far ahead, in ms: as long as new workers take to be of use. Above 0. */
    readonly horizonMs: number;
    /** How much a reading moves the level. In (0, 1]. Default 0.5. */
    readonly levelWeight?: number | undefined;
    /** How much a reading moves the slope. In (0, 1]. Default 0.2. */
    readonly slopeWeight?: number | undefined;
}
/** How long it waits after `scale` failed: twice as long each time in a row. */
interface BackoffOptions {
    /** The first wait, in ms. Above 0. Default 15000. */
    readonly ms?: number | undefined;
    /** The longest, in ms. At least `ms`. Default 300000, or `ms` when that is more. */
    readonly maxMs?: number | undefined;
}
/** What an `Autoscaler` is made with. */
interface AutoscalerOptions {
    /** What it is called on boards and in messages. Not empty. Default `'autoscaler'`. */
    readonly name?: string | undefined;
    /** Reads how things are now. When it throws, rejects, hangs or gives nonsense, nothing is decided. */
    readonly read: (context: {
        readonly signal: AbortSignal;
    }) => WorkerLoad | PromiseLike<WorkerLoad>;
    /**
     * Makes it so many workers, an integer from `min` to `max`. Called again only when what it returned has settled or
     * its time is up. Whether it worked is seen from the next reading; when it fails, it is left alone for `backoff`.
     */
    readonly scale: (workers: number, context: ScaleContext) => unknown;
    /** The fewest workers. An integer, at least 1. Default 1. */
    readonly min?: number | undefined;
    /** The most workers. An integer, at least `min`. */
    readonly max: number;
    /** The share of workers that is to be busy. In (0, 1]. Default 0.7. */
    readonly target?: number | undefined;
    /** No change while what is wanted is within this share of what there is. In [0, 1). Default 0.1. */
    readonly toleranceRatio?: number | undefined;
    /** How often it looks, in ms. At least 1. Default 15000. */
    readonly everyMs?: number | undefined;
    /** The time constant in which readings are smoothed, in ms; 0 for not at all. Default `everyMs`. */
    readonly smoothingMs?: number | undefined;
    /** Within how long what waits is to be done, in ms. Above 0. Default 30000. */
    readonly drainMs?: number | undefined;
    /** How it goes up. */
    readonly up?: StepOptions | undefined;
    /** How it comes down. */
    readonly down?: DownOptions | undefined;
    /** `false`: never ask whether more workers help. Default: ask. Needs `throughput`. */
    readonly plateau?: false | PlateauOptions | undefined;
    /** The least number of workers by time of day, as a list or a function of time. What a function throws counts as before. */
    readonly schedule?: Schedule | undefined;
    /** The zone of the schedule's times, `'Europe/Rome'`. Default: the platform's. */
    readonly timeZone?: string | undefined;
    /** How long before its time a floor of the schedule holds, in ms: what new workers take to be of use. At least 0. Default 60000. */
    readonly leadMs?: number | undefined;
    /** Forecasts demand, and scales for the forecast where it is more than there is. Default: no forecast. */
    readonly trend?: TrendOptions | undefined;
    /** Decides and tells, but never scales. Default `false`. */
    readonly dryRun?: boolean | undefined;
    /** How long `read` and `scale` may take, in ms, before they count as failed. Above 0. Default 30000. */
    readonly timeoutMs?: number | undefined;
    readonly backoff?: BackoffOptions | undefined;
    /** Default: the platform's monotonic clock. */
    readonly clock?: Clock | undefined;
    /** Default: the platform's timers, which keep no process alive. */
    readonly timers?: Timers | undefined;
    /** The time of day, in ms since the epoch. Default `Date.now`. */
    readonly wallNow?: (() => number) | undefined;
    /** Receives what a listener, the schedule or the fit threw, with the name of it. Default: prints it. */
    readonly onListenerError?: ListenerErrorHandler | undefined;
}

/**
 * Keeps as many workers as the load takes, of anything that can be counted and set: a pool, processes, machines.
 *
 * It aims at a share of busy workers, as the horizontal autoscaler of Kubernetes does, and at a queue that is done in time.
 * It goes up in steps, comes down late, and sees when more workers bring no more throughput: then it stops, goes back to the
 * fewest that do the same, says what may be the bottleneck, and tries again only after a time or when things have changed.
 *
 * It starts by hand. Nothing the user's functions do can stop it: what fails is counted, told and tried again.
 */
declare class Autoscaler implements Observable<AutoscalerEvents>, Disposable {
    #private;
    readonly name: string;
    /** @throws TypeError or RangeError when an option is wrong. */
    constructor(options: AutoscalerOptions);
    get isRunning(): boolean;
    /** Looks now, and then every `everyMs`. Does nothing when it runs already. */
    start(): this;
    /**
     * Gives the timer back and aborts what is under way: a reading comes to nothing; a change that `scale` has begun is the
     * user's to finish. It may be started again.
     */
    stop(): void;
    /** As `stop`. */
    [Symbol.dispose](): void;
    /**
     * Reads, decides and scales once, now, whether it runs or not. One look at a time: a second call gives the first one's
     * promise. Resolves with the decision, or with `undefined` when the reading failed or it was stopped. Never rejects.
     */
    evaluate(): Promise<ScalingDecision | undefined>;
    on<E extends keyof AutoscalerEvents>(event: E, listener: (...args: AutoscalerEvents[E]) => void): () => void;
    snapshot(): AutoscalerSnapshot;
}

/** No lease: the leveler is closed, and everything that was in it has been settled. */
declare class LevelerClosedError extends Error {
    readonly name = "LevelerClosedError";
    /** The one that every source of leases tells its workers that they may go home with. */
    readonly code = "ERR_QUEUE_CLOSED";
    /** The leveler's name. */
    readonly leveler: string;
    constructor(leveler: string);
}
/** No lease: `resize` took the lane away. What waited in it went to the others. */
declare class LaneRemovedError extends Error {
    readonly name = "LaneRemovedError";
    readonly code = "ERR_LANE_REMOVED";
    /** The leveler's name. */
    readonly leveler: string;
    readonly lane: number;
    constructor(leveler: string, lane: number);
}
/** No lease: as many as `maxWaiters` leases wait already. */
declare class TooManyWaitersError extends Error {
    readonly name = "TooManyWaitersError";
    readonly code = "ERR_TOO_MANY_WAITERS";
    /** The leveler's name. */
    readonly leveler: string;
    readonly maxWaiters: number;
    constructor(leveler: string, maxWaiters: number);
}

/** How much of each product is wanted. Only the proportions matter. */
type Demand<P extends string> = {
    readonly [Product in P]?: number;
};
/**
 * Mixes products as evenly as their demand allows: `{ a: 5, b: 3, c: 2 }` comes out as a b c a a b a c b a, again and
 * again.
 *
 * At every step the product that is furthest behind its ideal share has its turn: goal chasing (Monden, Toyota Production
 * System, 1983; Miltenburg, Management Science 35(2), 1989), which is smooth weighted round robin (nginx, Dounin 2012). For
 * some demands that alone lets a product deviate by more than one unit. So a turn that would lead there goes to the
 * product furthest behind among those that are due soonest. While demand doesn't change, no product's count ever deviates
 * by 1 or more from its ideal share, and the sequence is that of smooth weighted round robin wherever that keeps the
 * bound too (in the rare case of shares below one in 16,384, nearly so).
 *
 * When demand changes, each product keeps what it is ahead or behind. From then on no product is ever ahead by 1 or more, or
 * behind by H = 1 + 1/2 + … + 1/n or more (n: the most products that there were at once: 2.9 for 10); no rule that doesn't
 * know the future can promise less than the order of that. Once each has had its turn, the bound is 1 again.
 *
 * A step takes O(n), amortized, with a small constant.
 */
declare class LevelSequence<P extends string = string> implements Iterable<P> {
    #private;
    /** @throws TypeError or RangeError when `demand` is wrong: see `change`. */
    constructor(demand: Demand<P>);
    /** The products with demand, in the order they were named. */
    get products(): readonly P[];
    /** The next product, which stays next; `undefined` when there is no demand. */
    peek(): P | undefined;
    /** The next product; `undefined` when there is no demand. */
    next(): P | undefined;
    /** Endless, as long as there is demand. Every iteration continues the same sequence. */
    [Symbol.iterator](): Generator<P, void, undefined>;
    /** How many units `product` is behind its ideal share; negative when it is ahead. 0 for a product without demand. */
    behind(product: P): number;
    /** `behind` of every product with demand, in O(n). */
    entries(): Generator<readonly [product: P, demand: number, behind: number], void, undefined>;
    /**
     * Goes on with another demand. What a product is ahead or behind is kept. New products begin even. Of a product that
     * goes, or whose demand becomes 0, what it was behind or ahead is taken from those that are so the other way round, in
     * proportion: nobody's deviation grows by it.
     * @throws TypeError when a demand is no number; RangeError when one is not in [0, 1e9], or above 10,000 products.
     */
    change(demand: Demand<P>): void;
}
/**
 * The smoothest sequence for a whole demand: as long as its sum, with each product as often as it is wanted, and at every
 * position within one unit of its ideal share. The method and the bound are those of `LevelSequence`.
 * @throws TypeError or RangeError when a demand isn't an integer in [0, 1e9], or their sum is above 10,000,000.
 */
declare function levelSequence<P extends string>(demand: Demand<P>): P[];

/** Why it is this product's turn: by the sequence, in place of one without work, or because it was late. */
type ReleaseReason = 'planned' | 'substitute' | 'catch-up';
/** One product that is to be worked on now. */
interface Release<P extends string, T> {
    readonly product: P;
    /** The item that was put in for it; `undefined` unless the scheduler is `queued`. */
    readonly item: T;
    readonly reason: ReleaseReason;
}
/** A product had its turn and no work; others had some. */
interface LateEvent<P extends string> {
    readonly product: P;
    /** How many turns it is owed now, from 1 to `maxLate`. */
    readonly late: number;
}
/** There was work, and nothing could be released. */
interface MissedTaktsEvent {
    /** How many takts passed. */
    readonly takts: number;
    /** `'busy'`: the consumer hadn't finished, or took nothing. `'asleep'`: the timer came too late. */
    readonly reason: 'busy' | 'asleep';
    /** How many takts are owed now, at most `maxLate`. */
    readonly behind: number;
}
/** What a `LevelingScheduler` emits. */
interface LevelingSchedulerEvents<P extends string, T> {
    release: [event: Release<P, T>];
    late: [event: LateEvent<P>];
    missedTakts: [event: MissedTaktsEvent];
    demand: [event: {
        readonly demand: Demand<P>;
    }];
}
/** The readings of one product. */
interface ProductReadings {
    readonly demand: number;
    /** How many of its items wait. */
    readonly waiting: number;
    /** How many were released since it was first wanted. */
    readonly made: number;
    /** How many should have been by its share, without what was forgiven. */
    readonly ideal: number;
    /** `made − ideal`. Within 1 of `−late` as long as demand stays as it is. */
    readonly deviation: number;
    /** How many turns it is owed, because it had no work; negative when it stood in for others. */
    readonly late: number;
    /** Total of its turns for which it had no work. */
    readonly missed: number;
}
/** The readings of a `LevelingScheduler`. Counts are totals since it was made, unless they say otherwise. */
interface LevelingSchedulerSnapshot {
    readonly name: string;
    readonly isRunning: boolean;
    /** `null` when it has none. */
    readonly taktMs: number | null;
    readonly released: number;
    /** Of them, how many were caught up. */
    readonly caughtUp: number;
    /** Takts in which there was no work at all. Nothing is owed for them. */
    readonly idleTakts: number;
    /** Takts in which there was work, and nothing was released. */
    readonly missedTakts: number;
    /** How many of those are owed now, from 0 to `maxLate`. */
    readonly behind: number;
    /** How many items wait now. */
    readonly waiting: number;
    /** Items that `offer` refused. */
    readonly rejected: number;
    /** The products with demand, or with items that wait. */
    readonly products: {
        readonly [product: string]: ProductReadings;
    };
}

/** What a `LevelingScheduler` is made with. */
interface LevelingSchedulerOptions<P extends string> {
    /** What it is called on boards and in messages. Not empty. Default `'scheduler'`. */
    readonly name?: string | undefined;
    /**
     * How much of each product is wanted; only the proportions matter. Each in [0, 1e9], at most 10,000 products.
     * `setDemand` changes it.
     */
    readonly demand: Demand<P>;
    /**
     * The time from one release to the next, in ms: the time there is, over what is wanted in it. Above 0. Needed for
     * `start` alone; `setTaktMs` changes it.
     */
    readonly taktMs?: number | undefined;
    /**
     * Whether a product's turn needs an item that was put in for it with `offer`. Without, there is always work for every
     * product. Default `false`.
     */
    readonly queued?: boolean | undefined;
    /** How many items may wait for each product, when `queued`. An integer, at least 1. Beyond it `offer` answers `false`. Default 100. */
    readonly capacity?: number | undefined;
    /**
     * How slowly what is late is caught up: at most one release in so many takts. An integer, at least 1, or `Infinity` for
     * never. Default 10: a tenth above the pace.
     */
    readonly catchUpTakts?: number | undefined;
    /**
     * How many turns a product may be owed, and how many takts the whole. Missed ones beyond are forgiven. An integer, at
     * least 0, or `Infinity`. Default 10.
     */
    readonly maxLate?: number | undefined;
    /** Default: the platform's monotonic clock. */
    readonly clock?: Clock | undefined;
    /** Starts the timer of the takt. Default: the platform's, which keep no process alive. */
    readonly timers?: Timers | undefined;
    /** Receives what a listener or `release` threw, with the name of the event or `'release'`. Default: prints it. */
    readonly onListenerError?: ListenerErrorHandler | undefined;
}

/**
 * Begins work on a product. `false` says that nothing was begun: the turn stays the product's. A promise says that the
 * consumer is busy until it settles.
 */
type ReleaseHandler<P extends string, T> = (release: Release<P, T>) => unknown;
/**
 * The heijunka box: says which product to work on next, so that every product comes evenly over time in the proportion it is
 * wanted, and, once started, when: one product a takt. The order is that of `LevelSequence`, and so is its bound.
 *
 * A product that has no work at its turn is late: another stands in, so that no takt is lost while there is work, and the
 * turn is given back later. Takts in which nothing could be released are owed. Either is caught up by at most one release in
 * `catchUpTakts` takts: in the turn of a product that is ahead, or half a takt after a regular release, never two at once.
 */
declare class LevelingScheduler<P extends string = string, T = undefined> implements Observable<LevelingSchedulerEvents<P, T>>, Iterable<Release<P, T>>, Disposable {
    #private;
    readonly name: string;
    /** @throws TypeError or RangeError when an option is wrong. */
    constructor(options: LevelingSchedulerOptions<P>);
    get isRunning(): boolean;
    /**
     * Puts an item in for a product, or answers `false` at once: when `capacity` of its items wait, or it has no demand.
     * @throws TypeError when the scheduler isn't `queued`.
     */
    offer(product: P, item: T): boolean;
    /** Takes out and returns what waits for a product. Items of a product without demand wait until it has some, or for this. */
    withdraw(product: P): T[];
    /**
     * The next release, now, whatever the takt; `undefined` when there is no work. For consumers that pull; calls count as
     * takts for catching up. O(products).
     */
    next(): Release<P, T> | undefined;
    /** Releases until there is no work: without end, unless it is `queued` or there is no demand. */
    [Symbol.iterator](): Generator<Release<P, T>, void, undefined>;
    /**
     * Goes on with another demand. The sequence stays smooth: what each product is ahead or behind is carried over, see
     * `LevelSequence.change`.
     * @throws TypeError or RangeError when a demand is wrong.
     */
    setDemand(demand: Demand<P>): void;
    /**
     * Changes the takt. When it runs, the next release comes one new takt from now.
     * @throws TypeError or RangeError when it isn't a number above 0.
     */
    setTaktMs(taktMs: number): void;
    /**
     * Calls `release` once a takt, the first time one takt from now. What it throws, or the promise it returns rejects with,
     * goes to `onListenerError`; the product counts as released. Does nothing when it runs already.
     * @throws TypeError without a takt.
     */
    start(release: ReleaseHandler<P, T>): this;
    /** Gives the timer back. Nothing is owed for the time until the next `start`. */
    stop(): void;
    /** As `stop`. */
    [Symbol.dispose](): void;
    on<E extends keyof LevelingSchedulerEvents<P, T>>(event: E, listener: (...args: LevelingSchedulerEvents<P, T>[E]) => void): () => void;
    /** O(products). */
    snapshot(): LevelingSchedulerSnapshot;
}

type DurationClass = 'fast' | 'slow';
/** How the next duration of a key is predicted from its latest. */
type Prediction = {
    /** A quantile of the last ones, by nearest rank. */
    readonly kind: 'quantile';
    /** In (0, 1]. The higher, the fewer slow ones it takes to make a key slow. Default 0.9. */
    readonly quantile?: number;
    /** How many it looks back on: 1 to 1000. A record costs O(samples), and they are kept. Default 16. */
    readonly samples?: number;
} | {
    /** An exponentially weighted moving average. */
    readonly kind: 'ewma';
    /** The share of the newest, in (0, 1]. Default 0.2. */
    readonly newestRatio?: number;
};
/** What a `DurationClassifier` is made with. */
interface DurationClassifierOptions {
    /** What it is called on boards and in messages. Not empty. Default `'durations'`. */
    readonly name?: string;
    /** The longest that fast work is expected to take, in ms, above 0. A key predicted to take longer becomes slow. */
    readonly slowMs: number;
    /**
     * A slow key becomes fast again when it is predicted to take at most this, in ms, in (0, slowMs], and `recovery` is met.
     * The distance to `slowMs` keeps a key between the two from going to and fro. Default half of `slowMs`.
     */
    readonly fastMs?: number;
    /** How many durations of at most `fastMs` in a row a slow key needs to become fast again: at least 1. Default 3. */
    readonly recovery?: number;
    /** How durations are predicted. Default `{ kind: 'quantile', quantile: 0.9, samples: 16 }`. */
    readonly predictBy?: Prediction;
    /** The class of keys of which nothing is known. Default `'fast'`. */
    readonly unknown?: DurationClass;
    /** How many durations it takes to know a key: at least 1, and at most `samples`. Default 1. */
    readonly minimumSamples?: number;
    /**
     * How many keys are kept: 1 to 10,000,000. A new one beyond that takes the place of one that was neither recorded nor
     * asked for lately, which is then unknown; `evicted` counts those. Default 10000.
     */
    readonly maxKeys?: number;
    /** Receives what a listener threw, with the name of the event. Default: prints it. */
    readonly onListenerError?: ListenerErrorHandler;
}

/**
 * What tells fast items from slow ones and learns from how long they take: a `DurationClassifier` by a key, or anyone's.
 * Of its methods only `classify` must be there. What they throw goes to `onListenerError`.
 */
interface ItemClassifier<T> {
    /** Asked when an item is offered and, of one that was fast, again when its turn comes: by then more may be known. */
    classify(item: T): 'fast' | 'slow';
    /** How long the item is expected to take, in ms; `undefined` when that is unknown. For `weigh: 'duration'`. */
    predict?(item: T): number | undefined;
    /** An item was acknowledged, `ms` after it had been handed out. */
    record?(item: T, ms: number): void;
    /** An item handed out as a fast one is in progress for longer than `slowMs`. It counts as a slow one from here on. */
    overran?(item: T, ms: number): void;
    /** How long fast items may take, in ms. Without it nothing overruns. */
    readonly slowMs?: number;
}

/** What a `DurationClassifier` emits. */
interface DurationClassifierEvents<K> {
    /** A key's class has changed. */
    reclassify: [event: Reclassification<K>];
    /** A duration was no finite number of 0 or more. It was not recorded. */
    invalid: [event: {
        readonly key: K;
        readonly ms: number;
    }];
}
/** The change of a key's class. */
interface Reclassification<K> {
    readonly key: K;
    readonly to: DurationClass;
    /** By what it is predicted to take, or because it was seen to take longer than a fast one may. */
    readonly because: 'predicted' | 'overran';
    /** How long it is predicted to take now, in ms. */
    readonly predictedMs: number;
}
/** The readings of a `DurationClassifier` at one moment: plain JSON. */
interface DurationClassifierSnapshot {
    readonly name: string;
    readonly slowMs: number;
    readonly fastMs: number;
    /** How many keys it keeps. */
    readonly keys: number;
    readonly maxKeys: number;
    /** Of them, how many are slow. */
    readonly slowKeys: number;
    /** Since the start: durations recorded, of fast work that overran, and such that were no durations. */
    readonly recorded: number;
    readonly overran: number;
    readonly invalid: number;
    /** Since the start: how often a key became slow, and fast again. */
    readonly demoted: number;
    readonly promoted: number;
    /** Since the start: how many keys had to make room for others. */
    readonly evicted: number;
}
/**
 * Learns how long the work of each key takes, and says `fast` or `slow`. Two thresholds apart from each other keep keys
 * from going to and fro (hysteresis). Recording, predicting and classifying are O(1) in the number of keys.
 */
declare class DurationClassifier<K> implements Observable<DurationClassifierEvents<K>> {
    #private;
    readonly name: string;
    /** @throws TypeError or RangeError when an option is wrong. */
    constructor(options: DurationClassifierOptions);
    /** The work of `key` took `ms`, a finite number of 0 or more. Anything else is counted as `invalid`. Never throws. */
    record(key: K, ms: number): void;
    /**
     * Work of `key` that is still in progress has taken `ms` already. Above `slowMs` the key is slow at once, and predicted
     * to take at least this until it has recovered; up to there it means nothing. When that work ends, `record` it as well.
     */
    overran(key: K, ms: number): void;
    /** How long the work of `key` is expected to take, in ms; `undefined` when too little is known of it. */
    predict(key: K): number | undefined;
    classify(key: K): DurationClass;
    /** The same for items that have such a key: what the option `classify` of a `LoadLeveler` takes. */
    by<T>(keyOf: (item: T) => K): Required<ItemClassifier<T>>;
    on<E extends keyof DurationClassifierEvents<K>>(event: E, listener: (...args: DurationClassifierEvents<K>[E]) => void): () => void;
    snapshot(): DurationClassifierSnapshot;
}

/** What a `LoadLeveler` emits. */
interface LoadLevelerEvents<T> {
    /** The imbalance was above the threshold while something waited, so lanes were rebalanced: by the timer or by hand. */
    rebalance: [event: Rebalance];
    /** A worker gave an item up. The item has left the leveler: keep it here or it is gone. */
    deadLetter: [event: DeadLetter<T>];
}
/** What one rebalancing found and did. */
interface Rebalance {
    /** The imbalance it found: `(max − min) / avg` of the loads, 0 when there is no load. */
    readonly before: number;
    /** The load of each worker before, by lane: what waits and what is in progress. */
    readonly beforeLoads: readonly number[];
    /** From which lane how many items went where, by lane. Empty when nothing could be moved to advantage. */
    readonly moves: readonly RebalanceMove[];
    /** How many items were moved. */
    readonly moved: number;
    /** The imbalance it left. */
    readonly after: number;
    readonly afterLoads: readonly number[];
}
interface RebalanceMove {
    readonly from: number;
    readonly to: number;
    readonly count: number;
}
/** An item that a worker gave up. */
interface DeadLetter<T> {
    readonly item: T;
    /** What the worker said. */
    readonly reason: unknown;
    /** How many times the item had been handed out. */
    readonly attempt: number;
}

/** Where work waits: in one line for all workers, or in a lane for each. */
type Strategy = 'shared' | 'per-worker';
/** How a lane is chosen for new work. */
type Assign = 'least-loaded' | 'round-robin' | 'power-of-two';
/** What a load is: a number of items, or a sum of expected durations. */
type Weigh = 'count' | 'duration';
/** What a `LoadLeveler` is made with. Of `T`, the callbacks see the items as they were offered. */
interface LoadLevelerOptions<T> {
    /** What it is called on boards and in messages. Not empty. Default `'leveler'`. */
    readonly name?: string;
    /** How many workers will pull, and so how many lanes there are. An integer from 1 to 10000. `resize` changes it. */
    readonly workers: number;
    /**
     * How many items may wait, over all lanes and with those whose retry is delayed. An integer, at least 1.
     * Beyond it `offer` answers `false`; an item that a waiting worker takes at once needs no room, and a retry always
     * has room. Default 100.
     */
    readonly capacity?: number;
    /**
     * `'shared'`: one line, and an item meets its worker as late as possible: the shortest waits.
     * `'per-worker'`: a lane for each worker, levelled by stealing and rebalancing: for work that should stay where its
     * caches, connections or keys are. Default `'shared'`.
     */
    readonly strategy?: Strategy;
    /**
     * How new work finds its lane; only `per-worker`. `'least-loaded'` looks at every lane (O(workers) an offer, ties in
     * turn), `'round-robin'` at none, `'power-of-two'` at two drawn at random (Mitzenmacher, TPDS 2001).
     * Default `'least-loaded'`.
     */
    readonly assign?: Assign;
    /**
     * Whether a worker whose lane is empty takes the longest waiting item of the busiest lane; only `per-worker`.
     * Without it lanes are levelled by `assign` and by rebalancing alone. Default `true`.
     */
    readonly steal?: boolean;
    /**
     * How often lanes are rebalanced while something waits, in ms; only `per-worker`. An integer, at least 1, or
     * `Infinity` for only by hand. No timer runs while nothing waits. Default 30000.
     */
    readonly everyMs?: number;
    /** The imbalance, `(max − min) / avg` of the workers' loads, above which lanes are rebalanced. At least 0. Default 0.05. */
    readonly threshold?: number;
    /**
     * How much rebalancing by the timer may do before it lets the event loop go on: items and lanes looked at or moved. An
     * integer, at least 1, or `Infinity` for all in one stretch; only `per-worker`. Workers and offers may come in between;
     * the event is emitted at the end. Default 5000, which takes about 1 ms.
     */
    readonly itemsPerSlice?: number;
    /**
     * What the loads are, for `assign`, stealing and rebalancing. `'count'`: each item is 1. `'duration'`: each is its
     * expected duration, from `durationOf` or else from `classify` where that predicts. Asked once, when the item is
     * offered. Default `'count'`.
     */
    readonly weigh?: Weigh;
    /**
     * How long an item is expected to take, as a finite number of 0 or more: ms, or any unit that is the same for all.
     * `undefined` is unknown: then it counts as those known of late do on average. So does an item for which the answer is
     * no duration or an exception, and that goes to `onListenerError`. Only with `weigh: 'duration'`.
     */
    readonly durationOf?: (item: T) => number | undefined;
    /**
     * Items with the same key (compared as a `Map` does) are handed out one after another, in the order they were
     * offered: the next one when the one before has been settled, a delayed retry included. They wait in one lane while
     * any of them waits or runs. `undefined` is no key. An exception means no key and goes to `onListenerError`.
     */
    readonly keyBy?: (item: T) => unknown;
    /**
     * Says which items are slow, as a function or as something that learns it, such as a `DurationClassifier` by a key:
     * `durations.by((job) => job.kind)`. With `shared` slow items are capped by `slowLimit`; `per-worker` uses only what it
     * predicts, for `weigh: 'duration'`. An exception means fast and goes to `onListenerError`. Without it everything is
     * fast. One that learns is told how long acknowledged items took, and of fast ones in progress that overrun: those
     * count as slow from then on, which is noticed when work is next handed out.
     */
    readonly classify?: ((item: T) => 'fast' | 'slow') | ItemClassifier<T>;
    /**
     * How many slow items may be in progress at once; only `shared` with `classify`. An integer, at least 1, or
     * `Infinity` for no cap. Default three quarters of the workers, rounded down, at least 1; it follows `resize`.
     */
    readonly slowLimit?: number;
    /** How many leases may wait for work. An integer, at least 1. Beyond it `lease` rejects. Default 1000. */
    readonly maxWaiters?: number;
    /** Draws for `'power-of-two'`: a number in [0, 1). Default `Math.random`. */
    readonly random?: () => number;
    /** Default: the platform's monotonic clock. */
    readonly clock?: Clock;
    /** Starts the timers of rebalancing and delayed retries. Default: the platform's, which keep no process alive. */
    readonly timers?: Timers;
    /** Receives what a listener or one of the callbacks above threw, with the name of the event or option. Default: prints it. */
    readonly onListenerError?: ListenerErrorHandler;
}

/** The readings of a `LoadLeveler` at one moment: plain JSON. Loads are counts, or, with `weigh: 'duration'`, sums of expected durations. */
interface LoadLevelerSnapshot {
    readonly name: string;
    readonly strategy: Strategy;
    readonly workers: number;
    /** How many items may wait. */
    readonly capacity: number;
    /** How many items wait, delayed retries included. Retries may bring it above `capacity`. */
    readonly depth: number;
    /** Of them, how many wait for the delay of their retry to pass. */
    readonly delayed: number;
    /** How many items are in the hands of workers. */
    readonly leased: number;
    /** How many leases wait for work. */
    readonly waiters: number;
    readonly isClosed: boolean;
    /**
     * The load of each worker, by lane. Per worker: what waits in its lane and what it has in progress. Shared: what it
     * has in progress, as what waits belongs to nobody yet; work leased from the whole is spread over all.
     */
    readonly workerLoads: readonly number[];
    /** (max − min) / avg of `workerLoads`; 0 when there is no load. */
    readonly imbalanceFactor: number;
    readonly avgPerWorker: number;
    readonly maxPerWorker: number;
    readonly minPerWorker: number;
    /** The imbalance above which lanes are rebalanced. */
    readonly threshold: number;
    /** How often the imbalance was found above the threshold while something waited. */
    readonly rebalanceAttempts: number;
    /** How many items rebalancing has moved. */
    readonly itemsMoved: number;
    /** How many items idle workers have taken from others' lanes, the rest of a key that came along included. */
    readonly stolen: number;
    /** How many offers were refused: full, or closed. */
    readonly rejected: number;
    /** How many leases were refused because `maxWaiters` waited already. */
    readonly waitersRejected: number;
    /** How many items workers have given up. */
    readonly deadLettered: number;
    /** How many slow items are in progress; 0 where nothing is classified. */
    readonly slowInProgress: number;
    /** The cap on those now; `null` where there is none. */
    readonly slowLimit: number | null;
    /** How many items handed out as fast ones took longer than a classifier that learns says they may. */
    readonly overran: number;
    /** For how long the item at the head has waited, in ms, since its latest retry if any. 0 when nothing waits. */
    readonly oldestAgeMs: number;
    /** Items offered and accepted a second, over the last 9 to 10 s (or since the start, but at least 1 s). */
    readonly enqueueRate: number;
    /** Items handed out a second, retries included, over the same time. */
    readonly dequeueRate: number;
}

/**
 * Spreads work over workers that pull. It runs no workers itself: a pool pulls from the leveler, or each of its workers
 * from its own `lane`. An item goes from waiting to in progress to settled (`ack` or `deadLetter`), or back by `retry`;
 * it is never lost, doubled, or taken from a worker that has started it.
 */
declare class LoadLeveler<T> implements WorkSource<T>, Observable<LoadLevelerEvents<T>>, Disposable {
    #private;
    readonly name: string;
    /** @throws TypeError or RangeError when an option is wrong. */
    constructor(options: LoadLevelerOptions<T>);
    /** How many workers it levels for. */
    get workers(): number;
    /** How many items wait, delayed retries included. */
    get depth(): number;
    /** How many items are in the hands of workers. */
    get leased(): number;
    /** Adds an item, or answers `false` at once: when `capacity` items wait, or when it is closed. Never throws. */
    offer(item: T): boolean;
    /** The longest waiting item that may be handed out now, or `undefined`. */
    tryLease(): Lease<T> | undefined;
    /**
     * As `tryLease`, but waits for work, first come, first served.
     * Rejects with the signal's reason when it aborts, with `LevelerClosedError` when the leveler is closed and all that
     * was in it is settled, with `TooManyWaitersError` when `maxWaiters` wait already.
     */
    lease(options?: LeaseOptions): Lease<T> | Promise<Lease<T>>;
    /**
     * Where worker `index` pulls. Per worker: from its own lane, and from others' when it is empty and `steal` is on.
     * Shared: from the whole, and what it has in progress counts as its load. Leases reject with `LaneRemovedError` once
     * `resize` has taken the lane away, and work again when it is back.
     * @throws RangeError when `index` isn't an integer from 0 to `workers` − 1.
     */
    lane(index: number): WorkSource<T>;
    /**
     * Levels the lanes now, as the timer does every `everyMs`: when the imbalance is above the threshold, moves what
     * waits from the busiest to the least busy until it isn't, or until no move would bring two lanes closer. Newest items
     * move first; they keep their places by age. In one stretch, whatever `itemsPerSlice` is; what the timer has under way
     * is ended first. Returns what it found and did.
     * Takes O(items moved + workers · log workers); with keys or durations O(items in the lanes that give + workers²).
     * Under `shared` there is nothing to move.
     */
    rebalance(): Rebalance;
    /**
     * Changes the number of workers. What waits in lanes that go moves to the least loaded that stay; what their workers
     * have in progress stays theirs until it is settled. New lanes begin empty: they get new work, steal, and take part
     * in the next rebalancing; one under way ends as it is. O(items in the lanes that go).
     * @throws RangeError when `workers` isn't an integer from 1 to 10000.
     */
    resize(workers: number): void;
    /**
     * Takes nothing in any more. What is in it comes out, retries included; once all of it is settled, leases that wait
     * reject with `LevelerClosedError`.
     */
    close(): void;
    /** Closes it and gives its timers back: no more rebalancing by itself; delayed retries wait no longer. */
    stop(): void;
    [Symbol.dispose](): void;
    on<E extends keyof LoadLevelerEvents<T>>(event: E, listener: (...args: LoadLevelerEvents<T>[E]) => void): () => void;
    /** O(workers · log workers), and with `keyBy` O(items in progress). */
    snapshot(): LoadLevelerSnapshot;
}

/** It took longer than `timeoutMs`. */
declare class ScalingTimeoutError extends Error {
    readonly name = "ScalingTimeoutError";
    readonly code = "ERR_SCALING_TIMEOUT";
    /** What took so long. */
    readonly operation: 'read' | 'scale';
    readonly timeoutMs: number;
    constructor(operation: 'read' | 'scale', timeoutMs: number);
}

/** An error without a stack trace, for what happens often and has to be cheap. */
declare class StacklessError extends Error {
    constructor(message: string, options?: {
        readonly cause?: unknown;
    });
}

/** Why there was no place: every place is taken (and so is the queue), the wait took too long, or it was stopped. */
type LimitExceededReason = 'full' | 'wait' | 'stopped';
/** What a `LimitExceededError` is made from. */
interface LimitExceededErrorOptions {
    readonly limiter: string;
    readonly reason: LimitExceededReason;
    readonly class: string | undefined;
    readonly limit: number;
    readonly inFlight: number;
    readonly queued: number;
}
/** An adaptive limiter had no place for a call, which was not started. Carries no stack trace. */
declare class LimitExceededError extends StacklessError {
    readonly code: 'ERR_LIMIT_EXCEEDED';
    /** The name of the limiter. */
    readonly limiter: string;
    readonly reason: LimitExceededReason;
    /** The class of the call; `undefined` for none. */
    readonly class: string | undefined;
    /** How many calls might have run at that moment. */
    readonly limit: number;
    /** How many calls ran. */
    readonly inFlight: number;
    /** How many calls waited. */
    readonly queued: number;
    constructor(options: LimitExceededErrorOptions);
    get name(): 'LimitExceededError';
}

/** What a rate is counted by. Compared as a `Map` does: `1` and `'1'` are two keys. */
type RateLimitKey = string | number;

/**
 * Why a limiter refuses: the rate is used up (and the wait would be longer than `maxWaitMs`), the cost is above the burst
 * and never conforms, as many as `maxWaiters` wait already, every key that may be kept is limited (`whenFull: 'refuse'`),
 * or the limiter was stopped.
 */
type RateLimitReason = 'rate' | 'cost' | 'waiters' | 'keys' | 'stopped';
/** A call came faster than the rate and was not started. Carries no stack trace, because refusing has to be cheap. */
declare class RateLimitedError extends StacklessError {
    readonly code: 'ERR_RATE_LIMITED';
    /** The name of the limiter. */
    readonly limiter: string;
    readonly reason: RateLimitReason;
    /** What it was counted by; `undefined` for the limiter's one rate. */
    readonly key: RateLimitKey | undefined;
    /**
     * After how many ms it would be admitted, from the refusal: those who wait are in it, calls that come meanwhile are not.
     * `Infinity` for a cost that never conforms.
     */
    readonly retryAfterMs: number;
    constructor(limiter: string, reason: RateLimitReason, key: RateLimitKey | undefined, retryAfterMs: number);
    get name(): 'RateLimitedError';
}

/** The events of a `RateLimiter`. */
interface RateLimiterEvents {
    /** A call was refused: by `tryTake`, or without waiting by `take` and `execute`. */
    rejected: [event: RateLimitedEvent];
}
/** A call was refused. */
interface RateLimitedEvent {
    readonly key: RateLimitKey | undefined;
    readonly cost: number;
    readonly reason: RateLimitReason;
    /** See `RateLimitedError`. */
    readonly retryAfterMs: number;
}
/** What is left of a rate at one moment: what HTTP's `RateLimit` header fields say. */
interface RateLimitReading {
    /** How much could be taken at once, in whole units. */
    readonly remaining: number;
    /** After how many ms the cost asked about would be admitted. 0 for now, `Infinity` for a cost above the burst. */
    readonly retryAfterMs: number;
    /** After how many ms the whole burst would be there again, if nothing came. */
    readonly fullAfterMs: number;
}
/** The readings of a `RateLimiter`: plain JSON. */
interface RateLimiterSnapshot {
    readonly name: string;
    readonly limit: number;
    readonly perMs: number;
    readonly burst: number;
    readonly maxKeys: number;
    /** How many keys are kept. Some may be idle and not yet dropped. */
    readonly keys: number;
    /** How many calls wait. */
    readonly waiting: number;
    readonly totals: {
        /** Calls that were admitted, after a wait or at once. */
        readonly admitted: number;
        /** Of them, how many had to wait. */
        readonly waited: number;
        /** Calls that were refused. */
        readonly rejected: number;
        /** Calls that were cancelled by their caller while they waited. */
        readonly cancelled: number;
        /** Calls whose key found no room. */
        readonly overflowed: number;
    };
}

/** Who decided: the store, for all processes, or this process by itself. */
type DecidedBy = 'store' | 'local';
/** What a shared limiter answers. */
interface RateDecision {
    readonly isAdmitted: boolean;
    /** After how many ms the call would be admitted. 0 when it is, `Infinity` for a cost above the burst. */
    readonly retryAfterMs: number;
    readonly decidedBy: DecidedBy;
}
/** The events of a `SharedRateLimiter`. */
interface SharedRateLimiterEvents {
    /** A call was refused: by `tryTake`, or by `take` and `execute`. */
    rejected: [event: RateLimitedEvent];
    /** The store failed, or was too late, `awayAfter` times in a row: this process decides by itself from now on. */
    storeAway: [event: StoreAwayEvent];
    /** The store answers again, and decides from now on. */
    storeBack: [event: StoreBackEvent];
}
/** The store has gone away. */
interface StoreAwayEvent {
    /** What it failed with last; a `RateLimitStoreTimeoutError` when it was too late. */
    readonly cause: unknown;
}
/** The store has come back. */
interface StoreBackEvent {
    readonly awayMs: number;
    /** How many decisions this process made by itself meanwhile. */
    readonly decisions: number;
}
/** The store didn't answer within the limiter's `timeoutMs`. It may have taken nevertheless. */
declare class RateLimitStoreTimeoutError extends Error {
    readonly name = "RateLimitStoreTimeoutError";
    readonly code = "ERR_RATE_LIMIT_STORE_TIMEOUT";
    readonly timeoutMs: number;
    constructor(timeoutMs: number);
}
/** What `tryTake` of a shared limiter is asked. */
interface SharedTryTakeOptions {
    /** What is counted apart. Without one it is counted at the limiter's one rate, which no key shares. */
    readonly key?: RateLimitKey | undefined;
    /** How much it counts for. Greater than 0. Default 1. */
    readonly cost?: number | undefined;
}
/** The readings of a `SharedRateLimiter`: plain JSON. Totals are those of this process. */
interface SharedRateLimiterSnapshot {
    readonly name: string;
    readonly limit: number;
    readonly perMs: number;
    readonly burst: number;
    readonly store: {
        readonly isAway: boolean;
        /** For how long it has been away, in ms; 0 when it isn't. */
        readonly awayMs: number;
        /** How often it went away. */
        readonly timesAway: number;
        /** How many questions it failed to answer, those it was too late for included. */
        readonly failures: number;
        readonly timeouts: number;
    };
    /** How many calls wait. */
    readonly waiting: number;
    /** How many keys are kept for deciding without the store. */
    readonly keys: number;
    readonly totals: {
        readonly admitted: number;
        /** Of them, how many this process admitted by itself. */
        readonly admittedLocally: number;
        readonly rejected: number;
        /** Calls that were cancelled by their caller while they waited. */
        readonly cancelled: number;
    };
}

/** A throttle refused a call on this side, because the other side would likely have. Carries no stack trace. */
declare class ThrottledError extends StacklessError {
    readonly code: 'ERR_THROTTLED';
    /** The name of the throttle. */
    readonly throttle: string;
    /** The class of the call; `undefined` for none. */
    readonly class: string | undefined;
    /** The probability with which it was refused. */
    readonly rejectRatio: number;
    constructor(throttle: string, callClass: string | undefined, rejectRatio: number);
    get name(): 'ThrottledError';
}

/** Why a limit changed. */
type LimitChange = 
/** It was used, and calls were fast enough. */
'growth'
/** Calls took longer than their baseline allows. */
 | 'latency'
/** A call was dropped: refused by the other side, or timed out. */
 | 'drop'
/** It was halved for a moment, to see how fast calls are with less load; or is back from that. */
 | 'probe';

/**
 * A place for one call. It ends with exactly one of these, which says what the call tells about load; later ones do
 * nothing. `using` ends it with `ignore`.
 */
interface LimitPermit extends Disposable {
    /** The call went well: its latency counts. */
    success(): void;
    /** It went wrong for a reason that isn't load. */
    failure(): void;
    /** It says nothing: cancelled by its caller, or not made after all. */
    ignore(): void;
    /** There was too much load: it was refused by the other side, or timed out. */
    drop(): void;
}
/** What is asked of an adaptive limiter. */
interface AcquireOptions {
    /** One of the `partitions`. Default: none; such calls get what is promised to nobody. */
    readonly class?: string | undefined;
    /** Ends the wait. */
    readonly signal?: AbortSignal | undefined;
}
/** What may accompany one call that an adaptive limiter wraps. */
interface AdaptiveExecuteOptions extends ExecuteOptions {
    /** See `AcquireOptions.class`. */
    readonly class?: string | undefined;
}
/** The events of an `AdaptiveLimiter`. */
interface AdaptiveLimiterEvents {
    /** The limit is another one. */
    limit: [event: LimitEvent];
    /** A call was refused, or waited for too long. */
    rejected: [event: LimitRejectedEvent];
}
/** A limit has changed. */
interface LimitEvent {
    readonly from: number;
    readonly to: number;
    readonly reason: LimitChange;
}
/** A call got no place. */
interface LimitRejectedEvent {
    readonly class: string | undefined;
    readonly reason: LimitExceededReason;
    readonly limit: number;
    readonly inFlight: number;
    readonly queued: number;
}
/** The readings of one class. */
interface PartitionSnapshot {
    readonly share: number;
    /** How many places are kept for it at present. */
    readonly guaranteed: number;
    readonly inFlight: number;
    readonly queued: number;
}
/** The readings of an `AdaptiveLimiter`: plain JSON. */
interface AdaptiveLimiterSnapshot {
    readonly name: string;
    readonly algorithm: 'gradient' | 'aimd';
    readonly limit: number;
    readonly minLimit: number;
    readonly maxLimit: number;
    /** How many calls run. Above `limit` for a while after that has fallen. */
    readonly inFlight: number;
    readonly queued: number;
    readonly queueCapacity: number;
    /** How long calls take without queueing, in ms; `null` where that isn't known, or not used. */
    readonly baselineMs: number | null;
    /** How long calls took of late, in ms; `null` before the first. */
    readonly latencyMs: number | null;
    readonly partitions: Readonly<Record<string, PartitionSnapshot>>;
    readonly totals: {
        /** Calls that got a place. What isn't counted below runs at present. */
        readonly admitted: number;
        readonly succeeded: number;
        readonly failed: number;
        readonly ignored: number;
        readonly dropped: number;
        /** Calls that were refused, or waited for too long. */
        readonly rejected: number;
        /** Calls that were cancelled by their caller while they waited. */
        readonly cancelled: number;
    };
}
/** A policy that bounds how many calls run at once, and finds the bound by itself. */
interface AdaptiveLimiter extends Policy, Observable<AdaptiveLimiterEvents>, Disposable {
    readonly kind: 'adaptive-limiter';
    /** How many calls may run at present. */
    readonly limit: number;
    /**
     * A place for work that isn't one function, or `undefined` when there is none now. Never waits.
     * @throws RangeError for a class that isn't one of the partitions.
     */
    tryAcquire(options?: Pick<AcquireOptions, 'class'>): LimitPermit | undefined;
    /**
     * Waits for a place, first come, first served within its class, up to `maxWaitMs`. Rejects with a `LimitExceededError`
     * after that, or at once when `queueCapacity` calls wait; with the signal's reason when that aborts.
     */
    acquire(options?: AcquireOptions): Promise<LimitPermit>;
    /** As `acquire`, and then calls `work` and judges its end by `classify`. */
    execute<T>(work: (context: WorkContext) => T | PromiseLike<T>, options?: AdaptiveExecuteOptions): Promise<T>;
    snapshot(): AdaptiveLimiterSnapshot;
    /** Nobody waits any more: those who do are refused. Places that are free are still given. */
    stop(): void;
}

/**
 * What the end of a call says about load. `'success'`: its latency counts. `'drop'`: there was too much of it: refused by
 * the other side, or timed out. `'failure'`: it went wrong for a reason that isn't load; it counts, but says nothing about
 * the limit. `'ignore'`: it says nothing at all, as it wasn't really made.
 */
type LoadOutcome = 'success' | 'failure' | 'ignore' | 'drop';
/** How a call ended. */
type CallResult = {
    readonly ok: true;
    readonly value: unknown;
} | {
    readonly ok: false;
    readonly error: unknown;
};
/**
 * The default of `classify` of `adaptiveLimiter` and `adaptiveThrottle`. What resolves is a success. An error is a drop when
 * it is a timeout (by the name `TimeoutError` or its code), when the connection was refused or cut (by the code of it or
 * of its `cause`, as `fetch` has it), or when it has an HTTP `status` or `statusCode` of 429, 503 or 504. It is ignored
 * when a policy refused the call before it was made. Otherwise it is a failure.
 */
declare function classifyLoad(result: CallResult): LoadOutcome;

/** What every policy that emits can be told. */
interface EmittingOptions {
    /** What it is called in messages, on boards and in metrics. Default: what it is. */
    readonly name?: string | undefined;
    /** Receives what a listener or a callback of yours threw, with the event's or the option's name. Default: prints it. */
    readonly onListenerError?: ListenerErrorHandler | undefined;
}

/** Time as the options of a limiter name it. */
interface WaitOptions {
    /** The source of time. Default: the platform's monotonic clock. */
    readonly clock?: Clock | undefined;
    /** Starts the timers. Default: the platform's; they keep the process alive while a call waits for them. */
    readonly timers?: Timers | undefined;
}

/** The rule that grows by the gradient of latency. */
interface GradientOptions {
    readonly kind: 'gradient';
    /** How long latencies are gathered for one step, in ms. Greater than 0. Default 1000. */
    readonly windowMs?: number | undefined;
    /** How many successes one step needs. An integer, at least 1. Default 10. */
    readonly minSamples?: number | undefined;
    /** How many times the baseline calls may take until the limit shrinks. At least 1. Default 1.5. */
    readonly tolerance?: number | undefined;
    /** How much of a step is made. Greater than 0, up to 1. Default 0.2. */
    readonly smoothing?: number | undefined;
    /** How many calls a whole step adds. Greater than 0. Default 4. */
    readonly headroom?: number | undefined;
    /** Over how many windows the baseline is averaged. An integer, at least 1. Default 600. */
    readonly baselineWindows?: number | undefined;
    /**
     * How often the baseline is measured anew, at half the limit, in ms, while the limit is used. Greater than 0, or
     * `Infinity` for never: then long queueing becomes the baseline, and the limit drifts up. Default 60,000.
     */
    readonly probeEveryMs?: number | undefined;
}
/** The rule that grows until something is dropped. */
interface AimdOptions {
    readonly kind: 'aimd';
    /** What is added for each limit's worth of successes. Greater than 0. Default 1. */
    readonly increase?: number | undefined;
    /** From which latency on a success counts as a drop, in ms. Greater than 0. Default `Infinity`: none does. */
    readonly slowMs?: number | undefined;
}
/** What `adaptiveLimiter` is made with. */
interface AdaptiveLimiterOptions extends EmittingOptions, WaitOptions {
    /**
     * How the limit follows what happens. `gradient` needs no drops, and keeps latency low; `aimd` needs drops or `slowMs`, and
     * fills the queue until they come. Default `{ kind: 'gradient' }`.
     */
    readonly algorithm?: GradientOptions | AimdOptions | undefined;
    /** How many calls may run at first. An integer between the other two. Default 20, or the nearer of the other two. */
    readonly initialLimit?: number | undefined;
    /** The least. An integer, at least 1. Default 1. */
    readonly minLimit?: number | undefined;
    /** The most. An integer, at least `minLimit`. Default 1000. */
    readonly maxLimit?: number | undefined;
    /** What the limit is multiplied with at a drop, once a round trip. Greater than 0, less than 1. Default 0.9. */
    readonly backoffRatio?: number | undefined;
    /**
     * The share of the limit, rounded down, that is kept free for each class of calls; up to 1 together. What isn't
     * promised to anyone is for all. Default: no classes.
     */
    readonly partitions?: Readonly<Record<string, number>> | undefined;
    /** How many calls wait for a place, over all classes. An integer from 0. Default 0: nobody waits. */
    readonly queueCapacity?: number | undefined;
    /** How long they wait, in ms, up to 10 ms longer. From 0, or `Infinity`. Default 1000. */
    readonly maxWaitMs?: number | undefined;
    /**
     * Says what the end of a call means. Not asked when the caller aborted: that is ignored. An exception or a wrong answer
     * goes to `onListenerError` and means `'ignore'`. Default `classifyLoad`.
     */
    readonly classify?: ((result: CallResult) => LoadOutcome) | undefined;
}

/**
 * Bounds how many calls run at once, by a limit that follows what happens to them: by their latency (`gradient`) or by
 * drops (`aimd`). In front of a service it sheds what that can't do in time; around a downstream call it finds out how much
 * that bears. A limit that isn't used doesn't grow.
 * @throws TypeError or RangeError that names the option which is wrong.
 */
declare function adaptiveLimiter(options?: AdaptiveLimiterOptions): AdaptiveLimiter;

/** What `adaptiveThrottle` is made with. */
interface AdaptiveThrottleOptions extends EmittingOptions, Pick<WaitOptions, 'clock'> {
    /**
     * K: how many calls are sent for each that is accepted, at the least. The larger, the more calls the other side has to
     * refuse, and the sooner it is noticed that it can take them again. Greater than or equal to 1. Default 2.
     */
    readonly multiplier?: number | undefined;
    /** How far back calls count, in ms, moving in 60 steps. Greater than 0. Default 120,000. */
    readonly windowMs?: number | undefined;
    /**
     * The most that is held back, from 0 to 1. Default 1, as in the book: after an outage of minutes at 100 calls a second,
     * one call in thousands is sent, and it takes more than ten minutes until all are again. With 0.9 every tenth call
     * goes all the time, and it takes four.
     */
    readonly maxRejectRatio?: number | undefined;
    /** Classes of criticality, each with statistics and a multiplier of its own. Default: none. */
    readonly classes?: Readonly<Record<string, number>> | undefined;
    /**
     * Says what the end of a call means: `'success'` and `'failure'` were accepted by the other side, `'drop'` wasn't,
     * `'ignore'` doesn't count. Not asked when the caller aborted: that is ignored. An exception or a wrong answer goes to
     * `onListenerError` and means `'ignore'`. Default `classifyLoad`.
     */
    readonly classify?: ((result: CallResult) => LoadOutcome) | undefined;
    /** Draws from [0, 1). One that throws holds nothing back. Default `Math.random`. */
    readonly random?: (() => number) | undefined;
}
/** Leave for one call. It ends with exactly one of these; later ones do nothing. `using` ends it with `ignore`. */
interface ThrottlePermit extends Disposable {
    /** The other side took the call, whatever came of it. */
    accepted(): void;
    /** The other side refused it, or didn't answer. */
    rejected(): void;
    /** It says nothing: cancelled by its caller, or not made after all. */
    ignore(): void;
}
/** What may accompany one call that a throttle wraps. */
interface ThrottleExecuteOptions extends ExecuteOptions {
    /** One of the `classes`. Default: none; such calls have statistics of their own too. */
    readonly class?: string | undefined;
}
/** The events of an `AdaptiveThrottle`. */
interface AdaptiveThrottleEvents {
    /** A call was held back. */
    rejected: [event: ThrottledEvent];
}
/** A call was held back. */
interface ThrottledEvent {
    readonly class: string | undefined;
    /** The probability with which it was. */
    readonly rejectRatio: number;
}
/** The readings of one class over the window. */
interface ThrottleClassSnapshot {
    readonly multiplier: number;
    /** Calls whose end is known, and calls that were held back. */
    readonly requests: number;
    /** Calls that the other side took. */
    readonly accepts: number;
    /** The probability with which the next call is held back. */
    readonly rejectRatio: number;
}
/** The readings of an `AdaptiveThrottle`: plain JSON. What isn't in `classes` is of calls without a class. */
interface AdaptiveThrottleSnapshot extends ThrottleClassSnapshot {
    readonly name: string;
    readonly windowMs: number;
    readonly classes: Readonly<Record<string, ThrottleClassSnapshot>>;
    /** Since the start, over all classes. */
    readonly totals: {
        /** Calls that the other side took. */
        readonly accepted: number;
        /** Calls that the other side refused. */
        readonly rejected: number;
        readonly ignored: number;
        /** Calls that were held back on this side. */
        readonly throttled: number;
    };
}
/** A policy that holds calls back which the other side would refuse. */
interface AdaptiveThrottle extends Policy, Observable<AdaptiveThrottleEvents> {
    readonly kind: 'adaptive-throttle';
    /**
     * Leave for a call that isn't one function, or `undefined` when it is held back.
     * @throws RangeError for a class that isn't one of `classes`.
     */
    tryAcquire(options?: {
        readonly class?: string | undefined;
    }): ThrottlePermit | undefined;
    /** Calls `work`, or rejects with a `ThrottledError`. */
    execute<T>(work: (context: WorkContext) => T | PromiseLike<T>, options?: ThrottleExecuteOptions): Promise<T>;
    snapshot(): AdaptiveThrottleSnapshot;
}

/**
 * Holds calls back on the caller's side while the other side refuses many: each with the probability
 * `max(0, (requests − multiplier × accepts) / (requests + 1))` over the window, so that about `multiplier` calls are sent
 * for each that is accepted. A call counts when its end is known, or when it is held back; calls that still run don't, so
 * that the first of many that begin together doesn't hold the others back.
 * Source: Google, "Site Reliability Engineering" (2016), chapter 21, "Handling Overload", client-side throttling.
 * @throws TypeError or RangeError that names the option which is wrong.
 */
declare function adaptiveThrottle(options?: AdaptiveThrottleOptions): AdaptiveThrottle;

/** What is asked of a limiter at once. */
interface TryTakeOptions {
    /** What is counted apart. Without one it is counted at the limiter's one rate, which no key shares. */
    readonly key?: RateLimitKey | undefined;
    /** How much it counts for. Greater than 0. Default 1. */
    readonly cost?: number | undefined;
    /** The time on the limiter's clock, in ms, where it is known already: reading a clock costs more than deciding. */
    readonly nowMs?: number | undefined;
}
/** What is asked of a limiter by who may wait. */
interface TakeOptions {
    /** See `TryTakeOptions.key`. */
    readonly key?: RateLimitKey | undefined;
    /** How much it counts for. Greater than 0. Default 1. */
    readonly cost?: number | undefined;
    /** Ends the wait. */
    readonly signal?: AbortSignal | undefined;
    /** How long to wait at the most, in ms. Default: the limiter's `maxWaitMs`. */
    readonly maxWaitMs?: number | undefined;
}
/** What may accompany one call that a limiter wraps. */
interface RateLimitExecuteOptions extends ExecuteOptions, TakeOptions {
    readonly signal?: AbortSignal | undefined;
}
/** A policy that bounds how often calls are made. */
interface RateLimiter extends Policy, Observable<RateLimiterEvents>, Disposable {
    readonly kind: 'rate-limiter';
    /**
     * Takes and answers `true`, or answers `false` at once. Nothing is allocated. While others wait for the same key it
     * answers `false`: newcomers never overtake.
     * @throws TypeError or RangeError for a cost that isn't above 0 or a time that isn't finite.
     */
    tryTake(cost?: number, nowMs?: number): boolean;
    tryTake(options: TryTakeOptions): boolean;
    /** As `tryTake({ key, cost, nowMs })`, for where an object a call is too much. */
    tryTakeFor(key: RateLimitKey, cost?: number, nowMs?: number): boolean;
    /**
     * After how many ms the call that `tryTake` refused last would have been admitted, exactly: then, and not before. Those
     * who wait are in it. `Infinity` for a cost above the burst. 0 when nothing was refused yet.
     */
    readonly retryAfterMs: number;
    /**
     * Waits for its turn, first come first served for each key, and takes. How long that is, is known at once: when it is
     * longer than `maxWaitMs`, or when `maxWaiters` wait, or when the cost never conforms, it rejects with a
     * `RateLimitedError`. What waits is never refused any more, unless the limiter is stopped. Rejects with the signal's
     * reason when that aborts; those behind move forward then.
     */
    take(options?: TakeOptions): Promise<void>;
    /** As `take`, and then calls `work`. */
    execute<T>(work: (context: WorkContext) => T | PromiseLike<T>, options?: RateLimitExecuteOptions): Promise<T>;
    /** What is left, without taking. */
    peek(options?: TryTakeOptions): RateLimitReading;
    snapshot(): RateLimiterSnapshot;
    /** Nobody waits any more: those who do are refused, and so is who would have to. `tryTake` goes on. */
    stop(): void;
}

/** What happens to a key for which there is no room because all that are kept are limited. */
type WhenFull = 'share' | 'refuse' | 'admit';
/** What `rateLimiter` is made with. */
interface RateLimiterOptions extends EmittingOptions, WaitOptions {
    /** How much cost is admitted per `perMs`, in the long run. Greater than 0; fractions are fine. */
    readonly limit: number;
    /** The time that `limit` is for, in ms. Greater than 0. Default 1000. */
    readonly perMs?: number | undefined;
    /**
     * How much may come at once, after a pause. At least 1. Default `limit`, rounded down. Over any time t, at most
     * `burst + limit × t / perMs` is admitted: up to twice `limit` in the first `perMs` with the default, and with
     * `burst: 1` evenly spaced calls.
     */
    readonly burst?: number | undefined;
    /**
     * How many keys are kept, at the most. An integer from 1 to 16,000,000. Default 100,000. Keys that aren't limited any
     * more are dropped to make room; nothing is lost with them. About 60 bytes a key, and the key itself.
     */
    readonly maxKeys?: number | undefined;
    /**
     * What happens to a new key when all that are kept are still limited. `'share'`: such keys have one rate together.
     * `'refuse'`: none is admitted. `'admit'`: all are, uncounted. No key is ever forgiven early to make room.
     * `snapshot().totals.overflowed` counts it. Default `'share'`.
     */
    readonly whenFull?: WhenFull | undefined;
    /**
     * How many calls may wait in `take` and `execute`, over all keys. An integer from 0. Default 1000. Beyond it they are
     * refused with the reason `'waiters'`.
     */
    readonly maxWaiters?: number | undefined;
    /**
     * How long `take` and `execute` wait, in ms, unless the call says otherwise. From 0, which is not at all. Default
     * `Infinity`. Who would wait longer is refused at once.
     */
    readonly maxWaitMs?: number | undefined;
}

/**
 * Bounds how often calls are made: `limit` per `perMs`, with bursts, for all calls together or for each key. By the
 * generic cell rate algorithm: one number a key, no timer unless somebody waits, and exact answers.
 * @throws TypeError or RangeError that names the option which is wrong.
 */
declare function rateLimiter(options: RateLimiterOptions): RateLimiter;

/** What `sharedRateLimiter` is made with. */
interface SharedRateLimiterOptions extends Omit<RateLimiterOptions, 'maxKeys' | 'whenFull'> {
    /** Where the processes keep what they share. Limiters share a rate that have the same store, name and key. */
    readonly store: RateLimitStore;
    /** How long a decision waits for the store, in ms. Greater than 0. Default 100. Then this process decides by itself. */
    readonly timeoutMs?: number | undefined;
    /**
     * The share of the rate, and of the burst, that this process admits by itself while the store is away. Greater than 0,
     * up to 1. Default 1, as if it were alone: n processes then admit up to n times the rate. With `1 / n` they hold it.
     */
    readonly localRatio?: number | undefined;
    /**
     * How many decisions in a row the store has to fail, or be too late for, until it is away and isn't waited for any
     * more. An integer, at least 1. Default 3.
     */
    readonly awayAfter?: number | undefined;
    /** How often a store that is away is asked whether it is back, in ms: one call waits for it then. Default 1000. */
    readonly retryMs?: number | undefined;
    /**
     * How many keys are kept for deciding without the store, at the most. An integer from 1 to 16,000,000. Default 100,000.
     * Further ones share one rate.
     */
    readonly maxKeys?: number | undefined;
}

/** A policy that bounds how often calls are made, by several processes together. */
interface SharedRateLimiter extends Policy, Observable<SharedRateLimiterEvents>, Disposable {
    readonly kind: 'shared-rate-limiter';
    /**
     * Asks the store and answers, within `timeoutMs`. While others of this process wait for the same key it refuses at
     * once. Rejects only with a TypeError or RangeError for a cost that isn't above 0.
     */
    tryTake(options?: SharedTryTakeOptions): Promise<RateDecision>;
    /**
     * Waits for its turn and takes. In this process it is first come, first served for each key, in the order in which the
     * store answered; between processes there is no order. Rejects with a `RateLimitedError` as soon as it is known that
     * the wait is longer than `maxWaitMs`, at the latest after that time; when `maxWaiters` wait; or when the cost never
     * conforms. Rejects with the signal's reason when that aborts: if the store is just being asked, once it has
     * answered.
     */
    take(options?: TakeOptions): Promise<void>;
    /** As `take`, and then calls `work`. */
    execute<T>(work: (context: WorkContext) => T | PromiseLike<T>, options?: RateLimitExecuteOptions): Promise<T>;
    snapshot(): SharedRateLimiterSnapshot;
    /** Nobody waits any more: those who do are refused, and so is who would have to. `tryTake` goes on. */
    stop(): void;
}
/**
 * A rate limiter whose rate several processes share, through a store such as Redis (`@tps/heijunka/redis`). While the
 * store is away, each process decides by itself, by `localRatio` of the rate; it finds out by itself when the store is back.
 * Both changes may let one more burst through.
 * @throws TypeError or RangeError that names the option which is wrong.
 */
declare function sharedRateLimiter(options: SharedRateLimiterOptions): SharedRateLimiter;

export { Autoscaler, DurationClassifier, LaneRemovedError, LevelSequence, LevelerClosedError, LevelingScheduler, LimitExceededError, LoadLeveler, RateLimitStore, RateLimitStoreTimeoutError, RateLimitedError, ScalingTimeoutError, ThrottledError, TooManyWaitersError, adaptiveLimiter, adaptiveThrottle, classifyLoad, levelSequence, rateLimiter, sharedRateLimiter };
export type { AcquireOptions, AdaptiveExecuteOptions, AdaptiveLimiter, AdaptiveLimiterEvents, AdaptiveLimiterOptions, AdaptiveLimiterSnapshot, AdaptiveThrottle, AdaptiveThrottleEvents, AdaptiveThrottleOptions, AdaptiveThrottleSnapshot, AimdOptions, Assign, AutoscalerEvents, AutoscalerOptions, AutoscalerSnapshot, BackoffOptions, Bottleneck, CallResult, Clock, DeadLetter, DecidedBy, Demand, DownOptions, DurationClass, DurationClassifierEvents, DurationClassifierOptions, DurationClassifierSnapshot, EmittingOptions, Estimate, ExecuteOptions, FitThroughput, GradientOptions, ItemClassifier, LateEvent, Lease, LeaseOptions, LevelingSchedulerEvents, LevelingSchedulerOptions, LevelingSchedulerSnapshot, LimitChange, LimitEvent, LimitExceededErrorOptions, LimitExceededReason, LimitPermit, LimitRejectedEvent, LimitedEvent, ListenerErrorHandler, LoadLevelerEvents, LoadLevelerOptions, LoadLevelerSnapshot, LoadOutcome, MissedTaktsEvent, Observable, PartitionSnapshot, PlateauOptions, Policy, Prediction, ProductReadings, RateDecision, RateLimitExecuteOptions, RateLimitKey, RateLimitReading, RateLimitReason, RateLimitedEvent, RateLimiter, RateLimiterEvents, RateLimiterOptions, RateLimiterSnapshot, Rebalance, RebalanceMove, Reclassification, Release, ReleaseHandler, ReleaseReason, ScalabilityFit, ScaleContext, ScaledEvent, ScalingDecision, ScalingFailureEvent, ScalingLimit, ScalingNotHelpingEvent, ScalingReason, Schedule, ScheduleEntry, SharedRateLimiter, SharedRateLimiterEvents, SharedRateLimiterOptions, SharedRateLimiterSnapshot, SharedTryTakeOptions, StepOptions, StoreAwayEvent, StoreBackEvent, Strategy, TakeOptions, ThrottleClassSnapshot, ThrottleExecuteOptions, ThrottlePermit, ThrottledEvent, ThroughputPoint, Timer, Timers, TrendOptions, TryTakeOptions, WaitOptions, Weigh, WhenFull, WorkContext, WorkSource, WorkerLoad };
