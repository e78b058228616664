import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, it } from 'vitest'
import { RunningService, until } from './service.ts'

// QUEUE=sqlite: whatever is killed, and whenever, what was accepted comes to one end.

const directory = mkdtempSync(join(tmpdir(), 'tps-durable-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const FINAL = new Set(['completed', 'failed', 'dead-lettered'])
const LANES = 16

function start(file: string, more: Record<string, string> = {}): Promise<RunningService> {
  return RunningService.start({
    QUEUE: 'sqlite',
    QUEUE_FILE: join(directory, file),
    MAX_QUEUE_DEPTH: '500',
    WORKER_COUNT: '4',
    TASK_MS: '5',
    LEASE_MS: '500',
    ...more,
  })
}

/** Sends signals, several at a time, until the service is gone, and notes those that were accepted. */
async function load(service: RunningService, accepted: Set<string>): Promise<void> {
  const send = async (): Promise<void> => {
    for (;;) {
      try {
        const answer = (await (await service.execute('durable')).json()) as { status: string; signal_id: string }
        if (answer.status === 'accepted') accepted.add(answer.signal_id)
        else await sleep(20)
      } catch {
        return
      }
    }
  }
  await Promise.all(Array.from({ length: LANES }, send))
}

async function statusOf(service: RunningService, id: string): Promise<string> {
  const { status } = await service.json<{ status?: string }>(`/signal/${id}/status`)
  return status ?? 'unknown'
}

it('brings every accepted signal to one end, however often the process is killed under load', async () => {
  const accepted = new Set<string>()
  const log: RunningService['log'] = []
  for (const runMs of [700, 300]) {
    await using service = await start('kills.sqlite')
    const loading = load(service, accepted)
    await sleep(runMs)
    await service.end('SIGKILL')
    await loading
    log.push(...service.log)
  }
  await using service = await start('kills.sqlite')
  const ids = [...accepted]
  expect(ids.length).toBeGreaterThan(10)
  // What a killed process had in hand comes back only when its lease is over, though nothing waits meanwhile.
  for (const id of ids)
    await until(
      () => statusOf(service, id),
      (status) => FINAL.has(status),
      30_000,
    )
  expect(await service.end('SIGTERM')).toBe(0)
  log.push(...service.log)

  const ends = log.filter(({ msg }) => FINAL.has(String(msg))).map((line) => String(line['signal_id']))
  expect(new Set(ends).size).toBe(ends.length)
  using database = new DatabaseSync(join(directory, 'kills.sqlite'), { readOnly: true })
  const rows = database.prepare('SELECT id FROM tps_outcomes WHERE has_ended = 1').all()
  const ended = new Set(rows.map(({ id }) => String(id)))
  expect(ids.filter((id) => !ended.has(id))).toEqual([])
}, 60_000)

it('knows after a restart what waits, what has ended and what was given up, and can send that back', async () => {
  let waiting: string
  let dead: string
  {
    await using service = await start('restart.sqlite', { HEALTH_CHECK_MS: '60000', WORKER_COUNT: '1', TASK_MS: '0' })
    await service.set({ downstream_enabled: false })
    const given = (await (await service.execute('dead', '/signal?wait=true')).json()) as Record<string, string>
    expect(given).toMatchObject({ status: 'dead-lettered' })
    dead = String(given['signal_id'])
    await fetch(`${service.url}/admin/chaos/queue-down`, { method: 'POST' })
    expect((await service.execute()).status).toBe(503)
    await fetch(`${service.url}/admin/chaos/queue-recover`, { method: 'POST' })
    await service.set({ downstream_enabled: true, task_ms: 60_000 })
    const accept = async (): Promise<string> => {
      const answer = await until(
        () => service.execute('waits'),
        ({ status }) => status === 202,
      )
      return ((await answer.json()) as { signal_id: string }).signal_id
    }
    await accept()
    waiting = await accept()
    await service.end('SIGKILL')
  }
  await using service = await start('restart.sqlite', { WORKER_COUNT: '1', TASK_MS: '300' })
  expect(['queued', 'processing']).toContain(await statusOf(service, waiting))
  expect(await statusOf(service, dead)).toBe('dead-lettered')
  const list = await service.json<{ dead_letters: { id: number; signal_id: string; poison: boolean }[] }>(
    '/admin/dead-letters',
  )
  expect(list).toMatchObject({ total: 1, dead_letters: [{ signal_id: dead, poison: false, attempts: 1 }] })
  const redriven = await service.post({}, '/admin/dead-letters/redrive')
  expect(await redriven.json()).toMatchObject({ redriven: 1, remaining: 0, ended: 'done' })
  await until(
    async () => await Promise.all([statusOf(service, waiting), statusOf(service, dead)]),
    (both) => both.every((one) => one === 'completed'),
  )
}, 60_000)
