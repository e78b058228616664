import { until } from '../service.ts'
import { Page } from './page.ts'
import { type LabTest, documents } from './shell.ts'

const page = new Page('labs/lab-5-heijunka.md')

export const LAB_5: LabTest = {
  title: 'lab 5 has its rebalancing: the imbalance grows, work moves over, and the imbalance falls',
  environment: { HEIJUNKA_REBALANCE_MS: '3000' },
  lapse: 10,
  // The minute for which one worker is busy.
  shorter: ['latency_ms'],
  assert: async (lab, expect) => {
    const [set = '', burst = ''] = page.commands('5.1')
    expect(documents(await lab.run(set)).at(-1)).toBe('accepted')
    const heijunka = loadsOf(await lab.run(burst))
    expect(heijunka).toMatchObject({ worker_loads: [expect.any(Number), expect.any(Number)], rebalance_attempts: 0 })
    expect(heijunka.max_per_worker).toBeGreaterThanOrEqual(10)
    // 21 signals on two lanes are 10 and 11. One lane is held up and the other one empties: it only gets more.
    await until(
      async () => (await lab.service.json<{ heijunka: Loads }>('/status')).heijunka.imbalance_factor,
      (imbalance) => imbalance > 0.05,
      2_000,
    )
    // The second that a task costs, as much shorter as all other times.
    await lab.service.set({ task_ms: 100 })

    const [watched = ''] = await lab.runAll(page.commands('5.2'))
    const imbalances = [...watched.matchAll(/Imbalance: ([\d.]+)$/gm)].map(([, imbalance]) => Number(imbalance))
    expect(imbalances).toHaveLength(9)
    expect(Math.max(...imbalances)).toBeGreaterThan(Math.min(...imbalances))
    const status = await lab.service.json<{ heijunka: Rebalanced }>('/status')
    expect(status.heijunka.rebalance_attempts).toBeGreaterThan(0)
    expect(status.heijunka.items_moved).toBeGreaterThan(0)
    expect(status.heijunka.last_rebalance.after).toBeLessThan(status.heijunka.last_rebalance.before)

    const [log = ''] = await lab.runAll(page.commands('5.3'))
    expect(log).toMatch(/"component":"heijunka".*"threshold":0.05.*"msg":"Rebalance triggered"/)
    expect(log).toMatch(/"msg":"Moving \d+ items from worker-\d to worker-\d"/)
    const before = imbalancesOf(log, 'Rebalance triggered')
    const after = imbalancesOf(log, 'New imbalance')
    expect(Math.min(...before)).toBeGreaterThan(0.05)
    // One lane was held up, the other one emptied; then they were as good as level.
    expect(Math.max(...before)).toBeGreaterThan(1)
    expect(Math.min(...after)).toBeLessThan(0.15)

    const [quick = '', mixed = ''] = page.commands('5.4')
    await lab.run(quick)
    // By count, no lane ever has more than half of the twenty.
    expect(loadsOf(await lab.run(mixed, { lapse: 10 })).max_per_worker).toBeLessThanOrEqual(10)
    // All that was sent is done: the long one, the bursts, the mix.
    const completed = await until(
      async () => lab.service.log.filter(({ msg }) => msg === 'completed').length,
      (count) => count >= 1 + 20 + 30 + 20,
    )
    expect(completed).toBe(1 + 20 + 30 + 20)
  },
}

interface Loads {
  readonly worker_loads: readonly number[]
  readonly imbalance_factor: number
  readonly max_per_worker: number
}

/** The loads that were printed after the answers to a burst, which end without a new line. */
function loadsOf(printed: string): Loads {
  return JSON.parse(printed.slice(printed.indexOf('{\n'))) as Loads
}

/** The imbalances of the log's lines with this text. */
function imbalancesOf(log: string, msg: string): number[] {
  const lines = log.split('\n').filter((line) => line.includes(`"msg":"${msg}"`))
  return lines.map((line) => (JSON.parse(line) as { imbalance: number }).imbalance)
}

interface Rebalanced {
  readonly rebalance_attempts: number
  readonly items_moved: number
  readonly last_rebalance: { readonly before: number; readonly after: number }
}
