import {
  type Context,
  type SpanContext,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  createTraceState,
  isSpanContextValid,
  trace,
} from '@opentelemetry/api'

const TRACEPARENT = 'traceparent'
const TRACESTATE = 'tracestate'
/** Version, trace, parent, flags, and of later versions more. */
const PARTS = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/

/**
 * W3C trace context, level 1, as headers `traceparent` and `tracestate`: for programs that have registered no propagator.
 * Source: https://www.w3.org/TR/trace-context-1/
 */
export const traceContext: TextMapPropagator = {
  inject<Carrier>(context: Context, carrier: Carrier, setter: TextMapSetter<Carrier>): void {
    const span = trace.getSpanContext(context)
    if (!span || !isSpanContextValid(span)) return
    const { traceId, spanId, traceFlags, traceState } = span
    setter.set(carrier, TRACEPARENT, `00-${traceId}-${spanId}-${(traceFlags & 0xff).toString(16).padStart(2, '0')}`)
    const state = traceState?.serialize()
    if (state !== undefined && state !== '') setter.set(carrier, TRACESTATE, state)
  },

  extract<Carrier>(context: Context, carrier: Carrier, getter: TextMapGetter<Carrier>): Context {
    const span = parse(only(getter.get(carrier, TRACEPARENT)))
    if (!span) return context
    const state = getter.get(carrier, TRACESTATE)
    // Lists of several headers are joined.
    const joined = Array.isArray(state) ? state.join(',') : state
    return trace.setSpanContext(
      context,
      typeof joined === 'string' ? { ...span, traceState: createTraceState(joined) } : span,
    )
  },

  fields: () => [TRACEPARENT, TRACESTATE],
}

/** More than one `traceparent` is none. */
function only(value: unknown): unknown {
  return Array.isArray(value) && value.length === 1 ? (value[0] as unknown) : value
}

function parse(header: unknown): SpanContext | undefined {
  const parts = typeof header === 'string' ? PARTS.exec(header.trim()) : null
  if (!parts) return undefined
  const [, version = '', traceId = '', spanId = '', flags = '', rest] = parts
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined
  const span: SpanContext = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true }
  return isSpanContextValid(span) ? span : undefined
}
