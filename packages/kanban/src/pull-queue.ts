import { type LeaseOptions, type Observable, SafeEmitter, type WorkSource, checkNumber } from '@tps/internal'
import { Entry, type QueueLease, type Slot } from './entry.ts'
import { QueueClosedError, TooManyWaitingError } from './errors.ts'
import { Exchange } from './exchange.ts'
import type { QueueEvents } from './queue-events.ts'
import { QueueIterator } from './queue-iterator.ts'
import {
  type OfferOptions,
  type Overflow,
  type PullQueueOptions,
  type PutOptions,
  type TakeOptions,
  checkQueueOptions,
} from './queue-options.ts'
import type { QueueSnapshot } from './queue-snapshot.ts'
import { type Consumer, LeaseConsumer, Producer, TakeConsumer } from './waiters.ts'

const nothing = (): void => {}

/**
 * A bounded queue in memory that consumers pull from.
 *
 * First in, first out within a class; waiting producers and waiting consumers are served first come, first served, and
 * nobody overtakes them. `take`, `poll` and iteration hand an item over for good; `lease` and `tryLease` lend it until
 * `ack`, `retry` or `deadLetter`. Every admitted item leaves exactly once. Everything is O(1), amortized, except what is
 * marked.
 */
export class PullQueue<T> implements WorkSource<T>, Observable<QueueEvents<T>>, AsyncIterable<T> {
  readonly name: string
  readonly capacity: number
  /** Tells pools that `receipt` works here. */
  readonly carriesReceipts = true
  readonly #overflow: Overflow
  readonly #classes: readonly string[]
  readonly #lastLane: number
  readonly #maxWaiting: number
  readonly #emitter: SafeEmitter<QueueEvents<T>>
  readonly #exchange: Exchange<T>

  constructor(options: PullQueueOptions = {}) {
    const checked = checkQueueOptions(options)
    this.name = checked.name
    this.capacity = checked.capacity
    this.#overflow = checked.overflow
    this.#classes = checked.classes
    this.#lastLane = checked.classes.length - 1
    this.#maxWaiting = checked.maxWaiting
    this.#emitter = new SafeEmitter(checked.onListenerError)
    this.#exchange = new Exchange(checked, this.#emitter)
  }

  /** How many items wait, delayed retries included. O(classes). */
  get depth(): number {
    return this.#exchange.shelf.depth
  }

  /** How many items are in consumers' hands. */
  get leased(): number {
    return this.#exchange.shelf.leased
  }

  /** Whether `close()` was called. */
  get isClosed(): boolean {
    return this.#exchange.isClosed
  }

  /**
   * Lets an item in, or says at once that it can't: `false` when the queue is full or closed. A queue full of delayed
   * retries is full, even while consumers wait.
   *
   * @throws RangeError for a class the queue doesn't have or a wrong deadline, never for fullness.
   */
  offer(item: T, options?: OfferOptions): boolean {
    const lane = this.#laneFor(options)
    return this.#tryAdmit(this.#slotFor(item, lane, options), lane) || this.#exchange.refuse(item)
  }

  /**
   * Lets an item in as soon as there is room: resolves on admission, not on completion. Where the overflow policy can make
   * room, it does not wait.
   *
   * Rejects with `QueueClosedError` when the queue is or becomes closed, with `TooManyWaitingError` when `maxWaiting`
   * producers wait already, and with the reason of `signal` when that aborts first: the item was then not admitted.
   */
  async put(item: T, options?: PutOptions): Promise<void> {
    const signal = options?.signal
    signal?.throwIfAborted()
    const lane = this.#laneFor(options)
    const slot = this.#slotFor(item, lane, options)
    if (this.#tryAdmit(slot, lane)) return
    const { producers, isClosed } = this.#exchange
    if (isClosed || producers.size >= this.#maxWaiting) {
      this.#exchange.refuse(item)
      throw isClosed ? new QueueClosedError(this.name) : new TooManyWaitingError(this.name, this.#maxWaiting)
    }
    const producer = new Producer(slot, lane, signal, nothing)
    producers.join(producer)
    await producer.promise
  }

  /** The next item, or `undefined` when none is ready. */
  poll(): T | undefined {
    return this.#exchange.prepare() ? this.#exchange.poll() : undefined
  }

  /**
   * Waits for the next item. Rejects with `QueueClosedError` when the queue is closed and nothing can come any more, with
   * `TooManyWaitingError` when `maxWaiting` consumers wait already, and with the reason of `signal` when that aborts.
   */
  async take(options?: TakeOptions): Promise<T> {
    const signal = options?.signal
    signal?.throwIfAborted()
    if (this.#exchange.prepare()) return this.#exchange.poll()
    return await this.#wait(() => new TakeConsumer<T>(signal, this.#exchange.setAlarm))
  }

  /** The next item on loan, or `undefined` when none is ready. */
  tryLease(): QueueLease<T> | undefined {
    return this.#exchange.prepare() ? this.#exchange.lease() : undefined
  }

  /** Waits for the next item and lends it; at once when one is ready. Rejects as `take` does. */
  lease(options?: LeaseOptions): QueueLease<T> | Promise<QueueLease<T>> {
    const signal = options?.signal
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- the reason is the caller's own.
    if (signal?.aborted) return Promise.reject(signal.reason)
    return this.tryLease() ?? this.#wait(() => new LeaseConsumer<T>(signal, this.#exchange.setAlarm))
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
    const { shelf, clock, enqueued, dequeued, totals, producers, consumers, isClosed } = this.#exchange
    const nowMs = clock.exactly()
    return {
      name: this.name,
      capacity: this.capacity,
      depth: shelf.depth,
      delayed: shelf.delayed,
      leased: shelf.leased,
      classes: Object.fromEntries(this.#classes.map((name, lane) => [name, shelf.laneSize(lane)])),
      oldestAgeMs: Math.max(0, nowMs - (shelf.oldestAt ?? nowMs)),
      enqueueRate: enqueued.perSecond(nowMs),
      dequeueRate: dequeued.perSecond(nowMs),
      ...totals,
      waitingProducers: producers.size,
      waitingConsumers: consumers.size,
      closed: isClosed,
    }
  }

  #laneFor(options: OfferOptions | undefined): number {
    const name = options?.class
    if (name === undefined) return this.#lastLane
    const lane = this.#classes.indexOf(name)
    if (lane < 0) throw new RangeError(`class must be one of ${this.#classes.join(', ')}, got ${name}`)
    return lane
  }

  #slotFor(item: T, lane: number, options: OfferOptions | undefined): Slot<T> {
    if (options?.receipt === undefined && options?.deadlineMs === undefined && !(item instanceof Entry)) return item
    const expiresAt =
      options?.deadlineMs === undefined
        ? undefined
        : this.#exchange.clock.exactly() + checkNumber('deadlineMs', options.deadlineMs, { above: 0 })
    return new Entry(this.#exchange, item, lane, options?.receipt, expiresAt)
  }

  #tryAdmit(slot: Slot<T>, lane: number): boolean {
    const exchange = this.#exchange
    if (exchange.isClosed) return false
    if (exchange.hasRoom()) {
      exchange.admit(slot, lane)
      return true
    }
    return (
      this.#overflow !== 'reject' &&
      exchange.replace(slot, lane, this.#overflow === 'drop-oldest' ? 'oldest' : 'newest')
    )
  }

  #wait<V>(join: () => Consumer<T> & { readonly promise: Promise<V> }): Promise<V> {
    const { consumers, mayBringMore } = this.#exchange
    if (!mayBringMore) return Promise.reject(new QueueClosedError(this.name))
    if (consumers.size >= this.#maxWaiting) return Promise.reject(new TooManyWaitingError(this.name, this.#maxWaiting))
    const consumer = join()
    consumers.join(consumer)
    this.#exchange.setAlarm()
    return consumer.promise
  }
}
