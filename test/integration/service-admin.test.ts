import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RunningService, until } from './service.ts'

interface Status {
  readonly jidoka: { readonly circuit_breaker: string; readonly circuit_breakers: Record<string, string> }
  readonly kanban: { readonly workers: number; readonly queue_current_depth: number; readonly workers_busy: number }
  readonly andon: { readonly lamp: string; readonly cord_pulled: boolean }
}

// What can be done to a line while it runs. One process, brought back to rest by each test.

describe('the administration', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tps-admin-'))
  const file = join(directory, 'tps-config.yaml')
  let service: RunningService
  beforeAll(async () => {
    writeFileSync(file, 'task_ms: 0\n')
    service = await RunningService.start({
      TPS_CONFIG_FILE: file,
      HEALTH_CHECK_MS: '50',
      CIRCUIT_BREAKER_RESET_MS: '200',
      DOWNSTREAM_TIMEOUT_MS: '200',
      WORKER_REPLACE_MS: '1500',
      HEIJUNKA_REBALANCE_MS: '100',
    })
  })
  afterAll(async () => {
    await service[Symbol.asyncDispose]()
    rmSync(directory, { recursive: true, force: true })
  })

  const status = (): Promise<Status> => service.json<Status>('/status')
  const admin = async (method: string, path: string, body?: object): Promise<Record<string, unknown>> => {
    const json = body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    const response = await fetch(`${service.url}/admin/${path}`, { method, ...json })
    return (await response.json()) as Record<string, unknown>
  }
  const send = async (payload: object = {}, more: object = {}): Promise<Record<string, unknown>> => {
    const response = await service.post({ signal_type: 'execute', payload, ...more }, '/signal?wait=true')
    return (await response.json()) as Record<string, unknown>
  }
  const statusOf = async (id: unknown): Promise<string> =>
    (await service.json<{ status: string }>(`/signal/${String(id)}/status`)).status
  const accepted = async (payload: object, more: object = {}): Promise<string> => {
    const answer = await service.post({ signal_type: 'execute', payload, ...more })
    return ((await answer.json()) as { signal_id: string }).signal_id
  }

  it('follows its settings file without a restart, and leaves out what it can not use', async () => {
    expect(await admin('GET', 'config')).toMatchObject({ task_ms: 0, workers: 2 })
    writeFileSync(file, 'task_ms: 3\nworkers: "3"\ndownstream_latency_ms: soon\n')
    await until(
      () => admin('GET', 'config'),
      ({ task_ms, workers }) => task_ms === 3 && workers === 3,
    )
    const line = await until(async () => service.log.find(({ problems }) => problems !== undefined), Boolean)
    expect(line?.['problems']).toEqual(['downstream_latency_ms must be an integer from 0 to 60000; it is "soon"'])
    await service.set({ task_ms: 0, workers: 2 })
  })

  it('stops the line with the cord, and lets it run again', async () => {
    expect(await admin('POST', 'cord', { by: 'ann', reason: 'wrong prices' })).toMatchObject({ id: 1, by: 'ann' })
    const refused = await service.execute()
    expect([refused.status, await refused.json()]).toMatchObject([503, { reason: 'cord pulled' }])
    expect(await status()).toMatchObject({ andon: { lamp: 'red', cord_pulled: true } })
    expect(await admin('GET', 'cord')).toMatchObject({ isPulled: true, pulls: [{ reason: 'wrong prices' }] })
    expect(await admin('DELETE', 'cord?by=bob')).toEqual({ released: 0, is_pulled: true })
    expect(await admin('DELETE', 'cord')).toEqual({ released: 1, is_pulled: false })
    expect(await send()).toMatchObject({ status: 'completed' })
  })

  it('keeps what was accepted while the queue is down, and opens the circuit in front of it', async () => {
    await service.set({ task_ms: 200 })
    const ids = await Promise.all(Array.from({ length: 6 }, (_, index) => accepted({ task: `kept-${index}` })))
    await admin('POST', 'chaos/queue-down')
    const answers = await Promise.all(Array.from({ length: 6 }, () => service.execute()))
    expect(answers.map(({ status: code }) => code)).toEqual(Array.from({ length: 6 }, () => 503))
    expect(await status()).toMatchObject({ jidoka: { circuit_breaker: 'Open' }, kanban: { queue_connected: false } })
    expect((await service.get('/health')).status).toBe(503)
    await admin('POST', 'chaos/queue-recover')
    await until(status, ({ jidoka }) => jidoka.circuit_breaker === 'Closed')
    for (const id of ids)
      await until(
        () => statusOf(id),
        (how) => how === 'completed',
      )
    await service.set({ task_ms: 0 })
  })

  it('takes a signal up again whose worker crashed, while another worker takes its place', async () => {
    await service.set({ task_ms: 300 })
    const ids = await Promise.all(Array.from({ length: 8 }, (_, index) => accepted({ task: `crash-${index}` })))
    await until(status, ({ kanban }) => kanban.workers_busy === 2)
    expect(await admin('POST', 'chaos/crash-worker')).toEqual({ worker: 1, was_busy: true, replaced_in_ms: 1500 })
    expect((await status()).kanban.workers).toBe(1)
    await until(status, ({ kanban }) => kanban.workers === 2)
    for (const id of ids)
      await until(
        () => statusOf(id),
        (how) => how === 'completed',
      )
    await expect
      .poll(() => service.log.filter(({ msg, signal_id }) => msg === 'completed' && ids.includes(String(signal_id))))
      .toHaveLength(ids.length)
    await service.set({ task_ms: 0 })
  })

  it('lets a cascade end at the circuit in front of the slow one: the others do without it', async () => {
    await admin('POST', 'chaos/cascade', { latency_ms: 400 })
    const first = await send({ task: 'cascade' })
    expect(first).toMatchObject({ status: 'completed', result: { without: ['a'] } })
    expect(Number(first['duration_ms'])).toBeGreaterThanOrEqual(100)
    await until(
      async () => {
        await send({ task: 'cascade' })
        return (await status()).jidoka.circuit_breakers
      },
      (circuits) => circuits['downstream a'] === 'Open',
    )
    expect(await status()).toMatchObject({
      jidoka: { circuit_breakers: { 'downstream b': 'Closed', 'downstream c': 'Closed' } },
    })
    expect(await send({ task: 'cascade' })).toMatchObject({ status: 'completed', result: { without: ['a'] } })
    await admin('POST', 'chaos/stop')
    expect(await admin('GET', 'config')).toMatchObject({ downstream_chain: false, downstream_latency_ms: 0 })
    expect(await send()).toMatchObject({ status: 'completed' })
  })

  it('lists dead letters, shows one, and sends them back', async () => {
    await service.set({ downstream_error_ratio: 1 })
    const dead = await send({ task: 'dead' })
    expect(dead).toMatchObject({ status: 'dead-lettered' })
    await service.set({ downstream_error_ratio: 0 })
    const { dead_letters: letters } = (await admin('GET', 'dead-letters?limit=1000')) as {
      dead_letters: { id: number; signal_id: string }[]
    }
    const letter = letters.find(({ signal_id }) => signal_id === dead['signal_id'])
    expect(await admin('GET', `dead-letters/${letter?.id}`)).toMatchObject({
      signal_id: dead['signal_id'],
      request: { signal_type: 'execute', payload: { task: 'dead' } },
      errors: ['downstream answered 500: {"error":"downstream failed on purpose"}'],
      attempts: 1,
      redrives: 0,
      poison: false,
    })
    expect(await admin('GET', 'dead-letters/999999')).toMatchObject({ error: 'Not Found' })
    const redriven = await admin('POST', 'dead-letters/redrive', { ids: [letter?.id] })
    expect(redriven).toMatchObject({ redriven: 1, ended: 'done' })
    await until(
      () => statusOf(dead['signal_id']),
      (how) => how === 'completed',
    )
  })

  it('lets no more signals a second in than rate_limit', async () => {
    await service.set({ rate_limit: 2 })
    const answers = await Promise.all(Array.from({ length: 6 }, () => service.execute()))
    const refused = answers.filter(({ status: code }) => code === 429)
    expect(refused.length).toBeGreaterThanOrEqual(3)
    expect(await refused[0]?.json()).toMatchObject({ status: 'rejected', reason: 'rate limit' })
    await service.set({ rate_limit: 0 })
  })

  it('takes the more urgent signal first', async () => {
    await service.set({ workers: 1, task_ms: 150 })
    const ids = new Map<string, string>()
    ids.set(await accepted({ task: 'first' }), 'first')
    for (const priority of [4, 3, 1, 2]) ids.set(await accepted({ task: 'then' }, { priority }), `priority ${priority}`)
    await until(status, ({ kanban }) => kanban.workers_busy === 0 && kanban.queue_current_depth === 0)
    const order = (): unknown[] =>
      service.log.flatMap(({ msg, signal_id }) => (msg === 'completed' ? (ids.get(String(signal_id)) ?? []) : []))
    await expect.poll(order).toEqual(['first', 'priority 1', 'priority 2', 'priority 3', 'priority 4'])
    await service.set({ workers: 2, task_ms: 0 })
  })

  it('tries a change of the settings, turn by turn, and says what it knows', async () => {
    const begun = await admin('POST', 'experiments', { name: 'lab 4', treatment: { workers: 4 }, slice_ms: 100 })
    expect(begun).toMatchObject({ is_running: true, control: { workers: 2 }, treatment: { workers: 4 } })
    await until(
      async () => {
        await send()
        const { snapshot } = (await admin('GET', 'experiments')) as {
          snapshot: { result: Record<string, { count: number }> }
        }
        return [snapshot.result['baseline']?.count ?? 0, snapshot.result['candidate']?.count ?? 0]
      },
      (counts) => counts.every((count) => count > 0),
    )
    const ended = await admin('DELETE', 'experiments')
    expect(ended).toMatchObject({ is_running: false, snapshot: { name: 'lab 4', result: { verdict: 'inconclusive' } } })
    expect(ended['report']).toContain('Too little data')
    expect(await admin('GET', 'config')).toMatchObject({ workers: 2 })
  })

  it('adds workers under load and takes them away, with autoscale', async () => {
    await service.set({ autoscale: true, task_ms: 50 })
    const answers = await Promise.all(Array.from({ length: 80 }, () => service.execute()))
    expect(answers.filter(({ status: code }) => code === 202).length).toBeGreaterThan(50)
    await until(status, ({ kanban }) => kanban.workers > 2, 20_000)
    expect(await status()).toMatchObject({ heijunka: { autoscaler: { min: 2, max: 20 } } })
    await service.set({ autoscale: false, task_ms: 0 })
    await until(status, ({ kanban }) => kanban.workers === 2)
  }, 40_000)
})
