import { until } from '../service.ts'
import { Page } from '../labs/page.ts'
import { type LabTest, documents } from '../labs/shell.ts'

const page = new Page('tutorials/2-read-the-boards.md')

export const TUTORIAL_2: LabTest = {
  title: 'tutorial 2: the figures behind the boards; the circuit opens and closes; the queue fills and drains',
  environment: { HEALTH_CHECK_MS: '50', CIRCUIT_BREAKER_RESET_MS: '1500' },
  lapse: 20,
  assert: async (lab, expect) => {
    await lab.runAll(page.commands('Tutorial 2'))
    await until(
      () => lab.service.json<{ kaizen: { samples: number } }>('/status'),
      ({ kaizen }) => kaizen.samples >= 20,
    )
    const [figures = ''] = await lab.runAll(page.commands('Overview'))
    const [{ circuit, queue, p50, p90, p99, throughput, utilization }] = documents(figures) as [Overview]
    expect(circuit).toBe('Closed')
    expect(queue).toMatch(/^\d+ of 100$/)
    expect(p50).toBeLessThanOrEqual(p90)
    expect(p90).toBeLessThanOrEqual(p99)
    expect(throughput).toBeGreaterThan(0)
    expect(utilization).toBeLessThanOrEqual(1)

    // Each line waits for what it tells: the circuit was open, and is closed.
    const [switches = ''] = await lab.runAll(page.commands('Jidoka'))
    expect(documents(switches)).toEqual([false, true])
    expect(await (await lab.service.get('/metrics')).text()).toMatch(/^tps_circuit_breaker_state\S* 0$/m)

    const [kanban = ''] = await lab.runAll(page.commands('Kanban'))
    const [slow, readings, quick] = documents(kanban) as [number, Filled, number]
    expect([slow, quick]).toEqual([400, 10])
    expect(readings.queue_current_depth).toBeGreaterThanOrEqual(75)
    // 20 come in, 5 go out.
    expect(readings.incoming_rate).toBeGreaterThan(readings.processing_rate)
    expect(readings.worker_utilization).toBeGreaterThan(0.9)
    await until(
      () => lab.service.json<{ kanban: Filled }>('/status'),
      (status) => status.kanban.queue_current_depth < 10,
    )
  },
}

interface Overview {
  readonly circuit: string
  readonly queue: string
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly throughput: number
  readonly utilization: number
}

interface Filled {
  readonly queue_current_depth: number
  readonly incoming_rate: number
  readonly processing_rate: number
  readonly worker_utilization: number
}
