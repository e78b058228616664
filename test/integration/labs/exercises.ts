import { QUICK, page } from './quick-start.ts'
import { type LabTest, documents } from './shell.ts'

export const EXERCISES: LabTest = {
  title: 'the exercises scale, find the bottleneck, open the circuit, find the limits, and take the recovery time',
  environment: QUICK,
  lapse: 20,
  makeDefaults: 'DURATION=1',
  assert: async (lab, expect) => {
    await lab.runAll(page.commands('Start the service').slice(1))
    const [scale = ''] = await lab.runAll(page.commands('Exercise 1'))
    const workers = [...scale.matchAll(/^(\d+)$/gm)].map(([, count]) => Number(count))
    expect(workers).toHaveLength(3)
    expect(Math.max(...workers)).toBeGreaterThan(2)

    const [breakdown = '', trace = ''] = await lab.runAll(page.commands('Exercise 2'))
    expect(documents(breakdown.slice(breakdown.indexOf('{')))[0]).toMatchObject({ process_work: expect.any(Number) })
    expect(trace).toMatch(/^ProcessSignal {2}[\d.]+ ms$/m)
    expect(trace).toMatch(/^ +ExecuteTask {2}[\d.]+ ms$/m)

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
}
