import {
  type AttributeValue,
  type Attributes,
  type Context,
  type Exception,
  type Link,
  type Span,
  type SpanContext,
  type SpanOptions,
  type SpanStatus,
  type TimeInput,
  type Tracer,
  context,
  trace,
} from '@opentelemetry/api'
import { hrTimeOf } from './span-clock.ts'

/** Begins spans whose times are true to the microsecond. Numbers are monotonic ms, as `performance.now` gives them. */
export class PreciseTracer implements Tracer {
  readonly #tracer: Tracer

  /** Of a precise tracer the one it is made of is taken. */
  constructor(tracer: Tracer) {
    this.#tracer = tracer instanceof PreciseTracer ? tracer.#tracer : tracer
  }

  startSpan(name: string, options: SpanOptions = {}, parent: Context = context.active()): Span {
    const span = this.#tracer.startSpan(name, { ...options, startTime: preciseTime(options.startTime) }, parent)
    return span.isRecording() ? new PreciseSpan(span) : span
  }

  startActiveSpan<F extends (span: Span) => unknown>(name: string, ...rest: readonly unknown[]): ReturnType<F> {
    const run = rest.at(-1) as F
    const [options, parent = context.active()] = rest.slice(0, -1) as [SpanOptions?, Context?]
    const span = this.startSpan(name, options, parent)
    return context.with(trace.setSpan(parent, span), () => run(span)) as ReturnType<F>
  }
}

/** Begins spans with attributes that are asked for then. */
export class DescribingTracer extends PreciseTracer {
  readonly #attributes: () => Attributes

  constructor(tracer: Tracer, attributes: () => Attributes) {
    super(tracer)
    this.#attributes = attributes
  }

  override startSpan(name: string, options: SpanOptions = {}, parent?: Context): Span {
    const span = super.startSpan(name, options, parent)
    if (span.isRecording()) span.setAttributes(this.#attributes())
    return span
  }
}

/** A span that is recorded. What it is told without a time happens now. */
export class PreciseSpan implements Span {
  readonly #span: Span

  constructor(span: Span) {
    this.#span = span
  }

  spanContext(): SpanContext {
    return this.#span.spanContext()
  }

  setAttribute(key: string, value: AttributeValue): this {
    this.#span.setAttribute(key, value)
    return this
  }

  setAttributes(attributes: Attributes): this {
    this.#span.setAttributes(attributes)
    return this
  }

  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this {
    const isTime =
      typeof attributesOrTime !== 'object' || Array.isArray(attributesOrTime) || attributesOrTime instanceof Date
    if (isTime) this.#span.addEvent(name, preciseTime(attributesOrTime))
    else this.#span.addEvent(name, attributesOrTime, preciseTime(time))
    return this
  }

  addLink(link: Link): this {
    this.#span.addLink(link)
    return this
  }

  addLinks(links: Link[]): this {
    this.#span.addLinks(links)
    return this
  }

  setStatus(status: SpanStatus): this {
    this.#span.setStatus(status)
    return this
  }

  updateName(name: string): this {
    this.#span.updateName(name)
    return this
  }

  end(endTime?: TimeInput): void {
    this.#span.end(preciseTime(endTime))
  }

  isRecording(): boolean {
    return this.#span.isRecording()
  }

  recordException(exception: Exception, time?: TimeInput): void {
    this.#span.recordException(exception, preciseTime(time))
  }
}

/** Of a number that is no monotonic time yet, since it would lie in the future, the wall clock is meant. */
function preciseTime(time: TimeInput | undefined): TimeInput {
  const nowMs = performance.now()
  if (time === undefined) return hrTimeOf(nowMs)
  if (typeof time !== 'number') return time
  return time <= nowMs ? hrTimeOf(time) : [Math.floor(time / 1_000), Math.floor((time % 1_000) * 1e6)]
}
