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

/** How a `DeadLetterQueue` is made. */
interface DeadLetterQueueOptions {
    /** What it is called on boards, in metrics and in messages. Default `'dead-letters'`. */
    readonly name?: string | undefined;
    /** How many dead letters are kept. From 1. Default 1000. */
    readonly capacity?: number | undefined;
    /** Which ones a full queue keeps; the others are dropped and counted. Default `'newest'`. */
    readonly keep?: 'newest' | 'oldest' | undefined;
    /** Wall-clock time in ms since 1970, for people to read. Default `Date.now`. */
    readonly wallNow?: (() => number) | undefined;
    /** Receives what a listener threw. Default: prints it. */
    readonly onListenerError?: ListenerErrorHandler | undefined;
}
/** An item to give up, as a pool hands it in. */
interface DeadItem<T> {
    readonly item: T;
    /** What the attempts failed with, the last one last. */
    readonly errors: readonly unknown[];
    /** How many times the item was handed out. */
    readonly attempts: number;
    /** How long ago the first of `errors` happened, in ms. Default 0. */
    readonly firstAgeMs?: number | undefined;
}
/** An item that was given up. */
interface DeadLetter<T> {
    /** Counts up from 1, in the order of arrival. */
    readonly id: number;
    readonly item: T;
    /** What the attempts failed with, the last one last. */
    readonly errors: readonly unknown[];
    /** How many times the item was handed out. */
    readonly attempts: number;
    /** When the first attempt failed, in ms since 1970. */
    readonly firstAt: number;
    /** When the item was given up, in ms since 1970. */
    readonly lastAt: number;
}
/** What a `DeadLetterQueue` tells. */
type DeadLetterEvents<T> = {
    /** A dead letter was put in. */
    added: [letter: DeadLetter<T>];
    /** The queue was full: this one is not kept. */
    dropped: [letter: DeadLetter<T>];
};
/** The readings of a `DeadLetterQueue`. Counts since it was made are marked as totals. */
interface DeadLetterSnapshot {
    readonly name: string;
    readonly capacity: number;
    /** How many are kept now. */
    readonly size: number;
    /** Total of dead letters that came in, those dropped included. */
    readonly added: number;
    /** Total of those not kept because it was full. */
    readonly dropped: number;
    /** Total of those taken out, redriven ones included. */
    readonly taken: number;
    /** Total of those sent back. */
    readonly redriven: number;
}
/** Which dead letters to send back. */
interface RedriveOptions<T> {
    /** Default: all. */
    readonly filter?: ((letter: DeadLetter<T>) => boolean) | undefined;
}
/** What a redrive came to. */
interface RedriveReport {
    /** How many were sent back. */
    readonly redriven: number;
    /** How many are still here. */
    readonly left: number;
}
/** Takes an item that is sent back: `true` when it has, `false` when it has no room now. */
type RedriveTarget<T> = (item: T, letter: DeadLetter<T>) => boolean | PromiseLike<boolean>;
/** Keeps what was given up, for people to look at and to send back. Bounded; O(1) but for listing. */
declare class DeadLetterQueue<T> implements Observable<DeadLetterEvents<T>> {
    #private;
    readonly name: string;
    readonly capacity: number;
    constructor(options?: DeadLetterQueueOptions);
    /** How many are kept. */
    get size(): number;
    /** Puts an item in and returns its dead letter; `undefined` when the queue is full and keeps the oldest. */
    add(dead: DeadItem<T>): DeadLetter<T> | undefined;
    /** All that are kept, oldest first. O(size). */
    entries(): readonly DeadLetter<T>[];
    /** The one with this id, which stays. */
    get(id: number): DeadLetter<T> | undefined;
    /** Takes the one with this id out; `undefined` when it is not here, or just being sent back. */
    take(id: number): DeadLetter<T> | undefined;
    /**
     * Sends back what is here now, oldest first, until `offer` refuses: a refused one stays, and so does the one `offer`
     * throws at; the error passes on. What comes in meanwhile is left for the next time.
     */
    redrive(offer: RedriveTarget<T>, { filter }?: RedriveOptions<T>): Promise<RedriveReport>;
    on<E extends keyof DeadLetterEvents<T>>(event: E, listener: (...args: DeadLetterEvents<T>[E]) => void): () => void;
    snapshot(): DeadLetterSnapshot;
}

/**
 * Refusals happen under load and point at nothing in the caller's code, so none of these errors captures a stack:
 * that keeps them as cheap as an object.
 */
declare abstract class Refusal extends Error {
    abstract readonly code: string;
    constructor(message: string, reason?: ErrorOptions);
}
/** The queue has no room. `retryAfterMs` says when to try again, where that can be estimated. */
declare class QueueFullError extends Refusal {
    readonly code = "ERR_QUEUE_FULL";
    /** How long the present backlog will take, in ms; `undefined` when nothing has been measured. */
    readonly retryAfterMs: number | undefined;
    constructor(queue: string, retryAfterMs?: number);
    get name(): string;
}
/** The queue is closed: it takes nothing more, and to a consumer: it has nothing more. */
declare class QueueClosedError extends Refusal {
    readonly code = "ERR_QUEUE_CLOSED";
    constructor(queue: string);
    get name(): string;
}
/** As many producers or consumers wait as `maxWaiting` allows. */
declare class TooManyWaitingError extends Refusal {
    readonly code = "ERR_TOO_MANY_WAITING";
    readonly maxWaiting: number;
    constructor(queue: string, maxWaiting: number);
    get name(): string;
}
/** A submitted item left the queue without having been worked on, or was settled by another consumer. */
declare class ItemLostError extends Refusal {
    readonly code = "ERR_ITEM_LOST";
    /** `dropped` to make room, `expired` before its turn, or `taken` by a consumer other than a pool. */
    readonly reason: 'dropped' | 'expired' | 'taken';
    constructor(reason: 'dropped' | 'expired' | 'taken');
    get name(): string;
}
/** A handler did not settle within `timeoutMs`. Also the reason of its aborted signal. */
declare class HandlerTimeoutError extends Refusal {
    readonly code = "ERR_HANDLER_TIMEOUT";
    readonly timeoutMs: number;
    constructor(pool: string, timeoutMs: number);
    get name(): string;
}
/** The pool was stopped before it could finish. `cause` is what the last attempt failed with, where there was one. */
declare class PoolStoppedError extends Refusal {
    readonly code = "ERR_POOL_STOPPED";
    constructor(pool: string, reason?: ErrorOptions);
    get name(): string;
}

/** What can become of an admitted item. */
type Settlement = 'acked' | 'dead-lettered' | 'dropped' | 'expired' | 'withdrawn';
/**
 * Told what becomes of one item: pass it to `offer` or `put`. Its methods are called synchronously, must be quick, and
 * what they throw goes to `onListenerError`.
 */
interface Receipt {
    /** The item was admitted. `place.withdraw()` takes it out again while it waits. */
    admitted?(place: Place): void;
    /** The item left the queue for good. Called exactly once for each admitted item. */
    settled(how: Settlement, reason?: unknown): void;
}
/** Where an admitted item stands. */
interface Place {
    /** Takes the item out and frees its room. `false` when it no longer waits: it is leased, or already settled. */
    withdraw(): boolean;
}
/** A lease of a `PullQueue`. It never expires: `extend` does nothing. */
interface QueueLease<T> extends Lease<T> {
    /** What came with the item when it was offered. */
    readonly receipt: Receipt | undefined;
    ack(): void;
    retry(options?: {
        readonly delayMs?: number;
    }): void;
    deadLetter(reason: unknown): void;
    extend(ms: number): void;
    /** Not even begun: the item comes back to the front of its class, and this handing out does not count as an attempt. */
    release(): void;
}

/** An offered item was refused: the queue was full or closed. */
interface RejectedEvent<T> {
    readonly item: T;
}
/** A waiting item was thrown out to make room for another. */
interface DroppedEvent<T> {
    readonly item: T;
    /** Which end it was taken from. */
    readonly which: 'oldest' | 'newest';
}
/** An item's deadline passed before its turn came. */
interface ExpiredEvent<T> {
    readonly item: T;
}
/** A consumer gave an item up. */
interface QueueDeadLetteredEvent<T> {
    readonly item: T;
    readonly attempt: number;
    readonly reason: unknown;
}
/** The queue takes nothing more. */
interface ClosedEvent {
    /** How many items still wait. */
    readonly depth: number;
}
/** What a `PullQueue` tells. There is no event for an item that takes the usual way. */
type QueueEvents<T> = {
    rejected: [event: RejectedEvent<T>];
    dropped: [event: DroppedEvent<T>];
    expired: [event: ExpiredEvent<T>];
    deadLettered: [event: QueueDeadLetteredEvent<T>];
    closed: [event: ClosedEvent];
};

/** What a full queue does with an offered item. */
type Overflow = 'reject' | 'drop-oldest' | 'drop-newest';
/** How a `PullQueue` is made. */
interface PullQueueOptions {
    /** What it is called on boards, in metrics and in messages. Default `'queue'`. */
    readonly name?: string | undefined;
    /**
     * How many items may wait, delayed retries included; leased ones don't count. From 1; `Infinity` for no bound.
     * A retried item always has room, so as many more than this can wait as were leased. Default 100.
     */
    readonly capacity?: number | undefined;
    /**
     * What happens to an item that is offered when the queue is full.
     * - `reject` (default): `offer` returns `false`.
     * - `drop-oldest`: the item that has waited longest is dropped, the new one is admitted.
     * - `drop-newest`: the item that was admitted last is dropped, the new one is admitted.
     *
     * With classes, the victim is of the least urgent class that has one, never of a more urgent class than the new item;
     * delayed retries are never dropped. When there is no such victim, `offer` returns `false`.
     */
    readonly overflow?: Overflow | undefined;
    /**
     * Classes of service, most urgent first; an item that names none belongs to the last. From 1 to 32 different names.
     * A class is served only while no more urgent item is ready. Default: one class, `'standard'`.
     */
    readonly classes?: readonly string[] | undefined;
    /**
     * How many producers may wait in `put` and, counted apart, how many consumers in `take` and `lease`. Beyond it they are
     * refused with `TooManyWaitingError`. From 1; `Infinity` for no bound. Default 10000.
     */
    readonly maxWaiting?: number | undefined;
    /** Monotonic time. Default: the platform's. */
    readonly clock?: Clock | undefined;
    /** Wakes consumers that wait for a delayed retry: one timer at most, none while nobody waits. Default: the platform's. */
    readonly timers?: Timers | undefined;
    /** Receives what a listener or a receipt threw. Default: prints it. */
    readonly onListenerError?: ListenerErrorHandler | undefined;
}
/** What may come with an item. */
interface OfferOptions {
    /** One of the queue's `classes`. Default: the last one. */
    readonly class?: string | undefined;
    /**
     * How long from now, in ms, the item is worth handing out, retries included. Greater than 0. Afterwards it is expired: it
     * is counted and never handed out. Default: for ever.
     */
    readonly deadlineMs?: number | undefined;
    /** Told what becomes of the item. */
    readonly receipt?: Receipt | undefined;
}
/** What may come with an item that waits for room. */
interface PutOptions extends OfferOptions {
    /** Ends the waiting. Once the item is admitted it does nothing. */
    readonly signal?: AbortSignal | undefined;
}
/** How to wait for an item. */
interface TakeOptions {
    /** Ends the waiting. An item that was already handed over is not lost: the promise resolves with it. */
    readonly signal?: AbortSignal | undefined;
}

/** The readings of a `PullQueue`. Counts since it was made are marked as totals. */
interface QueueSnapshot {
    readonly name: string;
    /** How many items may wait. */
    readonly capacity: number;
    /** How many items wait, delayed retries included. Above `capacity` only by retried items. */
    readonly depth: number;
    /** How many of them wait out a retry delay. */
    readonly delayed: number;
    /** How many items are in consumers' hands. */
    readonly leased: number;
    /** Depth of each class, without the delayed, by name. */
    readonly classes: Readonly<Record<string, number>>;
    /** How long the longest waiting item that is ready has waited, in ms; 0 when none is. A retry starts anew. */
    readonly oldestAgeMs: number;
    /** Items admitted a second, over about the last 10 s. */
    readonly enqueueRate: number;
    /** Items handed out a second, retries included, over about the last 10 s. */
    readonly dequeueRate: number;
    /** Total of items let in. `admitted = depth + leased + acked + deadLettered + dropped + expired + withdrawn`. */
    readonly admitted: number;
    /** Total of items that were taken or acknowledged. */
    readonly acked: number;
    /** Total of retries. */
    readonly retried: number;
    /** Total of items given up by a consumer. */
    readonly deadLettered: number;
    /** Total of waiting items thrown out by overflow. */
    readonly dropped: number;
    /** Total of items whose deadline passed before their turn. */
    readonly expired: number;
    /** Total of items their producer took back while they waited. */
    readonly withdrawn: number;
    /** Total of items refused because the queue was full or closed. */
    readonly rejected: number;
    /** Producers that wait in `put`. */
    readonly waitingProducers: number;
    /** Consumers that wait in `take` or `lease`. */
    readonly waitingConsumers: number;
    /** Whether `close()` was called. */
    readonly closed: boolean;
}

/**
 * A bounded queue in memory that consumers pull from.
 *
 * First in, first out within a class; waiting producers and waiting consumers are served first come, first served, and
 * nobody overtakes them. `take`, `poll` and iteration hand an item over for good; `lease` and `tryLease` lend it until
 * `ack`, `retry` or `deadLetter`. Every admitted item leaves exactly once. Everything is O(1), amortized, except what is
 * marked.
 */
declare class PullQueue<T> implements WorkSource<T>, Observable<QueueEvents<T>>, AsyncIterable<T> {
    #private;
    readonly name: string;
    readonly capacity: number;
    /** Tells pools that `receipt` works here. */
    readonly carriesReceipts = true;
    constructor(options?: PullQueueOptions);
    /** How many items wait, delayed retries included. O(classes). */
    get depth(): number;
    /** How many items are in consumers' hands. */
    get leased(): number;
    /** Whether `close()` was called. */
    get isClosed(): boolean;
    /**
     * Lets an item in, or says at once that it can't: `false` when the queue is full or closed. A queue full of delayed
     * retries is full, even while consumers wait.
     *
     * @throws RangeError for a class the queue doesn't have or a wrong deadline, never for fullness.
     */
    offer(item: T, options?: OfferOptions): boolean;
    /**
     * Lets an item in as soon as there is room: resolves on admission, not on completion. Where the overflow policy can make
     * room, it does not wait.
     *
     * Rejects with `QueueClosedError` when the queue is or becomes closed, with `TooManyWaitingError` when `maxWaiting`
     * producers wait already, and with the reason of `signal` when that aborts first: the item was then not admitted.
     */
    put(item: T, options?: PutOptions): Promise<void>;
    /** The next item, or `undefined` when none is ready. */
    poll(): T | undefined;
    /**
     * Waits for the next item. Rejects with `QueueClosedError` when the queue is closed and nothing can come any more, with
     * `TooManyWaitingError` when `maxWaiting` consumers wait already, and with the reason of `signal` when that aborts.
     */
    take(options?: TakeOptions): Promise<T>;
    /** The next item on loan, or `undefined` when none is ready. */
    tryLease(): QueueLease<T> | undefined;
    /** Waits for the next item and lends it; at once when one is ready. Rejects as `take` does. */
    lease(options?: LeaseOptions): QueueLease<T> | Promise<QueueLease<T>>;
    /**
     * Lets nothing more in: waiting producers are refused. What is in still comes out, leased items may still be retried.
     * Then, with nothing waiting and nothing leased, consumers are refused and iterations end.
     */
    close(): void;
    /** Takes item after item until the queue is closed and empty. */
    [Symbol.asyncIterator](): AsyncIterableIterator<T, undefined>;
    on<E extends keyof QueueEvents<T>>(event: E, listener: (...args: QueueEvents<T>[E]) => void): () => void;
    snapshot(): QueueSnapshot;
}

/** What every event of an attempt says. */
interface AttemptEvent<T> {
    readonly item: T;
    /** How many times the item had been handed out, this time included: from 1. */
    readonly attempt: number;
    /** The worker's number, from 0. */
    readonly worker: number;
}
/** A handler returned a result and its item is done. */
interface CompletedEvent<T, R> extends AttemptEvent<T> {
    readonly result: R;
    /** How long the handler took. Measured for every handler that starts while anything listens; else the mean. */
    readonly durationMs: number;
}
/** An attempt failed: its handler threw, rejected or timed out. What follows is told by `retried` or `deadLettered`. */
interface FailedEvent<T> extends AttemptEvent<T> {
    readonly error: unknown;
    readonly durationMs: number;
    /** Whether the item comes back for another attempt. */
    readonly willRetry: boolean;
}
/** A failed item was put back. */
interface RetriedEvent<T> extends AttemptEvent<T> {
    readonly error: unknown;
    /** How long it is kept back, in ms. */
    readonly delayMs: number;
}
/** An item was given up. */
interface DeadLetteredEvent<T> extends AttemptEvent<T> {
    /** What the last attempt failed with. */
    readonly error: unknown;
    /** What the attempts failed with, the last one last: those this pool has seen, at most the last 10. */
    readonly errors: readonly unknown[];
}
/** A handler did not settle in time. It was aborted, its item was failed, and it holds its slot until it settles. */
interface OverdueEvent<T> extends AttemptEvent<T> {
    readonly timeoutMs: number;
}
/** A handler settled after its item's fate was decided without it (overdue, or cancelled). Its result is not used. */
interface LateEvent<T> extends AttemptEvent<T> {
    readonly durationMs: number;
    readonly wasOverdue: boolean;
}
/** The source threw or rejected. A worker that can't pull tries again, after 100 ms at first and 10 s at the most. */
interface SourceErrorEvent {
    readonly worker: number;
    readonly error: unknown;
}
/** What a `WorkerPool` tells. */
type PoolEvents<T, R> = {
    completed: [event: CompletedEvent<T, R>];
    failed: [event: FailedEvent<T>];
    retried: [event: RetriedEvent<T>];
    deadLettered: [event: DeadLetteredEvent<T>];
    overdue: [event: OverdueEvent<T>];
    late: [event: LateEvent<T>];
    sourceError: [event: SourceErrorEvent];
};

/** How long a failed item waits before its next attempt. */
interface BackoffOptions {
    /** Before the second attempt, in ms. From 0. Default 100. */
    readonly baseMs?: number | undefined;
    /** What each further attempt multiplies it by. From 1. Default 2. */
    readonly factor?: number | undefined;
    /** The longest delay, in ms. From 0. Default 30000. */
    readonly maxMs?: number | undefined;
    /** The share of the delay that is random, so that what failed together does not return together. 0 to 1. Default 0.2. */
    readonly jitterRatio?: number | undefined;
}

/** What a handler is given beside the item. */
interface HandlerContext {
    /**
     * Aborts when the handler has run too long, when its submitter gives up, or when the pool stops without waiting longer.
     * Made only when it is read.
     */
    readonly signal: AbortSignal;
    /** How many times the item has been handed out, this time included: from 1. */
    readonly attempt: number;
    /** The worker's number, from 0. */
    readonly worker: number;
}

/** Does the work of one item. May be synchronous, may throw, may return any thenable. */
type Handler<T, R> = (item: T, context: HandlerContext) => R | PromiseLike<R>;
/** Where `submit` puts items in. */
interface Intake<T> {
    offer(item: T, options?: Omit<PutOptions, 'signal'>): boolean;
    /** Needed for `whenFull: 'wait'`. */
    put?(item: T, options?: PutOptions): Promise<void>;
}
/** Where given-up items go. What `add` throws is reported to `onListenerError`. */
interface DeadLetterSink<T> {
    add(dead: DeadItem<T>): unknown;
}
/** How a `WorkerPool` is made. */
interface WorkerPoolOptions<T> {
    /** What it is called on boards, in metrics and in messages. Default `'pool'`. */
    readonly name?: string | undefined;
    /** What the workers pull from: one source for all, or the source of each worker by its number, from 0. */
    readonly source: WorkSource<T> | ((worker: number) => WorkSource<T>);
    /**
     * Where `submit` puts items in, when that is not `source` itself: needed with a source for each worker. What goes in here
     * must come out at the workers' sources.
     */
    readonly intake?: Intake<T> | undefined;
    /** How many handlers may run at once. From 1. Default 1. Changed by `resize`. */
    readonly workers?: number | undefined;
    /** How long an attempt may take, in ms. Greater than 0. Default: no limit. */
    readonly timeoutMs?: number | undefined;
    /** How often an item is tried before it is given up, counted by the source. From 1. Default 1. */
    readonly attempts?: number | undefined;
    /** How long a failed item waits in the source before its next attempt; no slot is held meanwhile. */
    readonly backoff?: BackoffOptions | undefined;
    /** Where given-up items go. Default: only the source is told. */
    readonly deadLetters?: DeadLetterSink<T> | undefined;
    /** Monotonic time. Default: the platform's. */
    readonly clock?: Clock | undefined;
    /** Timers for timeouts (one for all handlers), `stop`, `drain` and failing sources. Default: the platform's. */
    readonly timers?: Timers | undefined;
    /** From 0 to below 1, for the jitter of the backoff. Default `Math.random`. */
    readonly random?: (() => number) | undefined;
    /** Receives what a listener or the dead-letter sink threw. Default: prints it. */
    readonly onListenerError?: ListenerErrorHandler | undefined;
}
/** What may come with a submitted item. */
interface SubmitOptions extends Omit<PutOptions, 'receipt'> {
    /**
     * Gives the item up: the promise rejects with the signal's reason at once. Waiting, the item leaves the queue; running,
     * its handler is aborted and what it returns is not used. It counts neither as processed nor as failed.
     */
    readonly signal?: AbortSignal | undefined;
    /** A full intake refuses with `QueueFullError` (`'reject'`, default), or makes the item wait for room (`'wait'`). */
    readonly whenFull?: 'reject' | 'wait' | undefined;
}
/** How to stop. */
interface StopOptions {
    /** How long running handlers may go on, in ms. From 0. Default 10000. */
    readonly graceMs?: number | undefined;
}
/** An item that a stopped pool had and did not finish. */
interface UnfinishedItem<T> {
    readonly item: T;
    /** The attempt that was cut off; 0 for a submitted item whose handler was not running. */
    readonly attempt: number;
}

/** The readings of a `WorkerPool`. Counts since it was made are marked as totals. */
interface PoolSnapshot {
    readonly name: string;
    /** How many handlers may run at once. */
    readonly workers: number;
    /** How many handlers run, overdue ones and those of retired workers included. */
    readonly busy: number;
    /** `busy ÷ workers` at this moment. Above 1 while a pool that was made smaller finishes. */
    readonly utilization: number;
    /** How many handlers have timed out and still hold their slot. */
    readonly overdue: number;
    /** Total of items whose handler succeeded. */
    readonly processed: number;
    /** Total of failed attempts, timeouts included: `failed = retried + deadLettered`. */
    readonly failed: number;
    /** Total of failed attempts after which the item was put back. */
    readonly retried: number;
    /** Total of items given up. */
    readonly deadLettered: number;
    /** Total of attempts that took longer than `timeoutMs`; also counted in `failed`. */
    readonly timedOut: number;
    /** Total of items whose submitter gave them up when a worker had them already. */
    readonly cancelled: number;
    /** How many submitted items have not ended. */
    readonly submitted: number;
    /** Mean time a handler holds its slot, over about the last 32 measured, in ms; 0 before the first. */
    readonly meanHandlerMs: number;
    /** Handlers that settled a second, over about the last 10 s. */
    readonly processingRate: number;
    /** `estimateWaitMs()`. */
    readonly estimatedWaitMs: number;
    /** Each worker by its number, retired ones that still run included. */
    readonly perWorker: readonly WorkerReading[];
    readonly state: 'running' | 'paused' | 'stopped';
}
/** One worker of a pool. */
interface WorkerReading {
    readonly state: 'idle' | 'busy' | 'overdue';
    /** Total of its handlers that succeeded. */
    readonly processed: number;
}

/**
 * Workers that pull from a source and run a handler.
 *
 * A worker pulls only when it is free, so nothing is taken that can't be begun. It starts at once. Each attempt ends in
 * exactly one of: acknowledged, put back for another attempt, dead-lettered, cancelled. A handler that throws, returns no
 * promise, or ignores its signal holds its slot exactly until it settles.
 */
declare class WorkerPool<T, R = unknown> implements Observable<PoolEvents<T, R>>, AsyncDisposable {
    #private;
    readonly name: string;
    constructor(options: WorkerPoolOptions<T>, handler: Handler<T, R>);
    /** How many handlers may run at once. */
    get workers(): number;
    /** How many handlers run, overdue ones and those of retired workers included. O(workers). */
    get busy(): number;
    /**
     * Puts an item in and gives its result: admission and result in one promise.
     *
     * Rejects with
     * - `QueueFullError` when the intake is full, with `retryAfterMs` from `estimateWaitMs()`; `QueueClosedError` when closed;
     * - the last attempt's own error, unwrapped, when the item is given up; `HandlerTimeoutError` when that was a timeout;
     * - the reason of `signal` when that aborts first;
     * - `ItemLostError` when the item was dropped, expired, or was settled by a consumer that is not a pool;
     * - `PoolStoppedError` when the pool is stopped first;
     * - `TypeError` when there is no intake.
     *
     * An intake that carries receipts, such as `PullQueue`, brings each item's own promise back with its lease. With any
     * other intake the lease is recognised by its item, compared as `Map` keys are: equal items (the same object, equal
     * primitives) are interchangeable. There, this pool must be the only consumer, and an item the intake throws out is
     * noticed if the intake emits `dropped` or `expired` with `{ item }`.
     */
    submit(item: T, options?: SubmitOptions): Promise<R>;
    /**
     * Changes how many handlers may run at once, from 1. More pull at once; of fewer, those with the highest numbers retire as
     * their handlers finish, and nothing new begins until fewer than `workers` run. With a source for each worker, the ones
     * of the highest numbers are no longer pulled from.
     */
    resize(workers: number): void;
    /** Stops pulling. What runs goes on. */
    pause(): void;
    /** Pulls again. */
    resume(): void;
    /**
     * Resolves when the source is empty, nothing of it is in anyone's hands and no handler runs, delayed retries included. It
     * waits for ever when items keep coming or the pool is paused. Rejects with `PoolStoppedError` when the pool is stopped
     * first.
     */
    drain(): Promise<void>;
    /**
     * Stops pulling at once, lets running handlers finish for `graceMs`, then aborts their signals. Resolves with what was not
     * finished. Submitted items that were not running are withdrawn, and their promises reject with `PoolStoppedError`;
     * unfinished items that were not submitted go back to the source, as everything else stays there. A stopped pool can't be
     * started again; further calls give the first one's promise.
     */
    stop(options?: StopOptions): Promise<readonly UnfinishedItem<T>[]>;
    [Symbol.asyncDispose](): Promise<void>;
    /**
     * How long an item that came in now would wait for a worker, in ms: (depth + 1) × mean handler time ÷ workers that are not
     * overdue, or 0 when nothing waits and a worker is free. 0 as long as nothing has been measured.
     */
    estimateWaitMs(): number;
    on<E extends keyof PoolEvents<T, R>>(event: E, listener: (...args: PoolEvents<T, R>[E]) => void): () => void;
    snapshot(): PoolSnapshot;
}

export { DeadLetterQueue, HandlerTimeoutError, ItemLostError, PoolStoppedError, PullQueue, QueueClosedError, QueueFullError, TooManyWaitingError, WorkerPool };
export type { AttemptEvent, BackoffOptions, Clock, ClosedEvent, CompletedEvent, DeadItem, DeadLetter, DeadLetterEvents, DeadLetterQueueOptions, DeadLetterSink, DeadLetterSnapshot, DeadLetteredEvent, DroppedEvent, ExpiredEvent, FailedEvent, Handler, HandlerContext, Intake, LateEvent, Lease, LeaseOptions, ListenerErrorHandler, Observable, OfferOptions, OverdueEvent, Overflow, Place, PoolEvents, PoolSnapshot, PullQueueOptions, PutOptions, QueueDeadLetteredEvent, QueueEvents, QueueLease, QueueSnapshot, Receipt, RedriveOptions, RedriveReport, RedriveTarget, RejectedEvent, RetriedEvent, Settlement, SourceErrorEvent, StopOptions, SubmitOptions, TakeOptions, Timer, Timers, UnfinishedItem, WorkSource, WorkerPoolOptions, WorkerReading };
