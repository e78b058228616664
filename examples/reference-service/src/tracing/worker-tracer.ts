import type { Context, Span, SpanOptions, TimeInput, Tracer } from '@opentelemetry/api'
import { PreciseSpan, PreciseTracer } from './precise-tracer.ts'
import type { SpanName } from './span-names.ts'
import type { Tracers } from './spans.ts'

/** What `QueueTracing` begins its spans with: that of a wait shows what the worker waited for within it. */
export class WorkerTracer extends PreciseTracer {
  readonly #tracers: Tracers

  constructor(tracer: Tracer, tracers: Tracers) {
    super(tracer)
    this.#tracers = tracers
  }

  override startSpan(name: string, options: SpanOptions = {}, parent?: Context): Span {
    const span = super.startSpan(name, options, parent)
    if (name !== ('Worker.Dequeue' satisfies SpanName) || !span.isRecording()) return span
    return new DequeueSpan(span, options.startTime, this.#tracers)
  }
}

/** From when a signal was put in to when the worker begins: the wait for a worker, and what is left to do then. */
class DequeueSpan extends PreciseSpan {
  readonly #dequeue: Span
  readonly #startTime: TimeInput | undefined
  readonly #tracers: Tracers

  constructor(span: Span, startTime: TimeInput | undefined, tracers: Tracers) {
    super(span)
    this.#dequeue = span
    this.#startTime = startTime
    this.#tracers = tracers
  }

  /** `endTime` is when the worker had the signal. */
  override end(endTime?: TimeInput): void {
    this.#tracers.startUnder(this.#dequeue, 'WaitForWork', this.#startTime).end(endTime)
    super.end()
  }
}
