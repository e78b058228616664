import type { NatsConnection } from '@nats-io/nats-core'
import {
  type Clock,
  type ListenerErrorHandler,
  type Timers,
  checkBoolean,
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
import { checkClasses, unlessInfinite } from './durable-options.ts'
import { type Codec, JSON_CODEC } from './item-codec.ts'

/** How a `JetStreamQueue` is opened. */
export interface JetStreamQueueOptions<T> {
  /**
   * The connection to the server. It stays the caller's: the queue never closes it. Connect with `maxReconnectAttempts: -1`,
   * or the client gives up after ten attempts.
   */
  readonly connection: NatsConnection
  /**
   * The name of its stream, and what it is called on boards, in metrics and in messages: letters, digits, `-` and `_`.
   * Whoever opens the same name works on the same queue; the options of the last one count for all.
   */
  readonly name: string
  /**
   * How many items may be in it, those in workers' hands included. From 1; `Infinity` for no bound but the server's. A
   * retried item always has room. Where more are in it already, that many are its capacity until it is opened again.
   * Default 10000.
   */
  readonly capacity?: number | undefined
  /** How many bytes it may hold. From 1. Then `put` fails with `ERR_STORAGE_FULL`. Default `Infinity`. */
  readonly maxBytes?: number | undefined
  /**
   * Classes of service, most urgent first; an item that names none belongs to the last. Letters, digits, `-` and `_`. Each
   * has a consumer of its own on the server. Default: `'standard'` alone.
   */
  readonly classes?: readonly string[] | undefined
  /**
   * How long an item of a less urgent class waits at most before its class is asked ahead of its turn, in ms, more than 0.
   * `Infinity`: the more urgent always go first. Default 60000.
   */
  readonly maxAgeMs?: number | undefined
  /**
   * How long a worker has before the item goes to another one, in ms, at least 100. It can be extended. The server waits a
   * fifth longer (`ack_wait`), so that a worker gives up before the item can be in other hands. Default 30000.
   */
  readonly leaseMs?: number | undefined
  /**
   * How often an item may be handed out before it is made a dead letter without being handed out again: what kills each
   * process that begins it must not go round for ever. From 1; `Infinity` for no bound. Default 20.
   */
  readonly maxDeliveries?: number | undefined
  /**
   * How many items of each class may be in workers' hands at once, in all processes together (`max_ack_pending`). From 1.
   * Items that wait out a delay count. Default `Infinity`.
   */
  readonly maxInProgress?: number | undefined
  /** How many dead letters are kept, from 1; the oldest goes first. Default 10000. */
  readonly deadLetterCapacity?: number | undefined
  /** How many errors are kept of an item, the last ones; from 1. Default 10. */
  readonly maxErrors?: number | undefined
  /** Whether the stacks of errors are kept. Default false. */
  readonly keepStacks?: boolean | undefined
  /** The key of an item. A `put` whose key was put in during the last `dedupWindowMs` changes nothing. Default: none. */
  readonly dedupBy?: ((item: T) => string | undefined) | undefined
  /**
   * How long the server knows what was put in, in ms, at least 1000: keys, and what was sent twice because an answer was
   * lost. Default 120000.
   */
  readonly dedupWindowMs?: number | undefined
  /** How items are written. Default: JSON. */
  readonly codec?: Codec<T> | undefined
  /** Where the server keeps it: on its disk (default), or in its memory, where a restart of the server loses it. */
  readonly storage?: 'file' | 'memory' | undefined
  /** On how many servers of a cluster it is kept, 1 to 5. Default 1. */
  readonly replicas?: number | undefined
  /** Whether the server compresses it. Needs nats-server 2.10. Default false. */
  readonly compression?: boolean | undefined
  /** The JetStream domain. Default: none. */
  readonly domain?: string | undefined
  /** How long the server has for an answer, in ms, at least 100. What it doesn't answer fails with `ERR_STORAGE_TIMEOUT`. Default 10000. */
  readonly requestMs?: number | undefined
  /** How often the server says that a wait for work still stands, in ms, at least 100. A wait that is silent for 2.5 times as long is begun anew. Default 5000. */
  readonly heartbeatMs?: number | undefined
  /** How often to look how the queue stands on the server, in ms, at least 10. Default 1000. */
  readonly refreshMs?: number | undefined
  /** How often to look for items that the server holds and would never hand out again, in ms, at least 10; `Infinity` for never. Default 5000. */
  readonly reconcileMs?: number | undefined
  /** How many producers may wait in `put` and, counted apart, how many consumers in `lease`. From 1. Default 10000. */
  readonly maxWaiting?: number | undefined
  /** Monotonic time. What is kept on the server is wall-clock time. Default: the platform's. */
  readonly clock?: Clock | undefined
  /** Ends waits and leases. Default: the platform's. */
  readonly timers?: Timers | undefined
  /** From 0 to below 1, for the jitter of retries. Default `Math.random`. */
  readonly random?: (() => number) | undefined
  /** Receives what a listener threw. Default: prints it. */
  readonly onListenerError?: ListenerErrorHandler | undefined
}

export interface CheckedJetStreamOptions<T> {
  readonly connection: NatsConnection
  readonly name: string
  readonly capacity: number
  readonly maxBytes: number
  readonly classes: readonly string[]
  readonly maxAgeMs: number
  readonly leaseMs: number
  readonly maxDeliveries: number
  readonly maxInProgress: number
  readonly deadLetterCapacity: number
  readonly maxErrors: number
  readonly keepStacks: boolean
  readonly dedupBy: ((item: T) => string | undefined) | undefined
  readonly dedupWindowMs: number
  readonly codec: Codec<T>
  readonly storage: 'file' | 'memory'
  readonly replicas: number
  readonly compression: boolean
  readonly domain: string | undefined
  readonly requestMs: number
  readonly heartbeatMs: number
  readonly refreshMs: number
  readonly reconcileMs: number
  readonly maxWaiting: number
  readonly clock: Clock
  readonly timers: Timers
  readonly random: () => number
  readonly onListenerError: ListenerErrorHandler
}

const INFINITE = Number.POSITIVE_INFINITY
const TOKEN = /^[\w-]+$/
const MAX_NAME = 200
const STORAGES = ['file', 'memory'] as const

export function checkJetStreamOptions<T>(options: JetStreamQueueOptions<T>): CheckedJetStreamOptions<T> {
  checkObject('options', options)
  const { connection, name, classes = ['standard'], dedupBy, codec = JSON_CODEC as Codec<T>, domain } = options
  const { keepStacks = false, compression = false, storage = 'file' } = options
  const { clock = systemClock, timers = systemTimers, random = Math.random } = options
  const { onListenerError = printListenerError } = options
  if (dedupBy !== undefined) checkFunction('dedupBy', dedupBy)
  for (const [index, each] of checkClasses(classes).entries()) checkToken(`classes[${index}]`, each)
  return {
    connection: checkObject('connection', connection, ['publish', 'subscribe', 'request', 'status', 'flush']),
    name: checkToken('name', name),
    classes: [...classes],
    ...checkAmounts(options),
    ...checkTimes(options),
    keepStacks: checkBoolean('keepStacks', keepStacks),
    dedupBy,
    codec: checkObject('codec', codec, ['encode', 'decode']),
    storage: checkOneOf('storage', storage, STORAGES),
    compression: checkBoolean('compression', compression),
    domain: domain === undefined ? undefined : checkToken('domain', domain),
    clock: checkObject('clock', clock, ['now']),
    timers: checkObject('timers', timers, ['schedule']),
    random: checkFunction('random', random),
    onListenerError: checkFunction('onListenerError', onListenerError),
  }
}

function checkAmounts<T>(options: JetStreamQueueOptions<T>) {
  const { capacity = 10_000, maxBytes = INFINITE, maxDeliveries = 20, maxInProgress = INFINITE } = options
  const { deadLetterCapacity = 10_000, maxErrors = 10, replicas = 1, maxWaiting = 10_000 } = options
  return {
    capacity: checkCount('capacity', capacity, { min: 1 }),
    maxBytes: checkCount('maxBytes', maxBytes, { min: 1 }),
    maxDeliveries: checkCount('maxDeliveries', maxDeliveries, { min: 1 }),
    maxInProgress: checkCount('maxInProgress', maxInProgress, { min: 1 }),
    deadLetterCapacity: checkInteger('deadLetterCapacity', deadLetterCapacity, { min: 1 }),
    maxErrors: checkInteger('maxErrors', maxErrors, { min: 1 }),
    replicas: checkInteger('replicas', replicas, { min: 1, max: 5 }),
    maxWaiting: checkCount('maxWaiting', maxWaiting, { min: 1 }),
  }
}

function checkTimes<T>(options: JetStreamQueueOptions<T>) {
  const { maxAgeMs = 60_000, leaseMs = 30_000, dedupWindowMs = 120_000, requestMs = 10_000 } = options
  const { heartbeatMs = 5_000, refreshMs = 1_000, reconcileMs = 5_000 } = options
  return {
    maxAgeMs: unlessInfinite(maxAgeMs, () => checkNumber('maxAgeMs', maxAgeMs, { above: 0 })),
    leaseMs: checkNumber('leaseMs', leaseMs, { min: 100 }),
    dedupWindowMs: checkNumber('dedupWindowMs', dedupWindowMs, { min: 1_000 }),
    requestMs: checkNumber('requestMs', requestMs, { min: 100 }),
    heartbeatMs: checkNumber('heartbeatMs', heartbeatMs, { min: 100 }),
    refreshMs: checkNumber('refreshMs', refreshMs, { min: 10 }),
    reconcileMs: unlessInfinite(reconcileMs, () => checkNumber('reconcileMs', reconcileMs, { min: 10 })),
  }
}

function checkToken(option: string, value: string): string {
  checkName(option, value)
  if (!TOKEN.test(value) || value.length > MAX_NAME)
    throw new RangeError(`${option} must be letters, digits, "-" and "_", at most ${MAX_NAME} of them, got "${value}"`)
  return value
}
