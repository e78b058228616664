import { Clock, Timers, Lease, ListenerErrorHandler, WorkSource, Observable } from './index.js';
export { b as LeaseLostError } from './errors-shared.js';
import { C as Codec } from './item-codec-shared.js';

/** What the queue asks of the thread that has the file. A batch of these becomes one transaction. */
type Request = {
    readonly kind: 'put';
    readonly item: string | Uint8Array;
    readonly class: string;
    readonly key: string | null;
    readonly tenant: string | null;
    readonly headers: string | null;
    readonly delayMs: number;
    readonly deadlineMs: number | null;
} | {
    readonly kind: 'claim';
    readonly count: number;
} | {
    readonly kind: 'ack';
    readonly id: number;
    readonly fence: number;
} | {
    readonly kind: 'retry';
    readonly id: number;
    readonly fence: number;
    readonly delayMs: number;
    readonly error: string | null;
} | {
    readonly kind: 'release';
    readonly id: number;
    readonly fence: number;
} | {
    readonly kind: 'extend';
    readonly id: number;
    readonly fence: number;
    readonly ms: number;
} | {
    readonly kind: 'dead-letter';
    readonly id: number;
    readonly fence: number;
    readonly error: string;
} | {
    readonly kind: 'list-dead';
    readonly after: number;
    readonly limit: number;
} | {
    readonly kind: 'redrive';
    readonly id: number;
} | {
    readonly kind: 'remove-dead';
    readonly id: number;
};
/** One item as it was claimed. */
interface ClaimedRow {
    readonly id: number;
    /** How many times it has been handed out: from 1. A lease given back without being begun doesn't count. */
    readonly attempt: number;
    /** Counts every handing out: who holds another number holds a lease that is lost. */
    readonly fence: number;
    readonly item: string | Uint8Array;
    readonly class: string;
    readonly key: string | null;
    readonly tenant: string | null;
    readonly headers: string | null;
    readonly createdAt: number;
    readonly errors: string | null;
}
/** One dead letter as it is kept. */
interface DeadRow {
    readonly id: number;
    readonly item: string | Uint8Array;
    readonly class: string;
    readonly attempt: number;
    readonly key: string | null;
    readonly tenant: string | null;
    readonly headers: string | null;
    readonly createdAt: number;
    readonly diedAt: number;
    readonly errors: string;
    readonly redrives: number;
}
/** What became of a `put`. */
interface PutAnswer {
    readonly how: 'in' | 'full' | 'duplicate';
    /** The item's number, or that of the one it repeats; 0 when that one is settled, or when it was full. */
    readonly id: number;
}
/** What is answered to a request, by its kind: rows to a claim or a list, whether the lease still held to the rest. */
type Answer = PutAnswer | readonly ClaimedRow[] | readonly DeadRow[] | 'done' | 'lost' | 'full' | 'duplicate';

/** What can be wrong with the file. */
type StorageErrorCode = 'ERR_STORAGE_FULL' | 'ERR_STORAGE_BUSY' | 'ERR_STORAGE_CORRUPT' | 'ERR_STORAGE_READONLY' | 'ERR_STORAGE_OPEN' | 'ERR_STORAGE_FOREIGN' | 'ERR_STORAGE_VERSION' | 'ERR_STORAGE_IO' | 'ERR_STORAGE_GONE' | 'ERR_SQLITE_TOO_OLD';
/**
 * The file could not be read or written. What was asked for has not happened: nothing of it is visible, and everything
 * that was acknowledged before is still there.
 */
declare class StorageError extends Error {
    readonly name = "StorageError";
    readonly code: StorageErrorCode;
    /** The file. */
    readonly path: string;
    constructor(code: StorageErrorCode, path: string, what: string, reason?: ErrorOptions);
}

/** An item that was given up, as it is kept in the file. */
interface SqliteDeadLetter<T> {
    /** Counts up, in the order of arrival. An item that dies again gets a new one. */
    readonly id: number;
    /** The item; `undefined` when the codec can't read it, see `raw`. */
    readonly item: T | undefined;
    /** What is written of the item. */
    readonly raw: string | Uint8Array;
    /** What the attempts failed with, the last one last, those before a redrive included. The last `maxErrors` are kept. */
    readonly errors: readonly unknown[];
    /** How many times the item was handed out, before its redrives and after. */
    readonly attempts: number;
    readonly class: string;
    readonly key: string | undefined;
    readonly tenant: string | undefined;
    readonly headers: Readonly<Record<string, string>>;
    /** When the item was put in, in ms since 1970. */
    readonly createdAt: number;
    /** When it was given up for the last time, in ms since 1970. */
    readonly lastAt: number;
    /** How many times it was sent back, and died again. */
    readonly redrives: number;
    /** Whether it was sent back and died again: a redrive leaves it here unless told otherwise. */
    readonly poison: boolean;
}
/** Which dead letters to send back, and how fast. */
interface SqliteRedriveOptions<T> {
    /** How many a second at most, evenly spaced. Greater than 0. Default `Infinity`. */
    readonly perSecond?: number | undefined;
    /** Asked about each letter when its turn comes. Default: all. */
    readonly filter?: ((letter: SqliteDeadLetter<T>) => boolean) | undefined;
    /** What to do with poison: leave it (`'skip'`, default), send it too (`'include'`), or send nothing else (`'only'`). */
    readonly poison?: 'skip' | 'include' | 'only' | undefined;
    /** Ends the redrive. What has not been sent stays here. */
    readonly signal?: AbortSignal | undefined;
}
/** What a redrive came to. */
interface SqliteRedriveReport {
    /** How many were sent back. */
    readonly redriven: number;
    /** How many `filter` or `poison` left out, or were duplicates of what waits. */
    readonly skipped: number;
    /** Why it ended: every letter had its turn, the queue was full, or it was aborted. */
    readonly ended: 'done' | 'full' | 'aborted';
}
interface Home<T> {
    readonly ask: (request: Request) => Promise<Answer>;
    readonly size: () => number;
    readonly codec: Codec<T>;
    readonly clock: Clock;
    readonly timers: Timers;
}
/** The dead letters of a `SqliteQueue`: in the same file, so that an item is in the queue or here, and never in both. */
declare class SqliteDeadLetters<T> {
    #private;
    /** @internal */
    constructor(home: Home<T>);
    /** How many there are, as this process last saw it. */
    get size(): number;
    /** The first `limit` (100) with an `id` above `after` (0), oldest first. */
    list({ after, limit }?: {
        readonly after?: number;
        readonly limit?: number;
    }): Promise<SqliteDeadLetter<T>[]>;
    /** All of them, oldest first, a page at a time. */
    [Symbol.asyncIterator](): AsyncGenerator<SqliteDeadLetter<T>, void, undefined>;
    /** Takes one out for good. `false` when it is not here. */
    remove(id: number): Promise<boolean>;
    /** Sends letters back into the queue, each in one transaction: attempts begin anew, the chain of errors stays. */
    redrive(options?: SqliteRedriveOptions<T>): Promise<SqliteRedriveReport>;
}

/** How an item left its lease. */
type LeaseEnd = {
    readonly kind: 'ack';
} | {
    readonly kind: 'retry';
    readonly delayMs: number;
    readonly reason: unknown;
} | {
    readonly kind: 'release';
} | {
    readonly kind: 'dead-letter';
    readonly reason: unknown;
};
/** The queue as its leases see it. */
interface LeaseHome<T> {
    end(lease: SqliteLease<T>, end: LeaseEnd): Promise<void>;
    extend(lease: SqliteLease<T>, ms: number): Promise<void>;
}
/** What is known of an item beside itself. */
interface LeaseFacts {
    /** The item's number in the file. */
    readonly id: number;
    readonly attempt: number;
    /** Tells this handing out from all others of the item. */
    readonly fence: number;
    readonly class: string;
    readonly key: string | undefined;
    readonly tenant: string | undefined;
    /** What was put in with the item, a trace context for one. */
    readonly headers: Readonly<Record<string, string>>;
    /** When it was put in, in ms since 1970. */
    readonly createdAt: number;
}
/**
 * One item of a `SqliteQueue` in a worker's hands, until it is ended or its time is over. Whatever comes after the time was
 * over, or after somebody else got the item, rejects with `LeaseLostError` and changes nothing.
 */
declare class SqliteLease<T> implements Lease<T>, LeaseFacts {
    #private;
    readonly item: T;
    readonly id: number;
    readonly attempt: number;
    readonly fence: number;
    readonly class: string;
    readonly key: string | undefined;
    readonly tenant: string | undefined;
    readonly headers: Readonly<Record<string, string>>;
    readonly createdAt: number;
    /** @internal */
    constructor(home: LeaseHome<T>, item: T, facts: LeaseFacts);
    /** Done. Resolves after the COMMIT. @throws {LeaseLostError} */
    ack(): Promise<void>;
    /** Not done: the item comes back, at the end of its class. `reason` joins its chain of errors. @throws {LeaseLostError} */
    retry({ delayMs, reason }?: {
        readonly delayMs?: number;
        readonly reason?: unknown;
    }): Promise<void>;
    /** Given up: the item goes to the dead letters with its chain of errors. @throws {LeaseLostError} */
    deadLetter(reason: unknown): Promise<void>;
    /** Not even begun: the item comes back where it was, and this handing out does not count. @throws {LeaseLostError} */
    release(): Promise<void>;
    /** The lease ends `ms` from now. @throws {LeaseLostError} */
    extend(ms: number): Promise<void>;
}

/** What a `SqliteQueue` tells. What this process did itself is told after the COMMIT. */
type SqliteQueueEvents<T> = {
    /** An item was given up and is a dead letter now. */
    deadLettered: [event: {
        readonly item: T;
        readonly attempt: number;
        readonly reason: unknown;
    }];
    /** `offer` found no room for this item. */
    rejected: [event: {
        readonly item: T;
    }];
    /** As many items reached their deadline before they were handed out. */
    expired: [event: {
        readonly count: number;
    }];
    /** As many leases, of any process, ran out: their items wait again. */
    leasesExpired: [event: {
        readonly count: number;
    }];
    /** As many items were made dead letters because they had been handed out `maxDeliveries` times and never ended. */
    poisoned: [event: {
        readonly count: number;
    }];
    /** As many dead letters were dropped because `deadLetterCapacity` was reached. */
    deadLettersDropped: [event: {
        readonly count: number;
    }];
    /** The codec could not read an item: it is a dead letter now. */
    unreadable: [event: {
        readonly id: number;
        readonly error: unknown;
    }];
    /** This process puts nothing more in. */
    closed: [event: {
        readonly depth: number;
    }];
};
/** The readings of a `SqliteQueue`. Depths are those of the file as this process last saw it; totals are of this process. */
interface SqliteQueueSnapshot {
    readonly name: string;
    readonly path: string;
    /** `null`: no bound. */
    readonly capacity: number | null;
    /** How many wait, delayed ones included. */
    readonly depth: number;
    /** How many of them wait out a delay. */
    readonly delayed: number;
    /** How many are in workers' hands. */
    readonly leased: number;
    /** How many dead letters there are. */
    readonly deadLetters: number;
    /** How long the oldest ready item has waited, in ms. */
    readonly oldestAgeMs: number;
    /** How many producers wait for room here. */
    readonly waitingProducers: number;
    /** How many consumers wait for work here. */
    readonly waitingConsumers: number;
    /** Items a second that this process put in lately. */
    readonly enqueueRate: number;
    /** Items a second that this process took lately. */
    readonly dequeueRate: number;
    readonly admitted: number;
    readonly duplicates: number;
    readonly rejected: number;
    readonly acked: number;
    readonly retried: number;
    readonly deadLettered: number;
    readonly expired: number;
    readonly leasesExpired: number;
    readonly poisoned: number;
    /** Whether this process still puts in. */
    readonly isClosed: boolean;
}

/** How a `SqliteQueue` is opened. */
interface SqliteQueueOptions<T> {
    /** The file. Its folder must exist; SQLite adds two files of the same name with `-wal` and `-shm`. */
    readonly path: string;
    /** What it is called on boards, in metrics and in messages. Default: the path. */
    readonly name?: string | undefined;
    /**
     * How many items may wait, delayed ones included; leased ones don't count. From 1; `Infinity` for no bound but the disk.
     * A retried item always has room. Each process heeds its own. Default 10000.
     */
    readonly capacity?: number | undefined;
    /** Classes of service, most urgent first; an item that names none belongs to the last. Default: `'standard'` alone. */
    readonly classes?: readonly string[] | undefined;
    /**
     * How long an item of a less urgent class waits at most before it is served ahead of its turn, in ms, more than 0.
     * `Infinity`: the more urgent always go first. Default 60000.
     */
    readonly maxAgeMs?: number | undefined;
    /**
     * - `full` (default): `put` resolves when the item is on the disk, and stays there when the power fails.
     * - `normal`: several times as fast. A crash of the process loses nothing; a power failure may lose the last commits.
     */
    readonly synchronous?: 'full' | 'normal' | undefined;
    /** How long a worker has before the item goes to another one, in ms, at least 100. It can be extended. Default 30000. */
    readonly leaseMs?: number | undefined;
    /**
     * How often an item may be handed out before the end of a lease makes it a dead letter: what kills each process that
     * begins it must not go round for ever. From 1; `Infinity` for no bound. Default 20.
     */
    readonly maxDeliveries?: number | undefined;
    /** How many dead letters are kept, 0 or more; the oldest goes first. Default 10000. */
    readonly deadLetterCapacity?: number | undefined;
    /** How many errors are kept of an item, the last ones; from 1. Default 10. */
    readonly maxErrors?: number | undefined;
    /** Whether the stacks of errors are kept. Default false. */
    readonly keepStacks?: boolean | undefined;
    /** The key of an item. While an item with the same key waits or is worked on, a `put` changes nothing. Default: none. */
    readonly dedupBy?: ((item: T) => string | undefined) | undefined;
    /** How long the key of an item counts after it was settled, in ms, 0 or more. Default 0. */
    readonly dedupWindowMs?: number | undefined;
    /** How many keys of settled items are kept, give or take a tenth; the oldest go first. From 10. Default 100000. */
    readonly maxKeys?: number | undefined;
    /** How items are written. Default: JSON. */
    readonly codec?: Codec<T> | undefined;
    /** How long to wait for other processes' writes, in ms, 0 or more. Default 5000. */
    readonly busyMs?: number | undefined;
    /** How large the file may grow, in bytes. Then `put` fails with `ERR_STORAGE_FULL`. Default `Infinity`: until the disk is full. */
    readonly maxBytes?: number | undefined;
    /**
     * How often to look for what other processes have put in or taken out, in ms, at least 1. Only while somebody waits.
     * Default 25.
     */
    readonly pollMs?: number | undefined;
    /** How many producers may wait in `put` and, counted apart, how many consumers in `lease`. From 1. Default 10000. */
    readonly maxWaiting?: number | undefined;
    /** Whether consumers that wait keep the process alive: other processes may bring work. Default true. */
    readonly keepAlive?: boolean | undefined;
    /** Monotonic time, for rates. What is written to the file is wall-clock time. Default: the platform's. */
    readonly clock?: Clock | undefined;
    /** Wakes those who wait. Default: the platform's. */
    readonly timers?: Timers | undefined;
    /** Receives what a listener threw. Default: prints it. */
    readonly onListenerError?: ListenerErrorHandler | undefined;
}
/** What may come with an item. */
interface SqlitePutOptions {
    /** One of the queue's `classes`. Default: the last one. */
    readonly class?: string | undefined;
    /** How long from now it must not be handed out, in ms, 0 or more. Default 0. */
    readonly delayMs?: number | undefined;
    /** How long from now it is worth handing out, in ms, more than 0. Afterwards it is expired: counted, never handed out. */
    readonly deadlineMs?: number | undefined;
    /** Its key, in place of what `dedupBy` gives. */
    readonly key?: string | undefined;
    /** Whose it is. It comes back with the lease. */
    readonly tenant?: string | undefined;
    /** What travels with it, a W3C trace context for one: at most 64 entries. It comes back with the lease. */
    readonly headers?: Readonly<Record<string, string>> | undefined;
    /** Ends the waiting for room. Once the item is on its way to the disk it does nothing. */
    readonly signal?: AbortSignal | undefined;
}

/** What became of an item that was put in. */
interface PutReceipt {
    /** The item's number in the file; of a duplicate, that of the item it repeats, 0 when that one is settled already. */
    readonly id: number;
    /** Whether an item with the same key is there, or was settled lately: then nothing has changed. */
    readonly isDuplicate: boolean;
}

/**
 * A queue in a SQLite file: what `put` has resolved for survives a crash of the process, and with `synchronous: 'full'` a
 * power failure. Several processes may share the file.
 *
 * Each item is handed out at least once: a worker that dies, or doesn't renew its lease, has its item given to another one.
 * A thread of its own does the work; what is asked for while it commits shares the next commit.
 */
declare class SqliteQueue<T> implements WorkSource<T>, Observable<SqliteQueueEvents<T>>, AsyncDisposable {
    #private;
    readonly name: string;
    /** The file. */
    readonly path: string;
    /** Items outlive this process: a pool's `submit`, which gives a result back, is not for them. */
    readonly isDurable = true;
    /** How long a lease lasts unless it is extended, in ms. */
    readonly leaseMs: number;
    /** The items that were given up. */
    readonly deadLetters: SqliteDeadLetters<T>;
    private constructor();
    /**
     * Opens the file, or makes it.
     * @throws {TypeError | RangeError} when an option is wrong.
     * @throws {StorageError} when the file can't be used; it says which one, why, and what to do.
     */
    static open<T>(options: SqliteQueueOptions<T>): Promise<SqliteQueue<T>>;
    /** How many wait, delayed ones included, as this process last saw it. */
    get depth(): number;
    /** How many are in workers' hands, those of other processes included, as this process last saw it. */
    get leased(): number;
    /** Whether this process puts nothing more in. */
    get isClosed(): boolean;
    /**
     * Puts an item in, and waits for room, first come first served among the producers of this process. Resolves after the
     * COMMIT. Rejects with the reason of `signal`, `QueueClosedError`, `TooManyWaitingError`, or a `StorageError`: then the
     * item is not in.
     */
    put(item: T, options?: SqlitePutOptions): Promise<PutReceipt>;
    /**
     * Puts an item in if there is room: `true` after the COMMIT, also for a duplicate; `false` when it was full or is closed.
     * Rejects with a `StorageError` when the file failed: then the item is not in.
     */
    offer(item: T, options?: SqlitePutOptions): Promise<boolean>;
    /**
     * Waits for work. Its lease lasts `leaseMs`. Rejects with the reason of `signal`; with `QueueClosedError` once this process
     * has closed the queue and nothing is left in it; with a `StorageError` when the file failed.
     */
    lease({ signal }?: {
        readonly signal?: AbortSignal | undefined;
    }): Promise<SqliteLease<T>>;
    /** A lease that this process happens to hold already, or `undefined`: to ask the file takes a promise, see `leaseNow`. */
    tryLease(): SqliteLease<T> | undefined;
    /** Work now, or `undefined`. Does not wait for work, only for the file. */
    leaseNow(): Promise<SqliteLease<T> | undefined>;
    /** This process puts nothing more in. What is in the file comes out as before. */
    close(): void;
    /**
     * Closes the queue and the file. Consumers that wait get `QueueClosedError`; what was asked before is done; leases that are
     * not ended go to others when their time is over. The file can be opened again.
     */
    stop(): Promise<void>;
    [Symbol.asyncDispose](): Promise<void>;
    /** Copies the file to `path` while the queue works on. The copy is whole or not there. Replaces what is at `path`. */
    backup(path: string): Promise<void>;
    /** Checks the whole file: what is wrong with it, in words; empty when it is sound. O(file), and nothing else is done meanwhile. */
    verify(): Promise<readonly string[]>;
    on<E extends keyof SqliteQueueEvents<T>>(event: E, listener: (...args: SqliteQueueEvents<T>[E]) => void): () => void;
    snapshot(): SqliteQueueSnapshot;
}

export { Codec, SqliteDeadLetters, SqliteLease, SqliteQueue, StorageError };
export type { LeaseFacts, PutReceipt, SqliteDeadLetter, SqlitePutOptions, SqliteQueueEvents, SqliteQueueOptions, SqliteQueueSnapshot, SqliteRedriveOptions, SqliteRedriveReport, StorageErrorCode };
