import { type LogLine, until } from '../service.ts'
import { Page } from './page.ts'
import { type LabTest, documents } from './shell.ts'

/** What a task costs in 2.3. */
const TASK_MS = 10_000

const page = new Page('labs/lab-2-kanban.md')

export const LAB_2: LabTest = {
  title: 'lab 2 fills its queue of 100, refuses what is more, and drains',
  environment: {},
  lapse: 10,
  assert: async (lab, expect) => {
    const [, baseline = ''] = await lab.runAll(page.commands('2.1'))
    expect(documents(baseline)[0]).toMatchObject({
      queue_max_size: 100,
      queue_current_depth: 0,
      workers: 2,
      processing_rate: expect.any(Number),
    })
    expect(baseline).toMatch(/^Processed 10 signals in \d+ ms$/m)

    const [load = ''] = await lab.runAll(page.commands('2.2'))
    const depths = [...load.matchAll(/Queue depth: (\d+)$/gm)].map(([, depth]) => Number(depth))
    expect(depths).toHaveLength(20)
    // What came less what went, which is 20 a second while the shell sends, and a moment longer until it looks.
    const { first, last } = sentBetween(lab.service.log)
    expect(Math.max(...depths)).toBeGreaterThanOrEqual(80 - 20 * ((last - first) / 1_000 + 1))
    expect(Math.max(...depths)).toBeLessThanOrEqual(80)
    expect(depths).toEqual(depths.toSorted((a, b) => b - a))
    expect(load.match(/"status":"accepted"/g)).toHaveLength(80)

    const [set = '', overflow = '', drain = ''] = page.commands('2.3')
    expect(await lab.run(set)).toContain(`"task_ms":${TASK_MS}`)
    await until(
      () => lab.service.json<{ kanban: { queue_current_depth: number } }>('/status'),
      ({ kanban }) => kanban.queue_current_depth === 0,
    )
    const beginMs = performance.now()
    const printed = await lab.run(overflow)
    const tookMs = performance.now() - beginMs
    const [, accepted, rejected] = /^Signals accepted: (\d+)\nSignals rejected: (\d+)\n$/.exec(printed) ?? []
    expect(Number(accepted) + Number(rejected)).toBe(200)
    // The queue's 100, and what two workers have pulled: at once, and whenever a task was done.
    expect(Number(accepted)).toBeGreaterThanOrEqual(102)
    expect(Number(accepted)).toBeLessThanOrEqual(102 + 2 * Math.floor(tookMs / TASK_MS))
    expect(Number(accepted)).toBeLessThanOrEqual(110)

    const [readings = ''] = await lab.runAll(page.commands('2.4'))
    expect(readings).toMatch(/^tps_queue_depth\S* (9[89]|100)$/m)
    expect(readings).toMatch(/^tps_queue_capacity\S* 100$/m)
    expect(readings).toMatch(new RegExp(`^tps_queue_rejected_total\\S* ${rejected}$`, 'm'))

    expect(await lab.run(drain)).toContain('"task_ms":10,')
    expect(await lab.service.json('/status')).toMatchObject({ kanban: { queue_current_depth: 0 } })
  },
}

/** When the first and the last of the load test's 80 signals came in, in ms. */
function sentBetween(log: readonly LogLine[]): { readonly first: number; readonly last: number } {
  const times = log.filter(({ msg }) => msg === 'Processing signal').map(({ time }) => Number(time))
  return { first: times.at(-80) ?? Number.NaN, last: times.at(-1) ?? Number.NaN }
}
