import { S as StacklessError, b as Emitting, O as Observable, E as EmittingOptions, C as Clock, c as Timers, P as Policy, W as WorkContext, d as ExecuteOptions, T as TimeOptions, e as CircuitBreakerOptions, f as CircuitBreaker } from './sleep-shared.js';
export { g as BreakOptions, h as BreakerCreatedEvent, i as BreakerEvictedEvent, B as BreakerRegistry, j as BreakerRegistryEvents, a as BreakerRegistryOptions, k as BreakerRegistrySnapshot, l as BreakerSparedEvent, m as CallEvent, n as CircuitBreakerEvents, o as CircuitBreakerRules, p as CircuitBreakerSnapshot, q as CircuitOpenError, r as CircuitOpenErrorOptions, s as CircuitState, t as Classify, u as CloseEvent, F as FailureEvent, H as HalfOpenEvent, v as HeldState, w as Hold, x as HoldEvent, J as Judgement, L as ListenerErrorHandler, y as OpenEvent, z as OpenReason, A as Outcome, D as Permit, G as ProbeCheck, I as ProbeOptions, R as RampUpOptions, K as RefusalState, M as RegistryOverflowEvent, N as RejectedEvent, Q as SavedCircuitBreaker, U as SavedCountWindow, V as SavedSlot, X as SavedTimeWindow, Y as SavedWindow, Z as Timer, _ as TripOptions, $ as Verdict, a0 as WindowOptions } from './sleep-shared.js';
import { b as RetryBudget, c as RetryBudgetSnapshot, R as RetryOptions, a as RetryPolicy } from './retry-shared.js';
export { A as AttemptOutcome, G as GiveUpEvent, d as GiveUpReason, e as RetryBudgetOptions, f as RetryDelayOptions, g as RetryEvent, h as RetryEvents, i as RetrySnapshot, S as ShouldRetry, j as isRetryable, r as retry, k as retryBudget } from './retry-shared.js';

/** A bulkhead had neither room nor a free place in its queue; the work was not started. Carries no stack trace. */
declare class BulkheadFullError extends StacklessError {
    readonly code: 'ERR_BULKHEAD_FULL';
    /** The name of the bulkhead. */
    readonly bulkhead: string;
    /** How many calls ran. */
    readonly running: number;
    /** How many calls waited. */
    readonly queued: number;
    constructor(bulkhead: string, running: number, queued: number);
    get name(): 'BulkheadFullError';
}

/** How well something is. */
type HealthStatus = 'healthy' | 'degraded' | 'unhealthy';
/**
 * Finds out how something is. Rejecting, throwing or `false` is unhealthy; `degraded` or `unhealthy` are what they say;
 * everything else is healthy. `signal` aborts when its time is up and when the monitor stops.
 */
type HealthCheck = (signal: AbortSignal) => unknown;
/** A check with its options. */
interface HealthCheckOptions {
    readonly check: HealthCheck;
    /** From one beginning to the next, in ms. From 1. Default 10,000. */
    readonly intervalMs?: number | undefined;
    /** A check that takes this many ms has failed. From 1. Default 5,000. */
    readonly timeoutMs?: number | undefined;
    /** Whether the whole is unhealthy when this is; otherwise the whole is degraded. Default `true`. */
    readonly critical?: boolean | undefined;
    /** How many failed checks in a row make it unhealthy. Until then it is degraded. From 1. Default 1. */
    readonly failureThreshold?: number | undefined;
}
/** What one check has found. */
interface ComponentHealth {
    /** `unknown` until its first check has ended. */
    readonly status: HealthStatus | 'unknown';
    readonly critical: boolean;
    /** How long the last check took, in ms; `null` before the first. */
    readonly durationMs: number | null;
    /** How long ago it ended, in ms; `null` before the first. */
    readonly agoMs: number | null;
    /** How many failed in a row. */
    readonly consecutiveFailures: number;
    /** Why it isn't healthy; `null` when it is. */
    readonly message: string | null;
    /** Whether a check runs on although its time is up. There is no next one until it ends. */
    readonly hung: boolean;
}
/** How the whole is: plain JSON. */
interface HealthReport {
    /** `unhealthy` when a critical component is; otherwise `degraded` when any component isn't healthy. */
    readonly status: HealthStatus;
    readonly components: {
        readonly [name: string]: ComponentHealth;
    };
}

/** What a `HealthMonitor` is made with. */
interface HealthMonitorOptions extends EmittingOptions {
    /** What is checked, by name: a function alone has the default options. */
    readonly checks: {
        readonly [name: string]: HealthCheck | HealthCheckOptions;
    };
    /** The source of time. Default the monotonic clock of the platform. */
    readonly clock?: Clock | undefined;
    /** Starts the timers. Default those of the platform, unreferenced. */
    readonly timers?: Timers | undefined;
}
/** A component is in another state than before. */
interface ComponentChangeEvent {
    readonly component: string;
    readonly from: ComponentHealth['status'];
    readonly to: HealthStatus;
    /** What its check failed with; `undefined` when it didn't. */
    readonly error: unknown;
}
/** The whole is in another state than before. */
interface HealthChangeEvent {
    readonly from: HealthStatus;
    readonly to: HealthStatus;
    readonly report: HealthReport;
}
/** The events of a `HealthMonitor`. */
interface HealthMonitorEvents {
    componentChange: [event: ComponentChangeEvent];
    change: [event: HealthChangeEvent];
}
/** The readings of a monitor: plain JSON. */
interface HealthMonitorSnapshot extends HealthReport {
    readonly name: string;
    readonly running: boolean;
}
/**
 * Checks each component at its own interval and says how the whole is. A check that hangs counts as failed when its time
 * is up, and isn't begun again until it has ended. Its timers don't keep the process alive, and are given back by `stop`.
 */
declare class HealthMonitor extends Emitting<HealthMonitorEvents> implements Observable<HealthMonitorEvents>, Disposable {
    #private;
    /** @throws TypeError or RangeError that names the option which is wrong. */
    constructor(options: HealthMonitorOptions);
    /** How the whole is, by the last checks. */
    get status(): HealthStatus;
    /** Checks everything now and then at each interval, until `stop`. Does nothing when it runs already. */
    start(): this;
    /** Gives the timers back and aborts the checks that run; their results don't count. May be started again. */
    stop(): void;
    /** As `stop`. */
    [Symbol.dispose](): void;
    /** Checks everything once, joining the checks that run, and resolves with the report. Never rejects. */
    checkNow(): Promise<HealthReport>;
    /** How everything is, by the last checks. Checks nothing. */
    report(): HealthReport;
    snapshot(): HealthMonitorSnapshot;
}

/** A registry with `overflow: 'reject'` had no room for one more key. Carries no stack trace. */
declare class RegistryFullError extends StacklessError {
    readonly code: 'ERR_REGISTRY_FULL';
    /** The name of the registry. */
    readonly registry: string;
    /** The key that found no room. */
    readonly key: string;
    constructor(registry: string, key: string);
    get name(): 'RegistryFullError';
}

/** A call took longer than a `timeout` allows. Carries no stack trace. */
declare class TimeoutError extends StacklessError {
    readonly code: 'ERR_TIMEOUT';
    /** The name of the timeout policy. */
    readonly policy: string;
    /** How long it had waited for, in ms. */
    readonly timeoutMs: number;
    constructor(policy: string, timeoutMs: number);
    get name(): 'TimeoutError';
}

/** What `bulkhead` is made with. */
interface BulkheadOptions extends EmittingOptions {
    /** How many calls run at once. From 1. */
    readonly limit: number;
    /** How many calls wait beyond those. What comes on top is refused. From 0. Default 0: nobody waits. */
    readonly queueCapacity?: number | undefined;
}
/** A call was refused. */
interface BulkheadFullEvent {
    readonly running: number;
    readonly queued: number;
}
/** The events of a `BulkheadPolicy`. */
interface BulkheadEvents {
    rejected: [event: BulkheadFullEvent];
}
/** The readings of a bulkhead: plain JSON. */
interface BulkheadSnapshot {
    readonly name: string;
    readonly limit: number;
    readonly queueCapacity: number;
    readonly running: number;
    readonly queued: number;
    readonly totals: {
        /** Calls that were begun. */
        readonly admitted: number;
        /** Calls that were refused. */
        readonly rejected: number;
        /** Calls that were cancelled by their caller while they waited. */
        readonly cancelled: number;
    };
}
/** A place in a bulkhead. `using` gives it back at the end of the block. */
interface BulkheadSlot extends Disposable {
    /** Gives the place to whoever is next. Does nothing the second time. */
    release(): void;
}
/** A policy that bounds how many calls run at once. */
interface BulkheadPolicy extends Policy, Observable<BulkheadEvents> {
    readonly kind: 'bulkhead';
    /** A place for work that isn't one function, or `undefined` when there is none now. Never waits. */
    tryAcquire(): BulkheadSlot | undefined;
    snapshot(): BulkheadSnapshot;
}
/**
 * Bounds how many calls run at once, so that one slow dependency can't take everything. Those who find no room wait in
 * line up to `queueCapacity`, first come first served: newcomers never overtake, and what is in the line is never
 * refused any more. An abort by the caller ends the wait. How long one waits is bounded by a `timeout` around it.
 * A place is taken until the work ends; a `timeout` inside frees it even when its work runs on.
 * @throws TypeError or RangeError that names the option which is wrong.
 */
declare function bulkhead(options: BulkheadOptions): BulkheadPolicy;

/** A policy whose calls may end with an `F` in place of the work's own result. With `never` it is a `Policy`. */
interface SubstitutingPolicy<F> {
    execute<T>(work: (context: WorkContext) => T | PromiseLike<T>, options?: ExecuteOptions): Promise<T | F>;
    /** Nothing at run time: the type of what may come in place of a result. */
    readonly substitutes?: readonly [F] | undefined;
}
/** Every policy, whether it substitutes or not. */
type AnyPolicy = SubstitutingPolicy<unknown>;
/** What the policies `P`, a union, may put in place of a result. */
type SubstituteOf<P> = P extends unknown ? 'substitutes' extends keyof P ? P extends {
    readonly substitutes?: readonly [infer F] | undefined;
} ? F : never : never : never;
/** Policies as one. */
interface ComposedPolicy<F = never> extends SubstitutingPolicy<F> {
    /** What it was composed of, outermost first. */
    readonly policies: readonly AnyPolicy[];
}
/**
 * Nests policies, outermost first: `compose(retry, breaker, timeout)` retries what the breaker admits, and the timeout
 * counts for each attempt. Any number of them; without any the work is just called. The caller's signal goes in at the
 * outermost, and each hands its own to the next. Any order is taken; `checkOrder` says which ones are likely mistakes.
 */
declare function compose<const P extends readonly AnyPolicy[]>(...policies: P): ComposedPolicy<SubstituteOf<P[number]>>;

/** What kinds of policies there are here. Others have no say in the order. */
type PolicyKind = 'fallback' | 'coalesce' | 'retry' | 'hedge' | 'bulkhead' | 'circuit-breaker' | 'timeout';
/** Two policies that are likely nested the wrong way round, or one that lacks a companion. */
interface OrderWarning {
    readonly code: 'fallback-inside' | 'coalesce-inside' | 'retry-inside-breaker' | 'hedge-inside-breaker' | 'bulkhead-inside-breaker' | 'bulkhead-around-retry' | 'breaker-without-timeout' | 'retry-without-timeout';
    readonly outer: PolicyKind;
    /** The kind inside it; the one that is missing there when the code ends in `without-timeout`. */
    readonly inner: PolicyKind;
    /** What goes wrong, and what to do. */
    readonly message: string;
}
/**
 * Says which of `policies`, outermost first, are likely in the wrong order: in a test, or at start-up. What has been
 * composed is looked into. Policies of other makes are recognized by their `kind`, and otherwise passed over.
 */
declare function checkOrder(...policies: readonly AnyPolicy[]): OrderWarning[];

/** What `coalesce` is made with. */
interface CoalesceOptions extends EmittingOptions {
    /** How many keys may have a work running at once. Calls for further ones run by themselves. From 1. Default 1,000. */
    readonly maxKeys?: number | undefined;
}
/** What may accompany a call of a `CoalescePolicy`. */
interface CoalesceExecuteOptions extends ExecuteOptions {
    /**
     * Calls with the same key, compared as a `Map` does, share one work. Who uses a key has to see to it that its results
     * are of one type. Default `undefined`, which is a key, too.
     */
    readonly key?: unknown;
}
/** The events of a `CoalescePolicy`. */
interface CoalesceEvents {
    /** A call runs by itself, because `maxKeys` are running. */
    bypassed: [event: {
        readonly key: unknown;
    }];
}
/** The readings of a coalescing policy: plain JSON. */
interface CoalesceSnapshot {
    readonly name: string;
    readonly maxKeys: number;
    /** Works that run for their key. */
    readonly running: number;
    readonly totals: {
        readonly calls: number;
        /** Calls that joined a work which ran already. */
        readonly joined: number;
        /** Calls that ran by themselves. */
        readonly bypassed: number;
    };
}
/** A policy that shares works. */
interface CoalescePolicy extends Policy, Observable<CoalesceEvents> {
    readonly kind: 'coalesce';
    execute<T>(work: (context: WorkContext) => T | PromiseLike<T>, options?: CoalesceExecuteOptions): Promise<T>;
    /** The policy of one key, to compose: `compose(lookups.forKey(id), breaker)`. Cheap, nothing is kept for it. */
    forKey(key: unknown): Policy & {
        readonly kind: 'coalesce';
    };
    snapshot(): CoalesceSnapshot;
}
/**
 * Lets calls with the same key share one work while it runs (single flight). All of them get the same value or error,
 * not a copy. Nothing is kept once the work has ended: this is no cache, and the call after a rejection begins anew.
 * An abort ends the call of that caller only; the work's signal aborts when every caller has left, and then the next
 * call begins anew, too. How many callers wait isn't bounded here; a `bulkhead` around it does that.
 * @throws TypeError or RangeError that names the option which is wrong.
 */
declare function coalesce(options?: CoalesceOptions): CoalescePolicy;

/** What `fallback` is made with. */
interface FallbackOptions<F> extends EmittingOptions {
    /**
     * Makes what the caller gets in place of the error. What it throws or rejects with goes to the caller instead. Its
     * signal is the caller's.
     */
    readonly substitute: (error: unknown, context: WorkContext) => F | PromiseLike<F>;
    /**
     * Which errors are replaced. Not asked once the caller has aborted: that error always goes through. When it throws,
     * that is reported to `onListenerError` under `handles`, and the error is replaced. Default: every one.
     */
    readonly handles?: ((error: unknown) => boolean) | undefined;
}
/** The events of a `FallbackPolicy`. */
interface FallbackEvents {
    /** An error is being replaced. */
    fallback: [event: {
        readonly error: unknown;
    }];
}
/** The readings of a fallback: plain JSON. */
interface FallbackSnapshot {
    readonly name: string;
    readonly totals: {
        readonly calls: number;
        /** Calls whose error was replaced. */
        readonly replaced: number;
        /** Of them, those whose substitute failed, too. */
        readonly failed: number;
    };
}
/** A policy that puts something in place of an error. */
interface FallbackPolicy<F> extends SubstitutingPolicy<F>, Observable<FallbackEvents> {
    readonly kind: 'fallback';
    snapshot(): FallbackSnapshot;
}
/**
 * Gives the caller something else when the call fails. An abort by the caller isn't replaced: nobody waits any more.
 * @throws TypeError or RangeError that names the option which is wrong.
 */
declare function fallback<F>(options: FallbackOptions<F> | FallbackOptions<F>['substitute']): FallbackPolicy<F>;

/** What `hedge` is made with. */
interface HedgeOptions extends EmittingOptions, TimeOptions {
    /**
     * How long to wait for an answer before the next attempt is made beside it, in ms. A function is asked once for each
     * wait, so that it may read a quantile: `() => tracker.quantile(0.95)`. When it returns no number from 0 on, or
     * throws (which is reported under `afterMs`), the call isn't hedged.
     */
    readonly afterMs: number | (() => number);
    /** How many attempts run at once at most. From 2. Default 2. */
    readonly attempts?: number | undefined;
    /**
     * What bounds the hedges of all calls together, so that a dependency that is slow for everyone isn't asked twice by
     * everyone. Default a budget of its own: a fifth of the calls of the last 10 s, and 10. `false` for none.
     */
    readonly budget?: RetryBudget | false | undefined;
    /** Gets each value that comes too late to win, to release what it holds. What it throws is reported. */
    readonly discard?: ((value: never) => void) | undefined;
}
/** The events of a `HedgePolicy`. */
interface HedgeEvents {
    /** Another attempt begins: the number of it, from 2. */
    hedge: [event: {
        readonly attempt: number;
    }];
    /** A call has succeeded: the number of the attempt that won. Only for calls that were hedged. */
    won: [event: {
        readonly attempt: number;
    }];
}
/** The readings of a hedge: plain JSON. */
interface HedgeSnapshot {
    readonly name: string;
    readonly totals: {
        readonly calls: number;
        /** Attempts beyond the first of each call. */
        readonly hedges: number;
        /** Calls that were won by such an attempt. */
        readonly wins: number;
        /** Hedges that weren't made, because the budget was spent. */
        readonly withheld: number;
    };
    /** `null` without a budget. */
    readonly budget: RetryBudgetSnapshot | null;
}
/** A policy that asks twice. */
interface HedgePolicy extends Policy, Observable<HedgeEvents> {
    readonly kind: 'hedge';
    snapshot(): HedgeSnapshot;
}
/**
 * Asks a second time when the first answer is late, and takes whichever comes first: for reads, or what else may be done
 * twice. The losers' signals abort. An attempt that fails leaves the field to those that run; the call rejects with the
 * last error once none is left. A failure by itself doesn't begin another attempt: that is what `retry` is for.
 * Source: Dean and Barroso, "The tail at scale", CACM 2013.
 * @throws TypeError or RangeError that names the option which is wrong.
 */
declare function hedge(options: HedgeOptions): HedgePolicy;

/** What `timeout` is made with. */
interface TimeoutOptions extends EmittingOptions, TimeOptions {
    /** How long a call may take, in ms. Above 0, up to 2,147,483,647. It ends up to 10 ms later than that, never earlier. */
    readonly ms: number;
}
/** The events of a `TimeoutPolicy`. The call has been rejected and its signal aborted before they go out. */
interface TimeoutEvents {
    timeout: [event: {
        readonly error: TimeoutError;
    }];
    /** A work whose call had timed out has ended after all. Nobody gets its result. */
    late: [event: LateEvent];
}
/** A work ended after its call had timed out. */
interface LateEvent {
    /** Whether it succeeded. */
    readonly ok: boolean;
    /** How long after the timeout, in ms. */
    readonly lateMs: number;
}
/** The readings of a timeout: plain JSON. */
interface TimeoutSnapshot {
    readonly name: string;
    readonly timeoutMs: number;
    /** Calls that wait for their work. */
    readonly running: number;
    /** Works that run on although their call has timed out, because they don't heed their signal. */
    readonly overdue: number;
    readonly totals: {
        readonly calls: number;
        readonly timedOut: number;
    };
}
/** A policy that stops waiting. */
interface TimeoutPolicy extends Policy, Observable<TimeoutEvents> {
    readonly kind: 'timeout';
    snapshot(): TimeoutSnapshot;
}
/**
 * Stops waiting for a work after `ms`: its signal aborts, and the call rejects with a `TimeoutError` whether the work
 * heeds that or not. An abort by the caller goes through to the work's signal; the timeout itself neither rejects
 * because of it nor counts it, and once it has happened the call ends with the caller's reason instead of a
 * `TimeoutError`. All timeouts share one coarse timer, which runs only while calls wait,
 * and up to 10 ms longer.
 * @throws TypeError or RangeError that names the option which is wrong.
 */
declare function timeout(options: number | TimeoutOptions): TimeoutPolicy;

/**
 * What `resilient` is made with. Each part takes its options, or a policy that is there already and may be shared, or
 * `false` to leave it out.
 */
interface ResilientOptions<F = never> extends EmittingOptions, TimeOptions {
    /** What the caller gets in place of an error. Default none. */
    readonly fallback?: FallbackOptions<F> | FallbackOptions<F>['substitute'] | FallbackPolicy<F> | false | undefined;
    /** Whether calls with the same key share one work; `forKey` of it takes the key. Default they don't. */
    readonly coalesce?: CoalesceOptions | CoalescePolicy | false | undefined;
    /** How long a call may take with all its attempts and waits, in ms. Default no limit. */
    readonly totalTimeout?: number | TimeoutOptions | TimeoutPolicy | false | undefined;
    /** Default three attempts, with a budget. */
    readonly retry?: RetryOptions | RetryPolicy | false | undefined;
    /** When a second attempt is made beside a slow one. Default never. */
    readonly hedge?: HedgeOptions | HedgePolicy | false | undefined;
    /** How many attempts run at once. Default no limit. */
    readonly bulkhead?: BulkheadOptions | BulkheadPolicy | false | undefined;
    /** Default one that opens after five failures in a row. */
    readonly breaker?: CircuitBreakerOptions | CircuitBreaker | false | undefined;
    /** How long one attempt may take, in ms. Default 10,000. */
    readonly timeout?: number | TimeoutOptions | TimeoutPolicy | false | undefined;
}
/** Policies in an order that is right most of the time, and each of them to watch. `undefined` is what was left out. */
interface ResilientPolicy<F = never> extends ComposedPolicy<F> {
    readonly name: string;
    readonly fallback: FallbackPolicy<F> | undefined;
    readonly coalesce: CoalescePolicy | undefined;
    readonly totalTimeout: TimeoutPolicy | undefined;
    readonly retry: RetryPolicy | undefined;
    readonly hedge: HedgePolicy | undefined;
    readonly bulkhead: BulkheadPolicy | undefined;
    readonly breaker: CircuitBreaker | undefined;
    readonly timeout: TimeoutPolicy | undefined;
}
/**
 * Policies in the order that is right most of the time, outermost first: fallback, coalesce, total timeout, retry,
 * hedge, bulkhead, breaker, timeout. So the substitute comes last; shared works are retried once for all; a call waits
 * for its next attempt outside the bulkhead; what waits in the bulkhead is no probe; and the breaker counts each
 * attempt, timeouts included. Retry, breaker and timeout are there by default.
 * @throws TypeError or RangeError that names the option which is wrong, as `retry.attempts`.
 */
declare function resilient<F = never>(options?: ResilientOptions<F>): ResilientPolicy<F>;

export { BulkheadFullError, CircuitBreaker, CircuitBreakerOptions, Clock, Emitting, EmittingOptions, ExecuteOptions, HealthMonitor, Observable, Policy, RegistryFullError, RetryBudget, RetryBudgetSnapshot, RetryOptions, RetryPolicy, StacklessError, TimeOptions, TimeoutError, Timers, WorkContext, bulkhead, checkOrder, coalesce, compose, fallback, hedge, resilient, timeout };
export type { AnyPolicy, BulkheadEvents, BulkheadFullEvent, BulkheadOptions, BulkheadPolicy, BulkheadSlot, BulkheadSnapshot, CoalesceEvents, CoalesceExecuteOptions, CoalesceOptions, CoalescePolicy, CoalesceSnapshot, ComponentChangeEvent, ComponentHealth, ComposedPolicy, FallbackEvents, FallbackOptions, FallbackPolicy, FallbackSnapshot, HealthChangeEvent, HealthCheck, HealthCheckOptions, HealthMonitorEvents, HealthMonitorOptions, HealthMonitorSnapshot, HealthReport, HealthStatus, HedgeEvents, HedgeOptions, HedgePolicy, HedgeSnapshot, LateEvent, OrderWarning, PolicyKind, ResilientOptions, ResilientPolicy, SubstituteOf, SubstitutingPolicy, TimeoutEvents, TimeoutOptions, TimeoutPolicy, TimeoutSnapshot };
