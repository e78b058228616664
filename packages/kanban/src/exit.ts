import type { LeaseOptions } from '@tps/internal'
import { type BatchHome, Batches } from './batches.ts'
import type { Entry, QueueLease } from './entry.ts'
import { QueueClosedError, TooManyWaitingError } from './errors.ts'
import type { Exchange } from './exchange.ts'
import { NOTHING } from './line.ts'
import { type CheckedQueueOptions, type TakeBatchOptions, type TakeOptions, checkBatch } from './queue-options.ts'
import type { Taker } from './taker.ts'
import { BatchConsumer, type Consumer, LeaseConsumer, TakeConsumer } from './waiters.ts'
import { WaitingLine } from './waiting-line.ts'

/** The side of the consumers: who is served at once, who waits. */
export class Exit<T> implements BatchHome<T> {
  readonly consumers: WaitingLine<Consumer<T> | Taker<T>>
  readonly batches: Batches<T>
  readonly #name: string
  readonly #maxWaiting: number
  readonly #exchange: Exchange<T>

  constructor({ name, maxWaiting, timers }: CheckedQueueOptions<T>, exchange: Exchange<T>) {
    this.#name = name
    this.#maxWaiting = maxWaiting
    this.#exchange = exchange
    this.consumers = new WaitingLine(exchange.shelf.gate.shut)
    this.batches = new Batches(timers, this)
  }

  async take(options: TakeOptions | undefined): Promise<T> {
    const signal = options?.signal
    signal?.throwIfAborted()
    const item = this.#exchange.turnstile.poll()
    if (item !== NOTHING) return item
    const refusal = this.refusal()
    if (refusal) throw refusal
    return await this.#join(new TakeConsumer<T>(signal, this.#exchange.setAlarm))
  }

  lease(options: LeaseOptions | undefined): QueueLease<T> | Promise<QueueLease<T>> {
    const signal = options?.signal
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- the reason is the caller's own.
    if (signal?.aborted) return Promise.reject(signal.reason)
    return this.#exchange.turnstile.lease() ?? this.#awaitLease(signal)
  }

  async takeBatch(asked: number | TakeBatchOptions, given: number): Promise<T[]> {
    const { max, waitMs, signal } = checkBatch(asked, given)
    signal?.throwIfAborted()
    if (waitMs === 0 || this.#exchange.hasReady(max)) {
      const items = this.#pollSome(max)
      if (items.length > 0) return items
    }
    const { batches } = this
    const batch = new BatchConsumer<T>(max, waitMs, signal, batches.abandon)
    if (batches.gather(batch)) {
      batches.complete(batch)
      return await batch.promise
    }
    const refusal = this.refusal()
    if (refusal) batch.fail(refusal)
    else if (batch.entries.length > 0) batches.begin(batch)
    return await (refusal ? batch.promise : this.#join(batch))
  }

  /** Refuses those that would wait for nothing. */
  close(): void {
    for (let consumer = this.consumers.shift(); consumer; consumer = this.consumers.shift()) {
      consumer.fail(new QueueClosedError(this.#name))
    }
  }

  get hasEnded(): boolean {
    return this.#exchange.hasEnded
  }

  leaseReady(): Entry<T> | undefined {
    return this.#exchange.turnstile.lease()
  }

  completed(batch: BatchConsumer<T>): void {
    const { entries } = batch
    for (const entry of entries) this.#exchange.shelf.loans.end(entry)
    this.#exchange.ledger.totals.acked += entries.length
    this.#exchange.setAlarm()
    this.#exchange.watchFall()
    batch.receive(entries.map(({ item }) => item))
    for (const entry of entries) this.#exchange.settledAcked(entry)
  }

  abandoned(batch: BatchConsumer<T>): void {
    for (const entry of batch.entries) this.#exchange.returns.release(entry)
    this.#exchange.setAlarm()
  }

  async #awaitLease(signal: AbortSignal | undefined): Promise<QueueLease<T>> {
    const refusal = this.refusal()
    if (refusal) throw refusal
    return await this.#join(new LeaseConsumer<T>(signal, this.#exchange.setAlarm))
  }

  #pollSome(max: number): T[] {
    const items: T[] = []
    while (items.length < max) {
      const item = this.#exchange.turnstile.poll()
      if (item === NOTHING) break
      items.push(item)
    }
    return items
  }

  /** A taker was given something: it leaves with its last free hand, and goes to the end of the line otherwise. */
  served(taker: Taker<T>): void {
    const { consumers } = this
    if (!taker.hasFreeHand) this.leave(taker)
    else if (consumers.size > 1 && consumers.leave(taker)) consumers.join(taker)
  }

  /** Takes it out of the line. Does nothing when it does not stand there. */
  leave(taker: Taker<T>): void {
    if (this.consumers.leave(taker) && this.#exchange.shelf.delayed > 0) this.#exchange.setAlarm()
  }

  /** Why one more must not wait. */
  refusal(): Error | undefined {
    if (!this.#exchange.mayBringMore) return new QueueClosedError(this.#name)
    if (this.consumers.size >= this.#maxWaiting) return new TooManyWaitingError(this.#name, this.#maxWaiting)
    return undefined
  }

  #join<V>(consumer: Consumer<T> & { readonly promise: Promise<V> }): Promise<V> {
    this.consumers.join(consumer)
    this.#exchange.setAlarm()
    return consumer.promise
  }
}
