import { L as Labels, A as Alert, a as AlertNotification, f as AlertRule, C as Channel, F as FlapHold, c as Clock, e as Timers, d as Severity, E as EventCounts } from './timers-shared.js';
export { g as Absence, h as AbsenceRule, b as AlertGroup, B as BurnRate, i as BurnRateRule, j as CommonRule, k as CustomRule, l as EvaluateContext, N as NoDataPolicy, R as RateOfChange, m as RateRule, n as RuleSource, S as SendContext, o as Threshold, p as ThresholdRule, T as Timer, V as Verdict } from './timers-shared.js';
import { L as ListenerErrorHandler, O as Observable } from './contracts-shared.js';
import { R as Reading } from './snapshots-shared.js';

/** One label set of a rule. */
interface SeriesKey {
    /** The rule's name. */
    readonly rule: string;
    /** Added to the rule's labels; one of the same name wins. Default none. */
    readonly labels?: Labels | undefined;
}

/**
 * What a label may be: this text, one of these texts, or what the expression finds (anchor it with `^` and `$`).
 * `{ regex, flags }` is an expression as plain JSON.
 */
type LabelPattern = string | readonly string[] | RegExp | {
    readonly regex: string;
    readonly flags?: string | undefined;
};
/** A pattern, or everything but a pattern. */
type LabelMatch = LabelPattern | {
    readonly not: LabelPattern;
};
/**
 * Alerts whose labels match all of these. `rule` and `severity` stand for the alert's own, whatever labels it has. A
 * label that an alert lacks is as one that is empty. At most 16.
 */
type Matchers = Readonly<Record<string, LabelMatch>>;

/** What is to be kept quiet, how long, and who says so. */
interface SilenceOptions {
    /** Which alerts; at least one label. */
    readonly matchers: Matchers;
    /** How long, in ms, greater than 0, by the monotonic clock. Either this or `untilMs`. */
    readonly forMs?: number | undefined;
    /** Until when, in ms since 1970; later than now. Either this or `forMs`. */
    readonly untilMs?: number | undefined;
    /** Who silences. At most 256 characters. */
    readonly by: string;
    /** Why. At most 1000 characters. Default empty. */
    readonly comment?: string | undefined;
}
/** A silence that is in force. Frozen plain JSON. */
interface Silence {
    readonly id: string;
    /** Expressions are `{ regex, flags }`. */
    readonly matchers: Matchers;
    readonly by: string;
    readonly comment: string;
    /** ISO 8601 in UTC. */
    readonly createdAt: string;
    /** ISO 8601 in UTC, as the wall clock was when it was made. It ends by the monotonic clock. */
    readonly endsAt: string;
}
/** A silence as it is saved. */
interface SavedSilence extends Silence {
    /** How long it still lasts. */
    readonly leftMs: number;
}

/** Why a rule's source, or its `evaluate`, gave no value. */
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
/** Somebody is on it. */
interface AcknowledgedEvent {
    readonly alert: Alert;
    readonly by: string;
    /** Empty when there is none. */
    readonly comment: string;
}
/** An alert that fires is not told because of a silence. */
interface SilencedEvent {
    readonly alert: Alert;
    readonly silence: Silence;
}
/** An alert that fires is not told because of another one. */
interface InhibitedEvent {
    readonly alert: Alert;
    /** Fingerprint of the alert that holds it back. */
    readonly by: string;
}
/** Nobody has acknowledged, so more channels are told. */
interface EscalatedEvent {
    readonly alert: Alert;
    /** Which step it is, from 1. */
    readonly step: number;
    /** Names of the channels that are told. */
    readonly channels: readonly string[];
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
    /** It still fires: `repeatEveryMs` has passed since it was told last. */
    repeated: [alert: Alert];
    /** Somebody has acknowledged it. */
    acknowledged: [event: AcknowledgedEvent];
    /** A step of the escalation was taken. */
    escalated: [event: EscalatedEvent];
    /** A silence holds it back from now on. */
    silenced: [event: SilencedEvent];
    /** Another alert holds it back from now on. */
    inhibited: [event: InhibitedEvent];
    /** Nothing holds it back any more, and it still fires. */
    released: [alert: Alert];
    /** It comes and goes too often: it is held as firing from now on. */
    flapping: [alert: Alert];
    /** It has been calm for `calmMs`. `resolved` comes next unless it fires. */
    steady: [alert: Alert];
    /** A silence is over, by time or by `expireSilence()`. */
    silenceEnded: [silence: Silence];
    /** A source or an `evaluate` began to fail. Told once until it has worked again; printed when nobody listens. */
    sourceError: [event: SourceErrorEvent];
    /** A channel didn't get a notification. Printed when nobody listens. */
    deliveryFailed: [event: DeliveryFailedEvent];
}

/** What has become of the notifications of one channel. */
interface ChannelSnapshot {
    readonly name: string;
    /** Alerts that a group collects. */
    readonly collecting: number;
    /** Notifications that wait for an earlier one of the same alert or group. */
    readonly waiting: number;
    /** Notifications under way. */
    readonly sending: number;
    readonly sent: number;
    /** The channel threw. */
    readonly failed: number;
    /** Firings that found the channel full, or notifications that were waiting when it was closed. */
    readonly dropped: number;
}
/** A notification whose answer is not known, and the lane that it is in. */
interface OwedNotification {
    readonly lane: string;
    readonly notification: AlertNotification;
}

/** How notifications are collected into groups. */
interface GroupOptions {
    /** Alerts that have these labels in common are told together. `rule` and `severity` count. `[]`: all alerts. */
    readonly by: readonly string[];
    /** How long a new group waits for more alerts before it is told first, in ms, 0 or more. Default 30000. */
    readonly waitMs?: number | undefined;
    /** How long a group that was told collects changes before it is told again, in ms, 0 or more. Default 300000. */
    readonly intervalMs?: number | undefined;
}
/** Who is told next when nobody has acknowledged. */
interface EscalationStep {
    /** How long after the alert was first told, in ms, greater than that of the step before. */
    readonly afterMs: number;
    /** Names of channels. */
    readonly channels: readonly string[];
}
/** Which alerts go where. */
interface AlertRoute {
    /** Which alerts. Default all of them. */
    readonly match?: Matchers | undefined;
    /** Names of channels. */
    readonly channels: readonly string[];
    /** `false`: one by one. Default: the emitter's. */
    readonly group?: GroupOptions | false | undefined;
    /** `[]`: nobody. Default: the emitter's. */
    readonly escalation?: readonly EscalationStep[] | undefined;
}

/** A group of a channel as it is saved. */
interface SavedGroup {
    readonly key: string;
    readonly labels: Labels;
    /** Fingerprints of the alerts that the channel knows as firing, as part of this group. */
    readonly open: readonly string[];
}
/** What one channel was told, and what it still has to be told. */
interface SavedChannel {
    readonly name: string;
    /** The alerts that it takes for firing. */
    readonly open: readonly Alert[];
    /** What was given to it and has no answer yet. */
    readonly owed: readonly OwedNotification[];
    readonly groups: readonly SavedGroup[];
}

/** Who has acknowledged an alert. Plain JSON. */
interface Acknowledgement {
    readonly by: string;
    readonly comment: string;
}

/** While an alert that matches `source` fires, those that match `target` aren't told. */
interface InhibitionRule {
    /** The alerts that say it all. */
    readonly source: Matchers;
    /** The alerts that need not be told then. An alert that is both is never held back by another that is both. */
    readonly target: Matchers;
    /** Labels that both must have in common; lacking it counts as empty. At most 16. Default none. */
    readonly equal?: readonly string[] | undefined;
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
    /**
     * Which alerts go to which channels: to those of every route that matches. An alert that no route matches goes nowhere
     * and is counted as `unrouted`. Default: all alerts to all channels, except those that only `escalation` names.
     */
    readonly routes?: readonly AlertRoute[] | undefined;
    /** Collects notifications into groups, in each channel. A route may have its own. Default: one by one. */
    readonly group?: GroupOptions | undefined;
    /** An alert that still fires is told again this long after it was told, in ms, greater than 0. Default: never. */
    readonly repeatEveryMs?: number | undefined;
    /** Who is told next as long as nobody has acknowledged. At most 16 steps. A route may have its own. Default nobody. */
    readonly escalation?: readonly EscalationStep[] | undefined;
    /** Alerts that hold others back while they fire. Default none. */
    readonly inhibitions?: readonly InhibitionRule[] | undefined;
    /** What to do with alerts that come and go. A rule may have its own. Default: nothing. */
    readonly flapHold?: FlapHold | undefined;
    /** How many silences may be in force at once, at least 1; one more is refused with `SilencesFullError`. Default 100. */
    readonly maxSilences?: number | undefined;
    /** How many resolved alerts `history()` keeps, 0 or more; the oldest goes first. Default 100. */
    readonly historySize?: number | undefined;
    /**
     * How many observed series may have a state at once, at least 1. An observation that would need one more is dropped
     * and counted. Rules with a source, and what an absence expects, aren't counted. Default 10000.
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
    /** How many alerts that fire are acknowledged. */
    readonly acknowledged: number;
    /** How many alerts that fire a silence holds back. */
    readonly silenced: number;
    /** How many alerts that fire another alert holds back. */
    readonly inhibited: number;
    /** How many alerts are held as firing because they come and go. */
    readonly flapping: number;
    /** How many silences are in force. */
    readonly silences: number;
    /** Alerts that fired and matched no route. */
    readonly unrouted: number;
    /** How many alerts `history()` holds. */
    readonly history: number;
    /** How often `evaluate()` ran. */
    readonly evaluations: number;
    /** How many values were observed, dropped ones included. */
    readonly observations: number;
    /** Observations dropped because of `maxSeries`. */
    readonly droppedObservations: number;
    /** How often a source or an `evaluate` threw, or gave something that it must not. */
    readonly sourceErrors: number;
    /** Whether `start()` is in force. */
    readonly isRunning: boolean;
    readonly channels: readonly ChannelSnapshot[];
}

/** A state as it is saved: times are ages, so that another clock can go on with them. */
type SavedState = {
    readonly kind: 'inactive';
} | {
    readonly kind: 'pending';
    readonly sinceAgoMs: number;
} | {
    readonly kind: 'firing';
    readonly sinceAgoMs: number;
    readonly firedAgoMs: number;
    readonly clearAgoMs: number | null;
};
/** What was told of one firing. */
interface SavedIncident {
    readonly sequence: number;
    readonly toldAgoMs: number | null;
    readonly repeatedAgoMs: number;
    readonly retold: number;
    readonly step: number;
    readonly acknowledgement: Acknowledgement | null;
}
/** A rule and one set of labels. */
interface SavedSeries {
    readonly rule: string;
    /** Its own, without those of the rule. */
    readonly labels: Labels;
    readonly fingerprint: string;
    readonly state: SavedState;
    /** As it was told; `null` unless it fires. */
    readonly startsAt: string | null;
    readonly value: number | null;
    readonly reading: number | EventCounts | null;
    readonly observedAgoMs: number;
    readonly isImplied: boolean;
    /** `inner` is where it would be without the hold; `null` when it isn't held. */
    readonly flap: {
        readonly changesAgoMs: readonly number[];
        readonly inner: SavedState | null;
    } | null;
    readonly incident: SavedIncident | null;
}
/** What an `AlertEmitter` has to know to go on in another process, as plain JSON. */
interface SavedAlertEmitter {
    readonly version: 1;
    readonly name: string;
    /** When it was saved, on the wall clock, in ms since 1970. */
    readonly savedAt: number;
    readonly sequence: number;
    readonly series: readonly SavedSeries[];
    readonly silences: readonly SavedSilence[];
    readonly channels: readonly SavedChannel[];
    /** Oldest first. */
    readonly history: readonly Alert[];
}

/** Who acknowledges. */
interface AcknowledgeOptions {
    /** At most 256 characters. */
    readonly by: string;
    /** At most 1000 characters. Default empty. */
    readonly comment?: string | undefined;
}
/**
 * Watches values against rules and tells when trouble lasts and when it is over.
 *
 * Each rule and label set is `inactive`, `pending` (trouble, but not for `forMs` yet) or `firing`. What has fired
 * always resolves, exactly once; what has not fired never does. A channel that was told of a firing gets its resolve,
 * whatever was silenced, inhibited, acknowledged or restarted meanwhile. Values come from a rule's `source` at each
 * `evaluate()`, or from `observe()`. Time passes at `evaluate()`: groups, repeats, escalations and the ends of silences
 * fall due there. It owns no timer until `start()`.
 */
declare class AlertEmitter {
    #private;
    readonly name: string;
    /** @throws {TypeError | RangeError} when an option is wrong, with its name, the allowed range and the value. */
    constructor(options: AlertEmitterOptions);
    /**
     * An emitter that goes on where `saved`, from `toJSON`, left off. Nothing is told before its first `observe()`,
     * `evaluate()` or `flush()`; then what was owed to channels is sent, again where the answer isn't known, with the same
     * `id`, and what channels take for firing although it does not fire any more, or its rule is gone, resolves. The
     * saved name holds unless `options` has one. Readings of rates and burn rates begin anew.
     * @throws {TypeError | RangeError} that names the option, or the part of `saved`, which is wrong.
     */
    static restore(saved: SavedAlertEmitter, options: AlertEmitterOptions): AlertEmitter;
    /** Adds a listener and returns what takes it away again. */
    on<E extends keyof AlertEvents>(event: E, listener: (...args: AlertEvents[E]) => void): () => void;
    /**
     * Takes a value of a rule without a source and moves its alert at once. `undefined`, `null` and NaN are no data.
     * The value stands until the next one: `evaluate()` lets a pending alert of it fire.
     * When `maxSeries` alerts have a state, a value that would begin one more is dropped and counted.
     * @throws {RangeError} when there is no such rule, when it has a source, or when a label is out of bounds.
     */
    observe(series: string | SeriesKey, value: number | EventCounts | null | undefined): void;
    /**
     * Reads every source once, moves every alert to now, and does what time has brought. Events go out after the last
     * rule, in the order of the rules. O(rules + series with a state). A call from inside a source does nothing.
     */
    evaluate(): void;
    /**
     * Forgets an observed series whose subject is gone: what fires resolves, what is pending goes away.
     * @throws {RangeError} when there is no such rule, or when it has a source.
     */
    forget(series: string | SeriesKey): void;
    /**
     * Keeps alerts from being told, those that fire already included: no firing, repeat or escalation of them reaches a
     * channel until it ends. What a channel was told before still gets its resolve. Events go out as ever.
     * @throws {TypeError | RangeError} when an option is wrong. @throws {SilencesFullError} at `maxSilences`.
     */
    silence(options: SilenceOptions): Silence;
    /** Ends a silence before its time. Returns whether there was one of that id. */
    expireSilence(id: string): boolean;
    /** The silences in force, oldest first. */
    silences(): Silence[];
    /**
     * Says that somebody is on it: no repeats and no further steps of the escalation for this firing, until it has
     * resolved. `target` is a fingerprint or matchers. Returns the alerts that it has acknowledged: those that fire and
     * weren't acknowledged before.
     * @throws {TypeError | RangeError} when an argument is wrong.
     */
    acknowledge(target: string | Matchers, { by, comment }: AcknowledgeOptions): Alert[];
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
    /** What `restore` needs to go on in another process: plain JSON. It may be asked for after `close()`. */
    toJSON(): SavedAlertEmitter;
    /**
     * Tells what groups collect without further waiting, and resolves once every channel has answered for everything it
     * was given. A channel that never answers delays it.
     */
    flush(): Promise<void>;
    /**
     * Ends it for good: no more evaluations, `signal` of what is being sent aborts, what waits to be sent is dropped.
     * Alerts are not resolved by it. To let channels finish first, `await flush()` before.
     */
    close(): void;
    [Symbol.dispose](): void;
}

/** Thrown when a station is added to a board that has as many as its `maxStations` allows. */
declare class BoardFullError extends Error {
    readonly name = "BoardFullError";
    readonly code = "ERR_BOARD_FULL";
    /** The name of the board. */
    readonly board: string;
    /** The station that found no place. */
    readonly station: string;
    /** `maxStations`. */
    readonly limit: number;
    constructor(board: string, station: string, limit: number);
}

/** What a reading may be. */
type BoardValue = number | string | boolean;
/** Where a reading begins to count. Plain data with exactly one of the comparisons. */
type Bound = {
    readonly above: number;
} | {
    readonly atLeast: number;
} | {
    readonly below: number;
} | {
    readonly atMost: number;
}
/** Equal to it, or to one of them. */
 | {
    readonly is: BoardValue | readonly BoardValue[];
};
/** The comparison of a `Bound`, in words. `is not` is what `not` makes of `is`. */
type Comparison = 'above' | 'at least' | 'below' | 'at most' | 'is' | 'is not';

/** The colours of a lamp, from well to worse. `unknown`: there is no reading, or it is too old. */
type LampColour = 'green' | 'unknown' | 'yellow' | 'red';
/** One reading of a station, and from where on it is yellow or red. Checked and copied when the station is added. */
interface LampRule<S extends object = object> {
    /** What the reading is called. */
    readonly reading: string;
    /**
     * Takes it from a snapshot. Must be quick and synchronous; what it throws is counted and makes the reading unknown, as
     * `undefined`, `null` and NaN do. Default: the property of the snapshot that `reading` names, "window.failureRatio".
     */
    readonly read?: ((snapshot: S) => BoardValue | null | undefined) | undefined;
    /** Default: never yellow. */
    readonly yellow?: Bound | undefined;
    /** Default: never red. Wins over `yellow`. */
    readonly red?: Bound | undefined;
}
/** A reading with its colour: plain JSON. */
interface LampReading {
    readonly reading: string;
    /** `null` when there is none. */
    readonly value: BoardValue | null;
    readonly colour: LampColour;
    /** From where on it is yellow; `null` when never. */
    readonly yellow: Bound | null;
    /** From where on it is red; `null` when never. */
    readonly red: Bound | null;
}
/** A station's lamp at one moment: plain JSON. */
interface StationLamp {
    readonly station: string;
    readonly colour: LampColour;
    /** The reading behind the colour: the first of the worst. `null` for a station that has none. */
    readonly because: LampReading | null;
    /** The same in a sentence: "depthRatio is 0.95: red at least 0.9". */
    readonly why: string;
    /** Every reading, in the order of the rules. */
    readonly readings: readonly LampReading[];
    /** `watched`: read from an observable. `pushed`: set by hand. */
    readonly kind: 'watched' | 'pushed';
    /** Since when it has this colour, as ISO 8601 in UTC. */
    readonly since: string;
    /** How long ago it was read or set, in ms. */
    readonly ageMs: number;
    /** Whether that is longer ago than allowed. */
    readonly isStale: boolean;
}

/** What a `Cord` is made with. Checked and copied once. */
interface CordOptions {
    /** What it is called. Default "cord". */
    readonly name?: string | undefined;
    /** Pulls that may be held at once, at least 1. One more throws `CordFullError` and is counted. Default 100. */
    readonly maxPulls?: number | undefined;
    /** Calls that may wait in `whenReleased`, at least 1. One more rejects with `CordFullError`. Default 10000. */
    readonly maxWaiting?: number | undefined;
    /** Released pulls that `history()` keeps, 0 or more; the oldest goes first. Default 100. */
    readonly historySize?: number | undefined;
    /** Monotonic time, for durations. Default: the platform's. */
    readonly clock?: Clock | undefined;
    /** Wall-clock time in ms since 1970, for dates. Default `Date.now`. */
    readonly wallNow?: (() => number) | undefined;
    /** Receives what a listener throws. Default: prints it. */
    readonly onListenerError?: ListenerErrorHandler | undefined;
}

/** Who pulls the cord, and why. Texts of at most 256 characters, the reason of at most 1024. */
interface PullOptions {
    /** Who pulls. */
    readonly by: string;
    /** What is wrong. */
    readonly reason: string;
    /** Where. Default: nowhere in particular. */
    readonly station?: string | undefined;
}
/** Who releases, and what. */
interface ReleaseOptions {
    /** Who releases. */
    readonly by: string;
    /** The `id` of the pull to release, whoever pulled. Default: every pull of `by`. */
    readonly pull?: number | undefined;
    /** Releases every pull there is. Default false. */
    readonly all?: boolean | undefined;
}
/** One pull of the cord: plain JSON. */
interface CordPull {
    /** From 1, in the order of pulling. */
    readonly id: number;
    readonly by: string;
    readonly reason: string;
    readonly station: string | null;
    /** ISO 8601 in UTC. */
    readonly pulledAt: string;
}
/** A pull that has been released: plain JSON. */
interface PastPull extends CordPull {
    readonly releasedBy: string;
    /** ISO 8601 in UTC. */
    readonly releasedAt: string;
    /** How long it was held, in ms, by the monotonic clock. */
    readonly heldMs: number;
}
/** What `pull()` gives. `using` releases it at the end of the block. */
interface HeldPull extends CordPull, Disposable {
    /** Releases this pull. `by` defaults to who pulled. Does nothing and returns false the second time. */
    release(by?: string): boolean;
}

/** What a cord tells. The cord is already pulled or released when an event goes out. */
interface CordEvents {
    /** Somebody pulled. `pulls` is how many are held now. */
    pull: [event: {
        readonly pull: CordPull;
        readonly pulls: number;
    }];
    /** A pull was released. `pulls` is how many are held still. */
    release: [event: {
        readonly pull: PastPull;
        readonly pulls: number;
    }];
    /** The first pull: the line stops. After its `pull`. */
    stop: [event: {
        readonly pull: CordPull;
    }];
    /** The last release: the line runs again. After its `release`. */
    run: [event: {
        readonly pull: PastPull;
        readonly stoppedMs: number;
    }];
}
/** The readings of a `Cord`: plain JSON. */
interface CordSnapshot {
    readonly name: string;
    readonly isPulled: boolean;
    /** What is held, the oldest first. */
    readonly pulls: readonly CordPull[];
    /** For how long the line has stood, in ms; 0 while it runs. */
    readonly stoppedMs: number;
    /** Pulls since it was made. */
    readonly pulled: number;
    /** Pulls and waiting calls refused because of a bound. */
    readonly refused: number;
    /** Calls that wait in `whenReleased`. */
    readonly waiting: number;
    /** How many released pulls `history()` holds. */
    readonly history: number;
}
/** What a cord can stop: a circuit breaker of jidoka fits. */
interface Stoppable {
    /** Stops it until what this returns is released. */
    forceOpen(reason?: string): {
        release(): void;
    };
}
/** Anyone may stop the line by pulling it; the line runs again once every pull has been released. Owns no timer. */
declare class Cord implements Observable<CordEvents> {
    #private;
    readonly name: string;
    /** @throws {TypeError | RangeError} when an option is wrong, with its name, the allowed range and the value. */
    constructor(options?: CordOptions);
    /** Whether the line has to stand still. */
    get isPulled(): boolean;
    /** Adds a listener and returns what takes it away again. */
    on<E extends keyof CordEvents>(event: E, listener: (...args: CordEvents[E]) => void): () => void;
    /**
     * Stops the line until this pull, and every other one, is released.
     * @throws {TypeError | RangeError} when a text is missing or too long.
     * @throws {CordFullError} when `maxPulls` are held already.
     */
    pull(options: PullOptions): HeldPull;
    /**
     * Releases what `by` has pulled, or one pull by its `id`, or all. Returns how many were released: 0 when there was
     * nothing to release.
     */
    release(options: ReleaseOptions): number;
    /**
     * Resolves once the line may run: at once while it isn't pulled. Ask `isPulled` again afterwards, as it may have been
     * pulled anew. Rejects with the reason of `signal` when that aborts, and with `CordFullError` when `maxWaiting` wait.
     */
    whenReleased(options?: {
        readonly signal?: AbortSignal | undefined;
    }): Promise<void>;
    /**
     * Keeps `line` stopped while the cord is pulled, from now on. Returns what ends that and lets the line go. What
     * `forceOpen` throws later on goes to `onListenerError`.
     */
    stops(line: Stoppable): () => void;
    /** The pulls that were released, latest first, at most `historySize`. */
    history(): PastPull[];
    /** The present readings. O(pulls held). */
    snapshot(): CordSnapshot;
}

/** A station was added, or its colour, the reading behind it or its staleness changed. New values alone tell nothing. */
interface LampEvent {
    readonly lamp: StationLamp;
    /** The colour before; `null` for a station that was added. */
    readonly from: LampColour | null;
}
/** A station is gone. */
interface StationRemovedEvent {
    readonly station: string;
}
/** The worst colour of the board changed. */
interface BoardColourEvent {
    readonly from: LampColour;
    readonly to: LampColour;
}
/** A station's `snapshot()`, or what a rule reads of it, began to throw. */
interface StationReadErrorEvent {
    readonly station: string;
    readonly error: unknown;
}
/** What a `Board` tells. The board has changed already when an event goes out. */
interface BoardEvents {
    lamp: [event: LampEvent];
    removed: [event: StationRemovedEvent];
    colour: [event: BoardColourEvent];
    /** Told once until the station can be read again; printed when nobody listens. */
    readError: [event: StationReadErrorEvent];
}
/** The readings of a `Board`: plain JSON. */
interface BoardSnapshot {
    readonly name: string;
    /** The worst of all stations; red while the cord is pulled; unknown without stations. */
    readonly colour: LampColour;
    /** Grows with every change. What a subscriber gets later has a greater one. */
    readonly revision: number;
    /** In the order in which they were added. */
    readonly stations: readonly StationLamp[];
    readonly cord: CordSnapshot;
    /** How often a `snapshot()` or a rule threw. */
    readonly readFailures: number;
    /** Stations that found no place. */
    readonly refused: number;
    /** Whether `start()` is in force. */
    readonly isRunning: boolean;
}
/** What a subscriber is given: the whole board once, then what changes. Plain JSON. */
type BoardMessage = {
    readonly kind: 'board';
    readonly revision: number;
    readonly board: BoardSnapshot;
} | ({
    readonly kind: 'lamp';
    readonly revision: number;
} & LampEvent) | ({
    readonly kind: 'removed';
    readonly revision: number;
} & StationRemovedEvent) | ({
    readonly kind: 'colour';
    readonly revision: number;
} & BoardColourEvent) | {
    readonly kind: 'cord';
    readonly revision: number;
    readonly cord: CordSnapshot;
};

/** What a `Board` is made with. Checked and copied once. */
interface BoardOptions {
    /** What it is called. Default "board". */
    readonly name?: string | undefined;
    /** Stations it may have, at least 1. `watch` throws beyond it, `set` returns false and is counted. Default 1000. */
    readonly maxStations?: number | undefined;
    /** Age from which a reading is stale, in ms, more than 0. A station may have its own. Default: never. */
    readonly staleMs?: number | undefined;
    /** What a stale lamp shows where it isn't worse already. Default "unknown". */
    readonly whenStale?: 'yellow' | 'unknown' | undefined;
    /** Options of the board's cord. Default: clock, dates and `onListenerError` of the board, the name with " cord". */
    readonly cord?: CordOptions | undefined;
    /** Monotonic time, for ages. Default: the platform's. */
    readonly clock?: Clock | undefined;
    /** Runs `start()`. Default: the platform's timers, unreferenced. */
    readonly timers?: Timers | undefined;
    /** Wall-clock time in ms since 1970, for dates. Default `Date.now`. */
    readonly wallNow?: (() => number) | undefined;
    /** Receives what a listener throws. Default: prints it. */
    readonly onListenerError?: ListenerErrorHandler | undefined;
}
/** How `start()` reads. */
interface BoardStartOptions {
    /** Time from one reading to the next, in ms, from 1 to 2147483647. The first comes after it. Default 1000. */
    readonly everyMs?: number | undefined;
}

/** What is put on a station by hand. */
interface StationReading {
    readonly colour: LampColour;
    /** Which reading it is about. Default: none, then the board shows the colour alone. */
    readonly reading?: string | undefined;
    /** Its value. */
    readonly value?: BoardValue | null | undefined;
    /** From where on it is yellow, for whoever looks. */
    readonly yellow?: Bound | undefined;
    /** From where on it is red, for whoever looks. */
    readonly red?: Bound | undefined;
    /** Why, in a sentence. Default: made of the reading. */
    readonly why?: string | undefined;
    /** Age from which it is stale, in ms, more than 0. Default: the board's. */
    readonly staleMs?: number | undefined;
}

/** What can be a station: the primitives of all packages fit, and so does anything with a name and a snapshot. */
interface Watchable {
    readonly name: string;
    /** Quick and without side effect. */
    snapshot(): object;
    on?(event: never, listener: (...args: never[]) => void): () => void;
}
/** The names of the events that `T` tells. */
type EventNames<T> = T extends {
    on(event: infer E, listener: never): unknown;
} ? E & string : never;
/** How a station is watched. */
interface WatchOptions<E extends string = string> {
    /** What it is called on the board. Default: the name of what is watched. */
    readonly name?: string | undefined;
    /** Events after which it is read at once; those that tell a change of state, not those of every call. Default none. */
    readonly events?: readonly E[] | undefined;
    /** Age from which its readings are stale, in ms, more than 0. Default: the board's. */
    readonly staleMs?: number | undefined;
}

/**
 * A lamp for every station of a line, with the reading behind its colour, and a cord to stop the line by hand. Stations
 * are read at `refresh()`, when they tell an event, and every so often after `start()`; no timer before that.
 */
declare class Board implements Observable<BoardEvents>, Disposable {
    #private;
    readonly name: string;
    /** Stops this line by hand. */
    readonly cord: Cord;
    /** @throws {TypeError | RangeError} when an option is wrong, with its name, the allowed range and the value. */
    constructor(options?: BoardOptions);
    /** The worst colour of all stations; red while the cord is pulled; unknown without stations. O(stations). */
    get colour(): LampColour;
    /** Adds a listener and returns what takes it away again. */
    on<E extends keyof BoardEvents>(event: E, listener: (...args: BoardEvents[E]) => void): () => void;
    /**
     * Gives `listener` the whole board at once, and then every change, until what this returns is called. For a page that
     * is kept up to date.
     */
    subscribe(listener: (message: BoardMessage) => void): () => void;
    /**
     * Adds a station that is read: its colour is that of the worst of its readings. Returns what removes it.
     * @throws {TypeError | RangeError} when something is wrong with it, or there is a station of this name.
     * @throws {BoardFullError} when there are `maxStations`.
     */
    watch<T extends Watchable>(source: T, rules: readonly LampRule<ReturnType<T['snapshot']>>[], options?: WatchOptions<EventNames<T>>): () => void;
    /**
     * Sets a station by hand, and adds it where there is none. False, and counted, when the board is full. O(1), unless
     * there is something to tell.
     * @throws {TypeError | RangeError} when something is wrong with it, or the station is a watched one.
     */
    set(name: string, reading: StationReading): boolean;
    /** Removes a station. False when there is none of this name. */
    remove(name: string): boolean;
    /** Reads every watched station once and tells what has changed, staleness included. O(stations and their rules). */
    refresh(): void;
    /** Refreshes every `everyMs` from now on. A second call replaces the interval. */
    start(options?: BoardStartOptions): void;
    /** Ends `start()`. */
    stop(): void;
    /** Ends `start()`, and takes its listeners off everything that it watches and off the cord. */
    [Symbol.dispose](): void;
    /** The whole board, as of the last reading of each station. O(stations and their rules). */
    snapshot(): BoardSnapshot;
}

/** What reached its bound. */
type CordBound = 'maxPulls' | 'maxWaiting';
/** Thrown by a cord that is pulled, or waited for, as often as its bounds allow. The line stands still already. */
declare class CordFullError extends Error {
    readonly name = "CordFullError";
    readonly code = "ERR_CORD_FULL";
    /** The name of the cord. */
    readonly cord: string;
    /** The option that is the bound. */
    readonly bound: CordBound;
    /** Its value. */
    readonly limit: number;
    constructor(cord: string, bound: CordBound, limit: number);
}

/** Readings by name: `{ 'queue.depthRatio': 0.95 }`. What is missing is unknown, never 0. */
type Readings = Readonly<Record<string, BoardValue>>;
/** A condition on one reading: `{ reading: 'queue.depthRatio', above: 0.8 }`. */
type ReadingCondition = {
    readonly reading: string;
} & Bound;
/** A condition of a user's own that can't be written as data. Not part of the JSON of a tree. */
interface OwnCondition {
    /** What it says, in words: it stands for the reading in the evidence. */
    readonly says: string;
    /** `undefined` when it can't be told. What it throws counts as that, and is reported. Quick and synchronous. */
    readonly check: (readings: Readings) => boolean | undefined;
}
/** When something is so. Plain data but for `check`. */
type Condition = ReadingCondition | OwnCondition | {
    readonly all: readonly Condition[];
} | {
    readonly any: readonly Condition[];
} | {
    readonly not: Condition;
};
/** A reading that led to a finding: plain JSON. */
interface Evidence {
    readonly reading: string;
    readonly value: BoardValue;
    /** What it was compared with. */
    readonly threshold: BoardValue | readonly BoardValue[];
    /** How: the value is `comparison` the threshold. */
    readonly comparison: Comparison;
}
/** A condition in words: "queue.depthRatio at least 1 and (a or b)". */
declare function describeCondition(condition: Condition): string;

/** What is read of a circuit breaker. */
interface DiagnosedBreaker {
    readonly state: 'closed' | 'open' | 'half-open' | 'forced-open' | 'disabled';
    /** How long it has been in this state, in ms. */
    readonly stateForMs?: Reading;
    readonly totals?: {
        readonly rejected?: Reading;
    } | undefined;
    readonly window?: {
        readonly completed?: Reading;
        readonly failureRatio?: Reading;
    } | undefined;
}
/** What is read of a queue, or of a leveler that is one. Rates are per second. */
interface DiagnosedQueue {
    readonly depth?: Reading;
    readonly capacity?: Reading;
    /** Of `depth`, items that nobody may take yet. Default 0. */
    readonly delayed?: Reading;
    readonly oldestAgeMs?: Reading;
    readonly enqueueRate?: Reading;
    readonly dequeueRate?: Reading;
    /** Since it was made. */
    readonly rejected?: Reading;
}
/** What is read of a worker pool. The last four count since it was made. */
interface DiagnosedPool {
    readonly workers: Reading;
    /** `busy ÷ workers`. */
    readonly utilization?: Reading;
    readonly overdue?: Reading;
    /** Items a second. */
    readonly processingRate?: Reading;
    readonly meanHandlerMs?: Reading;
    readonly processed?: Reading;
    readonly failed?: Reading;
    readonly retried?: Reading;
    readonly deadLettered?: Reading;
}
/** What is read of a load leveler. Where no `queue` is given it is the queue as well. */
interface DiagnosedLeveler extends DiagnosedQueue {
    readonly imbalanceFactor?: Reading;
    readonly avgPerWorker?: Reading;
}
/** What is read of an autoscaler. */
interface DiagnosedAutoscaler {
    readonly isRunning?: boolean | undefined;
    /** Whether it only says what it would do. */
    readonly dryRun?: boolean | undefined;
    /** Its upper bound of workers. */
    readonly max?: Reading;
    readonly workers?: Reading;
    /** How many workers the load asks for, within the bounds. */
    readonly recommended?: Reading;
    /** `held`: it has found that more workers don't help. */
    readonly plateau?: string | undefined;
}
/** What is read of a percentile tracker. Values are in ms. */
interface DiagnosedLatency {
    readonly count?: Reading;
    readonly p50?: Reading;
    readonly p90?: Reading;
    readonly p99?: Reading;
}
/** What is read of a breakdown of where the time goes. */
interface DiagnosedBreakdown {
    readonly stages: readonly {
        readonly stage: string;
        readonly share?: Reading;
    }[];
}
/** What is read of a dead-letter queue. */
interface DiagnosedDeadLetters {
    readonly size?: Reading;
    /** Since it was made. */
    readonly added?: Reading;
}
/** How much of the machine is used, each from 0 to 1. */
interface DiagnosedHost {
    readonly cpuRatio?: Reading;
    readonly memoryRatio?: Reading;
    readonly diskRatio?: Reading;
    readonly networkRatio?: Reading;
}
/** What is known of the service that the line depends on. */
interface DiagnosedDownstream {
    readonly isHealthy?: boolean | undefined;
    /** The stages of the breakdown that are spent in it. */
    readonly stages?: readonly string[] | undefined;
    /** Calls a second that it can bear. */
    readonly capacityPerSecond?: Reading;
}
/** What was changed, and how long ago in ms. `null`: nothing was; left out: not known. */
interface DiagnosedChanges {
    readonly deployedAgoMs?: number | null | undefined;
    readonly externalAgoMs?: number | null | undefined;
}
/**
 * What `diagnose` reads of one line: the snapshots of its primitives as they are, and what else is known. All of it is
 * optional; what is left out is unknown. Where there are several lines, each is diagnosed alone.
 */
interface LineSnapshots {
    readonly breaker?: DiagnosedBreaker | undefined;
    readonly queue?: DiagnosedQueue | undefined;
    readonly pool?: DiagnosedPool | undefined;
    /** All the pools of the service, to find one that is slower than the others. */
    readonly pools?: readonly DiagnosedPool[] | undefined;
    readonly deadLetters?: DiagnosedDeadLetters | undefined;
    readonly leveler?: DiagnosedLeveler | undefined;
    readonly autoscaler?: DiagnosedAutoscaler | undefined;
    readonly latency?: DiagnosedLatency | undefined;
    readonly breakdown?: DiagnosedBreakdown | undefined;
    /** Share of the recent signals that failed or were refused, from 0 to 1. */
    readonly signals?: {
        readonly errorRatio?: Reading;
    } | undefined;
    readonly alerts?: {
        readonly firing?: Reading;
    } | undefined;
    /** What arrives a second, refused items included. Default: what the queue has let in and refused. */
    readonly load?: {
        readonly perSecond?: Reading;
    } | undefined;
    readonly host?: DiagnosedHost | undefined;
    readonly downstream?: DiagnosedDownstream | undefined;
    readonly changes?: DiagnosedChanges | undefined;
}

/** What a reading is. */
interface ReadingDefinition {
    /** Its name in conditions. */
    readonly reading: string;
    readonly unit: 'ratio' | 'ms' | 'items' | 'per second' | 'count' | 'times' | 'text' | 'yes or no';
    /** Which way is worse; `null` where that depends on the rest. Worse readings never give a less severe verdict. */
    readonly worse: 'higher' | 'lower' | null;
    readonly meaning: string;
}
/** A line at an earlier moment, as a `ReadingHistory` keeps it. */
interface EarlierReadings {
    /** How long ago, in ms. */
    readonly agoMs: number;
    readonly readings: Readings;
}
/** What readings are made of beside the snapshots. */
interface ReadingsOptions {
    /** Earlier readings of this line, the oldest first: what changes and durations are told by. Default none. */
    readonly earlier?: readonly EarlierReadings[] | undefined;
    /** Readings from when all was well, for the growths. Default: the median of `earlier`, where that has 3 or more. */
    readonly baseline?: Readings | undefined;
    /** Readings of your own, or known better than from the snapshots: they win. Default none. */
    readonly readings?: Readings | undefined;
}

/** How bad: `critical` calls somebody now, `high` in five minutes unless it mends itself, `medium` is watched. */
type FindingSeverity = 'critical' | 'high' | 'medium';
/** How bad a scenario is, and when. */
interface SeverityLevel {
    readonly severity: FindingSeverity;
    readonly when: Condition;
    /** Where that is written, if not where the tree is. */
    readonly source?: string | undefined;
}
/** One answer to a question. */
interface Answer {
    /** In a few words: the label of the branch. */
    readonly answer: string;
    readonly when: Condition;
    /** What is probably behind it. `{name}` stands for the value of that reading. */
    readonly likelyCause: string;
    /** What to do, in order. `{name}` stands for the value of that reading. Default nothing more. */
    readonly nextSteps?: readonly string[] | undefined;
    /** What to ask next. Their answers know more, so their causes stand for this one. Default nothing. */
    readonly questions?: readonly Question[] | undefined;
    /** Where that is written, if not where the tree is. */
    readonly source?: string | undefined;
}
/** Something to find out. The first answer that holds is taken; the questions of a list are all asked. */
interface Question {
    readonly ask: string;
    readonly answers: readonly Answer[];
}
/** A decision tree as data: a scenario, how bad it is, why it may be so and what to do. */
interface DiagnosisTree {
    /** Unique among the trees: `queue-full`. */
    readonly id: string;
    /** What is the matter, as a title. */
    readonly scenario: string;
    /** Where it is written. */
    readonly source: string;
    /** Worst first. The first that holds makes the finding, and none makes none. */
    readonly severities: readonly SeverityLevel[];
    /** What is behind it where no answer says more. `{name}` stands for the value of that reading. */
    readonly likelyCause: string;
    /** What to do before anything else, in order. Default nothing. */
    readonly immediately?: readonly string[] | undefined;
    readonly questions: readonly Question[];
    /** What to do in the end, in order. Default nothing. */
    readonly afterwards?: readonly string[] | undefined;
    /** When it counts as over. */
    readonly resolvedWhen: readonly string[];
}
/**
 * `trees` with `additions` after them. An addition with the `id` of a tree takes its place.
 * @throws {TypeError | RangeError} when a tree is malformed, with the place.
 */
declare function extendTrees(trees: readonly DiagnosisTree[], additions: readonly DiagnosisTree[]): readonly DiagnosisTree[];

/** One colour of an alert, and when it is that. */
interface IncidentLevel {
    readonly level: 'red' | 'yellow' | 'green';
    /** What it means. */
    readonly meaning: string;
    /** What to do about it. */
    readonly action: string;
    readonly when: Condition;
    /** Where it is written. */
    readonly source: string;
}
/** Whether this is an incident: the first that holds. None of them: nothing points to one. */
declare const INCIDENT_LEVELS: readonly IncidentLevel[];

/** How `diagnose` judges. */
interface DiagnoseOptions extends ReadingsOptions {
    /** Default: `HANDBOOK_TREES`. */
    readonly trees?: readonly DiagnosisTree[] | undefined;
    /** Receives what the `check` of a condition threw; that condition is unknown. Default: only counted, in `errors`. */
    readonly onError?: ((error: unknown, says: string) => void) | undefined;
}
/** Something that is wrong, and what to do: plain JSON. */
interface Finding {
    /** The `id` of the tree that it comes from. */
    readonly tree: string;
    readonly severity: FindingSeverity;
    readonly scenario: string;
    readonly likelyCause: string;
    /** What may be behind it as well, by the other questions. */
    readonly alsoLikely: readonly string[];
    /** The readings that led here. */
    readonly evidence: readonly Evidence[];
    /** What to do, in order. */
    readonly nextSteps: readonly string[];
    /** When it counts as over. */
    readonly resolvedWhen: readonly string[];
    /** Where it is written. */
    readonly source: string;
    /** Readings that are missing and would tell more of the cause. */
    readonly unknown: readonly string[];
}
/** Whether this is an incident: plain JSON. */
interface Incident extends Omit<IncidentLevel, 'when'> {
    readonly evidence: readonly Evidence[];
}
/** What `diagnose` found: plain JSON. */
interface Diagnosis {
    /** The worst of the findings; `null` when there are none. See `unknown` before you take that for good health. */
    readonly severity: FindingSeverity | null;
    /** Worst first, then in the order of the trees. */
    readonly findings: readonly Finding[];
    /** `null` when nothing points to an incident. */
    readonly incident: Incident | null;
    /** Readings that were asked for and are missing, and the trees that could not decide for want of them. */
    readonly unknown: readonly {
        readonly reading: string;
        readonly trees: readonly string[];
    }[];
    /** Conditions whose `check` threw. */
    readonly errors: readonly {
        readonly says: string;
        readonly message: string;
    }[];
    /** Everything that was read. */
    readonly readings: Readings;
}
/**
 * Says what is wrong with a line, how bad it is, what is probably behind it and what to do, by the decision trees of the
 * handbook. A missing reading never leads to a finding. Pure: reads what it is given, keeps nothing, and throws for
 * malformed options alone.
 * @throws {TypeError | RangeError} when a tree is malformed, with the place.
 */
declare function diagnose(line: LineSnapshots, options?: DiagnoseOptions): Diagnosis;

/** What a `ReadingHistory` is made with. Checked and copied once. */
interface ReadingHistoryOptions {
    /** Moments that are kept, at least 1; the oldest goes first. Default 180. */
    readonly capacity?: number | undefined;
    /** The least time between two that are kept, in ms, 0 or more: `add` in between keeps nothing. Default 5000. */
    readonly everyMs?: number | undefined;
    /** Monotonic time. Default: the platform's. */
    readonly clock?: Clock | undefined;
}
/** Remembers the readings of one line, so that `diagnose` can tell changes and durations. Owns no timer. */
declare class ReadingHistory {
    #private;
    /** @throws {TypeError | RangeError} when an option is wrong, with its name, the allowed range and the value. */
    constructor(options?: ReadingHistoryOptions);
    get size(): number;
    /** Keeps the readings of now, unless the last ones are younger than `everyMs`; then it returns false. */
    add(line: LineSnapshots, readings?: Readings): boolean;
    /** What is kept, the oldest first: for the option `earlier` of `diagnose`. */
    earlier(): EarlierReadings[];
}

/** Every reading there is of a line: those of one moment, then those that are told by earlier ones. */
declare const READINGS: readonly ReadingDefinition[];
/**
 * The readings of a line: what is missing, null or not finite is left out. Whatever the snapshots are, they don't make
 * it throw. O(earlier).
 * @throws {TypeError} when an option is malformed.
 */
declare function readingsOf(line: LineSnapshots, options?: ReadingsOptions): Readings;

/** Thrown by an emitter that is told to silence once more than `maxSilences` allows. Nothing is silenced by it. */
declare class SilencesFullError extends Error {
    readonly name = "SilencesFullError";
    readonly code = "ERR_SILENCES_FULL";
    /** The name of the emitter. */
    readonly emitter: string;
    /** The value of `maxSilences`. */
    readonly limit: number;
    constructor(emitter: string, limit: number);
}

/** The decision trees of the TPS operations handbook, as data. */
declare const HANDBOOK_TREES: readonly DiagnosisTree[];

export { Alert, AlertEmitter, AlertNotification, AlertRule, Board, BoardFullError, Channel, Clock, Cord, CordFullError, EventCounts, FlapHold, HANDBOOK_TREES, INCIDENT_LEVELS, Labels, ListenerErrorHandler, Observable, READINGS, Reading, ReadingHistory, Severity, SilencesFullError, Timers, describeCondition, diagnose, extendTrees, readingsOf };
export type { AcknowledgeOptions, AcknowledgedEvent, Acknowledgement, AlertEmitterOptions, AlertEmitterSnapshot, AlertEvents, AlertRoute, Answer, BoardColourEvent, BoardEvents, BoardMessage, BoardOptions, BoardSnapshot, BoardStartOptions, BoardValue, Bound, ChannelSnapshot, Comparison, Condition, CordBound, CordEvents, CordOptions, CordPull, CordSnapshot, DeliveryFailedEvent, DiagnoseOptions, DiagnosedAutoscaler, DiagnosedBreakdown, DiagnosedBreaker, DiagnosedChanges, DiagnosedDeadLetters, DiagnosedDownstream, DiagnosedHost, DiagnosedLatency, DiagnosedLeveler, DiagnosedPool, DiagnosedQueue, Diagnosis, DiagnosisTree, EarlierReadings, EscalatedEvent, EscalationStep, EventNames, Evidence, Finding, FindingSeverity, GroupOptions, HeldPull, Incident, IncidentLevel, InhibitedEvent, InhibitionRule, LabelMatch, LabelPattern, LampColour, LampEvent, LampReading, LampRule, LineSnapshots, Matchers, OwedNotification, OwnCondition, PastPull, PullOptions, Question, ReadingCondition, ReadingDefinition, ReadingHistoryOptions, Readings, ReadingsOptions, ReleaseOptions, SavedAlertEmitter, SavedChannel, SavedGroup, SavedIncident, SavedSeries, SavedSilence, SavedState, SeriesKey, SeverityLevel, Silence, SilenceOptions, SilencedEvent, SourceErrorEvent, StartOptions, StationLamp, StationReadErrorEvent, StationReading, StationRemovedEvent, Stoppable, WatchOptions, Watchable };
