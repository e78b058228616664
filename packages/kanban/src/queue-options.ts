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
import { type CheckedDedup, type CheckedFairness, checkDedup, checkFairness } from './item-options.ts'
import { MAX_LANES, type Receipt } from './entry.ts'
import type { Overload } from './overload.ts'
import { type OverloadOptions, checkOverload } from './overload-options.ts'
import type { Marks } from './watermarks.ts'

/** What a full queue does with an offered item. */
export type Overflow = 'reject' | 'drop-oldest' | 'drop-newest'

/** How a `PullQueue` is made. */
export interface PullQueueOptions<T = unknown> {
  /** What it is called on boards, in metrics and in messages. Default `'queue'`. */
  readonly name?: string | undefined
  /**
   * How many items may wait, delayed retries included; leased ones don't count. From 1; `Infinity` for no bound.
   * A retried item always has room, so as many more than this can wait as were leased. Default 100.
   */
  readonly capacity?: number | undefined
  /**
   * What happens to an item that is offered when the queue is full.
   * - `reject` (default): `offer` returns `false`.
   * - `drop-oldest`: the item that has waited longest is dropped, the new one is admitted.
   * - `drop-newest`: the item that was admitted last is dropped, the new one is admitted.
   *
   * With classes, the victim is of the least urgent class that has one, never of a more urgent class than the new item;
   * delayed retries are never dropped. When there is no such victim, `offer` returns `false`. With `fairBy`, the victim is
   * the oldest or newest of the tenant that has most waiting.
   */
  readonly overflow?: Overflow | undefined
  /**
   * Classes of service, most urgent first; an item that names none belongs to the last. From 1 to 32 different names.
   * A class is served only while no more urgent item is ready, except for `maxAgeMs`. Default: one class, `'standard'`.
   */
  readonly classes?: readonly string[] | undefined
  /**
   * So that no class starves: once the oldest item of a class has waited this long, in ms, the class is served next, the
   * one with the oldest item first. But never twice in a row while something more urgent is ready: however much has aged,
   * urgent items get at least every second turn. Greater than 0; `Infinity` for classes without mercy. Default 60000.
   */
  readonly maxAgeMs?: number | undefined
  /**
   * Whose an item is. Tenants take turns within a class (deficit round robin), so one who sends a thousand times as much
   * does not make the others wait a thousand times as long; a tenant's own items stay first in, first out. A tenant is
   * remembered only while something of it waits, so there are never more of them than waiting items. Each item then costs
   * about 350 B more. Called once for each offered item; what it throws is reported and the item is of tenant `''`.
   * Default: tenants don't matter.
   */
  readonly fairBy?: ((item: T) => string) | undefined
  /** A tenant's share, relative to others: from 1. Asked when something of it begins to wait. Default 1 for everyone. */
  readonly weightOf?: ((tenant: string) => number) | undefined
  /** How much of its tenant's turn an item takes. Greater than 0. Called once for each offered item. Default 1. */
  readonly costOf?: ((item: T) => number) | undefined
  /** Sheds load when the queue can't keep up. Default: it does not, waiting items stay however long it takes. */
  readonly overload?: OverloadOptions | undefined
  /**
   * What an item is told apart from others by; `undefined` for an item that is never a duplicate. An item is refused as a
   * duplicate while one with its key waits, is leased, waits for room in `put`, or was acknowledged within
   * `dedupWindowMs`. One that was dropped, expired, withdrawn, cleared or dead-lettered may come again at once. Default:
   * items are not told apart.
   */
  readonly dedupBy?: ((item: T) => string | undefined) | undefined
  /** How long the key of an acknowledged item is remembered, in ms. From 0. Default 0. */
  readonly dedupWindowMs?: number | undefined
  /**
   * How many keys of acknowledged items are remembered. Beyond it the oldest is forgotten early, which is counted as
   * `forgottenKeys`. From 1. Default 10000.
   */
  readonly maxKeys?: number | undefined
  /** Tells `high` when the depth rises to this. From 1. Default: it does not. */
  readonly highWatermark?: number | undefined
  /** Tells `low` when the depth then falls to this. From 0, below `highWatermark`. Default: half of that, rounded down. */
  readonly lowWatermark?: number | undefined
  /**
   * How many producers may wait in `put`; counted apart, how many consumers in `take`, `takeBatch` and `lease`; and how
   * many in `whenBelow` and `whenDrained`. Beyond it they are refused with `TooManyWaitingError`. From 1; `Infinity` for
   * no bound. Default 10000.
   */
  readonly maxWaiting?: number | undefined
  /** Monotonic time. Default: the platform's. */
  readonly clock?: Clock | undefined
  /**
   * Wakes consumers that wait for a delayed retry, with one timer at most, and ends batches, with one each. None while
   * nobody waits. Default: the platform's.
   */
  readonly timers?: Timers | undefined
  /** Receives what a listener, a receipt, `fairBy`, `weightOf`, `costOf` or `dedupBy` threw. Default: prints it. */
  readonly onListenerError?: ListenerErrorHandler | undefined
}

/** What may come with an item. */
export interface OfferOptions {
  /** One of the queue's `classes`. Default: the last one. */
  readonly class?: string | undefined
  /**
   * How long from now, in ms, the item is worth handing out, retries included. Greater than 0. Afterwards it is expired: it
   * is counted and never handed out. Default: for ever.
   */
  readonly deadlineMs?: number | undefined
  /** Told what becomes of the item. */
  readonly receipt?: Receipt | undefined
}

/** Whether an offered item got in, and if not, why. */
export type OfferVerdict = 'admitted' | 'closed' | 'duplicate' | 'full'

/** What may come with an item that waits for room. */
export interface PutOptions extends OfferOptions {
  /** Ends the waiting. Once the item is admitted it does nothing. */
  readonly signal?: AbortSignal | undefined
}

/** How to wait for an item. */
export interface TakeOptions {
  /** Ends the waiting. An item that was already handed over is not lost: the promise resolves with it. */
  readonly signal?: AbortSignal | undefined
}

/** How to wait for several items. */
export interface TakeBatchOptions extends TakeOptions {
  /** At most how many. From 1; `Infinity` for all that come. */
  readonly max: number
  /** How long to wait for more after the first one, in ms. From 0. Default 0: not at all. */
  readonly waitMs?: number | undefined
}

/** Whose wait to estimate. */
export interface EstimateOptions {
  /** One of the queue's `classes`. Default: the last one. */
  readonly class?: string | undefined
}

/** How to wait for a depth. */
export interface DepthOptions {
  /** Ends the waiting. */
  readonly signal?: AbortSignal | undefined
}

const OVERFLOWS = ['reject', 'drop-oldest', 'drop-newest'] as const

/** Options with nothing left open. */
export interface CheckedQueueOptions<T> {
  readonly name: string
  readonly capacity: number
  readonly overflow: Overflow
  readonly classes: readonly string[]
  readonly maxAgeMs: number
  readonly fairness: CheckedFairness<T> | undefined
  readonly overload: Overload | undefined
  readonly dedup: CheckedDedup<T> | undefined
  readonly watermarks: Marks
  readonly maxWaiting: number
  readonly clock: Clock
  readonly timers: Timers
  readonly onListenerError: ListenerErrorHandler
}

export function checkQueueOptions<T>(options: PullQueueOptions<T>): CheckedQueueOptions<T> {
  checkObject('options', options)
  const {
    name = 'queue',
    capacity = 100,
    overflow = 'reject',
    classes = ['standard'],
    maxAgeMs = 60_000,
    maxWaiting = 10_000,
    clock = systemClock,
    timers = systemTimers,
    onListenerError = printListenerError,
  } = options
  checkFunction('onListenerError', onListenerError)
  return {
    name: checkName('name', name),
    capacity: checkCount('capacity', capacity, { min: 1 }),
    overflow: checkOneOf('overflow', overflow, OVERFLOWS),
    classes: checkClasses(classes),
    maxAgeMs: maxAgeMs === Number.POSITIVE_INFINITY ? maxAgeMs : checkNumber('maxAgeMs', maxAgeMs, { above: 0 }),
    fairness: checkFairness(options, overflow !== 'reject', onListenerError),
    overload: checkOverload(options.overload),
    dedup: checkDedup(options, onListenerError),
    watermarks: checkWatermarks(options),
    maxWaiting: checkCount('maxWaiting', maxWaiting, { min: 1 }),
    clock: checkObject('clock', clock, ['now']),
    timers: checkObject('timers', timers, ['schedule']),
    onListenerError,
  }
}

function checkClasses(classes: readonly string[]): readonly string[] {
  if (!Array.isArray(classes)) throw new TypeError('classes must be an array of strings')
  const names = classes.map((name, index) => checkName(`classes[${index}]`, name))
  const different = new Set(names).size
  if (different < 1 || different > MAX_LANES || different < names.length)
    throw new RangeError(`classes must be 1 to ${MAX_LANES} different names, got [${names.join(', ')}]`)
  return names
}

function checkWatermarks<T>({ highWatermark, lowWatermark }: PullQueueOptions<T>): Marks {
  if (highWatermark === undefined) {
    if (lowWatermark !== undefined) throw new TypeError('lowWatermark needs a highWatermark')
    return { high: Number.POSITIVE_INFINITY, low: 0 }
  }
  const high = checkInteger('highWatermark', highWatermark, { min: 1 })
  return { high, low: checkInteger('lowWatermark', lowWatermark ?? Math.floor(high / 2), { min: 0, max: high - 1 }) }
}

/** A batch with nothing left open. */
export interface CheckedBatch {
  readonly max: number
  readonly waitMs: number
  readonly signal: AbortSignal | undefined
}

/** Checks how a batch is asked for. */
export function checkBatch(asked: number | TakeBatchOptions, given: number): CheckedBatch {
  const options: TakeBatchOptions = typeof asked === 'object' ? asked : { max: asked, waitMs: given }
  const { max, waitMs = 0, signal } = checkObject('options', options)
  return {
    max: checkCount('max', max, { min: 1 }),
    waitMs: checkNumber('waitMs', waitMs, { min: 0 }),
    signal,
  }
}
