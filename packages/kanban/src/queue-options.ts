import {
  type Clock,
  type ListenerErrorHandler,
  type Timers,
  checkCount,
  checkFunction,
  checkName,
  checkObject,
  checkOneOf,
  printListenerError,
  systemClock,
  systemTimers,
} from '@tps/internal'
import { MAX_LANES, type Receipt } from './entry.ts'

/** What a full queue does with an offered item. */
export type Overflow = 'reject' | 'drop-oldest' | 'drop-newest'

/** How a `PullQueue` is made. */
export interface PullQueueOptions {
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
   * delayed retries are never dropped. When there is no such victim, `offer` returns `false`.
   */
  readonly overflow?: Overflow | undefined
  /**
   * Classes of service, most urgent first; an item that names none belongs to the last. From 1 to 32 different names.
   * A class is served only while no more urgent item is ready. Default: one class, `'standard'`.
   */
  readonly classes?: readonly string[] | undefined
  /**
   * How many producers may wait in `put` and, counted apart, how many consumers in `take` and `lease`. Beyond it they are
   * refused with `TooManyWaitingError`. From 1; `Infinity` for no bound. Default 10000.
   */
  readonly maxWaiting?: number | undefined
  /** Monotonic time. Default: the platform's. */
  readonly clock?: Clock | undefined
  /** Wakes consumers that wait for a delayed retry: one timer at most, none while nobody waits. Default: the platform's. */
  readonly timers?: Timers | undefined
  /** Receives what a listener or a receipt threw. Default: prints it. */
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

const OVERFLOWS = ['reject', 'drop-oldest', 'drop-newest'] as const

/** Options with nothing left open. */
export type CheckedQueueOptions = { readonly [K in keyof PullQueueOptions]-?: Exclude<PullQueueOptions[K], undefined> }

export function checkQueueOptions(options: PullQueueOptions): CheckedQueueOptions {
  checkObject('options', options)
  const {
    name = 'queue',
    capacity = 100,
    overflow = 'reject',
    classes = ['standard'],
    maxWaiting = 10_000,
    clock = systemClock,
    timers = systemTimers,
    onListenerError = printListenerError,
  } = options
  return {
    name: checkName('name', name),
    capacity: checkCount('capacity', capacity, { min: 1 }),
    overflow: checkOneOf('overflow', overflow, OVERFLOWS),
    classes: checkClasses(classes),
    maxWaiting: checkCount('maxWaiting', maxWaiting, { min: 1 }),
    clock: checkObject('clock', clock, ['now']),
    timers: checkObject('timers', timers, ['schedule']),
    onListenerError: checkFunction('onListenerError', onListenerError),
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
