import type { ThroughputPoint } from './usl.ts'

/** How many numbers of workers are remembered, and how many readings of each. */
const MAX_COUNTS = 64
const MAX_READINGS = 8
/** How much readings spread as long as nothing is known: standard deviation over mean. */
const ASSUMED_SPREAD = 0.05
/** How many standard errors are beyond noise. */
const BEYOND_NOISE = 2

/** Whether the last workers that were added brought more. `'first'`: nothing was measured with fewer. */
export type Verdict = 'helps' | 'not-helping' | 'unclear' | 'first'

/** What evidence is weighed by. */
export interface EvidenceSettings {
  readonly minReadings: number
  readonly minGainRatio: number
  /** How long readings are believed. */
  readonly retryMs: number
}

interface Summary {
  readonly mean: number
  readonly count: number
}

/**
 * What workers did when all of them were busy, by their number: at most 64 numbers, the last 8 readings of each. It tells
 * whether more workers do more beyond noise.
 */
export class ScalingEvidence {
  /** The number that was read last is last. */
  readonly #readings = new Map<number, number[]>()
  readonly #lastMs = new Map<number, number>()
  readonly #settings: EvidenceSettings

  constructor(settings: EvidenceSettings) {
    this.#settings = settings
  }

  /** Adds a reading, and drops numbers of which there was none for too long: the world may be another by now. */
  record(workers: number, throughput: number, nowMs: number): void {
    const readings = this.#readings.get(workers) ?? []
    readings.push(throughput)
    if (readings.length > MAX_READINGS) readings.shift()
    this.#readings.delete(workers)
    this.#readings.set(workers, readings)
    this.#lastMs.set(workers, nowMs)
    const oldestMs = nowMs - this.#settings.retryMs
    this.forget((count) => (this.#lastMs.get(count) as number) < oldestMs)
    const [first] = this.#readings.keys()
    if (this.#readings.size > MAX_COUNTS) this.forget((count) => count === first)
  }

  forget(which: (workers: number) => boolean): void {
    for (const workers of this.#readings.keys()) {
      if (!which(workers)) continue
      this.#readings.delete(workers)
      this.#lastMs.delete(workers)
    }
  }

  get isEmpty(): boolean {
    return this.#readings.size === 0
  }

  /** How many readings there are with so many workers. */
  countOf(workers: number): number {
    return this.#readings.get(workers)?.length ?? 0
  }

  meanOf(workers: number): number | undefined {
    return this.#summaryOf(workers)?.mean
  }

  /** The numbers of workers that were measured, ascending. */
  counts(): number[] {
    return [...this.#readings.keys()].toSorted((a, b) => a - b)
  }

  /** The means, by number of workers, ascending. Nothing that did nothing. */
  points(): ThroughputPoint[] {
    return this.counts()
      .map((workers) => ({ concurrency: workers, throughput: this.meanOf(workers) ?? 0 }))
      .filter(({ throughput }) => throughput > 0)
  }

  /**
   * What to compare `workers` with: the next lower number that is at least a fifth lower, so that small steps add up to
   * something that can be told from noise; or else the lowest.
   */
  baselineOf(workers: number): number | undefined {
    const fewer = this.counts().filter((count) => count < workers)
    return fewer.findLast((count) => count <= 0.8 * workers) ?? fewer[0]
  }

  /**
   * Whether `workers` do more than their baseline: at least `minGainRatio` of what as many more should bring at the
   * throughput of each before.
   */
  judge(workers: number): Verdict {
    const baseline = this.baselineOf(workers)
    const before = baseline === undefined ? undefined : this.#summaryOf(baseline)
    if (baseline === undefined || !before) return 'first'
    const full = before.mean * (workers / baseline - 1)
    return this.#compare(workers, before, full, this.#settings.minGainRatio * full)
  }

  /** Whether `workers` do more than `throughput`, by at least `gainRatio` of it. */
  exceeds(workers: number, throughput: number, gainRatio: number): Verdict {
    const needed = gainRatio * throughput
    return this.#compare(workers, { mean: throughput, count: MAX_READINGS }, 2 * needed, needed)
  }

  /**
   * It is unclear as long as noise could make it either; with all readings there can be, the means decide. Half of the
   * `full` gain is believed at once.
   */
  #compare(workers: number, before: Summary, full: number, needed: number): Verdict {
    const now = this.#summaryOf(workers)
    if (!now) return 'unclear'
    const gain = now.mean - before.mean
    if (now.count < this.#settings.minReadings) return gain > 0 && gain >= full / 2 ? 'helps' : 'unclear'
    const noise =
      BEYOND_NOISE * this.#spread() * Math.hypot(now.mean / Math.sqrt(now.count), before.mean / Math.sqrt(before.count))
    if (gain > 0 && gain - noise >= needed) return 'helps'
    if (now.count >= MAX_READINGS) return gain > 0 && gain >= needed ? 'helps' : 'not-helping'
    return gain + noise < needed || (gain <= 0 && noise === 0) ? 'not-helping' : 'unclear'
  }

  #summaryOf(workers: number): Summary | undefined {
    const readings = this.#readings.get(workers)
    if (!readings) return undefined
    return { mean: readings.reduce((sum, reading) => sum + reading, 0) / readings.length, count: readings.length }
  }

  /** The relative standard deviation of readings with the same number of workers, over all numbers. */
  #spread(): number {
    let squares = 0
    let freedom = 0
    for (const readings of this.#readings.values()) {
      const mean = readings.reduce((sum, reading) => sum + reading, 0) / readings.length
      if (!(mean > 0)) continue
      for (const reading of readings) squares += (reading / mean - 1) ** 2
      freedom += readings.length - 1
    }
    return freedom > 0 ? Math.sqrt(squares / freedom) : ASSUMED_SPREAD
  }
}
