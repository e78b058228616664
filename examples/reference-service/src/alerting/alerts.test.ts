import { logChannel } from '@tps/andon/channels'
import { ManualClock } from '@tps/internal/manual-clock'
import { expect, it } from 'vitest'
import { createAlerts, startAlerts } from './alerts.ts'

const WELL = {
  circuitOpen: false,
  depthRatio: 0.1,
  utilization: 0.5,
  p99: 100 as number | null,
  errorRatio: 0,
  stalled: false,
}
const MINUTE_MS = 60_000
const FOR_MS = {
  HighQueueDepth: 2 * MINUTE_MS,
  HighLatency: MINUTE_MS,
  HighErrorRate: 2 * MINUTE_MS,
  CircuitBreakerOpen: 30_000,
  HighWorkerUtilization: 5 * MINUTE_MS,
  ProcessingRateZero: MINUTE_MS,
}

/** The six rules over a line of which `readings` tells. */
function watched() {
  const readings = { ...WELL }
  const clock = new ManualClock()
  const logged: string[] = []
  const note = (_fields: object, message: string): void => void logged.push(message)
  const alerts = createAlerts(
    {
      depthRatio: () => readings.depthRatio,
      p99: () => readings.p99,
      errorRatio: () => readings.errorRatio,
      isCircuitOpen: () => readings.circuitOpen,
      utilization: () => readings.utilization,
      isStalled: () => readings.stalled,
    },
    FOR_MS,
    [logChannel({ info: note, warn: note, error: note })],
    { clock, timers: clock },
  )
  startAlerts(alerts, 1_000)
  const firing = (): string[] => alerts.alerts().flatMap(({ rule, state }) => (state === 'firing' ? [rule] : []))
  return { readings, clock, alerts, firing, logged }
}

it.each([
  ['HighQueueDepth', { depthRatio: 0.81 }, { depthRatio: 0.8 }, 120_000],
  ['HighLatency', { p99: 201 }, { p99: 200 }, 60_000],
  ['HighErrorRate', { errorRatio: 0.06 }, { errorRatio: 0.05 }, 120_000],
  ['CircuitBreakerOpen', { circuitOpen: true }, { circuitOpen: false }, 30_000],
  ['HighWorkerUtilization', { utilization: 0.95 }, { utilization: 0.9 }, 300_000],
  ['ProcessingRateZero', { stalled: true }, { stalled: false }, 60_000],
])('%s fires when %j lasts, and resolves with %j', async (rule, trouble, cure, forMs) => {
  const { readings, clock, alerts, firing, logged } = watched()
  Object.assign(readings, trouble)
  await clock.advanceAsync(forMs)
  expect(firing()).toEqual([])
  expect(alerts.alerts().map((alert) => alert.rule)).toEqual([rule])
  await clock.advanceAsync(1_000)
  expect(firing()).toEqual([rule])
  Object.assign(readings, cure)
  await clock.advanceAsync(1_000)
  expect(alerts.alerts()).toEqual([])
  expect(logged).toEqual([expect.stringContaining(`${rule} firing`), expect.stringContaining(`${rule} resolved`)])
  alerts.stop()
})

it('finds nothing wrong with a line that has nothing to do', async () => {
  const { readings, clock, alerts } = watched()
  Object.assign(readings, { depthRatio: 0, utilization: 0, p99: null })
  await clock.advanceAsync(600_000)
  expect(alerts.alerts()).toEqual([])
  alerts.stop()
})
