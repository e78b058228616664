import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Autoscaler } from './autoscaler.ts'
import type { ScalingNotHelpingEvent } from './autoscaler-events.ts'
import type { AutoscalerOptions } from './autoscaler-options.ts'
import { Plant, type PlantOptions, capped, usl } from './scaling-plant.ts'

// An autoscaler in charge of simulated workers, on manual time.

const MINUTE = 60_000

function inCharge(plantOptions: PlantOptions, options: Partial<AutoscalerOptions> = {}) {
  const plant = new Plant(plantOptions)
  const scaler = plant.autoscaler(options)
  const findings: ScalingNotHelpingEvent[] = []
  scaler.on('scaling-not-helping', (event) => findings.push(event))
  scaler.start()
  return { plant, scaler, findings }
}

/** As a statistics package gives it: plain numbers and estimates. */
const GIVEN = { perWorker: 1, contention: { value: 0.5 }, coherency: 0.25 }

const rising = (atMs: number): number => 100 + atMs / 2000

const lastChangeMs = (plant: Plant): number => plant.asked.at(-1)?.atMs ?? 0

/** The same every time: noise of a spread of about `spread`. */
function noise(spread: number): () => number {
  let state = 7
  return () => {
    let sum = 0
    for (let draw = 0; draw < 6; draw++) {
      state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
      sum += state / 2 ** 32 - 0.5
    }
    return 1 + spread * sum * Math.SQRT2
  }
}

describe('an autoscaler in charge of workers that add up', () => {
  it('finds the number for a load and stays there', async () => {
    const { plant, scaler } = inCharge({ arrivals: () => 700, law: usl(100, 0, 0) })
    await plant.run(20 * MINUTE)
    // Seven are busy all the time: ten at 70 %, and eleven are within a tenth of that.
    expect(plant.workers).toBeGreaterThanOrEqual(10)
    expect(plant.workers).toBeLessThanOrEqual(11)
    expect(plant.queueDepth).toBe(0)
    expect(scaler.snapshot()).toMatchObject({ plateau: 'free', ceiling: null, notHelping: 0 })
  })

  it('follows a spike up at once, and comes down when it has been over for long', async () => {
    const spike = (atMs: number): number => (atMs > 5 * MINUTE && atMs < 15 * MINUTE ? 2000 : 200)
    const { plant } = inCharge({ arrivals: spike, law: usl(100, 0, 0) })
    await plant.run(8 * MINUTE)
    expect(plant.workers).toBeGreaterThanOrEqual(29)
    await plant.run(11 * MINUTE)
    expect(plant.workers).toBeGreaterThanOrEqual(29)
    await plant.run(10 * MINUTE)
    expect(plant.workers).toBeLessThanOrEqual(4)
  })

  it('settles under any constant load, for any law that allows it', async () => {
    const law = fc.record({
      perWorker: fc.double({ min: 5, max: 200, noNaN: true }),
      alpha: fc.double({ min: 0, max: 0.05, noNaN: true }),
      beta: fc.double({ min: 0, max: 0.001, noNaN: true }),
    })
    const share = fc.double({ min: 0.02, max: 3, noNaN: true })
    await fc.assert(
      fc.asyncProperty(
        law,
        share,
        fc.integer({ min: 1, max: 60 }),
        async ({ perWorker, alpha, beta }, load, workers) => {
          const throughput = usl(perWorker, alpha, beta)
          const { plant } = inCharge(
            { arrivals: () => load * throughput(20), law: throughput, workers, capacity: 10_000 },
            // It would try again whether more help: that is no settling.
            { max: 60, plateau: { retryMs: 1e9 } },
          )
          await plant.run(60 * MINUTE)
          const changes = plant.asked.length
          await plant.run(30 * MINUTE)
          expect(plant.asked.slice(changes)).toEqual([])
        },
      ),
      { numRuns: 40 },
    )
  })
})

describe('an autoscaler whose workers are not the bottleneck', () => {
  it('stops where more bring no more, goes back to the fewest that do the same, and says why', async () => {
    const { plant, scaler, findings } = inCharge({ arrivals: () => 2000, law: capped(100, 1000) })
    await plant.run(10 * MINUTE)
    expect(plant.workers).toBe(10)
    expect(Math.max(...plant.asked.map(({ to }) => to))).toBeLessThanOrEqual(20)
    expect(findings).toMatchObject([{ workers: 20, sufficient: 10, bottleneck: 'downstream' }])
    expect(findings[0]?.points.map(({ concurrency }) => concurrency)).toEqual([1, 5, 10, 20])
    expect(scaler.snapshot()).toMatchObject({
      ceiling: 10,
      plateau: 'held',
      limitedBy: 'not-helping',
      bottleneck: 'downstream',
      notHelping: 1,
    })
  })

  it('finds it also where readings are noisy, and nothing waits', async () => {
    const { plant, findings } = inCharge({
      arrivals: () => 2000,
      law: capped(100, 1000),
      capacity: 5,
      noise: noise(0.05),
    })
    await plant.run(12 * MINUTE)
    expect(plant.workers).toBeGreaterThanOrEqual(9)
    expect(plant.workers).toBeLessThanOrEqual(11)
    expect(findings[0]).toMatchObject({ bottleneck: 'downstream' })
  })

  it('fits the law of contention, and stops long before its maximum', async () => {
    const { plant, findings } = inCharge({ arrivals: () => 2000, law: usl(100, 0.2, 0) }, { max: 1000 })
    await plant.run(20 * MINUTE)
    expect(findings[0]).toMatchObject({ bottleneck: 'contention', fit: { peakWorkers: null } })
    expect(findings[0]?.fit?.alpha).toBeCloseTo(0.2, 6)
    expect(findings[0]?.fit?.rSquared).toBeCloseTo(1, 6)
    const most = 100 / 0.2
    expect(usl(100, 0.2, 0)(plant.workers)).toBeGreaterThan(0.8 * most)
    expect(plant.workers).toBeLessThan(80)
  })

  it('goes back below the peak where more do less', async () => {
    const law = usl(100, 0.02, 0.002)
    const { plant, findings } = inCharge({ arrivals: () => 2000, law })
    await plant.run(10 * MINUTE)
    expect(findings).toMatchObject([{ workers: 40, sufficient: 20, bottleneck: 'coherency' }])
    expect(findings[0]?.fit?.peakWorkers).toBeCloseTo(Math.sqrt(0.98 / 0.002), 3)
    expect(plant.workers).toBeLessThan(22)
    expect(law(plant.workers)).toBeGreaterThan(0.95 * 0.95 * law(22))
  })

  it('takes the fit it is given', async () => {
    const { plant, scaler } = inCharge(
      { arrivals: () => 2000, law: capped(100, 1000) },
      { plateau: { fit: () => GIVEN } },
    )
    await plant.run(10 * MINUTE)
    expect(scaler.snapshot().fit).toMatchObject({ alpha: 0.5, peakWorkers: Math.SQRT2 })
  })

  it('tries a quarter more after ten minutes, and goes back when that brings nothing', async () => {
    const { plant, findings } = inCharge({ arrivals: () => 2000, law: capped(100, 1000) })
    await plant.run(10 * MINUTE)
    const heldMs = lastChangeMs(plant)
    await plant.run(20 * MINUTE)
    const later = plant.asked.filter(({ atMs }) => atMs > heldMs)
    expect(later.map(({ to }) => to)).toEqual([13, 10, 13, 10].slice(0, later.length))
    expect(later.length).toBeGreaterThanOrEqual(2)
    expect(later[0]!.atMs - heldMs).toBeGreaterThanOrEqual(10 * MINUTE - 15_000)
    expect(findings.at(-1)).toMatchObject({ sufficient: 10, bottleneck: 'downstream' })
  })

  it('goes up again when more help by then', async () => {
    const law = (workers: number, atMs: number): number => Math.min(100 * workers, atMs < 12 * MINUTE ? 1000 : 4000)
    const { plant, scaler } = inCharge({ arrivals: () => 2500, law, capacity: 500 })
    await plant.run(10 * MINUTE)
    expect(plant.workers).toBe(10)
    await plant.run(20 * MINUTE)
    expect(plant.workers).toBeGreaterThanOrEqual(25)
    expect(scaler.snapshot()).toMatchObject({ plateau: 'free', ceiling: null, fit: null })
  })

  it('tries again at once when each worker does clearly more or less', async () => {
    const law = (workers: number, atMs: number): number => Math.min(100 * workers, 1000) * (atMs < 8 * MINUTE ? 1 : 0.5)
    const { plant, scaler } = inCharge({ arrivals: () => 2000, law }, { plateau: { retryMs: 1e9 } })
    await plant.run(8 * MINUTE)
    expect(scaler.snapshot().plateau).toBe('held')
    await plant.run(2 * MINUTE)
    expect(scaler.snapshot().plateau).not.toBe('held')
    await plant.run(20 * MINUTE)
    expect([plant.workers, scaler.snapshot().plateau]).toEqual([10, 'held'])
  })

  it('does not go below what is done when nothing is done at all', async () => {
    const law = (workers: number, atMs: number): number => (atMs < 3 * MINUTE ? 100 * workers : 0)
    const { plant } = inCharge({ arrivals: () => 700, law, workers: 10 })
    await plant.run(13 * MINUTE)
    expect(plant.workers).toBeGreaterThanOrEqual(10)
    expect(plant.workers).toBeLessThanOrEqual(20)
  })

  it('holds what it found so far when the load goes down meanwhile', async () => {
    let perSecond = 2000
    const { plant, scaler } = inCharge({ arrivals: () => perSecond, law: capped(100, 1000), capacity: 500 })
    while (scaler.snapshot().plateau !== 'searching') await plant.run(15_000)
    perSecond = 300
    await plant.run(2 * MINUTE)
    expect(scaler.snapshot()).toMatchObject({ plateau: 'held', ceiling: 10 })
    await plant.run(15 * MINUTE)
    expect(plant.workers).toBeLessThanOrEqual(5)
  })

  it('lets be when told to', async () => {
    const { plant, scaler } = inCharge({ arrivals: () => 2000, law: capped(100, 1000) }, { plateau: false, max: 30 })
    await plant.run(10 * MINUTE)
    expect([plant.workers, scaler.snapshot().plateau]).toEqual([30, 'off'])
  })
})

describe('an autoscaler that looks ahead', () => {
  it('has the workers of the schedule ready before their time', async () => {
    const { plant, scaler } = inCharge(
      { arrivals: () => 10, law: usl(100, 0, 0) },
      {
        schedule: [
          { at: '00:30', workers: 20 },
          { at: '01:00', workers: 0 },
        ],
        timeZone: 'UTC',
        leadMs: 5 * MINUTE,
      },
    )
    await plant.run(24 * MINUTE)
    expect(plant.workers).toBe(1)
    await plant.run(5 * MINUTE)
    expect([plant.workers, scaler.snapshot().reason]).toEqual([20, 'schedule'])
    await plant.run(45 * MINUTE)
    expect(plant.workers).toBe(1)
  })

  it('has more workers under a rising load with a trend than without', async () => {
    const [ahead, behind] = await Promise.all(
      [{ trend: { horizonMs: 3 * MINUTE } }, {}].map(async (options) => {
        const { plant, scaler } = inCharge({ arrivals: rising, law: usl(100, 0, 0), workers: 3 }, options)
        await plant.run(20 * MINUTE)
        return { workers: plant.workers, snapshot: scaler.snapshot() }
      }),
    )
    expect(ahead!.workers).toBeGreaterThan(behind!.workers)
    // In three minutes 90 more a second come in: 0.9 of a worker that is to be busy for 70 %.
    expect(ahead!.snapshot.forecast).toBeCloseTo((100 + 23 * 30 - 7) / 70, 0)
    expect(behind!.snapshot.forecast).toBeNull()
  })

  it('needs no more for a trend that falls', async () => {
    const { plant } = inCharge(
      { arrivals: (atMs) => 2000 - atMs / 1000, law: usl(100, 0, 0), workers: 29 },
      { trend: { horizonMs: 10 * MINUTE } },
    )
    await plant.run(10 * MINUTE)
    expect(Math.min(...plant.asked.map(({ to }) => to), 29)).toBeGreaterThanOrEqual(20)
  })
})

describe('whatever the load', () => {
  const reading = fc.oneof(
    fc.record({
      utilization: fc.double({ min: 0, max: 2, noNaN: true }),
      queueDepth: fc.option(fc.nat(100_000), { nil: undefined }),
      throughput: fc.option(fc.double({ min: 0, max: 1e6, noNaN: true }), { nil: undefined }),
    }),
    fc.constant({ utilization: Number.NaN, queueDepth: undefined, throughput: undefined }),
    fc.constant({ utilization: 1, queueDepth: Infinity, throughput: 1 }),
    fc.constant(undefined),
  )
  const step = fc.record({
    reading,
    workers: fc.option(fc.nat(60), { nil: undefined }),
    scales: fc.constantFrom('works', 'works', 'works', 'fails', 'ignores'),
    floor: fc.oneof(fc.nat(100), fc.constant(Number.NaN)),
    passedMs: fc.integer({ min: 1, max: 120_000 }),
  })

  it('asks only for whole numbers within its bounds, never in a cooldown, and in steps', async () => {
    const bounds = fc.tuple(fc.integer({ min: 1, max: 20 }), fc.nat(30))
    await fc.assert(
      fc.asyncProperty(bounds, fc.array(step, { maxLength: 60 }), async ([min, extra], steps) => {
        const max = min + extra
        const plant = new Plant({ arrivals: () => 0, law: () => 0, workers: min })
        let now: (typeof steps)[number] | undefined
        const changes: { readonly from: number; readonly to: number; readonly atMs: number }[] = []
        const scaler: Autoscaler = plant.autoscaler({
          min,
          max,
          up: { cooldownMs: 30_000, maxStep: 3, maxRatio: 0.5 },
          down: { cooldownMs: 60_000, maxStep: 2, maxRatio: 0.25, stabilizationMs: 100_000 },
          trend: { horizonMs: 60_000 },
          schedule: () => now?.floor ?? 0,
          onListenerError: () => {},
          read: () => {
            if (!now?.reading) throw new Error('no reading')
            return { workers: plant.workers, ...now.reading }
          },
          scale: (to) => {
            expect(Number.isInteger(to) && to >= min && to <= max).toBe(true)
            if (now?.scales === 'fails') throw new Error('no machines')
            changes.push({ from: plant.workers, to, atMs: plant.clock.now() })
            if (now?.scales === 'works') plant.workers = to
          },
        })
        for (now of steps) {
          plant.workers = now.workers ?? plant.workers
          await scaler.evaluate()
          plant.clock.advance(now.passedMs)
        }
        for (const [index, { from, to, atMs }] of changes.entries()) {
          const isInside = from >= min && from <= max
          if (isInside && to > from) expect(to - from).toBeLessThanOrEqual(Math.max(3, from * 0.5))
          if (isInside && to < from) expect(from - to).toBeLessThanOrEqual(Math.max(2, from * 0.25))
          const before = changes[index - 1]
          if (before) expect(atMs - before.atMs).toBeGreaterThanOrEqual(to > from ? 30_000 : 60_000)
        }
        const snapshot = scaler.snapshot()
        expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot)
        expect(plant.clock.pendingTimers).toBe(0)
      }),
    )
  })

  it('stays within its bounds and ends near what is needed, for any law and load that comes and goes', async () => {
    const laws = fc.oneof(
      fc
        .tuple(fc.double({ min: 0, max: 0.5, noNaN: true }), fc.double({ min: 0, max: 0.02, noNaN: true }))
        .map(([alpha, beta]) => usl(50, alpha, beta)),
      fc.integer({ min: 50, max: 2000 }).map((capacity) => capped(50, capacity)),
    )
    const loads = fc.array(fc.double({ min: 0, max: 3000, noNaN: true }), { minLength: 3, maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(laws, loads, async (law, levels) => {
        const arrivals = (atMs: number): number => levels[Math.min(2, Math.floor(atMs / (20 * MINUTE)))] as number
        const { plant, scaler } = inCharge({ arrivals, law, capacity: 1000 }, { min: 2, max: 50 })
        await plant.run(60 * MINUTE)
        scaler.stop()
        for (const { to } of plant.asked) expect(to >= 2 && to <= 50).toBe(true)
        // Enough for the last load, or for as much as can be done at all.
        const best = Math.max(...Array.from({ length: 50 }, (_, index) => law(index + 1)))
        expect(law(plant.workers)).toBeGreaterThanOrEqual(Math.min(levels[2] as number, best) * 0.8)
      }),
      { numRuns: 40 },
    )
  })
})
