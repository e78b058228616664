import { L as Lease, C as Clock, T as Timers, a as ListenerErrorHandler, O as Observable, W as WorkSource, c as LeaseOptions } from './errors-shared.js';
export { D as DuplicateItemError, H as HandlerTimeoutError, I as ItemLostError, b as LeaseLostError, P as PoolStoppedError, Q as QueueClosedError, d as QueueFullError, e as Timer, f as TooManyDeliveriesError, g as TooManyWaitingError } from './errors-shared.js';

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
    /** Counts up from 1, in the order of arrival. An item that dies again, or is imported, gets a new one. */
    readonly id: number;
    readonly item: T;
    /** What the attempts failed with, the last one last, those before a redrive included. The last `maxErrors` are kept. */
    readonly errors: readonly unknown[];
    /** How many times the item was handed out, before its redrives and after. */
    readonly attempts: number;
    /** When the first attempt failed, in ms since 1970. */
    readonly firstAt: number;
    /** When the item was given up for the last time, in ms since 1970. */
    readonly lastAt: number;
    /** How many times the item was sent back, and died again. */
    readonly redrives: number;
    /** Whether it came back from `poisonAfter` redrives or more: a redrive leaves it here unless told otherwise. */
    readonly poison: boolean;
}
/** What a `DeadLetterQueue` tells. */
type DeadLetterEvents<T> = {
    /** A dead letter was put in, by `add` or by an import. */
    added: [letter: DeadLetter<T>];
    /** The queue was full: this one is not kept. */
    dropped: [letter: DeadLetter<T>];
    /** This one was sent back and its target took it. */
    redriven: [letter: DeadLetter<T>];
};
/** The readings of a `DeadLetterQueue`. Counts since it was made are marked as totals: `added = size + dropped + taken`. */
interface DeadLetterSnapshot {
    readonly name: string;
    readonly capacity: number;
    /** How many are kept now. */
    readonly size: number;
    /** How many of them are poison. */
    readonly poison: number;
    /** Total of dead letters that came in, those dropped and those imported included. */
    readonly added: number;
    /** Total of those imported. */
    readonly imported: number;
    /** Total of those not kept because it was full. */
    readonly dropped: number;
    /** Total of those taken out, redriven ones included. */
    readonly taken: number;
    /** Total of those sent back. */
    readonly redriven: number;
    /** How many redrives are under way. */
    readonly redrives: number;
    /** How many items with a key (`keyBy`, or primitive ones) were sent back and may come again. */
    readonly remembered: number;
    /** Total of those forgotten because more than `maxRemembered` were out: should they die again, they pass for new. */
    readonly forgotten: number;
}

/** How letters become lines. */
interface ExportOptions<T> {
    /**
     * Which letters. Default: all, and the keys of items that were sent back, so that these are recognised after an import;
     * with a filter, letters alone.
     */
    readonly filter?: ((letter: DeadLetter<T>) => boolean) | undefined;
    /** What of an item is written, as something that JSON can hold. Default: the item itself. */
    readonly encode?: ((item: T) => unknown) | undefined;
    /** Whether the stacks of errors are written. Default false. */
    readonly stack?: boolean | undefined;
}

/** A line of an import that can't be read. `cause` is what went wrong with it. */
declare class DeadLetterLineError extends Error {
    readonly code = "ERR_DEAD_LETTER_LINE";
    /** Which line, from 1. */
    readonly line: number;
    /** What is wrong with it. */
    readonly reason: string;
    constructor(line: number, reason: string, options?: ErrorOptions);
    get name(): string;
}
/** There are more letters to import than there is room for. */
declare class DeadLettersFullError extends Error {
    readonly code = "ERR_DEAD_LETTERS_FULL";
    /** How many there is room for. */
    readonly room: number;
    constructor(queue: string, room: number);
    get name(): string;
}
/** How lines become letters. */
interface ImportOptions<T> {
    /** Makes an item of what was written for it, and throws where that is not one. Default: takes it as it is. */
    readonly decode?: ((value: unknown) => T) | undefined;
    /** What to do with a line that can't be read: import nothing (`'throw'`, default), or leave it out and report it. */
    readonly badLines?: 'throw' | 'skip' | undefined;
    /**
     * What to do when there are more letters than room: import nothing (`'throw'`, default), or as many as there is room for,
     * the last ones, or the first ones of a queue that keeps the oldest. What is here already stays in any case.
     */
    readonly whenFull?: 'throw' | 'fill' | undefined;
}
/** What an import came to. */
interface ImportReport {
    /** How many letters were put in. */
    readonly imported: number;
    /** How many there was no room for. */
    readonly leftOut: number;
    /** How many lines could not be read. */
    readonly bad: number;
    /** The first 100 of them, with their numbers and why. */
    readonly badLines: readonly DeadLetterLineError[];
}
/** Text in lines, as one or as many strings: each holds one or more whole lines, with or without the last line feed. */
type Lines = string | Iterable<string> | AsyncIterable<string>;

/** What can become of an admitted item. */
type Settlement = 'acked' | 'cleared' | 'dead-lettered' | 'dropped' | 'expired' | 'withdrawn';
/**
 * Told what becomes of one item: pass it to `offer` or `put`. Its methods are called synchronously, must be quick, and
 * what they throw goes to `onListenerError`.
 */
interface Receipt {
    /** The item was admitted. `place.withdraw()` takes it out again while it waits. */
    admitted?(place: Place): void;
    /**
     * The item left the queue for good. Called exactly once for each admitted item. `reason` is what `deadLetter` or `clear`
     * was given, or the `DropReason` of a dropped item.
     */
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

/** Where a redrive puts items in: a `PullQueue`, or anything else with `offer`. */
interface RedriveIntake<T> {
    /** `true` when it has taken the item, `false` when it has no room. An error with the code `ERR_QUEUE_FULL` is a `false`. */
    offer(item: T, options?: RedrivePutOptions): boolean | PromiseLike<boolean>;
    /** Waits for room. Used for `whenFull: 'wait'`. */
    put?(item: T, options?: RedrivePutOptions): PromiseLike<void>;
    /** Whether `receipt` works here: then an item that was done is forgotten at once, and not taken for poison later. */
    readonly carriesReceipts?: boolean;
}
/** What comes with an item that is sent back. */
interface RedrivePutOptions {
    /** Aborts when the redrive is aborted or stopped. */
    readonly signal?: AbortSignal | undefined;
    readonly receipt?: Receipt | undefined;
}
/** What a function is told that takes items back. */
interface RedriveContext<T> {
    readonly letter: DeadLetter<T>;
    /** Aborts when the redrive is aborted or stopped. */
    readonly signal: AbortSignal;
}
/** Takes items that are sent back: `true` when it has, `false` when it has no room now. */
type RedriveTarget<T> = RedriveIntake<T> | ((item: T, context: RedriveContext<T>) => boolean | PromiseLike<boolean>);
/** Which dead letters to send back, where, and how fast. */
interface RedriveOptions<T> {
    /** Default: the queue's own `into`. */
    readonly into?: RedriveTarget<T> | undefined;
    /**
     * How many are sent a second at most: each at least 1000 ÷ `perSecond` ms after the one before, the first one at once, and
     * no burst after a delay. Timers of the platform take a millisecond or more, so about 1000 is the most that comes out.
     * Each redrive has a pace of its own. Greater than 0. Default `Infinity`: as fast as the target takes them.
     */
    readonly perSecond?: number | undefined;
    /** Asked about each letter when its turn comes. Default: all. */
    readonly filter?: ((letter: DeadLetter<T>) => boolean) | undefined;
    /** What to do with poison: leave it (`'skip'`, default), send it too (`'include'`), or send nothing else (`'only'`). */
    readonly poison?: 'skip' | 'include' | 'only' | undefined;
    /**
     * What to do with a letter that the target has no room for. It stays here in any case.
     * - `wait` (default): wait for room, by the target's `put` where it has one, by offering again every 100 ms otherwise.
     * - `stop`: end the redrive.
     * - `skip`: go on with the next one.
     */
    readonly whenFull?: 'wait' | 'stop' | 'skip' | undefined;
    /** Ends the redrive. What the target has not taken stays here. */
    readonly signal?: AbortSignal | undefined;
}
/** What a redrive came to. */
interface RedriveReport {
    /** How many were sent back. */
    readonly redriven: number;
    /** How many the target had no room for, with `whenFull: 'stop'` or `'skip'`. */
    readonly refused: number;
    /** How many `filter` or `poison` left out. */
    readonly skipped: number;
    /** How many are here now, whatever the reason. */
    readonly remaining: number;
    /** Why it ended: every letter had its turn, the target was full, the redrive was aborted, or something threw. */
    readonly ended: 'done' | 'full' | 'aborted' | 'failed';
    /** What the target or the filter threw, when it `failed`. The letter it threw at is still here. */
    readonly error?: unknown;
}

/** How a `DeadLetterQueue` is made. */
interface DeadLetterQueueOptions<T> {
    /** What it is called on boards, in metrics and in messages. Default `'dead-letters'`. */
    readonly name?: string | undefined;
    /**
     * How many dead letters are kept. From 1. Default 1000. One that is just being sent back doesn't count, so as many more
     * can be here as redrives are under way.
     */
    readonly capacity?: number | undefined;
    /**
     * Which ones a full queue keeps; the others are dropped and counted. One that is just being sent back is never dropped.
     * Default `'newest'`.
     */
    readonly keep?: 'newest' | 'oldest' | undefined;
    /** Where a redrive sends items that names no target of its own. Default: none. */
    readonly into?: RedriveTarget<T> | undefined;
    /**
     * By what an item that dies again after a redrive is recognised; keys are compared as those of a `Map`.
     * Default: the item itself, so an object by its identity and a primitive by its value: equal primitives are one item.
     * Give the item's own key where the item is copied on its way, as any durable source does.
     */
    readonly keyBy?: ((item: T) => unknown) | undefined;
    /** From how many redrives on an item that dies again is poison. From 1. Default 1. */
    readonly poisonAfter?: number | undefined;
    /** How many errors of an item are kept, the last ones. From 1. Default 10. */
    readonly maxErrors?: number | undefined;
    /**
     * How many items that were sent back are remembered by keys, so that they are recognised when they die again. The oldest
     * are forgotten and counted. Objects without `keyBy` don't count: they are remembered as long as they live. From 1.
     * Default 10000.
     */
    readonly maxRemembered?: number | undefined;
    /** Monotonic time, for the pace of redrives. Default: the platform's. */
    readonly clock?: Clock | undefined;
    /** Wakes redrives that wait for their time. None runs otherwise. Default: the platform's. */
    readonly timers?: Timers | undefined;
    /** Wall-clock time in ms since 1970, for people to read. Default `Date.now`. */
    readonly wallNow?: (() => number) | undefined;
    /** Receives what a listener or `keyBy` threw. Default: prints it. */
    readonly onListenerError?: ListenerErrorHandler | undefined;
}

/**
 * Keeps what was given up, for people to look at and to send back. Bounded; O(1) but for listing.
 *
 * An item that was sent back and dies again is recognised: its letter goes on where the old one ended, and it is poison,
 * which the next redrive leaves here.
 */
declare class DeadLetterQueue<T> implements Observable<DeadLetterEvents<T>>, Iterable<DeadLetter<T>> {
    #private;
    readonly name: string;
    readonly capacity: number;
    constructor(options?: DeadLetterQueueOptions<T>);
    /** How many are kept. */
    get size(): number;
    /**
     * Puts an item in and returns its dead letter; `undefined` when the queue is full and keeps the oldest.
     *
     * @throws TypeError or RangeError for `attempts` or `firstAgeMs` that are no numbers from 0.
     */
    add(dead: DeadItem<T>): DeadLetter<T> | undefined;
    /** Those that `filter` picks, oldest first; default: all. O(size). */
    list(filter?: (letter: DeadLetter<T>) => boolean): readonly DeadLetter<T>[];
    /** Oldest first. */
    [Symbol.iterator](): IterableIterator<DeadLetter<T>>;
    /** The one with this id, which stays. */
    get(id: number): DeadLetter<T> | undefined;
    /** The oldest that `test` picks, which stays. O(size). */
    find(test: (letter: DeadLetter<T>) => boolean): DeadLetter<T> | undefined;
    /** Takes the one with this id out; `undefined` when it is not here, or just being sent back. */
    take(id: number): DeadLetter<T> | undefined;
    /**
     * Sends back what is here now, oldest first, each one as its turn comes; what comes in meanwhile is left for the next
     * time. Resolves with what happened, whatever ended it. A letter stays here until the target has taken its item, so
     * nothing is lost. Several redrives may run: none sends what another one is sending.
     *
     * @throws TypeError or RangeError, as a rejection, for wrong options or a missing target.
     */
    redrive(options?: RedriveOptions<T>): Promise<RedriveReport>;
    /**
     * The letters as lines of JSON, oldest first, each with its line feed; they stay here. A moment's picture: what comes or
     * goes while the lines are read makes no difference. Iterable once; `Readable.from()` makes a stream of it.
     *
     * @throws TypeError, while iterating, for an item that JSON can't hold. JSON writes `NaN` as `null` and a `Map` as `{}`
     *   without a word: give `encode` for such items.
     */
    exportLines(options?: ExportOptions<T>): IterableIterator<string>;
    /**
     * Puts in what `exportLines` wrote, in that order, with new ids. All or nothing: until the last line was read and found
     * good, and unless there is room for all, nothing is put in, and the file can be mended and read again. See
     * `ImportOptions` for the other way.
     *
     * Rejects with `DeadLetterLineError` for a bad line, with `DeadLettersFullError` where there is no room, and with what
     * `lines` throws.
     */
    importLines(lines: Lines, options?: ImportOptions<T>): Promise<ImportReport>;
    /** Ends the redrives that are under way, as their signals would; they report `'aborted'`. The queue stays usable. */
    stop(): void;
    [Symbol.dispose](): void;
    on<E extends keyof DeadLetterEvents<T>>(event: E, listener: (...args: DeadLetterEvents<T>[E]) => void): () => void;
    snapshot(): DeadLetterSnapshot;
}

/** Why a waiting item was thrown out: to make room for another, or by overload control. */
type DropReason = 'drop-oldest' | 'drop-newest' | 'codel' | 'controlled-delay';
/** An offered item was refused: the queue was full or closed. */
interface RejectedEvent<T> {
    readonly item: T;
    readonly why: 'closed' | 'full';
}
/** An offered item was refused: one with its key is in the queue, or was acknowledged lately. */
interface DuplicateEvent<T> {
    readonly item: T;
    readonly key: string;
}
/** A waiting item was thrown out. */
interface DroppedEvent<T> {
    readonly item: T;
    /** Which end it was taken from. */
    readonly which: 'oldest' | 'newest';
    readonly reason: DropReason;
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
/** Everything that waited was taken out by `clear`. */
interface ClearedEvent {
    /** How many items that were. */
    readonly count: number;
    readonly reason: unknown;
}
/** The depth has risen to `highWatermark`, or has then fallen to `lowWatermark`. */
interface WatermarkEvent {
    readonly depth: number;
}
/** What a `PullQueue` tells. There is no event for an item that takes the usual way. */
type QueueEvents<T> = {
    rejected: [event: RejectedEvent<T>];
    duplicate: [event: DuplicateEvent<T>];
    dropped: [event: DroppedEvent<T>];
    expired: [event: ExpiredEvent<T>];
    deadLettered: [event: QueueDeadLetteredEvent<T>];
    high: [event: WatermarkEvent];
    low: [event: WatermarkEvent];
    cleared: [event: ClearedEvent];
    closed: [event: ClosedEvent];
};

/**
 * What a queue does when it can't keep up, beside being full. Each class has its own control, and with `fairBy` each tenant
 * in it (as in FQ-CoDel, RFC 8290).
 */
interface OverloadOptions {
    /**
     * Which waiting items are dropped.
     * - `codel` (default): when the wait has been above `targetMs` for `intervalMs`, one item, then more of them, the next
     *   one `intervalMs / √count` after the last. The one that waits longest is dropped. Source: RFC 8289.
     * - `controlled-delay`: those that have waited longer than `intervalMs`, or longer than `targetMs` if their class had not
     *   been empty for `intervalMs` when they came. Source: B. Maurer, "Fail at Scale", ACM Queue 13(8), 2015.
     * - `none`.
     *
     * Items are dropped when the next one is taken: a queue from which nobody takes drops nothing.
     */
    readonly drop?: 'codel' | 'controlled-delay' | 'none' | undefined;
    /**
     * Which end is served.
     * - `fifo` (default): the oldest.
     * - `adaptive-lifo`: the oldest, but the newest while the class has not been empty for `intervalMs`. Without `drop`, old
     *   items then wait until the load lets up. Source: Maurer, as above.
     */
    readonly order?: 'fifo' | 'adaptive-lifo' | undefined;
    /** The wait that is fine in the long run, in ms. Greater than 0, at most `intervalMs`. Default 5, as in both sources. */
    readonly targetMs?: number | undefined;
    /** How long a burst may last, in ms: above the longest usual one. Greater than 0. Default 100, as in both sources. */
    readonly intervalMs?: number | undefined;
}

/** What a full queue does with an offered item. */
type Overflow = 'reject' | 'drop-oldest' | 'drop-newest';
/** How a `PullQueue` is made. */
interface PullQueueOptions<T = unknown> {
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
     * delayed retries are never dropped. When there is no such victim, `offer` returns `false`. With `fairBy`, the victim is
     * the oldest or newest of the tenant that has most waiting.
     */
    readonly overflow?: Overflow | undefined;
    /**
     * Classes of service, most urgent first; an item that names none belongs to the last. From 1 to 32 different names.
     * A class is served only while no more urgent item is ready, except for `maxAgeMs`. Default: one class, `'standard'`.
     */
    readonly classes?: readonly string[] | undefined;
    /**
     * So that no class starves: once the oldest item of a class has waited this long, in ms, the class is served next, the
     * one with the oldest item first. But never twice in a row while something more urgent is ready: however much has aged,
     * urgent items get at least every second turn. Greater than 0; `Infinity` for classes without mercy. Default 60000.
     */
    readonly maxAgeMs?: number | undefined;
    /**
     * Whose an item is. Tenants take turns within a class (deficit round robin), so one who sends a thousand times as much
     * does not make the others wait a thousand times as long; a tenant's own items stay first in, first out. A tenant is
     * remembered only while something of it waits, so there are never more of them than waiting items. Each item then costs
     * about 350 B more. Called once for each offered item; what it throws is reported and the item is of tenant `''`.
     * Default: tenants don't matter.
     */
    readonly fairBy?: ((item: T) => string) | undefined;
    /** A tenant's share, relative to others: from 1. Asked when something of it begins to wait. Default 1 for everyone. */
    readonly weightOf?: ((tenant: string) => number) | undefined;
    /** How much of its tenant's turn an item takes. Greater than 0. Called once for each offered item. Default 1. */
    readonly costOf?: ((item: T) => number) | undefined;
    /** Sheds load when the queue can't keep up. Default: it does not, waiting items stay however long it takes. */
    readonly overload?: OverloadOptions | undefined;
    /**
     * What an item is told apart from others by; `undefined` for an item that is never a duplicate. An item is refused as a
     * duplicate while one with its key waits, is leased, waits for room in `put`, or was acknowledged within
     * `dedupWindowMs`. One that was dropped, expired, withdrawn, cleared or dead-lettered may come again at once. Default:
     * items are not told apart.
     */
    readonly dedupBy?: ((item: T) => string | undefined) | undefined;
    /** How long the key of an acknowledged item is remembered, in ms. From 0. Default 0. */
    readonly dedupWindowMs?: number | undefined;
    /**
     * How many keys of acknowledged items are remembered. Beyond it the oldest is forgotten early, which is counted as
     * `forgottenKeys`. From 1. Default 10000.
     */
    readonly maxKeys?: number | undefined;
    /** Tells `high` when the depth rises to this. From 1. Default: it does not. */
    readonly highWatermark?: number | undefined;
    /** Tells `low` when the depth then falls to this. From 0, below `highWatermark`. Default: half of that, rounded down. */
    readonly lowWatermark?: number | undefined;
    /**
     * How many producers may wait in `put`; counted apart, how many consumers in `take`, `takeBatch` and `lease`; and how
     * many in `whenBelow` and `whenDrained`. Beyond it they are refused with `TooManyWaitingError`. From 1; `Infinity` for
     * no bound. Default 10000.
     */
    readonly maxWaiting?: number | undefined;
    /** Monotonic time. Default: the platform's. */
    readonly clock?: Clock | undefined;
    /**
     * Wakes consumers that wait for a delayed retry, with one timer at most, and ends batches, with one each. None while
     * nobody waits. Default: the platform's.
     */
    readonly timers?: Timers | undefined;
    /** Receives what a listener, a receipt, `fairBy`, `weightOf`, `costOf` or `dedupBy` threw. Default: prints it. */
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
/** Whether an offered item got in, and if not, why. */
type OfferVerdict = 'admitted' | 'closed' | 'duplicate' | 'full';
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
/** How to wait for several items. */
interface TakeBatchOptions extends TakeOptions {
    /** At most how many. From 1; `Infinity` for all that come. */
    readonly max: number;
    /** How long to wait for more after the first one, in ms. From 0. Default 0: not at all. */
    readonly waitMs?: number | undefined;
}
/** Whose wait to estimate. */
interface EstimateOptions {
    /** One of the queue's `classes`. Default: the last one. */
    readonly class?: string | undefined;
}
/** How to wait for a depth. */
interface DepthOptions {
    /** Ends the waiting. */
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
    /** What `estimateWaitMs()` says for the last class; `null` where it says nothing. */
    readonly estimatedWaitMs: number | null;
    /** How many tenants have something ready; 0 without `fairBy`. */
    readonly tenants: number;
    /**
     * Total of items let in.
     * `admitted = depth + leased + acked + deadLettered + dropped + expired + withdrawn + cleared`.
     */
    readonly admitted: number;
    /** Total of items that were taken or acknowledged. */
    readonly acked: number;
    /** Total of retries. */
    readonly retried: number;
    /** Total of items given up by a consumer. */
    readonly deadLettered: number;
    /** Total of waiting items thrown out, by overflow or by overload control. */
    readonly dropped: number;
    /** How many of these overload control threw out. */
    readonly shed: number;
    /** Total of items whose deadline passed before their turn. */
    readonly expired: number;
    /** Total of items their producer took back while they waited. */
    readonly withdrawn: number;
    /** Total of items taken out by `clear`. */
    readonly cleared: number;
    /** Total of items refused as duplicates. */
    readonly duplicates: number;
    /** Total of keys of acknowledged items that were forgotten early, because there were `maxKeys`. */
    readonly forgottenKeys: number;
    /** Total of items refused because the queue was full or closed. */
    readonly rejected: number;
    /** Producers that wait in `put`. */
    readonly waitingProducers: number;
    /** Consumers that wait in `take`, `takeBatch` or `lease`. */
    readonly waitingConsumers: number;
    /** Those that wait in `whenBelow` or `whenDrained`. */
    readonly waitingForDepth: number;
    /** Whether `close()` was called. */
    readonly closed: boolean;
}

/**
 * A bounded queue in memory that consumers pull from.
 *
 * First in, first out within a class and tenant; waiting producers and waiting consumers are served first come, first
 * served, and nobody overtakes them. `take`, `takeBatch`, `poll` and iteration hand items over for good; `lease` and
 * `tryLease` lend one until `ack`, `retry` or `deadLetter`. Every admitted item leaves exactly once. Everything is O(1),
 * amortized, except what is marked.
 */
declare class PullQueue<T> implements WorkSource<T>, Observable<QueueEvents<T>>, AsyncIterable<T> {
    #private;
    readonly name: string;
    readonly capacity: number;
    /** Tells pools that `receipt` works here. */
    readonly carriesReceipts = true;
    constructor(options?: PullQueueOptions<T>);
    /** How many items wait, delayed retries included. */
    get depth(): number;
    /** How many items are in consumers' hands. */
    get leased(): number;
    /** Whether `close()` was called. */
    get isClosed(): boolean;
    /**
     * Lets an item in, or says at once that it can't: `false` when the queue is full or closed, or when it already has an
     * item with the same key; `tryOffer` says which. A queue full of delayed retries is full, even while consumers wait.
     *
     * @throws RangeError for a class the queue doesn't have or a wrong deadline, never for fullness.
     */
    offer(item: T, options?: OfferOptions): boolean;
    /** `offer` that says why not. */
    tryOffer(item: T, options?: OfferOptions): OfferVerdict;
    /**
     * Lets an item in as soon as there is room: resolves on admission, not on completion. Where the overflow policy can make
     * room, it does not wait.
     *
     * Rejects with `QueueClosedError` when the queue is or becomes closed, with `DuplicateItemError` when it already has an
     * item with the same key, with `TooManyWaitingError` when `maxWaiting` producers wait already, and with the reason of
     * `signal` when that aborts first: the item was then not admitted.
     */
    put(item: T, options?: PutOptions): Promise<void>;
    /** The next item, or `undefined` when none is ready. */
    poll(): T | undefined;
    /**
     * Waits for the next item. Rejects with `QueueClosedError` when the queue is closed and nothing can come any more, with
     * `TooManyWaitingError` when `maxWaiting` consumers wait already, and with the reason of `signal` when that aborts.
     */
    take(options?: TakeOptions): Promise<T>;
    /**
     * Waits for the first item as long as it takes, then for more: resolves as soon as it has `max`, or with what it has
     * `waitMs` after it got the first, so never with an empty array. It gets the first at the call, if any is ready. Once
     * the queue is closed and nothing waits in it, it resolves with what it has.
     *
     * While it waits for more, what it has counts as leased: its room is free, and when `signal` aborts, everything goes
     * back to the front of its class and the promise rejects. It keeps its place in the line of consumers until it resolves.
     * Otherwise it rejects as `take` does.
     */
    takeBatch(max: number, waitMs?: number): Promise<T[]>;
    takeBatch(options: TakeBatchOptions): Promise<T[]>;
    /** The next item on loan, or `undefined` when none is ready. */
    tryLease(): QueueLease<T> | undefined;
    /** Waits for the next item and lends it; at once when one is ready. Rejects as `take` does. */
    lease(options?: LeaseOptions): QueueLease<T> | Promise<QueueLease<T>>;
    /**
     * Resolves when fewer than `depth` items wait, at once if that is so; by the time the promise is looked at there may be
     * more again. Many may wait; they are told together. Rejects with the reason of `signal` when that aborts, with
     * `TooManyWaitingError` when `maxWaiting` wait here or in `whenDrained` already.
     */
    whenBelow(depth: number, options?: DepthOptions): Promise<void>;
    /** The same, for nothing waiting, delayed retries included, and nothing leased. */
    whenDrained(options?: DepthOptions): Promise<void>;
    /**
     * How long an item of a class would wait that came in now, in ms: (items ready in its class and in more urgent ones + 1)
     * × the mean time between two hand-outs while items were ready, over about the last 10 s. 0 while a consumer waits;
     * `undefined` when no item that had to wait was handed out in that time: then nobody knows.
     *
     * It takes for granted that consumers keep their pace and that nothing more urgent comes; tenants, ages and overload
     * control are left out. O(classes).
     */
    estimateWaitMs(options?: EstimateOptions): number | undefined;
    /**
     * Takes out everything that waits, delayed retries included, and returns it: class by class, oldest first. Each item
     * settles as `cleared` with `reason`. What is leased stays so; producers that wait come in. O(depth).
     */
    clear(reason?: unknown): T[];
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
/** A handler settled after its item's fate was decided without it (overdue, cancelled, or lost). Its result is not used. */
interface LateEvent<T> extends AttemptEvent<T> {
    readonly durationMs: number;
    readonly wasOverdue: boolean;
}
/**
 * The lease of an item was lost: it could not be renewed in time, or its source said so. The item comes back from the source
 * by itself, and this attempt counts neither as processed nor as failed, unless its handler had succeeded before the source
 * refused the ack.
 */
interface LeaseLostEvent<T> extends AttemptEvent<T> {
    readonly error: unknown;
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
    leaseLost: [event: LeaseLostEvent<T>];
    sourceError: [event: SourceErrorEvent];
};

/** Calls `run` in the async context that was captured, once and at once. */
type RestoreContext = (run: () => unknown) => unknown;
/** Remembers the async context of whoever calls it. */
type CaptureContext = () => RestoreContext;

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

/** What a handler is given beside the item. Destructuring it is fine: each of its properties works on its own. */
interface HandlerContext {
    /**
     * Aborts when the handler has run too long, when its submitter gives up, when the lease of the item is lost, or when the
     * pool stops without waiting longer. Made only when it is read: one that is first read after the handler has settled never
     * aborts.
     */
    readonly signal: AbortSignal;
    /** How many times the item has been handed out, this time included: from 1. */
    readonly attempt: number;
    /** The worker's number, from 0. */
    readonly worker: number;
    /**
     * How long from now, in ms, until the attempt has run too long: what may be passed on as a timeout. Read it again after
     * some time, or after a heartbeat. 0 when that moment has passed or the handler has settled, `Infinity` without
     * `timeoutMs`.
     */
    readonly deadlineMs: number;
    /**
     * Says that the handler is alive: its `timeoutMs` begins anew, and a lease that expires is extended. Does nothing once the
     * attempt has been decided: timed out, given up, lost, or settled.
     */
    readonly heartbeat: () => void;
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
    /**
     * How long the source's leases last, in ms. Greater than 0. Default: what the source says (`leaseMs`). While a handler
     * runs, its lease is renewed; a lease that could not be renewed in time is lost: the handler is aborted and the item is
     * not acked. A `PullQueue` has leases that don't expire.
     */
    readonly leaseMs?: number | undefined;
    /** How often a lease is renewed, in ms. Greater than 0, less than `leaseMs`. Default: a third of it. */
    readonly renewEveryMs?: number | undefined;
    /**
     * How long a worker waits for a source before it asks again, in ms: a wait that a lost connection has swallowed ends so.
     * Greater than 0; `Infinity` for never. Default 30000. Not needed for a `PullQueue`.
     */
    readonly maxWaitMs?: number | undefined;
    /** How often an item is tried before it is given up, counted by the source. From 1. Default 1. */
    readonly attempts?: number | undefined;
    /**
     * An item that has been handed out more often than this is given up with `TooManyDeliveriesError` without being run: it may
     * be what its workers die of. Counted by the source. From `attempts`. Default 20, or `attempts` where that is more.
     */
    readonly maxDeliveries?: number | undefined;
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
    /**
     * Lets each handler run in the async context its item was submitted in: `() => AsyncLocalStorage.snapshot()`, or, quicker
     * by far, a function that makes an `AsyncResource` and returns `(run) => resource.runInAsyncScope(run)`. It is called
     * once for each `submit`, and once when the pool is made: there run the handlers of items that nobody submitted. Default:
     * handlers run in whatever context they are begun in.
     */
    readonly captureContext?: CaptureContext | undefined;
    /** Receives what a listener, the dead-letter sink or `captureContext` threw. Default: prints it. */
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
    /** Total of attempts whose lease was lost to someone else. */
    readonly leasesLost: number;
    /** How many submitted items have not ended. */
    readonly submitted: number;
    /** Mean time a handler holds its slot, over about the last 32 measured, in ms; 0 before the first. */
    readonly meanHandlerMs: number;
    /** Handlers that settled a second, over about the last 10 s. */
    readonly processingRate: number;
    /** `estimateWaitMs()`. */
    readonly estimatedWaitMs: number;
    /**
     * How long ago the source that is quiet for longest last answered, with an item or with none, in ms: the pool's health. A
     * worker that waits asks at least every `maxWaitMs`. 0 for a `PullQueue`.
     */
    readonly sourceSilentMs: number;
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

export { Clock, DeadLetterLineError, DeadLetterQueue, DeadLettersFullError, Lease, LeaseOptions, ListenerErrorHandler, Observable, PullQueue, Timers, WorkSource, WorkerPool };
export type { AttemptEvent, BackoffOptions, CaptureContext, ClearedEvent, ClosedEvent, CompletedEvent, DeadItem, DeadLetter, DeadLetterEvents, DeadLetterQueueOptions, DeadLetterSink, DeadLetterSnapshot, DeadLetteredEvent, DepthOptions, DropReason, DroppedEvent, DuplicateEvent, EstimateOptions, ExpiredEvent, ExportOptions, FailedEvent, Handler, HandlerContext, ImportOptions, ImportReport, Intake, LateEvent, LeaseLostEvent, Lines, OfferOptions, OfferVerdict, OverdueEvent, Overflow, OverloadOptions, Place, PoolEvents, PoolSnapshot, PullQueueOptions, PutOptions, QueueDeadLetteredEvent, QueueEvents, QueueLease, QueueSnapshot, Receipt, RedriveContext, RedriveIntake, RedriveOptions, RedrivePutOptions, RedriveReport, RedriveTarget, RejectedEvent, RestoreContext, RetriedEvent, Settlement, SourceErrorEvent, StopOptions, SubmitOptions, TakeBatchOptions, TakeOptions, UnfinishedItem, WatermarkEvent, WorkerPoolOptions, WorkerReading };
