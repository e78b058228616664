import { C as Channel, T as Timers, A as AlertNotification, S as SendContext } from './timers-shared.js';
export { a as Alert, b as Timer } from './timers-shared.js';

/** A send took longer than `timeoutMs`. It may have reached its receiver. */
declare class ChannelTimeoutError extends Error {
    readonly name = "ChannelTimeoutError";
    readonly code = "ERR_CHANNEL_TIMEOUT";
    readonly channel: string;
    readonly timeoutMs: number;
    constructor(channel: string, timeoutMs: number);
}

/** What `logChannel` writes to: pino, or anything with its call shape. */
interface AlertLogger {
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
    error(fields: object, message: string): void;
}
/** What a `logChannel` is made with. */
interface LogChannelOptions {
    /** Default "log". */
    readonly name?: string | undefined;
}
/**
 * A channel that logs: a red firing as an error, a yellow one as a warning, a resolve as information.
 * The fields are `{ alert }`. Default logger: the console.
 * @throws {TypeError} when the logger lacks a method.
 */
declare function logChannel(logger?: AlertLogger, { name }?: LogChannelOptions): Channel;

/** How a `ReliableChannel` delivers. */
interface ReliableChannelOptions {
    /** How many sends may be under way at once, at least 1 or Infinity. Default 4. */
    readonly concurrency?: number | undefined;
    /** Starts at most `count` sends in every `perMs` milliseconds, retries included. Default: no such limit. */
    readonly rate?: {
        readonly count: number;
        readonly perMs: number;
    } | undefined;
    /** How often a notification is tried in all, at least 1 or Infinity. Default 5. */
    readonly attempts?: number | undefined;
    /**
     * How often the resolve of a firing that **was delivered** is tried in all, at least 1 or Infinity: without it the
     * alert would stay open at the receiver. Default Infinity.
     */
    readonly resolveAttempts?: number | undefined;
    /** The pause after the first failure, in ms, 0 or more; it doubles with each. Default 1000. */
    readonly backoffMs?: number | undefined;
    /** The longest pause, in ms, at least `backoffMs`. A `retryAfterMs` of the error may exceed it. Default 60000. */
    readonly maxBackoffMs?: number | undefined;
    /** How long one send may take, in ms, greater than 0 or Infinity. Then its signal aborts. Default 10000. */
    readonly timeoutMs?: number | undefined;
    /** Runs pauses and timeouts. Default: the platform's timers, unreferenced. */
    readonly timers?: Timers | undefined;
    /** A number in [0, 1) that spreads pauses between a half and the whole of them. Default `Math.random`. */
    readonly random?: (() => number) | undefined;
}

/** The present readings of a `ReliableChannel`. */
interface ReliableChannelSnapshot {
    readonly name: string;
    /** Sends that wait for `concurrency` or `rate`. */
    readonly waiting: number;
    /** Sends under way. */
    readonly running: number;
    /** Notifications that pause before their next try. */
    readonly pausing: number;
    /** Notifications delivered. */
    readonly delivered: number;
    /** Notifications given up. */
    readonly failed: number;
    /** Tries after the first. */
    readonly retries: number;
    /** Sends that took longer than `timeoutMs`. */
    readonly timeouts: number;
}
/**
 * Makes a channel dependable: limits how many sends run and how often they start (through p-queue), gives each a
 * timeout, and tries again with growing, jittered pauses. Red alerts go before yellow ones.
 *
 * An error thrown by the inner channel may say more: `retryable: false` ends the tries at once, `retryAfterMs` sets
 * the least pause. It holds no more than it is given: an emitter gives it one notification of each alert at a time.
 */
declare class ReliableChannel implements Channel {
    #private;
    readonly name: string;
    /** @throws {TypeError | RangeError} when an option is wrong. */
    constructor(channel: Channel, options?: ReliableChannelOptions);
    /** Resolves once it is delivered; rejects with the last error once it is given up or `signal` aborts. */
    send(notification: AlertNotification, { signal }: SendContext): Promise<void>;
    snapshot(): ReliableChannelSnapshot;
}

export { AlertNotification, Channel, ChannelTimeoutError, ReliableChannel, SendContext, Timers, logChannel };
export type { AlertLogger, LogChannelOptions, ReliableChannelOptions, ReliableChannelSnapshot };
