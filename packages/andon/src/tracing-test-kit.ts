import { AsyncLocalStorage } from 'node:async_hooks'
import {
  type Attributes,
  type Context,
  type ContextManager,
  type Exception,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  type SpanOptions,
  type SpanStatus,
  SpanStatusCode,
  type TimeInput,
  type Tracer,
  context,
  trace,
} from '@opentelemetry/api'

/** A span that remembers what it was told. */
export class RecordedSpan implements Span {
  readonly name: string
  readonly kind: SpanKind
  readonly attributes: Attributes
  readonly links: Link[]
  readonly events: { readonly name: string; readonly attributes: unknown }[] = []
  readonly exceptions: Exception[] = []
  readonly parent: SpanContext | undefined
  readonly startTime: TimeInput | undefined
  status: SpanStatus = { code: SpanStatusCode.UNSET }
  endTime: TimeInput | undefined
  ends = 0
  readonly #context: SpanContext

  constructor(name: string, options: SpanOptions, parent: SpanContext | undefined, own: SpanContext) {
    this.name = name
    this.kind = options.kind ?? SpanKind.INTERNAL
    this.attributes = { ...options.attributes }
    this.links = [...(options.links ?? [])]
    this.startTime = options.startTime
    this.parent = parent
    this.#context = own
  }

  spanContext(): SpanContext {
    return this.#context
  }

  setAttribute(key: string, value: string): this {
    this.attributes[key] = value
    return this
  }

  setAttributes(attributes: Attributes): this {
    Object.assign(this.attributes, attributes)
    return this
  }

  addEvent(name: string, attributes?: unknown): this {
    this.events.push({ name, attributes })
    return this
  }

  addLink(link: Link): this {
    this.links.push(link)
    return this
  }

  addLinks(links: Link[]): this {
    this.links.push(...links)
    return this
  }

  setStatus(status: SpanStatus): this {
    this.status = status
    return this
  }

  updateName(): this {
    return this
  }

  end(time?: TimeInput): void {
    this.ends++
    this.endTime = time
  }

  isRecording(): boolean {
    return this.ends === 0
  }

  recordException(exception: Exception): void {
    this.exceptions.push(exception)
  }
}

/** What stands in for an SDK: spans with real ids, parents and the sampling of their parents. */
export class RecordingTracer implements Tracer {
  /** Those that were begun, in that order. */
  readonly spans: RecordedSpan[] = []
  /** Whether traces that begin here are sampled. */
  samples = true
  #count = 0

  startSpan(name: string, options: SpanOptions = {}, parent: Context = context.active()): Span {
    const from = trace.getSpanContext(parent)
    const id = (++this.#count).toString(16)
    const isSampled = from ? (from.traceFlags & 1) === 1 : this.samples
    const own = {
      traceId: from?.traceId ?? id.padStart(32, 'a'),
      spanId: id.padStart(16, '0'),
      traceFlags: isSampled ? 1 : 0,
    }
    if (!isSampled) return trace.wrapSpanContext(own)
    const span = new RecordedSpan(name, options, from, own)
    this.spans.push(span)
    return span
  }

  startActiveSpan(): never {
    throw new Error('startActiveSpan is slow and must not be used')
  }

  named(name: string): RecordedSpan {
    const [span, ...others] = this.spans.filter((each) => each.name === name)
    if (!span || others.length > 0) throw new Error(`${others.length + (span ? 1 : 0)} spans are called "${name}"`)
    return span
  }
}

class LocalContexts implements ContextManager {
  readonly #local = new AsyncLocalStorage<Context>()

  active(): Context {
    return this.#local.getStore() ?? ROOT_CONTEXT
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    inside: Context,
    call: F,
    receiver?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return this.#local.run(inside, () => call.apply(receiver as never, args))
  }

  bind<T>(_context: Context, target: T): T {
    return target
  }

  enable(): this {
    return this
  }

  disable(): this {
    this.#local.disable()
    return this
  }
}

/** Registers a tracer and contexts for everyone. */
export function registerTracing(tracer: Tracer): void {
  context.setGlobalContextManager(new LocalContexts())
  trace.setGlobalTracerProvider({ getTracer: () => tracer })
}

/** Takes both away again. */
export function unregisterTracing(): void {
  context.disable()
  trace.disable()
}

/** Calls `call` inside of a span of that name. */
export function inSpan<R>(tracer: Tracer, name: string, call: () => R): R {
  return context.with(trace.setSpan(context.active(), tracer.startSpan(name, {}, context.active())), call)
}
