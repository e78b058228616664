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
 * Everything that a worker can pull from. A source may also tell its backlog, itself or in its snapshot, as `depth` (what
 * waits, delayed retries included) and `leased` (what is in workers' hands): a pool then knows when it is drained.
 */
interface WorkSource<T> {
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
/** One item in a worker's hands. Exactly one of `ack`, `retry` and `deadLetter` ends it; further calls do nothing. */
interface Lease<T> {
    readonly item: T;
    /** How many times the item has been handed out, this time included: from 1. The fence of durable sources. */
    readonly attempt: number;
    /** Done: the item leaves the source. */
    ack(): void | Promise<void>;
    /** Not done: the item comes back, after `delayMs` where given, with `attempt` one higher. */
    retry(options?: {
        readonly delayMs?: number;
    }): void | Promise<void>;
    /** Given up: the item leaves the source; `reason` says why. */
    deadLetter(reason: unknown): void | Promise<void>;
    /** Still working: keeps the lease for another `ms`. Sources whose leases don't expire do nothing. */
    extend(ms: number): void | Promise<void>;
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
     * What an item counts for in the loads: `'count'` is 1 for each; a function returns its weight, for example its
     * predicted duration, as a finite number of 0 or more. Asked once, when the item is offered. An answer that is no
     * weight, or an exception, counts as 1 and goes to `onListenerError`. Default `'count'`.
     */
    readonly weighBy?: 'count' | ((item: T) => number);
    /**
     * Items with the same key (compared as a `Map` does) are handed out one after another, in the order they were
     * offered: the next one when the one before has been settled, a delayed retry included. They wait in one lane while
     * any of them waits or runs. `undefined` is no key. An exception means no key and goes to `onListenerError`.
     */
    readonly keyBy?: (item: T) => unknown;
    /**
     * Says which items are slow; only `shared`. They wait beside the others and are capped by `slowLimit`.
     * An exception means fast and goes to `onListenerError`. Without it everything is fast.
     */
    readonly classify?: (item: T) => 'fast' | 'slow';
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

/** The readings of a `LoadLeveler` at one moment: plain JSON. Loads are counts, or weights where `weighBy` weighs. */
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
     * move first; they keep their places by age. Returns what it found and did.
     * Takes O(items waiting + workers²); under `shared` there is nothing to move.
     */
    rebalance(): Rebalance;
    /**
     * Changes the number of workers. What waits in lanes that go moves to the least loaded that stay; what their workers
     * have in progress stays theirs until it is settled. New lanes begin empty: they get new work, steal, and take part
     * in the next rebalancing.
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
    /** O(workers), and with `keyBy` O(items in progress). */
    snapshot(): LoadLevelerSnapshot;
}

export { LaneRemovedError, LevelerClosedError, LoadLeveler, TooManyWaitersError };
export type { Assign, Clock, DeadLetter, Lease, LeaseOptions, ListenerErrorHandler, LoadLevelerEvents, LoadLevelerOptions, LoadLevelerSnapshot, Observable, Rebalance, RebalanceMove, Strategy, Timer, Timers, WorkSource };
