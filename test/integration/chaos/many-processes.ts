import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { IN_ORDER, QUICK, Traffic, fates, isHealthy, msUntil, pause, report, works } from './traffic.ts'
import { Distributed } from '../distributed.ts'

// The service in many processes over NATS JetStream. Whatever is done to one of them, each signal that was accepted ends.
// JetStream promises at least once: what a killed worker had in hand is done again, and counted here.

/** Workers in processes of their own, on a machine that does much else, are to keep up with it. */
const PER_SECOND = 30
/** How long the last signals may take to their end. */
const END_MS = 40_000

interface Scenario {
  readonly name: string
  readonly begin: (service: Distributed) => Promise<void>
  readonly mend: (service: Distributed) => Promise<void>
  /** Whether signals that were accepted may end as dead letters: where the downstream fails for longer than they are tried. */
  readonly mayBury: boolean
}

const SCENARIOS: readonly Scenario[] = [
  {
    name: 'a worker process is killed with kill -9',
    begin: async (service) => await service.run('kill', 'worker-fast'),
    mend: async () => await pause(0),
    mayBury: false,
  },
  {
    name: 'nats-server is killed with kill -9',
    begin: async (service) => await service.run('kill', 'nats'),
    mend: async (service) => await service.run('start', 'nats'),
    mayBury: false,
  },
  {
    name: 'a worker process gets SIGTERM',
    begin: async (service) => await service.signal('worker-fast', 'SIGTERM'),
    mend: async () => await pause(0),
    mayBury: false,
  },
  {
    name: 'the downstream hangs',
    begin: async (service) => await service.set({ downstream_latency_ms: 60_000 }),
    mend: async (service) => await service.set({ downstream_latency_ms: 0 }),
    mayBury: true,
  },
]

/** How often signals were begun beyond the first time. */
function repeated(service: Distributed, ids: readonly string[]): number {
  const known = new Set<unknown>(ids)
  return service.log.filter(({ msg, signal_id }) => msg === 'Dequeued' && known.has(signal_id)).length - known.size
}

/** Many processes over NATS JetStream. */
export function inManyProcesses(): void {
  describe.concurrent('chaos in many processes', () => {
    let service: Distributed
    beforeAll(async () => {
      service = await Distributed.start({
        ...QUICK,
        TASK_MS: '40',
        LEASE_MS: '1500',
        RESTART: '0.5',
        LOG_LEVEL: 'debug',
      })
    }, 90_000)
    afterAll(async () => await service[Symbol.asyncDispose](), 60_000)

    it.for(SCENARIOS)('$name: every accepted signal ends', IN_ORDER, async ({ name, begin, mend, mayBury }) => {
      const traffic = new Traffic(() => service.url)
      traffic.start(PER_SECOND)
      await traffic.takes(30)
      await begin(service)
      await pause(800)
      await mend(service)
      const recoveredAfterMs = await msUntil(async () => (await isHealthy(service)) && (await works(service)))
      await traffic.takes(30)
      await traffic.stop()
      const counts = await fates(service, traffic.accepted, END_MS)
      const duplicates = repeated(service, traffic.accepted)
      report(name, traffic, { ...counts, duplicates, recoveredAfterMs: Math.round(recoveredAfterMs) })
      const { completed = 0, 'dead-lettered': deadLettered = 0 } = counts
      expect(completed).toBeGreaterThan(0)
      expect(completed + deadLettered).toBe(traffic.accepted.length)
      const buried = service.log.filter(({ msg }) => msg === 'dead-lettered')
      if (!mayBury) expect(deadLettered, JSON.stringify(buried)).toBe(0)
    })

    it('all of it is stopped under load and started again: every accepted signal is completed', IN_ORDER, async () => {
      await service.set({ task_ms: 40 })
      const traffic = new Traffic(() => service.url)
      traffic.start(PER_SECOND)
      await traffic.takes(60)
      const downAt = performance.now()
      expect(await service.end()).toBe(0)
      const endedAfterMs = Math.round(performance.now() - downAt)
      await traffic.stop()
      await service.launch()
      const recoveredAfterMs = await msUntil(async () => await works(service))
      const counts = await fates(service, traffic.accepted, END_MS)
      const duplicates = repeated(service, traffic.accepted)
      report('everything is stopped under load', traffic, {
        ...counts,
        duplicates,
        endedAfterMs,
        recoveredAfterMs: Math.round(recoveredAfterMs),
      })
      expect(counts).toEqual({ completed: traffic.accepted.length })
    })
  })
}
