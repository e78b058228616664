import { randomUUID } from 'node:crypto'
import type { Attributes } from '@opentelemetry/api'
import { type Static, Type } from 'typebox'
import type { SignalTrace } from './tracing/signal-trace.ts'
import { newTraceId } from './tracing/trace-id.ts'

/** The body of `POST /signal`. */
export const SignalRequestSchema = Type.Object(
  {
    signal_type: Type.Enum(['validate', 'execute', 'report'], {
      description:
        '"execute" runs the task and calls the downstream; "validate" only checks; "report" returns the present percentiles.',
    }),
    payload: Type.Object(
      {
        task: Type.Optional(Type.String({ minLength: 1, maxLength: 1_000 })),
        type: Type.Optional(Type.Enum(['quick', 'slow'])),
        latency_ms: Type.Optional(Type.Number({ minimum: 0, maximum: 60_000 })),
        product_id: Type.Optional(Type.Integer({ minimum: 1, maximum: 2_147_483_647 })),
        customer_id: Type.Optional(Type.Integer({ minimum: 1, maximum: 2_147_483_647 })),
      },
      { additionalProperties: true },
    ),
    priority: Type.Optional(Type.Integer({ minimum: 1, maximum: 4 })),
    timeout_ms: Type.Optional(Type.Integer({ minimum: 1, maximum: 600_000 })),
  },
  { additionalProperties: false },
)

/** What a caller asks for. */
export type SignalRequest = Static<typeof SignalRequestSchema>

/** Where a signal is on its way. The last three are final. */
export type SignalStatus = 'queued' | 'processing' | 'completed' | 'failed' | 'dead-lettered'

/** A signal on the line. Times are monotonic ms unless they say otherwise. */
export interface Signal {
  readonly id: string
  readonly traceId: string
  readonly request: SignalRequest
  /** Wall clock, ISO 8601. */
  readonly acceptedAt: string
  /** When the request arrived. */
  readonly receivedMs: number
  /** When the line began to admit it. */
  readonly acceptedMs: number
  /** When it was put into the queue. */
  enqueuedMs: number
  status: SignalStatus
  /** The variant of the experiment that it met. */
  variant?: 'control' | 'treatment' | undefined
  /** W3C trace context, of a signal that came from another process. */
  traceparent?: string | undefined
  /** When it was put into a queue that is not in memory, in ms since 1970. */
  readonly putAt?: number | undefined
  /** Its spans, in the processes that have had it in their hands. */
  trace?: SignalTrace | undefined
}

/** By what the durations of signals are learned: what is done, and of which kind. `burst-17` is of the kind `burst`. */
export function kindOf({ request: { signal_type, payload } }: Pick<Signal, 'request'>): string {
  const { latency_ms, type, task = '' } = payload
  const detail = latency_ms === undefined ? (type ?? task.replace(/[\W_]*\d+$/, '')) : `${latency_ms} ms`
  return `${signal_type} ${detail}`
}

/** Makes a signal of a request that arrived at `receivedMs` and is to be admitted now. */
export function createSignal(
  request: SignalRequest,
  trace: SignalTrace,
  receivedMs: number,
  nowMs: number = performance.now(),
): Signal {
  return {
    id: randomUUID(),
    traceId: trace.traceId,
    traceparent: undefined,
    trace,
    request,
    acceptedAt: isoNow(),
    receivedMs,
    acceptedMs: nowMs,
    enqueuedMs: receivedMs,
    status: 'queued',
    variant: undefined,
    putAt: undefined,
  }
}

/** The time of the wall clock, as ISO 8601: written once for all that come in the same millisecond. */
function isoNow(): string {
  const nowMs = Date.now()
  if (nowMs !== isoMs) {
    isoMs = nowMs
    iso = new Date(nowMs).toISOString()
  }
  return iso
}

let isoMs = 0
let iso = ''

/** Who sent a signal that doesn't say. Callers are not told apart here: one who wants to be found again says so. */
const USER = 'test-user'

/** What the outermost span of a signal tells of it. */
export function describeSignal({ id, request: { signal_type, payload, priority } }: Signal): Attributes {
  const { task, type, product_id, customer_id } = payload
  const user: unknown = Reflect.get(payload, 'user_id')
  return {
    'http.method': 'POST',
    'http.route': '/signal',
    signal_id: id,
    signal_type,
    user_id: typeof user === 'string' ? user : USER,
    ...(task !== undefined && { task }),
    ...(type !== undefined && { task_type: type }),
    ...(priority !== undefined && { priority }),
    ...(product_id !== undefined && { product_id }),
    ...(customer_id !== undefined && { customer_id }),
  }
}

const TRACEPARENT = /^[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})[\da-f]{16}-[\da-f]{2}$/

/** The trace id of a W3C `traceparent` header, or a new one where there is no valid header. */
export function traceIdFrom(traceparent: string | string[] | undefined): string {
  const [, given] = (typeof traceparent === 'string' && TRACEPARENT.exec(traceparent)) || []
  return given ?? newTraceId()
}
