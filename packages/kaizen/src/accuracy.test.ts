import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PercentileTracker } from './index.ts'

const ALL_BUCKETS = 137_664
const MAX_ERROR = 0.0055
const PER_MILLE = [0, 1, 10, 70, 250, 290, 500, 570, 900, 950, 990, 999, 1000]

const seed = fc.integer()
const count = fc.integer({ min: 1, max: 400 })

function distribution(draw: (random: () => number) => number): fc.Arbitrary<number[]> {
  return fc.tuple(seed, count).map(([start, length]) => {
    let state = start >>> 0
    const random = (): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return (state + 0.5) / 2 ** 32
    }
    return Array.from({ length }, () => draw(random))
  })
}

const gauss = (random: () => number): number => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random())
const ulp = (value: number, steps: number): number => value * (1 + steps * Number.EPSILON)
const of = (value: fc.Arbitrary<number>): fc.Arbitrary<number[]> => fc.array(value, { minLength: 1, maxLength: 400 })

const INPUTS: Readonly<Record<string, fc.Arbitrary<number[]>>> = {
  'log-normal': distribution((random) => 20 * Math.exp(0.8 * gauss(random))),
  bimodal: distribution((random) => (random() < 0.9 ? 5 : 900) * (1 + 0.05 * Math.abs(gauss(random)))),
  Pareto: distribution((random) => random() ** -1.5),
  constant: fc.tuple(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), count).map(([x, n]) => Array(n).fill(x)),
  'powers of two and their neighbours': of(
    fc
      .tuple(fc.integer({ min: -1021, max: 1022 }), fc.integer({ min: -1, max: 1 }))
      .map(([exponent, steps]) => ulp(2 ** exponent, steps)),
  ),
  subnormal: of(fc.double({ min: Number.MIN_VALUE, max: 2 ** -1022, noNaN: true })),
  'few units of the smallest subnormal': of(fc.integer({ min: 1, max: 50_000 }).map((n) => n * Number.MIN_VALUE)),
  '1e±300': of(fc.constantFrom(1e-300, 1e300, 3e-300, 7e299)),
  'any positive double': of(fc.double({ min: Number.MIN_VALUE, max: Number.MAX_VALUE, noNaN: true })),
  'any double from 0': of(fc.double({ min: 0, max: Number.MAX_VALUE, noNaN: true })),
  'whole numbers': of(fc.integer({ min: 0, max: 100 })),
}

function trackerOf(values: readonly number[]): PercentileTracker {
  const tracker = new PercentileTracker({ maxBuckets: ALL_BUCKETS })
  for (const value of values) tracker.record(value)
  return tracker
}

/** The value at place ⌈q · n⌉, in whole numbers. */
function nearestRank(sorted: readonly number[], perMille: number): number {
  return sorted[Math.max(0, Math.ceil((perMille * sorted.length) / 1000) - 1)] as number
}

describe.each(Object.entries(INPUTS))('on input that is %s', (_, input) => {
  it('every quantile is within 0.55 % of exact sorting', () => {
    fc.assert(
      fc.property(input, (values) => {
        const tracker = trackerOf(values)
        const sorted = values.toSorted((a, b) => a - b)
        for (const perMille of PER_MILLE) {
          const exact = nearestRank(sorted, perMille)
          const answer = tracker.quantile(perMille / 1000)
          expect([answer, Math.abs(answer - exact) <= MAX_ERROR * exact]).toEqual([answer, true])
        }
      }),
    )
  })

  it('merging is commutative and associative, and equals recording everything in one', () => {
    fc.assert(
      fc.property(input, input, input, (a, b, c) => {
        const [left, right] = [trackerOf(a).merge(trackerOf(b)), trackerOf(b).merge(trackerOf(a))]
        expect(readings(left)).toEqual(readings(right))
        const whole = readings(trackerOf([...a, ...b, ...c]))
        expect(readings(left.merge(trackerOf(c)))).toEqual(whole)
        expect(readings(trackerOf(a).merge(trackerOf(b).merge(trackerOf(c))))).toEqual(whole)
      }),
      { numRuns: 30 },
    )
  })

  it('a quantile of the rank of a value is that value', () => {
    fc.assert(
      fc.property(input, (values) => {
        const tracker = trackerOf(values)
        for (const value of values.slice(0, 10)) {
          const answer = tracker.quantile(tracker.rank(value))
          expect([answer, Math.abs(answer - value) <= 2 * MAX_ERROR * value]).toEqual([answer, true])
        }
      }),
    )
  })
})

/** Everything but `sum`, which rounds differently in another order. */
function readings(tracker: PercentileTracker): unknown {
  const { count, zeros, invalid, collapsed, min, max } = tracker
  return { buckets: [...tracker.buckets()], count, zeros, invalid, collapsed, min, max }
}
