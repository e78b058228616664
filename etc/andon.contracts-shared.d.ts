/** Receives what a listener threw. `event` is the name of the event it was listening to. */
type ListenerErrorHandler = (error: unknown, event: string) => void;
/** A type whose keys are event names and whose values are tuples of arguments. */
type EventMap<Events> = {
    [E in keyof Events]: unknown[];
};

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

export type { ExecuteOptions as E, ListenerErrorHandler as L, Observable as O, WorkSource as W, WorkContext as a, Lease as b, LeaseOptions as c };
