import { BreakerRegistry, EmittingOptions, TimeOptions, BreakerRegistryOptions } from './index.js';
export { H as HttpReply, c as classifyHttp, r as retryAfterOf } from './http-shared.js';

/** What of undici's `DispatchController` is used. */
interface UndiciController {
    readonly aborted: boolean;
    readonly reason: Error | null;
    readonly paused: boolean;
    abort(reason: Error): void;
    pause(): void;
    resume(): void;
}
/** What of undici's `DispatchHandler` is used. Written as methods, so that undici's own fits. */
interface UndiciHandler {
    onRequestStart?(controller: UndiciController, context: unknown): void;
    onRequestUpgrade?(controller: UndiciController, statusCode: number, headers: never, socket: never): void;
    onResponseStart?(controller: UndiciController, statusCode: number, headers: never, statusMessage?: string): void;
    onResponseData?(controller: UndiciController, chunk: never): void;
    onResponseEnd?(controller: UndiciController, trailers: never): void;
    onResponseError?(controller: UndiciController, error: Error): void;
}
/** What of undici's `DispatchOptions` is used. */
interface UndiciRequest {
    readonly origin?: string | URL | undefined;
    readonly body?: unknown;
}
/** Undici's `Dispatch`, for requests `R` and handlers `H`. */
type UndiciDispatch<R, H> = (options: R, handler: H) => boolean;
/** What `breakerInterceptor` is made with. */
interface BreakerInterceptorOptions extends EmittingOptions, Pick<TimeOptions, 'clock'> {
    /**
     * The breakers, or the options of their registry. Breakers without a `classify` of their own, when their options are
     * given here, use `classifyHttp`. Default a registry of its own with the default options.
     */
    readonly registry?: BreakerRegistry | BreakerRegistryOptions | undefined;
    /** Which breaker a request has. Default its origin. */
    readonly keyOf?: ((request: UndiciRequest) => string) | undefined;
}
/** An interceptor for `dispatcher.compose(…)`, with its breakers. */
interface BreakerInterceptor {
    <R extends UndiciRequest, H extends UndiciHandler>(dispatch: UndiciDispatch<R, H>): UndiciDispatch<R, H>;
    readonly registry: BreakerRegistry;
}
/**
 * One circuit breaker for each origin, as an interceptor of undici 7 and 8. A call ends with the body of its response,
 * so that one which breaks off is a failure; so are undici's own timeouts. A request that its caller aborts before the
 * headers counts for nothing, and after them by its status. A refused request fails with a `CircuitOpenError`, and its
 * body is destroyed. Put it before (inside) `interceptors.retry()`, so that each attempt asks the breaker.
 * @throws TypeError or RangeError that names the option which is wrong.
 */
declare function breakerInterceptor(options?: BreakerInterceptorOptions): BreakerInterceptor;

export { breakerInterceptor };
export type { BreakerInterceptor, BreakerInterceptorOptions, UndiciController, UndiciDispatch, UndiciHandler, UndiciRequest };
