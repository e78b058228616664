import { checkName, checkObject } from '@tps/internal'

/** What a log line is about. What is left out is left out of the line. */
export interface LogContext {
  /** Written as `trace_id`. Default: that of the active span, where a `trace` is given. */
  readonly traceId?: string | undefined
  /** Written as `span_id`. Default: that of the active span, where a `trace` is given and `traceId` is not. */
  readonly spanId?: string | undefined
  /** Written as `signal_id`. */
  readonly signalId?: string | undefined
  /** The part of the program that logs. Written as `component`. */
  readonly component?: string | undefined
}

/** The fields of a log line, by the names that the handbook's queries look for. */
export interface LogFields {
  readonly trace_id?: string
  readonly span_id?: string
  readonly signal_id?: string
  readonly component?: string
}

/** What is used of `trace` of `@opentelemetry/api`. */
export interface TraceApi {
  getActiveSpan(): { spanContext(): { readonly traceId: string; readonly spanId: string } } | undefined
}

const NO_TRACE = /^0*$/

/** The fields of a context. @throws {TypeError | RangeError} when one is no text, or empty. */
export function logFields(context: LogContext, trace?: TraceApi): LogFields {
  const { traceId, spanId, signalId, component } = checkObject('context', context)
  const active = traceId === undefined && trace !== undefined ? activeTrace(trace) : {}
  return {
    ...active,
    ...(traceId !== undefined && { trace_id: checkName('traceId', traceId) }),
    ...(spanId !== undefined && { span_id: checkName('spanId', spanId) }),
    ...(signalId !== undefined && { signal_id: checkName('signalId', signalId) }),
    ...(component !== undefined && { component: checkName('component', component) }),
  }
}

/** `trace_id` and `span_id` of the active span; nothing where there is none. Never throws: a log line comes first. */
export function activeTrace(trace: TraceApi): LogFields {
  try {
    const context = trace.getActiveSpan()?.spanContext()
    // Without an SDK spans have the invalid context: all zeros.
    if (!context || NO_TRACE.test(context.traceId)) return {}
    return { trace_id: context.traceId, span_id: context.spanId }
  } catch {
    return {}
  }
}
