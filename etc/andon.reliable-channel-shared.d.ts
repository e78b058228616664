import { L as ListenerErrorHandler, O as Observable } from './contracts-shared.js';
import { d as Severity, A as Alert, C as Channel, S as SendContext, e as Timers, c as Clock, a as AlertNotification } from './timers-shared.js';

/** How many alerts of one rule a digest tells. */
interface DigestCount {
    readonly rule: string;
    readonly severity: Severity;
    readonly firing: number;
    readonly resolved: number;
}
/** Many notifications as one. Plain JSON. Everything in it is bounded. */
interface AlertDigest {
    /** How many notifications it stands for. Each of them counts as delivered with it. */
    readonly notifications: number;
    /** How many alerts those tell as firing. */
    readonly firing: number;
    /** How many alerts those tell as resolved. */
    readonly resolved: number;
    /** `red` as soon as one firing alert is. */
    readonly severity: Severity;
    /** By rule and severity: red before yellow, then the rule with the most alerts. At most `maxRules`. */
    readonly counts: readonly DigestCount[];
    /** Rules that are not in `counts`. */
    readonly otherRules: number;
    /** The most urgent alerts, at most `maxAlerts`. */
    readonly alerts: readonly Alert[];
    /** Notifications that the channel dropped since the digest before, because it was full. */
    readonly dropped: number;
}
/** A channel for people, which can tell many notifications in one message. */
interface DigestChannel extends Channel {
    /** Delivers one digest. A throw or a rejection says that it was not delivered. */
    sendDigest(digest: AlertDigest, context: SendContext): void | Promise<void>;
}
/** When and how a channel folds notifications into a digest. */
interface DigestOptions {
    /** More notifications than this that wait for their turn are told as one, at least 1. Default 10. */
    readonly above?: number | undefined;
    /**
     * The least time from one digest to the next, in ms, 0 or more. What waits meanwhile waits for the next one, as soon
     * as it is more than `above`. Default 30000.
     */
    readonly windowMs?: number | undefined;
    /** How many alerts a digest names, 0 or more. Default 5. */
    readonly maxAlerts?: number | undefined;
    /** How many rules a digest counts one by one, at least 1. Default 20. */
    readonly maxRules?: number | undefined;
}

/** The right to make one send. Exactly one of its methods is called, once. */
interface SendPermit {
    success(): void;
    failure(error: unknown): void;
    /** The send says nothing about the receiver. */
    ignore(): void;
}
/** What guards a channel: the built-in circuit, or a breaker such as that of `@tps/jidoka`, which fits as it is. */
interface SendBreaker {
    /** A permit, or `undefined` while sends are refused. Nothing is lost then: notifications wait. */
    tryAcquire(): SendPermit | undefined;
    /** May have a `state` and a `retryAfterMs`: when to ask again. Without it, a second later. */
    snapshot?(): object;
}
/** How the built-in circuit behaves. */
interface ChannelCircuitOptions {
    /** How many failures in a row open it, at least 1. Default 5. */
    readonly failures?: number | undefined;
    /** How long it stays open before one send is tried as a probe, in ms, more than 0. Default 30000. */
    readonly breakMs?: number | undefined;
}
type CircuitState = 'closed' | 'open' | 'half-open';

/** How many sends may start in an interval. */
interface SendRate {
    /** At least 1. */
    readonly count: number;
    /** The interval, in ms, from 1. */
    readonly perMs: number;
}
/** How a channel delivers. All of it is checked and copied once. */
interface DeliveryOptions {
    /** What the channel is called. Unique among the channels of an emitter. */
    readonly name?: string | undefined;
    /** How many sends may be under way at once, at least 1 or Infinity. Default 4. */
    readonly concurrency?: number | undefined;
    /**
     * Starts at most `count` sends in any `perMs` milliseconds, retries included; `false` for no such limit. Default
     * `false`. The timer of what waits for it keeps the process alive.
     */
    readonly rate?: false | SendRate | undefined;
    /** How often a notification is tried in all, at least 1 or Infinity. Default 5. */
    readonly attempts?: number | undefined;
    /**
     * How often a resolve is tried in all, at least 1 or Infinity: without it the alert would stay open at the receiver.
     * Only where this channel gave the firing up or dropped it, and it has surely not arrived, `attempts` counts instead.
     * Default Infinity.
     */
    readonly resolveAttempts?: number | undefined;
    /** The pause after the first failure, in ms, 0 or more; it doubles with each. Default 1000. */
    readonly backoffMs?: number | undefined;
    /** The longest pause, in ms, at least `backoffMs`. A `retryAfterMs` of the error may exceed it. Default 60000. */
    readonly maxBackoffMs?: number | undefined;
    /** How long one send may take, in ms, greater than 0 or Infinity. Then its signal aborts. Default 10000. */
    readonly timeoutMs?: number | undefined;
    /**
     * How many notifications may be here, waiting, pausing and under way, at least 1 or Infinity. Resolves of firings
     * that may have arrived are taken beyond it. Default 1000.
     */
    readonly capacity?: number | undefined;
    /**
     * What is dropped at `capacity`, and counted: the new notification, or the oldest firing that is not under way, a
     * yellow one before a red one. Its sender gets a `ChannelFullError`. Default `'reject'`.
     */
    readonly overflow?: 'reject' | 'drop-oldest' | undefined;
    /**
     * Stops sending to a receiver that fails, and probes whether it is back. Notifications wait meanwhile; only probes
     * count as tries. A breaker of yours is asked instead of the built-in circuit; `false` for none. What says
     * `retryable: false` counts neither way: the receiver has answered.
     */
    readonly circuit?: false | ChannelCircuitOptions | SendBreaker | undefined;
    /** Runs pauses and timeouts. Default: the platform's timers, unreferenced. */
    readonly timers?: Timers | undefined;
    /** Monotonic time, for the circuit and the like. Default: the platform's. */
    readonly clock?: Clock | undefined;
    /** Wall-clock time in ms since 1970. Default `Date.now`. */
    readonly wallNow?: (() => number) | undefined;
    /** A number in [0, 1) that spreads pauses between a half and the whole of them. Default `Math.random`. */
    readonly random?: (() => number) | undefined;
    /** Receives what a listener, or a circuit of yours, throws. Default: prints it. */
    readonly onListenerError?: ListenerErrorHandler | undefined;
}
/** How a `ReliableChannel` delivers. Its `name` is that of the channel in it by default. */
interface ReliableChannelOptions extends DeliveryOptions {
    /** Tells many notifications that wait as one. For channels with `sendDigest` only. Default `false`. */
    readonly digest?: false | DigestOptions | undefined;
}

/** What became of one sample. */
interface ChannelTestStep {
    readonly kind: 'firing' | 'resolved';
    readonly isDelivered: boolean;
    /** How long it took, in ms. */
    readonly durationMs: number;
    /** Why it was not delivered; `null` when it was. */
    readonly error: {
        readonly name: string;
        readonly code: string | null;
        readonly message: string;
    } | null;
}
/** What `test()` found. Plain JSON. */
interface ChannelTest {
    readonly channel: string;
    /** Whether the sample, and its resolve, have arrived. */
    readonly isDelivered: boolean;
    readonly steps: readonly ChannelTestStep[];
}

/** A notification that has come to its end here. */
interface DeliveredEvent {
    readonly notification: AlertNotification;
    /** How often it was tried in all. */
    readonly attempts: number;
}
/** A notification that its receiver did not get. */
interface UndeliveredEvent extends DeliveredEvent {
    /** The last error. */
    readonly error: unknown;
}
/** A send has failed and is tried again. */
interface ChannelRetryEvent {
    /** What was sent: one, or all of a digest. Empty for what is no notification, such as an acknowledgement. */
    readonly notifications: readonly AlertNotification[];
    readonly pauseMs: number;
    readonly error: unknown;
}
/** What a `ReliableChannel` tells. Counts are already changed when an event goes out. */
interface ReliableChannelEvents {
    /** A notification was delivered, alone or in a digest. */
    delivered: [event: DeliveredEvent];
    /** A digest was delivered. Told before the `delivered` of what is in it. */
    digest: [digest: AlertDigest];
    retry: [event: ChannelRetryEvent];
    /** A notification was given up. */
    failed: [event: UndeliveredEvent];
    /** A notification was dropped, because the channel was full. */
    dropped: [event: UndeliveredEvent];
    /** The built-in circuit has changed. A breaker of yours tells that itself. */
    circuit: [event: {
        readonly state: CircuitState;
    }];
}

/** The present readings of a `ReliableChannel`. */
interface ReliableChannelSnapshot {
    readonly name: string;
    /** Notifications that wait for their turn: for `concurrency`, `rate`, the circuit or the next digest. */
    readonly waiting: number;
    /** Sends under way. A digest is one. */
    readonly running: number;
    /** Notifications that pause before their next try. */
    readonly pausing: number;
    /** How long all sends are held back yet, in ms: by the circuit, by `Retry-After`, until the next digest. Else 0. */
    readonly heldMs: number;
    /** `closed`, `open` or `half-open`, or what a breaker of yours calls it. `null` without one. */
    readonly circuit: string | null;
    /** Notifications delivered, those in digests included. */
    readonly delivered: number;
    /** Notifications given up. */
    readonly failed: number;
    /** Notifications dropped at `capacity`. */
    readonly dropped: number;
    /** Tries of notifications after their first. */
    readonly retries: number;
    /** Sends that took longer than `timeoutMs`. */
    readonly timeouts: number;
    /** Digests delivered. */
    readonly digests: number;
    /** Notifications delivered in digests. */
    readonly digested: number;
}
/**
 * Makes a channel dependable: limits how many sends run and how often they start (through p-queue), gives each a
 * timeout, tries again with growing, jittered pauses, leaves a receiver alone that is down, and folds a storm into
 * digests where the channel has `sendDigest`. Red alerts go before yellow ones.
 *
 * An error thrown by the inner channel may say more: `retryable: false` ends the tries at once, `retryAfterMs` holds
 * all sends for that long, `mayHaveArrived: true` says that the receiver may have got it, so that the resolve is owed.
 */
declare class ReliableChannel implements Channel, Observable<ReliableChannelEvents> {
    #private;
    readonly name: string;
    /** @throws {TypeError | RangeError} when an option is wrong, or `digest` is asked of a channel without `sendDigest`. */
    constructor(channel: Channel | DigestChannel, options?: ReliableChannelOptions);
    /** Resolves once it is delivered; rejects with the last error once it is given up, dropped or `signal` aborts. */
    send(notification: AlertNotification, { signal }: SendContext): Promise<void>;
    /** Adds a listener. Returns what takes it away. */
    on<E extends keyof ReliableChannelEvents>(event: E, listener: (...args: ReliableChannelEvents[E]) => void): () => void;
    /**
     * Sends a sample that fires, then its resolve, and reports what happened; never rejects. One try each: the first at
     * once, whatever the circuit says, the second as soon as `rate` allows. It changes no count. People and machines
     * behind the channel get it.
     */
    test({ signal }?: {
        readonly signal?: AbortSignal | undefined;
    }): Promise<ChannelTest>;
    snapshot(): ReliableChannelSnapshot;
    /**
     * For subclasses: does something that is no notification under the same concurrency, rate, tries and circuit. It
     * is taken beyond `capacity`, counted nowhere, and never folded into a digest.
     */
    protected deliver(work: (signal: AbortSignal) => void | Promise<void>, { signal, isUrgent }: {
        readonly signal: AbortSignal;
        readonly isUrgent: boolean;
    }): Promise<void>;
}

export { ReliableChannel as R };
export type { AlertDigest as A, ChannelCircuitOptions as C, DeliveryOptions as D, SendRate as S, UndeliveredEvent as U, ReliableChannelSnapshot as a, DigestChannel as b, DigestOptions as c, ChannelRetryEvent as d, ChannelTest as e, ChannelTestStep as f, CircuitState as g, DeliveredEvent as h, DigestCount as i, ReliableChannelEvents as j, ReliableChannelOptions as k, SendBreaker as l, SendPermit as m };
