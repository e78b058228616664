import { expect, it } from 'vitest'
import { readConfig } from './config.ts'
import { Scaler } from './scaler.ts'
import { SettingsStore, initialSettings } from './settings.ts'

/** A scaler over a crew that is as large as it says. */
function scalerOf(environment: Record<string, string> = {}) {
  const config = readConfig(environment)
  const settings = new SettingsStore(initialSettings(config))
  const crew = { workers: settings.current.workers, utilization: 0, processingRate: 0 }
  const sizes: number[] = []
  const resize = (workers: number): void => {
    crew.workers = workers
    sizes.push(workers)
  }
  const scaler = new Scaler(config, settings, { snapshot: () => crew }, () => 0, resize)
  return { scaler, settings, crew, sizes }
}

it('follows the settings, and nothing else, without autoscale', () => {
  const { scaler, settings, sizes } = scalerOf()
  settings.change({ workers: 7 })
  expect(sizes).toEqual([])
  scaler.start()
  settings.change({ task_ms: 1 })
  settings.change({ workers: 4 })
  expect(sizes).toEqual([7, 4])
  expect(scaler.snapshot()).toBeNull()
  scaler.stop()
  settings.change({ workers: 9 })
  expect(sizes).toEqual([7, 4])
})

it('adds workers up to the bound with autoscale, and goes back to the settings without', async () => {
  const { scaler, settings, crew, sizes } = scalerOf({ AUTOSCALE: 'on', WORKERS_MAX: '6' })
  crew.utilization = 1
  crew.processingRate = 100
  scaler.start()
  expect(scaler.snapshot()).toMatchObject({ min: 2, max: 6, isRunning: true })
  await expect.poll(() => crew.workers).toBeGreaterThan(2)
  expect(crew.workers).toBeLessThanOrEqual(6)
  settings.change({ autoscale: false })
  expect(crew.workers).toBe(2)
  expect(scaler.snapshot()).toBeNull()
  expect(sizes.at(-1)).toBe(2)
  scaler.stop()
})

it('makes the crew as large again as it should be', () => {
  const { scaler, crew } = scalerOf({ WORKER_COUNT: '5' })
  scaler.start()
  crew.workers = 4
  scaler.restore()
  expect(crew.workers).toBe(5)
  scaler.stop()
})
