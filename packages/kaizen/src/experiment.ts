import { type Clock, type ListenerErrorHandler, type Observable, SafeEmitter } from '@tps/internal'
import { variantOf } from './assignment.ts'
import { type ExperimentResult, type Side, judge, meanOf } from './comparison.ts'
import { type CheckedComparison, type ExperimentOptions, checkExperiment } from './experiment-options.ts'
import { PairedGroups } from './paired-groups.ts'
import { finiteOrNull } from './snapshot.ts'

/** Another variant has its turn. */
export interface SwitchEvent<V extends string = string> {
  readonly variant: V
  /** Number of the turn, from 0. */
  readonly slice: number
}

/** Something was recorded that is no value, or of no variant. It is in no other figure. */
export interface InvalidOutcomeEvent {
  readonly variant: unknown
  readonly value: unknown
}

/** What an `Experiment` tells. */
export interface ExperimentEvents<V extends string = string> {
  /** Seen when a turn is asked for: by `assign`. */
  switch: [event: SwitchEvent<V>]
  invalid: [event: InvalidOutcomeEvent]
}

/** Readings of an `Experiment`. */
export interface ExperimentSnapshot {
  readonly name: string
  /** Whose turn it is. */
  readonly variant: string
  readonly elapsedMs: number
  /** Blocks that had values of both variants. */
  readonly blocks: number
  /** Values left out because they came in the `washoutMs` after a switch. */
  readonly washedOut: number
  readonly invalid: number
  readonly result: ExperimentResult
}

/**
 * Did the change help? A switchback experiment: two variants take turns, in random order within each block of two, and
 * what is compared is their ratio within short stretches of time, so that load that comes and goes is the same for both.
 * A plain before/after takes whatever changed in the meantime for the change: on load with a memory it finds a
 * difference where there is none most of the time.
 *
 * It owns no timer: turns follow from the clock when they are asked for. Memory is bounded, however long it runs. Decide
 * beforehand how long that is, and read the verdict then: who looks again and again until it pleases will find
 * something.
 */
export class Experiment<const V extends string = 'control' | 'treatment'> implements Observable<ExperimentEvents<V>> {
  readonly name: string
  readonly variants: readonly [baseline: V, candidate: V]
  readonly #comparison: CheckedComparison
  readonly #sliceMs: number
  readonly #washoutMs: number
  readonly #seed: number
  readonly #minBlocks: number
  readonly #clock: Clock
  readonly #onListenerError: ListenerErrorHandler
  readonly #startMs: number
  readonly #groups: PairedGroups
  #emitter: SafeEmitter<ExperimentEvents<V>> | undefined
  #slice = 0
  #toldVariant: V | undefined
  #washedOut = 0
  #invalid = 0

  /** @throws TypeError or RangeError when an option is not what it must be. */
  constructor(options: ExperimentOptions<V> = {}) {
    const checked = checkExperiment(options)
    this.name = checked.comparison.name
    this.variants = checked.variants
    this.#comparison = checked.comparison
    this.#sliceMs = checked.sliceMs
    this.#washoutMs = checked.washoutMs
    this.#seed = checked.seed
    this.#minBlocks = checked.minBlocks
    this.#clock = checked.clock
    this.#onListenerError = checked.onListenerError
    this.#startMs = checked.clock.now()
    this.#groups = new PairedGroups(checked.comparison.metric)
  }

  /** The variant whose turn it is. Ask when work begins, and record with it what that work came to. */
  assign(now: number = this.#clock.now()): V {
    const slice = this.#sliceAt(now)
    const variant = this.variants[variantOf(slice, this.#seed)]
    if (variant !== this.#toldVariant) {
      this.#toldVariant = variant
      if (this.#emitter?.has('switch')) this.#emitter.emit('switch', { variant, slice })
    }
    return variant
  }

  /**
   * Counts a value that `variant` came to, 0 or more. Never throws: what is no value or no variant is counted as invalid.
   * Values count in the block in which they are recorded. O(1).
   */
  record(variant: V, value: number, now: number = this.#clock.now()): void {
    const slice = this.#sliceAt(now)
    const which = variant === this.variants[0] ? 0 : 1
    if (which === 1 && variant !== this.variants[1]) this.#refuse(variant, value)
    else if (now - this.#startMs - slice * this.#sliceMs < this.#washoutMs) this.#washedOut++
    else if (!this.#groups.record(Math.floor(slice / 2), which, value)) this.#refuse(variant, value)
  }

  /** What is known by now: of the stretches of time that are over. */
  result(): ExperimentResult {
    this.#groups.advance(Math.floor(this.#sliceAt(this.#clock.now()) / 2))
    const { name, metric, better, confidence, equivalenceRatio, minValues } = this.#comparison
    const [baseline, candidate] = [this.#side(0), this.#side(1)]
    const logRatios = this.#groups.logRatios()
    const fewest = Math.min(baseline.count, candidate.count)
    const isEnough = fewest >= minValues && this.#groups.blocks >= this.#minBlocks && logRatios.length >= MIN_GROUPS
    const found = isEnough
      ? judge(meanOf(logRatios), this.#comparison)
      : ({
          verdict: 'inconclusive',
          reason:
            `Too little data: ${fewest} values and ${this.#groups.blocks} blocks of both variants, where ${minValues} ` +
            `and ${this.#minBlocks} are asked for.`,
          effect: null,
          pValue: null,
          detectableRatio: null,
        } as const)
    return {
      name,
      design: 'switchback',
      metric,
      better,
      ...found,
      baseline,
      candidate,
      confidence,
      equivalenceRatio,
      groups: logRatios.length,
    }
  }

  /** The present readings as plain JSON. Merges up to 64 trackers where a quantile is compared. */
  snapshot(): ExperimentSnapshot {
    const now = this.#clock.now()
    return {
      name: this.name,
      variant: this.variants[variantOf(this.#sliceAt(now), this.#seed)],
      elapsedMs: now - this.#startMs,
      blocks: this.#groups.blocks,
      washedOut: this.#washedOut,
      invalid: this.#invalid,
      result: this.result(),
    }
  }

  on<E extends keyof ExperimentEvents<V>>(event: E, listener: (...args: ExperimentEvents<V>[E]) => void): () => void {
    this.#emitter ??= new SafeEmitter(this.#onListenerError)
    return this.#emitter.on(event, listener)
  }

  /** The turn of a moment. Never back; a moment that is none is the present turn. */
  #sliceAt(now: number): number {
    const slice = Math.floor((now - this.#startMs) / this.#sliceMs)
    if (slice > this.#slice && slice < Number.POSITIVE_INFINITY) this.#slice = slice
    return this.#slice
  }

  #refuse(variant: unknown, value: unknown): void {
    this.#invalid++
    if (this.#emitter?.has('invalid')) this.#emitter.emit('invalid', { variant, value })
  }

  #side(variant: 0 | 1): Side {
    const { count, value } = this.#groups.total(variant)
    return { variant: this.variants[variant], count, value: finiteOrNull(value) }
  }
}

/** With fewer, the interval would be of little use. */
const MIN_GROUPS = 8
