import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { littlesLaw, queueFor, workersFor } from './capacity.ts'
import { normalFrom, randomFrom } from './simulated-load.ts'
import { fitUsl, uslThroughput } from './usl.ts'

const CONCURRENCIES = [1, 2, 4, 8, 12, 16, 24, 32, 48, 64]

function measure(
  [lambda, sigma, kappa]: readonly [number, number, number],
  concurrencies: readonly number[] = CONCURRENCIES,
  noise: () => number = () => 0,
): { concurrency: number; throughput: number }[] {
  return concurrencies.map((n) => ({
    concurrency: n,
    throughput: ((lambda * n) / (1 + sigma * (n - 1) + kappa * n * (n - 1))) * Math.exp(noise()),
  }))
}

describe('the Universal Scalability Law', () => {
  it('is recovered from measurements without noise, at any scale', () => {
    const share = fc.double({ min: 0, max: 0.2, noNaN: true })
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e6, noNaN: true }), share, share, (lambda, sigma, kappa) => {
        const fit = fitUsl(measure([lambda, sigma, kappa / 10]))
        expect(fit.perWorker.value / lambda).toBeCloseTo(1, 5)
        expect(fit.contention.value).toBeCloseTo(sigma, 5)
        expect(fit.coherency.value).toBeCloseTo(kappa / 10, 5)
        expect(uslThroughput(fit, 100)).toBeCloseTo(uslThroughput(wrap(lambda, sigma, kappa / 10), 100), 3)
      }),
    )
  })

  it('of the test data of R’s package usl is σ = κ = 0.02', () => {
    const throughputs = [1, 1.8868, 3.0769, 3.5294, 3.5398, 3.3557]
    const fit = fitUsl([1, 2, 4, 6, 8, 10].map((n, at) => ({ concurrency: n, throughput: throughputs[at] as number })))
    expect(fit.contention.value).toBeCloseTo(0.02, 4)
    expect(fit.coherency.value).toBeCloseTo(0.02, 4)
    expect(fit.peakConcurrency.value).toBeCloseTo(7, 2)
  })

  it('of SPEC SDM91 has its peak at the published 97, to within the interval and 5 %', () => {
    // The data set specsdm91 of R's package usl, from Gunther's book. The peak is the package's own: it fits
    // throughput itself, where this fits its logarithm.
    const loads = [1, 18, 36, 72, 108, 144, 216]
    const throughputs = [64.9, 995.9, 1652.4, 1853.2, 1828.9, 1775, 1702.2]
    const { peakConcurrency } = fitUsl(
      loads.map((n, at) => ({ concurrency: n, throughput: throughputs[at] as number })),
    )
    expect(Math.abs((peakConcurrency.value as number) / 97 - 1)).toBeLessThan(0.05)
    expect(peakConcurrency.low).toBeLessThan(97)
    expect(peakConcurrency.high).toBeGreaterThan(97)
  })

  it('has intervals that hold the truth in about 95 % of measurements with 2 % noise', () => {
    const truth = [100, 0.03, 0.0005] as const
    const peak = Math.sqrt((1 - truth[1]) / truth[2])
    const most = uslThroughput(wrap(...truth), peak)
    let [peaks, tops, perWorker] = [0, 0, 0]
    for (let seed = 1; seed <= 300; seed++) {
      const random = randomFrom(seed)
      const fit = fitUsl(measure(truth, CONCURRENCIES, () => 0.02 * normalFrom(random)))
      const { low, high } = fit.peakConcurrency
      if ((low as number) <= peak && peak <= (high ?? Infinity)) peaks++
      if (fit.peakThroughput !== null && fit.peakThroughput.low <= most && most <= fit.peakThroughput.high) tops++
      if (fit.perWorker.low <= 100 && 100 <= fit.perWorker.high) perWorker++
    }
    expect(Math.min(peaks, tops, perWorker)).toBeGreaterThanOrEqual(0.92 * 300)
    expect(Math.max(peaks, tops, perWorker)).toBeLessThanOrEqual(0.98 * 300)
  })

  it('without a peak says so: linear, and with contention alone', () => {
    expect(fitUsl(measure([10, 0, 0])).peakConcurrency).toEqual({ value: null, low: null, high: null })
    const contended = fitUsl(measure([10, 0.1, 0]))
    expect(contended.peakThroughput?.value ?? 1000).toBeGreaterThan(99)
    expect(contended.contention.value).toBeCloseTo(0.1, 6)
  })

  it('can’t rule out that there is no peak when nothing was measured near it', () => {
    const random = randomFrom(8)
    const fit = fitUsl(measure([100, 0.03, 0.0005], [1, 2, 3, 4, 5, 6], () => 0.02 * normalFrom(random)))
    expect(fit.peakConcurrency.high).toBeNull()
  })

  it('stays at 0 or more where throughput is better than linear', () => {
    const fit = fitUsl(measure([10, -0.01, 0], [1, 2, 4, 8, 16]))
    expect([fit.contention.value, fit.coherency.value]).toEqual([0, 0])
  })

  it.each([
    [[], 'points must be at least 4'],
    ['x', 'points must be an array'],
    [measure([1, 0, 0], [1, 1, 2, 2]), 'points must have 3 different'],
    [[{ concurrency: 0, throughput: 1 }], 'points[0].concurrency'],
    [[{ concurrency: 1, throughput: 0 }], 'points[0].throughput'],
  ])('refuses %o', (points, message) => {
    expect(() => fitUsl(points as never)).toThrow(message)
  })
})

const exact = (value: number): { value: number; low: number; high: number } => ({ value, low: value, high: value })

function wrap(lambda: number, sigma: number, kappa: number): Parameters<typeof uslThroughput>[0] {
  return { perWorker: exact(lambda), contention: exact(sigma), coherency: exact(kappa) }
}

describe("Little's law", () => {
  it('gives the third of three, whichever is missing', () => {
    const amount = fc.double({ min: 1e-3, max: 1e6, noNaN: true })
    fc.assert(
      fc.property(amount, amount, (perSecond, timeMs) => {
        const { inSystem } = littlesLaw({ perSecond, timeMs })
        expect(littlesLaw({ inSystem, timeMs }).perSecond / perSecond).toBeCloseTo(1, 12)
        expect(littlesLaw({ inSystem, perSecond }).timeMs / timeMs).toBeCloseTo(1, 12)
      }),
    )
    expect(littlesLaw({ perSecond: 120, timeMs: 15 })).toEqual({ perSecond: 120, timeMs: 15, inSystem: 1.8 })
  })

  it.each([
    [{}],
    [{ perSecond: 1 }],
    [{ perSecond: 1, timeMs: 1, inSystem: 1 }],
    [{ inSystem: 1, perSecond: 0 }],
    [{ inSystem: 1, timeMs: 0 }],
    [{ perSecond: -1, timeMs: 1 }],
  ])('refuses %o', (known) => {
    expect(() => littlesLaw(known)).toThrow(/must be/)
  })
})

describe('workers and queues', () => {
  it('the tutorial’s 18 signals a second take 11 workers of 2.5 at 70 %', () => {
    expect(workersFor(18, 2.5)).toBe(11)
    expect(workersFor(18, 2.5, 1)).toBe(8)
  })

  it('are as many as it takes, and not one more', () => {
    const whole = fc.integer({ min: 1, max: 5000 })
    fc.assert(
      fc.property(whole, whole, fc.integer({ min: 1, max: 100 }), (peak, perWorker, percent) => {
        const workers = workersFor(peak, perWorker, percent / 100)
        // In whole numbers, which don't round.
        expect(workers * perWorker * percent).toBeGreaterThanOrEqual(peak * 100)
        if (workers > 1) expect((workers - 1) * perWorker * percent).toBeLessThan(peak * 100)
      }),
    )
  })

  it('hold what goes through in the time that may be waited', () => {
    expect(queueFor(18, 5000)).toBe(90)
    expect(queueFor(2.5, 1000)).toBe(2)
    expect(queueFor(0.1, 1000)).toBe(1)
    expect(queueFor(0.1 + 0.2, 10_000)).toBe(3)
  })

  it('refuse what is no amount', () => {
    expect(() => workersFor(-1, 1)).toThrow('peak')
    expect(() => workersFor(1, 0)).toThrow('perWorker')
    expect(() => workersFor(1, 1, 1.1)).toThrow('targetUtilization')
    expect(() => queueFor(Number.NaN, 1)).toThrow('peak')
    expect(() => queueFor(1, -1)).toThrow('maxWaitMs')
  })
})
