import fc from 'fast-check'
import { expect, it } from 'vitest'
import { averageEstimator, quantileEstimator } from './duration-estimator.ts'

it('is the quantile of the last durations, by nearest rank', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.01, max: 1 }),
      fc.integer({ min: 1, max: 50 }),
      fc.array(fc.oneof(fc.nat(5), fc.double({ min: 0, max: 1e6, noNaN: true })), { minLength: 1, maxLength: 120 }),
      (quantile, samples, durations) => {
        const estimator = quantileEstimator(quantile, samples)
        const numbers = new Float64Array(2 * samples + 2).fill(-1)
        for (const [index, ms] of durations.entries()) {
          const last = durations.slice(Math.max(0, index + 1 - samples), index + 1).toSorted((a, b) => a - b)
          expect(estimator.add(numbers, 1, index, 0, ms)).toBe(last[Math.ceil(quantile * last.length) - 1])
        }
        // What lies beside its own is left alone.
        expect([numbers[0], numbers.at(-1)]).toEqual([-1, -1])
      },
    ),
  )
})

it('is the mean at first, and then gives the newest its share', () => {
  const estimator = averageEstimator(0.25)
  let [count, average] = [0, 0]
  const next = (ms: number): number => (average = estimator.add(new Float64Array(0), 0, count++, average, ms))
  expect([100, 200, 300, 400].map(next).at(-1)).toBeCloseTo(250)
  expect(next(1050)).toBeCloseTo(450)
  for (let more = 0; more < 100; more++) next(10)
  expect(average).toBeCloseTo(10)
})
