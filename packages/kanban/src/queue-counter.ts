import type { Entry, EntryHome } from './entry.ts'
import type { Exchange } from './exchange.ts'
import type { Counter, Taker } from './taker.ts'
import type { TurnClock } from './turn-clock.ts'
import type { Turnstile } from './turnstile.ts'

/** Where a queue serves takers. */
export class QueueCounter<T> implements Counter<T> {
  readonly clock: TurnClock
  readonly takesEntries: boolean
  readonly home: EntryHome<T>
  readonly lastLane: number
  readonly #exchange: Exchange<T>
  readonly #turnstile: Turnstile<T>

  constructor(exchange: Exchange<T>) {
    this.#exchange = exchange
    this.#turnstile = exchange.turnstile
    this.clock = exchange.clock
    this.takesEntries = exchange.turnstile.keepsBare
    this.home = exchange.returns
    this.lastLane = exchange.turnstile.lastLane
  }

  attach(taker: Taker<T>): void {
    this.#exchange.shelf.loans.takers.add(taker)
  }

  detach(taker: Taker<T>): void {
    this.#exchange.shelf.loans.takers.delete(taker)
  }

  serve(taker: Taker<T>): boolean {
    return this.#turnstile.serve(taker)
  }

  queueUp(taker: Taker<T>): Error | undefined {
    const { exit, shelf } = this.#exchange
    const refusal = exit.refusal()
    if (refusal) return refusal
    exit.consumers.join(taker)
    if (shelf.delayed > 0) this.#exchange.setAlarm()
    return undefined
  }

  leave(taker: Taker<T>): void {
    this.#exchange.exit.leave(taker)
  }

  admit(entry: Entry<T>): boolean {
    return this.#turnstile.admitEntry(entry) || this.#exchange.entrance.offerEntry(entry)
  }

  finished(): void {
    const exchange = this.#exchange
    exchange.ledger.totals.acked++
    exchange.watchFall()
    if (exchange.isClosed) exchange.finishIfClosed()
  }

  lend(item: T, lane: number, order: number): Entry<T> {
    return this.#exchange.shelf.loans.lendBare(item, lane, order)
  }
}
