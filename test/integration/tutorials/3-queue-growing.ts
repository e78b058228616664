import { Page } from '../labs/page.ts'
import { type LabTest, documents } from '../labs/shell.ts'

const page = new Page('tutorials/3-queue-growing.md')

export const TUTORIAL_3: LabTest = {
  title: 'tutorial 3: the queue grows, the diagnosis says why, more workers empty it, and the alert is over',
  environment: { ALERT_HIGH_QUEUE_DEPTH_MS: '200', ALERT_EVERY_MS: '50', HEIJUNKA_REBALANCE_MS: '1500' },
  lapse: 20,
  assert: async (lab, expect) => {
    await lab.runAll(page.commands('The scene'))

    const [status = '', diagnosis = ''] = await lab.runAll(page.commands('1. '))
    const [kanban] = documents(status) as [Filled]
    expect(kanban).toMatchObject({ queue_max_size: 100, workers: 2 })
    expect(kanban.queue_current_depth).toBeGreaterThanOrEqual(80)
    expect(kanban.incoming_rate).toBeGreaterThan(2 * kanban.processing_rate)
    expect(documents(diagnosis)).toContainEqual({
      scenario: expect.stringMatching(/^The queue is /),
      severity: expect.any(String),
      likelyCause: expect.any(String),
      nextSteps: expect.any(Array),
    })

    const [scaled = '', watched = ''] = await lab.runAll(page.commands('3. '))
    expect(documents(scaled)).toEqual([8])
    const rates = (documents(watched) as Watched[]).map(({ processing_rate: rate }) => rate)
    expect(rates).toHaveLength(6)
    expect(rates.at(-1)).toBeGreaterThan(1.5 * kanban.processing_rate)
    expect(rates.at(-1)).toBeGreaterThan(rates[0] ?? Infinity)

    const [verified = ''] = await lab.runAll(page.commands('4. '))
    const [workers, alerts] = documents(verified) as [number, Alerts]
    expect(workers).toBe(12)
    expect(alerts.now.filter(({ rule }) => rule === 'HighQueueDepth')).toEqual([])
    expect(alerts.over).toContain('HighQueueDepth')
  },
}

interface Filled {
  readonly queue_current_depth: number
  readonly incoming_rate: number
  readonly processing_rate: number
}

interface Watched {
  readonly depth: number
  readonly incoming_rate: number
  readonly processing_rate: number
}

interface Alerts {
  readonly now: readonly { readonly rule: string; readonly state: string }[]
  readonly over: readonly string[]
}
