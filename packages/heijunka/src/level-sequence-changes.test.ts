import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LevelSequence } from './level-sequence.ts'

// What holds when demand changes on the way.

const PRODUCTS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const
const AMOUNT = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 1000 }))
const DEMAND = fc
  .tuple(...PRODUCTS.map(() => AMOUNT))
  .map((amounts) => Object.fromEntries(PRODUCTS.map((product, index) => [product, amounts[index] as number])))
const CHANGES = fc.array(fc.tuple(DEMAND, fc.integer({ min: 0, max: 60 })), { minLength: 1, maxLength: 30 })

const harmonic = (n: number): number => Array.from({ length: n }, (_, k) => 1 / (k + 1)).reduce((a, b) => a + b, 0)

/** Runs through the changes, and calls `each` after every step. */
function run(
  changes: readonly (readonly [Record<string, number>, number])[],
  each: (sequence: LevelSequence) => void,
): LevelSequence {
  const sequence = new LevelSequence<string>({})
  for (const [demand, steps] of changes) {
    sequence.change(demand)
    for (let step = 0; step < steps; step++) {
      sequence.next()
      each(sequence)
    }
  }
  return sequence
}

const deviations = (sequence: LevelSequence): number[] => Array.from(sequence.entries(), ([, , behind]) => behind)

/** Steps until every product that is ahead now has come to its turn. */
function turn(sequence: LevelSequence): number {
  const all = [...sequence.entries()]
  const total = all.reduce((sum, [, demand]) => sum + demand, 0)
  return Math.max(0, ...all.map(([, demand, behind]) => Math.ceil((-behind * total) / demand)))
}

describe('a level sequence whose demand changes', () => {
  it('never is ahead by 1 or more, nor behind by 1 + 1/2 + … + 1/n', () => {
    const limit = harmonic(PRODUCTS.length)
    fc.assert(
      fc.property(CHANGES, (changes) => {
        run(changes, (sequence) => {
          for (const behind of deviations(sequence)) {
            expect(behind).toBeGreaterThan(-1 - 1e-9)
            expect(behind).toBeLessThan(limit)
          }
        })
      }),
    )
  })

  it('is within 1 again once every product has had its turn', () => {
    fc.assert(
      fc.property(CHANGES, DEMAND, (changes, last) => {
        const sequence = run(changes, () => {})
        sequence.change(last)
        for (let step = turn(sequence); step > 0; step--) sequence.next()
        for (let step = 0; step < 500; step++) {
          sequence.next()
          for (const behind of deviations(sequence)) expect(Math.abs(behind)).toBeLessThan(1 + 1e-9)
        }
      }),
    )
  })

  it('has deviations that cancel out, and changes them by no step other than its own', () => {
    fc.assert(
      fc.property(CHANGES, DEMAND, (changes, last) => {
        const sequence = run(changes, (sequence) => {
          expect(deviations(sequence).reduce((sum, behind) => sum + behind, 0)).toBeCloseTo(0, 9)
        })
        const before = new Map(Array.from(sequence.entries(), ([product, , behind]) => [product, behind]))
        sequence.peek()
        sequence.change(last)
        for (const [product, , behind] of sequence.entries()) {
          const was = before.get(product) ?? 0
          // A product that went may have made others more even, never less.
          expect(Math.abs(behind)).toBeLessThanOrEqual(Math.abs(was) + 1e-9)
          expect(behind * was).toBeGreaterThanOrEqual(-1e-9)
        }
      }),
    )
  })

  it('counts from the ideal of each stretch: no product is forgotten, none comes in a burst', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(29), fc.integer({ min: 1, max: 50 })), { maxLength: 20 }), (changes) => {
        // The same products all the time, so that ideal counts are the plain sums of shares.
        const sequence = new LevelSequence<string>({ a: 1, b: 1, c: 1 })
        const ideal = { a: 0, b: 0, c: 0 }
        const made = { a: 0, b: 0, c: 0 }
        for (const [extra, steps] of changes) {
          const demand = { a: 1 + extra, b: 10, c: 1 + ((extra * 7) % 13) }
          const total = demand.a + demand.b + demand.c
          sequence.change(demand)
          for (let step = 0; step < steps; step++) {
            made[sequence.next() as 'a'] += 1
            for (const product of ['a', 'b', 'c'] as const) {
              ideal[product] += demand[product] / total
              expect(ideal[product] - made[product]).toBeCloseTo(sequence.behind(product), 9)
              expect(Math.abs(ideal[product] - made[product])).toBeLessThan(harmonic(3))
            }
          }
        }
      }),
    )
  })

  it('spreads what a product that goes was behind over those that were ahead', () => {
    const sequence = new LevelSequence<string>({ a: 2, b: 1, c: 1 })
    sequence.next()
    expect(deviations(sequence)).toEqual([-0.5, 0.25, 0.25])
    sequence.change({ a: 2, b: 1 })
    expect(deviations(sequence)[0]).toBeCloseTo(-0.25, 12)
    expect(deviations(sequence)[1]).toBeCloseTo(0.25, 12)
    sequence.change({ b: 1 })
    expect(deviations(sequence)).toEqual([0])
  })
})
