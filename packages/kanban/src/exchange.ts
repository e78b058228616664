import { Alarm } from './alarm.ts'
import { Deadlines } from './deadlines.ts'
import { Entrance } from './entrance.ts'
import { Entry, type Slot, itemOf } from './entry.ts'
import type { Exemplar } from './exemplar.ts'
import { Exit } from './exit.ts'
import { Ledger } from './ledger.ts'
import { NOTHING, type Victim } from './line.ts'
import { linesFor } from './lines.ts'
import type { QueueEmitter } from './queue-events.ts'
import type { CheckedQueueOptions } from './queue-options.ts'
import { Returns } from './returns.ts'
import { Shelf } from './shelf.ts'
import type { Hand, Taker } from './taker.ts'
import type { TurnClock } from './turn-clock.ts'
import { Turnstile } from './turnstile.ts'
import type { Consumer } from './waiters.ts'
import { Watermarks } from './watermarks.ts'

/**
 * Where producers, waiting entries and consumers meet.
 *
 * Between two calls this holds: while a consumer waits, nothing is ready; while a producer waits, there is no room. Both
 * wait when delayed retries take all the room: a failing downstream must not pile up more than the capacity. State is
 * committed before any receipt or listener is called.
 */
export class Exchange<T> {
  readonly shelf: Shelf<T>
  readonly turnstile: Turnstile<T>
  readonly clock: TurnClock
  readonly entrance: Entrance<T>
  readonly exit: Exit<T>
  readonly returns: Returns<T>
  readonly deadlines: Deadlines<T> = new Deadlines()
  readonly ledger: Ledger<T>
  readonly marks: Watermarks
  readonly exemplar: Exemplar<Entry<T>>
  isClosed = false
  /** Whether nothing but class, age and order says what is handed out next. */
  isPlain: boolean
  readonly #dropReason: 'codel' | 'controlled-delay'
  readonly #alarm: Alarm

  constructor(options: CheckedQueueOptions<T>, emitter: QueueEmitter<T>) {
    this.isPlain = !options.overload && !options.fairness
    this.#dropReason = options.overload?.drop === 'controlled-delay' ? 'controlled-delay' : 'codel'
    this.returns = new Returns(this)
    this.shelf = new Shelf(this.returns, linesFor(options), options.maxAgeMs)
    this.turnstile = new Turnstile(options, this)
    this.clock = this.turnstile.clock
    this.entrance = new Entrance(options, this)
    this.exit = new Exit(options, this)
    this.ledger = new Ledger(emitter, options.onListenerError, this.entrance.keys)
    this.marks = new Watermarks(options.watermarks, emitter, this.shelf.gate.shut)
    this.exemplar = new Entry<T>(this.returns, undefined as T, 0)
    this.#alarm = new Alarm(options.timers, () => {
      this.#placeDue()
      this.setAlarm()
    })
  }

  /** A new item comes in. */
  admit(slot: Slot<T>, lane: number): void {
    this.turnstile.countAdmitted()
    if (slot instanceof Entry && slot.extras?.expiresAt !== undefined) this.#useDeadlines()
    this.place(slot, lane, true)
  }

  /** Hands the next item over for good; `NOTHING` when none is ready. */
  poll(): T | typeof NOTHING {
    const { shelf, turnstile } = this
    const slot = this.#next(() => {
      turnstile.countTaken()
      return shelf.take()
    })
    if (slot === NOTHING) return NOTHING
    this.vacated()
    this.settledAcked(slot)
    return itemOf(slot)
  }

  /** Puts the next item into a consumer's hands; `undefined` when none is ready. */
  lease(): Entry<T> | undefined {
    const entry = this.#next(() => this.shelf.takeLeased())
    if (entry === NOTHING) return undefined
    this.vacated()
    return entry
  }

  /** Gives the next item to a taker, which is to begin; `NOTHING` when none is ready. */
  serve(taker: Taker<T>): Hand | typeof NOTHING {
    const hand = this.#next(() => this.put(taker, this.shelf.take(), this.shelf.lastLane))
    if (hand !== NOTHING) this.vacated()
    return hand
  }

  /** Puts what stands nowhere into a taker's hand. */
  put(taker: Taker<T>, slot: Slot<T>, lane: number): Hand {
    const { loans } = this.shelf
    return slot instanceof Entry ? loans.lendTo(taker, slot) : taker.takeBare(slot, lane, loans.countBare())
  }

  /** Whether so many can be polled, come what may. */
  hasReady(count: number): boolean {
    return this.isPlain && this.shelf.ready >= count
  }

  /** To the first waiting consumer, or to the back of its line. */
  place(slot: Slot<T>, lane: number, isNew: boolean): void {
    const consumer = this.exit.consumers.first
    if (this.deadlines.areUsed && this.deadlines.isPast(slot, this.clock.exactly())) {
      if (isNew) this.ledger.admitted(slot)
      this.#expired([slot as Entry<T>])
    } else if (consumer) {
      if (consumer.kind === 'taker') this.#give(consumer, slot, lane, isNew)
      else this.#handOver(consumer, slot, lane, isNew)
    } else {
      this.shelf.push(slot, lane, this.clock.now())
      if (this.deadlines.areUsed) this.deadlines.note(slot)
      if (isNew) this.ledger.admitted(slot)
      this.watchRise()
    }
  }

  /** Takes out all that wait, delayed ones included. */
  clear(reason: unknown): T[] {
    const slots = this.shelf.clear()
    const count = slots.length
    if (count === 0) return []
    this.ledger.totals.cleared += count
    this.setAlarm()
    this.vacated()
    for (const slot of slots) this.ledger.settled(slot, 'cleared', reason)
    this.ledger.cleared({ count, reason })
    this.finishIfClosed()
    return slots.map((slot) => itemOf(slot))
  }

  close(): void {
    if (this.isClosed) return
    this.isClosed = true
    this.shelf.gate.shut()
    const tell = this.entrance.close()
    this.finishIfClosed()
    tell()
    this.ledger.closed({ depth: this.shelf.depth })
  }

  /** Takes out waiting items whose deadline has passed. Whether there were any. */
  expireWaiting(): boolean {
    if (!this.deadlines.areUsed) return false
    const expired = this.deadlines.passed(() => this.shelf.waiting(), this.clock.exactly())
    for (const slot of expired) this.shelf.withdraw(slot as Entry<T>)
    if (expired.length > 0) this.#expired(expired as Entry<T>[])
    return expired.length > 0
  }

  /** Wakes waiting consumers for the next delayed entry; nobody waiting, no timer. */
  readonly setAlarm = (): void => {
    const isNeeded = this.exit.consumers.size > 0 && this.shelf.delayed > 0
    this.#alarm.set(isNeeded ? this.shelf.nextDueMs : Number.POSITIVE_INFINITY, this.clock.exactly())
  }

  get hasEnded(): boolean {
    return this.isClosed && this.shelf.depth === 0
  }

  /** Whether a consumer that finds nothing ready may still hope. */
  get mayBringMore(): boolean {
    return !this.isClosed || !this.shelf.isEmpty
  }

  /** Ready items have left: the room goes to waiting producers. */
  vacated(): void {
    if (this.entrance.producers.size > 0) this.entrance.admitWaiting()
    this.watchFall()
  }

  watchFall(): void {
    const { shelf, marks } = this
    if (shelf.depth < marks.fallsBelow) marks.fell(shelf.depth, shelf.isEmpty)
  }

  watchRise(): void {
    const { shelf, marks } = this
    if (shelf.depth >= marks.risesAt) marks.rose(shelf.depth)
  }

  settledAcked(slot: Slot<T>): void {
    if (slot instanceof Entry) this.ledger.settled(slot, 'acked')
    if (this.isClosed) this.finishIfClosed()
  }

  /** Lets those go home who would wait for nothing. */
  finishIfClosed(): void {
    if (!this.isClosed) return
    const { first } = this.exit.consumers
    if (first?.kind === 'batch' && first.entries.length > 0 && this.hasEnded) this.exit.batches.complete(first)
    if (this.mayBringMore) return
    this.exit.close()
    this.setAlarm()
  }

  #useDeadlines(): void {
    this.deadlines.areUsed = true
    this.isPlain = false
    this.shelf.gate.shut()
  }

  /** It leaves the line with its last free hand; otherwise it goes to the end. */
  #give(taker: Taker<T>, slot: Slot<T>, lane: number, isNew: boolean): void {
    this.turnstile.countPassedOn()
    const hand = this.put(taker, slot, lane)
    this.exit.served(taker)
    if (isNew) this.ledger.admitted(slot)
    taker.begin(hand)
  }

  #handOver(consumer: Consumer<T>, slot: Slot<T>, lane: number, isNew: boolean): void {
    this.turnstile.countPassedOn()
    if (consumer.kind !== 'batch') consumer.line?.leave(consumer)
    if (this.shelf.delayed > 0) this.setAlarm()
    if (consumer.kind === 'take') {
      this.turnstile.countTaken()
      this.watchFall()
      consumer.receive(itemOf(slot))
      if (isNew) this.ledger.admitted(slot)
      this.settledAcked(slot)
      return
    }
    const entry = this.shelf.loans.lend(slot, lane)
    if (consumer.kind === 'lease') consumer.receive(entry)
    else this.exit.batches.add(consumer, entry)
    if (isNew) this.ledger.admitted(slot)
    if (consumer.kind !== 'batch') return
    if (!consumer.line) this.exit.completed(consumer)
    else this.finishIfClosed()
  }

  /** Takes the next that may be handed out, and throws out what must not be. */
  #next<V>(take: () => V): V | typeof NOTHING {
    const { shelf } = this
    if (shelf.delayed > 0) this.#placeDue()
    while (shelf.ready > 0) {
      const nowMs = this.clock.now()
      const exactMs = this.deadlines.areUsed ? this.clock.exactly() : nowMs
      const shed: Victim<T>[] = []
      const expired: Entry<T>[] = []
      let next = shelf.choose(nowMs, shed)
      while (next !== NOTHING && this.deadlines.isPast(next, exactMs)) {
        expired.push(shelf.discard() as Entry<T>)
        next = shelf.choose(nowMs, shed)
      }
      const taken = next === NOTHING ? NOTHING : take()
      if (shed.length > 0) this.#shed(shed)
      if (expired.length > 0) this.#expired(expired)
      if (taken !== NOTHING) return taken
    }
    return NOTHING
  }

  #placeDue(): void {
    const nowMs = this.clock.exactly()
    for (let entry = this.shelf.shiftDue(nowMs); entry; entry = this.shelf.shiftDue(nowMs)) {
      this.place(entry, entry.lane, false)
    }
    this.vacated()
  }

  /** These have left the shelf already. */
  #expired(entries: readonly Entry<T>[]): void {
    this.ledger.totals.expired += entries.length
    this.vacated()
    for (const entry of entries) this.ledger.expired(entry)
    this.finishIfClosed()
  }

  /** These too. */
  #shed(victims: readonly Victim<T>[]): void {
    this.ledger.totals.dropped += victims.length
    this.ledger.totals.shed += victims.length
    this.vacated()
    for (const victim of victims) this.ledger.dropped(victim, this.#dropReason)
    this.finishIfClosed()
  }
}
