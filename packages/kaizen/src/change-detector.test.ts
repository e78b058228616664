import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ChangeDetector, type ChangeEvent, changePoints } from './change-detector.ts'
import { NILE } from './nile.ts'
import { normalFrom, randomFrom } from './simulated-load.ts'

const LEARNED = 20_000

/** How many values of mean `shift` it takes to an alarm, on average, when mean and deviation are known. */
function runLength(threshold: number, shift: number, runs: number): number {
  let total = 0
  for (let seed = 1; seed <= runs; seed++) {
    const random = randomFrom(seed)
    const detector = new ChangeDetector({ warmUp: LEARNED, threshold })
    for (let index = 0; index < LEARNED; index++) detector.observe(normalFrom(random))
    do total++
    while (detector.observe(shift + normalFrom(random)) === undefined)
  }
  return total / runs
}

const places = (of: readonly number[]): unknown => changePoints(of).map(({ at, detectedAt }) => [at, detectedAt])

describe('run lengths', () => {
  // Montgomery, Introduction to Statistical Quality Control, table 9.3, for a slack of 0.5.
  it.each([
    [4, 0, 168],
    [5, 0, 465],
    [4, 1, 8.38],
    [5, 1, 10.4],
    [5, 2, 4.01],
  ])(
    'at a threshold of %f and a shift of %f are the published %f, to within 15 of 100',
    (threshold, shift, published) => {
      const measured = runLength(threshold, shift, 150)
      expect(Math.abs(measured / published - 1)).toBeLessThan(0.15)
    },
  )
})

describe('a change', () => {
  it('of the Nile is found where it was: 1899', () => {
    const [change, ...more] = changePoints(NILE, { warmUp: 20, threshold: 5 })
    expect(change).toMatchObject({ direction: 'down', at: 28, detectedAt: 31, after: 795.5 })
    expect(change?.before).toBeCloseTo(1070.85, 9)
    expect(more).toEqual([])
  })

  it('is told with its direction, place and level, and what follows is learned anew', () => {
    const random = randomFrom(5)
    const levels = [...Array(60).fill(100), ...Array(60).fill(110), ...Array(60).fill(90)] as number[]
    const detector = new ChangeDetector()
    const told: ChangeEvent[] = []
    detector.on('change', (event) => told.push(event))
    for (const level of levels) detector.observe(level + 2 * normalFrom(random))
    expect(told.map(({ direction, at }) => [direction, at])).toEqual([
      ['up', 60],
      ['down', 120],
    ])
    expect(told[0]?.before).toBeCloseTo(100, -0.5)
    expect(told[0]?.after).toBeCloseTo(110, -0.5)
    expect(detector.snapshot()).toMatchObject({ count: 180, changes: 2, invalid: 0 })
  })

  it('is never one value alone, however far away', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.integer({ min: 1, max: 500 }),
        (wild, seed) => {
          const random = randomFrom(seed)
          const detector = new ChangeDetector({ threshold: 20 })
          for (let index = 0; index < 40; index++) detector.observe(normalFrom(random))
          const { upRatio, downRatio } = detector.snapshot()
          expect(detector.observe(wild)).toBeUndefined()
          expect(detector.snapshot().upRatio).toBeLessThanOrEqual(upRatio + 0.5 + 1e-12)
          expect(detector.snapshot().downRatio).toBeLessThanOrEqual(downRatio + 0.5 + 1e-12)
        },
      ),
    )
  })

  it('after a constant series is whatever differs three times', () => {
    const detector = new ChangeDetector({ warmUp: 8 })
    for (let index = 0; index < 50; index++) expect(detector.observe(5)).toBeUndefined()
    for (let index = 0; index < 2; index++) expect(detector.observe(6)).toBeUndefined()
    expect(detector.observe(6)).toEqual({ direction: 'up', at: 50, detectedAt: 52, before: 5, after: 6 })
  })

  it('is the same in another unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.constantFrom(2 ** -30, 0.25, 1024), (seed, unit) => {
        const random = randomFrom(seed)
        const values = Array.from({ length: 150 }, (_, at) => normalFrom(random) + (at > 70 ? 2 : 0) + 50)
        expect(places(values.map((value) => value * unit))).toEqual(places(values))
      }),
    )
  })
})

describe('the detector', () => {
  it('says how much evidence there is, and nothing while it learns', () => {
    const detector = new ChangeDetector({ warmUp: 8 })
    expect(detector.snapshot()).toMatchObject({ isLearning: true, mean: null, standardDeviation: null })
    for (const value of [1, 2, 3, 4, 1, 2, 3, 4]) detector.observe(value)
    expect(detector.snapshot()).toMatchObject({ isLearning: false, upRatio: 0, downRatio: 0 })
    expect(detector.snapshot().mean).toBeCloseTo(2.5, 12)
    detector.observe(5)
    expect(detector.snapshot().upRatio).toBeGreaterThan(0.1)
    detector.reset()
    expect(detector.snapshot()).toMatchObject({ isLearning: true, upRatio: 0, count: 9 })
  })

  it('counts what is no value as invalid and is not moved by it', () => {
    const detector = new ChangeDetector()
    for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY, '5', undefined]) detector.observe(wrong as number)
    expect(detector.snapshot()).toMatchObject({ count: 0, invalid: 4 })
  })

  it.each([
    [{ name: '' }, 'name'],
    [{ warmUp: 7 }, 'warmUp'],
    [{ threshold: 0 }, 'threshold'],
    [{ slack: Number.NaN }, 'slack'],
    [{ onListenerError: 1 }, 'onListenerError'],
  ])('refuses %o', (wrong, message) => {
    expect(() => new ChangeDetector(wrong as never)).toThrow(message)
    expect(() => changePoints(5 as never)).toThrow(TypeError)
  })
})
