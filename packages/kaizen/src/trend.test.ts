import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { growthForecast } from './growth.ts'
import { mannKendall } from './mann-kendall.ts'
import { NILE } from './nile.ts'
import { normalFrom, randomFrom } from './simulated-load.ts'
import { checkSeries, slopeInterval, slopesOf } from './theil-sen.ts'
import { trend } from './trend.ts'

/** A series in which each value remembers a share of the one before. */
function wandering(seed: number, count: number, memory: number, slope = 0): number[] {
  const random = randomFrom(seed)
  let value = 0
  return Array.from({ length: count }, (_, at) => (value = memory * value + normalFrom(random)) + slope * at)
}

const shareWithTrend = (runs: number, make: (seed: number) => number[]): number =>
  Array.from({ length: runs }, (_, seed) => trend(make(seed + 1)).direction).filter((found) => found !== 'none')
    .length / runs

const uncorrected = (seed: number): boolean => {
  const { score, variance, correction } = mannKendall(checkSeries('points', wandering(seed, 100, 0.5), 10), 0)
  return Math.abs(score) > 1.96 * Math.sqrt(variance / correction)
}

const history = (seed: number): { at: number; value: number }[] => {
  const random = randomFrom(seed)
  return Array.from({ length: 60 }, (_, at) => ({
    at,
    value: 100 * 1.01 ** at * Math.exp(0.05 * normalFrom(random)),
  }))
}

describe('the trend', () => {
  it('of the Nile is that of SciPy, and of a second implementation of Hamed and Rao', () => {
    // SciPy 1.17.1: theilslopes. The p-value from a script of twenty lines after the paper, with SciPy's ranks.
    const found = trend(NILE)
    expect(found).toMatchObject({ direction: 'falling', slope: -2.6, count: 100 })
    expect(found.intercept).toBeCloseTo(1022.2, 9)
    expect(found.correction).toBeCloseTo(2.5025778323535874, 12)
    expect(found.pValue).toBeCloseTo(0.009068166970294039, 12)
    const series = checkSeries('points', NILE, 2)
    const { score, variance, correction } = mannKendall(series, -2.6)
    expect(score).toBe(-1387)
    expect(variance / correction).toBeCloseTo(112_728.33333333333, 6)
    const { low, high } = slopeInterval(slopesOf(series), 1.959963984540054 * Math.sqrt(112_728.33333333333))
    expect([low, high]).toEqual([-3.627906976744186, -1.4285714285714286])
  })

  it('of points on a line is that line, wherever they are and in whatever order', () => {
    const at = fc.uniqueArray(fc.integer({ min: -1000, max: 1000 }), { minLength: 10, maxLength: 40 })
    fc.assert(
      fc.property(at, fc.integer({ min: 1, max: 50 }), fc.integer({ min: -50, max: 50 }), (ats, slope, start) => {
        const found = trend(ats.map((place) => ({ at: place, value: start + slope * place })))
        expect(found).toMatchObject({ direction: 'rising', slope, low: slope, high: slope })
        expect(found.intercept).toBeCloseTo(start, 6)
      }),
    )
  })

  it('turns round with the values, and scales with them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), (seed) => {
        const values = wandering(seed, 40, 0.3, 0.05)
        const [up, down] = [trend(values), trend(values.map((value) => -4 * value))]
        expect(down.slope).toBeCloseTo(-4 * up.slope, 9)
        expect([down.low, down.high].map((end) => end / -4)).toEqual([up.high, up.low])
        expect(down.pValue).toBe(up.pValue)
      }),
    )
  })

  it('is not moved by a few wild values', () => {
    const values = wandering(4, 60, 0, 0.5)
    const wild = values.map((value, at) => (at % 10 === 3 ? 1e6 : value))
    expect(Math.abs(trend(wild).slope - 0.5)).toBeLessThan(0.1)
  })

  it('is found in what has none in 5 % of series without memory, and with memory more rarely than uncorrected', () => {
    expect(shareWithTrend(300, (seed) => wandering(seed, 60, 0))).toBeLessThanOrEqual(0.08)
    const plain = Array.from({ length: 200 }, (_, seed) => uncorrected(seed + 1)).filter(Boolean).length / 200
    const corrected = shareWithTrend(200, (seed) => wandering(seed, 100, 0.5))
    expect(plain).toBeGreaterThan(0.2)
    expect(corrected).toBeLessThan(0.75 * plain)
  })

  it('of a constant is none', () => {
    expect(trend(Array(20).fill(7))).toMatchObject({ direction: 'none', slope: 0, low: 0, high: 0, pValue: 1 })
  })

  it('of many points is that of their condensation, at a bounded cost', () => {
    const many = Array.from({ length: 50_000 }, (_, at) => ({ at, value: 3 + 0.25 * at }))
    const found = trend(many)
    expect(found.slope).toBeCloseTo(0.25, 9)
    expect(found.count).toBe(50_000)
  })

  it.each([
    [[1, 2, 3], 'points must have at least 10 points, got 3'],
    ['points', 'points must be an array'],
    [[1, 2, Number.NaN, 4, 5, 6, 7, 8, 9, 10], 'points[2] must be a finite number'],
    [Array.from({ length: 12 }, () => ({ at: 1, value: 2 })), 'must not all have the same "at"'],
    [[...Array(11).fill(1), undefined], 'points[11]'],
  ])('refuses %o', (points, message) => {
    expect(() => trend(points as never)).toThrow(message)
  })

  it('refuses a confidence of 1', () => {
    expect(() => trend(NILE, { confidence: 1 })).toThrow(RangeError)
  })
})

describe('the growth forecast', () => {
  it('holds the truth in its range nine times in ten or more, two months ahead', () => {
    let [growth, value, limit] = [0, 0, 0]
    const truth = { value: 100 * 1.01 ** 120, limitAt: Math.log(4) / Math.log(1.01) }
    for (let seed = 1; seed <= 100; seed++) {
      const found = growthForecast(history(seed), { model: 'exponential', at: 120, limit: 400 })
      if (found.growth.low <= 1.01 && found.growth.high >= 1.01) growth++
      if (found.expected.low <= truth.value && found.expected.high >= truth.value) value++
      const { earliest, latest } = found.reachesLimit
      if ((earliest as number) <= truth.limitAt && (latest ?? Infinity) >= truth.limitAt) limit++
    }
    expect(Math.min(growth, value, limit)).toBeGreaterThanOrEqual(90)
  })

  it('of a line is the line, and says when it reaches the limit', () => {
    const line = Array.from({ length: 20 }, (_, at) => ({ at, value: 50 + 5 * at }))
    const found = growthForecast(line, { at: 30, limit: 300 })
    expect(found.growth).toEqual({ value: 5, low: 5, high: 5 })
    expect(found.expected).toEqual({ value: 200, low: 200, high: 200 })
    expect(found.reachesLimit).toEqual({ at: 50, earliest: 50, latest: 50 })
  })

  it('never reaches a limit that it moves away from, and is there when it is above', () => {
    const falling = Array.from({ length: 20 }, (_, at) => ({ at, value: 50 - at }))
    expect(growthForecast(falling, { limit: 60 }).reachesLimit).toEqual({ at: null, earliest: null, latest: null })
    expect(growthForecast(falling, { limit: 10 }).reachesLimit).toEqual({ at: 19, earliest: 19, latest: 19 })
    expect(growthForecast(falling).reachesLimit).toEqual({ at: null, earliest: null, latest: null })
  })

  it.each([
    [{ at: 5 }, 'at must be'],
    [{ limit: Number.NaN }, 'limit'],
    [{ model: 'exponential', limit: 0 }, 'limit'],
    [{ model: 'quadratic' }, 'model'],
    [{ confidence: 0 }, 'confidence'],
  ])('refuses %o', (wrong, message) => {
    expect(() => growthForecast(history(1), wrong as never)).toThrow(message)
  })

  it('refuses an exponential model of values that are not above 0', () => {
    expect(() => growthForecast([...history(1), { at: 61, value: 0 }], { model: 'exponential' })).toThrow(RangeError)
  })
})
