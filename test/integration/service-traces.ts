import { type ServiceClient, until } from './service.ts'

/** A span as `GET /traces/:trace_id` shows it. */
export interface SpanView {
  readonly span_id: string
  readonly parent_span_id: string | null
  readonly depth: number
  readonly name: string
  readonly service: string
  readonly start_ms: number
  readonly duration_ms: number
  readonly error: boolean
  readonly message: string | null
  readonly attributes: Readonly<Record<string, unknown>>
  readonly events: readonly { readonly name: string; readonly attributes: Readonly<Record<string, unknown>> }[]
}

/** A trace as `GET /traces/:trace_id` shows it. */
export interface TraceView {
  readonly trace_id: string
  readonly signal_id: string | null
  readonly status: string | null
  readonly error: boolean
  readonly in_progress: boolean
  readonly spans: readonly SpanView[]
}

/** Waits until the trace is complete: its outermost span has ended, and so have `count` others, where that is known. */
export async function completeTrace(service: ServiceClient, traceId: string, count = 0): Promise<TraceView> {
  const trace = await until(
    async () => await service.json<Partial<TraceView>>(`/traces/${traceId}`),
    ({ in_progress = true, spans = [] }) => !in_progress && spans.length >= count,
    20_000,
  )
  return trace as TraceView
}

/** The names, two spaces in for each level, and what went wrong. Answers and workers overtake each other, so sorted. */
export function tree({ spans }: TraceView): string[] {
  return spans
    .map(({ depth, name, error, message }) => '  '.repeat(depth) + name + (error ? ` !${message ?? ''}` : ''))
    .toSorted()
}

/** The tree of lab 6 up to the queue, for a signal that gets in. */
export const ACCEPTED = [
  'ProcessSignal',
  '  ReceiveSignal',
  '    ParseRequest',
  '  Kanban.Enqueue',
  '    CheckQueueCapacity',
  '  ReturnResponse',
]

/** An attempt of a worker at it, up to the end of the task. */
export const ATTEMPT = [
  '  Worker.Dequeue',
  '    WaitForWork',
  '  ProcessWork',
  '    ValidateSignal',
  '    ExecuteTask',
  '      FetchFromCache',
  '      ParseResult',
  '    RecordResult',
]

/** The call of the downstream. */
export const CALL = ['  Jidoka.Check', '    CallDownstream', '      Downstream.Call']

/** The measuring of it. */
export const MEASURED = ['  Kaizen.RecordMetric', '  Heijunka.UpdateLoad']

/** What comes with a task whose look-up is not in the cache. */
export const DATABASE = ['      FetchFromDatabase']
