import { Page } from '../labs/page.ts'
import { type LabTest, documents } from '../labs/shell.ts'

const page = new Page('tutorials/1-start-the-system.md')

export const TUTORIAL_1: LabTest = {
  title: 'tutorial 1: all five components are healthy, the line is idle, and the first signal is completed',
  environment: {},
  lapse: 1,
  assert: async (lab, expect) => {
    const [versions = ''] = await lab.runAll(page.commands('What is needed'))
    expect(versions).toMatch(/^v\d+\.\d+\.\d+\n[\d.]+\ncurl \d.*\njq-\d/)

    const [health = ''] = await lab.runAll(page.commands('See that it is healthy'))
    expect(documents(health)).toMatchObject([
      {
        status: 'healthy',
        components: {
          circuit_breaker: 'healthy',
          queue: 'healthy',
          downstream: 'healthy',
          metrics: 'healthy',
          tracing: 'healthy',
        },
      },
    ])

    const [baseline = '', signal = ''] = await lab.runAll(page.commands('Find your way'))
    expect(documents(baseline)).toEqual([
      { name: expect.any(String), version: expect.any(String), settings: expect.objectContaining({ workers: 2 }) },
      { circuit: 'Closed', depth: 0, rate: 0 },
    ])
    expect(documents(signal)).toMatchObject([{ status: 'completed' }])
  },
}
