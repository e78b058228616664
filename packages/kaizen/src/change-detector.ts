import {
  type ListenerErrorHandler,
  type Observable,
  SafeEmitter,
  checkFunction,
  checkInteger,
  checkName,
  checkNumber,
  printListenerError,
} from '@tps/internal'
import { finiteOrNull } from './snapshot.ts'

/** What a `ChangeDetector` is made with. Checked and copied once. */
export interface ChangeDetectorOptions {
  /** What it is called on boards and in messages. Default "changes". */
  readonly name?: string | undefined
  /** From how many values it learns what is usual, from 8 to 100,000; nothing is told meanwhile. Default 30. */
  readonly warmUp?: number | undefined
  /**
   * How much evidence it takes, in standard deviations added up, from 1 to 1000. Default 8: a false alarm about once in
   * 9,500 independent values, and a shift by one standard deviation is told after about 17. At 5, 465 and 10.
   */
  readonly threshold?: number | undefined
  /** The shift that doesn't matter, in standard deviations, from 0 to 10: half of what is to be found. Default 0.5. */
  readonly slack?: number | undefined
  /** Receives what a listener threw. Default: prints it with `console.error`. */
  readonly onListenerError?: ListenerErrorHandler | undefined
}

/** The level of a series is another than it was. */
export interface ChangeEvent {
  readonly direction: 'up' | 'down'
  /** Number of the first value, from 0, that probably belongs to the new level. */
  readonly at: number
  /** Number of the value that gave it away. */
  readonly detectedAt: number
  /** The level that was usual. */
  readonly before: number
  /** The mean of the values from `at` to `detectedAt`. */
  readonly after: number
}

/** What a `ChangeDetector` tells. */
export interface ChangeDetectorEvents {
  change: [event: ChangeEvent]
}

/** Readings of a `ChangeDetector`. */
export interface ChangeDetectorSnapshot {
  readonly name: string
  /** Values seen. */
  readonly count: number
  /** Values refused: NaN, infinite, no number. */
  readonly invalid: number
  readonly changes: number
  /** Whether it still learns what is usual. */
  readonly isLearning: boolean
  /** What is usual; `null` while it learns. */
  readonly mean: number | null
  readonly standardDeviation: number | null
  /** How much evidence there is for a rise, and for a fall: an alarm at 1. */
  readonly upRatio: number
  readonly downRatio: number
}

/** Evidence in one direction: what was added up since it was last nothing. */
interface Evidence {
  sum: number
  since: number
  total: number
}

/**
 * Tells, value by value, when the level of a series changes: a two-sided CUSUM (Page, Biometrika 41, 1954). It learns
 * mean and standard deviation, adds up how far values lie beyond `slack` on either side, and tells when a sum passes
 * `threshold`; then it learns anew. One value adds at most half of the threshold, so that a single one, however far away,
 * is no change. A few numbers of memory.
 *
 * Values should be independent or nearly so: give it the mean or the p99 of each minute, not every request.
 */
export class ChangeDetector implements Observable<ChangeDetectorEvents> {
  readonly name: string
  readonly #warmUp: number
  readonly #threshold: number
  readonly #slack: number
  readonly #onListenerError: ListenerErrorHandler
  #emitter: SafeEmitter<ChangeDetectorEvents> | undefined
  #count = 0
  #invalid = 0
  #changes = 0
  /** Of the values learned from: how many, their mean, and their squared distance from it (Welford). */
  #learned = 0
  #mean = 0
  #squares = 0
  #up: Evidence = { sum: 0, since: 0, total: 0 }
  #down: Evidence = { sum: 0, since: 0, total: 0 }

  /** @throws TypeError or RangeError when an option is not what it must be. */
  constructor(options: ChangeDetectorOptions = {}) {
    const { name = 'changes', warmUp = 30, threshold = 8, slack = 0.5, onListenerError = printListenerError } = options
    this.name = checkName('name', name)
    this.#warmUp = checkInteger('warmUp', warmUp, { min: 8, max: 100_000 })
    this.#threshold = checkNumber('threshold', threshold, { min: 1, max: 1000 })
    this.#slack = checkNumber('slack', slack, { min: 0, max: 10 })
    this.#onListenerError = checkFunction('onListenerError', onListenerError)
  }

  /** Takes the next value, and returns the change that it gives away, if it does. Never throws. O(1). */
  observe(value: number): ChangeEvent | undefined {
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      this.#invalid++
      return undefined
    }
    const index = this.#count++
    if (this.#learned < this.#warmUp) {
      this.#learn(value)
      return undefined
    }
    const distance = (value - this.#mean) / this.#deviation()
    const most = this.#threshold / 2 + this.#slack
    const clipped = Math.max(-most, Math.min(most, distance))
    this.#weigh(this.#up, clipped, value, index)
    this.#weigh(this.#down, -clipped, value, index)
    if (this.#up.sum > this.#threshold) return this.#change('up', this.#up, index)
    if (this.#down.sum > this.#threshold) return this.#change('down', this.#down, index)
    return undefined
  }

  /** Forgets what is usual, and learns anew. Counts go on. */
  reset(): void {
    this.#learned = 0
    this.#mean = 0
    this.#squares = 0
    this.#up = { sum: 0, since: 0, total: 0 }
    this.#down = { sum: 0, since: 0, total: 0 }
  }

  snapshot(): ChangeDetectorSnapshot {
    const isLearning = this.#learned < this.#warmUp
    return {
      name: this.name,
      count: this.#count,
      invalid: this.#invalid,
      changes: this.#changes,
      isLearning,
      mean: isLearning ? null : finiteOrNull(this.#mean),
      standardDeviation: isLearning ? null : finiteOrNull(this.#deviation()),
      upRatio: this.#up.sum / this.#threshold,
      downRatio: this.#down.sum / this.#threshold,
    }
  }

  on<E extends keyof ChangeDetectorEvents>(event: E, listener: (...args: ChangeDetectorEvents[E]) => void): () => void {
    this.#emitter ??= new SafeEmitter(this.#onListenerError)
    return this.#emitter.on(event, listener)
  }

  #learn(value: number): void {
    this.#learned++
    const distance = value - this.#mean
    this.#mean += distance / this.#learned
    this.#squares += distance * (value - this.#mean)
  }

  /** Of a series that never varied, next to nothing: then everything else is far away. */
  #deviation(): number {
    return Math.max(Math.sqrt(this.#squares / (this.#learned - 1)), Math.abs(this.#mean) * 1e-12, Number.MIN_VALUE)
  }

  #weigh(evidence: Evidence, distance: number, value: number, index: number): void {
    if (evidence.sum === 0) {
      evidence.since = index
      evidence.total = 0
    }
    evidence.sum = Math.max(0, evidence.sum + distance - this.#slack)
    evidence.total += value
  }

  #change(direction: 'up' | 'down', { since, total }: Evidence, index: number): ChangeEvent {
    const event = { direction, at: since, detectedAt: index, before: this.#mean, after: total / (index - since + 1) }
    this.#changes++
    this.reset()
    if (this.#emitter?.has('change')) this.#emitter.emit('change', event)
    return event
  }
}

/** All changes that a `ChangeDetector` finds in a finished series. */
export function changePoints(values: readonly number[], options: ChangeDetectorOptions = {}): ChangeEvent[] {
  if (!Array.isArray(values)) throw new TypeError('values must be an array of numbers')
  const detector = new ChangeDetector(options)
  return values.map((value: number) => detector.observe(value)).filter((change) => change !== undefined)
}
