import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  IN_ORDER,
  PER_SECOND,
  QUICK,
  SCENARIOS,
  Traffic,
  fates,
  msUntil,
  pause,
  play,
  report,
  works,
} from './traffic.ts'
import { type LogLine, RunningService } from '../service.ts'

// One process with a queue in a file. Whatever is done to it, kill -9 included, each signal that was accepted has one end.

const FINAL = new Set<unknown>(['completed', 'failed', 'dead-lettered'])

/** One process with a queue in a file. */
export function withFile(): void {
  describe.concurrent('chaos with QUEUE=sqlite', () => {
    const directory = mkdtempSync(join(tmpdir(), 'tps-chaos-'))
    const file = join(directory, 'signals.sqlite')
    const log: LogLine[] = []
    const accepted: string[] = []
    let service: RunningService
    const start = async (): Promise<RunningService> =>
      await RunningService.start({ ...QUICK, QUEUE: 'sqlite', QUEUE_FILE: file, LEASE_MS: '1500' })
    const end = async (signal: NodeJS.Signals): Promise<number | null> => {
      const exitCode = await service.end(signal)
      log.push(...service.log)
      return exitCode
    }

    beforeAll(async () => {
      service = await start()
    })
    afterAll(async () => {
      await service[Symbol.asyncDispose]()
      rmSync(directory, { recursive: true, force: true })
    })

    it.for(SCENARIOS)('$name: every accepted signal ends', IN_ORDER, async (scenario) => {
      const traffic = new Traffic(() => service.url)
      const { completed, deadLettered } = await play(scenario, service, traffic)
      accepted.push(...traffic.accepted)
      expect(completed).toBeGreaterThan(0)
      expect(completed + deadLettered).toBe(traffic.accepted.length)
      if (!scenario.mayBury) expect(deadLettered).toBe(0)
    })

    it.for(['SIGKILL', 'SIGTERM'] as const)(
      '%s under load: every accepted signal is completed, after a restart',
      IN_ORDER,
      async (signal) => {
        // Enough to do, so that work is under way and waits.
        await service.set({ task_ms: 40 })
        const traffic = new Traffic(() => service.url)
        traffic.start(PER_SECOND)
        await traffic.takes(50)
        await end(signal)
        const downAt = performance.now()
        service = await start()
        await msUntil(async () => await works(service))
        const recoveredAfterMs = Math.round(performance.now() - downAt)
        await traffic.takes(10)
        await traffic.stop()
        accepted.push(...traffic.accepted)
        const counts = await fates(service, traffic.accepted)
        report(`${signal} under load`, traffic, { ...counts, recoveredAfterMs })
        expect(counts).toEqual({ completed: traffic.accepted.length })
      },
    )

    it('none of all these signals has ended twice', IN_ORDER, async () => {
      await pause(100)
      expect(await end('SIGTERM')).toBe(0)
      const ends = log.filter(({ msg }) => FINAL.has(msg)).map(({ signal_id }) => signal_id)
      expect(new Set(ends).size).toBe(ends.length)
      using database = new DatabaseSync(file, { readOnly: true })
      const rows = database.prepare('SELECT id FROM tps_outcomes WHERE has_ended = 1').all()
      const ended = new Set(rows.map(({ id }) => id))
      expect(accepted.length).toBeGreaterThan(200)
      expect(accepted.filter((id) => !ended.has(id))).toEqual([])
    })
  })
}
