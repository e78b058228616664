import { type EvidenceSettings, ScalingEvidence, type Verdict } from './scaling-evidence.ts'

/** What the search for useless workers goes by. */
export interface CeilingSettings extends EvidenceSettings {
  readonly sameRatio: number
  /** There are never fewer workers than this. */
  readonly min: number
  readonly changeRatio: number
}

/** A reading, and whether it says what so many workers can do: all of them busy, for long enough. */
export interface CeilingReading {
  readonly nowMs: number
  readonly workers: number
  readonly throughput: number
  readonly isSaturated: boolean
  readonly isSettled: boolean
}

/** What more workers may be asked for. */
export interface Advice {
  /** At most so many. */
  readonly limit: number
  /** Exactly so many, up or down, to find out whether fewer do the same. */
  readonly exactly?: number
  /** `'evidence'`: it isn't clear yet whether the last ones helped. */
  readonly by: 'not-helping' | 'evidence'
}

/**
 * - `free`: as many as wanted, each step judged before the next while all are busy.
 * - `searching`: more don't help. `low` workers do less, `high` do the same, `tryAt` between them is being measured.
 * - `held`: `ceiling` is the smallest number that does the same.
 * - `trial`: after a time, whether more than `ceiling` help by now.
 */
type State =
  | { readonly kind: 'free' }
  | {
      readonly kind: 'searching'
      readonly low: number
      readonly high: number
      readonly tryAt: number
      readonly untilMs: number
    }
  | { readonly kind: 'held'; readonly low: number; readonly ceiling: number; readonly untilMs: number }
  | { readonly kind: 'trial'; readonly low: number; readonly ceiling: number }

const UNLIMITED: Advice = { limit: Number.POSITIVE_INFINITY, by: 'not-helping' }

/** Finds the number of workers above which more bring no more, and keeps it until that has changed. */
export class ScalingCeiling {
  readonly evidence: ScalingEvidence
  readonly #settings: CeilingSettings
  #state: State = { kind: 'free' }
  /** The throughput that more workers didn't add to. */
  #plateau = 0
  /** The throughput of the ceiling, by which it is seen that things have changed. */
  #reference = 0
  /** How many readings in a row were off by more than `changeRatio`. */
  #changed = 0
  #isSaturated = false
  #isSettled = false
  #nowMs = 0

  constructor(settings: CeilingSettings) {
    this.#settings = settings
    this.evidence = new ScalingEvidence(settings)
  }

  get state(): State['kind'] {
    return this.#state.kind
  }

  /** The number that more than don't help; `undefined` while that isn't known. */
  get ceiling(): number | undefined {
    const state = this.#state
    if (state.kind === 'free') return undefined
    return state.kind === 'searching' ? state.high : state.ceiling
  }

  /** Takes a reading. `true` when it has just shown that the last workers didn't help. */
  observe(reading: CeilingReading): boolean {
    const { nowMs, workers, throughput, isSaturated, isSettled } = reading
    this.#nowMs = nowMs
    this.#isSaturated = isSaturated
    this.#isSettled = isSettled
    if (!isSaturated || !isSettled) return false
    const state = this.#state
    if (state.kind === 'held' && this.#hasChanged(workers, throughput, state.ceiling)) {
      // What was measured is of another world.
      this.evidence.forget(() => true)
      this.#state = { kind: 'free' }
    }
    this.evidence.record(workers, throughput, nowMs)
    if (state.kind === 'searching') this.#continue(state, workers)
    if (state.kind === 'free' && this.evidence.judge(workers) === 'not-helping') return this.#found(workers)
    if (state.kind === 'trial' && workers > state.ceiling) return this.#judgeTrial(state, workers)
    return false
  }

  /** What may be asked for, when there are `workers` and the load wants `wanted`. */
  advise(workers: number, wanted: number): Advice {
    const state = this.#state
    if (state.kind === 'searching') {
      const isStillOn = (this.#isSaturated || !this.#isSettled) && wanted >= state.tryAt
      if (isStillOn && this.#nowMs < state.untilMs)
        return { limit: state.high, exactly: state.tryAt, by: 'not-helping' }
      // The load has gone down, or so many can't be had: what was found so far has to do.
      this.#hold(state.low, state.high)
      return { limit: state.high, by: 'not-helping' }
    }
    if (state.kind === 'trial' && wanted <= state.ceiling) {
      this.#hold(state.low, state.ceiling)
      return { limit: state.ceiling, by: 'not-helping' }
    }
    if (state.kind === 'held') {
      const isKnown = this.evidence.countOf(state.ceiling) >= this.#settings.minReadings
      const isDue = this.#nowMs >= state.untilMs && this.#isSaturated && isKnown
      if (!isDue || wanted <= state.ceiling) return { limit: state.ceiling, by: 'not-helping' }
      this.evidence.forget((count) => count > state.ceiling)
      this.#state = { kind: 'trial', low: state.low, ceiling: state.ceiling }
    }
    return this.#waitForEvidence(workers)
  }

  #waitForEvidence(workers: number): Advice {
    const state = this.#state
    if (state.kind === 'trial' && workers <= state.ceiling) {
      // Enough to be told from noise.
      return { limit: Math.max(state.ceiling + 1, Math.ceil(state.ceiling * 1.25)), by: 'evidence' }
    }
    if (!this.#isSaturated || this.evidence.isEmpty) return UNLIMITED
    const verdict = state.kind === 'trial' ? this.#tried(workers) : this.evidence.judge(workers)
    const isMeasured = this.evidence.countOf(workers) > 0
    // Nothing to compare with doesn't speak against more.
    if (verdict === 'helps' || (verdict === 'first' && isMeasured)) return UNLIMITED
    return { limit: workers, by: 'evidence' }
  }

  #hasChanged(workers: number, throughput: number, ceiling: number): boolean {
    if (workers !== ceiling) return false
    const isOff = Math.abs(throughput - this.#reference) > this.#settings.changeRatio * this.#reference
    this.#changed = isOff ? this.#changed + 1 : 0
    return this.#changed >= this.#settings.minReadings
  }

  #found(workers: number): boolean {
    const baseline = this.evidence.baselineOf(workers) as number
    const fewer = this.evidence.points().filter(({ concurrency }) => concurrency <= baseline)
    this.#plateau = Math.max(0, ...fewer.map(({ throughput }) => throughput))
    if (this.#plateau === 0) {
      // Nothing is done at all: there is nothing to find out from fewer.
      this.#hold(baseline, baseline)
      return true
    }
    const high = fewer.find(({ throughput }) => this.#isSame(throughput))?.concurrency ?? baseline
    const low = fewer.findLast(({ concurrency }) => concurrency < high)?.concurrency ?? 0
    this.#search(Math.max(low, this.#settings.min - 1), high)
    return true
  }

  /** Whether so many do clearly more than all that was seen before. */
  #tried(workers: number): Verdict {
    return this.evidence.exceeds(workers, this.#plateau, this.#settings.sameRatio)
  }

  #judgeTrial(state: Extract<State, { kind: 'trial' }>, workers: number): boolean {
    const verdict = this.#tried(workers)
    if (verdict === 'helps') this.#state = { kind: 'free' }
    if (verdict !== 'not-helping') return false
    this.#hold(state.low, state.ceiling)
    return true
  }

  #continue({ low, high, tryAt }: Extract<State, { kind: 'searching' }>, workers: number): void {
    if (workers !== tryAt || this.evidence.countOf(tryAt) < this.#settings.minReadings) return
    const isEnough = this.#isSame(this.evidence.meanOf(tryAt) ?? 0)
    this.#search(isEnough ? low : tryAt, isEnough ? tryAt : high)
  }

  /** Tries a number between one that does less and one that does the same, until they are too close to tell apart. */
  #search(low: number, high: number): void {
    if (high - low <= Math.max(1, this.#settings.sameRatio * high)) {
      this.#hold(low, high)
      return
    }
    const mostEach = Math.max(
      ...this.evidence.points().map(({ concurrency, throughput }) => throughput / concurrency),
      0,
    )
    // As many as it would take at the most that one was seen to do; from then on, the middle.
    const knee = Math.ceil((this.#plateau / mostEach) * (1 - this.#settings.sameRatio / 2))
    const tryAt = knee > low && knee < high ? knee : Math.ceil((low + high) / 2)
    const isBetween = tryAt > low && tryAt < high
    if (!isBetween) {
      this.#hold(low, high)
      return
    }
    this.evidence.forget((workers) => workers === tryAt)
    this.#state = { kind: 'searching', low, high, tryAt, untilMs: this.#nowMs + this.#settings.retryMs }
  }

  #hold(low: number, ceiling: number): void {
    this.#changed = 0
    this.#reference = this.evidence.meanOf(ceiling) ?? this.#plateau
    this.#state = { kind: 'held', low, ceiling, untilMs: this.#nowMs + this.#settings.retryMs }
  }

  #isSame(throughput: number): boolean {
    return throughput >= this.#plateau * (1 - this.#settings.sameRatio)
  }
}
