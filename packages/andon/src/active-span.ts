import { type SpanContext, trace } from '@opentelemetry/api'
import { type LogFields, activeTrace } from './logging-fields.ts'

/** The span that is active, for `new Exemplars({ activeSpan })` of `@tps/andon/prometheus`. */
export function activeSpan(): SpanContext | undefined {
  return trace.getActiveSpan()?.spanContext()
}

/** `trace_id` and `span_id` of the active span, for one log line; nothing where there is none. */
export function traceFields(): LogFields {
  return activeTrace(trace)
}
