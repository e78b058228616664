import { execFile } from 'node:child_process'
import { get } from 'node:http'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { RunningService, until } from './service.ts'

interface Accepted {
  readonly signal_id: string
  readonly status: string
  readonly trace_id: string
  readonly timestamp: string
}

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'

describe('a signal', () => {
  it('is accepted, pulled, executed against the downstream, measured and shown', async () => {
    await using service = await RunningService.start()
    const response = await service.post(
      { signal_type: 'execute', payload: { task: 'hello-world' }, priority: 2 },
      '/signal',
      {
        traceparent: `00-${TRACE}-00f067aa0ba902b7-01`,
      },
    )
    expect(response.status).toBe(202)
    const accepted = (await response.json()) as Accepted
    expect(accepted).toEqual({
      signal_id: expect.stringMatching(/^[\w-]{36}$/),
      status: 'accepted',
      trace_id: TRACE,
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    })
    const done = await until(
      () => service.json<{ status: string }>(`/signal/${accepted.signal_id}/status`),
      ({ status }) => status === 'completed',
    )
    expect(done).toMatchObject({
      signal_id: accepted.signal_id,
      trace_id: TRACE,
      result: { task: 'hello-world' },
      duration_ms: expect.any(Number),
    })
    const status = await service.json<{ kaizen: Record<string, unknown> }>('/status')
    expect(status.kaizen).toMatchObject({ samples: 1, percentile_p99: expect.any(Number) })
    expect(Object.keys(status.kaizen['component_breakdown'] as object)).toEqual([
      'api_receive',
      'enqueue',
      'dequeue_wait',
      'process_work',
      'jidoka_check',
      'metrics_record',
    ])
    const line = await until(
      async () => service.log.find(({ signal_id, msg }) => signal_id === accepted.signal_id && msg === 'completed'),
      Boolean,
    )
    expect(line).toMatchObject({ trace_id: TRACE, component: 'worker' })
  })

  it('brings its result with wait=true', async () => {
    await using service = await RunningService.start({ TASK_MS: '20' })
    const response = await service.execute('now', '/signal?wait=true')
    expect(response.status).toBe(200)
    const body = (await response.json()) as { duration_ms: number }
    expect(body).toMatchObject({
      status: 'completed',
      result: { task: 'now' },
      signal_id: expect.any(String),
      trace_id: expect.any(String),
    })
    expect(body.duration_ms).toBeGreaterThanOrEqual(20)
    const validated = await service.post({ signal_type: 'validate', payload: { task: 'now' } }, '/signal?wait=true')
    expect(await validated.json()).toMatchObject({ status: 'completed', result: { valid: true } })
    const report = await service.post({ signal_type: 'report', payload: {} }, '/signal?wait=true')
    expect(await report.json()).toMatchObject({ status: 'completed', result: { samples: expect.any(Number) } })
  })

  it('fails when its timeout_ms runs out, and is no dead letter', async () => {
    await using service = await RunningService.start({ TASK_MS: '5000' })
    const response = await service.post({ signal_type: 'execute', payload: {}, timeout_ms: 50 }, '/signal?wait=true')
    expect(await response.json()).toMatchObject({ status: 'failed', error: 'not finished within its timeout_ms of 50' })
    expect(await service.json('/status')).toMatchObject({ kanban: { dead_letters: 0 } })
  })

  it('becomes a dead letter when the downstream refuses it', async () => {
    await using service = await RunningService.start({ HEALTH_CHECK_MS: '60000' })
    await service.set({ downstream_enabled: false })
    const response = await service.execute('lost', '/signal?wait=true')
    expect(await response.json()).toMatchObject({
      status: 'dead-lettered',
      error: 'downstream answered 503: {"error":"downstream is disabled"}',
    })
    expect(await service.json('/status')).toMatchObject({
      kanban: { dead_letters: 1 },
      jidoka: { failures: 1, circuit_breaker: 'Closed' },
    })
  })
})

describe('a line that is full or stopped', () => {
  it('answers 429 with Retry-After when the queue is full', async () => {
    await using service = await RunningService.start({ MAX_QUEUE_DEPTH: '3', WORKER_COUNT: '1', TASK_MS: '3000' })
    const answers = await Promise.all(Array.from({ length: 10 }, () => service.execute()))
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter((status) => status === 202).length).toBeGreaterThanOrEqual(3)
    expect(statuses.filter((status) => status === 202).length).toBeLessThanOrEqual(4)
    const full = answers.find(({ status }) => status === 429)
    expect(Number(full?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
    expect(await full?.json()).toEqual({
      status: 'rejected',
      reason: 'queue full',
      retry_after_ms: expect.any(Number),
      trace_id: expect.any(String),
    })
  })

  it('opens the circuit while the downstream is broken, answers 503, and recovers by itself', async () => {
    await using service = await RunningService.start({ HEALTH_CHECK_MS: '20', CIRCUIT_BREAKER_RESET_MS: '300' })
    const breaker = async (): Promise<string> =>
      (await service.json<{ jidoka: { circuit_breaker: string } }>('/status')).jidoka.circuit_breaker
    await service.set({ downstream_enabled: false })
    await until(breaker, (state) => state === 'Open')
    const refused = await until(
      () => service.execute(),
      ({ status }) => status === 503,
    )
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
    expect(await refused.json()).toEqual({
      status: 'rejected',
      reason: 'circuit breaker open',
      retry_after_ms: expect.any(Number),
      trace_id: expect.any(String),
    })
    const health = await service.get('/health')
    expect(health.status).toBe(200)
    expect(await health.json()).toMatchObject({
      status: 'degraded',
      components: { circuit_breaker: 'unhealthy', downstream: 'unhealthy', queue: 'healthy' },
    })
    await service.set({ downstream_enabled: true })
    await until(breaker, (state) => state === 'Closed')
    expect(await (await service.execute('again', '/signal?wait=true')).json()).toMatchObject({ status: 'completed' })
  })

  it('finishes what it accepted after SIGTERM, refuses the rest with 503, and exits with 0', async () => {
    await using service = await RunningService.start({ WORKER_COUNT: '1', TASK_MS: '150' })
    const send = async () => (await (await service.execute()).json()) as Accepted & { readonly reason?: string }
    const accepted = await Promise.all(Array.from({ length: 6 }, send))
    service.process.kill('SIGTERM')
    const refused = await until(
      async () => {
        const answer = await send()
        if (answer.status === 'accepted') accepted.push(answer)
        return answer
      },
      ({ status }) => status === 'rejected',
    )
    expect(refused.reason).toBe('shutting down')
    expect((await service.get('/health')).status).toBe(503)
    expect(await service.end()).toBe(0)
    const completed = service.log.filter(({ msg }) => msg === 'completed').map((line) => String(line['signal_id']))
    expect(new Set(completed)).toEqual(new Set(accepted.map((signal) => signal.signal_id)))
    expect(completed).toHaveLength(accepted.length)
  })

  it('gives up signals that the grace period is too short for, says so, and exits with 1', async () => {
    await using service = await RunningService.start({ WORKER_COUNT: '1', TASK_MS: '60000', SHUTDOWN_GRACE_MS: '200' })
    await Promise.all([service.execute(), service.execute(), service.execute()])
    expect(await service.end()).toBe(1)
    expect(service.log.find(({ msg }) => String(msg).startsWith('the grace period ended'))).toMatchObject({ lost: 3 })
  })
})

describe('the service', () => {
  it('lets all workers pull from one line with HEIJUNKA_STRATEGY=shared', async () => {
    await using service = await RunningService.start({ HEIJUNKA_STRATEGY: 'shared', TASK_MS: '60000' })
    await Promise.all(Array.from({ length: 5 }, () => service.execute()))
    expect(await service.json('/status')).toMatchObject({
      heijunka: { strategy: 'shared' },
      kanban: { queue_current_depth: 3, workers_busy: 2 },
    })
    await service.set({ workers: 5 })
    await until(
      () => service.json<{ kanban: { workers_busy: number } }>('/status'),
      ({ kanban }) => kanban.workers_busy === 5,
    )
  })

  it('opens the administration to whoever has the token, under any Host name', async () => {
    await using service = await RunningService.start({ ADMIN_TOKEN: 'a-secret-of-enough-length' })
    const ask = async (token: string): Promise<number> =>
      await new Promise((resolve, reject) => {
        const headers = { host: 'tps.example', authorization: `Bearer ${token}` }
        get(`${service.url}/admin/config`, { headers }, (response) => {
          response.resume()
          resolve(response.statusCode ?? 0)
        }).once('error', reject)
      })
    expect(await ask('a-secret-of-enough-length')).toBe(200)
    expect(await ask('a-secret-of-enough-lengtH')).toBe(403)
  })

  it('levels the lanes of its workers and follows a change of their number', async () => {
    await using service = await RunningService.start({ TASK_MS: '60000', HEIJUNKA_REBALANCE_MS: '100' })
    await Promise.all(Array.from({ length: 12 }, () => service.execute()))
    const heijunka = async () =>
      (await service.json<{ heijunka: { worker_loads: number[]; rebalance_attempts: number } }>('/status')).heijunka
    expect((await heijunka()).worker_loads).toEqual([6, 6])
    await service.set({ workers: 4 })
    const levelled = await until(
      heijunka,
      ({ worker_loads, rebalance_attempts }) =>
        worker_loads.length === 4 && Math.min(...worker_loads) === 3 && rebalance_attempts > 0,
    )
    expect(levelled).toMatchObject({
      worker_loads: [3, 3, 3, 3],
      imbalance_factor: 0,
      avg_per_worker: 3,
      max_per_worker: 3,
      min_per_worker: 3,
    })
    expect(await service.json('/status')).toMatchObject({
      kanban: { workers: 4, queue_current_depth: 8, queue_max_size: 100 },
    })
  })

  it('prints where to look and how to send the first signal, and the printed line works', async () => {
    await using service = await RunningService.start()
    const printed = await until(
      async () => service.printed(),
      (text) => text.includes('Ctrl+C'),
    )
    expect(printed).toContain(`Board      ${service.url}/`)
    const [, curl = ''] = /(curl -X POST[^}]*\}\}')/.exec(printed) ?? []
    const { stdout } = await promisify(execFile)('bash', ['-c', curl])
    expect(JSON.parse(stdout)).toMatchObject({ status: 'accepted' })
  })

  it('is described by /info and refuses a configuration it cannot use', async () => {
    await using service = await RunningService.start({ ADMIN_TOKEN: 'a-secret-of-enough-length' })
    const text = await (await service.get('/info')).text()
    expect(JSON.parse(text)).toMatchObject({
      name: 'tps-reference-service',
      configuration: { MAX_QUEUE_DEPTH: 100, WORKER_COUNT: 2 },
    })
    expect(text).not.toContain('a-secret')
    await expect(RunningService.start({ WORKER_COUNT: 'many', MAX_QUEUE_DEPTH: '0' })).rejects.toThrow(
      /MAX_QUEUE_DEPTH must be an integer from 1 to 1000000; it is "0".*WORKER_COUNT must be an integer from 1 to 1000; it is "many"/s,
    )
  })

  it('says what to do when its port is taken', async () => {
    await using service = await RunningService.start()
    await expect(RunningService.start({ PORT: String(service.port) })).rejects.toThrow(/EADDRINUSE.*set PORT/s)
  })

  it('gives every metric name of the seeds at /metrics', async () => {
    await using service = await RunningService.start()
    await service.execute('measured', '/signal?wait=true')
    const response = await service.get('/metrics')
    expect(response.headers.get('content-type')).toContain('text/plain')
    const text = await response.text()
    for (const name of [
      'tps_queue_depth',
      'tps_circuit_breaker_state',
      'tps_signal_latency_p50',
      'tps_signal_latency_p90',
      'tps_signal_latency_p99',
      'tps_signal_latency_sum',
      'tps_signal_latency_count',
      'tps_error_rate',
      'tps_signal_success_rate',
      'tps_processing_rate',
      'tps_worker_utilization',
      'tps_dead_letter_queue_size',
      'tps_jidoka_rejections',
    ]) {
      expect(text, name).toMatch(new RegExp(`^${name}(_total)?(\\{[^}]*\\})? [\\d.e+-]+$`, 'm'))
    }
    expect(text).toMatch(/^tps_signal_success_rate(\{[^}]*\})? 1$/m)
  })
})
