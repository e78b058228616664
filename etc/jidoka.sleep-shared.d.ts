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

/**
 * Everything that wraps a call. Policies of all packages, and those of other libraries with this shape, nest with
 * `compose`.
 */
interface Policy {
    /**
     * Calls `work`, or refuses to.
     * `context.signal` is made only when it is read; it aborts when the policy gives up or `options.signal` aborts.
     */
    execute<T>(work: (context: WorkContext) => T | PromiseLike<T>, options?: ExecuteOptions): Promise<T>;
}
/** What the wrapped work is given. */
interface WorkContext {
    readonly signal: AbortSignal;
}
/** What may accompany one call. */
interface ExecuteOptions {
    /** Aborts the call. A call cancelled by its caller counts neither as a success nor as a failure. */
    readonly signal?: AbortSignal | undefined;
}
/** Everything that andon can watch. */
interface Observable<Events extends EventMap<Events>> {
    /** What it is called on boards, in metrics and in messages. */
    readonly name: string;
    /** Adds a listener and returns what takes it away again. */
    on<E extends keyof Events & string>(event: E, listener: (...args: Events[E]) => void): () => void;
    /** A plain JSON object of the present readings: cheap, without side effect. */
    snapshot(): object;
}

/** What every primitive that emits can be told. */
interface EmittingOptions {
    /** What it is called in messages, on boards and in metrics. Default: what it is. */
    readonly name?: string | undefined;
    /** Receives what a listener or a callback of yours threw. Default: it is printed. */
    readonly onListenerError?: ListenerErrorHandler | undefined;
}
/** What has a name and events. Its emitter is made for the first listener. */
declare class Emitting<Events extends EventMap<Events>> {
    #private;
    readonly name: string;
    constructor({ name, onListenerError }: EmittingOptions, defaultName: string);
    /** Adds a listener, which can't change what happens. Returns what takes it away again. */
    on<E extends keyof Events & string>(event: E, listener: (...args: Events[E]) => void): () => void;
    /** Whether anyone listens: asked before an event is built. */
    protected isHeard(event: keyof Events & string): boolean;
    protected emit<E extends keyof Events & string>(event: E, ...args: Events[E]): void;
    /** Asks a callback of the user's. What it throws is reported under `source`, and `otherwise` is the answer. */
    protected ask<T>(source: string, callback: () => T, otherwise: T): T;
    protected reportError(error: unknown, source: string): void;
}

/** How a call ended. `durationMs` runs from its admission to its end. */
type Outcome<Value = unknown> = {
    readonly ok: true;
    readonly value: Value;
    readonly durationMs: number;
} | {
    readonly ok: false;
    readonly error: unknown;
    readonly durationMs: number;
};
/** What an outcome counts as. An ignored call leaves no trace in the rules and gives its probe's place back. */
type Verdict = 'success' | 'failure' | 'ignore';
/** A verdict with more to say. */
interface Judgement {
    readonly verdict: Verdict;
    /**
     * How long the callee asks to be left alone, in ms, 0 or more. When this failure opens the circuit, that is its break,
     * in place of the one from `break`: at least 1 ms and at most `break.maxMs`, without growth or jitter.
     */
    readonly retryAfterMs?: number | undefined;
    /** Opens the circuit with this failure, whatever the rules say. */
    readonly trip?: boolean | undefined;
}
/**
 * Decides what an outcome counts as. The parameter may be annotated with the value type that the calls have:
 * `(outcome: Outcome<Response>) => …`.
 */
type Classify = {
    method(outcome: Outcome): Verdict | Judgement;
}['method'];

/** Which calls the ratios are taken over. */
type WindowOptions = {
    readonly kind: 'time';
    /**
     * How far back it reaches, in ms. From 10. It moves in ten slots, so an outcome leaves after `ms` at the latest
     * and nine tenths of it at the earliest.
     */
    readonly ms: number;
} | {
    readonly kind: 'count';
    /** How many of the last counted calls it holds. From 1 to 1,000,000. Costs a byte each. */
    readonly calls: number;
};
/**
 * When a closed circuit opens: as soon as any one of the rules holds. Without any rule, `consecutiveFailures` is 5.
 * Reaching a threshold is enough.
 */
interface TripOptions {
    /** Opens after this many failures in a row. From 1, `Infinity` for never. No rule by default if there is another. */
    readonly consecutiveFailures?: number | undefined;
    /** Opens when this share of the window has failed. In (0, 1]. No rule by default. */
    readonly failureRatio?: number | undefined;
    /**
     * Opens when this share of the window was slow. In (0, 1]. Needs `slowCallMs`. No rule by default.
     * With it, a slow probe counts as a failed one.
     */
    readonly slowRatio?: number | undefined;
    /** A call that takes this many ms or longer is slow, whether it succeeds or fails. Above 0. No call by default. */
    readonly slowCallMs?: number | undefined;
    /** The ratios say nothing until the window holds this many calls. From 1. Default 20, or a smaller `window.calls`. */
    readonly minimumCalls?: number | undefined;
}
/** How long an open circuit stays open. */
interface BreakOptions {
    /** The first break, in ms. From 1. Default 30,000. The break is over exactly at its end. */
    readonly ms?: number | undefined;
    /**
     * What each further opening multiplies the break by, until the circuit has been closed for a whole window.
     * From 1. Default 1: every break is as long as the first.
     */
    readonly factor?: number | undefined;
    /**
     * The longest break that `factor` leads to, or that an outcome may name, in ms. From `ms`. Default 300,000, or a
     * longer `ms`.
     */
    readonly maxMs?: number | undefined;
    /**
     * Takes off up to this share of each break, so that breakers that opened together don't probe together.
     * In [0, 1). Default 0.
     */
    readonly jitterRatio?: number | undefined;
}
/** What happens after the break. */
interface ProbeOptions {
    /** How many calls are admitted to find out. From 1 to 10,000. Default 1. */
    readonly calls?: number | undefined;
    /**
     * Closes once this share of `calls` has succeeded, and opens again once that can't be reached any more.
     * In (0, 1]. Default 1.
     */
    readonly successRatio?: number | undefined;
    /**
     * A probe that gave no answer after this many ms counts as failed, so that one that hangs can't keep the circuit
     * from recovering. It isn't aborted, and its late answer counts for nothing. From 1. Default 30,000.
     */
    readonly maxWaitMs?: number | undefined;
    /**
     * Finds out without traffic: called at the end of the break, and again until enough probes have succeeded or the
     * circuit opens again. It takes the place of one probe. Resolving is a success, rejecting or throwing a failure;
     * `classify` isn't asked. Its signal aborts after `maxWaitMs`, when something else has decided, and on disposal.
     * Needs a timer, but only while the circuit is not closed. Default none: the next calls find out.
     */
    readonly check?: ProbeCheck | undefined;
    /**
     * What happens to calls beyond `calls` while half-open: `refuse`, or `wait` for a place or a decision, first come
     * first served. `tryAcquire` never waits. Waiting needs a timer while somebody waits. Default `refuse`.
     */
    readonly overflow?: 'refuse' | 'wait' | undefined;
    /** How many calls may wait. What comes beyond them is refused. From 1 to 100,000. Default 100. */
    readonly maxWaiting?: number | undefined;
}
/** A trial of the callee that isn't a user's call. */
type ProbeCheck = (signal: AbortSignal) => unknown;
/** How the traffic comes back once probes have closed the circuit. */
interface RampUpOptions {
    /** How long until every call is admitted, in ms. From 1. The admitted share grows evenly. */
    readonly ms: number;
    /** The share of calls that is admitted at the beginning. In (0, 1]. Default 0.1. */
    readonly fromRatio?: number | undefined;
}
/** The rules of a `CircuitBreaker`: what `reconfigure` replaces. */
interface CircuitBreakerRules {
    /** Which calls the ratios, and the readings in `snapshot()`, are taken over. Default the last 30,000 ms. */
    readonly window?: WindowOptions | undefined;
    /** When it opens. Default after 5 failures in a row. */
    readonly trip?: TripOptions | undefined;
    /** How long it stays open. Default 30,000 ms. */
    readonly break?: BreakOptions | undefined;
    /** How it finds out whether to close. Default one call. */
    readonly probe?: ProbeOptions | undefined;
    /** How the traffic comes back. Default all at once. */
    readonly rampUp?: RampUpOptions | undefined;
    /**
     * `observe` is the dry run: the circuit opens and closes as ever, but no call is refused, not even while it is forced
     * open. What would have been refused is counted in `totals.wouldReject` and told as `wouldReject`, and its outcome
     * counts in the totals alone. Default `enforce`.
     */
    readonly mode?: 'enforce' | 'observe' | undefined;
    /**
     * Decides what an outcome counts as. It can't change the outcome itself. Not asked about a call that was cancelled by
     * its caller, nor about permits and checks. When it throws, or returns something else, that is reported to
     * `onListenerError` under `classify`, and the outcome counts as without it. Default: what rejects or throws is a
     * failure, unless it is a refusal of a policy inside: `ERR_CIRCUIT_OPEN`, `ERR_BULKHEAD_FULL`, `ERR_QUEUE_FULL` and
     * `ERR_RATE_LIMITED` say nothing about the callee and are ignored.
     */
    readonly classify?: Classify | undefined;
}
/** What a `CircuitBreaker` is made with. */
interface CircuitBreakerOptions extends CircuitBreakerRules {
    /** What it is called in messages, on boards and in metrics. Default `circuit-breaker`. */
    readonly name?: string | undefined;
    /** Random numbers in [0, 1) for `break.jitterRatio`. Asked once, at construction. Default `Math.random`. */
    readonly random?: (() => number) | undefined;
    /** The source of time. Default the monotonic clock of the platform. */
    readonly clock?: Clock | undefined;
    /** Read by `toJSON` and `restore` alone, in ms since 1970. Default the wall clock of the platform. */
    readonly wallClock?: Clock | undefined;
    /** Starts the timers of `probe.check` and `probe.overflow`. Default those of the platform, unreferenced. */
    readonly timers?: Timers | undefined;
    /** Receives what a listener or `classify` threw. Default: it is printed. */
    readonly onListenerError?: ListenerErrorHandler | undefined;
}

/**
 * `closed` admits, `open` refuses until the break is over, `half-open` admits probes, `forced-open` refuses and
 * `disabled` admits while it is held. Time alone turns `open` into `half-open`, also in what is read: no call is needed
 * for it.
 */
type CircuitState = 'closed' | 'open' | 'half-open' | 'forced-open' | 'disabled';
/** The readings of a circuit breaker: plain JSON. */
interface CircuitBreakerSnapshot {
    readonly name: string;
    readonly state: CircuitState;
    /** `observe`: a dry run, nothing is refused whatever the state. */
    readonly mode: 'enforce' | 'observe';
    /** How long it has been in this state, in ms. While it is held: how long it has been in the state underneath. */
    readonly stateForMs: number;
    /** How many calls that counted failed in a row. */
    readonly consecutiveFailures: number;
    /** What the ratios are taken over. Kept while open, begun anew on closing. */
    readonly window: {
        /** Completed calls that counted: neither refused nor ignored nor late ones, nor those still running. */
        readonly completed: number;
        readonly failed: number;
        readonly slow: number;
        /** 0 when `completed` is 0. */
        readonly failureRatio: number;
        /** 0 when `completed` is 0. */
        readonly slowRatio: number;
    };
    /**
     * Since the breaker was made, or the one that it was restored from. `success`, `failure` and `ignored` add up to the
     * calls that have ended, checks included.
     */
    readonly totals: {
        readonly success: number;
        readonly failure: number;
        readonly ignored: number;
        /** Of them, those that took `trip.slowCallMs` or longer and were not ignored. */
        readonly slow: number;
        /** Of them, those that ended too late to count. */
        readonly late: number;
        /** Refused calls: their work was not started. */
        readonly rejected: number;
        /** Calls that `mode: 'observe'` admitted and `enforce` would have refused. */
        readonly wouldReject: number;
        /** How often the circuit opened by itself. */
        readonly opened: number;
    };
    /** How often in a row it opened without a healthy window in between. */
    readonly openings: number;
    /** Probes that run, have succeeded and have failed; all 0 unless half-open. */
    readonly probes: {
        readonly running: number;
        readonly succeeded: number;
        readonly failed: number;
    };
    /** How many calls wait for a place among the probes. */
    readonly waiting: number;
    /** The share of calls that is admitted while closed: 1 unless it is ramping up. */
    readonly rampRatio: number;
    /**
     * When a call may be admitted again, in whole ms from now: 0 when at once, `null` while it is forced open. With
     * `mode: 'observe'` when it would be.
     */
    readonly retryAfterMs: number | null;
    /** When the break ends, on the breaker's clock; `null` unless open. */
    readonly nextProbeAt: number | null;
    /** The last failure that counted or came late; `null` when there was none. */
    readonly lastFailure: {
        readonly message: string;
        readonly agoMs: number;
    } | null;
    /** The reasons of those who hold it open, `null` for one without. */
    readonly holds: readonly (string | null)[];
    /** The reasons of those who disabled it, `null` for one without. */
    readonly disables: readonly (string | null)[];
}

/** What a window holds, in plain JSON, for another one to go on with. */
type SavedWindow = SavedTimeWindow | SavedCountWindow;
/** The slots of a time window that hold anything. */
interface SavedTimeWindow {
    readonly kind: 'time';
    /** How long ago it began, in ms. */
    readonly forMs: number;
    readonly slots: readonly SavedSlot[];
}
/** How long ago the slot began, in ms, and what it counted. */
type SavedSlot = readonly [agoMs: number, completed: number, failed: number, slow: number];
/** The outcomes of a count window, oldest first: a digit each, 1 for failed plus 2 for slow. */
interface SavedCountWindow {
    readonly kind: 'count';
    readonly outcomes: string;
}

/** An error without a stack trace, for what happens often and has to be cheap. */
declare class StacklessError extends Error {
    constructor(message: string, options?: {
        readonly cause?: unknown;
    });
}

/**
 * Why a circuit refuses: the break lasts, every probe is taken, someone holds it open, or it admits only a part of the
 * calls after closing.
 */
type RefusalState = 'open' | 'half-open' | 'forced-open' | 'ramping-up';
/** What a `CircuitOpenError` is made from. */
interface CircuitOpenErrorOptions {
    /** The name of the circuit breaker. */
    readonly circuit: string;
    readonly state: RefusalState;
    /** See `CircuitOpenError.retryAfterMs`. */
    readonly retryAfterMs: number | undefined;
    /** What the last failed call failed with. */
    readonly cause?: unknown;
}
/** A call was refused and the work was not started. Carries no stack trace, because refusing has to be cheap. */
declare class CircuitOpenError extends StacklessError {
    readonly code = "ERR_CIRCUIT_OPEN";
    /** The name of the circuit breaker. */
    readonly circuit: string;
    /** Why it refused. */
    readonly state: RefusalState;
    /**
     * When a call may be admitted again, in whole ms from the refusal, rounded up. While half-open: when the oldest
     * running probe ends at the latest. While ramping up: when every call is admitted again. `undefined` while it is
     * forced open, because nobody knows.
     */
    readonly retryAfterMs: number | undefined;
    constructor(options: CircuitOpenErrorOptions);
    get name(): 'CircuitOpenError';
}

/** Keeps a circuit in a state that was asked for until it is released. `using` releases it at the end of the block. */
interface Hold extends Disposable {
    /** What was given for it. */
    readonly reason: string | undefined;
    /** Lets go. Does nothing the second time. */
    release(): void;
}
/** What a circuit is held in. */
type HeldState = 'forced-open' | 'disabled';

/** Why the circuit opened. */
type OpenReason = 'consecutive-failures' | 'failure-ratio' | 'slow-ratio' | 'probe-failed' | 'probe-expired'
/** `classify` asked for it. */
 | 'outcome';
/** The circuit opened: calls are refused from now on. */
interface OpenEvent {
    readonly reason: OpenReason;
    /** How long the break lasts, in ms. */
    readonly breakMs: number;
    /** How many times in a row it opened without a healthy window in between: from 1. */
    readonly openings: number;
    /** What the last failed call failed with; `undefined` when there was none. */
    readonly cause: unknown;
}
/**
 * The break is over and the first probe was admitted, or a permit was settled since. Also when `reconfigure` makes
 * probing begin anew.
 */
interface HalfOpenEvent {
    /** How many probes are admitted at most. */
    readonly probes: number;
}
/** The circuit closed: calls are admitted again. */
interface CloseEvent {
    /** `probes`: enough of them succeeded. `reset`: someone called `reset()`. */
    readonly reason: 'probes' | 'reset';
    /** How long no ordinary call was admitted, in ms: since it left `closed`. */
    readonly outageMs: number;
}
/** A call ended. */
interface CallEvent {
    /** From admission to end, in ms. */
    readonly durationMs: number;
    /** Whether it took `trip.slowCallMs` or longer. Always `false` without that option. */
    readonly slow: boolean;
    /** Whether it ended too late to count: the circuit has changed its state since, or the probe's deadline passed. */
    readonly late: boolean;
}
/** A call ended and was classified as a failure. */
interface FailureEvent extends CallEvent {
    /** What it rejected with, or the value that was classified as a failure. */
    readonly cause: unknown;
}
/** A call was refused, or would have been. */
interface RejectedEvent {
    readonly state: RefusalState;
    /** As `CircuitOpenError.retryAfterMs`. */
    readonly retryAfterMs: number | undefined;
}
/** Someone forced the circuit open or disabled it, or let go of it. */
interface HoldEvent {
    /** Which of the two. */
    readonly held: HeldState;
    /** What was given to `forceOpen` or `disable`. */
    readonly reason: string | undefined;
    /** How many such holds there are now. */
    readonly holds: number;
    /** What the circuit reads now. */
    readonly state: CircuitState;
}
/**
 * The events of a `CircuitBreaker`. The state has changed before they go out; `open`, `halfOpen` and `close` go out in
 * the order of the changes, after the event of the call that led to them.
 */
interface CircuitBreakerEvents {
    open: [event: OpenEvent];
    halfOpen: [event: HalfOpenEvent];
    close: [event: CloseEvent];
    success: [event: CallEvent];
    failure: [event: FailureEvent];
    ignored: [event: CallEvent];
    rejected: [event: RejectedEvent];
    /** Only with `mode: 'observe'`. */
    wouldReject: [event: RejectedEvent];
    hold: [event: HoldEvent];
    release: [event: HoldEvent];
}

/**
 * The right to make one call. Exactly one of `success`, `failure` and `ignore` settles it; further calls do nothing.
 * With `using`, one that was not settled is ignored at the end of the block.
 */
interface Permit extends Disposable {
    /** The call succeeded. The permit measures how long it took, from `tryAcquire` to here. */
    success(): void;
    /** The call failed, with `error`. */
    failure(error?: unknown): void;
    /** The call says nothing about the callee: its caller cancelled it, or it wasn't made. */
    ignore(): void;
}

/** What `toJSON` returns and `restore` takes: plain JSON. Times are ages, so that another clock can go on with them. */
interface SavedCircuitBreaker {
    readonly version: 1;
    readonly name: string;
    /** When it was saved, on the wall clock, in ms since 1970. */
    readonly savedAt: number;
    readonly state: 'closed' | 'open' | 'half-open';
    readonly stateForMs: number;
    /** How long ago it was closed; 0 while it is. */
    readonly outageForMs: number;
    /** How long the break has to last; 0 unless open. */
    readonly breakLeftMs: number;
    /** Whether it admits a growing share. */
    readonly isRamping: boolean;
    readonly openings: number;
    readonly consecutiveFailures: number;
    readonly window: SavedWindow;
    readonly totals: CircuitBreakerSnapshot['totals'];
    readonly lastFailure: CircuitBreakerSnapshot['lastFailure'];
}

/**
 * Stops calling what fails. Closed, it admits every call and counts how they end; once a rule of `trip` holds it opens
 * and refuses calls at once; after the break it admits a few probes, and their outcome closes or reopens it.
 * Time is compared when something happens or is read: there is no timer without `probe.check` or `probe.overflow`.
 */
declare class CircuitBreaker implements Policy, Observable<CircuitBreakerEvents>, Disposable {
    #private;
    readonly name: string;
    /** @throws TypeError or RangeError that names the option which is wrong. */
    constructor(options?: CircuitBreakerOptions);
    /**
     * A breaker that goes on where `saved`, from `toJSON`, left off: what was open stays open for the rest of its break,
     * and what is too old by now is forgotten. The time in between is taken from the wall clock, and is 0 where that was
     * set back. The saved name holds unless `options` has one. The window begins anew when it is of another kind.
     * @throws TypeError or RangeError that names the option, or the part of `saved`, which is wrong.
     */
    static restore(saved: SavedCircuitBreaker, options?: CircuitBreakerOptions): CircuitBreaker;
    /**
     * What the circuit is now. An open one reads `half-open` from the end of its break on, although the event
     * `halfOpen` goes out only with the next call.
     */
    get state(): CircuitState;
    /**
     * Calls `work`, or rejects with a `CircuitOpenError` without calling it. What `work` returns or throws comes through
     * unchanged. When `options.signal` has aborted by the time the work rejects, the call counts for nothing; when it has
     * before the work begins, the work isn't called and the promise rejects with the signal's reason. The breaker itself
     * neither aborts nor cuts short what it has admitted.
     */
    execute<T>(work: (context: WorkContext) => T | PromiseLike<T>, options?: ExecuteOptions): Promise<T>;
    /**
     * A function that makes every call of `fn` through the breaker, with the same parameters and `this`. It always
     * returns a promise, and that rejects with a `CircuitOpenError` when the call is refused.
     */
    wrap<This, Args extends unknown[], T>(fn: (this: This, ...args: Args) => T | PromiseLike<T>): (this: This, ...args: Args) => Promise<T>;
    /**
     * A permit to make one call, or `undefined` when it is refused: for calls that aren't one function. A permit that is
     * never settled counts for nothing while closed; as a probe it counts as failed after `probe.maxWaitMs`.
     */
    tryAcquire(): Permit | undefined;
    /**
     * Refuses every call until each of the holds taken is released; `using hold = breaker.forceOpen('deploy')` releases
     * at the end of the block. Underneath, running calls still count and the break still runs out: after the last
     * release the circuit is in the state it would have come to by itself. Stronger than `disable`.
     */
    forceOpen(reason?: string): Hold;
    /**
     * Admits every call, and lets the outcomes of those count in the totals alone, until each of the holds taken is
     * released. Underneath, calls that were running still count and the break still runs out.
     */
    disable(reason?: string): Hold;
    /** Closes the circuit and forgets what led to its opening. Calls that are running will be too late to count. */
    reset(): void;
    /**
     * Goes on under other rules. They replace all of the present ones: what isn't given has its default again. The state
     * stays as it is. The window keeps what it holds, unless it changes its kind; a break that runs keeps its end; while
     * half-open, probing begins anew when `calls`, `successRatio` or `maxWaitMs` change.
     * @throws TypeError or RangeError that names the option which is wrong; then nothing has changed.
     */
    reconfigure(rules: CircuitBreakerRules): void;
    /** Adds a listener, which can't change what happens. Returns what takes it away again. */
    on<E extends keyof CircuitBreakerEvents>(event: E, listener: (...args: CircuitBreakerEvents[E]) => void): () => void;
    /** The readings of this moment. Changes nothing: what is due by now is shown, but its events wait for a call. */
    snapshot(): CircuitBreakerSnapshot;
    /** What `restore` needs to go on in another process: plain JSON. Holds, running calls and waiting ones aren't in it. */
    toJSON(): SavedCircuitBreaker;
    /** Ends what `probe.check` and `probe.overflow` have going; whoever waits is refused. The breaker works on without. */
    [Symbol.dispose](): void;
}

/** A breaker was made for a key. Add its metrics. */
interface BreakerCreatedEvent {
    readonly key: string;
    readonly breaker: CircuitBreaker;
}
/** A breaker was given up: the next call for its key gets a new one. Drop its metrics. */
interface BreakerEvictedEvent {
    readonly key: string;
    readonly breaker: CircuitBreaker;
}
/** A breaker was closed again, because too large a share of the pool was open. */
interface BreakerSparedEvent {
    readonly key: string;
    /** How many breakers were open, this one included. */
    readonly open: number;
    /** How many breakers there were. */
    readonly entries: number;
}
/** The registry was full of breakers that have something to remember, and `key` got none that is kept. */
interface RegistryOverflowEvent {
    readonly key: string;
}
/** The events of a `BreakerRegistry`. */
interface BreakerRegistryEvents {
    create: [event: BreakerCreatedEvent];
    evict: [event: BreakerEvictedEvent];
    spare: [event: BreakerSparedEvent];
    overflow: [event: RegistryOverflowEvent];
}
/** The readings of a registry: plain JSON. */
interface BreakerRegistrySnapshot {
    readonly name: string;
    readonly maxEntries: number;
    readonly entries: number;
    /** Of them, those that have opened and not closed since. */
    readonly open: number;
    readonly totals: {
        readonly created: number;
        readonly evicted: number;
        readonly spared: number;
        readonly overflowed: number;
    };
}

/** What a `BreakerRegistry` is made with. */
interface BreakerRegistryOptions extends EmittingOptions {
    /**
     * The options of each breaker, or what makes them for a key. Unless they say otherwise, a breaker is called after the
     * registry and its key, and has the registry's clock and `onListenerError`.
     */
    readonly breaker?: CircuitBreakerOptions | ((key: string) => CircuitBreakerOptions) | undefined;
    /** How many breakers are kept at most. From 1. Default 1,000. */
    readonly maxEntries?: number | undefined;
    /** A closed breaker that nobody has asked for in this many ms is given up. Above 0. Default 600,000. */
    readonly idleMs?: number | undefined;
    /**
     * What a new key gets when `maxEntries` breakers are kept and none of those looked at can be given up: `untracked`, a
     * breaker that isn't kept, so that its calls are made but never add up; or `reject`, a `RegistryFullError`.
     * Default `untracked`.
     */
    readonly overflow?: 'untracked' | 'reject' | undefined;
    /**
     * The largest share of the breakers that may be open at once, for keys that can stand in for each other, such as the
     * hosts of a pool. One that opens beyond it is closed again (`reset`) when it is next asked for; one may always be
     * open. What is held open by `forceOpen` doesn't count. In (0, 1]. Default 1: all of them.
     */
    readonly maxOpenRatio?: number | undefined;
    /** The source of time. Default the monotonic clock of the platform. */
    readonly clock?: Clock | undefined;
}
/**
 * One circuit breaker for each key, such as an origin or a tenant. Made when asked for, and bounded: a breaker is given
 * up when it is closed and idle, or, to make room, when it is closed and has nothing to remember. One that is open is
 * never given up, nor one that has failures in its window while it is in use. Ask for a key's breaker at each call
 * instead of keeping it. O(1); without a timer: what is due happens when a breaker is asked for.
 */
declare class BreakerRegistry extends Emitting<BreakerRegistryEvents> implements Observable<BreakerRegistryEvents> {
    #private;
    /** @throws TypeError or RangeError that names the option which is wrong. */
    constructor(options?: BreakerRegistryOptions);
    /** How many breakers are kept. */
    get size(): number;
    /**
     * The breaker of `key`, which is made if there is none.
     * @throws RegistryFullError when there is no room and `overflow` is `reject`.
     */
    get(key: string): CircuitBreaker;
    /** The breaker of `key` if there is one. Leaves everything as it is. */
    peek(key: string): CircuitBreaker | undefined;
    /** Gives up the breaker of `key`, whatever its state. Returns whether there was one. */
    delete(key: string): boolean;
    /** The keys and their breakers, least recently used first. */
    entries(): Generator<[key: string, breaker: CircuitBreaker], void, undefined>;
    [Symbol.iterator](): Generator<[key: string, breaker: CircuitBreaker], void, undefined>;
    snapshot(): BreakerRegistrySnapshot;
}

/** Time as a policy's options name it. */
interface TimeOptions {
    /** The source of time. Default the monotonic clock of the platform. */
    readonly clock?: Clock | undefined;
    /** Starts the timers. Default those of the platform; they keep the process alive while a call waits for them. */
    readonly timers?: Timers | undefined;
}

export { BreakerRegistry as B, StacklessError as S, Emitting as b, CircuitBreaker as f, CircuitOpenError as q };
export type { Verdict as $, Outcome as A, Clock as C, Permit as D, EmittingOptions as E, FailureEvent as F, ProbeCheck as G, HalfOpenEvent as H, ProbeOptions as I, Judgement as J, RefusalState as K, ListenerErrorHandler as L, RegistryOverflowEvent as M, RejectedEvent as N, Observable as O, Policy as P, SavedCircuitBreaker as Q, RampUpOptions as R, TimeOptions as T, SavedCountWindow as U, SavedSlot as V, WorkContext as W, SavedTimeWindow as X, SavedWindow as Y, Timer as Z, TripOptions as _, BreakerRegistryOptions as a, WindowOptions as a0, Timers as c, ExecuteOptions as d, CircuitBreakerOptions as e, BreakOptions as g, BreakerCreatedEvent as h, BreakerEvictedEvent as i, BreakerRegistryEvents as j, BreakerRegistrySnapshot as k, BreakerSparedEvent as l, CallEvent as m, CircuitBreakerEvents as n, CircuitBreakerRules as o, CircuitBreakerSnapshot as p, CircuitOpenErrorOptions as r, CircuitState as s, Classify as t, CloseEvent as u, HeldState as v, Hold as w, HoldEvent as x, OpenEvent as y, OpenReason as z };
