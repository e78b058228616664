import { expect, it } from 'vitest'
import { readConfig } from './config.ts'
import { Experiments } from './experiments.ts'
import { SettingsStore, initialSettings } from './settings.ts'

function setUp() {
  const settings = new SettingsStore(initialSettings(readConfig({})))
  return { settings, experiments: new Experiments(settings) }
}

it('applies the settings of the variant whose turn it is, and those of the control at the end', () => {
  const { settings, experiments } = setUp()
  settings.change({ workers: 3 })
  experiments.start({ treatment: { workers: 4 }, control: { task_ms: 7 }, slice_ms: 60_000 })
  const { variant } = experiments
  expect(['control', 'treatment']).toContain(variant)
  expect(settings.current).toMatchObject(
    variant === 'control' ? { workers: 3, task_ms: 7 } : { workers: 4, task_ms: 10 },
  )
  expect(experiments.read()).toMatchObject({
    is_running: true,
    control: { workers: 3, task_ms: 7 },
    treatment: { workers: 4, task_ms: 10 },
  })
  experiments.stop()
  expect(experiments.variant).toBeUndefined()
  expect(settings.current).toMatchObject({ workers: 3, task_ms: 7 })
  expect(experiments.read()).toMatchObject({ is_running: false })
})

it('counts nothing once it has ended, and nothing before it began', () => {
  const { experiments } = setUp()
  experiments.record('control', 5)
  expect(experiments.snapshot()).toBeNull()
  expect(experiments.read()).toBeUndefined()
  experiments.start({ name: 'one', metric: 'p99', treatment: { workers: 4 } })
  experiments.record('control', Number.NaN)
  experiments.stop()
  experiments.record('control', Number.NaN)
  expect(experiments.snapshot()).toMatchObject({ name: 'one', invalid: 1, result: { metric: { quantile: 0.99 } } })
})

it('ends the one that runs when another one begins', () => {
  const { settings, experiments } = setUp()
  experiments.start({ treatment: { task_ms: 99 }, slice_ms: 60_000 })
  experiments.start({ name: 'two', treatment: { workers: 4 }, slice_ms: 60_000 })
  expect(settings.current.task_ms).toBe(10)
  expect(experiments.snapshot()?.name).toBe('two')
  experiments.stop()
})
