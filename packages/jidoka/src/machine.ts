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
  /** Whether probes closed it, so that it admits a growing share at first. */
  readonly isRamping: boolean
}

interface Outage extends Common {
  /** When the circuit was last closed. */
  readonly outageSinceMs: number
}

export interface Open extends Outage {
  readonly kind: 'open'
  readonly untilMs: number
  /** `undefined` when it was restored: that is not told. */
  readonly reason: OpenReason | undefined
}

export interface HalfOpen extends Outage {
  readonly kind: 'half-open'
  readonly succeeded: number
  readonly failed: number
  /** When each running probe will have failed, oldest first. */
  readonly deadlines: readonly number[]
}

/** What opening needs to know beside the rules. */
interface Opening {
  readonly rules: Rules
  readonly jitterSeed: number
  readonly nowMs: number
  readonly reason: OpenReason
  /** How long the break lasts when the outcome itself says so. */
  readonly namedMs?: number | undefined
}

/** A circuit that begins closed. */
export function closedAt(nowMs: number, generation: number, openings: number, isRamping = false): Closed {
  return { kind: 'closed', generation, sinceMs: nowMs, openings, isRamping }
}

/**
 * The next thing that time alone does to `state` by `nowMs`, or `state` itself: a break ends, or a probe's deadline
 * passes. Each takes effect at its own moment, however late anyone looks. Repeat until nothing changes.
 */
export function elapse(state: State, rules: Rules, jitterSeed: number, nowMs: number): State {
  if (state.kind === 'open') return nowMs < state.untilMs ? state : halfOpenAt(state.untilMs, state)
  if (state.kind === 'half-open') {
    const [dueMs = Infinity, ...deadlines] = state.deadlines
    const expired = { rules, jitterSeed, nowMs: dueMs, reason: 'probe-expired' } as const
    if (dueMs <= nowMs) return conclude({ ...state, failed: state.failed + 1, deadlines }, expired)
  }
  return state
}

/** Probing begins at `sinceMs`. */
export function halfOpenAt(sinceMs: number, { generation, openings, outageSinceMs }: Outage): HalfOpen {
  const common = { generation: generation + 1, sinceMs, openings, outageSinceMs }
  return { kind: 'half-open', ...common, succeeded: 0, failed: 0, deadlines: [] }
}

/** Opens the circuit. `openings` counts this one. */
export function openAt(
  { generation, outageSinceMs, openings }: Pick<Outage, 'generation' | 'outageSinceMs' | 'openings'>,
  { rules, jitterSeed, nowMs, reason, namedMs }: Opening,
): Open {
  const longestMs = Math.min(rules.breakMs * rules.breakFactor ** (openings - 1), rules.breakMaxMs)
  // Steps of the golden ratio from a random start: random enough to part breakers, and the same whenever it is asked.
  const random = (jitterSeed + generation * GOLDEN_RATIO) % 1
  const untilMs = nowMs + (namedMs ?? longestMs * (1 - rules.breakJitterRatio * random))
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
  startMs: number,
  verdict: 'success' | 'failure' | 'ignore',
  opening: Opening,
): State | undefined {
  // Probes admitted at the same moment have the same deadline, and any of them will do.
  const index = state.deadlines.indexOf(startMs + opening.rules.probeMaxWaitMs)
  if (index === -1) return undefined
  const succeeded = state.succeeded + (verdict === 'success' ? 1 : 0)
  const failed = state.failed + (verdict === 'failure' ? 1 : 0)
  return conclude({ ...state, succeeded, failed, deadlines: state.deadlines.toSpliced(index, 1) }, opening)
}

/** Closes once enough probes have succeeded, opens once that can't be reached any more, or once it is asked for. */
function conclude(state: HalfOpen, opening: Opening): State {
  const { rules, nowMs, reason } = opening
  if (state.succeeded >= rules.probeSuccesses)
    return closedAt(nowMs, state.generation + 1, state.openings, rules.rampMs > 0)
  if (state.failed <= rules.probeCalls - rules.probeSuccesses && reason !== 'outcome') return state
  return openAt({ ...state, openings: state.openings + 1 }, opening)
}

/** The share of calls that is admitted: grows evenly after probes have closed the circuit. 1 when all are. */
export function rampRatio(state: State, { rampMs, rampFromRatio }: Rules, nowMs: number): number {
  const passed = state.kind === 'closed' && state.isRamping ? (nowMs - state.sinceMs) / rampMs : 1
  return passed < 1 ? rampFromRatio + (1 - rampFromRatio) * passed : 1
}

/** When a call may be admitted again, in whole ms. 0 when that is now. */
export function retryAfterMs(state: State, rules: Rules, nowMs: number): number {
  if (state.kind === 'closed' || (state.kind === 'half-open' && admitProbe(state, rules, nowMs))) return 0
  // Without a deadline there would be a free place: every probe that failed or succeeded without a decision leaves one.
  const atMs = state.kind === 'open' ? state.untilMs : (state.deadlines[0] ?? nowMs)
  return Math.max(0, Math.ceil(atMs - nowMs))
}
