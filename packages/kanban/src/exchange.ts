import { type ListenerErrorHandler, type SafeEmitter, checkNumber, printListenerError } from '@tps/internal'
import { Alarm } from './alarm.ts'
import type { Exemplar } from './exemplar.ts'
import { Entry, type EntryHome, type Settlement, type Slot, itemOf } from './entry.ts'
import { QueueClosedError } from './errors.ts'
import type { QueueEvents } from './queue-events.ts'
import type { CheckedQueueOptions } from './queue-options.ts'
import { Rate } from './rate.ts'
import { Shelf } from './shelf.ts'
import { TurnClock } from './turn-clock.ts'
import type { Consumer, Producer } from './waiters.ts'
import { WaitingLine } from './waiting-line.ts'

/**
 * Where producers, waiting entries and consumers meet.
 *
 * Between two calls this holds: while a consumer waits, nothing is ready; while a producer waits, there is no room. Both
 * wait when delayed retries take all the room: a failing downstream must not pile up more than the capacity. State is committed before any receipt or listener is called.
 */
export class Exchange<T> implements EntryHome<T> {
  readonly shelf: Shelf<T>
  readonly clock: TurnClock
  readonly producers: WaitingLine<Producer<T>> = new WaitingLine()
  readonly consumers: WaitingLine<Consumer<T>> = new WaitingLine()
  readonly enqueued: Rate = new Rate()
  readonly dequeued: Rate = new Rate()
  readonly totals = {
    admitted: 0,
    acked: 0,
    retried: 0,
    deadLettered: 0,
    dropped: 0,
    expired: 0,
    withdrawn: 0,
    rejected: 0,
  }
  isClosed = false
  readonly #name: string
  readonly #capacity: number
  readonly #emitter: SafeEmitter<QueueEvents<T>>
  readonly #onListenerError: ListenerErrorHandler
  readonly #alarm: Alarm
  readonly exemplar: Exemplar<Entry<T>>
  #hasDeadlines = false
  /** No waiting entry expires before. */
  #firstExpiry = Number.POSITIVE_INFINITY

  constructor(options: CheckedQueueOptions, emitter: SafeEmitter<QueueEvents<T>>) {
    this.#name = options.name
    this.#capacity = options.capacity
    this.#onListenerError = options.onListenerError
    this.#emitter = emitter
    this.clock = new TurnClock(options.clock)
    this.shelf = new Shelf(this, options.classes.length)
    this.exemplar = new Entry<T>(this, undefined as T, 0)
    this.#alarm = new Alarm(options.timers, () => {
      this.#placeDue()
      this.setAlarm()
    })
  }

  hasRoom(): boolean {
    if (this.shelf.depth < this.#capacity) return true
    return this.#hasDeadlines && this.#expireWaiting() && this.shelf.depth < this.#capacity
  }

  /** A new item comes in. */
  admit(slot: Slot<T>, lane: number): void {
    this.#count(slot)
    this.#place(slot, lane)
  }

  /** Whether an item is ready, or can be made so. Then `poll` and `lease` may take it. */
  prepare(): boolean {
    if (this.shelf.delayed > 0) this.#placeDue()
    if (this.#hasDeadlines) this.#expireFirst()
    return this.shelf.ready > 0
  }

  /** Hands the first item over for good. It must be ready. */
  poll(): T {
    const slot = this.shelf.shift()
    this.#vacated()
    this.#consumed(slot)
    return itemOf(slot)
  }

  /** Puts the first item into a consumer's hands. It must be ready. */
  lease(): Entry<T> {
    const entry = this.shelf.shiftLeased()
    this.#vacated()
    return entry
  }

  ack(entry: Entry<T>): void {
    this.shelf.unlend(entry)
    this.totals.acked++
    this.#settle(entry, 'acked')
  }

  retry(entry: Entry<T>, delayMs: number): void {
    checkNumber('delayMs', delayMs, { min: 0 })
    this.shelf.unlend(entry)
    this.totals.retried++
    if (delayMs === 0) {
      this.#place(entry, entry.lane)
      return
    }
    this.shelf.delay(entry, this.clock.exactly() + delayMs)
    this.setAlarm()
  }

  deadLetter(entry: Entry<T>, reason: unknown): void {
    this.shelf.unlend(entry)
    this.totals.deadLettered++
    this.#settle(entry, 'dead-lettered', reason)
    if (!this.#emitter.has('deadLettered')) return
    this.#emitter.emit('deadLettered', { item: entry.item, attempt: entry.attempt, reason })
  }

  release(entry: Entry<T>): void {
    this.shelf.unlend(entry)
    entry.attempt--
    if (this.consumers.size > 0) {
      this.#place(entry, entry.lane)
      return
    }
    this.shelf.unshift(entry, this.clock.now())
    this.#firstExpiry = Math.min(this.#firstExpiry, expiryOf(entry))
  }

  withdraw(entry: Entry<T>): void {
    this.shelf.withdraw(entry)
    this.totals.withdrawn++
    this.#admitWaiting()
    this.#settle(entry, 'withdrawn')
  }

  /** Admits an item in place of a waiting one. `false` when there is none that may be thrown out. */
  replace(slot: Slot<T>, lane: number, which: 'oldest' | 'newest'): boolean {
    const victim = this.shelf.sacrifice(which, lane)
    if (!victim) return false
    this.totals.dropped++
    this.admit(slot, lane)
    this.#settle(victim.slot, 'dropped')
    if (this.#emitter.has('dropped')) this.#emitter.emit('dropped', { item: itemOf(victim.slot), which })
    return true
  }

  refuse(item: T): false {
    this.totals.rejected++
    if (this.#emitter.has('rejected')) this.#emitter.emit('rejected', { item })
    return false
  }

  close(): void {
    if (this.isClosed) return
    this.isClosed = true
    const refused: T[] = []
    for (let producer = this.producers.shift(); producer; producer = this.producers.shift()) {
      producer.fail(new QueueClosedError(this.#name))
      refused.push(itemOf(producer.slot))
    }
    this.#finishIfEmpty()
    for (const item of refused) this.refuse(item)
    if (this.#emitter.has('closed')) this.#emitter.emit('closed', { depth: this.shelf.depth })
  }

  /** Wakes waiting consumers for the next delayed entry; nobody waiting, no timer. */
  readonly setAlarm = (): void => {
    const isNeeded = this.consumers.size > 0 && this.shelf.delayed > 0
    this.#alarm.set(isNeeded ? this.shelf.nextDueMs : Number.POSITIVE_INFINITY, this.clock.exactly())
  }

  /** Whether a consumer that finds nothing ready may still hope. */
  get mayBringMore(): boolean {
    return !this.isClosed || !this.shelf.isEmpty
  }

  #count(slot: Slot<T>): void {
    this.totals.admitted++
    this.enqueued.add(this.clock.now())
    if (!(slot instanceof Entry)) return
    if (slot.expiresAt !== undefined) this.#hasDeadlines = true
    const { receipt } = slot
    if (!receipt?.admitted) return
    try {
      receipt.admitted(slot)
    } catch (error) {
      this.#reportReceipt(error)
    }
  }

  /** To the first waiting consumer, or to the back of its lane. */
  #place(slot: Slot<T>, lane: number): void {
    if (this.#hasDeadlines && this.#isExpired(slot)) {
      this.#expire([slot as Entry<T>])
      return
    }
    const consumer = this.consumers.shift()
    if (consumer) {
      this.#handOver(consumer, slot, lane)
      return
    }
    this.shelf.push(slot, lane, this.clock.now())
    if (this.#hasDeadlines) this.#firstExpiry = Math.min(this.#firstExpiry, expiryOf(slot))
  }

  #handOver(consumer: Consumer<T>, slot: Slot<T>, lane: number): void {
    this.dequeued.add(this.clock.now())
    if (this.shelf.delayed > 0) this.setAlarm()
    if (consumer.kind === 'lease') {
      consumer.receive(this.shelf.lend(slot, lane))
      return
    }
    this.#consumed(slot)
    consumer.receive(itemOf(slot))
  }

  #consumed(slot: Slot<T>): void {
    this.totals.acked++
    this.#settle(slot, 'acked')
  }

  /** A ready item was taken: the room goes to waiting producers. */
  #vacated(): void {
    this.dequeued.add(this.clock.now())
    if (this.producers.size > 0) this.#admitWaiting()
  }

  #placeDue(): void {
    const nowMs = this.clock.exactly()
    for (let entry = this.shelf.shiftDue(nowMs); entry; entry = this.shelf.shiftDue(nowMs)) {
      this.#place(entry, entry.lane)
    }
    if (this.producers.size > 0) this.#admitWaiting()
  }

  #admitWaiting(): void {
    while (this.producers.size > 0 && this.shelf.depth < this.#capacity) this.#admitFirst()
  }

  /** Admits what the first producer waits with. */
  #admitFirst(): void {
    const producer = this.producers.shift()
    if (!producer) return
    producer.admit()
    this.admit(producer.slot, producer.lane)
  }

  #isExpired(slot: Slot<T>): boolean {
    return this.clock.exactly() >= expiryOf(slot)
  }

  #expireFirst(): void {
    for (let slot = this.shelf.peek(); slot !== undefined && this.#isExpired(slot); slot = this.shelf.peek()) {
      this.#expire([this.shelf.shift() as Entry<T>])
    }
  }

  /** O(depth), but only when a deadline has passed. */
  #expireWaiting(): boolean {
    if (this.clock.exactly() < this.#firstExpiry) return false
    const expired: Entry<T>[] = []
    this.#firstExpiry = Number.POSITIVE_INFINITY
    for (const slot of this.shelf.waiting()) {
      if (this.#isExpired(slot)) expired.push(slot as Entry<T>)
      else this.#firstExpiry = Math.min(this.#firstExpiry, expiryOf(slot))
    }
    for (const entry of expired) this.shelf.withdraw(entry)
    this.#expire(expired)
    return true
  }

  /** These have left the shelf already. */
  #expire(entries: readonly Entry<T>[]): void {
    this.totals.expired += entries.length
    this.#admitWaiting()
    for (const entry of entries) {
      this.#settle(entry, 'expired')
      if (this.#emitter.has('expired')) this.#emitter.emit('expired', { item: entry.item })
    }
  }

  #settle(slot: Slot<T>, how: Settlement, reason?: unknown): void {
    if (this.isClosed) this.#finishIfEmpty()
    if (!(slot instanceof Entry)) return
    const { receipt } = slot
    if (!receipt) return
    try {
      receipt.settled(how, reason)
    } catch (error) {
      this.#reportReceipt(error)
    }
  }

  #finishIfEmpty(): void {
    if (this.mayBringMore) return
    for (let consumer = this.consumers.shift(); consumer; consumer = this.consumers.shift()) {
      consumer.fail(new QueueClosedError(this.#name))
    }
    this.setAlarm()
  }

  #reportReceipt(error: unknown): void {
    try {
      this.#onListenerError(error, 'receipt')
    } catch (second) {
      printListenerError(second, 'receipt')
    }
  }
}

function expiryOf<T>(slot: Slot<T>): number {
  return (slot instanceof Entry ? slot.expiresAt : undefined) ?? Number.POSITIVE_INFINITY
}
