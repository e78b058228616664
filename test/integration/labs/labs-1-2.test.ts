import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../service.ts'
import { Page } from './page.ts'
import { Lab, documents } from './shell.ts'

/** What a machine that does much else besides may take. */
const MOST_MS = 180_000

describe('labs 1 and 2', () => {
  const jidoka = new Page('labs/lab-1-jidoka.md')
  const kanban = new Page('labs/lab-2-kanban.md')
  let lab: Lab
  beforeAll(async () => {
    lab = await Lab.start({ HEALTH_CHECK_MS: '50', CIRCUIT_BREAKER_RESET_MS: '3000' }, 10)
  })
  afterAll(async () => await lab[Symbol.asyncDispose]())

  it(
    'lab 1 has its table: 5/5 accepted, 0/5, 5/5, and the circuit is closed, open, closed',
    async () => {
      await lab.runAll(jidoka.commands('Before you begin'))

      const [status, ...ids] = documents((await lab.runAll(jidoka.commands('1.1'))).join(''))
      expect(status).toMatchObject({
        circuit_breaker: 'Closed',
        failures: 0,
        health_checks: { downstream: { status: 'healthy' } },
      })
      expect(ids).toEqual(Array.from({ length: 5 }, () => expect.stringMatching(/^[\w-]{36}$/)))
      const { kaizen } = await until(
        () => lab.service.json<{ kaizen: { samples: number } }>('/status'),
        (answer) => answer.kaizen.samples >= 5,
      )
      expect(kaizen).toMatchObject({ samples: 5, percentile_p99: expect.any(Number) })
      expect(await (await lab.service.get('/metrics')).text()).toMatch(/^tps_circuit_breaker_state\S* 0$/m)

      const [broken, rejected = ''] = await lab.runAll(jidoka.commands('1.2'))
      expect(broken).toContain('"downstream_enabled":false')
      expect(documents(rejected)).toEqual([...Array.from({ length: 5 }, () => 'rejected'), 'Open'])

      const [readings = ''] = await lab.runAll(jidoka.commands('1.3'))
      expect(readings).toMatch(/^tps_circuit_breaker_state\S* 1$/m)
      expect(Number(/^tps_jidoka_rejections\S* (\d+)$/m.exec(readings)?.[1])).toBeGreaterThanOrEqual(5)
      expect(readings).toMatch(/^tps_dead_letter_queue_size\S* 0$/m)
      expect(readings).toContain('"signals_rejected": 5')

      const [mended, accepted = ''] = await lab.runAll(jidoka.commands('1.4'))
      expect(mended).toContain('"downstream_enabled":true')
      expect(documents(accepted)).toEqual([...Array.from({ length: 5 }, () => 'accepted'), 'Closed'])
    },
    MOST_MS,
  )

  it(
    'lab 2 fills its queue of 100, refuses what is more, and drains',
    async () => {
      const [, baseline = ''] = await lab.runAll(kanban.commands('2.1'))
      expect(documents(baseline)[0]).toMatchObject({
        queue_max_size: 100,
        queue_current_depth: 0,
        workers: 2,
        processing_rate: expect.any(Number),
      })
      expect(baseline).toMatch(/^Processed 10 signals in \d+ ms$/m)

      const [load = ''] = await lab.runAll(kanban.commands('2.2'))
      const depths = [...load.matchAll(/Queue depth: (\d+)$/gm)].map(([, depth]) => Number(depth))
      expect(depths).toHaveLength(20)
      expect(Math.max(...depths)).toBeGreaterThan(20)
      expect(depths).toEqual(depths.toSorted((a, b) => b - a))
      expect(load.match(/"status":"accepted"/g)).toHaveLength(80)

      const [set = '', overflow = '', drain = ''] = kanban.commands('2.3')
      await lab.run(set)
      await until(
        () => lab.service.json<{ kanban: { queue_current_depth: number } }>('/status'),
        ({ kanban }) => kanban.queue_current_depth === 0,
      )
      const printed = await lab.run(overflow)
      const [, accepted, rejected] = /^Signals accepted: (\d+)\nSignals rejected: (\d+)\n$/.exec(printed) ?? []
      expect(Number(accepted) + Number(rejected)).toBe(200)
      expect(Number(accepted)).toBeGreaterThanOrEqual(102)
      expect(Number(accepted)).toBeLessThanOrEqual(125)

      const [readings = ''] = await lab.runAll(kanban.commands('2.4'))
      expect(readings).toMatch(/^tps_queue_depth\S* (9\d|100)$/m)
      expect(readings).toMatch(/^tps_queue_capacity\S* 100$/m)
      expect(readings).toMatch(new RegExp(`^tps_queue_rejected_total\\S* ${rejected}$`, 'm'))

      expect(await lab.run(drain)).toContain('"task_ms":10')
    },
    MOST_MS,
  )
})
