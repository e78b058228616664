import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RunningNats } from './nats.ts'
import { RunningService, until } from './service.ts'

// Four processes over a real nats-server: an API, workers for fast and for slow work, and the downstream.

interface Status {
  readonly role: string
  readonly jidoka: { readonly circuit_breaker: string; readonly circuit_breakers: Record<string, string> }
  readonly kanban: {
    readonly queue: string
    readonly queue_connected: boolean
    readonly workers: number
    readonly worker_processes: readonly { readonly role: string; readonly workers: number }[]
  }
  readonly heijunka: { readonly worker_loads: readonly number[] }
}

/** How many signals the workers of a process have done. */
async function did(service: RunningService): Promise<number> {
  return (await service.json<{ work: { pool: { processed: number } } }>('/status')).work.pool.processed
}

describe('roles in processes of their own', () => {
  let nats: RunningNats
  let api: RunningService
  let fast: RunningService
  let slow: RunningService
  let downstream: RunningService

  beforeAll(async () => {
    nats = await RunningNats.start()
    const common = { QUEUE: 'nats', NATS_URL: `nats://127.0.0.1:${nats.port}`, HEALTH_CHECK_MS: '100', TASK_MS: '1' }
    downstream = await RunningService.start({ ...common, TPS_ROLE: 'downstream' })
    const { url } = downstream.log.find(({ msg }) => msg === 'simulated downstream listening') as { url: string }
    const work = { ...common, DOWNSTREAM_URL: url, DOWNSTREAM_IS_SIMULATED: 'yes', CIRCUIT_BREAKER_RESET_MS: '500' }
    const all = await Promise.all([
      RunningService.start({ ...common, TPS_ROLE: 'api' }),
      RunningService.start({ ...work, TPS_ROLE: 'worker-fast', WORKER_COUNT: '3' }),
      RunningService.start({ ...work, TPS_ROLE: 'worker-slow', WORKER_COUNT: '2' }),
    ])
    ;[api, fast, slow] = all
    await until(status, ({ kanban }) => kanban.workers === 5)
  }, 120_000)

  afterAll(async () => {
    for (const service of [api, fast, slow, downstream]) await service?.[Symbol.asyncDispose]()
    await nats?.stop()
  })

  const status = (): Promise<Status> => api.json<Status>('/status')
  const sent = async (body: object): Promise<Record<string, unknown>> =>
    (await (await api.post(body, '/signal?wait=true')).json()) as Record<string, unknown>

  it('shows the workers of all processes at the API', async () => {
    expect(await status()).toMatchObject({
      role: 'api',
      jidoka: { circuit_breaker: 'Closed' },
      kanban: {
        queue: 'nats',
        queue_connected: true,
        worker_processes: [
          { role: 'worker-fast', workers: 3 },
          { role: 'worker-slow', workers: 2 },
        ],
      },
      heijunka: { worker_loads: [0, 0, 0, 0, 0] },
    })
    expect(await (await api.get('/health')).json()).toMatchObject({ status: 'healthy' })
    expect(await (await fast.get('/health')).json()).toMatchObject({ status: 'healthy', role: 'worker-fast' })
    expect(await (await slow.get('/metrics')).text()).toMatch(/^tps_workers\S* 2$/m)
    expect((await downstream.get('/health')).status).toBe(200)
  })

  it('brings the result of a signal back, and has slow work done where slow work is', async () => {
    const quick = { signal_type: 'execute', payload: { task: 'quick-1', type: 'quick' } }
    const lame = { signal_type: 'execute', payload: { task: 'slow-1', type: 'slow' } }
    expect(await sent(quick)).toMatchObject({ status: 'completed', result: { task: 'quick-1' } })
    // The first one teaches how long such work takes.
    expect(await sent(lame)).toMatchObject({ status: 'completed' })
    expect(await sent(lame)).toMatchObject({ status: 'completed' })
    await until(
      () => did(slow),
      (processed) => processed === 1,
    )
    expect(await did(fast)).toBe(2)
    expect(await sent({ signal_type: 'validate', payload: {} })).toMatchObject({ result: { valid: true } })
    const { kaizen } = await api.json<{ kaizen: { samples: number; component_breakdown: object } }>('/status')
    expect(kaizen.samples).toBe(4)
    expect(kaizen.component_breakdown).toMatchObject({ dequeue_wait: expect.any(Number) })
  })

  it('has the settings of the API followed by all, the circuit opened and closed, and the dead sent back', async () => {
    await api.set({ downstream_error_ratio: 1 })
    const dead = await until(
      () => sent({ signal_type: 'execute', payload: { task: 'dead' } }),
      ({ status: how }) => how === 'dead-lettered',
    )
    await api.set({ downstream_enabled: false, downstream_error_ratio: 0 })
    await until(status, ({ jidoka }) => jidoka.circuit_breaker === 'Open')
    const refused = await until(
      () => api.execute(),
      ({ status: code }) => code === 503,
    )
    expect(await refused.json()).toMatchObject({ status: 'rejected', reason: 'circuit breaker open' })
    await api.set({ downstream_enabled: true })
    await until(status, ({ jidoka }) => jidoka.circuit_breaker === 'Closed')
    const list = await until(
      () => api.json<{ dead_letters: { id: number; signal_id: string }[] }>('/admin/dead-letters'),
      ({ dead_letters }) => dead_letters.length > 0,
    )
    expect(list.dead_letters.map(({ signal_id }) => signal_id)).toContain(dead['signal_id'])
    await until(
      async () => (await (await api.post({}, '/admin/dead-letters/redrive')).json()) as { redriven: number },
      ({ redriven }) => redriven > 0,
    )
    await until(
      () => api.json<{ status: string }>(`/signal/${String(dead['signal_id'])}/status`),
      ({ status: how }) => how === 'completed',
    )
  })

  it('stops and starts the workers with the cord, and leaves them their own worker counts', async () => {
    await api.post({ by: 'ann', reason: 'smoke' }, '/admin/cord')
    expect(await (await api.execute()).json()).toMatchObject({ status: 'rejected', reason: 'cord pulled' })
    expect(await status()).toMatchObject({ andon: { lamp: 'red', cord_pulled: true } })
    await fetch(`${api.url}/admin/cord`, { method: 'DELETE' })
    expect(await sent({ signal_type: 'execute', payload: { task: 'again' } })).toMatchObject({ status: 'completed' })
    expect((await status()).kanban.workers).toBe(5)
    await api.set({ workers: 4 })
    await until(status, ({ kanban }) => kanban.workers === 8)
  })

  it('ends every role in order: what was accepted is done, and each exits with 0', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => api.execute(`last-${index}`)))
    const ids = await Promise.all(
      answers.map(async (answer) => ((await answer.json()) as { signal_id: string }).signal_id),
    )
    expect(await fast.end()).toBe(0)
    // Its place is taken by another one.
    const work = { QUEUE: 'nats', NATS_URL: `nats://127.0.0.1:${nats.port}`, TASK_MS: '1' }
    const { url } = downstream.log.find(({ msg }) => msg === 'simulated downstream listening') as { url: string }
    fast = await RunningService.start({
      ...work,
      TPS_ROLE: 'worker-fast',
      DOWNSTREAM_URL: url,
      DOWNSTREAM_IS_SIMULATED: 'yes',
    })
    for (const id of ids)
      await until(
        () => api.json<{ status: string }>(`/signal/${id}/status`),
        ({ status: how }) => how === 'completed',
      )
    expect(await Promise.all([slow.end(), fast.end(), downstream.end(), api.end()])).toEqual([0, 0, 0, 0])
  })
})
