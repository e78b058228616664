import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanStatusCode,
  type TimeInput,
  context,
  createContextKey,
  trace,
} from '@opentelemetry/api'
import { type Headers, injectHeaders, traceContext } from '@tps/andon/tracing'
import type { PreciseTracer } from './precise-tracer.ts'
import { SPANS, type ServiceName, type SpanName, kindOf } from './span-names.ts'

/** Headers as they come with a request: `traceparent` and `tracestate` matter. */
export type TraceHeaders = Readonly<Record<string, string | string[] | undefined>>

/** The tracers of a process, one for each service that spans are shown under. */
export class Tracers {
  readonly #of: (service: ServiceName) => PreciseTracer

  constructor(of: (service: ServiceName) => PreciseTracer) {
    this.#of = of
  }

  of(name: SpanName): PreciseTracer {
    return this.#of(SPANS[name])
  }

  /** Begins a span: at `startTime`, of which a number is monotonic ms, or now. */
  start(name: SpanName, parent: Context, attributes?: Attributes, startTime?: TimeInput): Span {
    const options = {
      kind: kindOf(name),
      ...(attributes && { attributes }),
      ...(startTime !== undefined && { startTime }),
    }
    return this.of(name).startSpan(name, options, parent)
  }

  startUnder(parent: Span, name: SpanName, startTime?: TimeInput): Span {
    return this.start(name, trace.setSpan(ROOT_CONTEXT, parent), undefined, startTime)
  }
}

/** Under this key a context has the tracers of a trace that is recorded, and only of such a one. */
const TRACERS = createContextKey('tps tracers')

/** The context in which `withSpan` makes spans under `parent`. */
export function recording(parent: Context, tracers: Tracers): Context {
  return parent.setValue(TRACERS, tracers)
}

/**
 * Calls `run` in a span under the one that is active, and gives what it gives. Where no trace is recorded it is called, and
 * nothing else happens: attributes are asked for only when there is a span to put them on.
 */
export function withSpan<R>(name: SpanName, run: (span?: Span) => R, attributes?: () => Attributes): R {
  const active = context.active()
  const tracers = active.getValue(TRACERS) as Tracers | undefined
  if (!tracers) return run()
  return inSpan(tracers.start(name, active, attributes?.()), active, run)
}

/** The headers that a call has to bear: of the span that is active, or else those that came. */
export function onward({ traceparent, tracestate }: TraceHeaders): Headers {
  if (context.active().getValue(TRACERS)) return injectHeaders({}, { propagator: traceContext })
  return {
    ...(typeof traceparent === 'string' && { traceparent }),
    ...(typeof tracestate === 'string' && { tracestate }),
  }
}

/** Calls `run` with `span` active, and ends the span when it is over: with what it threw, where it did. */
export function inSpan<R>(span: Span, parent: Context, run: (span?: Span) => R): R {
  let returned: R
  try {
    returned = context.with(trace.setSpan(parent, span), run, undefined, span)
  } catch (error) {
    fail(span, error)
    throw error
  }
  if (!(returned instanceof Promise)) {
    span.end()
    return returned
  }
  return returned.then(
    (value: unknown) => {
      span.end()
      return value
    },
    (error: unknown) => {
      fail(span, error)
      throw error
    },
  ) as R
}

/** Ends a span that went wrong. Who was called off did nothing wrong, unless the reason is that somebody did. */
export function fail(span: Span, thrown: unknown): void {
  const error = reasonOf(thrown)
  if (error.name === 'AbortError') span.setAttribute('tps.outcome', 'cancelled')
  else {
    span.setAttribute('error.type', codeOf(error))
    span.recordException(error)
    span.setStatus({ code: SpanStatusCode.ERROR, message: error.message || error.name })
  }
  span.end()
}

/** Platform functions that are aborted throw an error of their own, with the reason as its cause. */
function reasonOf(thrown: unknown): Error {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  return error.name === 'AbortError' && error.cause instanceof Error ? error.cause : error
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
