import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanStatusCode,
  TraceFlags,
  context,
  trace,
} from '@opentelemetry/api'
import { type Headers, type QueueTracing, injectHeaders, traceContext } from '@tps/andon/tracing'
import type { SpanName } from './span-names.ts'
import { type Tracers, recording } from './spans.ts'

/** What a recorded trace is made with. */
export interface Recorder {
  readonly tracers: Tracers
  readonly queue: QueueTracing
}

/** A part of a signal's way that is told when it is over. Monotonic ms. */
interface Step {
  readonly name: SpanName
  readonly startMs: number
  readonly endMs: number
  readonly attributes?: Attributes | undefined
  /** Why it failed, or was refused. */
  readonly error?: string | undefined
  /** What took place in it. */
  readonly child?: Step | undefined
}

/** How a signal ended, as its trace tells it. */
export type TraceStatus = 'completed' | 'failed' | 'dead-lettered' | 'rejected' | 'invalid'

/**
 * The trace of one signal, in the process that holds it. Where it isn't recorded every method does nothing or, given
 * something to call, calls it: no attribute is built, no context changed.
 */
export class SignalTrace {
  readonly traceId: string
  /** Whether it can be followed in the log, too. */
  readonly isLogged: boolean
  readonly #span: Span
  readonly #recorder: Recorder | undefined
  readonly #context: Context
  /** Where the trace was begun here: its outermost span. It ends when the answer is out and the signal at its end. */
  readonly #root: Span | undefined
  readonly #receivedMs: number
  #parsedMs: number | undefined
  #answeringMs: number | undefined
  #isReceived = false
  #isAnswered = false
  #isFinished = false

  /**
   * `span` is what the signal's spans are under. `receivedMs`: it was begun here, by a request that arrived then. Without a
   * recorder nothing is recorded.
   */
  constructor(span: Span, recorder: Recorder | undefined, receivedMs?: number, isLogged = recorder !== undefined) {
    this.isLogged = isLogged
    this.traceId = span.spanContext().traceId
    this.#span = span
    this.#recorder = recorder
    this.#root = receivedMs === undefined || !recorder ? undefined : span
    this.#receivedMs = receivedMs ?? 0
    this.#context = recorder ? recording(trace.setSpan(ROOT_CONTEXT, span), recorder.tracers) : ROOT_CONTEXT
  }

  /** As it is handed on to other processes. */
  get traceparent(): string {
    return traceparentOf(this.#span.spanContext())
  }

  /** What makes a call of another process part of the trace: under the span that is active, or the outermost. */
  headers(): Headers {
    if (!this.#recorder && !this.#span.spanContext().traceState) return { traceparent: this.traceparent }
    const own = this.#recorder && trace.getSpan(context.active()) ? context.active() : undefined
    return injectHeaders({}, { context: own ?? trace.setSpan(ROOT_CONTEXT, this.#span), propagator: traceContext })
  }

  /** Nothing of it goes along with a signal that is written down: that has the `traceparent`. */
  toJSON(): undefined {
    return undefined
  }

  get isRecorded(): boolean {
    return this.#recorder !== undefined
  }

  /** Calls `run` where `withSpan` makes spans of this trace. */
  within<R>(run: () => R): R {
    return this.#recorder ? context.with(this.#context, run) : run()
  }

  /** The body of the request has been read and understood. */
  parsed(): void {
    if (this.#recorder) this.#parsedMs = performance.now()
  }

  /** It is decided what becomes of the request: its signal is put into the queue now, or it was refused. */
  received(): void {
    if (!this.#recorder || this.#isReceived) return
    this.#isReceived = true
    const [startMs, endMs] = [this.#receivedMs, performance.now()]
    this.#record({
      name: 'ReceiveSignal',
      startMs,
      endMs,
      attributes: RECEIVED,
      child: { name: 'ParseRequest', startMs, endMs: this.#parsedMs ?? endMs },
    })
  }

  /** What is known of the signal, on the outermost span. */
  about(attributes: () => Attributes): void {
    if (this.#root) this.#root.setAttributes(attributes())
  }

  /**
   * Calls `put`, which says whether there was room, at once or later, and remembers the context for the worker that will take
   * the signal.
   */
  enqueue<R extends boolean | Promise<boolean>>(item: object, known: Attributes, put: () => R): R {
    const recorder = this.#recorder
    if (!recorder) return put()
    this.received()
    const startMs = performance.now()
    context.with(this.#context, () => recorder.queue.carry(item))
    const told = (error?: string): void => this.#enqueued(startMs, known, error)
    try {
      const isIn = put()
      if (isIn instanceof Promise)
        isIn.then(
          (hasRoom) => told(hasRoom ? undefined : FULL),
          () => told(UNREACHABLE),
        )
      else told(isIn ? undefined : FULL)
      return isIn
    } catch (error) {
      told(UNREACHABLE)
      throw error
    }
  }

  #enqueued(startMs: number, known: Attributes, error: string | undefined): void {
    const checkedMs = performance.now()
    this.#record({
      name: 'Kanban.Enqueue',
      startMs,
      endMs: performance.now(),
      attributes: error === undefined ? known : { ...known, ...REFUSED },
      error,
      child: { name: 'CheckQueueCapacity', startMs, endMs: checkedMs, error },
    })
  }

  /** The signal waits again: for another attempt, or because somebody sent its dead letter back. */
  requeued(item: object, event: 'retry_attempt' | 'redriven', attributes: () => Attributes): void {
    const recorder = this.#recorder
    if (!recorder) return
    this.#root?.addEvent(event, attributes())
    context.with(this.#context, () => recorder.queue.carry(item))
  }

  /**
   * Calls `work` in the span of the worker's work, after that of the wait. `enqueuedMs`: since when a signal has waited that
   * came from another process.
   */
  process<R>(item: object, attempt: number, enqueuedMs: number, work: () => R): R {
    const recorder = this.#recorder
    if (!recorder) return work()
    const inside = (): R => context.with(recording(context.active(), recorder.tracers), work)
    if (this.#root) return recorder.queue.process({ item, attempt }, inside)
    const headers = { traceparent: this.traceparent }
    return recorder.queue.process({ item, attempt, headers, createdAt: performance.timeOrigin + enqueuedMs }, inside)
  }

  /** Jidoka refused the signal at the door: behind a stopped line work would only pile up. */
  stopped(circuitBreaker: string, retryAfterMs: number): void {
    if (!this.#recorder) return
    this.received()
    const nowMs = performance.now()
    this.#record({
      name: 'Jidoka.Check',
      startMs: nowMs,
      endMs: performance.now(),
      attributes: { ...REFUSED, circuit_breaker_state: circuitBreaker, 'tps.retry_after_ms': retryAfterMs },
      error: 'circuit breaker open',
    })
  }

  /** The request was refused. */
  refused(reason: string): void {
    this.received()
    this.finished('rejected', reason)
  }

  /** The signal has come to its end here. `error` says why not to a good one. */
  finished(status: TraceStatus, error?: string): void {
    if (this.#isFinished || !this.#recorder) return
    this.#isFinished = true
    const root = this.#root
    if (!root) return
    root.setAttribute('status', status)
    if (status !== 'completed') root.setStatus({ code: SpanStatusCode.ERROR, message: error ?? status })
    this.#endWhenDone(root)
  }

  /** The answer is about to be sent. */
  answering(): void {
    if (this.#recorder) this.#answeringMs = performance.now()
  }

  /** The answer is out, or its connection gone. */
  answered(httpStatus: number): void {
    const root = this.#root
    if (!root || this.#isAnswered) return
    this.#isAnswered = true
    const endMs = performance.now()
    const startMs = this.#answeringMs ?? endMs
    if (this.#parsedMs === undefined) this.#misunderstood(startMs, `answered ${httpStatus}`)
    this.#record({ name: 'ReturnResponse', startMs, endMs, attributes: { 'http.status_code': httpStatus } })
    root.setAttribute('http.status_code', httpStatus)
    this.#endWhenDone(root)
  }

  /** Nobody could make a signal of the request. */
  #misunderstood(endMs: number, error: string): void {
    const startMs = this.#receivedMs
    const child = { name: 'ParseRequest', startMs, endMs, error } as const
    this.#record({ name: 'ReceiveSignal', startMs, endMs, attributes: RECEIVED, child })
    this.finished('invalid', error)
  }

  #endWhenDone(root: Span): void {
    if (this.#isAnswered && this.#isFinished) root.end()
  }

  #record(step: Step, parent = this.#context): void {
    if (!this.#recorder) return
    const { name, startMs, endMs, attributes, error, child } = step
    const span = this.#recorder.tracers.start(name, parent, attributes, startMs)
    if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: error })
    if (child) this.#record(child, trace.setSpan(parent, span))
    span.end(endMs)
  }
}

/** A span's context as W3C trace context writes it. */
export function traceparentOf({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${(traceFlags & TraceFlags.SAMPLED) === 0 ? '00' : '01'}`
}

const FULL = 'queue full'
const UNREACHABLE = 'queue unavailable'
const REFUSED: Attributes = { 'tps.outcome': 'refused' }
/** What lab 3.4 calls it. */
const RECEIVED: Attributes = { 'tps.alias': 'API.ReceiveSignal' }
