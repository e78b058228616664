import { Page } from './page.ts'
import type { LabTest } from './shell.ts'

export const page: Page = new Page('labs/quick-start.md')

/** Everything that takes long by default, soon. */
export const QUICK = {
  DOWNSTREAM_TIMEOUT_MS: '600',
  HEALTH_CHECK_MS: '50',
  CIRCUIT_BREAKER_RESET_MS: '2000',
  AUTOSCALE_EVERY_MS: '100',
  WORKER_REPLACE_MS: '60000',
}

export const QUICK_START: LabTest = {
  title: 'the quick start loads the service until it breaks, and troubles it in four ways',
  environment: QUICK,
  lapse: 20,
  makeDefaults: 'DURATION=1',
  assert: async (lab, expect) => {
    const [health = '', settings] = await lab.runAll(page.commands('Start the service'))
    expect(health.match(/"status": ?"healthy"/g)).toHaveLength(2)
    expect(settings).toContain('"autoscale":true')

    const [load] = await lab.runAll(page.commands('Simple load'))
    expect(load).toMatch(/^100 signals\/s for 3 s/)
    expect(load).toMatch(/sent +300 in 3\.\d s/)
    expect(load).toMatch(/failed +0$/m)
    const [burst] = await lab.runAll(page.commands('Burst'))
    expect(burst).toMatch(/sent +250 in 0\.\d s/)
    expect(burst).toMatch(/circuit Closed/)
    const { kanban } = await lab.service.json<{ kanban: { workers: number } }>('/status')
    expect(kanban.workers).toBeGreaterThan(2)

    await lab.runAll(page.commands('Trouble on purpose'))
    const [slow, mended] = await lab.runAll(page.commands('1: the downstream'))
    expect(slow).toContain('The downstream takes 5000 ms now')
    expect(mended).toMatch(/^well again after \d+\.\d s$/m)

    const [crashed = ''] = await lab.runAll(page.commands('2: a worker'))
    expect(crashed).toMatch(/A worker has died .*"worker":\d+/)
    expect(crashed).toMatch(/^well again after/m)

    const [down = ''] = await lab.runAll(page.commands('3: the queue'))
    // The load in the background finds it out: a few signals later the circuit in front of the queue is open.
    expect(down).toMatch(/^\{"status":"rejected","reason":"(queue unavailable|circuit breaker open)"\}$/m)
    expect(down).toMatch(/^well again after/m)
    expect(await lab.service.json('/status')).toMatchObject({
      jidoka: { circuit_breaker: expect.not.stringMatching(/^Open$/) },
    })

    const [cascade = ''] = await lab.runAll(page.commands('4: a cascade'))
    expect(cascade).toMatch(/^ {2}"downstream [abc]": "Open"/m)
    expect(cascade).toMatch(/^well again after/m)
  },
}
