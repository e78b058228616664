import { describe, expect, it } from 'vitest'
import { Rate } from './rate.ts'

describe('Rate', () => {
  it('spreads what came in the first second over a whole one', () => {
    const rate = new Rate()
    for (let i = 0; i < 5; i++) rate.add(10)
    expect(rate.perSecond(100)).toBe(5)
    expect(rate.perSecond(2_500)).toBe(2)
  })

  it('forgets what is older than ten seconds', () => {
    const rate = new Rate()
    rate.add(500)
    expect(rate.perSecond(9_999)).toBeGreaterThan(0)
    expect(rate.perSecond(10_000)).toBe(0)
    rate.add(12_345_678)
    expect(rate.perSecond(12_345_678)).toBeGreaterThan(0)
  })
})
