import { ManualClock } from '@tps/internal/manual-clock'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { variantOf } from './assignment.ts'
import type { ExperimentOptions } from './experiment-options.ts'
import { experimentReport } from './experiment-report.ts'
import { Experiment } from './experiment.ts'
import { normalFrom, randomFrom } from './simulated-load.ts'

type Variant = 'control' | 'treatment'
type Options = Partial<ExperimentOptions<Variant>>

/** Runs for `blocks`, with ten values a turn made by `value`. */
function run(blocks: number, value: (variant: Variant) => number, options: Options = {}): Experiment<Variant> {
  const clock = new ManualClock(123)
  const experiment = new Experiment<Variant>({ clock, ...options })
  for (let turn = 0; turn < blocks * 2; turn++) {
    for (let index = 0; index < 10; index++) {
      const variant = experiment.assign()
      experiment.record(variant, value(variant))
      clock.advance(100)
    }
  }
  return experiment
}

/** Values around 20, those of the treatment `factor` times as large. */
function noisy(factor: number, seed = 1): (variant: Variant) => number {
  const random = randomFrom(seed)
  return (variant) => 20 * Math.exp(0.3 * normalFrom(random)) * (variant === 'treatment' ? factor : 1)
}

describe('turns', () => {
  it('in each block are one of each variant, in an order that the seed fixes', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat({ max: 2 ** 40 }), (seed, block) => {
        const turns = [variantOf(2 * block, seed), variantOf(2 * block + 1, seed)]
        expect(turns.toSorted((a, b) => a - b)).toEqual([0, 1])
        expect([variantOf(2 * block, seed), variantOf(2 * block + 1, seed)]).toEqual(turns)
      }),
    )
  })

  it('begin with either variant equally often, whatever came before', () => {
    for (const seed of [0, 1, 2, 2 ** 31, 2 ** 40 + 5]) {
      const first = Array.from({ length: 4000 }, (_, block) => variantOf(2 * block, seed))
      const ones = first.filter((variant) => variant === 1).length
      const repeats = first.filter((variant, block) => block > 0 && variant === first[block - 1]).length
      // Four standard deviations of a fair coin.
      expect(Math.abs(ones - 2000)).toBeLessThan(127)
      expect(Math.abs(repeats - 2000)).toBeLessThan(127)
    }
  })

  it('follow the clock and are told when they change', () => {
    const clock = new ManualClock()
    const experiment = new Experiment({ variants: ['old', 'new'], sliceMs: 500, seed: 3, clock })
    const told: string[] = []
    experiment.on('switch', ({ variant, slice }) => told.push(`${slice} ${variant}`))
    const seen = Array.from({ length: 20 }, () => {
      const variant = experiment.assign()
      clock.advance(250)
      return variant
    })
    expect(seen.filter((variant) => variant === 'old')).toHaveLength(10)
    const changes = seen.filter((variant, at) => variant !== seen[at - 1])
    expect(told.map((text) => text.split(' ')[1])).toEqual(changes)
  })

  it('never go back', () => {
    const clock = new ManualClock()
    const experiment = new Experiment({ clock, seed: 7 })
    const later = experiment.assign(5000)
    expect(experiment.assign(0)).toBe(later)
    expect(experiment.assign(Number.NaN)).toBe(later)
    expect(experiment.assign(Number.POSITIVE_INFINITY)).toBe(later)
  })
})

describe('the verdict', () => {
  it.each([
    ['improved', 0.9, 'lower'],
    ['regressed', 1.1, 'lower'],
    ['improved', 1.1, 'higher'],
    ['regressed', 0.9, 'higher'],
  ] as const)('is %s for a factor of %f where %s is better', (verdict, factor, better) => {
    const result = run(200, noisy(factor, 2), { better }).result()
    expect(result).toMatchObject({ verdict, design: 'switchback', better })
    expect(result.effect?.low).toBeLessThan(factor)
    expect(result.effect?.high).toBeGreaterThan(factor)
    expect(result.pValue).toBeLessThan(0.001)
  })

  it('is equivalent when any difference is surely within the margin', () => {
    expect(run(300, noisy(1), { equivalenceRatio: 0.05 }).result().verdict).toBe('equivalent')
    expect(run(300, noisy(1.01), { equivalenceRatio: 0.05 }).result().verdict).toBe('equivalent')
    expect(run(50, () => 5).result()).toMatchObject({ verdict: 'equivalent', pValue: 1 })
  })

  it('is inconclusive when the interval holds both "no change" and one that matters', () => {
    const result = run(25, noisy(1, 2), { equivalenceRatio: 0.001 }).result()
    expect(result.verdict).toBe('inconclusive')
    expect(result.reason).toMatch(/"no change"/)
  })

  it('is inconclusive, without an effect, below the minimum sample', () => {
    const few = run(19, noisy(0.5)).result()
    expect(few).toMatchObject({ verdict: 'inconclusive', effect: null, pValue: null, detectableRatio: null })
    expect(few.reason).toMatch(
      /^Too little data: \d+ values and 19 blocks of both variants, where 100 and 20 are asked/,
    )
    expect(run(50, noisy(0.5), { metric: { quantile: 0.99 } }).result().verdict).toBe('inconclusive')
    expect(run(60, noisy(0.5), { metric: { quantile: 0.9 } }).result().verdict).toBe('improved')
  })

  it('is the same of values in another unit, and turned round with the variants', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.constantFrom(2 ** -20, 0.125, 64, 2 ** 30), (seed, unit) => {
        const made = noisy(0.95, seed)
        const plain = run(40, made, { seed: 1 }).result()
        const again = noisy(0.95, seed)
        const scaled = run(40, (variant) => again(variant) * unit, { seed: 1 }).result()
        expect(scaled.effect?.logRatio).toBeCloseTo(plain.effect?.logRatio as number, 9)
        expect(scaled.verdict).toBe(plain.verdict)
        const turned = noisy(0.95, seed)
        const round = run(40, turned, { seed: 1, variants: ['treatment', 'control'] }).result()
        expect([round.baseline.count, round.candidate.count]).toEqual([plain.baseline.count, plain.candidate.count])
      }),
      { numRuns: 20 },
    )
  })
})

describe('recording', () => {
  it('counts what is no value or no variant as invalid and tells it', () => {
    const experiment = new Experiment({ clock: new ManualClock() })
    const told: unknown[] = []
    experiment.on('invalid', (event) => told.push(event))
    experiment.record('control', Number.NaN)
    experiment.record('control', -1)
    experiment.record('other' as 'control', 1)
    expect(told).toEqual([
      { variant: 'control', value: Number.NaN },
      { variant: 'control', value: -1 },
      { variant: 'other', value: 1 },
    ])
    expect(experiment.snapshot()).toMatchObject({ invalid: 3, blocks: 0 })
  })

  it('leaves out what comes in the washout after a switch', () => {
    const experiment = run(30, (variant) => (variant === 'control' ? 1 : 2), { washoutMs: 350 })
    const { washedOut, result } = experiment.snapshot()
    expect(washedOut).toBe(30 * 2 * 4)
    expect(result.baseline).toEqual({ variant: 'control', count: 30 * 6, value: 1 })
    expect(result.effect?.ratio).toBeCloseTo(2, 1)
  })

  it('keeps 16 to 32 groups of nearly all the values, however long it takes', () => {
    for (const blocks of [32, 33, 64, 100, 1000, 5000]) {
      const result = run(blocks, () => 1).result()
      expect(result.groups).toBeGreaterThanOrEqual(16)
      expect(result.groups).toBeLessThanOrEqual(32)
      expect(result.baseline.count).toBeGreaterThan(blocks * 10 * (15 / 16) - 11)
    }
  })

  it('survives long pauses, and turns in which a variant has no values', () => {
    const clock = new ManualClock()
    const experiment = new Experiment({ clock, seed: 5 })
    for (let turn = 0; turn < 400; turn++) {
      const variant = experiment.assign()
      for (let index = 0; index < 5; index++) if (turn % 7 !== 0) experiment.record(variant, 3)
      clock.advance(turn === 200 ? 1e9 : 1000)
    }
    expect(experiment.result()).toMatchObject({ verdict: 'equivalent', effect: { ratio: 1 } })
    expect(experiment.snapshot().blocks).toBeLessThan(200)
  })
})

describe('the report', () => {
  it('says what to do, by how much and how sure that is', () => {
    const report = experimentReport(run(200, noisy(0.9), { name: 'bigger  pool' }).result())
    expect(report).toMatch(/^# bigger pool: improved\n\n\*\*Keep the change\.\*\*/)
    expect(report).toMatch(/\| control \| \d{4} \| 2\d\.\d+ \|/)
    expect(report).toMatch(/Change of the mean: \*\*−\d+\.\d %\*\*, 95 % interval −\d+\.\d % to −\d+\.\d %/)
    expect(report).toContain('probability below 0.001')
    expect(report).toContain('took turns in random order')
  })

  it('of too little data has no numbers that it doesn’t know', () => {
    const report = experimentReport(new Experiment({ variants: ['a|b', 'c'] }).result())
    expect(report).toContain('| a\\|b | 0 | none |')
    expect(report).not.toMatch(/NaN|null|Change of/)
  })

  it('and the snapshot are plain JSON', () => {
    const { result } = run(30, noisy(0.9), { metric: { quantile: 0.9 }, minValues: 20 }).snapshot()
    expect(JSON.parse(JSON.stringify(result))).toEqual(result)
    expect(experimentReport(result)).toContain('| variant | values | p90 |')
  })
})

describe('options', () => {
  it.each([
    [{ name: '' }, 'name'],
    [{ metric: 'median' }, 'metric'],
    [{ metric: { quantile: 1 } }, 'metric.quantile'],
    [{ better: 'more' }, 'better'],
    [{ confidence: 1 }, 'confidence'],
    [{ equivalenceRatio: 0 }, 'equivalenceRatio'],
    [{ minValues: 19 }, 'minValues'],
    [{ minBlocks: 9 }, 'minBlocks'],
    [{ variants: ['a'] }, 'variants'],
    [{ variants: ['a', 'a'] }, 'variants must be different'],
    [{ sliceMs: 0 }, 'sliceMs'],
    [{ sliceMs: Number.NaN }, 'sliceMs'],
    [{ sliceMs: 100, washoutMs: 100 }, 'washoutMs'],
    [{ seed: -1 }, 'seed'],
    [{ clock: {} }, 'clock'],
  ])('refuses %o', (wrong, message) => {
    expect(() => new Experiment(wrong as never)).toThrow(message)
  })
})
