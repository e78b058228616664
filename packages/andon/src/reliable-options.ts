import {
  type Timers,
  checkCount,
  checkFunction,
  checkInteger,
  checkNumber,
  checkObject,
  systemTimers,
} from '@tps/internal'

/** How a `ReliableChannel` delivers. */
export interface ReliableChannelOptions {
  /** How many sends may be under way at once, at least 1 or Infinity. Default 4. */
  readonly concurrency?: number | undefined
  /** Starts at most `count` sends in every `perMs` milliseconds, retries included. Default: no such limit. */
  readonly rate?: { readonly count: number; readonly perMs: number } | undefined
  /** How often a notification is tried in all, at least 1 or Infinity. Default 5. */
  readonly attempts?: number | undefined
  /**
   * How often the resolve of a firing that **was delivered** is tried in all, at least 1 or Infinity: without it the
   * alert would stay open at the receiver. Default Infinity.
   */
  readonly resolveAttempts?: number | undefined
  /** The pause after the first failure, in ms, 0 or more; it doubles with each. Default 1000. */
  readonly backoffMs?: number | undefined
  /** The longest pause, in ms, at least `backoffMs`. A `retryAfterMs` of the error may exceed it. Default 60000. */
  readonly maxBackoffMs?: number | undefined
  /** How long one send may take, in ms, greater than 0 or Infinity. Then its signal aborts. Default 10000. */
  readonly timeoutMs?: number | undefined
  /** Runs pauses and timeouts. Default: the platform's timers, unreferenced. */
  readonly timers?: Timers | undefined
  /** A number in [0, 1) that spreads pauses between a half and the whole of them. Default `Math.random`. */
  readonly random?: (() => number) | undefined
}

export interface CheckedReliableOptions {
  readonly concurrency: number
  readonly rate: { readonly count: number; readonly perMs: number } | undefined
  readonly attempts: number
  readonly resolveAttempts: number
  readonly backoffMs: number
  readonly maxBackoffMs: number
  readonly timeoutMs: number
  readonly timers: Timers
  readonly random: () => number
}

const LONGEST_MS = 2 ** 31 - 1

export function checkReliable(options: ReliableChannelOptions): CheckedReliableOptions {
  checkObject('options', options)
  const { concurrency = 4, rate, attempts = 5, resolveAttempts = Infinity } = options
  const { backoffMs = 1000, maxBackoffMs = Math.max(60_000, backoffMs), timeoutMs = 10_000 } = options
  const { timers = systemTimers, random = Math.random } = options
  return {
    concurrency: checkCount('concurrency', concurrency, { min: 1 }),
    rate: rate === undefined ? undefined : checkRate(rate),
    attempts: checkCount('attempts', attempts, { min: 1 }),
    resolveAttempts: checkCount('resolveAttempts', resolveAttempts, { min: 1 }),
    backoffMs: checkNumber('backoffMs', backoffMs, { min: 0, max: LONGEST_MS }),
    maxBackoffMs: checkNumber('maxBackoffMs', maxBackoffMs, { min: backoffMs, max: LONGEST_MS }),
    timeoutMs: timeoutMs === Infinity ? timeoutMs : checkNumber('timeoutMs', timeoutMs, { above: 0, max: LONGEST_MS }),
    timers: checkObject('timers', timers, ['schedule']),
    random: checkFunction('random', random),
  }
}

function checkRate(rate: { readonly count: number; readonly perMs: number }): { count: number; perMs: number } {
  const { count, perMs } = checkObject('rate', rate)
  return {
    count: checkInteger('rate.count', count, { min: 1 }),
    perMs: checkInteger('rate.perMs', perMs, { min: 1, max: LONGEST_MS }),
  }
}
