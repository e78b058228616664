import {
  type ExecuteOptions,
  type Policy,
  type WorkContext,
  checkFunction,
  checkObject,
  checkOneOf,
} from '@tps/internal'
import type { CircuitBreaker } from './circuit-breaker.ts'
import { compose } from './compose.ts'
import type { Fetch, FetchOptions, ResilientFetch } from './fetch-options.ts'
import { type HttpReply, retryAfterOf } from './http.ts'
import { originRegistry } from './origin-registry.ts'
import { type AttemptOutcome, type RetryOptions, isRetryable } from './retry-options.ts'
import { type RetryPolicy, retry } from './retry.ts'
import { timeout } from './timeout.ts'
import { watchBody } from './watched-body.ts'

/**
 * A `fetch` with one circuit breaker for each origin: the same parameters, the same result, and a `CircuitOpenError`
 * while the origin is out. What is no HTTP goes through without a breaker. A request that isn't sent, or is sent again,
 * leaves no body open.
 * @throws TypeError or RangeError that names the option which is wrong.
 */
export function createFetch(options: FetchOptions = {}): ResilientFetch {
  const { fetch, keyOf = originOf, settleAt = 'headers', timeoutMs = 30_000 } = checkObject('options', options)
  const { name = 'fetch', clock, timers, onListenerError } = options
  checkFunction('keyOf', keyOf)
  if (fetch !== undefined) checkFunction('fetch', fetch)
  const common = { clock, timers, onListenerError }
  const registry = originRegistry(options.registry, { ...common, name })
  const retrying = retryPolicy(options.retry ?? false, { ...common, name: `${name} retry` })
  const timed: Policy = timeoutMs === false ? compose() : timeout({ ...common, ms: timeoutMs, name: `${name} timeout` })
  const isWhole = checkOneOf('settleAt', settleAt, ['headers', 'body']) === 'body'

  const resilient = async (...[input, init]: Parameters<Fetch>): Promise<Response> => {
    const send = fetch ?? globalThis.fetch
    const url = urlOf(input)
    if (!/^https?:$/.test(url.protocol)) return send(input, init)
    const caller = init?.signal ?? (isRequest(input) ? input.signal : undefined)
    let isSent = false
    const request = (context: WorkContext): Promise<Response> =>
      timed.execute(({ signal }) => {
        isSent = true
        // The timeout ends with the headers, but the caller may abort the body, too.
        return send(input, { ...init, signal: caller ? AbortSignal.any([caller, signal]) : signal })
      }, context)
    const attempt = (options: ExecuteOptions): Promise<Response> => {
      const breaker = registry.get(keyOf(url))
      return isWhole ? untilBody(breaker, request, options) : breaker.execute(request, options)
    }
    const options = { signal: caller ?? undefined }
    try {
      return await (retrying && mayRepeat(input, init) ? retrying.execute(attempt, options) : attempt(options))
    } catch (error) {
      if (!isSent) await cancel(init?.body ?? (isRequest(input) ? input.body : undefined), error)
      throw error
    }
  }
  return Object.assign(resilient, { registry, retry: retrying })
}

/** Gives the response when its headers are there; for the breaker the call ends with the body. */
function untilBody(
  breaker: CircuitBreaker,
  request: (context: WorkContext) => Promise<Response>,
  options: ExecuteOptions,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const call = breaker.execute(async (context) => {
      const { response, ended } = watchBody(await request(context))
      resolve(response)
      await ended
      return response
    }, options)
    call.catch(reject)
  })
}

const WORTH_ANOTHER = new Set([408, 429, 502, 503, 504])

function retryPolicy(
  given: RetryOptions | RetryPolicy | false,
  common: Pick<RetryOptions, 'name' | 'clock' | 'timers' | 'onListenerError'>,
): RetryPolicy | undefined {
  if (given === false) return undefined
  if ('execute' in checkObject('retry', given)) return given as RetryPolicy
  return retry({
    ...common,
    shouldRetry: (outcome: AttemptOutcome<Response>) =>
      outcome.ok ? WORTH_ANOTHER.has(outcome.value.status) : isRetryable(outcome),
    retryAfterMs: askedOf,
    discard: (response: Response) => void cancel(response.body, undefined),
    ...given,
  })
}

/** By then the break that the same answer led to, of 1 ms at least, has to be over, though a timer fires early. */
const AFTER_THE_BREAK_MS = 3

function askedOf(outcome: AttemptOutcome<HttpReply>): number | undefined {
  const askedMs = outcome.ok ? retryAfterOf(outcome.value) : undefined
  return askedMs === undefined ? undefined : askedMs + AFTER_THE_BREAK_MS
}

const REPEATABLE = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'])

function mayRepeat(input: Parameters<Fetch>[0], init: Parameters<Fetch>[1]): boolean {
  const method = init?.method ?? (isRequest(input) ? input.method : 'GET')
  const body = init?.body ?? (isRequest(input) ? input.body : undefined)
  return REPEATABLE.has(method.toUpperCase()) && !(body instanceof ReadableStream)
}

/** Lets a body go that nobody will read. */
async function cancel(body: unknown, reason: unknown): Promise<void> {
  // One that is locked has a reader, whose business it is.
  if (body instanceof ReadableStream && !body.locked) await body.cancel(reason).catch(() => {})
}

function isRequest(input: Parameters<Fetch>[0]): input is Request {
  return typeof input === 'object' && 'url' in input
}

function urlOf(input: Parameters<Fetch>[0]): URL {
  const { location } = globalThis as { location?: { readonly href: string } }
  return new URL(isRequest(input) ? input.url : input, location?.href)
}

function originOf({ origin }: URL): string {
  return origin
}
