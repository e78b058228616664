import { type Attributes, type HrTime, SpanKind, SpanStatusCode } from '@opentelemetry/api'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'

/** Something that happened during a span. */
export interface KeptEvent {
  readonly name: string
  /** Wall clock, ms since 1970, with its fractions. */
  readonly atMs: number
  readonly attributes: Attributes
}

/** A span that has ended, as it is kept to be looked at. */
export interface KeptSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  readonly name: string
  readonly service: string
  readonly kind: KindName
  /** Wall clock, ms since 1970, with its fractions. */
  readonly startMs: number
  readonly durationMs: number
  readonly isError: boolean
  readonly message: string | undefined
  readonly attributes: Attributes
  readonly events: readonly KeptEvent[]
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[]
}

/** A span's kind as people write it. */
export type KindName = 'internal' | 'server' | 'client' | 'producer' | 'consumer'

export const KIND_NAMES: Readonly<Record<SpanKind, KindName>> = {
  [SpanKind.INTERNAL]: 'internal',
  [SpanKind.SERVER]: 'server',
  [SpanKind.CLIENT]: 'client',
  [SpanKind.PRODUCER]: 'producer',
  [SpanKind.CONSUMER]: 'consumer',
}

/** What of a span of the SDK is kept. */
export function keptOf(span: ReadableSpan): KeptSpan {
  const { traceId, spanId } = span.spanContext()
  return {
    traceId,
    spanId,
    parentSpanId: span.parentSpanContext?.spanId,
    name: span.name,
    service: String(span.resource.attributes['service.name']),
    kind: KIND_NAMES[span.kind],
    startMs: msOf(span.startTime),
    durationMs: msOf(span.duration),
    isError: span.status.code === SpanStatusCode.ERROR,
    message: span.status.message,
    attributes: span.attributes,
    events: span.events.map(({ name, time, attributes = {} }) => ({ name, atMs: msOf(time), attributes })),
    links: span.links.map(({ context }) => ({ traceId: context.traceId, spanId: context.spanId })),
  }
}

/** About how many bytes a span takes. Short of asking the engine this is a guess, on the high side. */
export function bytesOf({ name, message = '', attributes, events, links }: KeptSpan): number {
  let bytes = 500 + 2 * (name.length + message.length) + 100 * links.length + bytesOfAttributes(attributes)
  for (const event of events) bytes += 200 + 2 * event.name.length + bytesOfAttributes(event.attributes)
  return bytes
}

function bytesOfAttributes(attributes: Attributes): number {
  let bytes = 0
  for (const key in attributes) bytes += 32 + 2 * key.length + bytesOfValue(attributes[key])
  return bytes
}

function bytesOfValue(value: unknown): number {
  if (typeof value === 'string') return 2 * value.length
  if (Array.isArray(value)) return value.reduce((sum: number, each) => sum + bytesOfValue(each), 16)
  return 8
}

function msOf([seconds, nanoseconds]: HrTime): number {
  return seconds * 1_000 + nanoseconds / 1e6
}
