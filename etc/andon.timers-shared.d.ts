/** Names and values that tell one alert of a rule from another. Never readings: they would make every alert new. */
type Labels = Readonly<Record<string, string>>;

/** How bad it is: red needs somebody now, yellow needs somebody today. */
type Severity = 'red' | 'yellow';
/** What a missing value means. */
type NoDataPolicy = 'keep' | 'fire' | 'resolve';
/** The level that a value must not pass, and the level at which all is well again. */
type Threshold = {
    /** Trouble is a value **greater than** this. A value equal to it is no trouble. */
    readonly above: number;
    /** A firing alert clears at this value **or less**. At most `above`. Default `above`. */
    readonly clearAt?: number | undefined;
} | {
    /** Trouble is a value **less than** this. A value equal to it is no trouble. */
    readonly below: number;
    /** A firing alert clears at this value **or more**. At least `below`. Default `below`. */
    readonly clearAt?: number | undefined;
};
/** One thing to watch. Checked and copied when the emitter is made. */
interface AlertRule {
    /** What the alert is called. Unique among the rules of an emitter. */
    readonly name: string;
    readonly severity: Severity;
    /** Labels of every alert of this rule: at most 16, values of at most 256 characters. Default none. */
    readonly labels?: Labels | undefined;
    /** One sentence for whoever is called. Default: the rule's name and condition, "HighLatency is above 200". */
    readonly summary?: string | undefined;
    /** What it means and what to do. Default empty. */
    readonly description?: string | undefined;
    readonly threshold: Threshold;
    /** How long the trouble must last without a break before the alert fires, in ms. 0 fires at once. Default 0. */
    readonly forMs?: number | undefined;
    /** How long the value must be clear without a break before a firing alert resolves, in ms. Default 0. */
    readonly keepFiringMs?: number | undefined;
    /**
     * What it means when there is no value: the source returned `undefined`, `null` or NaN, or threw; such a value was
     * observed; or the last observed one is older than `staleMs`.
     * - `keep` (default): everything stays as it is. A pending alert doesn't begin to fire, a firing one doesn't resolve.
     * - `fire`: as bad as a value beyond the threshold; `forMs` applies.
     * - `resolve`: as good as a clear value; `keepFiringMs` applies.
     */
    readonly noData?: NoDataPolicy | undefined;
    /** For observed values: how old the last one may be, in ms, before it counts as no data. Default: any age. */
    readonly staleMs?: number | undefined;
    /**
     * Reads the value; called once by each `evaluate()`. Must be quick and synchronous. What it throws is counted,
     * reported as `sourceError`, and counts as no data. A rule with a source takes no `observe()`.
     */
    readonly source?: (() => number | null | undefined) | undefined;
}

/** An alert at one moment. Frozen plain JSON: it may be kept, sent and shared. */
interface Alert {
    /** Rule and labels as text: the same for the same trouble, also after a restart. */
    readonly fingerprint: string;
    /** The rule's name. */
    readonly rule: string;
    /** The rule's labels and those of the series, sorted by name. */
    readonly labels: Labels;
    readonly severity: Severity;
    /** `inactive` is what became of a pending alert that never fired; `resolved` of one that did. */
    readonly state: 'pending' | 'firing' | 'resolved' | 'inactive';
    /** What is wrong with the value: "above 200". */
    readonly condition: string;
    readonly summary: string;
    /** Empty when the rule has none. */
    readonly description: string;
    /** The last value seen, `null` when there was none or it went missing. */
    readonly value: number | null;
    /** Since when the trouble lasts, as ISO 8601 in UTC. */
    readonly activeSince: string;
    /** When it began to fire; `null` when it never has. */
    readonly startsAt: string | null;
    /** When it resolved or went away; `null` while it is active. */
    readonly endsAt: string | null;
    /** How long the trouble has lasted, in ms, by the monotonic clock. */
    readonly activeMs: number;
}

/** Something to tell. */
interface AlertNotification {
    /** Different for each notification, the same over retries of one. */
    readonly id: string;
    /** `firing` comes first; its `resolved` always follows it. */
    readonly kind: 'firing' | 'resolved';
    readonly alert: Alert;
}
/** What accompanies a notification. */
interface SendContext {
    /** Aborts when the emitter is closed. */
    readonly signal: AbortSignal;
}
/**
 * Where alerts are sent. An emitter never has two notifications of the same alert under way in one channel;
 * those of different alerts may overlap.
 */
interface Channel {
    /** Unique among the channels of an emitter. */
    readonly name: string;
    /** Delivers one notification. A throw or a rejection says that it was not delivered. */
    send(notification: AlertNotification, context: SendContext): void | Promise<void>;
}

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

export type { AlertNotification as A, Channel as C, Labels as L, NoDataPolicy as N, SendContext as S, Timers as T, Alert as a, Timer as b, AlertRule as c, Severity as d, Threshold as e };
