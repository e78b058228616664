import { Clock, Timers, Lease, ListenerErrorHandler, WorkSource, Observable } from './index.js';
export { b as LeaseLostError } from './errors-shared.js';
import { JetStreamManager } from '@nats-io/jetstream';
import { C as Codec } from './item-codec-shared.js';
import { MsgHdrs, NatsConnection } from '@nats-io/nats-core';

/** What became of an item that was put in. */
interface JetStreamReceipt {
    /** The item's number in the stream; of a duplicate, that of the item it repeats. */
    readonly id: number;
    /** Whether an item with the same key was put in lately: then nothing has changed. */
    readonly isDuplicate: boolean;
}
/** A message ready to be sent. It is always sent with the same id, so that sending it twice does no harm. */
interface Parcel {
    readonly subject: string;
    readonly payload: string | Uint8Array;
    readonly headers: MsgHdrs;
    readonly isKeyed: boolean;
}
type Admission = JetStreamReceipt | 'full';

/** What the streams, subjects and consumers of a queue are called on the server. */
declare class Names {
    /** The stream with the items. */
    readonly stream: string;
    /** The stream with the dead letters. */
    readonly deadStream: string;
    /** The stream with what the server says about items that it gave up. */
    readonly advisoryStream: string;
    /** Every item's subject matches this. */
    readonly subjects: string;
    readonly deadSubject: string;
    readonly advisorySubjects: readonly string[];
    /** What the subject of every request to JetStream begins with. */
    readonly api: string;
    constructor(name: string, domain: string | undefined);
    /** What items of a class are published to. The consumer of a class has the name of the class. */
    subject(className: string): string;
    /** What asks the consumer of a class for messages. */
    pull(stream: string, consumer: string): string;
}

/** An item that was given up, as it is kept on the server. */
interface JetStreamDeadLetter<T> {
    /** Counts up, in the order of arrival. An item that dies again gets a new one. */
    readonly id: number;
    /** The item; `undefined` when the codec can't read it, see `raw`. */
    readonly item: T | undefined;
    /** What is written of the item. */
    readonly raw: string | Uint8Array;
    /**
     * What attempts failed with, the last one last, those before a redrive included. Of the attempts since, those that are
     * known where it was given up: other processes' are not. The last `maxErrors` are kept, as far as there is room.
     */
    readonly errors: readonly unknown[];
    /** How many times the item was handed out since it was put in, or sent back. */
    readonly attempts: number;
    readonly class: string;
    readonly key: string | undefined;
    readonly tenant: string | undefined;
    readonly headers: Readonly<Record<string, string>>;
    /** When the item was put in, or sent back, in ms since 1970. */
    readonly createdAt: number;
    /** When it was given up, in ms since 1970. */
    readonly lastAt: number;
    /** How many times it was sent back, and died again. */
    readonly redrives: number;
    /** Whether it was sent back and died again: a redrive leaves it here unless told otherwise. */
    readonly poison: boolean;
}
/** Which dead letters to send back, and how fast. */
interface JetStreamRedriveOptions<T> {
    /** How many a second at most, evenly spaced. Greater than 0. Default `Infinity`. */
    readonly perSecond?: number | undefined;
    /** Asked about each letter when its turn comes. Default: all. */
    readonly filter?: ((letter: JetStreamDeadLetter<T>) => boolean) | undefined;
    /** What to do with poison: leave it (`'skip'`, default), send it too (`'include'`), or send nothing else (`'only'`). */
    readonly poison?: 'skip' | 'include' | 'only' | undefined;
    /** Ends the redrive. What has not been sent stays here. */
    readonly signal?: AbortSignal | undefined;
}
/** What a redrive came to. */
interface JetStreamRedriveReport {
    /** How many were sent back. */
    readonly redriven: number;
    /** How many `filter` or `poison` left out, or were taken out by somebody else. */
    readonly skipped: number;
    /** Why it ended: every letter had its turn, the queue was full, or it was aborted. */
    readonly ended: 'done' | 'full' | 'aborted';
}
/** The queue as its dead letters see it. */
interface DeadLetterHome<T> {
    readonly manager: JetStreamManager;
    readonly names: Names;
    readonly codec: Codec<T>;
    readonly clock: Clock;
    readonly timers: Timers;
    readonly size: () => number;
    readonly admit: (parcel: Parcel) => Promise<Admission>;
}
/** The dead letters of a `JetStreamQueue`: in a stream of their own, which drops the oldest when it is full. */
declare class JetStreamDeadLetters<T> {
    #private;
    /** @internal */
    constructor(home: DeadLetterHome<T>);
    /** How many there are, as this process last saw it. */
    get size(): number;
    /** The first `limit` (100) with an `id` above `after` (0), oldest first. One request to the server each. */
    list({ after, limit }?: {
        readonly after?: number;
        readonly limit?: number;
    }): Promise<JetStreamDeadLetter<T>[]>;
    /** All of them, oldest first. */
    [Symbol.asyncIterator](): AsyncGenerator<JetStreamDeadLetter<T>, void, undefined>;
    /** Takes one out for good. `false` when it is not here. */
    remove(id: number): Promise<boolean>;
    /**
     * Sends letters back into the queue: attempts begin anew, the chain of errors stays. Each is put in first and taken out
     * here afterwards, with an id of its own: a crash in between leaves it in both, and another redrive within
     * `dedupWindowMs` doesn't put it in twice.
     */
    redrive(options?: JetStreamRedriveOptions<T>): Promise<JetStreamRedriveReport>;
}

/** What can be wrong with the server, or with what is kept on it. */
type JetStreamQueueErrorCode = 'ERR_SERVER_TOO_OLD' | 'ERR_JETSTREAM_OFF' | 'ERR_STORAGE_FOREIGN' | 'ERR_STORAGE_FULL' | 'ERR_STORAGE_GONE' | 'ERR_STORAGE_REFUSED' | 'ERR_STORAGE_TIMEOUT' | 'ERR_ITEM_TOO_LARGE';
/**
 * The server could not do what was asked for. With `ERR_STORAGE_TIMEOUT` it may have been done all the same: the answer did
 * not come. With every other code nothing has happened.
 */
declare class JetStreamQueueError extends Error {
    readonly name = "JetStreamQueueError";
    readonly code: JetStreamQueueErrorCode;
    /** The queue, which is also the name of its stream. */
    readonly queue: string;
    constructor(code: JetStreamQueueErrorCode, queue: string, what: string, reason?: ErrorOptions);
}

/** How an item leaves its lease. */
type JetStreamLeaseEnd = {
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
interface JetStreamLeaseHome<T> {
    end(lease: JetStreamLease<T>, end: JetStreamLeaseEnd): Promise<void>;
    extend(lease: JetStreamLease<T>, ms: number): Promise<void>;
}
/** What is known of an item beside itself. */
interface JetStreamLeaseFacts {
    /** The item's number in the stream. */
    readonly id: number;
    /**
     * How many times the item has been handed out, this time included: from 1. What was given back unbegun doesn't count in the
     * process that gave it back; in others it does.
     */
    readonly attempt: number;
    readonly class: string;
    readonly key: string | undefined;
    readonly tenant: string | undefined;
    /** What was put in with the item, a trace context for one. */
    readonly headers: Readonly<Record<string, string>>;
    /** When it was put in, in ms since 1970. */
    readonly createdAt: number;
}
/**
 * One item of a `JetStreamQueue` in a worker's hands, until it is ended or its time is over. Once its time is over, whatever
 * is called rejects with `LeaseLostError` and sends nothing. The server has no fence of its own: what was sent before that,
 * and arrives late, counts.
 */
declare class JetStreamLease<T> implements Lease<T>, JetStreamLeaseFacts {
    #private;
    readonly item: T;
    readonly id: number;
    readonly attempt: number;
    readonly class: string;
    readonly key: string | undefined;
    readonly tenant: string | undefined;
    readonly headers: Readonly<Record<string, string>>;
    readonly createdAt: number;
    /** @internal */
    constructor(home: JetStreamLeaseHome<T>, item: T, facts: JetStreamLeaseFacts);
    /** Done. Resolves when the server has confirmed it. @throws {LeaseLostError} */
    ack(): Promise<void>;
    /** Not done: the item comes back. `reason` joins its chain of errors, in this process. @throws {LeaseLostError} */
    retry({ delayMs, reason }?: {
        readonly delayMs?: number;
        readonly reason?: unknown;
    }): Promise<void>;
    /** Given up: the item goes to the dead letters, and only when it is there, out of the queue. @throws {LeaseLostError} */
    deadLetter(reason: unknown): Promise<void>;
    /** Not even begun: the item comes back where it was. @throws {LeaseLostError} */
    release(): Promise<void>;
    /** The lease ends `ms` from now. @throws {LeaseLostError} */
    extend(ms: number): Promise<void>;
}

/** What a `JetStreamQueue` tells. What this process did itself is told when the server has confirmed it. */
type JetStreamQueueEvents<T> = {
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
    /** An item reached its deadline before it was handed out here. */
    expired: [event: {
        readonly count: number;
    }];
    /** As many leases of this process ran out: their items go to others. */
    leasesExpired: [event: {
        readonly count: number;
    }];
    /** As many items were made dead letters because they had been handed out `maxDeliveries` times and never ended. */
    poisoned: [event: {
        readonly count: number;
    }];
    /** The codec could not read an item: it is a dead letter now. */
    unreadable: [event: {
        readonly id: number;
        readonly error: unknown;
    }];
    /** As many items were held by the server that would never have been handed out again. They will be, now. */
    orphansFound: [event: {
        readonly class: string;
        readonly count: number;
    }];
    /** The consumer of a class was not there, and was made anew; `reason` is what was noticed. */
    consumerRestored: [event: {
        readonly class: string;
        readonly reason: string;
    }];
    /** A wait for work was silent for too long and was begun anew. */
    stalled: [event: {
        readonly class: string;
    }];
    /** The connection was lost: the client connects again by itself. */
    disconnected: [];
    /** The connection is there again: what was under way is sent again. */
    reconnected: [];
    /** Something that the queue does by itself failed; it will be tried again. */
    problem: [event: {
        readonly error: unknown;
    }];
    /** This process puts nothing more in. */
    closed: [event: {
        readonly depth: number;
    }];
};
/** The readings of a `JetStreamQueue`. Depths are those of the server as this process last saw it; totals are of this process. */
interface JetStreamQueueSnapshot {
    readonly name: string;
    /** The version of the server. */
    readonly server: string;
    /** `null`: no bound. */
    readonly capacity: number | null;
    /** How many wait. */
    readonly depth: number;
    /** How many are in workers' hands or wait out a delay, in all processes: the server doesn't tell these apart. */
    readonly leased: number;
    /** How many are in this process's hands. */
    readonly held: number;
    /** How many dead letters there are. */
    readonly deadLetters: number;
    /** How long the oldest item has been in the queue, leased ones included, in ms. */
    readonly oldestAgeMs: number;
    /** How many producers wait for room, or for the server's answer, here. */
    readonly waitingProducers: number;
    /** How many consumers wait for work here. */
    readonly waitingConsumers: number;
    /** Whether there is a connection. */
    readonly isConnected: boolean;
    /** How long ago the server last answered a pull, with items or without, in ms; `null` before the first. While nobody waits for work there are no pulls. */
    readonly lastPullAgeMs: number | null;
    /** How long ago the depths were read, in ms. */
    readonly standingAgeMs: number;
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
    readonly orphansFound: number;
    readonly consumersRestored: number;
    readonly stalls: number;
    readonly reconnects: number;
    /** Whether this process still puts in. */
    readonly isClosed: boolean;
}

/** How a `JetStreamQueue` is opened. */
interface JetStreamQueueOptions<T> {
    /**
     * The connection to the server. It stays the caller's: the queue never closes it. Connect with `maxReconnectAttempts: -1`,
     * or the client gives up after ten attempts.
     */
    readonly connection: NatsConnection;
    /**
     * The name of its stream, and what it is called on boards, in metrics and in messages: letters, digits, `-` and `_`.
     * Whoever opens the same name works on the same queue; the options of the last one count for all.
     */
    readonly name: string;
    /**
     * How many items may be in it, those in workers' hands included. From 1; `Infinity` for no bound but the server's. A
     * retried item always has room. Where more are in it already, that many are its capacity until it is opened again.
     * Default 10000.
     */
    readonly capacity?: number | undefined;
    /** How many bytes it may hold. From 1. Then `put` fails with `ERR_STORAGE_FULL`. Default `Infinity`. */
    readonly maxBytes?: number | undefined;
    /**
     * Classes of service, most urgent first; an item that names none belongs to the last. Letters, digits, `-` and `_`. Each
     * has a consumer of its own on the server. Default: `'standard'` alone.
     */
    readonly classes?: readonly string[] | undefined;
    /**
     * How long an item of a less urgent class waits at most before its class is asked ahead of its turn, in ms, more than 0.
     * `Infinity`: the more urgent always go first. Default 60000.
     */
    readonly maxAgeMs?: number | undefined;
    /**
     * How long a worker has before the item goes to another one, in ms, at least 100. It can be extended. The server waits a
     * fifth longer (`ack_wait`), so that a worker gives up before the item can be in other hands. Default 30000.
     */
    readonly leaseMs?: number | undefined;
    /**
     * How often an item may be handed out before it is made a dead letter without being handed out again: what kills each
     * process that begins it must not go round for ever. From 1; `Infinity` for no bound. Default 20.
     */
    readonly maxDeliveries?: number | undefined;
    /**
     * How many items of each class may be in workers' hands at once, in all processes together (`max_ack_pending`). From 1.
     * Items that wait out a delay count. Default `Infinity`.
     */
    readonly maxInProgress?: number | undefined;
    /** How many dead letters are kept, from 1; the oldest goes first. Default 10000. */
    readonly deadLetterCapacity?: number | undefined;
    /** How many errors are kept of an item, the last ones; from 1. Default 10. */
    readonly maxErrors?: number | undefined;
    /** Whether the stacks of errors are kept. Default false. */
    readonly keepStacks?: boolean | undefined;
    /** The key of an item. A `put` whose key was put in during the last `dedupWindowMs` changes nothing. Default: none. */
    readonly dedupBy?: ((item: T) => string | undefined) | undefined;
    /**
     * How long the server knows what was put in, in ms, at least 1000: keys, and what was sent twice because an answer was
     * lost. Default 120000.
     */
    readonly dedupWindowMs?: number | undefined;
    /** How items are written. Default: JSON. */
    readonly codec?: Codec<T> | undefined;
    /** Where the server keeps it: on its disk (default), or in its memory, where a restart of the server loses it. */
    readonly storage?: 'file' | 'memory' | undefined;
    /** On how many servers of a cluster it is kept, 1 to 5. Default 1. */
    readonly replicas?: number | undefined;
    /** Whether the server compresses it. Needs nats-server 2.10. Default false. */
    readonly compression?: boolean | undefined;
    /** The JetStream domain. Default: none. */
    readonly domain?: string | undefined;
    /** How long the server has for an answer, in ms, at least 100. What it doesn't answer fails with `ERR_STORAGE_TIMEOUT`. Default 10000. */
    readonly requestMs?: number | undefined;
    /** How often the server says that a wait for work still stands, in ms, at least 100. A wait that is silent for 2.5 times as long is begun anew. Default 5000. */
    readonly heartbeatMs?: number | undefined;
    /** How often to look how the queue stands on the server, in ms, at least 10. Default 1000. */
    readonly refreshMs?: number | undefined;
    /** How often to look for items that the server holds and would never hand out again, in ms, at least 10; `Infinity` for never. Default 5000. */
    readonly reconcileMs?: number | undefined;
    /** How many producers may wait in `put` and, counted apart, how many consumers in `lease`. From 1. Default 10000. */
    readonly maxWaiting?: number | undefined;
    /** Monotonic time. What is kept on the server is wall-clock time. Default: the platform's. */
    readonly clock?: Clock | undefined;
    /** Ends waits and leases. Default: the platform's. */
    readonly timers?: Timers | undefined;
    /** From 0 to below 1, for the jitter of retries. Default `Math.random`. */
    readonly random?: (() => number) | undefined;
    /** Receives what a listener threw. Default: prints it. */
    readonly onListenerError?: ListenerErrorHandler | undefined;
}

/** What may come with an item. */
interface JetStreamPutOptions {
    /** One of the queue's `classes`. Default: the last one. */
    readonly class?: string | undefined;
    /**
     * How long from now it is worth handing out, in ms, more than 0. Afterwards it is expired: counted, never handed out. By
     * the wall clocks of the machines.
     */
    readonly deadlineMs?: number | undefined;
    /** Its key, in place of what `dedupBy` gives. */
    readonly key?: string | undefined;
    /** Whose it is. It comes back with the lease. */
    readonly tenant?: string | undefined;
    /**
     * What travels with it, a W3C trace context for one: at most 64 entries, as headers of the message, so that other programs
     * can read them. Names of visible ASCII without `:` that don't begin with `Nats-` or `Kanban-`; values of one line, without
     * space at the ends. It comes back with the lease.
     */
    readonly headers?: Readonly<Record<string, string>> | undefined;
    /** Ends the waiting for room. Once the item is on its way to the server it does nothing. */
    readonly signal?: AbortSignal | undefined;
}

/** Something that a server can do since some version, and that the queue uses, or goes without. */
interface ServerFeature {
    readonly name: 'compression' | 'metadata' | 'sync-always' | 'term-reason';
    /** The first version that has it. */
    readonly since: string;
    /** What it is for, and what happens without. */
    readonly what: string;
}
/** What is known of the server. */
interface JetStreamServer {
    readonly version: string;
    /** What it lacks of what a later one has. */
    readonly lacks: readonly ServerFeature[];
}

/**
 * A queue in a stream of NATS JetStream, for any number of processes on any number of machines: what `put` has resolved for
 * survives a crash of this process and of the server.
 *
 * Each item is handed out at least once: a worker that dies, or doesn't renew its lease, has its item given to another one,
 * and a server that crashes may hand out again what was acknowledged shortly before.
 */
declare class JetStreamQueue<T> implements WorkSource<T>, Observable<JetStreamQueueEvents<T>>, AsyncDisposable {
    #private;
    readonly name: string;
    /** Items outlive this process: a pool's `submit`, which gives a result back, is not for them. */
    readonly isDurable = true;
    /** How long a lease lasts unless it is extended, in ms. */
    readonly leaseMs: number;
    /** The items that were given up. */
    readonly deadLetters: JetStreamDeadLetters<T>;
    /** The server's version, and what it lacks of what later ones have. */
    readonly server: JetStreamServer;
    private constructor();
    /**
     * Opens the queue, or makes it: a stream for the items, one for the dead letters, one for what the server says about items
     * it gave up, and a consumer for each class.
     * @throws {TypeError | RangeError} when an option is wrong.
     * @throws {JetStreamQueueError} when the server can't be used; it says why, and what to do.
     */
    static open<T>(options: JetStreamQueueOptions<T>): Promise<JetStreamQueue<T>>;
    /** How many wait, as this process last saw it; what it put in since counts. */
    get depth(): number;
    /** How many are in workers' hands or wait out a delay, in all processes, as this one last saw it. */
    get leased(): number;
    /** Whether this process puts nothing more in. */
    get isClosed(): boolean;
    /**
     * Puts an item in, and waits for room: among the producers of this process first come first served, among processes by
     * chance. Resolves when the server has confirmed it. Rejects with the reason of `signal`, `QueueClosedError`,
     * `TooManyWaitingError`, or a `JetStreamQueueError`: then the item is not in, except with `ERR_STORAGE_TIMEOUT`, after
     * which it may be.
     */
    put(item: T, options?: JetStreamPutOptions): Promise<JetStreamReceipt>;
    /**
     * Puts an item in if there is room: `true` when the server has confirmed it, also for a duplicate; `false` when it was full
     * or is closed. Rejects with a `JetStreamQueueError` as `put` does.
     */
    offer(item: T, options?: JetStreamPutOptions): Promise<boolean>;
    /**
     * Waits for work. Its lease lasts `leaseMs`. Rejects with the reason of `signal`; with `QueueClosedError` once this process
     * has closed the queue and nothing is left in it; with a `JetStreamQueueError` when the connection is closed for good.
     */
    lease({ signal }?: {
        readonly signal?: AbortSignal | undefined;
    }): Promise<JetStreamLease<T>>;
    /** A lease that this process happens to hold already, or `undefined`: to ask the server takes a promise, see `leaseNow`. */
    tryLease(): JetStreamLease<T> | undefined;
    /** Work now, or `undefined`. Does not wait for work, only for the server. */
    leaseNow(): Promise<JetStreamLease<T> | undefined>;
    /** This process puts nothing more in. What is on the server comes out as before. */
    close(): void;
    /**
     * Closes the queue here. Consumers that wait get `QueueClosedError`; what was asked before is done, or its time is over;
     * leases that are not ended go to others when their time is over. The connection stays open. The queue can be opened again.
     */
    stop(): Promise<void>;
    [Symbol.asyncDispose](): Promise<void>;
    on<E extends keyof JetStreamQueueEvents<T>>(event: E, listener: (...args: JetStreamQueueEvents<T>[E]) => void): () => void;
    snapshot(): JetStreamQueueSnapshot;
}

export { Codec, JetStreamDeadLetters, JetStreamLease, JetStreamQueue, JetStreamQueueError };
export type { JetStreamDeadLetter, JetStreamLeaseFacts, JetStreamPutOptions, JetStreamQueueErrorCode, JetStreamQueueEvents, JetStreamQueueOptions, JetStreamQueueSnapshot, JetStreamReceipt, JetStreamRedriveOptions, JetStreamRedriveReport, JetStreamServer, ServerFeature };
