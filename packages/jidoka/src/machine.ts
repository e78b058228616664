import type { OpenReason } from './events.ts'
import type { Rules } from './rules.ts'

/** Each change of `kind` begins a new generation. A call settles in the generation it was admitted in, or too late. */
export type State = Closed | Open | HalfOpen

interface Common {
  readonly generation: number
  /** When the state began, on the breaker's clock. */
  readonly sinceMs: number
  /** How many times in a row the circuit has opened without a healthy window in between. */
  readonly openings: number
}

export interface Closed extends Common {
  readonly kind: 'closed'
}

interface Outage extends Common {
  /** When the circuit was last closed. */
  readonly outageSinceMs: number
}

export interface Open extends Outage {
  readonly kind: 'open'
  readonly untilMs: number
  readonly reason: OpenReason
}

export interface HalfOpen extends Outage {
  readonly kind: 'half-open'
  readonly succeeded: number
  readonly failed: number
  /** When each running probe will have failed, oldest first. */
  readonly deadlines: readonly number[]
}

/** A circuit that begins closed. */
export function closedAt(nowMs: number, generation: number, openings: number): Closed {
  return { kind: 'closed', generation, sinceMs: nowMs, openings }
}

/**
 * The next thing that time alone does to `state` by `nowMs`, or `state` itself: a break ends, or a probe's deadline
 * passes. Each takes effect at its own moment, however late anyone looks. Repeat until nothing changes.
 */
export function elapse(state: State, rules: Rules, jitterSeed: number, nowMs: number): State {
  if (state.kind === 'open') {
    if (nowMs < state.untilMs) return state
    const { generation, untilMs, openings, outageSinceMs } = state
    const common = { generation: generation + 1, sinceMs: untilMs, openings, outageSinceMs }
    return { kind: 'half-open', ...common, succeeded: 0, failed: 0, deadlines: [] }
  }
  if (state.kind === 'half-open') {
    const [dueMs = Infinity, ...deadlines] = state.deadlines
    if (dueMs <= nowMs)
      return conclude({ ...state, failed: state.failed + 1, deadlines }, rules, jitterSeed, dueMs, 'probe-expired')
  }
  return state
}

/** Opens the circuit. `openings` counts this one. */
export function openAt(
  nowMs: number,
  { generation, outageSinceMs, openings }: Pick<Outage, 'generation' | 'outageSinceMs' | 'openings'>,
  rules: Rules,
  jitterSeed: number,
  reason: OpenReason,
): Open {
  const longestMs = Math.min(rules.breakMs * rules.breakFactor ** (openings - 1), rules.breakMaxMs)
  // Steps of the golden ratio from a random start: random enough to part breakers, and the same whenever it is asked.
  const random = (jitterSeed + generation * GOLDEN_RATIO) % 1
  const untilMs = nowMs + longestMs * (1 - rules.breakJitterRatio * random)
  return { kind: 'open', generation: generation + 1, sinceMs: nowMs, openings, outageSinceMs, untilMs, reason }
}

const GOLDEN_RATIO = 0.618_033_988_749_895

/** Takes one more probe in, or returns `undefined` when all places are taken. */
export function admitProbe(state: HalfOpen, rules: Rules, nowMs: number): HalfOpen | undefined {
  const { succeeded, failed, deadlines } = state
  if (succeeded + failed + deadlines.length >= rules.probeCalls) return undefined
  return { ...state, deadlines: [...deadlines, nowMs + rules.probeMaxWaitMs] }
}

/** What a probe's end leads to. `undefined` when its deadline has passed. Call `elapse` first. */
export function settleProbe(
  state: HalfOpen,
  rules: Rules,
  jitterSeed: number,
  nowMs: number,
  startMs: number,
  verdict: 'success' | 'failure' | 'ignore',
): State | undefined {
  // Probes admitted at the same moment have the same deadline, and any of them will do.
  const index = state.deadlines.indexOf(startMs + rules.probeMaxWaitMs)
  if (index === -1) return undefined
  const succeeded = state.succeeded + (verdict === 'success' ? 1 : 0)
  const failed = state.failed + (verdict === 'failure' ? 1 : 0)
  const deadlines = state.deadlines.toSpliced(index, 1)
  return conclude({ ...state, succeeded, failed, deadlines }, rules, jitterSeed, nowMs, 'probe-failed')
}

/** Closes once enough probes have succeeded, opens once that can't be reached any more. */
function conclude(state: HalfOpen, rules: Rules, jitterSeed: number, nowMs: number, reason: OpenReason): State {
  if (state.succeeded >= rules.probeSuccesses) return closedAt(nowMs, state.generation + 1, state.openings)
  if (state.failed <= rules.probeCalls - rules.probeSuccesses) return state
  return openAt(nowMs, { ...state, openings: state.openings + 1 }, rules, jitterSeed, reason)
}

/** When a call may be admitted again, in whole ms. 0 when that is now. */
export function retryAfterMs(state: State, rules: Rules, nowMs: number): number {
  if (state.kind === 'closed' || (state.kind === 'half-open' && admitProbe(state, rules, nowMs))) return 0
  // Without a deadline there would be a free place: every probe that failed or succeeded without a decision leaves one.
  const atMs = state.kind === 'open' ? state.untilMs : (state.deadlines[0] ?? nowMs)
  return Math.max(0, Math.ceil(atMs - nowMs))
}
