import type { Timers } from '@tps/internal'
import type { Entry } from './entry.ts'
import { hasCode } from './error-code.ts'
import { Recovery } from './recovery.ts'
import type { Station } from './station.ts'
import { type Counter, type Hand, Taker } from './taker.ts'
import type { Foreman, Worker } from './worker.ts'

/**
 * Workers in front of a queue of ours. It is told of an item while it stands in line, so that a free worker begins within
 * `offer`; an item that ends well costs neither a lease nor a promise.
 */
export class CounterStation<T, R> extends Taker<T> implements Station<T, R> {
  readonly source: object
  readonly counter: Counter<T>
  readonly leaseMs = undefined
  readonly silentMs = 0
  readonly #foreman: Foreman<T, R>
  readonly #recovery: Recovery
  /** What the counter's clock is behind that of the pool. */
  readonly #aheadMs: number
  /** Those that stand here, busy ones included. */
  readonly #workers: Worker<T, R>[] = []
  /** Those that may begin something: the first so many. The last of them is the next. */
  readonly #free: Worker<T, R>[] = []
  #idle = 0
  #isPulling = false
  #isClosed = false

  constructor(source: object, counter: Counter<T>, foreman: Foreman<T, R>, timers: Timers) {
    super()
    this.source = source
    this.counter = counter
    this.#foreman = foreman
    this.#recovery = new Recovery(timers, () => this.pull())
    this.#aheadMs = foreman.timing.aheadOf(counter.clock)
    counter.attach(this)
  }

  get foundNothing(): boolean {
    return this.line !== undefined || this.#isClosed
  }

  get hasFreeHand(): boolean {
    return this.#idle > 0
  }

  get holding(): number {
    let holding = 0
    for (const { isBusy, isDecided } of this.#workers) if (isBusy && !isDecided) holding++
    return holding
  }

  get tickMs(): number {
    return this.counter.clock.tick + this.#aheadMs
  }

  join(worker: Worker<T, R>): void {
    this.#workers.push(worker)
  }

  takeBare(item: T, lane: number, order: number): Hand {
    const worker = this.#free[--this.#idle] as Worker<T, R>
    worker.hold(item, lane, order)
    return worker
  }

  takeLeased(entry: Entry<T>): Hand {
    const worker = this.#free[--this.#idle] as Worker<T, R>
    worker.holdLease(entry)
    return worker
  }

  begin(hand: Hand): void {
    if ((hand as Worker<T, R>).work()) this.pull()
  }

  fail(reason: unknown): void {
    if (hasCode(reason, 'ERR_QUEUE_CLOSED')) {
      this.#isClosed = true
      this.#foreman.rested()
      return
    }
    this.#recovery.begin()
    this.#foreman.outcomes.tellSourceError(this.#workers[0]?.index ?? 0, reason)
  }

  assign(workers: readonly Worker<T, R>[]): void {
    this.#idle = 0
    for (const worker of workers.toReversed()) this.freed(worker)
    // No longer referred to: those that have gone may be collected.
    this.#free.length = this.#idle
    if (workers.length > 0) this.pull()
    else this.#withdraw()
  }

  freed(worker: Worker<T, R>): void {
    this.#free[this.#idle++] = worker
  }

  pull(): void {
    if (this.#isPulling) return
    // In line, so nothing is ready.
    if (this.line === undefined) this.#pull()
    if (this.#idle > 0) this.#foreman.rested()
  }

  dismiss(worker: Worker<T, R>): void {
    this.#workers.splice(this.#workers.indexOf(worker), 1)
    if (this.#workers.length === 0) this.close()
  }

  close(): void {
    this.#withdraw()
    this.counter.detach(this)
  }

  #pull(): void {
    if (this.#isClosed || this.#recovery.isOn) return
    this.#isPulling = true
    let goesOn = true
    while (goesOn && this.#idle > 0) goesOn = this.counter.serve(this)
    this.#isPulling = false
    if (this.#idle === 0) return
    const refusal = this.counter.queueUp(this)
    if (refusal) this.fail(refusal)
    else this.#recovery.forget()
  }

  #withdraw(): void {
    this.#recovery.cancel()
    this.counter.leave(this)
  }
}
