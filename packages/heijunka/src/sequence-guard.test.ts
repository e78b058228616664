import { describe, expect, it } from 'vitest'
import { SequenceGuard } from './sequence-guard.ts'

const TOTAL = 1_000_000

/** Three products with a millionth each and two that share the rest. Credits are given in units. */
function within(credits: readonly number[], chosen: number): number {
  const weights = Float64Array.of(1, 1, 1, 499_998.5, 499_998.5)
  const guard = new SequenceGuard(weights, TOTAL)
  return guard.tightWithin(
    Float64Array.from(credits, (units) => units * TOTAL),
    chosen,
  )
}

describe('the guard of a sequence', () => {
  it('lets have its turn what is due next', () => {
    expect(within([0.2, 0.2, 0.2, 0.2, 0.9], 4)).toBe(0)
  })

  it('says within how many steps others need every turn', () => {
    expect(within([0.9, 0, 0, 0.6, 0.6], 0)).toBe(1)
  })

  it('refuses what it cannot see the end of: a whole unit ahead, beyond its horizon', () => {
    expect(within([0.5, -0.3, -0.3, 0.05, 0.05], 0)).toBe(16_384)
  })

  it('allows it when less than a unit is ahead: then no more units than steps can fall due', () => {
    expect(within([0.5, -0.1, -0.1, 0.3, 0.4], 0)).toBe(0)
  })

  it('knows when a unit is due, to the step', () => {
    const guard = new SequenceGuard(Float64Array.of(3, 7), 10)
    expect([0, 1, 4, 10, 12].map((credit) => guard.stepsUntilDue(0, credit))).toEqual([4, 3, 2, 0, 0])
    // 9 007 199 254 740 991 / 3 is a whole number that a quotient of doubles still has.
    const large = new SequenceGuard(Float64Array.of(3), Number.MAX_SAFE_INTEGER)
    expect(large.stepsUntilDue(0, 0) * 3).toBeGreaterThanOrEqual(Number.MAX_SAFE_INTEGER)
    expect((large.stepsUntilDue(0, 0) - 1) * 3).toBeLessThan(Number.MAX_SAFE_INTEGER)
  })
})
