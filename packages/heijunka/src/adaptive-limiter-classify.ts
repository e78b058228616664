/**
 * What the end of a call says about load. `'success'`: its latency counts. `'drop'`: there was too much of it: refused by
 * the other side, or timed out. `'failure'`: it went wrong for a reason that isn't load; it counts, but says nothing about
 * the limit. `'ignore'`: it says nothing at all, as it wasn't really made.
 */
export type LoadOutcome = 'success' | 'failure' | 'ignore' | 'drop'

/** How a call ended. */
export type CallResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: unknown }

/** HTTP's ways to say that it is too much: too many requests, unavailable, gateway timeout. */
const DROPPED_STATUS = new Set<unknown>([429, 503, 504])
/** Timeouts, and connections that were refused or cut. */
const DROPPED_CODES = new Set<unknown>([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ESOCKETTIMEDOUT',
  'ETIMEDOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_SOCKET',
])
/** Refused on this side, before any call was made. */
const NOT_MADE_CODES = new Set<unknown>([
  'ERR_BULKHEAD_FULL',
  'ERR_CIRCUIT_OPEN',
  'ERR_LIMIT_EXCEEDED',
  'ERR_RATE_LIMITED',
  'ERR_THROTTLED',
])

/**
 * The default of `classify` of `adaptiveLimiter` and `adaptiveThrottle`. What resolves is a success. An error is a drop when
 * it is a timeout (by the name `TimeoutError` or its code), when the connection was refused or cut (by the code of it or
 * of its `cause`, as `fetch` has it), or when it has an HTTP `status` or `statusCode` of 429, 503 or 504. It is ignored
 * when a policy refused the call before it was made. Otherwise it is a failure.
 */
export function classifyLoad(result: CallResult): LoadOutcome {
  if (result.ok) return 'success'
  const { name, code, status, statusCode, cause } = readingsOf(result.error)
  if (NOT_MADE_CODES.has(code)) return 'ignore'
  const wasDropped =
    name === 'TimeoutError' ||
    DROPPED_CODES.has(code) ||
    DROPPED_CODES.has(readingsOf(cause).code) ||
    DROPPED_STATUS.has(status) ||
    DROPPED_STATUS.has(statusCode)
  return wasDropped ? 'drop' : 'failure'
}

interface ErrorReadings {
  readonly name?: unknown
  readonly code?: unknown
  readonly status?: unknown
  readonly statusCode?: unknown
  readonly cause?: unknown
}

function readingsOf(error: unknown): ErrorReadings {
  return typeof error === 'object' && error !== null ? error : {}
}

/** Returns what `classify` answered when that is an outcome. */
export function checkOutcome(outcome: LoadOutcome): LoadOutcome {
  if (outcome === 'success' || outcome === 'failure' || outcome === 'ignore' || outcome === 'drop') return outcome
  throw new RangeError(`classify must return "success", "failure", "ignore" or "drop", got ${String(outcome)}`)
}
