import { describe, expect, it } from 'vitest'
import { LEVELERS, MIX, MODELS, WORKERS, perMs } from './policies.ts'
import { type Outcome, type Scenario, quantile, simulate } from './simulate.ts'
import { bursty, poisson, trace } from './workload.ts'

// Time is virtual and every draw is seeded: the figures are the same on every machine and at every run.

type Name = keyof typeof MODELS | keyof typeof LEVELERS

const POLICIES = { ...MODELS, ...LEVELERS }
const DEFAULT = 'shared, classified'

function scenario(load: number, more: Partial<Scenario> = {}): Scenario {
  return { workers: WORKERS, arrivals: poisson(perMs(load)), mix: MIX, jobs: 60_000, seed: 1, ...more }
}

const run = (name: Name, given: Scenario): Outcome => simulate(given, POLICIES[name])

/** The 99th percentile of the latency of fast jobs, in ms. */
function p99(name: Name, given: Scenario): number {
  return quantile(run(name, given).latenciesMs.fast, 0.99)
}

/** As it was found by the research this is built on: by policy, at load 0.7, at 0.85, and there with 10 % mislabelled. */
const TABLE: readonly [name: Name, at70: number, at85: number, mislabelled: number | undefined][] = [
  ['round robin', 5055, 10_162, undefined],
  ['power of two, duration-weighted', 2002, 2741, 3225],
  ['join idle queue', 1769, 3401, undefined],
  ['round robin + stealing', 712, 1816, undefined],
  ['central pull', 461, 985, undefined],
  ['hard 2/6 split', 104, 332, 175_671],
  ['central pull, slow work capped at 6 of 8', 70, 198, 903],
]

/**
 * How far two runs of 400,000 jobs that differ in the seed alone were seen apart: queues have long memories. Five other
 * seeds gave 431 to 555 ms for central pull at 0.7, and 362 to 427 ms for the split at 0.85.
 */
const NOISE = 0.3

describe('the table of the research', () => {
  const long = { jobs: 400_000 }
  it.each(TABLE)('%s', { timeout: 180_000 }, (name, at70, at85, mislabelled) => {
    const near = (expected: number, given: Scenario): void => {
      const found = p99(name, given)
      expect(found / expected).toBeGreaterThan(1 - NOISE)
      expect(found / expected).toBeLessThan(1 + NOISE)
    }
    near(at70, scenario(0.7, long))
    near(at85, scenario(0.85, long))
    if (mislabelled) near(mislabelled, scenario(0.85, { ...long, mix: { ...MIX, mislabelledRatio: 0.1 } }))
  })
})

describe('the leveler', () => {
  it.each([
    ['shared', 'central pull'],
    [DEFAULT, 'central pull, slow work capped at 6 of 8'],
    ['per worker, power of two by duration', 'power of two, duration-weighted'],
  ] as const)('%s, does to each job what the plain model of it does', (ours, model) => {
    const given = scenario(0.85)
    expect(run(ours, given).latenciesMs).toEqual(run(model, given).latenciesMs)
  })

  it('answers fast jobs at load 0.85 in a quarter of the time of central pull', () => {
    const seeds = [1, 2, 3, 4, 5]
    const sum = (name: Name): number =>
      seeds.reduce((total, seed) => total + p99(name, scenario(0.85, { seed, jobs: 100_000 })), 0)
    expect(sum(DEFAULT) / sum('central pull')).toBeLessThanOrEqual(0.25)
    expect(sum('shared, learning') / sum('central pull')).toBeLessThanOrEqual(0.25)
  })

  it.each([0.3, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95])('is better than any other policy at load %d', (load) => {
    const given = scenario(load)
    const ours = p99(DEFAULT, given)
    for (const name of Object.keys(MODELS) as Name[]) expect([name, p99(name, given) >= ours]).toEqual([name, true])
    // Those that learn, and where load is light those that steal, do as well as labels that are always right.
    for (const name of Object.keys(LEVELERS) as Name[])
      expect([name, p99(name, given) >= 0.99 * ours]).toEqual([name, true])
    // Not by letting slow jobs wait: with all others they share most of it.
    const slow = (name: Name): number => quantile(run(name, given).latenciesMs.slow, 0.99)
    expect(slow(DEFAULT)).toBeLessThan(1.35 * slow('central pull'))
  })

  it.each([
    ['bursts', scenario(0.7, { arrivals: bursty(perMs(0.7), { factor: 2, busyMs: 1000, quietMs: 4000 }) })],
    ['a trace: ten at once every 90 ms', scenario(0.5, { arrivals: trace([...new Array<number>(9).fill(0), 90]) })],
    ['other durations', scenario(0.8, { mix: { fastMs: 23, slowMs: 230, slowRatio: 0.05 }, jobs: 100_000 })],
  ])('is better than any other policy with %s', (_, given) => {
    const ours = p99(DEFAULT, given)
    for (const name of Object.keys(MODELS) as Name[]) expect([name, p99(name, given) >= ours]).toEqual([name, true])
  })

  it('learns by key what labels get wrong', () => {
    const given = scenario(0.85, { mix: { ...MIX, mislabelledRatio: 0.1 }, jobs: 100_000, seed: 2 })
    expect(p99('shared, learning', given)).toBeLessThan(0.25 * p99(DEFAULT, given))
    expect(p99('shared, classified, overruns noticed', given)).toBeLessThan(0.7 * p99(DEFAULT, given))
  })
})

describe('workers that fail', () => {
  const given = scenario(0.7, { failures: { everyMs: 15_000, repairMs: 1000 } })

  it.each(Object.keys(POLICIES) as Name[])('lose no job and double none: %s', (name) => {
    const { timesDone, failed } = run(name, given)
    expect(failed).toBeGreaterThan(100)
    expect(timesDone.every((times) => times === 1)).toBe(true)
  })

  it('leave the leveler better than any other policy, when it is told how many are up', () => {
    const ours = p99(DEFAULT, given)
    for (const name of Object.keys(MODELS) as Name[]) expect([name, p99(name, given) >= ours]).toEqual([name, true])
  })
})

it('gives the same figures for the same seed, and others for another', () => {
  const once = run('join idle queue', scenario(0.7, { jobs: 5000 }))
  expect(run('join idle queue', scenario(0.7, { jobs: 5000 }))).toEqual(once)
  expect(run('join idle queue', scenario(0.7, { jobs: 5000, seed: 2 }))).not.toEqual(once)
})

it('keeps workers as busy as the load says, and a single one as slow as theory says', () => {
  const { busyRatio } = run('central pull', scenario(0.7))
  expect(busyRatio).toBeGreaterThan(0.67)
  expect(busyRatio).toBeLessThan(0.73)
  // M/M/1: time in system is exponential with mean 1 / (μ − λ).
  const single = {
    workers: 1,
    arrivals: poisson(0.06),
    mix: { fastMs: 10, slowMs: 1, slowRatio: 0 },
    jobs: 200_000,
    seed: 7,
  }
  const { fast } = run('central pull', single).latenciesMs
  expect(quantile(fast, 0.5)).toBeCloseTo(25 * Math.LN2, 0)
  expect(quantile(fast, 0.99) / (25 * Math.log(100))).toBeCloseTo(1, 1)
})

it.each([
  ['Poisson', poisson(0.2)],
  ['bursty', bursty(0.2, { factor: 3, busyMs: 50, quietMs: 150 })],
  ['a trace', trace([1, 9])],
])('brings as many jobs as it says: %s', (_, arrivals) => {
  const { endedMs, timesDone } = run('central pull', { workers: WORKERS, arrivals, mix: MIX, jobs: 100_000, seed: 3 })
  expect(timesDone.length / endedMs).toBeCloseTo(0.2, 1)
  expect(endedMs / (100_000 / 0.2)).toBeCloseTo(1, 1)
})
