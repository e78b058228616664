import { checkCount, checkFunction, checkInteger, checkNumber, checkObject, checkOneOf } from '@tps/internal'
import type {
  BreakOptions,
  CircuitBreakerRules,
  ProbeCheck,
  ProbeOptions,
  RampUpOptions,
  TripOptions,
  WindowOptions,
} from './options.ts'
import type { Classify } from './outcome.ts'

/** The checked options, all but what ties a breaker to its surroundings. A rule that doesn't apply is `Infinity`. */
export interface Rules extends TripRules, BreakRules, ProbeRules, RampRules {
  readonly window: WindowOptions
  readonly isObserving: boolean
  readonly classify: Classify | undefined
}

interface TripRules {
  readonly consecutiveFailures: number
  readonly failureRatio: number
  readonly slowRatio: number
  readonly slowCallMs: number
  readonly minimumCalls: number
}

interface BreakRules {
  readonly breakMs: number
  readonly breakFactor: number
  readonly breakMaxMs: number
  readonly breakJitterRatio: number
}

interface ProbeRules {
  readonly probeCalls: number
  /** How many probes have to succeed. */
  readonly probeSuccesses: number
  readonly probeMaxWaitMs: number
  /** How many calls may wait for a place. 0 when the excess is refused. */
  readonly probeMaxWaiting: number
  readonly probeCheck: ProbeCheck | undefined
}

interface RampRules {
  /** 0 when every call is admitted at once. */
  readonly rampMs: number
  readonly rampFromRatio: number
}

const DEFAULT_WINDOW: WindowOptions = { kind: 'time', ms: 30_000 }
const RATIO = { above: 0, max: 1 }

let defaults: Rules | undefined

/** Checks the options, copies them and fills in the defaults. Those who ask for nothing share one copy. */
export function checkRules(options: CircuitBreakerRules): Rules {
  const { window, trip, break: pause, probe, rampUp, mode, classify } = options
  const given = { window, trip, break: pause, probe, rampUp, mode, classify }
  if (Object.values(given).every((value) => value === undefined)) return (defaults ??= readRules({}))
  return readRules(given)
}

function readRules({
  mode = 'enforce',
  classify,
  trip,
  break: pause,
  probe,
  rampUp,
  ...rest
}: CircuitBreakerRules): Rules {
  const window = checkWindow(rest.window)
  return {
    window,
    ...checkTrip(trip, window),
    ...checkBreak(pause),
    ...checkProbe(probe),
    ...checkRampUp(rampUp),
    isObserving: checkOneOf('mode', mode, ['enforce', 'observe']) === 'observe',
    classify: classify && checkFunction('classify', classify),
  }
}

function checkWindow(window: WindowOptions = DEFAULT_WINDOW): WindowOptions {
  checkObject('window', window)
  return checkOneOf('window.kind', window.kind, ['time', 'count']) === 'time'
    ? { kind: 'time', ms: checkNumber('window.ms', Reflect.get(window, 'ms'), { min: 10 }) }
    : { kind: 'count', calls: checkInteger('window.calls', Reflect.get(window, 'calls'), { min: 1, max: 1_000_000 }) }
}

function checkTrip(trip: TripOptions = {}, window: WindowOptions): TripRules {
  const { consecutiveFailures, failureRatio, slowRatio, slowCallMs, minimumCalls } = checkObject('trip', trip)
  const alone = failureRatio === undefined && slowRatio === undefined
  const most = window.kind === 'count' ? window.calls : Infinity
  return {
    consecutiveFailures: checkCount('trip.consecutiveFailures', consecutiveFailures ?? (alone ? 5 : Infinity), {
      min: 1,
    }),
    failureRatio: failureRatio === undefined ? Infinity : checkNumber('trip.failureRatio', failureRatio, RATIO),
    slowRatio: slowRatio === undefined ? Infinity : checkNumber('trip.slowRatio', slowRatio, RATIO),
    // A slow ratio without it would never hold.
    slowCallMs:
      slowCallMs === undefined && slowRatio === undefined
        ? Infinity
        : checkNumber('trip.slowCallMs', slowCallMs, { above: 0 }),
    // More than the window holds would never be reached.
    minimumCalls: checkInteger('trip.minimumCalls', minimumCalls ?? Math.min(20, most), { min: 1, max: most }),
  }
}

function checkBreak(pause: BreakOptions = {}): BreakRules {
  const { ms = 30_000, factor = 1, maxMs, jitterRatio = 0 } = checkObject('break', pause)
  const breakMs = checkNumber('break.ms', ms, { min: 1 })
  return {
    breakMs,
    breakFactor: checkNumber('break.factor', factor, { min: 1 }),
    breakMaxMs: checkNumber('break.maxMs', maxMs ?? Math.max(300_000, breakMs), { min: breakMs }),
    breakJitterRatio: checkNumber('break.jitterRatio', jitterRatio, { min: 0, below: 1 }),
  }
}

function checkProbe(probe: ProbeOptions = {}): ProbeRules {
  const { calls = 1, successRatio = 1, maxWaitMs = 30_000, check } = checkObject('probe', probe)
  const { overflow = 'refuse', maxWaiting = 100 } = probe
  const probeCalls = checkInteger('probe.calls', calls, { min: 1, max: 10_000 })
  const waiting = checkInteger('probe.maxWaiting', maxWaiting, { min: 1, max: 100_000 })
  return {
    probeCalls,
    probeSuccesses: leastReaching(checkNumber('probe.successRatio', successRatio, RATIO), probeCalls),
    probeMaxWaitMs: checkNumber('probe.maxWaitMs', maxWaitMs, { min: 1 }),
    probeMaxWaiting: checkOneOf('probe.overflow', overflow, ['refuse', 'wait']) === 'wait' ? waiting : 0,
    probeCheck: check && checkFunction('probe.check', check),
  }
}

function checkRampUp(rampUp: RampUpOptions | undefined): RampRules {
  if (rampUp === undefined) return { rampMs: 0, rampFromRatio: 1 }
  const { ms, fromRatio = 0.1 } = checkObject('rampUp', rampUp)
  return {
    rampMs: checkNumber('rampUp.ms', ms, { min: 1 }),
    rampFromRatio: checkNumber('rampUp.fromRatio', fromRatio, RATIO),
  }
}

/** The least count whose share of `total` is at least `ratio`. The product may be rounded to either side of it. */
function leastReaching(ratio: number, total: number): number {
  const count = Math.ceil(ratio * total)
  return (count - 1) / total >= ratio ? count - 1 : count
}
