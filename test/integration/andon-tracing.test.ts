import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Context, context, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import {
  AlwaysOffSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import { type LogFields, QueueTracing, activeSpan, traceFields, tracePolicy } from '@tps/andon/tracing'
import { Exemplars } from '@tps/andon/prometheus'
import { LoadLeveler } from '@tps/heijunka'
import { CircuitBreaker, bulkhead, compose, retry } from '@tps/jidoka'
import { DeadLetterQueue, type HandlerContext, PullQueue, WorkerPool } from '@tps/kanban'
import { JetStreamQueue } from '@tps/kanban/nats'
import { SqliteQueue } from '@tps/kanban/sqlite'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { RunningNats } from './nats.ts'

// What an OTLP backend is sent by a program that uses the real primitives.

interface OtlpSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[]
  readonly events: readonly { readonly name: string }[]
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[]
  readonly status: { readonly code?: number; readonly message?: string }
}

interface OtlpBody {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[] }[]
}

const KINDS = { internal: 1, producer: 4, consumer: 5 }
const ERROR = 2
const received: OtlpSpan[] = []
let server: Server
let provider: TracerProvider

/** As a backend: takes what is posted to `/v1/traces`. */
async function listen(): Promise<string> {
  server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as OtlpBody
      received.push(...body.resourceSpans.flatMap((each) => each.scopeSpans.flatMap(({ spans }) => spans)))
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`
}

async function start(sampler?: Sampler): Promise<void> {
  const exporter = new OTLPTraceExporter({ url: await listen() })
  provider = new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter })], ...(sampler && { sampler }) })
  context.setGlobalContextManager(new AsyncLocalStorageContextManager())
  trace.setGlobalTracerProvider(provider)
}

/** What the backend has got of all that has ended. */
async function exported(): Promise<readonly OtlpSpan[]> {
  await provider.forceFlush()
  return received
}

async function inSpan<R>(name: string, call: () => Promise<R>): Promise<R> {
  const span = provider.getTracer('test').startSpan(name)
  try {
    return await context.with(trace.setSpan(context.active(), span), call)
  } finally {
    span.end()
  }
}

function the(name: string): OtlpSpan {
  const found = all(name)
  if (found.length !== 1 || !found[0]) throw new Error(`${found.length} spans are called "${name}"`)
  return found[0]
}

const all = (name: string): OtlpSpan[] => received.filter((span) => span.name === name)
const parentOf = (span: OtlpSpan): string | undefined =>
  received.find(({ spanId }) => spanId === span.parentSpanId)?.name
const startOf = (span: OtlpSpan): bigint => BigInt(span.startTimeUnixNano)
const endOf = (span: OtlpSpan): bigint => BigInt(span.endTimeUnixNano)
const durationMs = (span: OtlpSpan): number => Number(endOf(span) - startOf(span)) / 1e6
const attribute = (span: OtlpSpan | undefined, key: string): unknown =>
  Object.values(span?.attributes.find((each) => each.key === key)?.value ?? {})[0]

const sorted = (rows: readonly unknown[]): string[] =>
  rows.map((row) => JSON.stringify(row)).toSorted((a, b) => a.localeCompare(b))

const ids = (spans: readonly { readonly traceId: string; readonly spanId: string }[] = []): string[] =>
  sorted(spans.map(({ traceId, spanId }) => [traceId, spanId]))

/** Something that is opened once. */
function gate(): { readonly opened: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { opened: promise, open: resolve }
}

/** At least so long by the clock that waits are measured with: a timer alone may come a little early. */
async function passes(ms: number): Promise<void> {
  const until = performance.now() + ms
  while (performance.now() < until) await new Promise((resolve) => setTimeout(resolve, until - performance.now()))
}

beforeEach(() => {
  received.length = 0
})

afterEach(async () => {
  await provider.shutdown()
  trace.disable()
  context.disable()
  server.close()
  await once(server, 'close')
})

describe('what an OTLP backend gets of a PullQueue and a WorkerPool', () => {
  beforeEach(() => start())

  it.each(['captureContext', 'source'] as const)('is one trace from the submit to the result, by %s', async (way) => {
    const tracing = new QueueTracing({ queue: 'signals' })
    const queue = new PullQueue<number>({ name: 'signals', capacity: 10 })
    const held = gate()
    const begun = gate()
    const pool = new WorkerPool<number, number>(
      {
        workers: 1,
        ...(way === 'source'
          ? { source: tracing.source(queue) }
          : { source: queue, captureContext: tracing.captureContext() }),
      },
      tracing.handler(async (item: number, _call: HandlerContext) => {
        if (item === 0) begun.open()
        if (item === 0) await held.opened
        await inSpan('ExecuteTask', async () => {})
        return item * 2
      }),
    )
    const blocker = inSpan('blocker', () => pool.submit(0))
    await begun.opened
    const beforeMs = performance.now()
    const result = inSpan('ProcessSignal', () => pool.submit(21))
    const submittedMs = performance.now()
    await passes(30)
    const openedMs = performance.now()
    held.open()
    await expect(result).resolves.toBe(42)
    await blocker
    const afterMs = performance.now()
    await pool.stop()
    await exported()

    const root = the('ProcessSignal')
    const mine = received.filter(({ traceId }) => traceId === root.traceId)
    expect(sorted(mine.map((span) => [span.name, parentOf(span), span.kind]))).toEqual(
      sorted([
        ['ExecuteTask', 'process signals', KINDS.internal],
        ['ProcessSignal', undefined, KINDS.internal],
        ['process signals', 'ProcessSignal', KINDS.internal],
        ['wait signals', 'ProcessSignal', KINDS.internal],
      ]),
    )
    const [waited, processed] = [
      mine.find(({ name }) => name === 'wait signals'),
      mine.find(({ name }) => name === 'process signals'),
    ]
    if (!waited || !processed) throw new Error('not traced')
    // It was in before `submittedMs`, and could not come out before the gate was opened.
    expect(durationMs(waited)).toBeGreaterThanOrEqual(openedMs - submittedMs)
    expect(durationMs(waited)).toBeGreaterThanOrEqual(29.9)
    expect(durationMs(waited)).toBeLessThanOrEqual(afterMs - beforeMs)
    expect(endOf(waited)).toBeLessThanOrEqual(startOf(processed))
    expect(attribute(processed, 'messaging.destination.name')).toBe('signals')
    expect(tracing.arrivals).toBe(0)
  })

  it('shows each attempt with its error, and its wait', async () => {
    const tracing = new QueueTracing({ queue: 'q' })
    const queue = new PullQueue<string>()
    const pool = new WorkerPool<string, string>(
      {
        source: tracing.source(queue),
        attempts: 3,
        backoff: { baseMs: 1, factor: 1 },
        deadLetters: new DeadLetterQueue<string>({ capacity: 10 }),
      },
      tracing.handler((item: string, { attempt }: HandlerContext) => {
        if (item === 'bad' || attempt < 2) throw Object.assign(new Error(`attempt ${attempt}`), { code: 'E_DISK' })
        return 'done'
      }),
    )
    await expect(inSpan('good', () => pool.submit('good'))).resolves.toBe('done')
    await expect(inSpan('bad', () => pool.submit('bad'))).rejects.toThrow('attempt 3')
    await pool.stop()
    await exported()
    const attemptsOf = (name: string): unknown[] =>
      all('process q')
        .filter((span) => parentOf(span) === name)
        .map((span) => [attribute(span, 'tps.attempt'), span.status.code, span.status.message])
    expect(attemptsOf('good')).toEqual([
      [1, ERROR, 'attempt 1'],
      [2, 0, undefined],
    ])
    expect(attemptsOf('bad')).toEqual([1, 2, 3].map((attempt) => [attempt, ERROR, `attempt ${attempt}`]))
    expect(sorted(all('wait q').map(parentOf))).toEqual(sorted(['bad', 'bad', 'bad', 'good', 'good']))
    const failed = all('process q').filter((span) => span.status.code === ERROR)
    expect(failed.every((span) => span.events.some(({ name }) => name === 'exception'))).toBe(true)
    expect(attribute(failed[0], 'error.type')).toBe('E_DISK')
  })

  it('shows items that were offered without a pool, equal ones and lost ones', async () => {
    const tracing = new QueueTracing({ queue: 'q' })
    const queue = new PullQueue<number>({ capacity: 3, overflow: 'drop-oldest' })
    const source = tracing.source(queue)
    for (const name of ['a', 'b', 'c', 'd']) await inSpan(name, async () => source.offer(7))
    await inSpan('e', () => source.put(8))
    const pool = new WorkerPool(
      { source, workers: 2 },
      tracing.handler((item: number) => item),
    )
    await pool.drain()
    await pool.stop()
    await exported()
    expect(sorted(all('process q').map(parentOf))).toEqual(sorted(['c', 'd', 'e']))
    const lost = all('wait q').filter((span) => span.status.code === ERROR)
    expect(sorted(lost.map((span) => [parentOf(span), attribute(span, 'tps.outcome')]))).toEqual(
      sorted([
        ['a', 'dropped'],
        ['b', 'dropped'],
      ]),
    )
    expect(tracing.arrivals).toBe(0)
  })

  it('is one trace through a LoadLeveler with a lane for each worker', async () => {
    const tracing = new QueueTracing({ queue: 'signals' })
    const leveler = new LoadLeveler<{ readonly id: number }>({ strategy: 'per-worker', workers: 2, capacity: 10 })
    const done = gate()
    const pool = new WorkerPool(
      { source: (worker) => leveler.lane(worker), intake: leveler, workers: 2 },
      tracing.handler((item: { readonly id: number }) => {
        if (item.id === 3) done.open()
      }),
    )
    for (const id of [1, 2, 3])
      await inSpan(`signal ${id}`, async () => expect(leveler.offer(tracing.carry({ id }))).toBe(true))
    await done.opened
    await pool.stop()
    leveler.stop()
    await exported()
    const signals = ['signal 1', 'signal 2', 'signal 3']
    expect(sorted(all('process signals').map(parentOf))).toEqual(sorted(signals))
    expect(sorted(all('wait signals').map(parentOf))).toEqual(sorted(signals))
  })
})

describe('what an OTLP backend gets of a durable queue', () => {
  let folder: string
  let nats: RunningNats
  beforeAll(async () => {
    nats = await RunningNats.start()
  }, 240_000)
  afterAll(() => nats.stop())
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tps-tracing-'))
    await start()
  })
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  it.for([
    ['sqlite', () => SqliteQueue.open<string>({ path: join(folder, 'orders.db') })],
    ['nats', async () => JetStreamQueue.open<string>({ name: 'orders', connection: await nats.connect() })],
  ] as const)('is one trace through %s, from the producer to the consumer’s work', async ([system, open]) => {
    const tracing = new QueueTracing({ queue: 'orders', attributes: { 'messaging.system': system } })
    const producer = await open()
    const putAtMs = Date.now()
    await inSpan('request', () => tracing.source(producer).put('a', { headers: { tenant: 't' } }))
    const isInMs = Date.now()
    await producer.stop()

    // Another process would do the same: nothing but the file, or the server, is shared.
    const there = new QueueTracing({ queue: 'orders' })
    await passes(20)
    const openedMs = Date.now()
    const consumer = await open()
    const done = gate()
    let seen: LogFields = {}
    const pool = new WorkerPool<string>(
      { source: there.source(consumer), workers: 1 },
      there.handler(async () => {
        seen = traceFields()
        done.open()
      }),
    )
    await done.opened
    await pool.stop()
    await consumer.stop()
    await exported()

    const [request, send, wait, process] = [
      the('request'),
      the('send orders'),
      the('wait orders'),
      the('process orders'),
    ]
    expect(received.map(({ traceId }) => traceId)).toEqual([1, 2, 3, 4].map(() => request.traceId))
    expect([send, wait, process].map(parentOf)).toEqual(['request', 'send orders', 'send orders'])
    expect([send.kind, wait.kind, process.kind]).toEqual([KINDS.producer, KINDS.internal, KINDS.consumer])
    expect(attribute(send, 'messaging.system')).toBe(system)
    expect(seen).toEqual({ trace_id: request.traceId, span_id: process.spanId })
    // The file, or the server, knows when the item was put in: between `putAtMs` and `isInMs`.
    expect(durationMs(wait)).toBeGreaterThanOrEqual(openedMs - isInMs)
    expect(Number(startOf(wait) / 1_000_000n)).toBeGreaterThanOrEqual(putAtMs)
    expect(Number(startOf(wait) / 1_000_000n)).toBeLessThanOrEqual(isInMs)
    expect(there.arrivals).toBe(0)
  })

  it('is a link to each trace where a batch is processed', async () => {
    const tracing = new QueueTracing({ queue: 'orders' })
    await using queue = await SqliteQueue.open<string>({ path: join(folder, 'batch.db') })
    const source = tracing.source(queue)
    for (const name of ['a', 'b']) await inSpan(name, () => source.put(name))
    const leases = [await queue.lease(), await queue.lease()]
    await tracing.processBatch(leases, () => Promise.all(leases.map((lease) => lease.ack())))
    await exported()
    const batch = the('process orders')
    expect(ids(batch.links)).toEqual(ids(all('send orders')))
    expect(batch.links).toHaveLength(2)
    expect(['a', 'b'].map((name) => the(name).traceId)).not.toContain(batch.traceId)
    expect(attribute(batch, 'messaging.batch.message_count')).toBe(2)
  })
})

describe('what an OTLP backend gets of policies', () => {
  beforeEach(() => start())

  it('is a span for each call, with the attempts and the circuit as its events', async () => {
    const breaker = new CircuitBreaker({ name: 'billing', trip: { consecutiveFailures: 2 } })
    const policy = tracePolicy(compose(retry({ attempts: 2, delay: { ms: 1 } }), tracePolicy(breaker)), {
      name: 'Downstream.Call',
    })
    const lost = new Error('ECONNREFUSED')
    const down = (): Promise<never> =>
      inSpan('POST /charge', async () => {
        throw lost
      })
    await expect(inSpan('request', () => policy.execute(down))).rejects.toBe(lost)
    await expect(inSpan('refused', () => policy.execute(down))).rejects.toMatchObject({ code: 'ERR_CIRCUIT_OPEN' })
    await exported()

    const [first, second] = all('Downstream.Call')
    expect(first?.status.code).toBe(ERROR)
    expect(first?.events.map(({ name }) => name)).toEqual(['retry_attempt', 'retry_given_up', 'exception'])
    expect(attribute(first, 'tps.outcome')).toBe('failure')
    expect(attribute(second, 'tps.outcome')).toBe('refused')
    expect(second?.events.map(({ name }) => name)).toEqual(['retry_given_up'])
    const attempts = all('billing').filter((span) => parentOf(span) === 'Downstream.Call')
    expect(attempts.map((span) => [attribute(span, 'tps.outcome'), span.events.map(({ name }) => name)])).toEqual([
      ['failure', ['exception']],
      ['failure', ['circuit_opened', 'exception']],
      ['refused', []],
    ])
    expect(attribute(attempts[2], 'tps.retry_after_ms')).toBeGreaterThan(0)
    expect(all('POST /charge').map(parentOf)).toEqual(['billing', 'billing'])
  })

  it('keeps the traces apart of calls that wait for each other', async () => {
    const policy = tracePolicy(
      compose(bulkhead({ limit: 1, queueCapacity: 5 }), tracePolicy(new CircuitBreaker({ name: 'inner' }))),
      {
        name: 'outer',
      },
    )
    await Promise.all(
      ['a', 'b', 'c'].map((name) => inSpan(name, () => policy.execute(() => inSpan('work', () => passes(1))))),
    )
    await exported()
    for (const name of ['a', 'b', 'c']) {
      const { traceId } = the(name)
      const mine = received.filter((span) => span.traceId === traceId)
      const tree = [
        [name, undefined],
        ['inner', 'outer'],
        ['outer', name],
        ['work', 'inner'],
      ]
      expect(sorted(mine.map((span) => [span.name, parentOf(span)]))).toEqual(sorted(tree))
    }
  })

  it('gives exemplars their trace', async () => {
    const exemplars = new Exemplars({ activeSpan })
    await inSpan('request', async () => exemplars.duration('latency', 12))
    await exported()
    const { traceId, spanId } = the('request')
    expect(exemplars.between('latency', 10, 20)).toMatchObject({ traceId, spanId, value: 12 })
  })
})

describe('a trace that is not sampled', () => {
  beforeEach(() => start(new ParentBasedSampler({ root: new AlwaysOffSampler() })))

  it('sends no spans, and keeps its context through policy and queue', async () => {
    const tracing = new QueueTracing({ queue: 'q' })
    const queue = new PullQueue<number>()
    const contexts: (Context | undefined)[] = []
    const ids = (): void => void contexts.push(context.active())
    const policy = tracePolicy(new CircuitBreaker())
    const pool = new WorkerPool(
      { source: queue, captureContext: tracing.captureContext() },
      tracing.handler(() => policy.execute(ids)),
    )
    await inSpan('request', async () => {
      ids()
      await pool.submit(1)
      tracing.process({ item: 2, headers: tracing.send((headers) => headers) }, ids)
    })
    await pool.stop()
    expect(await exported()).toEqual([])
    const spans = contexts.map((each) => each && trace.getSpanContext(each))
    expect(spans.map((span) => span?.traceFlags)).toEqual([0, 0, 0])
    expect(new Set(spans.map((span) => span?.traceId)).size).toBe(1)
  })
})
