import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Traffic, fates, isHealthy, msUntil, pause, report, works } from './chaos.ts'
import { RunningService } from './service.ts'

// One process, everything in memory. Whatever is done to it, each signal that was accepted ends.

const QUICK = {
  DOWNSTREAM_TIMEOUT_MS: '150',
  HEALTH_CHECK_MS: '50',
  CIRCUIT_BREAKER_RESET_MS: '500',
  WORKER_REPLACE_MS: '300',
  TASK_MS: '10',
}
const PER_SECOND = 60

interface Scenario {
  readonly name: string
  readonly begin: (service: RunningService) => Promise<void>
  readonly mend: (service: RunningService) => Promise<void>
}

const trouble = async (service: RunningService, name: string): Promise<void> => {
  const response = await service.post({}, `/admin/chaos/${name}`)
  if (!response.ok) throw new Error(await response.text())
}

const SCENARIOS: readonly Scenario[] = [
  {
    name: 'the downstream hangs',
    begin: async (service) => await service.set({ downstream_latency_ms: 60_000 }),
    mend: async (service) => await service.set({ downstream_latency_ms: 0 }),
  },
  {
    name: 'a worker crashes',
    begin: async (service) => await trouble(service, 'crash-worker'),
    mend: async () => await pause(0),
  },
  {
    name: "the queue's backend is gone",
    begin: async (service) => await trouble(service, 'queue-down'),
    mend: async (service) => await trouble(service, 'queue-recover'),
  },
  {
    name: 'a cascade',
    begin: async (service) => await trouble(service, 'cascade'),
    mend: async (service) => await trouble(service, 'stop'),
  },
]

describe('chaos in one process', () => {
  let service: RunningService
  beforeAll(async () => {
    service = await RunningService.start(QUICK)
  })
  afterAll(async () => await service[Symbol.asyncDispose]())

  it.each(SCENARIOS)('$name: every accepted signal ends', async ({ name, begin, mend }) => {
    const traffic = new Traffic(() => service.url)
    traffic.start(PER_SECOND)
    await traffic.takes(20)
    await begin(service)
    await pause(800)
    await mend(service)
    const recoveredAfterMs = await msUntil(async () => (await isHealthy(service)) && (await works(service)))
    await traffic.takes(20)
    await traffic.stop()
    const counts = await fates(service, traffic.accepted)
    report(name, traffic, { ...counts, recoveredAfterMs: Math.round(recoveredAfterMs) })
    const { completed = 0, 'dead-lettered': deadLettered = 0 } = counts
    expect(completed + deadLettered).toBe(traffic.accepted.length)
    expect(completed).toBeGreaterThan(0)
  })

  it('SIGTERM under load: what was accepted is finished before the process ends', async () => {
    await service.set({ task_ms: 50 })
    const traffic = new Traffic(() => service.url)
    traffic.start(PER_SECOND)
    await traffic.takes(50)
    const startMs = performance.now()
    const exitCode = await service.end('SIGTERM')
    const endedAfterMs = Math.round(performance.now() - startMs)
    await traffic.stop()
    const ended = service.log.filter(({ msg }) => msg === 'completed' || msg === 'dead-lettered')
    const ids = ended.map(({ signal_id }) => signal_id).filter((id) => traffic.accepted.includes(String(id)))
    report('SIGTERM under load', traffic, { exitCode, ended: ids.length, endedAfterMs })
    expect(exitCode).toBe(0)
    expect(new Set(ids)).toEqual(new Set(traffic.accepted))
    expect(ids).toHaveLength(traffic.accepted.length)
  })
})
