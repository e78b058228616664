import type { Variant } from '../experiments.ts'
import type { Signal, SignalRequest } from '../signal.ts'

/** A signal as it is written to a file or sent to another process: plain JSON, with times of the wall clock, in ms. */
export interface StoredSignal {
  readonly id: string
  readonly traceId: string
  readonly request: SignalRequest
  /** ISO 8601. */
  readonly acceptedAt: string
  readonly receivedAt: number
  readonly admittedAt: number
  readonly variant?: Variant | undefined
  /** W3C trace context. */
  readonly traceparent?: string | undefined
}

export function stored(signal: Signal): StoredSignal {
  const { id, traceId, request, acceptedAt, variant, trace } = signal
  const traceparent = trace?.traceparent ?? signal.traceparent
  return {
    id,
    traceId,
    request,
    acceptedAt,
    receivedAt: wallOf(signal.receivedMs),
    admittedAt: wallOf(signal.acceptedMs),
    ...(variant && { variant }),
    ...(traceparent !== undefined && { traceparent }),
  }
}

/** The signal again; it was put in at `createdAt` and has waited from then on. */
export function restored(written: StoredSignal, createdAt: number): Signal {
  const { id, traceId, request, acceptedAt, receivedAt, admittedAt, variant, traceparent } = written
  return {
    id,
    traceId,
    request,
    acceptedAt,
    receivedMs: monotonicOf(receivedAt),
    acceptedMs: monotonicOf(admittedAt),
    // Of two clocks, one may be a little ahead.
    enqueuedMs: monotonicOf(Math.max(createdAt, admittedAt)),
    status: 'queued',
    variant,
    traceparent,
    putAt: createdAt,
  }
}

/** ms since 1970, with fractions, of a monotonic time of this process. */
function wallOf(monotonicMs: number): number {
  return performance.timeOrigin + monotonicMs
}

function monotonicOf(wallMs: number): number {
  return wallMs - performance.timeOrigin
}
