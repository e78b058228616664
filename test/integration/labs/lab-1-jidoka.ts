import { until } from '../service.ts'
import { Page } from './page.ts'
import { type LabTest, documents } from './shell.ts'

const page = new Page('labs/lab-1-jidoka.md')

export const LAB_1: LabTest = {
  title: 'lab 1 has its table: 5/5 accepted, 0/5, 5/5, and the circuit is closed, open, closed',
  environment: { HEALTH_CHECK_MS: '50', CIRCUIT_BREAKER_RESET_MS: '3000' },
  lapse: 10,
  assert: async (lab, expect) => {
    await lab.runAll(page.commands('Before you begin'))

    const [status, ...ids] = documents((await lab.runAll(page.commands('1.1'))).join(''))
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

    const [broken, rejected = ''] = await lab.runAll(page.commands('1.2'))
    expect(broken).toContain('"downstream_enabled":false')
    expect(documents(rejected)).toEqual([...Array.from({ length: 5 }, () => 'rejected'), 'Open'])

    const [readings = ''] = await lab.runAll(page.commands('1.3'))
    expect(readings).toMatch(/^tps_circuit_breaker_state\S* 1$/m)
    expect(Number(/^tps_jidoka_rejections\S* (\d+)$/m.exec(readings)?.[1])).toBeGreaterThanOrEqual(5)
    expect(readings).toMatch(/^tps_dead_letter_queue_size\S* 0$/m)
    expect(readings).toContain('"signals_rejected": 5')

    const [mended, accepted = ''] = await lab.runAll(page.commands('1.4'))
    expect(mended).toContain('"downstream_enabled":true')
    expect(documents(accepted)).toEqual([...Array.from({ length: 5 }, () => 'accepted'), 'Closed'])
  },
}
