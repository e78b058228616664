// One trace from the submit to the result: a policy's span, the wait in a queue, the handler's span. In a program of yours
// the SDK is set up before anything else, by `--import`; here it keeps the spans in memory, to print them.
import { context, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
// #region readme
import { QueueTracing, tracePolicy } from '@tps/andon/tracing'
import { CircuitBreaker, compose, retry } from '@tps/jidoka'
import { PullQueue, WorkerPool } from '@tps/kanban'

const charge = tracePolicy(compose(retry(), new CircuitBreaker({ name: 'billing' })), { name: 'Downstream.Call' })
const tracing = new QueueTracing({ queue: 'signals' })
const pool = new WorkerPool<string, string>(
  { source: new PullQueue<string>(), workers: 2, captureContext: tracing.captureContext() },
  tracing.handler((order: string) => charge.execute(async () => `${order} is charged`)),
)
// #endregion

const exporter = new InMemorySpanExporter()
context.setGlobalContextManager(new AsyncLocalStorageContextManager())
trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }))
const root = trace.getTracer('example').startSpan('ProcessSignal')
await context.with(trace.setSpan(context.active(), root), () => pool.submit('order 1'))
root.end()
await pool.stop()

const spans = exporter.getFinishedSpans()
const nameOf = (id: string | undefined): string =>
  spans.find((span) => span.spanContext().spanId === id)?.name ?? 'nothing'
for (const span of spans) console.log(`${span.name} is under ${nameOf(span.parentSpanContext?.spanId)}`)
if (spans.length !== 4 || new Set(spans.map((span) => span.spanContext().traceId)).size > 1)
  throw new Error('it is one trace of four spans')
