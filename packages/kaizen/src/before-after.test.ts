import { describe, expect, it } from 'vitest'
import { compareBeforeAfter } from './before-after.ts'
import { differenceOf, judge, meanOf } from './comparison.ts'
import { experimentReport } from './experiment-report.ts'
import { PercentileTracker } from './percentile-tracker.ts'
import { normalFrom, randomFrom } from './simulated-load.ts'

function values(count: number, factor: number, seed: number): number[] {
  const random = randomFrom(seed)
  return Array.from({ length: count }, () => 20 * Math.exp(0.3 * normalFrom(random)) * factor)
}

function tracker(of: readonly number[]): PercentileTracker {
  const made = new PercentileTracker()
  for (const value of of) made.record(value)
  return made
}

const [before, after] = [values(5000, 1, 1), values(5000, 0.9, 2)]

describe('before against after', () => {
  it('is labelled observational, in the result and in the report', () => {
    const result = compareBeforeAfter(before, after, { name: 'pool of 8' })
    expect(result).toMatchObject({ design: 'observational', verdict: 'improved', groups: 20 })
    const report = experimentReport(result)
    expect(report).toMatch(
      /^# pool of 8: improved \(observational\)\n\n\*\*After is better than before\. Whether because/,
    )
    expect(report).toContain('Anything else that was different is in the difference.')
    expect(report).not.toContain('Keep the change')
  })

  it.each([
    ['mean', 'mean'],
    ['median', { quantile: 0.5 }],
    ['p90', { quantile: 0.9 }],
  ] as const)('gives the same for series and for trackers, where values are independent: %s', (_, metric) => {
    const [series, trackers] = [
      compareBeforeAfter(before, after, { metric }),
      compareBeforeAfter(tracker(before), tracker(after), { metric }),
    ]
    for (const { effect } of [series, trackers]) expect(effect?.ratio).toBeCloseTo(0.9, 1)
    const [a, b] = [series.effect?.standardError as number, trackers.effect?.standardError as number]
    expect(a / b).toBeGreaterThan(0.6)
    expect(a / b).toBeLessThan(1.6)
    expect(trackers.verdict).toBe(series.verdict)
  })

  it('may be a series against a tracker', () => {
    expect(compareBeforeAfter(before, tracker(after)).verdict).toBe('improved')
  })

  it('leaves out what is no duration, and says so when too little is left', () => {
    const wrong = [Number.NaN, 0, -3, Number.POSITIVE_INFINITY]
    expect(compareBeforeAfter([...before, ...wrong], after).baseline.count).toBe(5000)
    const few = compareBeforeAfter([...wrong, 1], after)
    expect(few).toMatchObject({ verdict: 'inconclusive', effect: null })
    expect(few.reason).toBe('Too little data: 1 values, where 100 are asked for.')
    expect(compareBeforeAfter(new PercentileTracker(), after).baseline).toMatchObject({ count: 0, value: null })
  })

  it('refuses what has not been measured', () => {
    expect(() => compareBeforeAfter(5 as never, after)).toThrow('before must be an object')
    expect(() => compareBeforeAfter(before, {} as never)).toThrow('after must have a method quantile()')
    expect(() => compareBeforeAfter(before, after, { confidence: 2 })).toThrow(RangeError)
  })
})

describe('estimates', () => {
  const judgement = { better: 'lower', confidence: 0.95, equivalenceRatio: 0.01 } as const

  it('of a mean are those of a t-test', () => {
    // SciPy 1.17.1: ttest_1samp, ttest_ind(equal_var=False).
    const { logRatio, standardError, freedom } = meanOf([0.1, 0.3, 0.2, 0.5, 0.4])
    expect([logRatio, freedom]).toEqual([0.3, 4])
    const { pValue, effect } = judge({ logRatio, standardError, freedom }, judgement)
    expect(pValue).toBeCloseTo(0.01323559956368269, 9)
    expect(Math.log(effect?.low as number)).toBeCloseTo(0.3 - 2.7764451051977934 * standardError, 9)
  })

  it('of a difference are those of Welch’s t-test', () => {
    const difference = differenceOf(meanOf([3, 4, 1, 2.1]), meanOf([490 / 50, 340 / 50, 433 / 50]))
    const { pValue } = judge(difference, judgement)
    expect(pValue).toBeCloseTo(0.005708642208095586, 9)
  })

  it('without any error are sure', () => {
    expect(judge({ logRatio: 0, standardError: 0, freedom: 5 }, judgement)).toMatchObject({
      verdict: 'equivalent',
      pValue: 1,
    })
    expect(judge({ logRatio: 0.5, standardError: 0, freedom: 5 }, judgement)).toMatchObject({
      verdict: 'regressed',
      pValue: 0,
    })
  })
})
