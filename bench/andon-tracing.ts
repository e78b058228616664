import { context, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { NoopSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { QueueTracing, tracePolicy } from '@tps/andon/tracing'
import { CircuitBreaker } from '@tps/jidoka'
import { type LeaseOptions, PullQueue, WorkerPool } from '@tps/kanban'
import { compare } from './harness.ts'

// What tracing costs a call and an item: first without an SDK, then with one whose spans go nowhere.

const POLICY_CALLS = 50_000
const ITEMS = 20_000
const work = async (): Promise<number> => 1

const breaker = new CircuitBreaker({ name: 'billing' })
const traced = tracePolicy(breaker)
const policies = [
  { name: 'bare breaker', execute: () => breaker.execute(work) },
  { name: 'tracePolicy(breaker)', execute: () => traced.execute(work) },
]

async function comparePolicies(title: string): Promise<void> {
  await compare({
    title: `${title}: a call`,
    operations: POLICY_CALLS,
    contenders: policies.map(({ name, execute }) => ({
      name,
      async run(operations) {
        for (let index = 0; index < operations; index++) await execute()
      },
    })),
  })
}

const handle = async (item: number): Promise<number> => item
const tracing = new QueueTracing({ queue: 'signals' })
const bare = new WorkerPool<number, number>({ source: new PullQueue<number>(), workers: 4 }, handle)
// What the pool's own option costs, and any source that is no PullQueue itself.
const capturing = new WorkerPool<number, number>(
  { source: new PullQueue<number>(), workers: 4, captureContext: () => (run) => run() },
  handle,
)
const plain = new PullQueue<number>()
const leasing = new WorkerPool<number, number>(
  {
    source: {
      lease: (options?: LeaseOptions) => plain.lease(options),
      tryLease: () => plain.tryLease(),
    },
    intake: plain,
    workers: 4,
  },
  handle,
)
const bySubmit = new WorkerPool<number, number>(
  { source: new PullQueue<number>(), workers: 4, captureContext: tracing.captureContext() },
  tracing.handler(handle),
)
const bySource = new WorkerPool<number, number>(
  { source: tracing.source(new PullQueue<number>()), workers: 4 },
  tracing.handler(handle),
)
const pools = [
  { name: 'bare pool', pool: bare },
  { name: 'bare pool with a captureContext that does nothing', pool: capturing },
  { name: 'traced by captureContext', pool: bySubmit },
  { name: 'bare pool on a source that is no PullQueue itself', pool: leasing },
  { name: 'traced by source', pool: bySource },
]

async function comparePools(title: string): Promise<void> {
  await compare({
    title: `${title}: an item, from submit to result`,
    operations: ITEMS,
    contenders: pools.map(({ name, pool }) => ({
      name,
      async run(operations) {
        for (let index = 0; index < operations; index++) await pool.submit(index)
      },
    })),
  })
}

await comparePolicies('without an SDK')
await comparePools('without an SDK')

context.setGlobalContextManager(new AsyncLocalStorageContextManager())
trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new NoopSpanProcessor()] }))
const tracer = trace.getTracer('bench')
await compare({
  title: 'with an SDK: one span, by itself',
  operations: POLICY_CALLS,
  contenders: [
    {
      name: 'startSpan + end',
      run(operations) {
        for (let index = 0; index < operations; index++) tracer.startSpan('x').end()
      },
    },
    {
      name: 'startActiveSpan around a promise',
      async run(operations) {
        for (let index = 0; index < operations; index++)
          await tracer.startActiveSpan('x', async (span) => {
            await work()
            span.end()
          })
      },
    },
  ],
})
await comparePolicies('with an SDK')
await comparePools('with an SDK')

for (const { pool } of pools) await pool.stop()
trace.disable()
context.disable()
