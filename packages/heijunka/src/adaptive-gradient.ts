import { type AdaptiveLimit, BoundedLimit, type LimitBounds, type LimitChange } from './adaptive-limit.ts'

/** What the rule works with. */
export interface GradientSettings extends LimitBounds {
  readonly kind: 'gradient'
  /** How long latencies are gathered for one step, in ms, at the least. */
  readonly windowMs: number
  /** How many of them one step needs. */
  readonly minSamples: number
  /** How much slower than the baseline calls may be. */
  readonly tolerance: number
  /** How much of a step is made. */
  readonly smoothing: number
  /** How many calls a step may add: the queue that is allowed at the other side. */
  readonly headroom: number
  /** Over how many windows the baseline is averaged. */
  readonly baselineWindows: number
  /** How often the baseline is measured anew at half the limit, in ms. */
  readonly probeEveryMs: number
}

const WARM_UP_WINDOWS = 10
/** A step never takes more than half of the limit. */
const LEAST_GRADIENT = 0.5
/** How many times the samples of a step a probe takes: the baseline stands for long. */
const PROBE_STEPS = 5

/** Latencies gathered, from a moment on. */
class Samples {
  sumMs = 0
  count = 0
  mostInFlight = 0
  readonly sinceMs: number

  constructor(sinceMs: number) {
    this.sinceMs = sinceMs
  }

  has(count: number, windowMs: number, nowMs: number): boolean {
    return this.count >= count && nowMs - this.sinceMs >= windowMs
  }

  add(ms: number, inFlight: number): void {
    this.sumMs += ms
    this.count++
    this.mostInFlight = Math.max(this.mostInFlight, inFlight)
  }

  get meanMs(): number {
    return this.sumMs / this.count
  }
}

/**
 * Follows the gradient of latency: the limit grows while calls take about as long as in the long run, and shrinks in
 * proportion when they take longer, because then they queue. Source: Gradient2 of Netflix concurrency-limits, with what
 * hurt there: the headroom is added only where nothing queues; drops count, once a round trip; and because a long run of
 * queueing becomes the long run, the baseline is measured anew now and then at half the limit, as Envoy's adaptive
 * concurrency and TCP BBR (ProbeRTT) do.
 */
export class GradientLimit implements AdaptiveLimit {
  readonly #settings: GradientSettings
  readonly #limit: BoundedLimit
  #samples: Samples | undefined
  #probe: { readonly sinceMs: number; readonly samples: Samples } | undefined
  #probedAtMs: number | undefined
  #windows = 0
  #baselineMs: number | undefined
  #latencyMs: number | undefined

  constructor(settings: GradientSettings) {
    this.#settings = settings
    this.#limit = new BoundedLimit(settings)
  }

  get limit(): number {
    return Math.floor(this.#probe ? this.#limit.half : this.#limit.value)
  }

  get baselineMs(): number | undefined {
    return this.#baselineMs
  }

  get latencyMs(): number | undefined {
    return this.#latencyMs
  }

  success(beganMs: number, endedMs: number, inFlight: number): LimitChange | undefined {
    if (this.#probe) return this.#measure(beganMs, endedMs)
    if (this.#limit.isStale(beganMs)) return undefined
    const samples = (this.#samples ??= new Samples(endedMs))
    samples.add(endedMs - beganMs, inFlight)
    const { minSamples, windowMs } = this.#settings
    if (!samples.has(minSamples, windowMs, endedMs)) return undefined
    this.#samples = undefined
    return this.#step(samples, endedMs)
  }

  drop(beganMs: number, endedMs: number): LimitChange | undefined {
    if (!this.#limit.fall(beganMs, endedMs)) return undefined
    this.#samples = undefined
    return 'drop'
  }

  #step({ meanMs, mostInFlight }: Samples, nowMs: number): LimitChange | undefined {
    const baselineMs = this.#learn(meanMs)
    const { value } = this.#limit
    // What isn't used says nothing about what is possible.
    if (mostInFlight < value / 2) return undefined
    this.#probedAtMs ??= nowMs
    if (nowMs - this.#probedAtMs >= this.#settings.probeEveryMs) {
      // The first to end would be the fastest: those count that end once all from before have ended.
      this.#probe = { sinceMs: nowMs, samples: new Samples(nowMs + 2 * meanMs) }
      return 'probe'
    }
    const { tolerance, smoothing, headroom } = this.#settings
    const gradient = meanMs > 0 ? Math.min(1, Math.max(LEAST_GRADIENT, (tolerance * baselineMs) / meanMs)) : 1
    const wanted = gradient === 1 ? value + headroom : value * gradient
    this.#limit.value = value + smoothing * (wanted - value)
    return gradient === 1 ? 'growth' : 'latency'
  }

  /** Averages the window into the baseline. */
  #learn(meanMs: number): number {
    this.#latencyMs = meanMs
    this.#windows++
    const before = this.#baselineMs ?? meanMs
    const weight = this.#windows <= WARM_UP_WINDOWS ? 1 / this.#windows : 2 / (this.#settings.baselineWindows + 1)
    const after = before + weight * (meanMs - before)
    // After a long time of slowness it comes down faster than an average does.
    return (this.#baselineMs = after > 2 * meanMs ? after * 0.95 : after)
  }

  /** Gathers what began at half the limit; with enough of that, it is the baseline. */
  #measure(beganMs: number, endedMs: number): LimitChange | undefined {
    if (!this.#probe) return undefined
    const { sinceMs, samples } = this.#probe
    if (beganMs < sinceMs || endedMs < samples.sinceMs) return undefined
    samples.add(endedMs - beganMs, 0)
    const { minSamples, windowMs } = this.#settings
    if (!samples.has(PROBE_STEPS * minSamples, windowMs, endedMs)) return undefined
    this.#baselineMs = samples.meanMs
    this.#probedAtMs = endedMs
    this.#probe = undefined
    return 'probe'
  }
}
