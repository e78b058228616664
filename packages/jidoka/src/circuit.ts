import {
  type HalfOpen,
  type State,
  admitProbe,
  closedAt,
  elapse,
  halfOpenAt,
  openAt,
  rampRatio,
  settleProbe,
} from './machine.ts'
import { type Judgement, type Verdict, readRetryAfterMs } from './outcome.ts'
import type { Rules } from './rules.ts'
import type { CircuitBreakerSnapshot } from './snapshot.ts'
import type { Tally } from './tally.ts'

/** In place of a generation: not admitted. */
export const REFUSED = -1
/** In place of a generation: admitted, but the outcome says nothing to the rules. */
export const UNCOUNTED = -2

/** A change of state that has been made, for the events to tell of. */
export interface Change {
  readonly from: State
  readonly to: State
  /** What the last failed call had failed with. */
  readonly cause: unknown
}

/** The state machine with its counts. Knows time only as an argument, and calls nobody. */
export class Circuit {
  readonly tally: Tally
  readonly #jitterSeed: number
  #rules: Rules
  #state: State
  /** What ramping up has admitted too little so far, in calls. */
  #credit = 0
  #changes: Change[] | undefined

  constructor(rules: Rules, tally: Tally, jitterSeed: number, state: State) {
    this.tally = tally
    this.#rules = rules
    this.#jitterSeed = jitterSeed
    this.#state = state
  }

  get rules(): Rules {
    return this.#rules
  }

  /** What it was when someone last did something to it. */
  get state(): State {
    return this.#state
  }

  /** Admits a call and returns the generation it has to be settled in, or returns `REFUSED`. */
  admit(nowMs: number): number {
    const state = this.#state
    if (state.kind === 'closed') return !state.isRamping || this.#isInTurn(nowMs) ? state.generation : REFUSED
    this.elapse(nowMs)
    const probing = this.#state.kind === 'half-open' ? admitProbe(this.#state, this.#rules, nowMs) : undefined
    if (!probing) return REFUSED
    this.#state = probing
    return probing.generation
  }

  /** Settles a call that was admitted at `startMs`. Returns whether that came too late to count. */
  settle(
    nowMs: number,
    generation: number,
    startMs: number,
    verdict: Verdict,
    slow: boolean,
    cause: unknown,
    judgement?: Judgement,
  ): boolean {
    if (this.#state.kind !== 'closed') this.elapse(nowMs)
    const state = this.#state
    let next: State | undefined
    if (state.generation === generation) {
      if (state.kind === 'half-open') next = this.#probed(state, nowMs, startMs, verdict, slow, cause, judgement)
      else if (verdict === 'ignore') next = state
      else next = this.#count(nowMs, verdict === 'failure', slow, cause, judgement)
    }
    const late = next === undefined && generation !== UNCOUNTED
    this.tally.end(nowMs, verdict, slow, late, cause)
    if (next) this.#become(next, nowMs)
    return late
  }

  /**
   * Settles a success that no rule can mind: a quick one in its own time, while the window holds nothing bad. Returns
   * whether it was one.
   */
  succeedPlainly(nowMs: number, generation: number, durationMs: number): boolean {
    const { tally } = this
    const state = this.#state
    if (state.generation !== generation || state.kind !== 'closed' || durationMs >= this.#rules.slowCallMs) return false
    if (tally.window.failed > 0 || tally.window.slow > 0) return false
    tally.window.record(nowMs, false, false)
    tally.consecutiveFailures = 0
    tally.success++
    return true
  }

  /** Closes it and forgets what led to its opening. */
  reset(nowMs: number): void {
    this.elapse(nowMs)
    this.#become(closedAt(nowMs, this.#state.generation + 1, 0), nowMs)
  }

  /** Goes on under other rules: a break that runs keeps its end, probing begins anew when its rules have changed. */
  reconfigure(rules: Rules, nowMs: number): void {
    this.elapse(nowMs)
    const { probeCalls, probeSuccesses, probeMaxWaitMs } = this.#rules
    const isProbingAlike =
      rules.probeCalls === probeCalls &&
      rules.probeSuccesses === probeSuccesses &&
      rules.probeMaxWaitMs === probeMaxWaitMs
    // What a healthy window has earned stays earned in another one.
    if (this.#state.kind === 'closed')
      this.#state = { ...this.#state, openings: this.#openingsOf(this.#state.openings, nowMs) }
    this.#rules = rules
    this.tally.reshape(rules.window, nowMs)
    if (this.#state.kind === 'half-open' && !isProbingAlike) this.#become(halfOpenAt(nowMs, this.#state), nowMs)
  }

  /** Goes on in a state that was saved. */
  resume(state: State): void {
    this.#state = state
  }

  /** What it is at `nowMs`. Changes nothing. */
  at(nowMs: number): State {
    let state = this.#state
    for (let next = this.#next(state, nowMs); next !== state; next = this.#next(state, nowMs)) state = next
    return state
  }

  /** Does what is due by `nowMs`. */
  elapse(nowMs: number): void {
    let next = this.#next(this.#state, nowMs)
    while (next !== this.#state) {
      this.#become(next, nowMs)
      next = this.#next(next, nowMs)
    }
  }

  /** Whether there are changes that nobody has taken yet. */
  get hasChanged(): boolean {
    return this.#changes !== undefined
  }

  /** The oldest change that nobody has taken yet. */
  takeChange(): Change | undefined {
    const change = this.#changes?.shift()
    if (this.#changes?.length === 0) this.#changes = undefined
    return change
  }

  /** What a snapshot says about `state`, which it is in at `nowMs`. */
  readState(
    state: State,
    nowMs: number,
  ): Pick<CircuitBreakerSnapshot, 'openings' | 'probes' | 'nextProbeAt' | 'stateForMs' | 'rampRatio'> {
    const { deadlines = [], succeeded = 0, failed = 0 } = state.kind === 'half-open' ? state : {}
    return {
      stateForMs: nowMs - state.sinceMs,
      rampRatio: rampRatio(state, this.#rules, nowMs),
      openings: state.kind === 'closed' ? this.#openingsOf(state.openings, nowMs) : state.openings,
      probes: { running: deadlines.length, succeeded, failed },
      nextProbeAt: state.kind === 'open' ? state.untilMs : null,
    }
  }

  #count(nowMs: number, failed: boolean, slow: boolean, cause: unknown, judgement: Judgement | undefined): State {
    const state = this.#state
    // Before the outcome goes in: it is the healthy window before it that forgets.
    const openings = this.#openingsOf(state.openings, nowMs)
    const reason =
      this.tally.judge(nowMs, failed, slow, this.#rules) ?? (failed && judgement?.trip ? 'outcome' : undefined)
    if (!reason) return state
    const outage = { generation: state.generation, openings: openings + 1, outageSinceMs: nowMs }
    return openAt(outage, { ...this.#opening(nowMs, failed, cause, judgement), reason })
  }

  #probed(
    state: HalfOpen,
    nowMs: number,
    startMs: number,
    verdict: Verdict,
    slow: boolean,
    cause: unknown,
    judgement: Judgement | undefined,
  ): State | undefined {
    const failed = verdict === 'failure' || (slow && this.#rules.slowRatio !== Infinity)
    const counted = verdict !== 'ignore' && failed ? 'failure' : verdict
    const reason = verdict === 'failure' && judgement?.trip ? 'outcome' : 'probe-failed'
    const opening = { ...this.#opening(nowMs, verdict === 'failure', cause, judgement), reason } as const
    const next = settleProbe(state, startMs, counted, opening)
    if (next && verdict !== 'ignore') this.tally.streak(failed)
    return next
  }

  /** What opening now would need. A failure may name its break. */
  #opening(nowMs: number, failed: boolean, cause: unknown, judgement: Judgement | undefined) {
    const namedMs = failed ? (judgement?.retryAfterMs ?? readRetryAfterMs(cause)) : undefined
    return {
      rules: this.#rules,
      jitterSeed: this.#jitterSeed,
      nowMs,
      namedMs: namedMs === undefined ? undefined : Math.min(Math.max(namedMs, 1), this.#rules.breakMaxMs),
    }
  }

  /** Whether the share of the calls that is admitted by now has room for one more. */
  #isInTurn(nowMs: number): boolean {
    const state = this.#state
    const ratio = rampRatio(state, this.#rules, nowMs)
    if (ratio === 1 && state.kind === 'closed') this.#state = { ...state, isRamping: false }
    this.#credit += ratio
    // Ten tenths are one, whatever floating point makes of them.
    if (this.#credit < 1 - 1e-9) return false
    this.#credit -= 1
    return true
  }

  /** How many openings in a row the next one continues: none after a whole healthy window. */
  #openingsOf(openings: number, nowMs: number): number {
    return openings > 0 && this.tally.window.isWhole(nowMs) ? 0 : openings
  }

  #next(state: State, nowMs: number): State {
    return elapse(state, this.#rules, this.#jitterSeed, nowMs)
  }

  #become(to: State, nowMs: number): void {
    const from = this.#state
    this.#state = to
    if (from.generation === to.generation) return
    if (to.kind === 'closed') this.tally.clear(nowMs)
    // The first call is admitted, however small the share.
    if (to.kind === 'closed') this.#credit = 1 - this.#rules.rampFromRatio
    if (to.kind === 'open') this.tally.opened++
    this.#changes ??= []
    this.#changes.push({ from, to, cause: this.tally.lastFailure })
  }
}
