/** What to do with an alert that comes and goes. */
interface FlapHold {
    /** It flaps when it fires and resolves more often than this within `withinMs`; each counts one. 2 to 1000. */
    readonly changes: number;
    /** In ms, greater than 0. */
    readonly withinMs: number;
    /** How long it must not change before the hold ends, in ms, greater than 0. Default `withinMs`. */
    readonly calmMs?: number | undefined;
}

/** Names and values that tell one alert of a rule from another. Never readings: they would make every alert new. */
type Labels = Readonly<Record<string, string>>;

/** The level that a value must not pass, and the level at which all is well again. */
type Threshold = {
    /** Trouble is a value **greater than** this. A value equal to it is no trouble. */
    readonly above: number;
    readonly below?: undefined;
    /** A firing alert clears at this value **or less**. At most `above`. Default `above`. */
    readonly clearAt?: number | undefined;
} | {
    /** Trouble is a value **less than** this. A value equal to it is no trouble. */
    readonly below: number;
    readonly above?: undefined;
    /** A firing alert clears at this value **or more**. At least `below`. Default `below`. */
    readonly clearAt?: number | undefined;
};

/** How many events there were, and how many of them were good, **since the start**. Both only grow. */
interface EventCounts {
    readonly good: number;
    /** At least `good`. */
    readonly total: number;
}
/**
 * How fast an error budget may burn: trouble is when the share of bad events exceeds `factor × (1 − target)` over the
 * long window, so that it matters, **and** over the short one, so that it still goes on. A window that isn't full yet
 * counts what there is. Source: The Site Reliability Workbook (Beyer and others, 2018), chapter 5.
 */
interface BurnRate {
    /** The share of events that is promised to be good, from 0 to 1, both exclusive: 0.999. */
    readonly target: number;
    /** In ms, at most 100 times `shortMs`. */
    readonly longMs: number;
    /** In ms, greater than 0 and less than `longMs`. Default a twelfth of `longMs`, as in the workbook. */
    readonly shortMs?: number | undefined;
    /**
     * How many times faster than the budget allows: 14.4 over 1 h, 6 over 6 h, 3 over 1 d or 1 over 3 d. Greater than 0,
     * and less than `1 / (1 − target)`: more could never be reached.
     */
    readonly factor: number;
    /** The factor at which a firing alert clears, at most `factor`. Default `factor`. */
    readonly clearAt?: number | undefined;
    /** Events that each window must have, else there is no data. At least 1. Default 1. */
    readonly minEvents?: number | undefined;
}

/** What an `evaluate` of a rule gets to know. */
interface EvaluateContext {
    /** The rule's name. */
    readonly rule: string;
    /** The rule's labels and those of the series. */
    readonly labels: Labels;
    /** What the rule's `source` gave, or what was last observed; `undefined` is no data. */
    readonly value: number | undefined;
    /** Where the alert is. */
    readonly state: 'inactive' | 'pending' | 'firing';
    /** The emitter's monotonic time, in ms. Only differences mean anything. */
    readonly nowMs: number;
}
/** What an `evaluate` of a rule may answer, when `true` (trouble) or `false` (all is well) is not enough. */
interface Verdict {
    readonly isTrouble: boolean;
    /** Whether a firing alert may resolve. Default: when it is no trouble. */
    readonly isClear?: boolean | undefined;
    /** The value to show in the alert. Default: the value in the context. */
    readonly value?: number | null | undefined;
}

/** How fast a value may change. Falling is negative: `{ below: -5 }` is trouble when it falls by more than 5. */
type RateOfChange = Threshold & {
    /** What the levels are by. Default "second". */
    readonly per?: 'second' | 'minute' | undefined;
    /**
     * The window over which the change is measured, in ms, greater than 0. There is no value before the readings span it,
     * nor when the last reading is older than it.
     */
    readonly overMs: number;
};

/** How bad it is: red needs somebody now, yellow needs somebody today. */
type Severity = 'red' | 'yellow';
/** What a missing value means. */
type NoDataPolicy = 'keep' | 'fire' | 'resolve';
/** What rules of every kind have. */
interface CommonRule {
    /** What the alert is called. Unique among the rules of an emitter. */
    readonly name: string;
    readonly severity: Severity;
    /** Labels of every alert of this rule: at most 16, values of at most 256 characters. Default none. */
    readonly labels?: Labels | undefined;
    /** One sentence for whoever is called. Default: the rule's name and condition, "HighLatency is above 200". */
    readonly summary?: string | undefined;
    /** What it means and what to do. Default empty. */
    readonly description?: string | undefined;
    /** How long the trouble must last without a break before the alert fires, in ms. 0 fires at once. Default 0. */
    readonly forMs?: number | undefined;
    /** How long the value must be clear without a break before a firing alert resolves, in ms. Default 0. */
    readonly keepFiringMs?: number | undefined;
    /**
     * What it means when there is no value: the source returned `undefined`, `null` or NaN, or threw; such a value was
     * observed; or the last observed one is older than `staleMs`. For a rate and a burn rate, also that the readings
     * don't tell yet; for an `evaluate`, that it returned `undefined` or threw.
     * - `keep` (default): everything stays as it is. A pending alert doesn't begin to fire, a firing one doesn't resolve.
     * - `fire`: as bad as a value beyond the threshold; `forMs` applies.
     * - `resolve`: as good as a clear value; `keepFiringMs` applies.
     */
    readonly noData?: NoDataPolicy | undefined;
    /** For observed values: how old the last one may be, in ms, before it counts as no data. Default: any age. */
    readonly staleMs?: number | undefined;
    /** What to do with an alert that comes and goes. `false` does nothing. Default: the emitter's `flapHold`. */
    readonly flapHold?: FlapHold | false | undefined;
}
/** Reads a rule's value at each evaluation. Without one the rule takes what is observed. */
type RuleSource<Value> = (() => Value | null | undefined) | undefined;
/** Trouble is a value beyond a level. */
interface ThresholdRule extends CommonRule {
    readonly threshold: Threshold;
    readonly rate?: undefined;
    readonly burnRate?: undefined;
    readonly absence?: undefined;
    readonly evaluate?: undefined;
    /**
     * Reads the value; called once by each `evaluate()`. Must be quick and synchronous. What it throws is counted,
     * reported as `sourceError`, and counts as no data. A rule with a source takes no `observe()`.
     */
    readonly source?: RuleSource<number>;
}
/** Trouble is a value that changes too fast. */
interface RateRule extends CommonRule {
    readonly rate: RateOfChange;
    readonly threshold?: undefined;
    readonly burnRate?: undefined;
    readonly absence?: undefined;
    readonly evaluate?: undefined;
    /** As that of a threshold. */
    readonly source?: RuleSource<number>;
}
/** Trouble is an error budget that burns too fast. */
interface BurnRateRule extends CommonRule {
    readonly burnRate: BurnRate;
    readonly threshold?: undefined;
    readonly rate?: undefined;
    readonly absence?: undefined;
    readonly evaluate?: undefined;
    /** As that of a threshold, but reads counts. */
    readonly source?: RuleSource<EventCounts>;
}
/** How long a value may be missing. */
interface Absence {
    /** Trouble is that no value came for longer than this, in ms, greater than 0. */
    readonly afterMs: number;
    /**
     * The label sets that have to come from the beginning. Default: the one without labels, until a labelled one is
     * observed. Whatever was observed once has to come from then on, until it is forgotten.
     */
    readonly expect?: readonly Labels[] | undefined;
}
/** Trouble is that no value comes. It has no `noData` and no `staleMs`: missing data are the trouble. */
interface AbsenceRule extends CommonRule {
    readonly absence: Absence;
    readonly threshold?: undefined;
    readonly rate?: undefined;
    readonly burnRate?: undefined;
    readonly evaluate?: undefined;
    readonly noData?: undefined;
    readonly staleMs?: undefined;
    /** As that of a threshold. Whatever it returns is well, except nothing. */
    readonly source?: RuleSource<number>;
}
/** Trouble is what your function says. */
interface CustomRule extends CommonRule {
    /**
     * Called by each `evaluate()` for each series, and by each `observe()`. Must be quick and synchronous. What it throws
     * is counted, reported as `sourceError`, and counts as no data. Without a `source` it is called for the series without
     * labels from the beginning, until a labelled one is observed.
     */
    readonly evaluate: (context: EvaluateContext) => boolean | Verdict | null | undefined;
    readonly threshold?: undefined;
    readonly rate?: undefined;
    readonly burnRate?: undefined;
    readonly absence?: undefined;
    /** As that of a threshold; gives the `value` of the context. */
    readonly source?: RuleSource<number>;
}
/** One thing to watch. Checked and copied when the emitter is made. Its kind is the one of the five keys that it has. */
type AlertRule = ThresholdRule | RateRule | BurnRateRule | AbsenceRule | CustomRule;

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
    /** Present and true while it is held as firing because it comes and goes. */
    readonly isFlapping?: true;
    /** Present when somebody has acknowledged it: who. */
    readonly acknowledgedBy?: string;
    /** Present while a silence holds it back: its id. */
    readonly silencedBy?: string;
    /** Present while another alert holds it back: its fingerprint. */
    readonly inhibitedBy?: string;
}

/** The alerts that are told together. */
interface AlertGroup {
    /** The same for the same group, also after a restart. Different from every fingerprint. */
    readonly key: string;
    /** What its alerts have in common: the labels that they are grouped by. `rule` and `severity` may be among them. */
    readonly labels: Labels;
    /** How many of its alerts this channel knows as firing once it has got this notification. 0: the group is over. */
    readonly firing: number;
}
/** Something to tell. */
interface AlertNotification {
    /** Different for each notification, the same over retries of one. */
    readonly id: string;
    /** The state of `alert`, and of every one of `alerts`. `firing` comes first; its `resolved` always follows it. */
    readonly kind: 'firing' | 'resolved';
    /** The alert; the most urgent one of a group. */
    readonly alert: Alert;
    /** Every alert of a group, most urgent first. Absent when alerts are told one by one. */
    readonly alerts?: readonly Alert[] | undefined;
    /** Absent when alerts are told one by one. */
    readonly group?: AlertGroup | undefined;
    /**
     * Why it is told, when it isn't because an alert began or ended. All of them are `firing`, and open nothing that the
     * channel does not resolve by the alert's one `resolved`.
     * - `repeat`: it still fires.
     * - `escalation`: nobody has acknowledged it.
     * - `flapping`: it comes and goes; it counts as firing until it is calm.
     */
    readonly reason?: 'repeat' | 'escalation' | 'flapping' | undefined;
}
/** What accompanies a notification. */
interface SendContext {
    /** Aborts when the emitter is closed. */
    readonly signal: AbortSignal;
}
/**
 * Where alerts are sent. An emitter never has two notifications of the same alert, or of the same group, under way in
 * one channel; those of different ones may overlap.
 */
interface Channel {
    /** Unique among the channels of an emitter. */
    readonly name: string;
    /** Delivers one notification. A throw or a rejection says that it was not delivered. */
    send(notification: AlertNotification, context: SendContext): void | Promise<void>;
}

/** A source of monotonic time. Only differences between two readings mean anything. */
interface Clock {
    /** Milliseconds since an arbitrary fixed moment, with fractions. Never runs backwards. */
    now(): number;
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

export type { Alert as A, BurnRate as B, Channel as C, EventCounts as E, FlapHold as F, Labels as L, NoDataPolicy as N, RateOfChange as R, SendContext as S, Timer as T, Verdict as V, AlertNotification as a, AlertGroup as b, Clock as c, Severity as d, Timers as e, AlertRule as f, Absence as g, AbsenceRule as h, BurnRateRule as i, CommonRule as j, CustomRule as k, EvaluateContext as l, RateRule as m, RuleSource as n, Threshold as o, ThresholdRule as p };
