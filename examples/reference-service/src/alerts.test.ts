import { ManualClock } from '@tps/internal/manual-clock'
import { expect, it } from 'vitest'
import { createAlerts, startAlerts } from './alerts.ts'
import type { Stations } from './stations.ts'

const WELL = { state: 'closed', depth: 10, utilization: 0.5, p99: 100 as number | null, errorRatio: 0, completed: 5 }

/** The six rules over stations that read what `readings` says. */
function watched() {
  const readings = { ...WELL }
  const stations = {
    breaker: {
      get state() {
        return readings.state
      },
    },
    leveler: { snapshot: () => ({ depth: readings.depth, capacity: 100 }) },
    pool: { snapshot: () => ({ utilization: readings.utilization }) },
    latency: { snapshot: () => ({ p99: readings.p99 }) },
    counters: {
      get errorRatio() {
        return readings.errorRatio
      },
      completedLately: {
        get total() {
          return readings.completed
        },
      },
    },
  }
  const clock = new ManualClock()
  const logged: string[] = []
  const note = (_fields: object, message: string): void => void logged.push(message)
  const time = { clock, timers: clock }
  const alerts = createAlerts(stations as unknown as Stations, { info: note, warn: note, error: note }, time)
  startAlerts(alerts)
  const firing = (): string[] => alerts.alerts().flatMap(({ rule, state }) => (state === 'firing' ? [rule] : []))
  return { readings, clock, alerts, firing, logged }
}

it.each([
  ['HighQueueDepth', { depth: 81 }, { depth: 80 }, 120_000],
  ['HighLatency', { p99: 201 }, { p99: 200 }, 60_000],
  ['HighErrorRate', { errorRatio: 0.06 }, { errorRatio: 0.05 }, 120_000],
  ['CircuitBreakerOpen', { state: 'open' }, { state: 'half-open' }, 30_000],
  ['HighWorkerUtilization', { utilization: 0.95 }, { utilization: 0.9 }, 300_000],
  ['ProcessingRateZero', { completed: 0 }, { completed: 1 }, 60_000],
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
  Object.assign(readings, { depth: 0, utilization: 0, p99: null, completed: 0 })
  await clock.advanceAsync(600_000)
  expect(alerts.alerts()).toEqual([])
  alerts.stop()
})
