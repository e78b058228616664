import { Page } from './page.ts'
import { type LabTest, documents } from './shell.ts'

const page = new Page('labs/lab-5-heijunka.md')

export const LAB_5: LabTest = {
  title: 'lab 5 has its rebalancing: the imbalance grows, work moves over, and the imbalance falls',
  environment: { HEIJUNKA_REBALANCE_MS: '1500' },
  lapse: 20,
  assert: async (lab, expect) => {
    const [set = '', burst = ''] = page.commands('5.1')
    expect(documents(await lab.run(set)).at(-1)).toBe('accepted')
    const heijunka = documents((await lab.run(burst)).replaceAll(/^.*"accepted".*\}(?=\{$)/gm, '')).at(-1)
    expect(heijunka).toMatchObject({ worker_loads: [expect.any(Number), expect.any(Number)], rebalance_attempts: 0 })
    expect((heijunka as { max_per_worker: number }).max_per_worker).toBeGreaterThan(5)
    // The second that a task costs, 20 times shorter as all other times.
    await lab.service.set({ task_ms: 50 })

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
    expect(log).toMatch(/"imbalance":[\d.]+,"msg":"New imbalance"/)
  },
}

interface Rebalanced {
  readonly rebalance_attempts: number
  readonly items_moved: number
  readonly last_rebalance: { readonly before: number; readonly after: number }
}
