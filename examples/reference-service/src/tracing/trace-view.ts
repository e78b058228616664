import type { Attributes } from '@opentelemetry/api'
import { round } from '../round.ts'
import { type CriticalPart, type TimedSpan, criticalPath, ownMs } from './critical-path.ts'
import type { KeptSpan, KindName } from './kept-span.ts'
import type { KeptTrace } from './kept-trace.ts'

/** A trace in a list. Durations in ms. */
export interface TraceRow {
  readonly trace_id: string
  readonly signal_id: string | null
  /** How the signal fared; `null` as long as nobody knows. */
  readonly status: string | null
  readonly signal_type: string | null
  readonly task: string | null
  /** When it began, ISO 8601. */
  readonly timestamp: string
  readonly duration_ms: number
  /** Whether any span has failed. */
  readonly error: boolean
  /** Whether its outermost span has not ended. */
  readonly in_progress: boolean
  /** How many spans there are. */
  readonly spans: number
}

/** A span in the picture of a trace. Times in ms from the begin of the trace. */
export interface SpanView {
  readonly span_id: string
  readonly parent_span_id: string | null
  /** How far in: 0 for the outermost. */
  readonly depth: number
  readonly name: string
  readonly service: string
  readonly kind: KindName
  readonly start_ms: number
  readonly duration_ms: number
  /** What none of its children took. */
  readonly own_ms: number
  readonly error: boolean
  readonly message: string | null
  readonly attributes: Attributes
  readonly events: readonly { readonly name: string; readonly at_ms: number; readonly attributes: Attributes }[]
  readonly links: readonly { readonly trace_id: string; readonly span_id: string }[]
  /** Its stretches of the critical path. */
  readonly critical: readonly { readonly from_ms: number; readonly to_ms: number }[]
}

/** A trace with its spans, each after its parent, siblings by their begin. */
export interface TraceView extends Omit<TraceRow, 'spans'> {
  readonly spans: readonly SpanView[]
  /** Spans that there was no room for. */
  readonly dropped_spans: number
}

/** A span with its children, for walking. */
interface Node extends TimedSpan {
  readonly span: KeptSpan
  readonly children: Node[]
}

export function rowOf(trace: KeptTrace): TraceRow {
  const attributes = trace.root?.attributes ?? {}
  return {
    trace_id: trace.id,
    signal_id: trace.signalId ?? null,
    status: trace.status ?? null,
    signal_type: textOrNull(attributes['signal_type']),
    task: textOrNull(attributes['task']),
    timestamp: new Date(trace.startMs).toISOString(),
    duration_ms: round(trace.durationMs),
    error: trace.isError,
    in_progress: trace.root === undefined,
    spans: trace.spans.length,
  }
}

export function viewOf(trace: KeptTrace): TraceView {
  const roots = treeOf(trace.spans)
  const criticalBy = Map.groupBy(roots.flatMap(criticalPath), ({ id }) => id)
  const spans = roots.flatMap((node) => flatten(node, 0, trace.startMs, criticalBy))
  return { ...rowOf(trace), spans, dropped_spans: trace.dropped }
}

/** The outermost spans first come, first served; whose parent isn't there counts as one. */
function treeOf(spans: readonly KeptSpan[]): Node[] {
  const nodes = new Map(
    spans.map((span): [string, Node] => {
      const { spanId: id, startMs, durationMs } = span
      return [id, { id, span, startMs, endMs: startMs + durationMs, children: [] }]
    }),
  )
  const roots: Node[] = []
  for (const node of [...nodes.values()].toSorted((a, b) => a.startMs - b.startMs)) {
    const parent = node.span.parentSpanId === undefined ? undefined : nodes.get(node.span.parentSpanId)
    if (parent && parent !== node) parent.children.push(node)
    else roots.push(node)
  }
  return roots
}

function flatten(
  node: Node,
  depth: number,
  originMs: number,
  criticalBy: ReadonlyMap<string, readonly CriticalPart[]>,
): SpanView[] {
  const { span, children } = node
  const since = (ms: number): number => round(ms - originMs)
  const view: SpanView = {
    span_id: span.spanId,
    parent_span_id: span.parentSpanId ?? null,
    depth,
    name: span.name,
    service: span.service,
    kind: span.kind,
    start_ms: since(span.startMs),
    duration_ms: round(span.durationMs),
    own_ms: round(ownMs(node)),
    error: span.isError,
    message: span.message ?? null,
    attributes: span.attributes,
    events: span.events.map(({ name, atMs, attributes }) => ({ name, at_ms: since(atMs), attributes })),
    links: span.links.map(({ traceId, spanId }) => ({ trace_id: traceId, span_id: spanId })),
    critical: (criticalBy.get(span.spanId) ?? []).map(({ fromMs, toMs }) => ({
      from_ms: since(fromMs),
      to_ms: since(toMs),
    })),
  }
  return [view, ...children.flatMap((child) => flatten(child, depth + 1, originMs, criticalBy))]
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
