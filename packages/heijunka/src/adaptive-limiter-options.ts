import {
  type Clock,
  type Timers,
  checkFunction,
  checkInteger,
  checkNumber,
  checkObject,
  checkOneOf,
} from '@tps/internal'
import { AimdLimit } from './adaptive-aimd.ts'
import { GradientLimit } from './adaptive-gradient.ts'
import type { AdaptiveLimit, LimitBounds } from './adaptive-limit.ts'
import { type CallResult, type LoadOutcome, classifyLoad } from './adaptive-limiter-classify.ts'
import type { EmittingOptions } from './emitting.ts'
import { type WaitOptions, checkTime, checkWait } from './waiting-timers.ts'

/** The rule that grows by the gradient of latency. */
export interface GradientOptions {
  readonly kind: 'gradient'
  /** How long latencies are gathered for one step, in ms. Greater than 0. Default 1000. */
  readonly windowMs?: number | undefined
  /** How many successes one step needs. An integer, at least 1. Default 10. */
  readonly minSamples?: number | undefined
  /** How many times the baseline calls may take until the limit shrinks. At least 1. Default 1.5. */
  readonly tolerance?: number | undefined
  /** How much of a step is made. Greater than 0, up to 1. Default 0.2. */
  readonly smoothing?: number | undefined
  /** How many calls a whole step adds. Greater than 0. Default 4. */
  readonly headroom?: number | undefined
  /** Over how many windows the baseline is averaged. An integer, at least 1. Default 600. */
  readonly baselineWindows?: number | undefined
  /**
   * How often the baseline is measured anew, at half the limit, in ms, while the limit is used. Greater than 0, or
   * `Infinity` for never: then long queueing becomes the baseline, and the limit drifts up. Default 60,000.
   */
  readonly probeEveryMs?: number | undefined
}

/** The rule that grows until something is dropped. */
export interface AimdOptions {
  readonly kind: 'aimd'
  /** What is added for each limit's worth of successes. Greater than 0. Default 1. */
  readonly increase?: number | undefined
  /** From which latency on a success counts as a drop, in ms. Greater than 0. Default `Infinity`: none does. */
  readonly slowMs?: number | undefined
}

/** What `adaptiveLimiter` is made with. */
export interface AdaptiveLimiterOptions extends EmittingOptions, WaitOptions {
  /**
   * How the limit follows what happens. `gradient` needs no drops, and keeps latency low; `aimd` needs drops or `slowMs`, and
   * fills the queue until they come. Default `{ kind: 'gradient' }`.
   */
  readonly algorithm?: GradientOptions | AimdOptions | undefined
  /** How many calls may run at first. An integer between the other two. Default 20, or the nearer of the other two. */
  readonly initialLimit?: number | undefined
  /** The least. An integer, at least 1. Default 1. */
  readonly minLimit?: number | undefined
  /** The most. An integer, at least `minLimit`. Default 1000. */
  readonly maxLimit?: number | undefined
  /** What the limit is multiplied with at a drop, once a round trip. Greater than 0, less than 1. Default 0.9. */
  readonly backoffRatio?: number | undefined
  /**
   * The share of the limit, rounded down, that is kept free for each class of calls; up to 1 together. What isn't
   * promised to anyone is for all. Default: no classes.
   */
  readonly partitions?: Readonly<Record<string, number>> | undefined
  /** How many calls wait for a place, over all classes. An integer from 0. Default 0: nobody waits. */
  readonly queueCapacity?: number | undefined
  /** How long they wait, in ms, up to 10 ms longer. From 0, or `Infinity`. Default 1000. */
  readonly maxWaitMs?: number | undefined
  /**
   * Says what the end of a call means. Not asked when the caller aborted: that is ignored. An exception or a wrong answer
   * goes to `onListenerError` and means `'ignore'`. Default `classifyLoad`.
   */
  readonly classify?: ((result: CallResult) => LoadOutcome) | undefined
}

/** What an `adaptiveLimiter` works with. */
export interface AdaptiveLimiterSettings {
  readonly algorithm: 'gradient' | 'aimd'
  readonly limit: AdaptiveLimit
  readonly minLimit: number
  readonly maxLimit: number
  readonly partitions: ReadonlyMap<string, number>
  readonly queueCapacity: number
  readonly maxWaitMs: number
  readonly classify: (result: CallResult) => LoadOutcome
  readonly clock: Clock
  readonly timers: Timers
}

/** Checks the options and fills in the defaults. */
export function adaptiveLimiterSettings(options: AdaptiveLimiterOptions): AdaptiveLimiterSettings {
  const {
    algorithm = { kind: 'gradient' },
    partitions = {},
    queueCapacity = 0,
    maxWaitMs = 1000,
    classify = classifyLoad,
  } = checkObject('options', options)
  const bounds = checkBounds(options)
  const kind = checkOneOf('kind', checkObject('algorithm', algorithm).kind, ['gradient', 'aimd'])
  return {
    algorithm: kind,
    limit: algorithm.kind === 'aimd' ? makeAimd(algorithm, bounds) : makeGradient(algorithm, bounds),
    minLimit: bounds.minLimit,
    maxLimit: bounds.maxLimit,
    partitions: checkPartitions(partitions),
    queueCapacity: checkInteger('queueCapacity', queueCapacity, { min: 0 }),
    maxWaitMs: checkWait('maxWaitMs', maxWaitMs),
    classify: checkFunction('classify', classify),
    ...checkTime(options),
  }
}

function checkBounds({
  initialLimit,
  minLimit = 1,
  maxLimit = 1000,
  backoffRatio = 0.9,
}: AdaptiveLimiterOptions): LimitBounds {
  const min = checkInteger('minLimit', minLimit, { min: 1 })
  const max = checkInteger('maxLimit', maxLimit, { min })
  return {
    initialLimit: checkInteger('initialLimit', initialLimit ?? Math.min(max, Math.max(min, 20)), { min, max }),
    minLimit: min,
    maxLimit: max,
    backoffRatio: checkNumber('backoffRatio', backoffRatio, { above: 0, below: 1 }),
  }
}

function makeAimd({ increase = 1, slowMs = Number.POSITIVE_INFINITY }: AimdOptions, bounds: LimitBounds): AimdLimit {
  return new AimdLimit({
    kind: 'aimd',
    ...bounds,
    increase: checkNumber('increase', increase, { above: 0 }),
    slowMs: slowMs === Number.POSITIVE_INFINITY ? slowMs : checkNumber('slowMs', slowMs, { above: 0 }),
  })
}

function makeGradient(options: GradientOptions, bounds: LimitBounds): GradientLimit {
  const {
    windowMs = 1000,
    minSamples = 10,
    tolerance = 1.5,
    smoothing = 0.2,
    headroom = 4,
    baselineWindows = 600,
    probeEveryMs = 60_000,
  } = options
  return new GradientLimit({
    kind: 'gradient',
    ...bounds,
    windowMs: checkNumber('windowMs', windowMs, { above: 0 }),
    minSamples: checkInteger('minSamples', minSamples, { min: 1 }),
    tolerance: checkNumber('tolerance', tolerance, { min: 1 }),
    smoothing: checkNumber('smoothing', smoothing, { above: 0, max: 1 }),
    headroom: checkNumber('headroom', headroom, { above: 0 }),
    baselineWindows: checkInteger('baselineWindows', baselineWindows, { min: 1 }),
    probeEveryMs:
      probeEveryMs === Number.POSITIVE_INFINITY
        ? probeEveryMs
        : checkNumber('probeEveryMs', probeEveryMs, { above: 0 }),
  })
}

function checkPartitions(partitions: Readonly<Record<string, number>>): ReadonlyMap<string, number> {
  const shares = Object.entries(checkObject('partitions', partitions))
  let sum = 0
  for (const [name, share] of shares) sum += checkNumber(`partitions.${name}`, share, { min: 0, max: 1 })
  // Ten times a tenth is a little less or more than one.
  if (sum > 1 + 1e-9) throw new RangeError(`partitions must add up to a number in [0, 1], got ${sum}`)
  return new Map(shares)
}
