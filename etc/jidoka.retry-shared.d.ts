import { C as Clock, E as EmittingOptions, T as TimeOptions, P as Policy, O as Observable } from './sleep-shared.js';

/** What `retryBudget` is made with. */
interface RetryBudgetOptions {
    /** The share of calls that may be made again. 0 or more. Default 0.2. */
    readonly ratio?: number | undefined;
    /** How many may be made again within a window however few calls there are. From 0. Default 10. */
    readonly minimum?: number | undefined;
    /** How far back calls and retries are counted, in ms, moving in ten slots. From 10. Default 10,000. */
    readonly windowMs?: number | undefined;
    /** The source of time. Default the monotonic clock of the platform. */
    readonly clock?: Clock | undefined;
}
/** The readings of a budget: plain JSON. */
interface RetryBudgetSnapshot {
    /** Calls of the window, without what was added to them. */
    readonly calls: number;
    /** Retries and hedges of the window. */
    readonly retries: number;
    /** How many more there may be at present. */
    readonly left: number;
}
/** How much may be added to the calls that users make. Share one between all that call the same dependency. */
interface RetryBudget {
    /** A call has begun. */
    recordCall(): void;
    /** Takes one retry out of the budget and returns `true`, or returns `false` when it is spent. */
    tryRetry(): boolean;
    snapshot(): RetryBudgetSnapshot;
}
/**
 * A bound on the load that retries and hedges add: over the last `windowMs`, `minimum` plus `ratio` of the calls.
 * When everything fails, a dependency gets a fifth more calls instead of three times as many. O(1), without a timer.
 * Source: Google SRE, "Handling overload", per-client retry budget; the window is that of Finagle.
 * @throws TypeError or RangeError that names the option which is wrong.
 */
declare function retryBudget(options?: RetryBudgetOptions): RetryBudget;

/** How long to wait between two attempts. */
interface RetryDelayOptions {
    /** Before the second attempt, in ms. 0 or more. Default 100. */
    readonly ms?: number | undefined;
    /** What each further wait is longer by. From 1. Default 2. */
    readonly factor?: number | undefined;
    /** The longest wait, in ms. From `ms`. Default 10,000, or a longer `ms`. */
    readonly maxMs?: number | undefined;
    /**
     * Takes off up to this share of each wait at random. In [0, 1]. Default 1: anything from no wait to the whole one
     * ("full jitter"), which spreads callers that failed together the most.
     */
    readonly jitterRatio?: number | undefined;
}
/** How an attempt ended. An `Outcome` is one. */
type AttemptOutcome<Value = unknown> = {
    readonly ok: true;
    readonly value: Value;
} | {
    readonly ok: false;
    readonly error: unknown;
};
/** Decides whether attempt number `attempt`, from 1, is worth another. The parameter may be annotated with the outcome's value type. */
type ShouldRetry = {
    method(outcome: AttemptOutcome, attempt: number): boolean;
}['method'];
/** What `retry` is made with. */
interface RetryOptions extends EmittingOptions, TimeOptions {
    /** How many attempts a call has in all. From 1, `Infinity` for as many as the other bounds allow. Default 3. */
    readonly attempts?: number | undefined;
    /** How long to wait before the next attempt. Default 100 ms, then twice as long each time, with full jitter. */
    readonly delay?: RetryDelayOptions | undefined;
    /**
     * No attempt begins this many ms or more after the call has begun: a wait that would lead there isn't begun. One that
     * runs isn't cut short; put a `timeout` around or inside for that. Above 0. Default none.
     */
    readonly deadlineMs?: number | undefined;
    /**
     * What bounds the retries of all calls together. Share one between the policies that call the same dependency.
     * Default a budget of its own: a fifth of the calls of the last 10 s, and 10. `false` for none.
     */
    readonly budget?: RetryBudget | false | undefined;
    /**
     * Whether an outcome is worth another attempt; values are outcomes, too. Not asked once the caller has aborted. When
     * it throws, that is reported to `onListenerError` under `shouldRetry`, and the default decides. Default
     * `isRetryable`: every error except refusals (an open circuit, a full bulkhead or queue, a rate limit).
     */
    readonly shouldRetry?: ShouldRetry | undefined;
    /**
     * The longest `retryAfterMs` of an error (or of a value that `shouldRetry` wants made again) that is waited for, in
     * ms. An error that asks for more isn't retried. The wait is what was asked for plus the jittered delay, so that
     * those who were told the same don't come back together. 0 or more. Default 60,000.
     */
    readonly maxRetryAfterMs?: number | undefined;
    /**
     * How long an outcome asks to be left alone, in ms. When it throws, that is reported under `retryAfterMs`, and nothing
     * was asked. Default: the property `retryAfterMs` of the error or value, if it is a number from 0 on.
     */
    readonly retryAfterMs?: {
        method(outcome: AttemptOutcome): number | undefined;
    }['method'] | undefined;
    /** Gets each value that another attempt replaces, to release what it holds. What it throws is reported. */
    readonly discard?: ((value: never) => void) | undefined;
    /** Random numbers in [0, 1) for the jitter. Default `Math.random`. */
    readonly random?: (() => number) | undefined;
}
/**
 * Whether an outcome is worth another attempt when nobody says otherwise: an error that is no refusal of ours. To retry
 * a circuit that is open only keeps the caller waiting.
 */
declare function isRetryable(outcome: AttemptOutcome): boolean;

/** Why there was no further attempt. */
type GiveUpReason = 'attempts' | 'not-retryable' | 'retry-after' | 'deadline' | 'budget';
/** Another attempt will be made. */
interface RetryEvent {
    /** The number of the attempt that has ended: from 1. */
    readonly attempt: number;
    readonly outcome: AttemptOutcome;
    /** How long until the next one, in ms. */
    readonly delayMs: number;
}
/** No further attempt will be made, and the call ends with `outcome`. */
interface GiveUpEvent {
    readonly reason: GiveUpReason;
    /** How many attempts there were. */
    readonly attempts: number;
    readonly outcome: AttemptOutcome;
}
/** The events of a `RetryPolicy`. A call that is cancelled by its caller emits none. */
interface RetryEvents {
    retry: [event: RetryEvent];
    /** A call has succeeded, but not at its first attempt. */
    recovered: [event: {
        readonly attempts: number;
    }];
    giveUp: [event: GiveUpEvent];
}
/** The readings of a retry policy: plain JSON. */
interface RetrySnapshot {
    readonly name: string;
    /** Calls that wait for their next attempt. */
    readonly waiting: number;
    readonly totals: {
        readonly calls: number;
        /** Attempts beyond the first of each call. */
        readonly retries: number;
        /** Calls that succeeded after all. */
        readonly recovered: number;
        /** Calls that ended with what `shouldRetry` wanted made again, or with an error, by reason. */
        readonly gaveUp: {
            readonly [Reason in GiveUpReason]: number;
        };
        /** Calls that were cancelled by their caller after an attempt. */
        readonly cancelled: number;
    };
    /** `null` without a budget, or when it can't tell. */
    readonly budget: RetryBudgetSnapshot | null;
}
/** A policy that tries again. */
interface RetryPolicy extends Policy, Observable<RetryEvents> {
    readonly kind: 'retry';
    snapshot(): RetrySnapshot;
}
/**
 * Makes a failed call again, after a wait that grows and is jittered, within attempts, a deadline and a budget. In the
 * end the caller gets what the last attempt gave. An abort by the caller ends a wait at once with the signal's reason,
 * and there is no further attempt. Source of the waits: AWS, "Exponential backoff and jitter".
 * @throws TypeError or RangeError that names the option which is wrong.
 */
declare function retry(options?: RetryOptions): RetryPolicy;

export { isRetryable as j, retryBudget as k, retry as r };
export type { AttemptOutcome as A, GiveUpEvent as G, RetryOptions as R, ShouldRetry as S, RetryPolicy as a, RetryBudget as b, RetryBudgetSnapshot as c, GiveUpReason as d, RetryBudgetOptions as e, RetryDelayOptions as f, RetryEvent as g, RetryEvents as h, RetrySnapshot as i };
