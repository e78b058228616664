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
/** An item with the same key is in the queue, or was acknowledged lately. */
declare class DuplicateItemError extends Refusal {
    readonly code = "ERR_DUPLICATE_ITEM";
    readonly key: string;
    constructor(queue: string, key: string);
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
    /** `dropped` to make room, `expired` before its turn, `cleared`, or `taken` by a consumer other than a pool. */
    readonly reason: 'cleared' | 'dropped' | 'expired' | 'taken';
    constructor(reason: 'cleared' | 'dropped' | 'expired' | 'taken');
    get name(): string;
}
/** A handler did not settle within `timeoutMs`. Also the reason of its aborted signal. */
declare class HandlerTimeoutError extends Refusal {
    readonly code = "ERR_HANDLER_TIMEOUT";
    readonly timeoutMs: number;
    constructor(pool: string, timeoutMs: number);
    get name(): string;
}
/**
 * An item was handed out more often than `maxDeliveries` allows and is given up without another run: the earlier ones ended
 * without a word, as when a process dies of it.
 */
declare class TooManyDeliveriesError extends Refusal {
    readonly code = "ERR_TOO_MANY_DELIVERIES";
    readonly maxDeliveries: number;
    constructor(pool: string, maxDeliveries: number);
    get name(): string;
}
/**
 * The lease of an item ran out, so the item may be in other hands: what was done under it must not count. A durable source
 * rejects with it what comes too late; in a pool it is the reason of the handler's aborted signal, and `cause` is what the
 * source said, where it said something.
 */
declare class LeaseLostError extends Refusal {
    readonly code = "ERR_LEASE_LOST";
    /** The attempt whose lease it was. */
    readonly attempt: number;
    /** `owner` is the name of the queue or of the pool. */
    constructor(owner: string, attempt: number, reason?: ErrorOptions);
    get name(): string;
}
/** The pool was stopped before it could finish. `cause` is what the last attempt failed with, where there was one. */
declare class PoolStoppedError extends Refusal {
    readonly code = "ERR_POOL_STOPPED";
    constructor(pool: string, reason?: ErrorOptions);
    get name(): string;
}

export { DuplicateItemError as D, HandlerTimeoutError as H, ItemLostError as I, PoolStoppedError as P, QueueClosedError as Q, LeaseLostError as b, QueueFullError as d, TooManyDeliveriesError as f, TooManyWaitingError as g };
export type { Clock as C, Lease as L, Observable as O, Timers as T, WorkSource as W, ListenerErrorHandler as a, LeaseOptions as c, Timer as e };
