import {
  type Clock,
  type ListenerErrorHandler,
  type Timers,
  checkCount,
  checkFunction,
  checkInteger,
  checkName,
  checkNumber,
  checkObject,
  checkOneOf,
  printListenerError,
  systemClock,
  systemTimers,
} from '@tps/internal'
import type { DigestOptions } from './digest.ts'
import type { ChannelCircuitOptions, SendBreaker } from './reliable-circuit.ts'

/** How many sends may start in an interval. */
export interface SendRate {
  /** At least 1. */
  readonly count: number
  /** The interval, in ms, from 1. */
  readonly perMs: number
}

/** How a channel delivers. All of it is checked and copied once. */
export interface DeliveryOptions {
  /** What the channel is called. Unique among the channels of an emitter. */
  readonly name?: string | undefined
  /** How many sends may be under way at once, at least 1 or Infinity. Default 4. */
  readonly concurrency?: number | undefined
  /**
   * Starts at most `count` sends in any `perMs` milliseconds, retries included; `false` for no such limit. Default
   * `false`. The timer of what waits for it keeps the process alive.
   */
  readonly rate?: false | SendRate | undefined
  /** How often a notification is tried in all, at least 1 or Infinity. Default 5. */
  readonly attempts?: number | undefined
  /**
   * How often a resolve is tried in all, at least 1 or Infinity: without it the alert would stay open at the receiver.
   * Only where this channel gave the firing up or dropped it, and it has surely not arrived, `attempts` counts instead.
   * Default Infinity.
   */
  readonly resolveAttempts?: number | undefined
  /** The pause after the first failure, in ms, 0 or more; it doubles with each. Default 1000. */
  readonly backoffMs?: number | undefined
  /** The longest pause, in ms, at least `backoffMs`. A `retryAfterMs` of the error may exceed it. Default 60000. */
  readonly maxBackoffMs?: number | undefined
  /** How long one send may take, in ms, greater than 0 or Infinity. Then its signal aborts. Default 10000. */
  readonly timeoutMs?: number | undefined
  /**
   * How many notifications may be here, waiting, pausing and under way, at least 1 or Infinity. Resolves of firings
   * that may have arrived are taken beyond it. Default 1000.
   */
  readonly capacity?: number | undefined
  /**
   * What is dropped at `capacity`, and counted: the new notification, or the oldest firing that is not under way, a
   * yellow one before a red one. Its sender gets a `ChannelFullError`. Default `'reject'`.
   */
  readonly overflow?: 'reject' | 'drop-oldest' | undefined
  /**
   * Stops sending to a receiver that fails, and probes whether it is back. Notifications wait meanwhile; only probes
   * count as tries. A breaker of yours is asked instead of the built-in circuit; `false` for none. What says
   * `retryable: false` counts neither way: the receiver has answered.
   */
  readonly circuit?: false | ChannelCircuitOptions | SendBreaker | undefined
  /** Runs pauses and timeouts. Default: the platform's timers, unreferenced. */
  readonly timers?: Timers | undefined
  /** Monotonic time, for the circuit and the like. Default: the platform's. */
  readonly clock?: Clock | undefined
  /** Wall-clock time in ms since 1970. Default `Date.now`. */
  readonly wallNow?: (() => number) | undefined
  /** A number in [0, 1) that spreads pauses between a half and the whole of them. Default `Math.random`. */
  readonly random?: (() => number) | undefined
  /** Receives what a listener, or a circuit of yours, throws. Default: prints it. */
  readonly onListenerError?: ListenerErrorHandler | undefined
}

/** How a `ReliableChannel` delivers. Its `name` is that of the channel in it by default. */
export interface ReliableChannelOptions extends DeliveryOptions {
  /** Tells many notifications that wait as one. For channels with `sendDigest` only. Default `false`. */
  readonly digest?: false | DigestOptions | undefined
}

export interface CheckedDelivery {
  readonly concurrency: number
  readonly rate: false | SendRate
  readonly attempts: number
  readonly resolveAttempts: number
  readonly backoffMs: number
  readonly maxBackoffMs: number
  readonly timeoutMs: number
  readonly capacity: number
  readonly overflow: 'reject' | 'drop-oldest'
  readonly circuit: false | Required<ChannelCircuitOptions> | SendBreaker
  readonly digest: false | CheckedDigest
  readonly timers: Timers
  readonly clock: Clock
  readonly wallNow: () => number
  readonly random: () => number
  readonly onListenerError: ListenerErrorHandler
}

export interface CheckedDigest {
  readonly above: number
  readonly windowMs: number
  readonly maxAlerts: number
  readonly maxRules: number
}

export const LONGEST_MS: number = 2 ** 31 - 1

export function checkDelivery(options: ReliableChannelOptions): CheckedDelivery {
  checkObject('options', options)
  const { concurrency = 4, rate = false, attempts = 5, resolveAttempts = Infinity } = options
  const { backoffMs = 1000, maxBackoffMs = Math.max(60_000, backoffMs), timeoutMs = 10_000 } = options
  const { capacity = 1000, overflow = 'reject', circuit = {}, digest = false } = options
  const { timers = systemTimers, clock = systemClock, wallNow = Date.now, random = Math.random } = options
  const { name, onListenerError = printListenerError } = options
  if (name !== undefined) checkName('name', name)
  return {
    concurrency: checkCount('concurrency', concurrency, { min: 1 }),
    rate: rate === false ? false : checkRate(rate),
    attempts: checkCount('attempts', attempts, { min: 1 }),
    resolveAttempts: checkCount('resolveAttempts', resolveAttempts, { min: 1 }),
    backoffMs: checkNumber('backoffMs', backoffMs, { min: 0, max: LONGEST_MS }),
    maxBackoffMs: checkNumber('maxBackoffMs', maxBackoffMs, { min: backoffMs, max: LONGEST_MS }),
    timeoutMs: timeoutMs === Infinity ? timeoutMs : checkNumber('timeoutMs', timeoutMs, { above: 0, max: LONGEST_MS }),
    capacity: checkCount('capacity', capacity, { min: 1 }),
    overflow: checkOneOf('overflow', overflow, ['reject', 'drop-oldest']),
    circuit: circuit === false ? false : checkCircuit(circuit),
    digest: digest === false ? false : checkDigest(digest),
    timers: checkObject('timers', timers, ['schedule']),
    clock: checkObject('clock', clock, ['now']),
    wallNow: checkFunction('wallNow', wallNow),
    random: checkFunction('random', random),
    onListenerError: checkFunction('onListenerError', onListenerError),
  }
}

function checkRate(rate: SendRate): SendRate {
  const { count, perMs } = checkObject('rate', rate)
  return {
    count: checkInteger('rate.count', count, { min: 1 }),
    perMs: checkInteger('rate.perMs', perMs, { min: 1, max: LONGEST_MS }),
  }
}

function checkCircuit(circuit: ChannelCircuitOptions | SendBreaker): Required<ChannelCircuitOptions> | SendBreaker {
  checkObject('circuit', circuit)
  if ('tryAcquire' in circuit) return checkObject('circuit', circuit, ['tryAcquire'])
  const { failures = 5, breakMs = 30_000 } = circuit
  return {
    failures: checkInteger('circuit.failures', failures, { min: 1 }),
    breakMs: checkNumber('circuit.breakMs', breakMs, { above: 0, max: LONGEST_MS }),
  }
}

function checkDigest(digest: DigestOptions): CheckedDigest {
  const { above = 10, windowMs = 30_000, maxAlerts = 5, maxRules = 20 } = checkObject('digest', digest)
  return {
    above: checkInteger('digest.above', above, { min: 1 }),
    windowMs: checkNumber('digest.windowMs', windowMs, { min: 0, max: LONGEST_MS }),
    maxAlerts: checkInteger('digest.maxAlerts', maxAlerts, { min: 0 }),
    maxRules: checkInteger('digest.maxRules', maxRules, { min: 1 }),
  }
}
