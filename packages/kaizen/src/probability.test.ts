import { expect, it } from 'vitest'
import { normalCdf, normalQuantile, studentCdf, studentQuantile } from './probability.ts'
import { wilsonLower } from './wilson.ts'

// Reference values: SciPy 1.17.1.

it.each([
  [-6, 9.865876450376946e-10],
  [-1.959963984540054, 0.025],
  [-0.3, 0.3820885778110474],
  [0.7, 0.758036347776927],
  [3.1, 0.9990323967867817],
  [-40, 0],
  [40, 1],
])('the normal distribution up to %f is %f', (z, share) => {
  expect(Math.abs(normalCdf(z) - share)).toBeLessThan(1e-14)
})

it.each([
  [0.0005, -3.2905267314918945],
  [0.025, -1.9599639845400545],
  [0.5, 0],
  [0.8, 0.8416212335729143],
  [0.975, 1.959963984540054],
])('the normal quantile of %f is %f', (p, z) => {
  expect(Math.abs(normalQuantile(p) - z)).toBeLessThan(1e-11)
})

it.each([
  [-2.5, 1, 0.12111894159084341],
  [0.3, 2, 0.6037571695799112],
  [1.7, 5.5, 0.9277356651169104],
  [2.04, 30, 0.9748802126304565],
  [-3, 200, 0.0015215235569529524],
  [0.01, 7, 0.5038498411781891],
  [0, 3, 0.5],
  [1.5, Number.POSITIVE_INFINITY, 0.9331927987311419],
])("Student's t up to %f with %f degrees of freedom is %f", (t, freedom, share) => {
  expect(Math.abs(studentCdf(t, freedom) - share)).toBeLessThan(1e-12)
})

it.each([
  [0.975, 1, 12.706204736174694],
  [0.95, 4, 2.1318467863266495],
  [0.975, 15, 2.131449545559776],
  [0.9995, 2.7, 15.63577286317451],
  [0.025, 31, -2.039513446396408],
  [0.8, 1000, 0.8419808221624288],
])("Student's quantile of %f with %f degrees of freedom is %f", (p, freedom, t) => {
  expect(Math.abs(studentQuantile(p, freedom) - t)).toBeLessThan(1e-9)
})

it('the lower Wilson limit of 10 in 100 is 0.0552 at 95 % two-sided', () => {
  expect(wilsonLower(10, 100, 1.959963984540054)).toBeCloseTo(0.0552291, 6)
  expect(wilsonLower(0, 100, 1.96)).toBe(0)
  expect(wilsonLower(0, 0, 1.96)).toBe(0)
  expect(wilsonLower(3, 4, 0)).toBe(0.75)
})
