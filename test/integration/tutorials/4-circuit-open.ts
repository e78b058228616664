import { Page } from '../labs/page.ts'
import { type LabTest, documents } from '../labs/shell.ts'

const page = new Page('tutorials/4-circuit-breaker-open.md')

export const TUTORIAL_4: LabTest = {
  title: 'tutorial 4: the downstream does not answer, the circuit is open, and closes by itself once it does',
  environment: { DOWNSTREAM_TIMEOUT_MS: '200', HEALTH_CHECK_MS: '100', CIRCUIT_BREAKER_RESET_MS: '4000' },
  lapse: 10,
  assert: async (lab, expect) => {
    await lab.runAll(page.commands('The scene'))

    const [understood = ''] = await lab.runAll(page.commands('1. '))
    const [jidoka, ...log] = documents(understood) as [Jidoka, ...{ component: string; msg: string }[]]
    expect(jidoka).toMatchObject({
      circuit_breaker: 'Open',
      last_error: expect.stringMatching(/did not answer within \d+ ms/),
      last_failure_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    })
    expect(jidoka.failures_count).toBeGreaterThanOrEqual(1)
    expect(log.filter(({ component, msg }) => component === 'jidoka' && /open/i.test(msg))).not.toEqual([])

    const [investigated = ''] = await lab.runAll(page.commands('2. '))
    expect(investigated).toMatch(/^no answer within 5 seconds$/m)
    expect(documents(investigated.slice(investigated.indexOf('{')))).toContainEqual({
      scenario: 'The circuit breaker is open',
      severity: expect.any(String),
      likelyCause: expect.any(String),
      nextSteps: expect.any(Array),
    })

    const [mended = '', closed = ''] = await lab.runAll(page.commands('3. '))
    expect(documents(mended)).toMatchObject([0, { status: 'healthy' }])
    const rejected = Number(/^tps_jidoka_rejections\S* (\d+)$/m.exec(closed)?.[1])
    expect(rejected).toBeGreaterThan(0)
    expect(await lab.service.json('/status')).toMatchObject({ jidoka: { circuit_breaker: 'Closed' } })
    // The load goes on, and nothing is rejected any more.
    await lab.run('sleep 5')
    expect(await (await lab.service.get('/metrics')).text()).toMatch(
      new RegExp(`^tps_jidoka_rejections\\S* ${rejected}$`, 'm'),
    )

    const [rule = ''] = await lab.runAll(page.commands('4. '))
    expect(rule).toMatch(/expr: .*tps_circuit_breaker_state/)
  },
}

interface Jidoka {
  readonly failures_count: number
}
