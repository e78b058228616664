import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bottleneckOf } from './scaling-bottleneck.ts'
import { fitThroughput } from './scaling-fit.ts'
import { capped, usl } from './scaling-plant.ts'
import { type ThroughputPoint, fitUsl, peakOf, uslThroughput } from './usl.ts'

const COUNTS = [1, 2, 4, 8, 16, 32]

function measure(law: (workers: number) => number, counts: readonly number[] = COUNTS): ThroughputPoint[] {
  return counts.map((concurrency) => ({ concurrency, throughput: law(concurrency) }))
}

function bottleneck(law: (workers: number) => number, counts?: readonly number[]): string {
  const points = measure(law, counts)
  return bottleneckOf(points, fitUsl(points), 0.05)
}

describe('the fit of the Universal Scalability Law', () => {
  it('finds the law that measurements without noise follow, at any scale', () => {
    const share = fc.double({ min: 0, max: 0.3, noNaN: true })
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e6, noNaN: true }), share, share, (perWorker, alpha, tenBetas) => {
        const fit = fitUsl(measure(usl(perWorker, alpha, tenBetas / 10)))
        expect((fit?.perWorker ?? 0) / perWorker).toBeCloseTo(1, 4)
        expect(fit?.alpha).toBeCloseTo(alpha, 4)
        expect(fit?.beta).toBeCloseTo(tenBetas / 10, 4)
        expect(fit?.rSquared).toBeGreaterThan(0.999)
      }),
    )
  })

  it('of the test data of R’s package usl is α = β = 0.02, with the peak at 7', () => {
    const throughputs = [1, 1.8868, 3.0769, 3.5294, 3.5398, 3.3557]
    const fit = fitUsl([1, 2, 4, 6, 8, 10].map((n, at) => ({ concurrency: n, throughput: throughputs[at] as number })))
    expect(fit?.alpha).toBeCloseTo(0.02, 3)
    expect(fit?.beta).toBeCloseTo(0.02, 3)
    expect(fit?.peakWorkers).toBeCloseTo(7, 1)
  })

  it('never has a contention or coherency below 0', () => {
    const point = fc.record({
      concurrency: fc.integer({ min: 1, max: 500 }),
      throughput: fc.double({ min: 1e-6, max: 1e9, noNaN: true }),
    })
    fc.assert(
      fc.property(fc.uniqueArray(point, { selector: ({ concurrency }) => concurrency, minLength: 2 }), (points) => {
        const fit = fitUsl(points)
        if (!fit) return
        expect(fit.perWorker).toBeGreaterThan(0)
        expect(Math.min(fit.alpha, fit.beta)).toBeGreaterThanOrEqual(0)
        expect(fit.rSquared).toBeLessThanOrEqual(1)
        expect(JSON.parse(JSON.stringify(fit))).toEqual(fit)
      }),
    )
  })

  it('of workers that add up in full has neither, and no peak', () => {
    expect(fitUsl(measure((n) => 10 * n))).toMatchObject({ alpha: 0, beta: 0, peakWorkers: null, points: 6 })
    // Better than linear is taken for linear.
    expect(fitUsl(measure((n) => n ** 1.1))).toMatchObject({ alpha: 0, beta: 0 })
  })

  it('of two numbers of workers with the same throughput is pure contention', () => {
    const fit = fitUsl(measure(() => 400, [4, 8]))
    expect(fit?.alpha).toBeCloseTo(1, 6)
    expect(fit).toMatchObject({ beta: 0, peakWorkers: null, rSquared: 1 })
  })

  it('needs two numbers of workers', () => {
    expect([fitUsl([]), fitUsl(measure((n) => n, [3]))]).toEqual([undefined, undefined])
  })

  it('has its peak at √((1 − α) / β)', () => {
    expect([peakOf(0.19, 0.0001), peakOf(0, 0), peakOf(1.5, 0.1)]).toEqual([90, null, 1])
    const law = { perWorker: 1, alpha: 0.19, beta: 0.0001 }
    for (const n of [89, 91]) expect(uslThroughput(law, n)).toBeLessThan(uslThroughput(law, 90))
  })
})

describe('a fit that is given', () => {
  const points = measure(usl(100, 0.05, 0.001))

  it('is used, with numbers or with estimates', () => {
    const given = { perWorker: { value: 100, low: 1, high: 2 }, contention: 0.05, coherency: { value: 0.001 } }
    const fit = fitThroughput(
      points,
      () => given,
      () => expect.unreachable(),
    )
    expect(fit).toMatchObject({ perWorker: 100, alpha: 0.05, beta: 0.001, points: 6 })
    expect(fit?.peakWorkers).toBeCloseTo(Math.sqrt(950), 9)
    expect(fit?.rSquared).toBeCloseTo(1, 9)
  })

  it.each([
    ['throws', () => expect.unreachable('fit')],
    ['gives nonsense', () => ({ perWorker: Number.NaN, contention: 0, coherency: 0 })],
    ['gives nothing', () => undefined as never],
  ])('that %s is replaced by the one built in, and reported', (_, fit) => {
    const errors: unknown[] = []
    const found = fitThroughput(points, fit, (error) => errors.push(error))
    expect(found?.alpha).toBeCloseTo(0.05, 6)
    expect(errors).toHaveLength(1)
  })
})

describe('the bottleneck', () => {
  it('is coherency where more do less', () => {
    expect(bottleneck(usl(100, 0.02, 0.002))).toBe('coherency')
    expect(bottleneck((n) => (n < 8 ? 100 * n : 300))).toBe('coherency')
  })

  it('is contention where each brings less, from the first on', () => {
    expect(bottleneck(usl(100, 0.1, 0), [1, 2, 5, 10, 20, 40])).toBe('contention')
    expect(bottleneck(usl(100, 0.3, 0), [1, 2, 4])).toBe('contention')
  })

  it('is downstream where they add up in full and then bring nothing', () => {
    expect(bottleneck(capped(100, 1000))).toBe('downstream')
    expect(bottleneck(capped(100, 600), [2, 4, 8])).toBe('downstream')
  })

  it('is unknown with fewer than three numbers of workers', () => {
    expect([bottleneck(() => 100, [4, 8]), bottleneck(() => 100, [4]), bottleneck(() => 100, [])]).toEqual([
      'unknown',
      'unknown',
      'unknown',
    ])
  })
})
