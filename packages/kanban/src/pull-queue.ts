import { type LeaseOptions, type Observable, SafeEmitter, type WorkSource, checkInteger } from '@tps/internal'
import type { Entrance } from './entrance.ts'
import type { QueueLease } from './entry.ts'
import { TooManyWaitingError } from './errors.ts'
import { Exchange } from './exchange.ts'
import { NOTHING } from './line.ts'
import { QueueCounter } from './queue-counter.ts'
import type { QueueEvents } from './queue-events.ts'
import { QueueIterator } from './queue-iterator.ts'
import {
  type CheckedQueueOptions,
  type DepthOptions,
  type EstimateOptions,
  type OfferOptions,
  type OfferVerdict,
  type PullQueueOptions,
  type PutOptions,
  type TakeBatchOptions,
  type TakeOptions,
  checkQueueOptions,
} from './queue-options.ts'
import { type QueueSnapshot, estimateWaitMs, snapshotOf } from './queue-snapshot.ts'
import { openCounter } from './taker.ts'
import type { Turnstile } from './turnstile.ts'
import type { Watermarks } from './watermarks.ts'

/**
 * A bounded queue in memory that consumers pull from.
 *
 * First in, first out within a class and tenant; waiting producers and waiting consumers are served first come, first
 * served, and nobody overtakes them. `take`, `takeBatch`, `poll` and iteration hand items over for good; `lease` and
 * `tryLease` lend one until `ack`, `retry` or `deadLetter`. Every admitted item leaves exactly once. Everything is O(1),
 * amortized, except what is marked.
 */
export class PullQueue<T> implements WorkSource<T>, Observable<QueueEvents<T>>, AsyncIterable<T> {
  readonly name: string
  readonly capacity: number
  /** Tells pools that `receipt` works here. */
  readonly carriesReceipts = true
  readonly #options: CheckedQueueOptions<T>
  readonly #emitter: SafeEmitter<QueueEvents<T>>
  readonly #exchange: Exchange<T>
  readonly #entrance: Entrance<T>
  readonly #turnstile: Turnstile<T>

  constructor(options: PullQueueOptions<T> = {}) {
    const checked = checkQueueOptions(options)
    this.name = checked.name
    this.capacity = checked.capacity
    this.#options = checked
    this.#emitter = new SafeEmitter(checked.onListenerError)
    this.#exchange = new Exchange(checked, this.#emitter)
    this.#entrance = this.#exchange.entrance
    this.#turnstile = this.#exchange.turnstile
    // A subclass may give out leases of its own.
    if (new.target === PullQueue) openCounter(this, new QueueCounter(this.#exchange))
  }

  /** How many items wait, delayed retries included. */
  get depth(): number {
    return this.#exchange.shelf.depth
  }

  /** How many items are in consumers' hands. */
  get leased(): number {
    return this.#exchange.shelf.loans.size
  }

  /** Whether `close()` was called. */
  get isClosed(): boolean {
    return this.#exchange.isClosed
  }

  /**
   * Lets an item in, or says at once that it can't: `false` when the queue is full or closed, or when it already has an
   * item with the same key; `tryOffer` says which. A queue full of delayed retries is full, even while consumers wait.
   *
   * @throws RangeError for a class the queue doesn't have or a wrong deadline, never for fullness.
   */
  offer(item: T, options?: OfferOptions): boolean {
    return (options === undefined && this.#turnstile.admitBare(item)) || this.#entrance.offer(item, options)
  }

  /** `offer` that says why not. */
  tryOffer(item: T, options?: OfferOptions): OfferVerdict {
    return this.#entrance.tryOffer(item, options)
  }

  /**
   * Lets an item in as soon as there is room: resolves on admission, not on completion. Where the overflow policy can make
   * room, it does not wait.
   *
   * Rejects with `QueueClosedError` when the queue is or becomes closed, with `DuplicateItemError` when it already has an
   * item with the same key, with `TooManyWaitingError` when `maxWaiting` producers wait already, and with the reason of
   * `signal` when that aborts first: the item was then not admitted.
   */
  put(item: T, options?: PutOptions): Promise<void> {
    return this.#entrance.put(item, options)
  }

  /** The next item, or `undefined` when none is ready. */
  poll(): T | undefined {
    const item = this.#turnstile.poll()
    return item === NOTHING ? undefined : item
  }

  /**
   * Waits for the next item. Rejects with `QueueClosedError` when the queue is closed and nothing can come any more, with
   * `TooManyWaitingError` when `maxWaiting` consumers wait already, and with the reason of `signal` when that aborts.
   */
  take(options?: TakeOptions): Promise<T> {
    return this.#exchange.exit.take(options)
  }

  /**
   * Waits for the first item as long as it takes, then for more: resolves as soon as it has `max`, or with what it has
   * `waitMs` after it got the first, so never with an empty array. It gets the first at the call, if any is ready. Once
   * the queue is closed and nothing waits in it, it resolves with what it has.
   *
   * While it waits for more, what it has counts as leased: its room is free, and when `signal` aborts, everything goes
   * back to the front of its class and the promise rejects. It keeps its place in the line of consumers until it resolves.
   * Otherwise it rejects as `take` does.
   */
  takeBatch(max: number, waitMs?: number): Promise<T[]>
  takeBatch(options: TakeBatchOptions): Promise<T[]>
  takeBatch(asked: number | TakeBatchOptions, waitMs = 0): Promise<T[]> {
    return this.#exchange.exit.takeBatch(asked, waitMs)
  }

  /** The next item on loan, or `undefined` when none is ready. */
  tryLease(): QueueLease<T> | undefined {
    return this.#turnstile.lease()
  }

  /** Waits for the next item and lends it; at once when one is ready. Rejects as `take` does. */
  lease(options?: LeaseOptions): QueueLease<T> | Promise<QueueLease<T>> {
    return this.#exchange.exit.lease(options)
  }

  /**
   * Resolves when fewer than `depth` items wait, at once if that is so; by the time the promise is looked at there may be
   * more again. Many may wait; they are told together. Rejects with the reason of `signal` when that aborts, with
   * `TooManyWaitingError` when `maxWaiting` wait here or in `whenDrained` already.
   */
  async whenBelow(depth: number, options?: DepthOptions): Promise<void> {
    checkInteger('depth', depth, { min: 1 })
    options?.signal?.throwIfAborted()
    if (this.depth < depth) return
    await this.#watch().whenBelow(depth, options?.signal)
  }

  /** The same, for nothing waiting, delayed retries included, and nothing leased. */
  async whenDrained(options?: DepthOptions): Promise<void> {
    options?.signal?.throwIfAborted()
    if (this.#exchange.shelf.isEmpty) return
    await this.#watch().whenDrained(options?.signal)
  }

  /**
   * How long an item of a class would wait that came in now, in ms: (items ready in its class and in more urgent ones + 1)
   * × the mean time between two hand-outs while items were ready, over about the last 10 s. 0 while a consumer waits;
   * `undefined` when no item that had to wait was handed out in that time: then nobody knows.
   *
   * It takes for granted that consumers keep their pace and that nothing more urgent comes; tenants, ages and overload
   * control are left out. O(classes).
   */
  estimateWaitMs(options?: EstimateOptions): number | undefined {
    return estimateWaitMs(this.#exchange, this.#entrance.laneFor(options?.class))
  }

  /**
   * Takes out everything that waits, delayed retries included, and returns it: class by class, oldest first. Each item
   * settles as `cleared` with `reason`. What is leased stays so; producers that wait come in. O(depth).
   */
  clear(reason?: unknown): T[] {
    return this.#exchange.clear(reason)
  }

  /**
   * Lets nothing more in: waiting producers are refused. What is in still comes out, leased items may still be retried.
   * Then, with nothing waiting and nothing leased, consumers are refused and iterations end.
   */
  close(): void {
    this.#exchange.close()
  }

  /** Takes item after item until the queue is closed and empty. */
  [Symbol.asyncIterator](): AsyncIterableIterator<T, undefined> {
    return new QueueIterator(this)
  }

  on<E extends keyof QueueEvents<T>>(event: E, listener: (...args: QueueEvents<T>[E]) => void): () => void {
    return this.#emitter.on(event, listener)
  }

  snapshot(): QueueSnapshot {
    return snapshotOf(this.#options, this.#exchange)
  }

  #watch(): Watermarks {
    const { marks } = this.#exchange
    const { maxWaiting } = this.#options
    if (marks.waiting >= maxWaiting) throw new TooManyWaitingError(this.name, maxWaiting)
    return marks
  }
}
