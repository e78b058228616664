import { type Entry, isEntry } from './entry.ts'
import type { Exchange } from './exchange.ts'
import { NEVER } from './gate.ts'
import { NOTHING } from './line.ts'
import { Pulse, type Pulsing, type Totals } from './pulse.ts'
import type { CheckedQueueOptions } from './queue-options.ts'
import type { Shelf } from './shelf.ts'
import type { Hand, Taker } from './taker.ts'
import { type ClockReader, TurnClock } from './turn-clock.ts'

/**
 * Where items come in and go out, and are counted. As long as nothing special is the matter, which the gate says, they go
 * straight to the shelf and from it; otherwise the exchange looks at everything.
 *
 * This is the path that has to be quick. It is kept small, because V8 inlines only so much into a loop.
 */
export class Turnstile<T> implements Pulsing, ClockReader {
  readonly clock: TurnClock
  readonly pulse: Pulse = new Pulse()
  readonly #exchange: Exchange<T>
  readonly #shelf: Shelf<T>
  readonly #capacity: number
  readonly lastLane: number
  /** Whether an item with which nothing came may stand in the queue as it is. */
  readonly keepsBare: boolean
  /** The last reading of the clock, and up to which totals it will do. */
  #tick = 0
  #sharesAdmitted = 0
  #sharesTaken = 0
  #usesSeen = 0
  /** Total of items let in. */
  #admitted = 0
  /** Total of items handed over for good without a lease. */
  #taken = 0
  /** Total of items handed out that nobody saw waiting: a consumer was there already. */
  #passedOn = 0

  constructor(options: CheckedQueueOptions<T>, exchange: Exchange<T>) {
    this.#exchange = exchange
    this.#shelf = exchange.shelf
    this.#capacity = options.capacity
    this.lastLane = options.classes.length - 1
    this.keepsBare = !options.fairness && !options.dedup
    this.clock = new TurnClock(options.clock, this)
  }

  get isReady(): boolean {
    return this.#shelf.ready > 0
  }

  get totals(): Totals {
    const { ledger, shelf } = this.#exchange
    const acked = this.#taken + ledger.totals.acked
    const handedOut = this.#taken + shelf.loans.total
    return { admitted: this.#admitted, acked, handedOut, served: handedOut - this.#passedOn }
  }

  /** A bare item that may simply be put down comes in. `false` when it is not as simple as that. */
  admitBare(item: T, lane: number = this.lastLane): boolean {
    const shelf = this.#shelf
    if (shelf.ready >= shelf.gate.admitsBelow && !this.#admitsSimply()) return this.#give(item, lane)
    if (isEntry(item)) return false
    // Read first: what comes now belongs to the second that begins with it.
    const nowMs = this.#admitted < this.#sharesAdmitted ? this.#tick : this.#look()
    this.#admitted++
    shelf.pushBare(item, lane, nowMs)
    return true
  }

  /** The same for an entry with nothing to it that the queue would have to heed. */
  admitEntry(entry: Entry<T>): boolean {
    const shelf = this.#shelf
    if (shelf.ready >= shelf.gate.admitsBelow && !this.#admitsSimply()) {
      if (shelf.gate.taker === undefined) return false
      const { taker } = shelf.gate
      this.#pass()
      this.#begin(taker, shelf.loans.lendTo(taker, entry))
      return true
    }
    const nowMs = this.#admitted < this.#sharesAdmitted ? this.#tick : this.#look()
    this.#admitted++
    shelf.push(entry, entry.lane, nowMs)
    return true
  }

  /** Hands the next item over for good; `NOTHING` when none is ready. */
  poll(): T | typeof NOTHING {
    const shelf = this.#shelf
    if (shelf.ready <= shelf.gate.servesAbove && !this.#servesSimply()) return this.#exchange.poll()
    const item = shelf.shiftBare(this.#taken < this.#sharesTaken ? this.#tick : this.#look())
    this.#taken++
    return item
  }

  /** Puts the next item into a consumer's hands; `undefined` when none is ready. */
  lease(): Entry<T> | undefined {
    const shelf = this.#shelf
    if (shelf.ready <= shelf.gate.lendsAbove && !this.#lendsSimply()) return this.#exchange.lease()
    return shelf.shiftLeased(this.clock.now())
  }

  /** Gives the next item to a taker and lets it begin. `false` when none is ready. */
  serve(taker: Taker<T>): boolean {
    const shelf = this.#shelf
    if (shelf.ready > shelf.gate.servesAbove) {
      const item = shelf.shiftBare(this.clock.now())
      taker.begin(taker.takeBare(item, shelf.lastLane, shelf.loans.countBare()))
      return true
    }
    if (shelf.ready > shelf.gate.lendsAbove || this.#lendsSimply()) {
      const slot = shelf.shift(this.clock.now())
      taker.begin(this.#exchange.put(taker, slot, shelf.lastLane))
      return true
    }
    const hand = this.#exchange.serve(taker)
    if (hand === NOTHING) return false
    taker.begin(hand)
    return true
  }

  /** An item comes in by another way. */
  countAdmitted(): void {
    this.clock.now()
    this.#admitted++
  }

  /** An item is handed over for good by another way. */
  countTaken(): void {
    this.#taken++
  }

  /** An item is handed out, in whatever way, to one who waited for it. */
  countPassedOn(): void {
    this.clock.now()
    this.#passedOn++
  }

  read(nowMs: number): void {
    this.#tick = nowMs
    this.pulse.beat(this, nowMs)
  }

  hasUsed(): boolean {
    const uses = this.#admitted + this.#taken
    const hasUsed = uses !== this.#usesSeen
    this.#usesSeen = uses
    return hasUsed && (this.#admitted < this.#sharesAdmitted || this.#taken < this.#sharesTaken)
  }

  jobEnded(): void {
    this.#sharesAdmitted = this.#sharesTaken = 0
  }

  /** Reads the clock, for itself and those that follow in the same burst. */
  #look(): number {
    const nowMs = this.clock.refresh()
    const { shared } = this.clock
    this.#sharesAdmitted = this.#admitted + shared
    this.#sharesTaken = this.#taken + shared
    return nowMs
  }

  /** To the taker that waits for it, if that is all there is to it. */
  #give(item: T, lane: number): boolean {
    const { taker } = this.#shelf.gate
    if (taker === undefined || isEntry(item)) return false
    this.#pass()
    this.#begin(taker, taker.takeBare(item, lane, this.#shelf.loans.countBare()))
    return true
  }

  #pass(): void {
    if (this.#admitted >= this.#sharesAdmitted) this.#look()
    this.#admitted++
    this.#passedOn++
  }

  #begin(taker: Taker<T>, hand: Hand): void {
    if (!taker.hasFreeHand) this.#exchange.exit.leave(taker)
    taker.begin(hand)
  }

  #admitsSimply(): boolean {
    if (this.#shelf.gate.taker !== undefined) return false
    this.#open()
    return this.#shelf.ready < this.#shelf.gate.admitsBelow
  }

  #servesSimply(): boolean {
    this.#open()
    return this.#shelf.ready > this.#shelf.gate.servesAbove
  }

  #lendsSimply(): boolean {
    this.#open()
    return this.#shelf.ready > this.#shelf.gate.lendsAbove
  }

  #open(): void {
    const { shelf, marks, entrance, exit, isClosed, isPlain } = this.#exchange
    const { gate, delayed } = shelf
    gate.shut()
    if (isClosed) return
    const { first, size } = exit.consumers
    if (this.keepsBare && size === 0) gate.admitsBelow = Math.min(NEVER, this.#capacity, marks.risesAt - 1) - delayed
    // Others in line have their turn after it.
    if (this.keepsBare && size === 1 && first?.kind === 'taker' && delayed < this.#capacity) gate.taker = first
    if (!isPlain || delayed > 0 || entrance.producers.size > 0) return
    gate.lendsAbove = Math.min(NEVER, marks.fallsBelow)
    if (shelf.isBare) gate.servesAbove = gate.lendsAbove
  }
}
