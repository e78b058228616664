import { type Clock, type ListenerErrorHandler, type Observable, SafeEmitter } from '@tps/internal'
import type { BreakdownEvents, Listener } from './events.ts'
import { type BreakdownOptions, checkMeasure, checkStages } from './options.ts'
import { SliceClock } from './slices.ts'
import { finiteOrNull } from './snapshot.ts'

/** What one stage contributes. */
export interface StageShare<S extends string = string> {
  readonly stage: S | 'other'
  /** Mean time a record spends in this stage, over all records, those that did not pass it included. */
  readonly mean: number | null
  /** Its part of the mean total, from 0 to 1; `null` when the total is 0. */
  readonly share: number | null
}

/** Readings of a `Breakdown`. What has no value when there are no records is `null`. */
export interface BreakdownSnapshot<S extends string = string> {
  readonly name: string
  /** How far back the readings go, in ms; `null` when nothing is forgotten. */
  readonly windowMs: number | null
  /** Valid records. */
  readonly count: number
  /** Records refused because a duration in them was none. */
  readonly invalid: number
  /** Mean time of a record in all stages together: the sum of the stages' means. */
  readonly mean: number | null
  /** In the order of `stages`, then of first use; "other" last. */
  readonly stages: readonly StageShare<S>[]
}

/** How long one request took, stage by stage. A stage that is absent took no time. */
export type StageDurations<S extends string = string> = { readonly [K in S]?: number | undefined }

/** What was recorded in one slice of time. `sums` is by stage, in the order of `#stages`; missing ones are 0. */
interface Slice {
  number: number
  count: number
  invalid: number
  sums: number[]
}

/**
 * Where the time goes. One record is a whole request, cut into its stages; the readings are the mean time of each stage
 * and its share of the total. Means add up, percentiles don't: the p99 of a sum is not the sum of the p99s.
 *
 * A record in which any duration is NaN, infinite, negative or no number is counted as `invalid` as a whole and never
 * throws. It owns no timer: what is too old leaves when the breakdown is next used.
 */
export class Breakdown<S extends string = string> implements Observable<BreakdownEvents> {
  readonly name: string
  /** How far back it looks, in ms; `undefined` when nothing is forgotten. */
  readonly windowMs: number | undefined
  readonly #initial: readonly S[]
  readonly #maxStages: number
  readonly #slicesKept: number
  readonly #clock: Clock
  readonly #onListenerError: ListenerErrorHandler
  readonly #time: SliceClock | undefined
  /** Position in `sums` of each stage. */
  #stages: Map<string, number>
  #hasOther = false
  /** Oldest first; the last one is open. */
  #slices: Slice[] = [emptySlice(0)]
  #emitter: SafeEmitter<BreakdownEvents> | undefined

  /** @throws TypeError or RangeError when an option is not what it must be. */
  constructor(options: BreakdownOptions<S> = {}) {
    const { name = 'breakdown' } = options
    const measure = checkMeasure(name, options)
    const { stages, maxStages } = checkStages(options.stages, options.maxStages)
    this.name = measure.name
    this.windowMs = measure.windowMs
    this.#initial = stages
    this.#maxStages = maxStages
    this.#slicesKept = measure.slices
    this.#clock = measure.clock
    this.#onListenerError = measure.onListenerError
    this.#stages = new Map(stages.map((stage, position) => [stage, position]))
    if (measure.windowMs !== undefined)
      this.#time = new SliceClock(measure.clock.now(), measure.windowMs / measure.slices)
  }

  /**
   * Counts one request. Never throws. O(stages).
   * `now` is the moment it belongs to, as read from the clock of the breakdown; without it the clock is read. Without a
   * window it is not looked at.
   */
  record(durations: StageDurations<S>, now?: number): void {
    const slice = this.#present(now)
    const wrong = invalidStage(durations)
    if (wrong !== undefined) {
      slice.invalid++
      if (this.#emitter?.has('invalid'))
        this.#emitter.emit('invalid', { stage: wrong, value: (durations as Readonly<Record<string, unknown>>)[wrong] })
      return
    }
    slice.count++
    for (const stage in durations) {
      const duration = durations[stage]
      if (duration === undefined) continue
      const position = this.#positionOf(stage)
      slice.sums[position] = (slice.sums[position] ?? 0) + duration
    }
  }

  /** Forgets every record, and every stage that was not named in the options. */
  reset(): void {
    this.#stages = new Map(this.#initial.map((stage, position) => [stage, position]))
    this.#hasOther = false
    this.#slices = [emptySlice(this.#time?.slice ?? 0)]
  }

  /** The present readings as plain JSON. O(stages · slices). */
  snapshot(): BreakdownSnapshot<S> {
    this.#present()
    let [count, invalid, total] = [0, 0, 0]
    const names = [...this.#stages.keys(), ...(this.#hasOther ? [OTHER] : [])] as (S | 'other')[]
    const sums = names.map(() => 0)
    for (const slice of this.#slices) {
      count += slice.count
      invalid += slice.invalid
      for (let position = 0; position < sums.length; position++)
        sums[position] = (sums[position] as number) + (slice.sums[position] ?? 0)
    }
    for (const sum of sums) total += sum
    return {
      name: this.name,
      windowMs: this.windowMs ?? null,
      count,
      invalid,
      mean: finiteOrNull(total / count),
      stages: names.map((stage, position) => ({
        stage,
        mean: finiteOrNull((sums[position] as number) / count),
        share: finiteOrNull((sums[position] as number) / total),
      })),
    }
  }

  on<E extends keyof BreakdownEvents>(event: E, listener: Listener<BreakdownEvents, E>): () => void {
    this.#emitter ??= new SafeEmitter(this.#onListenerError)
    return this.#emitter.on(event, listener as (...args: BreakdownEvents[E]) => void)
  }

  #positionOf(stage: string): number {
    const known = this.#stages.get(stage)
    if (known !== undefined) return known
    const { size } = this.#stages
    if (size < this.#maxStages) this.#stages.set(stage, size)
    else if (this.#stages.has(OTHER)) return this.#positionOf(OTHER)
    // Its place is behind the last stage there can be: no further stage can move it.
    else this.#hasOther = true
    return size
  }

  /** The open slice of this moment. */
  #present(now?: number): Slice {
    const time = this.#time
    const open = this.#slices.at(-1) as Slice
    if (time === undefined) return open
    time.advance(now ?? this.#clock.now())
    if (time.slice === open.number) return open
    const next = emptySlice(time.slice)
    this.#slices.push(next)
    this.#slices = this.#slices.filter(({ number }) => number > time.slice - this.#slicesKept)
    return next
  }
}

const OTHER = 'other'

function emptySlice(number: number): Slice {
  return { number, count: 0, invalid: 0, sums: [] }
}

function invalidStage(durations: Readonly<Record<string, unknown>>): string | undefined {
  for (const stage in durations) {
    const duration = durations[stage]
    if (duration === undefined) continue
    if (!(typeof duration === 'number' && duration >= 0 && duration < Number.POSITIVE_INFINITY)) return stage
  }
  return undefined
}
