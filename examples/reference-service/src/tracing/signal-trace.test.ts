import { ROOT_CONTEXT, context, trace } from '@opentelemetry/api'
import { traceFields } from '@tps/andon/tracing'
import { CircuitBreaker, compose, retry } from '@tps/jidoka'
import { afterEach, describe, expect, it } from 'vitest'
import type { SignalTrace } from './signal-trace.ts'
import { withSpan } from './spans.ts'
import type { Tracing } from './start.ts'
import { viewOf } from './trace-view.ts'
import { tracingOf } from './tracing-fixtures.ts'

const CALLER = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
const started: Tracing[] = []

function start(environment: Record<string, string> = {}): Tracing {
  const tracing = tracingOf(environment)
  started.push(tracing)
  return tracing
}

/** The names of a trace's spans, two spaces in for each level, with their errors. */
function tree(tracing: Tracing, traceId: string): string[] {
  const kept = tracing.memory.get(traceId)
  if (!kept) throw new Error('the trace is not there')
  return viewOf(kept).spans.map(
    ({ depth, name, error, message }) => '  '.repeat(depth) + name + (error ? ` !${message ?? ''}` : ''),
  )
}

/** The begin of a signal's way: its request is read, and it is put into the queue. */
function enter(tracing: Tracing, hasRoom = true): { readonly signal: SignalTrace; readonly item: object } {
  const signal = tracing.begin({}, performance.now())
  const item = {}
  signal.parsed()
  signal.enqueue(item, {}, () => hasRoom)
  return { signal, item }
}

function cutOff(): boolean {
  throw new Error('cut off')
}

function never(): never {
  throw new Error('asked for attributes')
}

afterEach(async () => {
  for (const tracing of started.splice(0)) await tracing.stop()
})

describe('the trace of a signal', () => {
  it('has the spans of the labs, nested as there', async () => {
    const tracing = start()
    const { signal, item } = enter(tracing)
    signal.answering()
    signal.answered(202)
    await signal.process(item, 1, 0, async () => {
      withSpan('ValidateSignal', () => undefined)
      await withSpan('ExecuteTask', async () => {
        withSpan('FetchFromCache', (span) => span?.addEvent('CacheMiss'))
        await withSpan('FetchFromDatabase', async () => undefined)
        withSpan('ParseResult', () => undefined)
      })
      withSpan('RecordResult', () => undefined)
    })
    const breaker = tracing.guard(new CircuitBreaker({ name: 'downstream' }), 'Jidoka.Check', () => ({}))
    await signal.within(() =>
      breaker.execute(() =>
        withSpan('CallDownstream', async () => {
          const headers = signal.headers()
          await tracing.serve(
            'Downstream.Call',
            headers,
            () => ({}),
            async () => undefined,
          )
        }),
      ),
    )
    signal.within(() => withSpan('Kaizen.RecordMetric', () => undefined))
    signal.within(() => withSpan('Heijunka.UpdateLoad', () => undefined))
    expect(tracing.memory.get(signal.traceId)?.root).toBeUndefined()
    signal.finished('completed')
    expect(tree(tracing, signal.traceId)).toEqual([
      'ProcessSignal',
      '  ReceiveSignal',
      '    ParseRequest',
      '  Kanban.Enqueue',
      '    CheckQueueCapacity',
      '  Worker.Dequeue',
      '    WaitForWork',
      '  ReturnResponse',
      '  ProcessWork',
      '    ValidateSignal',
      '    ExecuteTask',
      '      FetchFromCache',
      '      FetchFromDatabase',
      '      ParseResult',
      '    RecordResult',
      '  Jidoka.Check',
      '    CallDownstream',
      '      Downstream.Call',
      '  Kaizen.RecordMetric',
      '  Heijunka.UpdateLoad',
    ])
  })

  it('shows each span under the service of the labs', () => {
    const tracing = start()
    const { signal } = enter(tracing)
    signal.finished('completed')
    signal.answered(200)
    const kept = tracing.memory.get(signal.traceId)?.spans ?? []
    expect(Object.fromEntries(kept.map(({ name, service }) => [name, service]))).toEqual({
      ProcessSignal: 'tps-system',
      ReceiveSignal: 'tps-api',
      ParseRequest: 'tps-api',
      'Kanban.Enqueue': 'tps-queue',
      CheckQueueCapacity: 'tps-queue',
      ReturnResponse: 'tps-api',
    })
  })

  it('has a wait and a work for each attempt, and says that it was tried again', async () => {
    const tracing = start()
    const { signal, item } = enter(tracing)
    const failing = signal.process(item, 1, 0, async () => {
      throw Object.assign(new Error('disk full'), { code: 'ERR_DISK' })
    })
    await expect(failing).rejects.toThrow('disk full')
    signal.requeued(item, 'retry_attempt', () => ({ attempt: 2 }))
    await signal.process(item, 2, 0, async () => undefined)
    signal.finished('completed')
    signal.answered(200)
    const kept = tracing.memory.get(signal.traceId)
    expect(tree(tracing, signal.traceId).slice(5)).toEqual([
      '  Worker.Dequeue',
      '    WaitForWork',
      '  ProcessWork !disk full',
      '  Worker.Dequeue',
      '    WaitForWork',
      '  ProcessWork',
      '  ReturnResponse',
    ])
    expect(kept?.root?.events).toMatchObject([{ name: 'retry_attempt', attributes: { attempt: 2 } }])
    expect(kept?.root?.isError).toBe(false)
    expect(
      kept?.spans.filter(({ name }) => name === 'ProcessWork').map(({ attributes }) => attributes['tps.attempt']),
    ).toEqual([1, 2])
  })

  it('ends at the door when there is no room', () => {
    const tracing = start()
    const { signal } = enter(tracing, false)
    signal.refused('queue full')
    signal.answering()
    signal.answered(429)
    expect(tree(tracing, signal.traceId)).toEqual([
      'ProcessSignal !queue full',
      '  ReceiveSignal',
      '    ParseRequest',
      '  Kanban.Enqueue !queue full',
      '    CheckQueueCapacity !queue full',
      '  ReturnResponse',
    ])
    expect(tracing.memory.get(signal.traceId)).toMatchObject({ status: 'rejected', isError: true })
    expect(tracing.memory.snapshot().remarkable).toBe(0)
  })

  it('ends at the door when the circuit is open', () => {
    const tracing = start()
    const signal = tracing.begin({}, 0)
    signal.parsed()
    signal.stopped('open', 1_500)
    signal.refused('circuit breaker open')
    signal.answered(503)
    expect(tree(tracing, signal.traceId)).toEqual([
      'ProcessSignal !circuit breaker open',
      '  ReceiveSignal',
      '    ParseRequest',
      '  Jidoka.Check !circuit breaker open',
      '  ReturnResponse',
    ])
    const [check] = tracing.memory.get(signal.traceId)?.spans.filter(({ name }) => name === 'Jidoka.Check') ?? []
    expect(check?.attributes).toMatchObject({ circuit_breaker_state: 'open', 'tps.retry_after_ms': 1_500 })
  })

  it.each([
    [async () => false, 'queue full'],
    [async () => Promise.reject(new Error('ECONNREFUSED')), 'queue unavailable'],
  ])('waits for a queue that answers later', async (put, error) => {
    const tracing = start()
    const signal = tracing.begin({}, performance.now())
    signal.parsed()
    await signal.enqueue({}, {}, put).catch(() => undefined)
    signal.refused(error)
    signal.answered(429)
    expect(tree(tracing, signal.traceId).slice(3, 5)).toEqual([
      `  Kanban.Enqueue !${error}`,
      `    CheckQueueCapacity !${error}`,
    ])
  })

  it('gives what the queue threw', () => {
    const tracing = start()
    const signal = tracing.begin({}, performance.now())
    expect(() => signal.enqueue({}, {}, cutOff)).toThrow('cut off')
    signal.refused('queue unavailable')
    signal.answered(503)
    expect(tree(tracing, signal.traceId)).toContain('  Kanban.Enqueue !queue unavailable')
  })

  it('is not written down with its signal', () => {
    const signal = start().begin({}, 0)
    expect(JSON.stringify({ id: 1, trace: signal })).toBe('{"id":1}')
  })

  it('shows a request that nobody understood', () => {
    const tracing = start()
    const signal = tracing.begin({}, 0)
    signal.answered(400)
    expect(tree(tracing, signal.traceId)).toEqual([
      'ProcessSignal !answered 400',
      '  ReceiveSignal',
      '    ParseRequest !answered 400',
      '  ReturnResponse',
    ])
    expect(tracing.memory.get(signal.traceId)?.status).toBe('invalid')
  })

  it('tells that the circuit opened, and that a call was tried again', async () => {
    const tracing = start()
    const { signal } = enter(tracing)
    const breaker = new CircuitBreaker({ name: 'downstream', trip: { consecutiveFailures: 2 } })
    const policy = compose(retry({ attempts: 2, delay: { ms: 1 } }), breaker)
    const guarded = tracing.guard(policy, 'Jidoka.Check', () => ({ circuit_breaker_state: breaker.state }))
    const call = signal.within(() =>
      guarded.execute(() => withSpan('CallDownstream', async () => Promise.reject(new Error('ECONNREFUSED')))),
    )
    await expect(call).rejects.toThrow('ECONNREFUSED')
    signal.finished('dead-lettered', 'ECONNREFUSED')
    signal.answered(200)
    expect(tree(tracing, signal.traceId)).toEqual([
      'ProcessSignal !ECONNREFUSED',
      '  ReceiveSignal',
      '    ParseRequest',
      '  Kanban.Enqueue',
      '    CheckQueueCapacity',
      '  Jidoka.Check !ECONNREFUSED',
      '    CallDownstream !ECONNREFUSED',
      '    CallDownstream !ECONNREFUSED',
      '  ReturnResponse',
    ])
    const check = tracing.memory.get(signal.traceId)?.spans.find(({ name }) => name === 'Jidoka.Check')
    expect(check?.attributes).toMatchObject({ circuit_breaker_state: 'closed', 'error.type': 'Error' })
    const events = check?.events.map(({ name }) => name)
    expect(events).toContain('retry_attempt')
    expect(events).toContain('circuit_opened')
  })

  it('has children that lie within their parents, to the microsecond', async () => {
    const tracing = start()
    for (let times = 0; times < 20; times++) {
      const { signal, item } = enter(tracing)
      await signal.process(item, 1, 0, async () => withSpan('ExecuteTask', async () => undefined))
      signal.finished('completed')
      signal.answered(200)
      const spans = tracing.memory.get(signal.traceId)?.spans ?? []
      for (const { parentSpanId, startMs, durationMs } of spans) {
        const parent = spans.find(({ spanId }) => spanId === parentSpanId)
        if (!parent) continue
        expect(startMs).toBeGreaterThanOrEqual(parent.startMs - 0.002)
        expect(startMs + durationMs).toBeLessThanOrEqual(parent.startMs + parent.durationMs + 0.002)
      }
    }
  })

  it('goes on with its caller’s', () => {
    const tracing = start()
    const signal = tracing.begin({ traceparent: CALLER }, 0)
    signal.parsed()
    signal.finished('completed')
    signal.answered(200)
    expect(signal.traceId).toBe('0af7651916cd43dd8448eb211c80319c')
    expect(tracing.memory.get(signal.traceId)?.root?.parentSpanId).toBe('b7ad6b7169203331')
  })

  it('is one trace in two processes', async () => {
    const [api, worker] = [start(), start()]
    const { signal } = enter(api)
    const there = worker.resume(signal.traceparent)
    await there.process({}, 1, performance.now() - 40, async () => {
      withSpan('ValidateSignal', () => undefined)
      expect(traceFields()['trace_id']).toBe(signal.traceId)
    })
    there.within(() => withSpan('Kaizen.RecordMetric', () => undefined))
    there.finished('completed')
    signal.finished('completed')
    signal.answered(200)
    for (const span of worker.memory.get(signal.traceId)?.spans ?? []) api.memory.add(span)
    const spans = tree(api, signal.traceId)
    expect(spans.toSorted()).toEqual(
      [
        'ProcessSignal',
        '  ReceiveSignal',
        '    ParseRequest',
        '  Kanban.Enqueue',
        '    CheckQueueCapacity',
        '  Worker.Dequeue',
        '    WaitForWork',
        '  ProcessWork',
        '    ValidateSignal',
        '  Kaizen.RecordMetric',
        '  ReturnResponse',
      ].toSorted(),
    )
    const waited = api.memory.get(signal.traceId)?.spans.find(({ name }) => name === 'WaitForWork')
    expect(waited?.durationMs).toBeGreaterThanOrEqual(39)
  })
})

describe('a trace that is not recorded', () => {
  it.each([{ OTEL_TRACES_SAMPLER: 'always_off' }, { TRACING: 'off' }, { OTEL_SDK_DISABLED: 'true' }])(
    'calls what is to be called, and asks for no attribute: %o',
    async (environment) => {
      const tracing = start(environment)
      const signal = tracing.begin({}, 0)
      const active: boolean[] = []
      const item = {}
      signal.parsed()
      signal.received()
      signal.about(never)
      expect(signal.enqueue(item, {}, () => true)).toBe(true)
      const result = await signal.process(item, 1, 0, async () =>
        withSpan(
          'ExecuteTask',
          async (span) => {
            active.push(span !== undefined, trace.getSpan(context.active()) !== undefined)
            return 42
          },
          never,
        ),
      )
      expect(result).toBe(42)
      signal.requeued(item, 'retry_attempt', never)
      signal.finished('completed')
      signal.answered(200)
      expect(active).toEqual([false, false])
      expect(signal.isRecorded).toBe(false)
      expect(signal.traceId).toMatch(/^[\da-f]{32}$/)
      expect(signal.traceparent).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-00$/)
      expect(signal.headers()).toEqual({ traceparent: signal.traceparent })
      expect(tracing.memory.snapshot().kept).toBe(0)
    },
  )

  it('keeps the id of its caller, and hands it on', () => {
    const tracing = start({ TRACING: 'off' })
    const signal = tracing.begin({ traceparent: CALLER }, 0)
    expect(signal.headers()).toEqual({ traceparent: CALLER })
    const guarded = new CircuitBreaker({ name: 'x' })
    expect(tracing.guard(guarded, 'Jidoka.Check', () => ({}))).toBe(guarded)
    expect(tracing.snapshot()).toMatchObject({ isOn: false, sampler: 'off', export: null })
  })

  it('has an id of its own when the caller’s is broken', () => {
    const tracing = start()
    for (const traceparent of ['nonsense', '00-00000000000000000000000000000000-b7ad6b7169203331-01', ['a', 'b']])
      expect(tracing.begin({ traceparent }, 0).traceId).toMatch(/^(?!0{32})[\da-f]{32}$/)
    expect(context.active()).toBe(ROOT_CONTEXT)
  })
})
