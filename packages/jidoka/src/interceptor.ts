import { checkFunction, checkObject } from '@tps/internal'
import type { EmittingOptions } from './emitting.ts'
import type { HttpReply } from './http.ts'
import { originRegistry } from './origin-registry.ts'
import type { BreakerRegistry, BreakerRegistryOptions } from './registry.ts'
import type { TimeOptions } from './sleep.ts'

/** What of undici's `DispatchController` is used. */
export interface UndiciController {
  readonly aborted: boolean
  readonly reason: Error | null
  readonly paused: boolean
  abort(reason: Error): void
  pause(): void
  resume(): void
}

/** What of undici's `DispatchHandler` is used. Written as methods, so that undici's own fits. */
export interface UndiciHandler {
  onRequestStart?(controller: UndiciController, context: unknown): void
  onRequestUpgrade?(controller: UndiciController, statusCode: number, headers: never, socket: never): void
  onResponseStart?(controller: UndiciController, statusCode: number, headers: never, statusMessage?: string): void
  onResponseData?(controller: UndiciController, chunk: never): void
  onResponseEnd?(controller: UndiciController, trailers: never): void
  onResponseError?(controller: UndiciController, error: Error): void
}

/** What of undici's `DispatchOptions` is used. */
export interface UndiciRequest {
  readonly origin?: string | URL | undefined
  readonly body?: unknown
}

/** Undici's `Dispatch`, for requests `R` and handlers `H`. */
export type UndiciDispatch<R, H> = (options: R, handler: H) => boolean

/** What `breakerInterceptor` is made with. */
export interface BreakerInterceptorOptions extends EmittingOptions, Pick<TimeOptions, 'clock'> {
  /**
   * The breakers, or the options of their registry. Breakers without a `classify` of their own, when their options are
   * given here, use `classifyHttp`. Default a registry of its own with the default options.
   */
  readonly registry?: BreakerRegistry | BreakerRegistryOptions | undefined
  /** Which breaker a request has. Default its origin. */
  readonly keyOf?: ((request: UndiciRequest) => string) | undefined
}

/** An interceptor for `dispatcher.compose(…)`, with its breakers. */
export interface BreakerInterceptor {
  <R extends UndiciRequest, H extends UndiciHandler>(dispatch: UndiciDispatch<R, H>): UndiciDispatch<R, H>
  readonly registry: BreakerRegistry
}

/**
 * One circuit breaker for each origin, as an interceptor of undici 7 and 8. A call ends with the body of its response,
 * so that one which breaks off is a failure; so are undici's own timeouts. A request that its caller aborts before the
 * headers counts for nothing, and after them by its status. A refused request fails with a `CircuitOpenError`, and its
 * body is destroyed. Put it before (inside) `interceptors.retry()`, so that each attempt asks the breaker.
 * @throws TypeError or RangeError that names the option which is wrong.
 */
export function breakerInterceptor(options: BreakerInterceptorOptions = {}): BreakerInterceptor {
  const { name = 'undici', keyOf = originOf, clock, onListenerError } = checkObject('options', options)
  checkFunction('keyOf', keyOf)
  const registry = originRegistry(options.registry, { name, clock, onListenerError })
  const intercept =
    <R extends UndiciRequest, H extends UndiciHandler>(dispatch: UndiciDispatch<R, H>): UndiciDispatch<R, H> =>
    (request, handler) => {
      let isSent = false
      let hasRoom = true
      const aborted = new AbortController()
      const call = registry.get(keyOf(request)).execute(
        () =>
          new Promise<HttpReply>((resolve, reject) => {
            isSent = true
            const watch = new WatchedHandler(handler, aborted, resolve, reject)
            hasRoom = dispatch(request, watch as UndiciHandler as H)
          }),
        { signal: aborted.signal },
      )
      call.catch((error: unknown) => {
        if (isSent) return
        destroy(request.body)
        handler.onResponseError?.(NOT_SENT, error as Error)
      })
      return hasRoom
    }
  return Object.assign(intercept, { registry })
}

/** Passes everything on, and tells how the call ended. */
class WatchedHandler implements UndiciHandler {
  readonly #handler: UndiciHandler
  readonly #aborted: AbortController
  readonly #resolve: (reply: HttpReply) => void
  readonly #reject: (error: Error) => void
  #reply: HttpReply | undefined

  constructor(
    handler: UndiciHandler,
    aborted: AbortController,
    resolve: (reply: HttpReply) => void,
    reject: (error: Error) => void,
  ) {
    this.#handler = handler
    this.#aborted = aborted
    this.#resolve = resolve
    this.#reject = reject
  }

  onRequestStart(controller: UndiciController, context: unknown): void {
    this.#handler.onRequestStart?.(controller, context)
  }

  onRequestUpgrade(controller: UndiciController, statusCode: number, headers: never, socket: never): void {
    this.#resolve(new Reply(statusCode, headers))
    this.#handler.onRequestUpgrade?.(controller, statusCode, headers, socket)
  }

  onResponseStart(controller: UndiciController, statusCode: number, headers: never, statusMessage?: string): void {
    // Interim ones say nothing yet.
    if (statusCode >= 200) this.#reply = new Reply(statusCode, headers)
    this.#handler.onResponseStart?.(controller, statusCode, headers, statusMessage)
  }

  onResponseData(controller: UndiciController, chunk: never): void {
    this.#handler.onResponseData?.(controller, chunk)
  }

  onResponseEnd(controller: UndiciController, trailers: never): void {
    if (this.#reply) this.#resolve(this.#reply)
    this.#handler.onResponseEnd?.(controller, trailers)
  }

  onResponseError(controller: UndiciController, error: Error): void {
    if (controller?.aborted && this.#reply) {
      // Whoever had seen enough of the body may let it go.
      this.#resolve(this.#reply)
    } else {
      // Somebody aborted it himself: that says nothing about the server.
      if (controller?.aborted) this.#aborted.abort(error)
      this.#reject(error)
    }
    this.#handler.onResponseError?.(controller, error)
  }
}

/** A response as undici gives it. */
class Reply implements HttpReply {
  readonly status: number
  readonly headers: { get(name: string): string | null }

  constructor(status: number, headers: Readonly<Record<string, string | string[] | undefined>>) {
    this.status = status
    this.headers = {
      get: (name) => {
        const value = headers[name]
        return value === undefined ? null : String(value)
      },
    }
  }
}

/** The controller of a request that was never sent. */
const NOT_SENT: UndiciController = {
  aborted: false,
  reason: null,
  paused: false,
  abort: () => {},
  pause: () => {},
  resume: () => {},
}

function originOf({ origin = '' }: UndiciRequest): string {
  return String(origin)
}

function destroy(body: unknown): void {
  if (typeof body !== 'object' || body === null || !('destroy' in body) || typeof body.destroy !== 'function') return
  // A stream that is destroyed without an error emits none.
  Reflect.apply(body.destroy, body, [])
}
