import { EmittingOptions, TimeOptions, BreakerRegistry, BreakerRegistryOptions } from './index.js';
import { RetryOptions, RetryPolicy } from './index.js';
export { H as HttpReply, c as classifyHttp, r as retryAfterOf } from './http-shared.js';

/** The platform's `fetch`, or one like it. */
type Fetch = (...args: Parameters<typeof globalThis.fetch>) => Promise<Response>;
/** What `createFetch` is made with. */
interface FetchOptions extends EmittingOptions, TimeOptions {
    /** What sends the requests. Default the `fetch` of the platform, as it is at each call. */
    readonly fetch?: Fetch | undefined;
    /**
     * The breakers, or the options of their registry. Breakers without a `classify` of their own, when their options are
     * given here, use `classifyHttp`. Default a registry of its own with the default options.
     */
    readonly registry?: BreakerRegistry | BreakerRegistryOptions | undefined;
    /** Which breaker a request has. Default the origin of its URL. */
    readonly keyOf?: ((url: URL) => string) | undefined;
    /** How long the headers of a response may take, in ms; `false` for ever. Counts as a failure. Default 30,000. */
    readonly timeoutMs?: number | false | undefined;
    /**
     * Makes failed requests again, each through the breaker: those with a method that may be repeated (GET, HEAD, OPTIONS,
     * TRACE, PUT, DELETE) and a body that can be sent again (no stream). Unless the options say otherwise, that is after
     * network errors, timeouts and 408, 429, 502, 503 and 504, not earlier than `Retry-After`. Default `false`: never.
     */
    readonly retry?: RetryOptions | RetryPolicy | false | undefined;
    /**
     * When a call is over for the breaker: with the `headers` of its response, or with its `body`, so that a body that
     * breaks off is a failure. Then bodies have to be read or cancelled: a probe whose body isn't has failed at
     * `probe.maxWaitMs`. Default `headers`.
     */
    readonly settleAt?: 'headers' | 'body' | undefined;
}
/** A `fetch` with its breakers and policies. */
interface ResilientFetch {
    (...args: Parameters<typeof globalThis.fetch>): Promise<Response>;
    readonly registry: BreakerRegistry;
    /** `undefined` when nothing is retried. */
    readonly retry: RetryPolicy | undefined;
}

/**
 * A `fetch` with one circuit breaker for each origin: the same parameters, the same result, and a `CircuitOpenError`
 * while the origin is out. What is no HTTP goes through without a breaker. A request that isn't sent, or is sent again,
 * leaves no body open.
 * @throws TypeError or RangeError that names the option which is wrong.
 */
declare function createFetch(options?: FetchOptions): ResilientFetch;

export { createFetch };
export type { Fetch, FetchOptions, ResilientFetch };
