import { type Context, type Exception, type Span, SpanStatusCode, context } from '@opentelemetry/api'
import { quietly } from './trace-switch.ts'

/** What became of a call that gave no result. */
export type FailureKind = 'cancelled' | 'failure' | 'refused' | 'timeout'

/** What tells the kinds apart. */
export interface FailureRules {
  /** Whether an error says that nothing was begun. */
  readonly isRefusal?: ((error: unknown) => boolean) | undefined
  /** The signal of the call; asked for after a failure only, because reading one may make one. */
  readonly signal?: (() => AbortSignal | undefined) | undefined
  /** Called when the call is over, before its span is ended. */
  readonly ended?: (() => void) | undefined
  /** Whether a result says that nothing was begun. */
  readonly isRefused?: ((result: unknown) => boolean) | undefined
}

/** The codes of errors that say that nothing was begun. */
const REFUSALS: ReadonlySet<unknown> = new Set([
  'ERR_BULKHEAD_FULL',
  'ERR_CIRCUIT_OPEN',
  'ERR_DUPLICATE_ITEM',
  'ERR_LIMIT_EXCEEDED',
  'ERR_QUEUE_CLOSED',
  'ERR_QUEUE_FULL',
  'ERR_RATE_LIMITED',
  'ERR_REGISTRY_FULL',
  'ERR_THROTTLED',
  'ERR_TOO_MANY_WAITERS',
  'ERR_TOO_MANY_WAITING',
])
const MAX_MESSAGE = 1000

/** Calls `call` with `inside` active and ends the span when it is over. Gives, and throws, exactly what `call` does. */
export function within<R>(span: Span, inside: Context, call: () => R, rules: FailureRules = {}): R {
  let returned: R
  try {
    returned = context.with(inside, call)
  } catch (error) {
    fail(span, error, rules)
    throw error
  }
  if (!isThenable(returned)) {
    succeed(span, returned, rules)
    return returned
  }
  return Promise.resolve(returned).then(
    (value) => {
      succeed(span, value, rules)
      return value
    },
    (error: unknown) => {
      fail(span, error, rules)
      throw error
    },
  ) as R
}

/** Whether an error says that the call was refused: by its code. */
export function isRefusal(error: unknown): boolean {
  return REFUSALS.has(codeOf(error))
}

/** Writes on a span that its call was refused, by `result` rather than by an error. */
function markRefused(span: Span): void {
  span.setAttribute('tps.outcome', 'refused')
  span.setStatus({ code: SpanStatusCode.ERROR, message: 'refused' })
}

function succeed(span: Span, value: unknown, { ended, isRefused }: FailureRules): void {
  quietly(() => {
    ended?.()
    if (isRefused?.(value) === true && span.isRecording()) markRefused(span)
  })
  quietly(() => span.end())
}

function fail(span: Span, error: unknown, rules: FailureRules): void {
  quietly(() => {
    rules.ended?.()
    if (span.isRecording()) mark(span, error, kindOf(error, rules))
  })
  quietly(() => span.end())
}

function mark(span: Span, error: unknown, kind: FailureKind): void {
  span.setAttribute('tps.outcome', kind)
  if (kind === 'cancelled') return
  const type = typeOf(error)
  const message = messageOf(error)
  span.setAttribute('error.type', type)
  span.setStatus({ code: SpanStatusCode.ERROR, message })
  const retryAfterMs = field(error, 'retryAfterMs')
  if (typeof retryAfterMs === 'number') span.setAttribute('tps.retry_after_ms', retryAfterMs)
  // Refusals are many, have no stack, and the attributes say all of it.
  if (kind !== 'refused') span.recordException(exceptionOf(error, type, message))
}

/** A caller who cancels is no failure; a time limit that runs out is one. */
function kindOf(error: unknown, { isRefusal: refuses = isRefusal, signal }: FailureRules): FailureKind {
  if (refuses(error)) return 'refused'
  if (isTimeout(error)) return 'timeout'
  const told = signal?.()
  if (told?.aborted !== true) return 'failure'
  if (error !== told.reason && field(error, 'name') !== 'AbortError') return 'failure'
  return isTimeout(told.reason) ? 'timeout' : 'cancelled'
}

function isTimeout(error: unknown): boolean {
  const code = codeOf(error)
  return (typeof code === 'string' && code.endsWith('TIMEOUT')) || field(error, 'name') === 'TimeoutError'
}

/** As `error.type` has it: the code, else the name, else the type. */
export function typeOf(error: unknown): string {
  const code = codeOf(error)
  if (typeof code === 'string' && code !== '') return code
  const name = field(error, 'name')
  return typeof name === 'string' && name !== '' ? name : typeof error
}

/** What an error says, cut to 1000 characters. */
export function messageOf(error: unknown): string {
  const message = field(error, 'message')
  return (typeof message === 'string' ? message : String(error)).slice(0, MAX_MESSAGE)
}

function exceptionOf(error: unknown, name: string, message: string): Exception {
  const stack = field(error, 'stack')
  return typeof stack === 'string' ? { name, message, stack } : { name, message }
}

function codeOf(error: unknown): unknown {
  return field(error, 'code')
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (typeof value === 'object' || typeof value === 'function') && value !== null && 'then' in value
    ? typeof value.then === 'function'
    : false
}
