import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Fold, Tier } from './history-tier.ts'

const FOLDS = { rate: 'mean', depth: 'max', total: 'last' } as const

function tierOf(readings: readonly (readonly [at: number, value: number | null])[], points = 3, stepMs = 10) {
  const tier = new Tier({ stepMs, points, folds: FOLDS })
  for (const [at, value] of readings) tier.add(at, { rate: value, depth: value, total: value })
  return tier.columns()
}

describe('a tier of the history', () => {
  it('is empty before the first reading', () => {
    expect(tierOf([])).toEqual({ stepMs: 10, at: [], values: { rate: [], depth: [], total: [] } })
  })

  it('folds the readings of a step into one point, each series in its own way', () => {
    expect(
      tierOf([
        [100, 4],
        [103, 8],
        [109, 3],
        [110, 1],
      ]),
    ).toEqual({
      stepMs: 10,
      at: [100, 110],
      values: { rate: [5, 1], depth: [8, 1], total: [3, 1] },
    })
  })

  it('leaves steps without a value open, and takes no part of a missing value', () => {
    const { at, values } = tierOf([
      [100, null],
      [110, null],
      [112, 6],
      [150, 2],
    ])
    expect(at).toEqual([100, 110, 150])
    expect(values).toEqual({ rate: [null, 6, 2], depth: [null, 6, 2], total: [null, 6, 2] })
  })

  it('keeps negative values: a spent budget is below zero', () => {
    expect(
      tierOf([
        [100, -4],
        [101, -8],
      ]).values,
    ).toEqual({ rate: [-6], depth: [-4], total: [-8] })
  })

  it('stays in the order of time when the wall clock steps back a little', () => {
    expect(
      tierOf([
        [109, 1],
        [110, 2],
        [108, 7],
        [120, 3],
      ]),
    ).toMatchObject({ at: [100, 110, 120], values: { depth: [1, 7, 3] } })
  })

  it('forgets the oldest points', () => {
    expect(
      tierOf([
        [10, 1],
        [20, 2],
        [30, 3],
        [40, 4],
        [50, 5],
      ]).at,
    ).toEqual([20, 30, 40, 50])
  })

  it('sends four digits of each value', () => {
    expect(
      tierOf([
        [10, 1.234567],
        [20, 123456.7],
      ]).values['rate'],
    ).toEqual([1.235, 123457])
  })

  it('begins anew after clear', () => {
    const tier = new Tier({ stepMs: 10, points: 3, folds: FOLDS })
    tier.add(10, { rate: 1, depth: 1, total: 1 })
    tier.add(20, { rate: 2, depth: 2, total: 2 })
    tier.clear()
    expect(tier.columns().at).toEqual([])
    tier.add(5, { rate: 3, depth: null, total: 3 })
    expect(tier.columns()).toEqual({ stepMs: 10, at: [0], values: { rate: [3], depth: [null], total: [3] } })
  })

  it('says the same as folding all readings by hand', () => {
    const reading = fc.record({
      gap: fc.integer({ min: 0, max: 25 }),
      value: fc.option(fc.integer({ min: -50, max: 50 })),
    })
    fc.assert(
      fc.property(fc.array(reading, { maxLength: 60 }), fc.integer({ min: 1, max: 5 }), (readings, points) => {
        let at = 0
        const dated = readings.map(({ gap, value }) => [(at += gap), value] as const)
        const steps = new Map<number, number[]>()
        for (const [at, value] of dated) {
          const step = Math.floor(at / 10) * 10
          steps.set(step, [...(steps.get(step) ?? []), ...(value === null ? [] : [value])])
        }
        // The last step is still gathered: it comes on top of the points kept.
        const kept = [...steps].slice(-(points + 1))
        const folded = (fold: Fold) => kept.map(([, values]) => naive(fold, values))
        const columns = tierOf(dated, points)
        expect(columns.at).toEqual(kept.map(([at]) => at))
        expect(columns.values).toEqual({ rate: folded('mean'), depth: folded('max'), total: folded('last') })
      }),
    )
  })
})

function naive(fold: Fold, values: readonly number[]): number | null {
  if (values.length === 0) return null
  if (fold === 'last') return values.at(-1) ?? null
  if (fold === 'max') return Math.max(...values)
  return Number((values.reduce((sum, value) => sum + value, 0) / values.length).toPrecision(4))
}
