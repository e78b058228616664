import { until } from '../service.ts'
import { Page } from './page.ts'
import { type LabTest, documents } from './shell.ts'

const page = new Page('labs/lab-1-jidoka.md')

const ID = /^[\w-]{36}$/

export const LAB_1: LabTest = {
  title: 'lab 1 has its table: 5/5 accepted, 0/5, 5/5; the circuit is closed, open, closed; the lamp is green again',
  environment: { HEALTH_CHECK_MS: '50', CIRCUIT_BREAKER_RESET_MS: '3000', LATENCY_WINDOW_MS: '10000' },
  lapse: 10,
  assert: async (lab, expect) => {
    await lab.runAll(page.commands('Before you begin'))

    const [status, ...ids] = documents((await lab.runAll(page.commands('1.1'))).join(''))
    expect(status).toMatchObject({
      circuit_breaker: 'Closed',
      failures: 0,
      health_checks: { downstream: { status: 'healthy' } },
    })
    const { kaizen, kanban } = await until(
      () => lab.service.json<{ kaizen: { samples: number }; kanban: object }>('/status'),
      (answer) => answer.kaizen.samples >= 5,
    )
    expect(kaizen).toMatchObject({ samples: 5, percentile_p99: expect.any(Number) })
    expect(kanban).toMatchObject({ queue_current_depth: 0 })
    expect(await (await lab.service.get('/metrics')).text()).toMatch(/^tps_circuit_breaker_state\S* 0$/m)

    const [broken, rejected = ''] = await lab.runAll(page.commands('1.2'))
    expect(broken).toContain('"downstream_enabled":false')

    const [readings = ''] = await lab.runAll(page.commands('1.3'))
    expect(readings).toMatch(/^tps_circuit_breaker_state\S* 1$/m)
    expect(Number(/^tps_jidoka_rejections\S* (\d+)$/m.exec(readings)?.[1])).toBeGreaterThanOrEqual(5)
    expect(readings).toMatch(/^tps_dead_letter_queue_size\S* 0$/m)
    expect(readings).toContain('"signals_rejected": 5')
    expect(await lab.service.json('/status')).toMatchObject({ andon: { lamp: 'red' } })

    const [mend = '', again = '', more = ''] = page.commands('1.4')
    const [mended, accepted = ''] = await lab.runAll([mend, again])
    // 600 others: enough, where they are all taken. Otherwise it takes its minute.
    const others = await lab.run(more, { lapse: 6 })
    expect(mended).toContain('"downstream_enabled":true')

    const healthy = ids.filter((id) => ID.test(String(id))).map(() => 'accepted')
    expect([
      rowOf('healthy downstream', [...healthy, 'Closed']),
      rowOf('broken downstream', documents(rejected)),
      rowOf('recovery', documents(accepted)),
    ]).toEqual(page.table('Summary'))
    expect(page.table('Summary').map(([, , shown]) => shown)).toEqual(['5/5', '0/5', '5/5'])

    expect(documents(others.slice(others.lastIndexOf('{'))).at(0)).toMatchObject({ lamp: 'green' })
  },
}

/** A row of the table at the end of the page, from what five signals were told, and what the circuit was after them. */
function rowOf(scenario: string, told: readonly unknown[]): string[] {
  const count = (status: string): number => told.filter((one) => one === status).length
  return [scenario, String(told.at(-1)), `${count('accepted')}/${told.length - 1}`, String(count('rejected'))]
}
