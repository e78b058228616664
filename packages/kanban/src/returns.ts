import { checkNumber } from '@tps/internal'
import type { Entry, EntryHome } from './entry.ts'
import type { Exchange } from './exchange.ts'

/** What becomes of entries whose consumer, or producer, says so. */
export class Returns<T> implements EntryHome<T> {
  readonly #exchange: Exchange<T>

  constructor(exchange: Exchange<T>) {
    this.#exchange = exchange
  }

  ack(entry: Entry<T>): void {
    const { shelf, ledger } = this.#exchange
    shelf.loans.end(entry)
    ledger.totals.acked++
    this.#exchange.watchFall()
    this.#exchange.settledAcked(entry)
  }

  retry(entry: Entry<T>, delayMs: number): void {
    checkNumber('delayMs', delayMs, { min: 0 })
    const exchange = this.#exchange
    exchange.shelf.loans.end(entry)
    exchange.ledger.totals.retried++
    if (delayMs === 0) {
      exchange.place(entry, entry.lane, false)
      return
    }
    exchange.shelf.delay(entry, exchange.clock.exactly() + delayMs)
    exchange.setAlarm()
    exchange.watchRise()
  }

  deadLetter(entry: Entry<T>, reason: unknown): void {
    const { shelf, ledger } = this.#exchange
    shelf.loans.end(entry)
    ledger.totals.deadLettered++
    this.#exchange.watchFall()
    ledger.deadLettered(entry, reason)
    this.#exchange.finishIfClosed()
  }

  release(entry: Entry<T>): void {
    const exchange = this.#exchange
    exchange.shelf.loans.end(entry)
    entry.attempt--
    if (exchange.exit.consumers.size > 0) {
      exchange.place(entry, entry.lane, false)
      return
    }
    exchange.shelf.giveBack(entry, exchange.clock.now())
    exchange.deadlines.note(entry)
    exchange.watchRise()
  }

  withdraw(entry: Entry<T>): void {
    const { shelf, ledger } = this.#exchange
    shelf.withdraw(entry)
    ledger.totals.withdrawn++
    this.#exchange.vacated()
    ledger.settled(entry, 'withdrawn')
    this.#exchange.finishIfClosed()
  }
}
