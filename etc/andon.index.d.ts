import { a as Alert, A as AlertNotification, c as AlertRule, C as Channel, T as Timers, L as Labels, d as Severity } from './timers-shared.js';
export { N as NoDataPolicy, S as SendContext, e as Threshold, b as Timer } from './timers-shared.js';

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

/** Everything that andon can watch. */
interface Observable<Events extends EventMap<Events>> {
    /** What it is called on boards, in metrics and in messages. */
    readonly name: string;
    /** Adds a listener and returns what takes it away again. */
    on<E extends keyof Events & string>(event: E, listener: (...args: Events[E]) => void): () => void;
    /** A plain JSON object of the present readings: cheap, without side effect. */
    snapshot(): object;
}

/** Why a rule's source gave no value. */
interface SourceErrorEvent {
    /** The rule's name. */
    readonly rule: string;
    readonly error: unknown;
}
/** A notification that a channel didn't get. */
interface DeliveryFailedEvent {
    /** The channel's name. */
    readonly channel: string;
    readonly notification: AlertNotification;
    /** `failed`: the channel threw. `full`: `channelCapacity` was reached. `closed`: the emitter was closed. */
    readonly reason: 'failed' | 'full' | 'closed';
    /** What the channel threw; `undefined` for the other reasons. */
    readonly error: unknown;
}
/** What an `AlertEmitter` tells. States are already changed when an event goes out. */
interface AlertEvents {
    /** The trouble has begun; `forMs` runs. Not told when `forMs` is 0. */
    pending: [alert: Alert];
    /** The trouble has lasted for `forMs`. */
    firing: [alert: Alert];
    /** A firing alert has cleared. */
    resolved: [alert: Alert];
    /** A pending alert went away before it fired. */
    inactive: [alert: Alert];
    /** A source began to fail. Told once until it has worked again; printed when nobody listens. */
    sourceError: [event: SourceErrorEvent];
    /** A channel didn't get a notification. Printed when nobody listens. */
    deliveryFailed: [event: DeliveryFailedEvent];
}

/** What an `AlertEmitter` is made with. Checked and copied once. */
interface AlertEmitterOptions {
    /** What the emitter is called. Default "andon". */
    readonly name?: string | undefined;
    /** What to watch. Names are unique. May be empty. */
    readonly rules: readonly AlertRule[];
    /** Where to send what fires and resolves. Names are unique. Default none: then only events tell. */
    readonly channels?: readonly Channel[] | undefined;
    /**
     * How many notifications each channel may have waiting and under way, at least 1. A firing beyond that is dropped
     * for that channel, counted and told as `deliveryFailed`, and so is never resolved there. The resolve of a firing
     * that was accepted is accepted beyond it. Default 1000.
     */
    readonly channelCapacity?: number | undefined;
    /** How many resolved alerts `history()` keeps, 0 or more; the oldest goes first. Default 100. */
    readonly historySize?: number | undefined;
    /**
     * How many observed series may have a state at once, at least 1. An observation that would need one more is dropped
     * and counted. Rules with a source aren't counted. Default 10000.
     */
    readonly maxSeries?: number | undefined;
    /** Monotonic time, for every duration. Default: the platform's. */
    readonly clock?: Clock | undefined;
    /** Runs `start()`. Default: the platform's timers, unreferenced. */
    readonly timers?: Timers | undefined;
    /** Wall-clock time in ms since 1970, for `startsAt` and the like. Default `Date.now`. */
    readonly wallNow?: (() => number) | undefined;
    /** Receives what a listener throws. Default: prints it. */
    readonly onListenerError?: ListenerErrorHandler | undefined;
}
/** How `start()` evaluates. */
interface StartOptions {
    /** Time from one evaluation to the next, in ms, from 1 to 2147483647. The first comes after it. Default 1000. */
    readonly everyMs?: number | undefined;
}

/** What has become of the notifications of one channel. */
interface ChannelSnapshot {
    readonly name: string;
    /** Notifications that wait for an earlier one of the same alert. */
    readonly waiting: number;
    /** Notifications under way. */
    readonly sending: number;
    readonly sent: number;
    /** The channel threw. */
    readonly failed: number;
    /** Firings that found the channel full, or notifications that were waiting when it was closed. */
    readonly dropped: number;
}

/** One label set of a rule. */
interface SeriesKey {
    /** The rule's name. */
    readonly rule: string;
    /** Added to the rule's labels; one of the same name wins. Default none. */
    readonly labels?: Labels | undefined;
}

/** The present readings of an `AlertEmitter`. */
interface AlertEmitterSnapshot {
    readonly name: string;
    /** How many rules it has. */
    readonly rules: number;
    /** How many observed series have a state. */
    readonly series: number;
    /** How many alerts are pending. */
    readonly pending: number;
    /** How many alerts fire. */
    readonly firing: number;
    /** The worst severity that fires; `null` when nothing does. */
    readonly worst: Severity | null;
    /** How many alerts `history()` holds. */
    readonly history: number;
    /** How often `evaluate()` ran. */
    readonly evaluations: number;
    /** How many values were observed, dropped ones included. */
    readonly observations: number;
    /** Observations dropped because of `maxSeries`. */
    readonly droppedObservations: number;
    /** How often a source threw or gave something that is not a number. */
    readonly sourceErrors: number;
    /** Whether `start()` is in force. */
    readonly isRunning: boolean;
    readonly channels: readonly ChannelSnapshot[];
}
/**
 * Watches values against rules and tells when trouble lasts and when it is over.
 *
 * Each rule and label set is `inactive`, `pending` (trouble, but not for `forMs` yet) or `firing`. What has fired
 * always resolves, exactly once; what has not fired never does. Values come from a rule's `source` at each
 * `evaluate()`, or from `observe()`. It owns no timer until `start()`.
 */
declare class AlertEmitter {
    #private;
    readonly name: string;
    /** @throws {TypeError | RangeError} when an option is wrong, with its name, the allowed range and the value. */
    constructor(options: AlertEmitterOptions);
    /** Adds a listener and returns what takes it away again. */
    on<E extends keyof AlertEvents>(event: E, listener: (...args: AlertEvents[E]) => void): () => void;
    /**
     * Takes a value of a rule without a source and moves its alert at once. `undefined`, `null` and NaN are no data.
     * The value stands until the next one: `evaluate()` lets a pending alert of it fire.
     * When `maxSeries` alerts have a state, a value that would begin one more is dropped and counted.
     * @throws {RangeError} when there is no such rule, when it has a source, or when a label is out of bounds.
     */
    observe(series: string | SeriesKey, value: number | null | undefined): void;
    /**
     * Reads every source once and moves every alert to now. Events go out after the last rule, in the order of the rules.
     * O(rules + series with a state). A call from inside a source does nothing.
     */
    evaluate(): void;
    /**
     * Forgets an observed series whose subject is gone: what fires resolves, what is pending goes away.
     * @throws {RangeError} when there is no such rule, or when it has a source.
     */
    forget(series: string | SeriesKey): void;
    /** Evaluates every `everyMs` from now on. A second call replaces the interval. Does nothing once closed. */
    start(options?: StartOptions): void;
    /** Ends `start()`. Alerts stay as they are. */
    stop(): void;
    /** The alerts that are firing or pending, most urgent first: firing, then red, then the longest. O(n log n). */
    alerts(): Alert[];
    /** The alerts that have fired and resolved, latest first, at most `historySize`. */
    history(): Alert[];
    /** The present readings. O(active alerts + channels). */
    snapshot(): AlertEmitterSnapshot;
    /** Resolves once every channel has answered for everything it was given. A channel that never answers delays it. */
    flush(): Promise<void>;
    /**
     * Ends it for good: no more evaluations, `signal` of what is being sent aborts, what waits to be sent is dropped.
     * Alerts are not resolved by it. To let channels finish first, `await flush()` before.
     */
    close(): void;
    [Symbol.dispose](): void;
}

export { Alert, AlertEmitter, AlertNotification, AlertRule, Channel, Labels, Severity, Timers };
export type { AlertEmitterOptions, AlertEmitterSnapshot, AlertEvents, ChannelSnapshot, Clock, DeliveryFailedEvent, ListenerErrorHandler, Observable, SeriesKey, SourceErrorEvent, StartOptions };
