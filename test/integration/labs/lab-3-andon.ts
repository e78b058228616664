import { valueOf } from './metrics.ts'
import { Page } from './page.ts'
import { type LabTest, documents } from './shell.ts'

const page = new Page('labs/lab-3-andon.md')

export const LAB_3: LabTest = {
  title: 'lab 3 has its alert: green, p99 above 500 ms, firing, found in a trace, and green again',
  environment: { LATENCY_WINDOW_MS: '3000', ALERT_HIGH_LATENCY_MS: '1500', ALERT_EVERY_MS: '100' },
  lapse: 20,
  assert: async (lab, expect) => {
    await lab.runAll(page.commands('Before you begin'))

    const [first = '', readings = '', lamp = ''] = await lab.runAll(page.commands('3.1'))
    expect(first.trim().split('\n')).toHaveLength(20)
    // Below 100 and 50 ms on a machine that does nothing else.
    expect(valueOf(readings, 'tps_signal_latency_p99')).toBeLessThan(400)
    expect(valueOf(readings, 'tps_signal_latency_p50')).toBeLessThan(200)
    expect(valueOf(readings, 'tps_error_rate')).toBe(0)
    expect(valueOf(readings, 'tps_circuit_breaker_state')).toBe(0)
    expect(valueOf(readings, 'tps_signal_success_rate')).toBe(1)
    // It was green when "Before you begin" ended; a busy machine may have slowed a signal since.
    expect(documents(lamp)).toEqual([expect.objectContaining({ lamp: expect.any(String), why: expect.any(String) })])

    const [, slow = ''] = await lab.runAll(page.commands('3.2'))
    expect(valueOf(slow, 'tps_signal_latency_p99')).toBeGreaterThan(500)

    const [rule = '', alert = ''] = await lab.runAll(page.commands('3.3'))
    expect(rule).toMatch(/expr: .*p99[^]*for: "1m"/)
    expect(documents(alert)).toEqual([expect.objectContaining({ rule: 'HighLatency', state: 'firing' })])
    expect(await lab.service.json('/status')).toMatchObject({ andon: { lamp: expect.not.stringMatching('green') } })

    const [trace = ''] = await lab.runAll(page.commands('3.4'))
    const durations = new Map(
      [...trace.matchAll(/^ *(\S+) {2}([\d.]+) ms$/gm)].map(([, name, ms]) => [name, Number(ms)]),
    )
    expect(durations.get('Downstream.Call')).toBeGreaterThan(490)
    expect(durations.get('Downstream.Call')).toBeGreaterThan(durations.get('ExecuteTask') ?? Infinity)

    const [mended, recovered = '', over = ''] = await lab.runAll(page.commands('3.5'))
    expect(mended).toContain('"downstream_latency_ms":0')
    expect(valueOf(recovered, 'tps_signal_latency_p99')).toBeLessThan(100)
    expect(documents(over)).toEqual([{ firing: [], resolved: expect.arrayContaining(['HighLatency']) }])
  },
}
