import {
  type Clock,
  type ListenerErrorHandler,
  type Timers,
  type WorkSource,
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
import { AsyncContexts, type CaptureContext } from './async-context.ts'
import { Backoff, type BackoffOptions } from './backoff.ts'
import type { DeadItem } from './dead-letter.ts'
import type { PutOptions } from './queue-options.ts'
import type { HandlerContext } from './run.ts'

/** Does the work of one item. May be synchronous, may throw, may return any thenable. */
export type Handler<T, R> = (item: T, context: HandlerContext) => R | PromiseLike<R>

/** Where `submit` puts items in. */
export interface Intake<T> {
  offer(item: T, options?: Omit<PutOptions, 'signal'>): boolean
  /** Needed for `whenFull: 'wait'`. */
  put?(item: T, options?: PutOptions): Promise<void>
}

/** Where given-up items go. What `add` throws is reported to `onListenerError`. */
export interface DeadLetterSink<T> {
  add(dead: DeadItem<T>): unknown
}

/** How a `WorkerPool` is made. */
export interface WorkerPoolOptions<T> {
  /** What it is called on boards, in metrics and in messages. Default `'pool'`. */
  readonly name?: string | undefined
  /** What the workers pull from: one source for all, or the source of each worker by its number, from 0. */
  readonly source: WorkSource<T> | ((worker: number) => WorkSource<T>)
  /**
   * Where `submit` puts items in, when that is not `source` itself: needed with a source for each worker. What goes in here
   * must come out at the workers' sources.
   */
  readonly intake?: Intake<T> | undefined
  /** How many handlers may run at once. From 1. Default 1. Changed by `resize`. */
  readonly workers?: number | undefined
  /** How long an attempt may take, in ms. Greater than 0. Default: no limit. */
  readonly timeoutMs?: number | undefined
  /**
   * How long the source's leases last, in ms. Greater than 0. Default: what the source says (`leaseMs`). While a handler
   * runs, its lease is renewed; a lease that could not be renewed in time is lost: the handler is aborted and the item is
   * not acked. A `PullQueue` has leases that don't expire.
   */
  readonly leaseMs?: number | undefined
  /** How often a lease is renewed, in ms. Greater than 0, less than `leaseMs`. Default: a third of it. */
  readonly renewEveryMs?: number | undefined
  /**
   * How long a worker waits for a source before it asks again, in ms: a wait that a lost connection has swallowed ends so.
   * Greater than 0; `Infinity` for never. Default 30000. Not needed for a `PullQueue`.
   */
  readonly maxWaitMs?: number | undefined
  /** How often an item is tried before it is given up, counted by the source. From 1. Default 1. */
  readonly attempts?: number | undefined
  /**
   * An item that has been handed out more often than this is given up with `TooManyDeliveriesError` without being run: it may
   * be what its workers die of. Counted by the source. From `attempts`. Default 20, or `attempts` where that is more.
   */
  readonly maxDeliveries?: number | undefined
  /** How long a failed item waits in the source before its next attempt; no slot is held meanwhile. */
  readonly backoff?: BackoffOptions | undefined
  /** Where given-up items go. Default: only the source is told. */
  readonly deadLetters?: DeadLetterSink<T> | undefined
  /** Monotonic time. Default: the platform's. */
  readonly clock?: Clock | undefined
  /** Timers for timeouts (one for all handlers), `stop`, `drain` and failing sources. Default: the platform's. */
  readonly timers?: Timers | undefined
  /** From 0 to below 1, for the jitter of the backoff. Default `Math.random`. */
  readonly random?: (() => number) | undefined
  /**
   * Lets each handler run in the async context its item was submitted in: `() => AsyncLocalStorage.snapshot()`, or, quicker
   * by far, a function that makes an `AsyncResource` and returns `(run) => resource.runInAsyncScope(run)`. It is called
   * once for each `submit`, and once when the pool is made: there run the handlers of items that nobody submitted. Default:
   * handlers run in whatever context they are begun in.
   */
  readonly captureContext?: CaptureContext | undefined
  /** Receives what a listener, the dead-letter sink or `captureContext` threw. Default: prints it. */
  readonly onListenerError?: ListenerErrorHandler | undefined
}

/** What may come with a submitted item. */
export interface SubmitOptions extends Omit<PutOptions, 'receipt'> {
  /**
   * Gives the item up: the promise rejects with the signal's reason at once. Waiting, the item leaves the queue; running,
   * its handler is aborted and what it returns is not used. It counts neither as processed nor as failed.
   */
  readonly signal?: AbortSignal | undefined
  /** A full intake refuses with `QueueFullError` (`'reject'`, default), or makes the item wait for room (`'wait'`). */
  readonly whenFull?: 'reject' | 'wait' | undefined
}

/** How to stop. */
export interface StopOptions {
  /** How long running handlers may go on, in ms. From 0. Default 10000. */
  readonly graceMs?: number | undefined
}

/** An item that a stopped pool had and did not finish. */
export interface UnfinishedItem<T> {
  readonly item: T
  /** The attempt that was cut off; 0 for a submitted item whose handler was not running. */
  readonly attempt: number
}

/** Options with nothing left open. */
export interface CheckedPoolOptions<T> {
  readonly name: string
  readonly sourceOf: (worker: number) => WorkSource<T>
  readonly sharedSource: WorkSource<T> | undefined
  readonly intake: Intake<T> | undefined
  readonly workers: number
  readonly timeoutMs: number | undefined
  readonly leaseMs: number | undefined
  readonly renewEveryMs: number | undefined
  readonly maxWaitMs: number
  readonly attempts: number
  readonly maxDeliveries: number
  readonly backoff: Backoff
  readonly deadLetters: DeadLetterSink<T> | undefined
  readonly clock: Clock
  readonly timers: Timers
  readonly contexts: AsyncContexts | undefined
  readonly onListenerError: ListenerErrorHandler
}

const SOURCE_METHODS = ['lease', 'tryLease']

export function checkPoolOptions<T>(options: WorkerPoolOptions<T>): CheckedPoolOptions<T> {
  checkObject('options', options)
  const {
    name = 'pool',
    source,
    intake,
    workers = 1,
    timeoutMs,
    leaseMs,
    renewEveryMs,
    maxWaitMs = 30_000,
    attempts = 1,
    maxDeliveries = Math.max(20, attempts),
    backoff = {},
    deadLetters,
    clock = systemClock,
    timers = systemTimers,
    random = Math.random,
    captureContext,
    onListenerError = printListenerError,
  } = options
  const sharedSource = typeof source === 'function' ? undefined : checkObject('source', source, SOURCE_METHODS)
  return {
    name: checkName('name', name),
    sourceOf:
      typeof source === 'function'
        ? (worker) => checkObject(`source(${worker})`, source(worker), SOURCE_METHODS)
        : () => source,
    sharedSource,
    intake: intake === undefined ? asIntake(sharedSource) : checkObject('intake', intake, ['offer']),
    workers: checkWorkers(workers),
    timeoutMs: timeoutMs === undefined ? undefined : checkNumber('timeoutMs', timeoutMs, { above: 0 }),
    ...checkRenewal(leaseMs, renewEveryMs),
    maxWaitMs: maxWaitMs === Number.POSITIVE_INFINITY ? maxWaitMs : checkNumber('maxWaitMs', maxWaitMs, { above: 0 }),
    attempts: checkInteger('attempts', attempts, { min: 1 }),
    maxDeliveries: checkCount('maxDeliveries', maxDeliveries, { min: attempts }),
    backoff: new Backoff(backoff, checkFunction('random', random)),
    deadLetters: deadLetters === undefined ? undefined : checkObject('deadLetters', deadLetters, ['add']),
    clock: checkObject('clock', clock, ['now']),
    timers: checkObject('timers', timers, ['schedule']),
    contexts: captureContext && new AsyncContexts(checkFunction('captureContext', captureContext), onListenerError),
    onListenerError: checkFunction('onListenerError', onListenerError),
  }
}

function checkRenewal(
  leaseMs: number | undefined,
  renewEveryMs: number | undefined,
): Pick<CheckedPoolOptions<never>, 'leaseMs' | 'renewEveryMs'> {
  checkLeaseMs('leaseMs', leaseMs)
  if (renewEveryMs !== undefined)
    checkNumber('renewEveryMs', renewEveryMs, { above: 0, below: leaseMs ?? Number.POSITIVE_INFINITY })
  return { leaseMs, renewEveryMs }
}

export function checkLeaseMs(name: string, leaseMs: number | undefined): number | undefined {
  return leaseMs === undefined ? undefined : checkNumber(name, leaseMs, { above: 0 })
}

export function checkWorkers(workers: number): number {
  return checkInteger('workers', workers, { min: 1 })
}

export function checkGrace({ graceMs = 10_000 }: StopOptions): number {
  return checkNumber('graceMs', graceMs, { min: 0 })
}

export function checkWhenFull({ whenFull = 'reject' }: SubmitOptions): 'reject' | 'wait' {
  return checkOneOf('whenFull', whenFull, ['reject', 'wait'])
}

/** A durable source is none: its `offer` answers later, and its items come back as copies, maybe in another process. */
function asIntake<T>(source: WorkSource<T> | undefined): Intake<T> | undefined {
  if (!source || Reflect.get(source, 'isDurable') === true) return undefined
  return typeof Reflect.get(source, 'offer') === 'function' ? (source as WorkSource<T> & Intake<T>) : undefined
}
