import type { Attributes } from '@opentelemetry/api'
import { KIND_NAMES, type KeptEvent, type KeptSpan, type KindName } from './kept-span.ts'

// OTLP as JSON, as far as it is read here. All of it comes from outside: nothing is believed before it was looked at.
// https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto

/** What came of an OTLP request. */
export interface OtlpSpans {
  readonly spans: readonly KeptSpan[]
  /** Spans that made no sense. */
  readonly rejected: number
}

const ERROR = 2
/** In OTLP kinds begin with 1; 0 is "unspecified". */
const KINDS: readonly KindName[] = ['internal', ...Object.values(KIND_NAMES)]
const MAX_TEXT = 4_096
const MAX_EVENTS = 128

/** Reads the spans of an OTLP request. Never throws. */
export function spansOfOtlp(body: unknown): OtlpSpans {
  const spans: KeptSpan[] = []
  let rejected = 0
  for (const resourceSpans of listOf(body, 'resourceSpans')) {
    const resource = attributesOf(fieldOf(resourceSpans, 'resource'))
    const name = resource['service.name']
    const service = typeof name === 'string' ? name : 'unknown'
    for (const scopeSpans of listOf(resourceSpans, 'scopeSpans'))
      for (const raw of listOf(scopeSpans, 'spans')) {
        const span = spanOf(raw, service)
        if (span) spans.push(span)
        else rejected++
      }
  }
  return { spans, rejected }
}

function spanOf(raw: unknown, service: string): KeptSpan | undefined {
  const traceId = hexOf(raw, 'traceId', 32)
  const spanId = hexOf(raw, 'spanId', 16)
  const startMs = msOf(raw, 'startTimeUnixNano')
  const endMs = msOf(raw, 'endTimeUnixNano')
  const name = textOf(raw, 'name')
  if (!traceId || !spanId || !name || startMs === undefined || endMs === undefined) return undefined
  const status = fieldOf(raw, 'status')
  return {
    traceId,
    spanId,
    parentSpanId: hexOf(raw, 'parentSpanId', 16),
    name,
    service,
    kind: KINDS[Number(fieldOf(raw, 'kind') ?? 0)] ?? 'internal',
    startMs,
    durationMs: Math.max(0, endMs - startMs),
    isError: fieldOf(status, 'code') === ERROR,
    message: textOf(status, 'message'),
    attributes: attributesOf(raw),
    events: listOf(raw, 'events').slice(0, MAX_EVENTS).flatMap(eventOf),
    links: listOf(raw, 'links').flatMap((link) => {
      const [linkedTrace, linkedSpan] = [hexOf(link, 'traceId', 32), hexOf(link, 'spanId', 16)]
      return linkedTrace && linkedSpan ? [{ traceId: linkedTrace, spanId: linkedSpan }] : []
    }),
  }
}

function eventOf(raw: unknown): KeptEvent[] {
  const [name, atMs] = [textOf(raw, 'name'), msOf(raw, 'timeUnixNano')]
  return name && atMs !== undefined ? [{ name, atMs, attributes: attributesOf(raw) }] : []
}

function attributesOf(raw: unknown): Attributes {
  const attributes = Object.create(null) as Attributes
  for (const pair of listOf(raw, 'attributes').slice(0, MAX_EVENTS)) {
    const key = textOf(pair, 'key')
    const value = valueOf(fieldOf(pair, 'value'))
    if (key && value !== undefined) attributes[key] = value
  }
  return attributes
}

function valueOf(raw: unknown): Attributes[string] {
  const text = textOf(raw, 'stringValue')
  if (text !== undefined) return text
  const [isTrue, integer, double] = [fieldOf(raw, 'boolValue'), fieldOf(raw, 'intValue'), fieldOf(raw, 'doubleValue')]
  if (typeof isTrue === 'boolean') return isTrue
  if (integer !== undefined && Number.isFinite(Number(integer))) return Number(integer)
  if (typeof double === 'number') return double
  const list = listOf(fieldOf(raw, 'arrayValue'), 'values')
  return list.length > 0 ? list.slice(0, MAX_EVENTS).map((each) => String(valueOf(each))) : undefined
}

function fieldOf(raw: unknown, key: string): unknown {
  return typeof raw === 'object' && raw !== null && Object.hasOwn(raw, key)
    ? (raw as Record<string, unknown>)[key]
    : undefined
}

function listOf(raw: unknown, key: string): readonly unknown[] {
  const list = fieldOf(raw, key)
  return Array.isArray(list) ? list : []
}

function textOf(raw: unknown, key: string): string | undefined {
  const text = fieldOf(raw, key)
  return typeof text === 'string' ? text.slice(0, MAX_TEXT) : undefined
}

function hexOf(raw: unknown, key: string, length: number): string | undefined {
  const text = textOf(raw, key)?.toLowerCase()
  return text?.length === length && /^[\da-f]+$/.test(text) ? text : undefined
}

/** Nanoseconds as text are more than a double can hold: whole ms and the rest apart. */
function msOf(raw: unknown, key: string): number | undefined {
  const nanoseconds = fieldOf(raw, key)
  const text = typeof nanoseconds === 'number' ? String(nanoseconds) : nanoseconds
  if (typeof text !== 'string' || !/^\d{1,20}$/.test(text)) return undefined
  const at = Math.max(0, text.length - 6)
  return Number(text.slice(0, at) || '0') + Number(text.slice(at)) / 1e6
}
