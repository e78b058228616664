import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OtlpReceiver, valuesOf } from './otlp-receiver.ts'
import { ACCEPTED, ATTEMPT, CALL, DATABASE, MEASURED, completeTrace, tree } from './service-traces.ts'
import { RunningService, until } from './service.ts'

const CALLER = '0af7651916cd43dd8448eb211c80319c'
const WELL = [...ACCEPTED, ...ATTEMPT, ...CALL, ...MEASURED]

interface Answer {
  readonly signal_id: string
  readonly trace_id: string
  readonly status: string
}

interface Row {
  readonly trace_id: string
  readonly duration_ms: number
}

let receiver: OtlpReceiver
let service: RunningService

/** Sends a signal and resolves with its answer. */
async function send(payload: object, { wait = true, headers = {}, ...more } = {}): Promise<Answer> {
  const body = { signal_type: 'execute', payload, ...more }
  const response = await service.post(body, wait ? '/signal?wait=true' : '/signal', headers)
  const answer = (await response.json()) as Answer
  expect(response.headers.get('x-trace-id')).toBe(answer.trace_id)
  return answer
}

/** A task whose look-up is in the cache. */
async function warm(task: string): Promise<void> {
  await send({ task })
}

beforeAll(async () => {
  receiver = await OtlpReceiver.start()
  service = await RunningService.start({
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-api-key=abc',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment=test',
    OTEL_BSP_SCHEDULE_DELAY: '200',
    OTEL_TRACES_SAMPLER: 'parentbased_always_on',
    CIRCUIT_BREAKER_THRESHOLD: '3',
    CIRCUIT_BREAKER_RESET_MS: '1000',
    HEALTH_CHECK_MS: '60000',
    WORKER_REPLACE_MS: '100',
    MAX_QUEUE_DEPTH: '1',
    TASK_MS: '1',
  })
  await warm('known')
})
afterAll(async () => {
  await service[Symbol.asyncDispose]()
  await receiver[Symbol.asyncDispose]()
})

async function health(): Promise<{ readonly components: { readonly tracing: string } }> {
  return await service.json('/health')
}

describe('the trace of a signal', () => {
  it('is the tree of the labs when it completes', async () => {
    const first = await completeTrace(service, (await send({ task: 'never seen' })).trace_id)
    expect(tree(first)).toEqual([...WELL, ...DATABASE].toSorted())
    const again = await completeTrace(service, (await send({ task: 'never seen' })).trace_id)
    expect(tree(again)).toEqual(WELL.toSorted())
    expect(again).toMatchObject({ status: 'completed', error: false })
  })

  it('has the tags of the labs, and its id in the answer, in the header and in every line of the log', async () => {
    const { trace_id, signal_id } = await send({ task: 'known', type: 'quick', user_id: 'u-1' }, { headers: {} })
    const { spans } = await completeTrace(service, trace_id)
    expect(spans[0]).toMatchObject({
      parent_span_id: null,
      service: 'tps-system',
      attributes: {
        'http.method': 'POST',
        'http.status_code': 200,
        signal_id,
        signal_type: 'execute',
        task: 'known',
        task_type: 'quick',
        user_id: 'u-1',
        status: 'completed',
      },
    })
    expect(spans.find(({ name }) => name === 'Jidoka.Check')?.attributes).toEqual({ circuit_breaker_state: 'closed' })
    await expect
      .poll(() => new Set(service.log.flatMap((line) => (line['trace_id'] === trace_id ? [line['component']] : []))))
      .toEqual(new Set(['api', 'queue', 'worker', 'jidoka', 'metrics']))
    const lines = service.log.filter((line) => line['signal_id'] === signal_id)
    expect(lines.map((line) => line['trace_id'])).toEqual(lines.map(() => trace_id))
  })

  it('is that of a signal that only validates, or reports', async () => {
    for (const signal_type of ['validate', 'report']) {
      const { trace_id } = await send({}, { signal_type } as object)
      expect(tree(await completeTrace(service, trace_id))).toEqual(
        [
          ...ACCEPTED,
          ...MEASURED,
          '  Worker.Dequeue',
          '    WaitForWork',
          '  ProcessWork',
          '    ValidateSignal',
          '    RecordResult',
        ].toSorted(),
      )
    }
  })

  it('says that it failed when its time is up', async () => {
    const { trace_id, status } = await send({ task: 'known', latency_ms: 5_000 }, { timeout_ms: 50 } as object)
    expect(status).toBe('failed')
    const trace = await completeTrace(service, trace_id)
    expect(trace).toMatchObject({ status: 'failed', error: true })
    expect(tree(trace)).toEqual(
      expect.arrayContaining([
        'ProcessSignal !not finished within its timeout_ms of 50',
        '  ProcessWork !the time of the signal is over',
        '    ExecuteTask !the time of the signal is over',
        ...MEASURED,
      ]),
    )
    expect(tree(trace)).not.toContain('    RecordResult')
  })

  it('shows both attempts of a signal whose worker died', async () => {
    const sent = send({ task: 'known', latency_ms: 1_500 })
    await until(
      async () => service.json<{ kanban: { workers_busy: number } }>('/status'),
      ({ kanban }) => kanban.workers_busy === 1,
    )
    // It takes the worker with the highest number: of two, one is at it.
    const crash = async () => (await service.post({}, '/admin/chaos/crash-worker')).json()
    let answer = (await crash()) as { was_busy: boolean }
    if (!answer.was_busy) answer = (await crash()) as { was_busy: boolean }
    expect(answer.was_busy).toBe(true)
    const trace = await completeTrace(service, (await sent).trace_id)
    expect(trace.status).toBe('completed')
    const count = (name: string): number => tree(trace).filter((line) => line.trim().startsWith(name)).length
    expect(['Worker.Dequeue', 'WaitForWork', 'ProcessWork', 'ExecuteTask'].map(count)).toEqual([2, 2, 2, 2])
    expect(['ReceiveSignal', 'RecordResult', 'Downstream.Call', 'ReturnResponse'].map(count)).toEqual([1, 1, 1, 1])
    expect(trace.spans[0]?.events).toMatchObject([
      { name: 'retry_attempt', attributes: { reason: 'the worker crashed' } },
    ])
    await until(
      async () => service.json<{ kanban: { workers: number } }>('/status'),
      ({ kanban }) => kanban.workers === 2,
    )
  })

  it('ends at the queue when that is full', async () => {
    const busy = [1, 2, 3].map(() => send({ task: 'known', latency_ms: 800 }))
    await until(
      async () => service.json<{ kanban: { queue_current_depth: number } }>('/status'),
      ({ kanban }) => kanban.queue_current_depth === 1,
    )
    const refused = await send({ task: 'known' }, { wait: false })
    expect(refused.status).toBe('rejected')
    const trace = await completeTrace(service, refused.trace_id)
    expect(trace.status).toBe('rejected')
    expect(tree(trace)).toEqual(
      [
        'ProcessSignal !queue full',
        '  ReceiveSignal',
        '    ParseRequest',
        '  Kanban.Enqueue !queue full',
        '    CheckQueueCapacity !queue full',
        '  ReturnResponse',
      ].toSorted(),
    )
    await Promise.all(busy)
  })

  it('ends where nobody understood the request', async () => {
    const response = await service.post('{"signal_type":')
    const trace = await completeTrace(service, String(response.headers.get('x-trace-id')))
    expect(tree(trace)).toEqual(
      [
        'ProcessSignal !answered 400',
        '  ReceiveSignal',
        '    ParseRequest !answered 400',
        '  ReturnResponse',
      ].toSorted(),
    )
  })

  it('goes on with its caller’s, and asks nobody for one when the caller wants none', async () => {
    const headers = { traceparent: `00-${CALLER}-b7ad6b7169203331-01` }
    expect((await send({ task: 'known' }, { headers })).trace_id).toBe(CALLER)
    expect((await completeTrace(service, CALLER)).spans[0]?.parent_span_id).toBe('b7ad6b7169203331')
    const unsampled = { traceparent: `00-${'a'.repeat(32)}-b7ad6b7169203331-00` }
    expect((await send({ task: 'known' }, { headers: unsampled })).trace_id).toBe('a'.repeat(32))
    expect((await service.get(`/traces/${'a'.repeat(32)}`)).status).toBe(404)
  })

  it('tells that the circuit opened, and ends at the door while it is open', async () => {
    await service.set({ downstream_error_ratio: 1 })
    const answers: Answer[] = []
    for (let sent = 0; sent < 3; sent++) answers.push(await send({ task: 'known' }))
    expect(answers.map(({ status }) => status)).toEqual(['dead-lettered', 'dead-lettered', 'dead-lettered'])
    const last = await completeTrace(service, answers[2]?.trace_id ?? '')
    const reason = 'downstream answered 500: {"error":"downstream failed on purpose"}'
    expect(tree(last)).toEqual(
      expect.arrayContaining([
        `ProcessSignal !${reason}`,
        `  Jidoka.Check !${reason}`,
        `    CallDownstream !${reason}`,
        '      Downstream.Call !answered 500',
      ]),
    )
    const check = last.spans.find(({ name }) => name === 'Jidoka.Check')
    expect(check?.events.map(({ name }) => name)).toContain('circuit_opened')

    const refused = await send({ task: 'known' }, { wait: false })
    const trace = await completeTrace(service, refused.trace_id)
    expect(tree(trace)).toEqual(
      [
        'ProcessSignal !circuit breaker open',
        '  ReceiveSignal',
        '    ParseRequest',
        '  Jidoka.Check !circuit breaker open',
        '  ReturnResponse',
      ].toSorted(),
    )
    await service.set({ downstream_error_ratio: 0 })
    await until(
      async () => (await send({ task: 'known' })).status,
      (status) => status === 'completed',
    )
  })
})

describe('traces', () => {
  it('are found by duration, error, signal and id', async () => {
    const { signal_id, trace_id } = await send({ task: 'slow one', latency_ms: 300 })
    await completeTrace(service, trace_id)
    const find = async (query: string) => {
      const { traces } = await service.json<{ traces: readonly Row[] }>(`/traces?${query}`)
      return traces
    }
    const ids = async (query: string) => (await find(query)).map((trace) => trace.trace_id)
    expect(await ids(`signal_id=${signal_id}`)).toEqual([trace_id])
    expect(await ids(`trace_id=${trace_id}`)).toEqual([trace_id])
    expect((await ids('error=true&limit=100')).length).toBeGreaterThan(4)
    expect(await ids('error=true&limit=1000')).not.toContain(CALLER)
    const durations = (await find('minDurationMs=300&sort=slowest')).map(({ duration_ms }) => duration_ms)
    expect(durations.length).toBeGreaterThan(2)
    expect(durations.at(-1)).toBeGreaterThanOrEqual(300)
    expect(durations).toEqual(durations.toSorted((a, b) => b - a))
    expect(await ids('limit=2')).toHaveLength(2)
    for (const query of ['minDurationMs=-1', 'limit=0', 'limit=1001', 'error=yes', 'sort=best', 'other=1'])
      expect((await service.get(`/traces?${query}`)).status).toBe(400)
    expect((await service.get('/traces/nonsense')).status).toBe(404)
  })

  it('are sent by OTLP as they are kept, each span under its service', async () => {
    const { trace_id } = await completeTrace(service, CALLER)
    const sent = () => receiver.spans.filter(({ traceId }) => traceId === trace_id)
    await until(
      async () => sent().length,
      (count) => count === WELL.length,
    )
    const kept = (await completeTrace(service, trace_id)).spans
    const rows = sent().map(({ name, spanId, parentSpanId, resource }) => [
      name,
      spanId,
      parentSpanId,
      resource['service.name'],
    ])
    const expected = kept.map(({ name, span_id, parent_span_id, service: shown }) => [
      name,
      span_id,
      parent_span_id,
      shown,
    ])
    expect(new Set(rows.map(String))).toEqual(new Set(expected.map(String)))
    expect(new Set(sent().map(({ resource }) => resource['deployment.environment']))).toEqual(new Set(['test']))
    const root = sent().find(({ name }) => name === 'ProcessSignal')
    expect(valuesOf(root?.attributes ?? [])).toMatchObject({ 'http.method': 'POST', status: 'completed' })
    expect(receiver.headers[0]).toMatchObject({ 'x-api-key': 'abc', 'content-type': 'application/json' })
  })

  it('that get lost on their way are told in the health and in the log, and lose no signal', async () => {
    receiver.isBroken = true
    expect((await send({ task: 'known' })).status).toBe('completed')
    await until(health, ({ components }) => components.tracing === 'unhealthy')
    await expect
      .poll(() => service.log.find(({ msg }) => msg === 'spans can not be sent'))
      .toMatchObject({ component: 'tracing' })
    receiver.isBroken = false
    await send({ task: 'known' })
    await until(health, ({ components }) => components.tracing === 'healthy')
  })

  it('of other processes are taken from those who may administer, and from nobody else', async () => {
    const traceId = 'c'.repeat(32)
    const span = {
      traceId,
      spanId: 'd'.repeat(16),
      name: 'ProcessSignal',
      startTimeUnixNano: '1',
      endTimeUnixNano: '9000001',
    }
    const body = { resourceSpans: [{ resource: { attributes: [] }, scopeSpans: [{ spans: [span, { name: 1 }] }] }] }
    const taken = await service.post(body, '/v1/traces')
    expect(await taken.json()).toEqual({
      partialSuccess: { rejectedSpans: '1', errorMessage: 'these spans made no sense' },
    })
    expect(await service.json(`/traces/${traceId}`)).toMatchObject({ duration_ms: 9, spans: [{ service: 'unknown' }] })
    const refused = await fetch(`${service.url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'sec-fetch-site': 'cross-site' },
      body: JSON.stringify(body),
    })
    expect(refused.status).toBe(403)
  })
})
