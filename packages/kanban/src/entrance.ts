import { checkNumber } from '@tps/internal'
import { ClassNames } from './class-names.ts'
import { Entry, type Slot, isEntry, itemOf } from './entry.ts'
import { DuplicateItemError, QueueClosedError, TooManyWaitingError } from './errors.ts'
import type { Exchange } from './exchange.ts'
import { Keys } from './keys.ts'
import type { CheckedQueueOptions, OfferOptions, OfferVerdict, PutOptions } from './queue-options.ts'
import { Producer } from './waiters.ts'
import { WaitingLine } from './waiting-line.ts'

/** The side of the producers: who gets in, who waits, who is refused. */
export class Entrance<T> {
  readonly producers: WaitingLine<Producer<T>>
  readonly keys: Keys | undefined
  readonly #options: CheckedQueueOptions<T>
  readonly #exchange: Exchange<T>
  readonly #classes: ClassNames
  readonly #lastLane: number
  /** Whether an item with which nothing came may stand in the queue as it is. */
  readonly #keepsBare: boolean

  constructor(options: CheckedQueueOptions<T>, exchange: Exchange<T>) {
    this.#options = options
    this.#exchange = exchange
    this.producers = new WaitingLine(exchange.shelf.gate.shut)
    this.keys = options.dedup && new Keys(options.dedup, () => exchange.clock.exactly())
    this.#classes = new ClassNames(options.classes)
    this.#lastLane = options.classes.length - 1
    this.#keepsBare = !options.fairness && !options.dedup
  }

  offer(item: T, options: OfferOptions | undefined): boolean {
    const lane = this.laneFor(options?.class)
    return (
      (isBare(options) && this.#exchange.turnstile.admitBare(item, lane)) ||
      this.#offer(item, lane, options) === 'admitted'
    )
  }

  tryOffer(item: T, options: OfferOptions | undefined): OfferVerdict {
    return this.#offer(item, this.laneFor(options?.class), options)
  }

  /** Lets an entry in that was made elsewhere and has nothing to it, or refuses it. */
  offerEntry(entry: Entry<T>): boolean {
    const verdict = this.#tryAdmit(entry, entry.lane)
    if (verdict !== 'admitted') this.#refused(entry, verdict)
    return verdict === 'admitted'
  }

  async put(item: T, options: PutOptions | undefined): Promise<void> {
    const signal = options?.signal
    signal?.throwIfAborted()
    const lane = this.laneFor(options?.class)
    const slot = this.#slotFor(item, lane, options)
    const verdict = this.#tryAdmit(slot, lane)
    if (verdict === 'admitted') return
    const { name, maxWaiting } = this.#options
    if (verdict !== 'full' || this.producers.size >= maxWaiting) {
      this.#refused(slot, verdict)
      if (verdict === 'closed') throw new QueueClosedError(name)
      if (verdict === 'duplicate') throw new DuplicateItemError(name, keyOf(slot) ?? '')
      throw new TooManyWaitingError(name, maxWaiting)
    }
    const producer = new Producer(slot, lane, signal, () => this.#forget(slot))
    this.#hold(slot)
    this.producers.join(producer)
    await producer.promise
  }

  laneFor(name: string | undefined): number {
    return name === undefined ? this.#lastLane : this.#classes.laneOf(name)
  }

  /** There is room, as far as it goes: for those that wait. */
  admitWaiting(): void {
    while (this.producers.size > 0 && this.#exchange.shelf.depth < this.#options.capacity) {
      const producer = this.producers.shift() as Producer<T>
      producer.admit()
      this.#admit(producer.slot, producer.lane)
    }
  }

  /** Refuses those that wait. Returns what tells it. */
  close(): () => void {
    const refused: Slot<T>[] = []
    for (let producer = this.producers.shift(); producer; producer = this.producers.shift()) {
      producer.fail(new QueueClosedError(this.#options.name))
      this.#forget(producer.slot)
      refused.push(producer.slot)
    }
    return () => {
      for (const slot of refused) this.#refused(slot, 'closed')
    }
  }

  #offer(item: T, lane: number, options: OfferOptions | undefined): OfferVerdict {
    const slot = this.#slotFor(item, lane, options)
    const verdict = this.#tryAdmit(slot, lane)
    if (verdict !== 'admitted') this.#refused(slot, verdict)
    return verdict
  }

  #slotFor(item: T, lane: number, options: OfferOptions | undefined): Slot<T> {
    if (this.#keepsBare && isBare(options) && !isEntry(item)) return item
    const { fairness, dedup } = this.#options
    const deadlineMs = options?.deadlineMs
    const expiresAt =
      deadlineMs === undefined
        ? undefined
        : this.#exchange.clock.exactly() + checkNumber('deadlineMs', deadlineMs, { above: 0 })
    return new Entry(this.#exchange.returns, item, lane, {
      receipt: options?.receipt,
      expiresAt,
      tenant: fairness?.tenantOf(item) ?? '',
      cost: fairness?.costOf(item) ?? 1,
      key: dedup?.keyOf(item),
    })
  }

  #tryAdmit(slot: Slot<T>, lane: number): OfferVerdict {
    if (this.#exchange.isClosed) return 'closed'
    const key = keyOf(slot)
    if (key !== undefined && this.keys?.has(key)) return 'duplicate'
    if (this.#hasRoom()) {
      this.#admit(slot, lane)
      return 'admitted'
    }
    return this.#replace(slot, lane) ? 'admitted' : 'full'
  }

  #hasRoom(): boolean {
    const { shelf } = this.#exchange
    const { capacity } = this.#options
    return shelf.depth < capacity || (this.#exchange.expireWaiting() && shelf.depth < capacity)
  }

  #admit(slot: Slot<T>, lane: number): void {
    this.#hold(slot)
    this.#exchange.admit(slot, lane)
  }

  /** Admits an item in place of a waiting one. `false` when there is none that may be thrown out. */
  #replace(slot: Slot<T>, lane: number): boolean {
    const { overflow } = this.#options
    if (overflow === 'reject') return false
    const { shelf, ledger } = this.#exchange
    const victim = shelf.sacrifice(overflow === 'drop-oldest' ? 'oldest' : 'newest', lane)
    if (!victim) return false
    ledger.totals.dropped++
    this.#admit(slot, lane)
    ledger.dropped(victim, overflow)
    return true
  }

  #refused(slot: Slot<T>, verdict: Exclude<OfferVerdict, 'admitted'>): void {
    const item = itemOf(slot)
    if (verdict === 'duplicate') this.#exchange.ledger.duplicate(item, keyOf(slot) ?? '')
    else this.#exchange.ledger.rejected(item, verdict)
  }

  #hold(slot: Slot<T>): void {
    const key = keyOf(slot)
    if (key !== undefined) this.keys?.hold(key)
  }

  /** The item of a producer that waited did not get in. */
  #forget(slot: Slot<T>): void {
    const key = keyOf(slot)
    if (key !== undefined) this.keys?.release(key, undefined)
  }
}

/** Whether nothing but a class comes with an item. */
function isBare(options: OfferOptions | undefined): boolean {
  return options === undefined || (options.receipt === undefined && options.deadlineMs === undefined)
}

function keyOf<T>(slot: Slot<T>): string | undefined {
  return slot instanceof Entry ? slot.extras?.key : undefined
}
