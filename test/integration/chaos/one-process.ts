import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { IN_ORDER, PER_SECOND, QUICK, SCENARIOS, Traffic, play, report } from './traffic.ts'
import { RunningService } from '../service.ts'

// One process, everything in memory. Whatever is done to it, each signal that was accepted ends.

/** One process with everything in memory. */
export function inOneProcess(): void {
  describe.concurrent('chaos in one process', () => {
    let service: RunningService
    beforeAll(async () => {
      service = await RunningService.start(QUICK)
    })
    afterAll(async () => await service[Symbol.asyncDispose]())

    it.for(SCENARIOS)('$name: every accepted signal ends', IN_ORDER, async (scenario) => {
      const traffic = new Traffic(() => service.url)
      const { completed, deadLettered } = await play(scenario, service, traffic)
      expect(completed + deadLettered).toBe(traffic.accepted.length)
      expect(completed).toBeGreaterThan(0)
      if (!scenario.mayBury) expect(deadLettered).toBe(0)
    })

    it('SIGTERM under load: what was accepted is finished before the process ends', IN_ORDER, async () => {
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
}
