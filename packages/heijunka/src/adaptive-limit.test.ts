import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AimdLimit, type AimdSettings } from './adaptive-aimd.ts'
import { GradientLimit, type GradientSettings } from './adaptive-gradient.ts'
import { seeded, simulate } from './limiter-test-kit.ts'

const BOUNDS = { initialLimit: 20, minLimit: 1, maxLimit: 1000, backoffRatio: 0.9 }
const aimd = (settings: Partial<AimdSettings> = {}): AimdLimit =>
  new AimdLimit({ kind: 'aimd', ...BOUNDS, increase: 1, slowMs: Number.POSITIVE_INFINITY, ...settings })
const gradient = (settings: Partial<GradientSettings> = {}): GradientLimit =>
  new GradientLimit({
    kind: 'gradient',
    ...BOUNDS,
    windowMs: 1000,
    minSamples: 10,
    tolerance: 1.5,
    smoothing: 0.2,
    headroom: 4,
    baselineWindows: 600,
    probeEveryMs: 60_000,
    ...settings,
  })
const RULES = [
  ['aimd', aimd],
  ['gradient', gradient],
] as const

/** Service times around `meanMs`, as a server with caches and pauses has them: exponential, the same at every run. */
function noisy(meanMs: number, seed = 1): () => number {
  const random = seeded(seed)
  return () => -Math.log(1 - random()) * meanMs
}

/** One window's worth of calls that took `ms`. */
function window(limit: GradientLimit, fromMs: number, ms: number, inFlight = 1000): void {
  limit.success(fromMs - ms, fromMs, inFlight)
  for (let call = 0; call < 9; call++) limit.success(fromMs + 1000 - ms, fromMs + 1000, inFlight)
}

describe.each(RULES)('%s', (_name, make) => {
  it('stays within its bounds, an integer, whatever happens', () => {
    const step = fc.record({
      afterMs: fc.double({ min: 0, max: 5000, noNaN: true }),
      tookMs: fc.double({ min: 0, max: 5000, noNaN: true }),
      inFlight: fc.integer({ min: 1, max: 2000 }),
      isDrop: fc.boolean(),
    })
    const bounds = fc
      .tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 50 }))
      .map(([minLimit, more, evenMore]) => ({
        minLimit,
        initialLimit: minLimit + more,
        maxLimit: minLimit + more + evenMore,
      }))
    fc.assert(
      fc.property(bounds, fc.array(step, { maxLength: 200 }), (given, steps) => {
        const rule = make({ ...given, probeEveryMs: 3000, minSamples: 2 })
        let nowMs = 0
        for (const { afterMs, tookMs, inFlight, isDrop } of steps) {
          nowMs += afterMs
          if (isDrop) rule.drop(nowMs - tookMs, nowMs)
          else rule.success(nowMs - tookMs, nowMs, inFlight)
          expect(rule.limit).toBeGreaterThanOrEqual(given.minLimit)
          expect(rule.limit).toBeLessThanOrEqual(given.maxLimit)
          expect(Number.isInteger(rule.limit)).toBe(true)
        }
      }),
    )
  })

  it('does not grow while less than half of it is used', () => {
    const rule = make()
    simulate({ limit: rule, servers: 100, serviceMs: () => 20, demand: () => 9, forMs: 300_000 })
    expect(rule.limit).toBe(20)
    const used = make()
    simulate({ limit: used, servers: 100, serviceMs: () => 20, demand: () => 15, forMs: 300_000 })
    expect(used.limit).toBeGreaterThan(25)
    expect(used.limit).toBeLessThanOrEqual(31)
  })

  it('falls at a drop, and once only for calls that were under way together', () => {
    const rule = make({ initialLimit: 100 })
    expect(rule.drop(0, 100)).toBe('drop')
    expect(rule.limit).toBe(90)
    expect([rule.drop(50, 120), rule.drop(99, 150)]).toEqual([undefined, undefined])
    expect(rule.drop(100, 300)).toBe('drop')
    expect(rule.limit).toBe(81)
  })

  it('grows to the most where everything is fast', () => {
    const rule = make({ maxLimit: 60 })
    simulate({ limit: rule, servers: 1000, serviceMs: () => 50, forMs: 120_000 })
    expect(rule.limit).toBe(60)
  })
})

describe('aimd', () => {
  it('adds one for each limit worth of successes', () => {
    const rule = aimd({ initialLimit: 10 })
    for (let call = 0; call < 10; call++) {
      expect(rule.limit).toBe(10)
      rule.success(0, 10, 10)
    }
    rule.success(0, 10, 10)
    expect(rule.limit).toBe(11)
  })

  it('does not grow by what began before it fell', () => {
    const rule = aimd({ initialLimit: 10, increase: 100 })
    rule.drop(0, 50)
    expect(rule.success(40, 60, 10)).toBeUndefined()
    expect(rule.success(50, 70, 10)).toBe('growth')
  })

  it('takes a slow success for a drop', () => {
    const rule = aimd({ initialLimit: 100, slowMs: 500 })
    expect(rule.success(0, 499, 1)).toBeUndefined()
    expect(rule.success(0, 500, 1)).toBe('latency')
    expect([rule.limit, rule.latencyMs, rule.baselineMs]).toEqual([90, 500, undefined])
  })

  it('keeps a server busy and its queue short of the timeout', () => {
    const rule = aimd()
    const stretches = simulate({ limit: rule, servers: 20, serviceMs: noisy(50), timeoutMs: 400, forMs: 120_000 })
    for (const { perSecond, meanLatencyMs } of stretches.slice(2)) {
      expect(perSecond).toBeGreaterThan(0.93 * 400)
      expect(meanLatencyMs).toBeLessThan(200)
    }
  })
})

describe('gradient', () => {
  it('settles near what the server bears, and keeps it busy', () => {
    const rule = gradient()
    const stretches = simulate({ limit: rule, servers: 20, serviceMs: () => 50, forMs: 600_000 })
    for (const { limit, perSecond, meanLatencyMs } of stretches.slice(2)) {
      expect(limit).toBeGreaterThanOrEqual(20)
      // Tolerance × servers, and a little.
      expect(limit).toBeLessThanOrEqual(36)
      expect(perSecond).toBeGreaterThan(0.97 * 400)
      expect(meanLatencyMs).toBeLessThan(95)
    }
    const last = stretches.slice(5).map(({ limit }) => limit)
    expect(Math.max(...last) - Math.min(...last)).toBeLessThanOrEqual(4)
  })

  it('settles there with service times that vary', () => {
    const rule = gradient()
    const stretches = simulate({ limit: rule, servers: 20, serviceMs: noisy(50), forMs: 600_000 })
    for (const { limit, perSecond } of stretches.slice(2)) {
      expect(limit).toBeGreaterThanOrEqual(15)
      expect(limit).toBeLessThanOrEqual(45)
      expect(perSecond).toBeGreaterThan(0.9 * 400)
    }
  })

  it('drifts up for ever without its probes, which is why it has them', () => {
    const rule = gradient({ probeEveryMs: Number.POSITIVE_INFINITY })
    const stretches = simulate({ limit: rule, servers: 10, serviceMs: () => 50, forMs: 1_200_000 })
    expect(stretches.at(-1)?.limit).toBeGreaterThan(5 * 15)
  })

  it('shrinks when latency doubles, and finds its way back when it is less again', () => {
    const rule = gradient({ probeEveryMs: 30_000, maxLimit: 60 })
    const limits: number[] = []
    const watched = {
      get limit() {
        return rule.limit
      },
      success: (beganMs: number, endedMs: number, inFlight: number) => {
        rule.success(beganMs, endedMs, inFlight)
        if (endedMs >= 200_000 && endedMs < 215_000) limits.push(rule.limit)
      },
      drop: () => undefined,
    }
    // Not a queue but the calls themselves take longer, as with a slow disk behind the server.
    const stretches = simulate({
      limit: watched,
      servers: 1000,
      serviceMs: (nowMs) => (nowMs >= 200_000 && nowMs < 400_000 ? 100 : 50),
      demand: () => 40,
      forMs: 600_000,
    })
    expect(limits[0]).toBeGreaterThanOrEqual(40)
    expect(Math.min(...limits)).toBeLessThan(0.8 * (limits[0] ?? 0))
    // Later that is how fast the other side is.
    expect(rule.baselineMs).toBeLessThan(60)
    expect(stretches.at(-1)?.perSecond).toBeGreaterThan(0.97 * 800)
  })

  it('adds the headroom only where nothing queues', () => {
    const rule = gradient({ initialLimit: 100, smoothing: 1 })
    for (let step = 0; step < 10; step++) window(rule, step * 2000, 100)
    expect(rule.limit).toBe(140)
    const before = rule.limit
    window(rule, 30_000, 300)
    // 1.5 times the baseline is about half of it: and nothing is added.
    const expected = (before * 1.5 * (rule.baselineMs ?? 0)) / 300
    expect(rule.limit).toBe(Math.floor(expected))
  })

  it('never takes more than half at one step', () => {
    const rule = gradient({ initialLimit: 100, smoothing: 1 })
    for (let step = 0; step < 10; step++) window(rule, step * 2000, 10)
    const before = rule.limit
    window(rule, 30_000, 10_000)
    expect(rule.limit).toBe(before / 2)
  })

  it('probes at half the limit and believes what it sees there', () => {
    const rule = gradient({ initialLimit: 100, probeEveryMs: 5000 })
    let nowMs = 0
    for (; nowMs < 6000; nowMs += 1000) window(rule, nowMs, 200)
    // Six windows, four of which made a step of 0.2 × 4; the last one began the probe.
    const [full, half] = [103, 51]
    expect(rule.limit).toBe(half)
    // Calls from before the probe, and the first of it, which are the fastest, don't count.
    for (let call = 0; call < 100; call++) rule.success(nowMs - 100, nowMs + 10, 100)
    for (let call = 0; call < 100; call++) rule.success(nowMs + 20, nowMs + 50, 100)
    expect(rule.limit).toBe(half)
    for (let call = 0; call < 50; call++) rule.success(nowMs + 900, nowMs + 1000, 100)
    expect(rule.success(nowMs + 1500, nowMs + 1600, 100)).toBe('probe')
    expect(rule.limit).toBe(full)
    expect(rule.baselineMs).toBeCloseTo(100, 5)
  })

  it('comes down quickly when calls become much faster than the baseline', () => {
    const rule = gradient()
    for (let step = 0; step < 20; step++) window(rule, step * 2000, 1000, 1)
    expect(rule.baselineMs).toBeCloseTo(1000, 5)
    for (let step = 20; step < 40; step++) window(rule, step * 2000, 100, 1)
    expect(rule.baselineMs).toBeLessThan(400)
  })
})
