import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Page } from './page.ts'
import { Lab, documents } from './shell.ts'

const page = new Page('labs/quick-start.md')
const QUICK = {
  DOWNSTREAM_TIMEOUT_MS: '200',
  HEALTH_CHECK_MS: '50',
  CIRCUIT_BREAKER_RESET_MS: '500',
  AUTOSCALE_EVERY_MS: '100',
  WORKER_REPLACE_MS: '60000',
}

/** What a machine that does much else besides may take. */
const MOST_MS = 180_000

describe('the quick start', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await Lab.start(QUICK, 20, 'DURATION=1')
  })
  afterAll(async () => await lab[Symbol.asyncDispose]())

  it(
    'loads the service until it breaks, and troubles it in four ways',
    async () => {
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
      expect(down).toMatch(/^\{"status":"rejected","reason":"queue unavailable"\}$/m)
      expect(down).toMatch(/^well again after/m)

      const [cascade = ''] = await lab.runAll(page.commands('4: a cascade'))
      expect(cascade).toMatch(/^ {2}"downstream [abc]": "Open"/m)
      expect(cascade).toMatch(/^well again after/m)
    },
    MOST_MS,
  )

  it(
    'has exercises: scale, find the bottleneck, open the circuit, find the limits, and take the recovery time',
    async ({ expect }) => {
      await lab.runAll(page.commands('Start the service').slice(1))
      const [scale = ''] = await lab.runAll(page.commands('Exercise 1'))
      const workers = [...scale.matchAll(/^(\d+)$/gm)].map(([, count]) => Number(count))
      expect(workers).toHaveLength(3)
      expect(Math.max(...workers)).toBeGreaterThan(2)

      const [breakdown = ''] = await lab.runAll(page.commands('Exercise 2').slice(0, 1))
      expect(documents(breakdown.slice(breakdown.indexOf('{')))[0]).toMatchObject({ process_work: expect.any(Number) })

      const [breaker = ''] = await lab.runAll(page.commands('Exercise 3'))
      const [broken = '', again = ''] = breaker.split('well again after')
      expect(broken).toMatch(/^"Closed"$/m)
      expect(broken).toMatch(/reasons +circuit breaker open: \d+/)
      expect(again).toMatch(/rejected +0$/m)

      const [stress = ''] = await lab.runAll(page.commands('Exercise 4'))
      expect(stress).toContain('{"autoscale":false,"workers":2}')
      expect(stress).toMatch(/queue at 80 % +at \d+\/s, after \d+ s: the practical limit/)
      expect(stress).toMatch(/queue at 100 % +at \d+\/s, after \d+ s: the absolute limit/)
      expect(stress).toMatch(/breaking point +\d+\/s: .* not accepted \(queue full\)/)
      expect(stress).toMatch(/workers +\d+ would be 70 % busy at \d+\/s/)

      const [recovery = ''] = await lab.runAll(page.commands('Exercise 5'))
      expect(recovery).toMatch(/^well again after \d+\.\d s$/m)
      expect(recovery.split('well again after')[1]).toMatch(/rejected +0$/m)
    },
    MOST_MS,
  )
})
