import { type Attributes, type Context, ROOT_CONTEXT, type Span, TraceFlags, context, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { type SpanExporter, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import {
  QueueTracing,
  type SubstituteIn,
  type TraceablePolicy,
  type TracedPolicy,
  extractContext,
  tracePolicy,
} from '@tps/andon/tracing'
import { type RateLimiter, rateLimiter } from '@tps/heijunka'
import type { Logger } from 'pino'
import { DescribingTracer, PreciseTracer } from './precise-tracer.ts'
import { parseResourceAttributes } from './resource-attributes.ts'
import { type Resource, resourceWith } from './resource.ts'
import { HeadSampler } from './head-sampler.ts'
import { samplerOf } from './sampler.ts'
import { type Recorder, SignalTrace } from './signal-trace.ts'
import { newTraceId } from './trace-id.ts'
import { SpanExport, type SpanExportSnapshot } from './span-export.ts'
import { type ServiceName, type SpanName } from './span-names.ts'
import { type TraceHeaders, Tracers, inSpan, recording } from './spans.ts'
import { TraceMemory, type TraceMemorySnapshot } from './trace-memory.ts'
import type { TracingConfig } from '../config/tracing.ts'
import { WorkerTracer } from './worker-tracer.ts'

/** The readings of tracing. */
export interface TracingSnapshot extends TraceMemorySnapshot {
  readonly isOn: boolean
  readonly sampler: string
  /** `null` where nothing is sent anywhere. */
  readonly export: SpanExportSnapshot | null
}

/** How long what is left may take to be sent when the service stops. */
const FLUSH_MS = 5_000

/** Makes the spans of this process, and keeps the last traces. */
export class Tracing {
  readonly memory: TraceMemory
  /** Carries the context through the queue, whichever it is: its spans are Worker.Dequeue and ProcessWork. */
  readonly queue: QueueTracing
  readonly #recorder: Recorder | undefined
  readonly #sampler: string
  readonly #head: HeadSampler
  /** Which traces can be followed in the log, too. */
  readonly #lines: RateLimiter
  readonly #export: SpanExport | undefined

  /** Starts tracing as the environment says. */
  static async start(config: TracingConfig, log: Logger): Promise<Tracing> {
    const url = isOn(config) ? exportUrl(config) : undefined
    if (url === undefined) return new Tracing(config)
    // Loaded by those who send spans somewhere.
    const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http')
    return new Tracing(config, exportTo(new OTLPTraceExporter({ url }), url, config, log))
  }

  /** `sending`: where spans go beside the memory. */
  constructor(config: TracingConfig, sending?: SpanExport) {
    const isRecording = isOn(config)
    const { TRACES_KEPT: maxTraces, TRACES_KEPT_BYTES: maxBytes, TRACES_SLOW_MS: slowMs } = config
    this.memory = new TraceMemory({ maxTraces, maxBytes, slowMs })
    this.#export = sending
    const sampler = new HeadSampler(samplerOf(config))
    this.#head = sampler
    this.#lines = rateLimiter({ name: 'log', limit: config.LOG_PER_SECOND })
    this.#sampler = isRecording ? sampler.toString() : 'off'
    const processors: SpanProcessor[] = [this.memory, ...(sending ? [sending] : [])]
    const base = parseResourceAttributes(config.OTEL_RESOURCE_ATTRIBUTES ?? '')
    const providerOf = (service: ServiceName): TracerProvider =>
      new TracerProvider({
        sampler,
        idGenerator: sampler,
        spanProcessors: processors,
        resource: resourceOf(config, base, service),
        spanLimits: {
          attributeCountLimit: config.OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT,
          eventCountLimit: config.OTEL_SPAN_EVENT_COUNT_LIMIT,
          attributeValueLengthLimit: config.OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT,
        },
      })
    const tracers = new Tracers(each((service) => new PreciseTracer(providerOf(service).getTracer('tps'))))
    this.queue = new QueueTracing({
      queue: 'signals',
      spanNames: { wait: 'Worker.Dequeue', process: 'ProcessWork' },
      tracer: new WorkerTracer(tracers.of('Worker.Dequeue'), tracers),
    })
    this.#recorder = isRecording ? { tracers, queue: this.queue } : undefined
    if (isRecording) followPromises()
  }

  get isOn(): boolean {
    return this.#recorder !== undefined
  }

  /** Begins the trace of a signal whose request arrived at `receivedMs`: its caller's, where that sent one. */
  begin(headers: TraceHeaders, receivedMs: number): SignalTrace {
    const recorder = this.#recorder
    if (headers.traceparent === undefined) {
      const traceId = newTraceId()
      if (!recorder || !this.#head.records(traceId)) return new SignalTrace(unrecorded(traceId), undefined, receivedMs)
    }
    const parent = contextOf(headers)
    if (!recorder) return new SignalTrace(trace.getSpan(parent) ?? unrecorded(), undefined, receivedMs)
    const span = recorder.tracers.start('ProcessSignal', parent, undefined, receivedMs)
    const isRecorded = span.isRecording()
    return new SignalTrace(span, isRecorded ? recorder : undefined, receivedMs, isRecorded && this.#lines.tryTake())
  }

  /** Goes on with the trace of a signal that came from another process. */
  resume(traceparent: string | undefined): SignalTrace {
    const span = trace.getSpan(contextOf({ traceparent })) ?? unrecorded()
    const isSampled = (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0
    return new SignalTrace(span, isSampled ? this.#recorder : undefined, undefined, isSampled && this.#lines.tryTake())
  }

  /** Calls `run` in a span of a request that another process, or this one, made of us. */
  serve<R>(name: SpanName, headers: TraceHeaders, attributes: () => Attributes, run: (span?: Span) => R): R {
    const recorder = this.#recorder
    if (!recorder || !mayBeSampled(headers)) return run()
    const parent = contextOf(headers)
    const { traceFlags = TraceFlags.NONE } = trace.getSpanContext(parent) ?? {}
    if ((traceFlags & TraceFlags.SAMPLED) === 0) return run()
    const inside = recording(parent, recorder.tracers)
    return inSpan(recorder.tracers.start(name, parent, attributes()), inside, run)
  }

  /**
   * `policy` with a span around each call of a recorded trace. Its changes of state and its attempts are events of the span:
   * `circuit_opened`, `retry_attempt`. `attributes` are those at the beginning of the call.
   */
  guard<P extends TraceablePolicy>(
    policy: P,
    name: SpanName,
    attributes: () => Attributes,
  ): TracedPolicy<SubstituteIn<P>> | P {
    const recorder = this.#recorder
    if (!recorder) return policy
    return tracePolicy(policy, { name, tracer: new DescribingTracer(recorder.tracers.of(name), attributes) })
  }

  snapshot(): TracingSnapshot {
    return {
      ...this.memory.snapshot(),
      isOn: this.isOn,
      sampler: this.#sampler,
      export: this.#export?.snapshot() ?? null,
    }
  }

  /** Why spans don't get where they are sent to; `undefined` where they do, or are not sent. */
  get failure(): string | undefined {
    return this.#export?.snapshot().lastError ?? undefined
  }

  /** Sends what is left. */
  async stop(): Promise<void> {
    const timeout = new Promise<void>((resolve) => void setTimeout(resolve, FLUSH_MS).unref())
    await Promise.race([this.#export?.shutdown().catch(() => undefined), timeout])
  }
}

function isOn({ TRACING, OTEL_SDK_DISABLED }: TracingConfig): boolean {
  return TRACING === 'on' && OTEL_SDK_DISABLED !== 'true'
}

/** Where spans are sent to; `undefined` where they aren't. */
function exportUrl(config: TracingConfig): string | undefined {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: own } = config
  const exporter = config.OTEL_TRACES_EXPORTER ?? (base === undefined && own === undefined ? 'none' : 'otlp')
  if (exporter === 'none') return undefined
  return own ?? `${(base ?? 'http://localhost:4318').replace(/\/$/, '')}/v1/traces`
}

function exportTo(exporter: SpanExporter, url: string, config: TracingConfig, log: Logger): SpanExport {
  return new SpanExport(exporter, {
    scheduledDelayMillis: config.OTEL_BSP_SCHEDULE_DELAY,
    exportTimeoutMillis: config.OTEL_BSP_EXPORT_TIMEOUT,
    maxQueueSize: config.OTEL_BSP_MAX_QUEUE_SIZE,
    maxExportBatchSize: Math.min(config.OTEL_BSP_MAX_EXPORT_BATCH_SIZE, config.OTEL_BSP_MAX_QUEUE_SIZE),
    onChange: (error) => {
      const line = { component: 'tracing', url: new URL(url).origin }
      if (error) log.warn({ ...line, error: error.message }, 'spans can not be sent')
      else log.info(line, 'spans are sent again')
    },
  })
}

function resourceOf({ OTEL_SERVICE_NAME: name }: TracingConfig, base: Attributes, service: ServiceName): Resource {
  return resourceWith({ ...base, 'service.name': name ?? base['service.name'] ?? service })
}

/** A function whose results are kept. */
function each<V>(make: (service: ServiceName) => V): (service: ServiceName) => V {
  const made = new Map<ServiceName, V>()
  return (service) => {
    const known = made.get(service) ?? make(service)
    made.set(service, known)
    return known
  }
}

/** The context that headers carry; the root context where they carry none. */
function contextOf({ traceparent, tracestate }: TraceHeaders): Context {
  if (typeof traceparent !== 'string') return ROOT_CONTEXT
  return extractContext({ traceparent, ...(typeof tracestate === 'string' && { tracestate }) })
}

/** Most are not, and reading the whole header costs more than its end. */
function mayBeSampled({ traceparent }: TraceHeaders): boolean {
  return typeof traceparent === 'string' && !traceparent.endsWith('-00')
}

/** A trace that is nowhere recorded still has an id, for logs and answers. */
function unrecorded(traceId = newTraceId()): Span {
  const spanId = traceId.slice(16)
  return trace.wrapSpanContext({ traceId, spanId, traceFlags: TraceFlags.NONE })
}

/** The active span is the same on both sides of an `await`. For the whole process, once. */
function followPromises(): void {
  if (isFollowed) return
  isFollowed = true
  context.setGlobalContextManager(new AsyncLocalStorageContextManager())
}

let isFollowed = false
