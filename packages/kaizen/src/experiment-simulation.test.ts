import { describe, expect, it } from 'vitest'
import { compareBeforeAfter } from './before-after.ts'
import type { Metric } from './comparison.ts'
import { Experiment } from './experiment.ts'
import { type SimulatedService, simulate } from './simulated-load.ts'

// The short form of the A/A simulation: load with a memory, so that what is near in time is alike.

type Service = Omit<SimulatedService, 'seed'>

const BUSY: Service = { perSecond: 50, memorySeconds: 30, loadSpread: 0.3, noise: 0.5 }
const QUIET: Service = { perSecond: 20, memorySeconds: 60, loadSpread: 0.5, noise: 0.8 }

/** One experiment on a service whose treatment takes `factor` times as long. */
function switchback(service: Service, seed: number, seconds: number, metric: Metric, factor: number): Experiment {
  let nowMs = 0
  const experiment = new Experiment({ seed, metric, minValues: 100, clock: { now: () => nowMs } })
  for (const { atMs, ms } of simulate({ ...service, seed }, seconds)) {
    nowMs = atMs
    const variant = experiment.assign(atMs)
    experiment.record(variant, variant === 'treatment' ? ms * factor : ms, atMs)
  }
  nowMs = seconds * 1000
  return experiment
}

/** The share of runs, with seeds from 1 on, of which `test` is true. */
function shareOf(runs: number, test: (seed: number) => boolean): number {
  let hits = 0
  for (let seed = 1; seed <= runs; seed++) if (test(seed)) hits++
  return hits / runs
}

const P99: Metric = { quantile: 0.99 }

describe('where nothing changed', () => {
  it.each([
    ['mean of a busy service', BUSY, 120, 'mean', 400],
    ['mean of a quiet service', QUIET, 300, 'mean', 400],
    ['p99 of a busy service', BUSY, 120, P99, 100],
  ] as const)(
    'the %s is found different in at most 8 of 100 runs',
    { timeout: 30_000 },
    (_, service, seconds, metric, runs) => {
      const different = shareOf(runs, (seed) => {
        const { pValue } = switchback(service, seed, seconds, metric, 1).result()
        return pValue === null || pValue < 0.05
      })
      expect(different).toBeLessThanOrEqual(0.08)
    },
  )

  it('before against after is found different in more than half of the runs', () => {
    const different = shareOf(100, (seed) => {
      const [before, after]: [number[], number[]] = [[], []]
      for (const { atMs, ms } of simulate({ ...QUIET, seed }, 300)) (atMs < 150_000 ? before : after).push(ms)
      return (compareBeforeAfter(before, after).pValue as number) < 0.05
    })
    expect(different).toBeGreaterThan(0.5)
  })
})

describe('a change of 10 %', () => {
  it.each([
    ['mean of a busy service, in 2 minutes', BUSY, 120, 'mean', 100],
    ['mean of a quiet service, in 5 minutes', QUIET, 300, 'mean', 50],
    ['p99 of a busy service, in 10 minutes', BUSY, 600, P99, 25],
  ] as const)(
    'of the %s, is found in at least 80 of 100 runs',
    { timeout: 30_000 },
    (_, service, seconds, metric, runs) => {
      const found = shareOf(
        runs,
        (seed) => switchback(service, seed, seconds, metric, 0.9).result().verdict === 'improved',
      )
      expect(found).toBeGreaterThanOrEqual(0.8)
    },
  )
})
