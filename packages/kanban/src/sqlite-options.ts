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
import type { StoreOptions } from './sqlite-protocol.ts'

/** How a `SqliteQueue` is opened. */
export interface SqliteQueueOptions<T> {
  /** The file. Its folder must exist; SQLite adds two files of the same name with `-wal` and `-shm`. */
  readonly path: string
  /** What it is called on boards, in metrics and in messages. Default: the path. */
  readonly name?: string | undefined
  /**
   * How many items may wait, delayed ones included; leased ones don't count. From 1; `Infinity` for no bound but the disk.
   * A retried item always has room. Each process heeds its own. Default 10000.
   */
  readonly capacity?: number | undefined
  /** Classes of service, most urgent first; an item that names none belongs to the last. Default: `'standard'` alone. */
  readonly classes?: readonly string[] | undefined
  /**
   * How long an item of a less urgent class waits at most before it is served ahead of its turn, in ms, more than 0.
   * `Infinity`: the more urgent always go first. Default 60000.
   */
  readonly maxAgeMs?: number | undefined
  /**
   * - `full` (default): `put` resolves when the item is on the disk, and stays there when the power fails.
   * - `normal`: several times as fast. A crash of the process loses nothing; a power failure may lose the last commits.
   */
  readonly synchronous?: 'full' | 'normal' | undefined
  /** How long a worker has before the item goes to another one, in ms, at least 100. It can be extended. Default 30000. */
  readonly leaseMs?: number | undefined
  /**
   * How often an item may be handed out before the end of a lease makes it a dead letter: what kills each process that
   * begins it must not go round for ever. From 1; `Infinity` for no bound. Default 20.
   */
  readonly maxDeliveries?: number | undefined
  /** How many dead letters are kept, 0 or more; the oldest goes first. Default 10000. */
  readonly deadLetterCapacity?: number | undefined
  /** How many errors are kept of an item, the last ones; from 1. Default 10. */
  readonly maxErrors?: number | undefined
  /** Whether the stacks of errors are kept. Default false. */
  readonly keepStacks?: boolean | undefined
  /** The key of an item. While an item with the same key waits or is worked on, a `put` changes nothing. Default: none. */
  readonly dedupBy?: ((item: T) => string | undefined) | undefined
  /** How long the key of an item counts after it was settled, in ms, 0 or more. Default 0. */
  readonly dedupWindowMs?: number | undefined
  /** How many keys of settled items are kept, give or take a tenth; the oldest go first. From 10. Default 100000. */
  readonly maxKeys?: number | undefined
  /** How items are written. Default: JSON. */
  readonly codec?: Codec<T> | undefined
  /** How long to wait for other processes' writes, in ms, 0 or more. Default 5000. */
  readonly busyMs?: number | undefined
  /** How large the file may grow, in bytes. Then `put` fails with `ERR_STORAGE_FULL`. Default `Infinity`: until the disk is full. */
  readonly maxBytes?: number | undefined
  /**
   * How often to look for what other processes have put in or taken out, in ms, at least 1. Only while somebody waits.
   * Default 25.
   */
  readonly pollMs?: number | undefined
  /** How many producers may wait in `put` and, counted apart, how many consumers in `lease`. From 1. Default 10000. */
  readonly maxWaiting?: number | undefined
  /** Whether consumers that wait keep the process alive: other processes may bring work. Default true. */
  readonly keepAlive?: boolean | undefined
  /** Monotonic time, for rates. What is written to the file is wall-clock time. Default: the platform's. */
  readonly clock?: Clock | undefined
  /** Wakes those who wait. Default: the platform's. */
  readonly timers?: Timers | undefined
  /** Receives what a listener threw. Default: prints it. */
  readonly onListenerError?: ListenerErrorHandler | undefined
}

/** What may come with an item. */
export interface SqlitePutOptions {
  /** One of the queue's `classes`. Default: the last one. */
  readonly class?: string | undefined
  /** How long from now it must not be handed out, in ms, 0 or more. Default 0. */
  readonly delayMs?: number | undefined
  /** How long from now it is worth handing out, in ms, more than 0. Afterwards it is expired: counted, never handed out. */
  readonly deadlineMs?: number | undefined
  /** Its key, in place of what `dedupBy` gives. */
  readonly key?: string | undefined
  /** Whose it is. It comes back with the lease. */
  readonly tenant?: string | undefined
  /** What travels with it, a W3C trace context for one: at most 64 entries. It comes back with the lease. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Ends the waiting for room. Once the item is on its way to the disk it does nothing. */
  readonly signal?: AbortSignal | undefined
}

const SYNCHRONOUS = ['full', 'normal'] as const

export interface CheckedSqliteOptions<T> {
  readonly name: string
  readonly store: StoreOptions
  readonly keepStacks: boolean
  readonly dedupBy: ((item: T) => string | undefined) | undefined
  readonly codec: Codec<T>
  readonly pollMs: number
  readonly maxWaiting: number
  readonly keepAlive: boolean
  readonly clock: Clock
  readonly timers: Timers
  readonly onListenerError: ListenerErrorHandler
}

export function checkSqliteOptions<T>(options: SqliteQueueOptions<T>): CheckedSqliteOptions<T> {
  checkObject('options', options)
  const { path, name = path, keepStacks = false, dedupBy, codec = JSON_CODEC as Codec<T> } = options
  const { pollMs = 25, maxWaiting = 10_000, keepAlive = true } = options
  const { clock = systemClock, timers = systemTimers, onListenerError = printListenerError } = options
  checkName('path', path)
  if (dedupBy !== undefined) checkFunction('dedupBy', dedupBy)
  return {
    name: checkName('name', name),
    store: checkStore(options),
    keepStacks: checkBoolean('keepStacks', keepStacks),
    dedupBy,
    codec: checkObject('codec', codec, ['encode', 'decode']),
    pollMs: checkNumber('pollMs', pollMs, { min: 1 }),
    maxWaiting: checkCount('maxWaiting', maxWaiting, { min: 1 }),
    keepAlive: checkBoolean('keepAlive', keepAlive),
    clock: checkObject('clock', clock, ['now']),
    timers: checkObject('timers', timers, ['schedule']),
    onListenerError: checkFunction('onListenerError', onListenerError),
  }
}

function checkStore<T>(options: SqliteQueueOptions<T>): StoreOptions {
  const { path, capacity = 10_000, classes = ['standard'], maxAgeMs = 60_000, synchronous = 'full' } = options
  const { leaseMs = 30_000, maxDeliveries = 20, deadLetterCapacity = 10_000, maxErrors = 10 } = options
  const { dedupWindowMs = 0, maxKeys = 100_000, busyMs = 5_000, maxBytes = Number.POSITIVE_INFINITY } = options
  return {
    path,
    capacity: checkCount('capacity', capacity, { min: 1 }),
    classes: checkClasses(classes),
    maxAgeMs: unlessInfinite(maxAgeMs, () => checkNumber('maxAgeMs', maxAgeMs, { above: 0 })),
    synchronous: checkOneOf('synchronous', synchronous, SYNCHRONOUS),
    leaseMs: checkNumber('leaseMs', leaseMs, { min: 100 }),
    maxDeliveries: checkCount('maxDeliveries', maxDeliveries, { min: 1 }),
    deadLetterCapacity: checkCount('deadLetterCapacity', deadLetterCapacity, { min: 0 }),
    maxErrors: checkInteger('maxErrors', maxErrors, { min: 1 }),
    dedupWindowMs: checkNumber('dedupWindowMs', dedupWindowMs, { min: 0 }),
    maxKeys: checkInteger('maxKeys', maxKeys, { min: 10 }),
    busyMs: checkNumber('busyMs', busyMs, { min: 0 }),
    maxBytes: unlessInfinite(maxBytes, () => checkNumber('maxBytes', maxBytes, { min: 65_536 })),
  }
}
