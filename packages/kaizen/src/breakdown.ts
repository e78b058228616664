import { type Clock, type ListenerErrorHandler, type Observable, SafeEmitter } from '@tps/internal'
import { type Part, type StageSpan, attribute, invalidSpan } from './attribution.ts'
import { type BreakdownSnapshot, takeBreakdown } from './breakdown-snapshot.ts'
import type { BreakdownEvents } from './events.ts'
import { type BreakdownOptions, checkMeasure, checkSlowest, checkStages } from './options.ts'
import { SliceClock } from './slices.ts'
import { StageSlice } from './stage-slice.ts'

/** How long one request took, stage by stage. A stage that is absent took no time. */
export type StageDurations<S extends string = string> = { readonly [K in S]?: number | undefined }

/**
 * Where the time goes. One record is a whole request, cut into its stages; the readings are the mean time of each stage,
 * its share of the total, what it would save, and the same of the slowest records. Means add up, percentiles don't: the
 * p99 of a sum is not the sum of the p99s.
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
  readonly #slowest: number
  readonly #slicesKept: number
  readonly #clock: Clock
  readonly #onListenerError: ListenerErrorHandler
  readonly #time: SliceClock | undefined
  /** In how many slices each stage occurs. Those that were named stay, with 0. */
  #stages: Map<string, number>
  /** Oldest first; the last one is open. */
  #slices: StageSlice[]
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
    this.#slowest = checkSlowest(options.slowest)
    this.#slicesKept = measure.slices
    this.#clock = measure.clock
    this.#onListenerError = measure.onListenerError
    if (measure.windowMs !== undefined)
      this.#time = new SliceClock(measure.clock.now(), measure.windowMs / measure.slices)
    this.#stages = new Map(stages.map((stage) => [stage, 0]))
    this.#slices = [new StageSlice(0, this.#slowest)]
  }

  /**
   * Counts one request whose stages followed each other. Never throws. O(stages).
   * `now` is the moment it belongs to, as read from the clock of the breakdown; without it the clock is read. Without a
   * window it is not looked at.
   */
  record(durations: StageDurations<S>, now?: number): void {
    const slice = this.#present(now)
    const wrong = invalidStage(durations)
    if (wrong !== undefined) {
      this.#refuse(slice, wrong, (durations as Readonly<Record<string, unknown>>)[wrong])
      return
    }
    const parts = new Map<string, Part>()
    for (const stage in durations) {
      const duration = durations[stage]
      if (duration === undefined) continue
      const name = this.#nameOf(stage)
      const before = parts.get(name)?.ms ?? 0
      parts.set(name, { ms: before + duration, saves: before + duration })
    }
    this.#add(slice, parts)
  }

  /**
   * Counts one request as a tree of spans, which may be nested and overlap. Each moment from the first start to the last
   * end is given to the innermost stages at work in it, evenly, or to "untracked" when there is none: the parts add up to
   * what the request took. A stage within another is named by its path, such as "work/database". Wrong times never
   * throw. O(spans²) at worst. `now` as in `record`: the moment at which the request counts, not the clock of the spans.
   */
  recordSpans(spans: readonly StageSpan[], now?: number): void {
    const slice = this.#present(now)
    const wrong = invalidSpan(spans)
    if (wrong) this.#refuse(slice, wrong.stage, wrong.endMs - wrong.startMs)
    else
      this.#add(
        slice,
        attribute(spans, (path) => this.#nameOf(path)),
      )
  }

  /** Forgets every record, and every stage that was not named in the options. */
  reset(): void {
    this.#stages = new Map(this.#initial.map((stage) => [stage, 0]))
    this.#slices = [new StageSlice(this.#time?.slice ?? 0, this.#slowest)]
  }

  /** The present readings as plain JSON. O(stages · slices). */
  snapshot(): BreakdownSnapshot<S> {
    this.#present()
    const stages = [...this.#stages.keys()]
    const isOtherNamed = this.#initial.includes(OTHER as S)
    const ordered = stages.includes(OTHER) && !isOtherNamed ? [...stages.filter((s) => s !== OTHER), OTHER] : stages
    return takeBreakdown(this.name, this.windowMs, this.#slices, ordered, this.#slowest)
  }

  on<E extends keyof BreakdownEvents>(event: E, listener: (...args: BreakdownEvents[E]) => void): () => void {
    this.#emitter ??= new SafeEmitter(this.#onListenerError)
    return this.#emitter.on(event, listener)
  }

  /** The stage itself, or "other" when there may be no more. */
  #nameOf(stage: string): string {
    if (this.#stages.has(stage)) return stage
    const others = this.#stages.has(OTHER) && !this.#initial.includes(OTHER as S) ? 1 : 0
    if (this.#stages.size - others >= this.#maxStages) return OTHER
    // It gets its place now, so that the next one of the same record finds it taken.
    this.#stages.set(stage, 0)
    return stage
  }

  #add(slice: StageSlice, parts: ReadonlyMap<string, Part>): void {
    for (const stage of slice.add(parts)) this.#stages.set(stage, (this.#stages.get(stage) ?? 0) + 1)
  }

  #refuse(slice: StageSlice, stage: string, value: unknown): void {
    slice.invalid++
    if (this.#emitter?.has('invalid')) this.#emitter.emit('invalid', { stage, value })
  }

  /** The open slice of this moment. */
  #present(now?: number): StageSlice {
    const time = this.#time
    const open = this.#slices.at(-1) as StageSlice
    if (time === undefined) return open
    time.advance(now ?? this.#clock.now())
    if (time.slice === open.number) return open
    const next = new StageSlice(time.slice, this.#slowest)
    this.#slices.push(next)
    const first = this.#slices.findIndex(({ number }) => number > time.slice - this.#slicesKept)
    for (const expired of this.#slices.splice(0, first)) this.#forget(expired)
    return next
  }

  /** Takes away the stages that were in no other slice. */
  #forget({ parts }: StageSlice): void {
    for (const stage of parts.keys()) {
      const rest = (this.#stages.get(stage) ?? 0) - 1
      if (rest > 0 || this.#initial.includes(stage as S)) this.#stages.set(stage, rest)
      else this.#stages.delete(stage)
    }
  }
}

const OTHER = 'other'

function invalidStage(durations: Readonly<Record<string, unknown>>): string | undefined {
  for (const stage in durations) {
    const duration = durations[stage]
    if (duration === undefined) continue
    if (!(typeof duration === 'number' && duration >= 0 && duration < Number.POSITIVE_INFINITY)) return stage
  }
  return undefined
}
