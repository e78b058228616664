import fc from 'fast-check'
import { expect, it } from 'vitest'
import { AverageEstimate, QuantileEstimate } from './duration-estimate.ts'

it('is the quantile of the last durations, by nearest rank', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.01, max: 1 }),
      fc.integer({ min: 1, max: 20 }),
      fc.array(fc.oneof(fc.nat(5), fc.double({ min: 0, max: 1e6, noNaN: true })), { minLength: 1, maxLength: 80 }),
      (quantile, samples, durations) => {
        const estimate = new QuantileEstimate(quantile, samples)
        for (const [index, ms] of durations.entries()) {
          estimate.add(ms)
          const last = durations.slice(Math.max(0, index + 1 - samples), index + 1).toSorted((a, b) => a - b)
          expect(estimate.count).toBe(last.length)
          expect(estimate.ms).toBe(last[Math.ceil(quantile * last.length) - 1])
        }
      },
    ),
  )
})

it('is the mean at first, and then gives the newest its share', () => {
  const estimate = new AverageEstimate(0.25)
  for (const ms of [100, 200, 300, 400]) estimate.add(ms)
  expect(estimate.ms).toBeCloseTo(250)
  estimate.add(1050)
  expect(estimate.ms).toBeCloseTo(450)
  for (let count = 0; count < 100; count++) estimate.add(10)
  expect(estimate.ms).toBeCloseTo(10)
  expect(estimate.count).toBe(105)
})
