import { type State, admitProbe, closedAt, elapse, openAt, settleProbe } from './machine.ts'
import type { Verdict } from './outcome.ts'
import type { Rules } from './rules.ts'
import type { CircuitBreakerSnapshot } from './snapshot.ts'
import type { Tally } from './tally.ts'

/** In place of a generation: not admitted. */
export const REFUSED = -1

/** A change of state that has been made, for the events to tell of. */
export interface Change {
  readonly from: State
  readonly to: State
  /** What the last failed call had failed with. */
  readonly cause: unknown
}

/** The state machine with its counts. Knows time only as an argument, and calls nobody. */
export class Circuit {
  readonly rules: Rules
  readonly tally: Tally
  readonly #jitterSeed: number
  #state: State
  #changes: Change[] | undefined

  constructor(rules: Rules, tally: Tally, jitterSeed: number, nowMs: number) {
    this.rules = rules
    this.tally = tally
    this.#jitterSeed = jitterSeed
    this.#state = closedAt(nowMs, 0, 0)
  }

  get isClosed(): boolean {
    return this.#state.kind === 'closed'
  }

  /** Admits a call and returns the generation it has to be settled in, or returns `REFUSED`. */
  admit(nowMs: number): number {
    if (this.#state.kind === 'closed') return this.#state.generation
    this.#elapse(nowMs)
    const probing = this.#state.kind === 'half-open' ? admitProbe(this.#state, this.rules, nowMs) : undefined
    if (!probing) return REFUSED
    this.#state = probing
    return probing.generation
  }

  /** Settles a call that was admitted at `startMs`. Returns whether that came too late to count. */
  settle(nowMs: number, generation: number, startMs: number, verdict: Verdict, slow: boolean, cause: unknown): boolean {
    if (this.#state.kind !== 'closed') this.#elapse(nowMs)
    const state = this.#state
    let next: State | undefined
    if (state.generation === generation) {
      if (state.kind === 'closed') next = verdict === 'ignore' ? state : this.#count(nowMs, verdict === 'failure', slow)
      else if (state.kind === 'half-open') next = this.#probed(nowMs, startMs, verdict, slow)
    }
    const late = next === undefined
    this.tally.end(nowMs, verdict, slow, late, cause)
    if (next) this.#become(next, nowMs)
    return late
  }

  /** Closes it and forgets what led to its opening. */
  reset(nowMs: number): void {
    this.#elapse(nowMs)
    this.#become(closedAt(nowMs, this.#state.generation + 1, 0), nowMs)
  }

  /** What it is at `nowMs`. Changes nothing. */
  at(nowMs: number): State {
    let state = this.#state
    for (let next = this.#next(state, nowMs); next !== state; next = this.#next(state, nowMs)) state = next
    return state
  }

  /** The oldest change that nobody has taken yet. */
  takeChange(): Change | undefined {
    return this.#changes?.shift()
  }

  /** What a snapshot says about `state`, which it is in at `nowMs`. */
  readState(
    state: State,
    nowMs: number,
  ): Pick<CircuitBreakerSnapshot, 'openings' | 'probes' | 'nextProbeAt' | 'stateForMs'> {
    const { deadlines = [], succeeded = 0, failed = 0 } = state.kind === 'half-open' ? state : {}
    return {
      stateForMs: nowMs - state.sinceMs,
      openings: state.kind === 'closed' ? this.#openingsOf(state.openings, nowMs) : state.openings,
      probes: { running: deadlines.length, succeeded, failed },
      nextProbeAt: state.kind === 'open' ? state.untilMs : null,
    }
  }

  #count(nowMs: number, failed: boolean, slow: boolean): State {
    const state = this.#state
    // Before the outcome goes in: it is the healthy window before it that forgets.
    const openings = this.#openingsOf(state.openings, nowMs)
    const reason = this.tally.judge(nowMs, failed, slow, this.rules)
    if (!reason) return state
    const outage = { generation: state.generation, openings: openings + 1, outageSinceMs: nowMs }
    return openAt(nowMs, outage, this.rules, this.#jitterSeed, reason)
  }

  #probed(nowMs: number, startMs: number, verdict: Verdict, slow: boolean): State | undefined {
    if (this.#state.kind !== 'half-open') return undefined
    const failed = verdict === 'failure' || (slow && this.rules.slowRatio !== Infinity)
    const counted = verdict !== 'ignore' && failed ? 'failure' : verdict
    const next = settleProbe(this.#state, this.rules, this.#jitterSeed, nowMs, startMs, counted)
    if (next && verdict !== 'ignore') this.tally.streak(failed)
    return next
  }

  /** How many openings in a row the next one continues: none after a whole healthy window. */
  #openingsOf(openings: number, nowMs: number): number {
    return openings > 0 && this.tally.window.isWhole(nowMs) ? 0 : openings
  }

  #next(state: State, nowMs: number): State {
    return elapse(state, this.rules, this.#jitterSeed, nowMs)
  }

  #elapse(nowMs: number): void {
    let next = this.#next(this.#state, nowMs)
    while (next !== this.#state) {
      this.#become(next, nowMs)
      next = this.#next(next, nowMs)
    }
  }

  #become(to: State, nowMs: number): void {
    const from = this.#state
    this.#state = to
    if (from.generation === to.generation) return
    if (to.kind === 'closed') this.tally.clear(nowMs)
    if (to.kind === 'open') this.tally.opened++
    this.#changes ??= []
    this.#changes.push({ from, to, cause: this.tally.lastFailure })
  }
}
