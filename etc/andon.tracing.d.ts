import { W as WorkSource, a as WorkContext, E as ExecuteOptions } from './contracts-shared.js';
export { b as Lease, c as LeaseOptions } from './contracts-shared.js';
import { Attributes, Tracer, TextMapPropagator, Context, SpanContext } from '@opentelemetry/api';
import { a as LogFields } from './logging-fields-shared.js';

/** What the spans of a queue are called. */
interface QueueSpanNames {
    /** Around what puts an item in, where the item leaves the process. Default `send {queue}`. */
    readonly send?: string | undefined;
    /** From when an item was let in to when it is begun. Default `wait {queue}`. */
    readonly wait?: string | undefined;
    /** Around the handler. Default `process {queue}`. */
    readonly process?: string | undefined;
}
/** Calls `run` in the async context that was captured, once and at once. */
type RestoreContext = (run: () => unknown) => unknown;
/** Remembers the async context of whoever calls it: the option `captureContext` of a worker pool. */
type CaptureContext = () => RestoreContext;
/** How a queue is traced. */
interface QueueTracingOptions {
    /** The name of the queue: `messaging.destination.name`, and a part of the names of spans. */
    readonly queue: string;
    /** What the spans are called. */
    readonly spanNames?: QueueSpanNames | undefined;
    /** On each span, `messaging.system` for one. Default none. */
    readonly attributes?: Attributes | undefined;
    /** Default: that of the global provider. */
    readonly tracer?: Tracer | undefined;
    /** How contexts get into headers. Default: the global one, or W3C trace context where none is registered. */
    readonly propagator?: TextMapPropagator | undefined;
    /** What else is to be captured for a handler: `() => AsyncLocalStorage.snapshot()`. Default: the active context alone. */
    readonly captureContext?: CaptureContext | undefined;
    /** Time as `performance.now()` has it, of which spans of this process are made. Default: that. */
    readonly now?: (() => number) | undefined;
    /** Time in ms since 1970, which other processes' items are measured with. Default `Date.now`. */
    readonly wallNow?: (() => number) | undefined;
}

/** What travels with an item. */
type Headers = Readonly<Record<string, string>>;
/** How a context gets into headers and out of them. */
interface HeaderOptions {
    /** Default: the global one, or W3C trace context where none is registered. */
    readonly propagator?: TextMapPropagator | undefined;
}
/** With what is injected: the context that is active, unless another one is named. */
interface InjectOptions extends HeaderOptions {
    /** Default: the active one. */
    readonly context?: Context | undefined;
}
/**
 * `headers` with the context added: `traceparent`, and what else the propagator writes. Gives the same object when there is
 * nothing to add, else a new one. Never throws for a propagator that does.
 */
declare function injectHeaders(headers?: Headers, options?: InjectOptions): Headers;
/** The context that headers carry; the root context where they carry none, or something broken. */
declare function extractContext(headers: Headers, { propagator }?: HeaderOptions): Context;

/** What of a lease its spans are made of. */
interface TraceableLease<T = unknown> {
    readonly item: T;
    /** How many times the item has been handed out, this time included: from 1. */
    readonly attempt?: number | undefined;
    /** What travelled with the item: a `SqliteQueue` and JetStream bring them. */
    readonly headers?: Headers | undefined;
    /** When the item was put in, in ms since 1970. */
    readonly createdAt?: number | undefined;
}

/**
 * How an item brings its context:
 * - `receipt`: beside it, in a queue in memory that carries receipts, such as `PullQueue`;
 * - `headers`: with it, through a file or a broker, such as `SqliteQueue`;
 * - `item`: by being an object that comes out as it went in, such as through a `LoadLeveler`.
 */
type Carriage = 'receipt' | 'headers' | 'item';
/** How a source is traced. */
interface TraceSourceOptions {
    /** Default: `receipt` where the source has `carriesReceipts`, else `headers`. */
    readonly carriage?: Carriage | undefined;
}
/** What a source hands out. */
type ItemOf<S> = S extends WorkSource<infer T> ? T : never;
/** A member of a source; `undefined` where it has none. */
type OwnMember<S, K extends string> = S extends {
    readonly [P in K]: infer V;
} ? V : undefined;
/**
 * A source whose items bring their traces: give it to a pool, put items in through it. What isn't here is asked of the source
 * itself.
 */
interface TracedSource<S extends WorkSource<unknown>> extends WorkSource<ItemOf<S>> {
    readonly name: OwnMember<S, 'name'>;
    readonly depth: OwnMember<S, 'depth'>;
    readonly leased: OwnMember<S, 'leased'>;
    readonly isClosed: OwnMember<S, 'isClosed'>;
    readonly carriesReceipts: OwnMember<S, 'carriesReceipts'>;
    readonly offer: OwnMember<S, 'offer'>;
    readonly tryOffer: OwnMember<S, 'tryOffer'>;
    readonly put: OwnMember<S, 'put'>;
    readonly on: OwnMember<S, 'on'>;
    readonly snapshot: OwnMember<S, 'snapshot'>;
}

/**
 * The traces of what goes through a queue, from where an item is put in to the end of its handler.
 *
 * Where an item goes in, the active context and the time are kept, nothing else. Where it comes out, the span of its wait is
 * made after the fact, and the handler runs in a span under the kept context: one trace. Between processes the context
 * travels in headers. Without an SDK nothing is kept and nothing is made.
 */
declare class QueueTracing {
    #private;
    /** @throws {TypeError | RangeError} when an option is wrong. */
    constructor(options: QueueTracingOptions);
    /** How many leases of its sources were handed out and not begun. O(that). */
    get arrivals(): number;
    /**
     * The option `captureContext` for one pool, whatever it pulls from: what is submitted to it brings its context. Needs
     * `handler` around the pool's handler. A pool calls it once when it is made, and then for each `submit`; the wait of a
     * submitted item begins there.
     */
    captureContext(): CaptureContext;
    /**
     * `handle` with a span around each call. It is told the item's context by `captureContext`, by a source of `source`, or by
     * `carry`; an item that brings none begins a trace of its own.
     */
    handler<T, C, R>(handle: (item: T, call: C) => R): (item: T, call: C) => R;
    /**
     * A source to give to a pool, and to put items in through: `offer`, `tryOffer` and `put` keep or send the context, `lease`
     * and `tryLease` bring it to `handler`. Items that are dropped or expire have the span of their wait, too. For a pool that
     * is submitted to and nothing else, `captureContext` costs less.
     * @throws {TypeError | RangeError} when it is no source, or an option is wrong.
     */
    source<S extends WorkSource<unknown>>(source: S, options?: TraceSourceOptions): TracedSource<S>;
    /**
     * Keeps the active context for an item, an object that is about to be put in, and gives the item. For queues that can carry
     * nothing else and hand out the same object. It is kept as long as the object lives; of two times the later counts.
     * @throws {TypeError} when the item is no object.
     */
    carry<T extends object>(item: T): T;
    /**
     * Calls `put` in a span of kind producer, with headers that carry it: those given, and `traceparent`. What `put` gives is
     * given; `false` says that the item was refused.
     */
    send<R>(put: (headers: Headers) => R, headers?: Headers): R;
    /**
     * Calls `work` with the lease's item, in a span under the context that the item brought: by its headers, by a source of
     * `source`, or by `carry`. For those who lease by hand. Give it the lease once for each attempt, and end the lease
     * yourself.
     */
    process<T, R>(lease: TraceableLease<T>, work: (item: T) => R): R;
    /**
     * Calls `work` in one span for several leases. It has a link to the context of each, since a span has one parent only; its
     * own is what is active. Each item has the span of its wait, in its own trace.
     */
    processBatch<R>(leases: readonly TraceableLease[], work: () => R): R;
}

/** The span that is active, for `new Exemplars({ activeSpan })` of `@tps/andon/prometheus`. */
declare function activeSpan(): SpanContext | undefined;
/** `trace_id` and `span_id` of the active span, for one log line; nothing where there is none. */
declare function traceFields(): LogFields;

/** What tells events: an `Observable`, or anything with such an `on`. */
interface EventTeller {
    on(event: never, listener: (...args: never[]) => void): () => void;
}
/** What an event of an `Observable` becomes on a span. */
interface SpanEvent {
    /** The name of the span event. */
    readonly name: string;
    /** Default: `eventAttributes`. */
    readonly attributes?: ((event: never) => Attributes) | undefined;
}
/** Span events by the events that they are made of. */
type SpanEvents = Readonly<Record<string, string | SpanEvent>>;
/** The events of breakers and policies that a span should tell, with their names there. Those of every call are not here. */
declare const SPAN_EVENTS: Readonly<Record<string, string>>;
/**
 * Adds what `observable` tells to the span that is active at that moment, and to none where none is. Returns what ends it.
 * @throws {TypeError | RangeError} when an argument is wrong.
 */
declare function traceEvents(observable: EventTeller, events?: SpanEvents): () => void;
/**
 * The attributes of an event: its numbers, strings and booleans as `tps.<key>`, and of `error`, `cause` or a failed
 * `outcome` the `error.type` and `error.message`.
 */
declare function eventAttributes(event: unknown): Attributes;

/**
 * W3C trace context, level 1, as headers `traceparent` and `tracestate`: for programs that have registered no propagator.
 * Source: https://www.w3.org/TR/trace-context-1/
 */
declare const traceContext: TextMapPropagator;

/** What can be traced: every `Policy`, and one whose calls may end with an `F` in place of the work's own result. */
interface TraceablePolicy<F = unknown> {
    execute<T>(work: (context: WorkContext) => T | PromiseLike<T>, options?: ExecuteOptions): Promise<T | F>;
    /** Nothing at run time: the type of what may come in place of a result. */
    readonly substitutes?: readonly [F] | undefined;
}
/** A policy with a span around each call. Where the wrapped one substitutes nothing it is a `Policy`. */
interface TracedPolicy<F = never> extends TraceablePolicy<F> {
    /** The name of its spans. */
    readonly name: string;
    /** That of the wrapped policy: for those who check the order of policies. */
    readonly kind: string | undefined;
}
/** What the policy `P` may put in place of a result. */
type SubstituteIn<P> = 'substitutes' extends keyof P ? P extends {
    readonly substitutes?: readonly [infer F] | undefined;
} ? F : never : never;
/** How a policy is traced. */
interface TracePolicyOptions {
    /** What its spans are called. Default: the policy's own name. */
    readonly name?: string | undefined;
    /** On each span. Default none. */
    readonly attributes?: Attributes | undefined;
    /** `client` for a call that leaves the process. Default `internal`. */
    readonly kind?: 'internal' | 'client' | undefined;
    /**
     * The events of the policy, and of those it is composed of, that its spans tell. `false`: none. Default `SPAN_EVENTS`.
     * Nobody listens before the first span that records.
     */
    readonly events?: SpanEvents | false | undefined;
    /** Whether an error says that the work was not begun. Default: by its code, `ERR_CIRCUIT_OPEN` and the like. */
    readonly isRefusal?: ((error: unknown) => boolean) | undefined;
    /** Default: that of the global provider. */
    readonly tracer?: Tracer | undefined;
}
/**
 * A span around each call of a policy: it is active in the policy and in the work, wherever the policy begins that. A
 * failure gives it the status error and the exception; a refusal the status and the attributes, no exception; a call that
 * its caller has cancelled neither. Without an SDK a call goes straight to the policy.
 * @throws {TypeError | RangeError} when an option is wrong, or the policy has no name and none is given.
 */
declare function tracePolicy<P extends TraceablePolicy>(policy: P, options?: TracePolicyOptions): TracedPolicy<SubstituteIn<P>>;

export { ExecuteOptions, LogFields, QueueTracing, SPAN_EVENTS, WorkContext, WorkSource, activeSpan, eventAttributes, extractContext, injectHeaders, traceContext, traceEvents, traceFields, tracePolicy };
export type { CaptureContext, Carriage, EventTeller, HeaderOptions, Headers, InjectOptions, ItemOf, OwnMember, QueueSpanNames, QueueTracingOptions, RestoreContext, SpanEvent, SpanEvents, SubstituteIn, TracePolicyOptions, TraceSourceOptions, TraceableLease, TraceablePolicy, TracedPolicy, TracedSource };
