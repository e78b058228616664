import type { Receipt } from './entry.ts'
import type { AttemptEvent } from './pool-events.ts'
import type { PoolLease } from './run.ts'
import { Submission } from './submission.ts'
import type { Submissions } from './submissions.ts'
import type { Counter } from './taker.ts'

/** What a worker has in hand: one item, bare or by its lease, and whose it is. */
export abstract class Holding<T, R> {
  readonly index: number
  /** How many times the item has been handed out. */
  attempt = 0
  /** It has an item of which its source keeps no lease, and which has not ended. */
  isBare = false
  readonly #counter: Counter<T> | undefined
  /** The item, or its lease. In one place, because writing a new object to an old one costs more than anything else here. */
  #held: T | PoolLease<T> | undefined = undefined
  #isItem = false
  /** The lease is a submission. */
  #isSubmission = false
  /** The submission of an item whose lease is something else. */
  #claimed: Submission<T, R> | undefined = undefined
  #lane = 0
  #order = 0

  constructor(index: number, counter: Counter<T> | undefined) {
    this.index = index
    this.#counter = counter
  }

  get item(): T {
    return this.#isItem ? (this.#held as T) : (this.#held as PoolLease<T>).item
  }

  /** What came back with the item. */
  get receipt(): Receipt | undefined {
    return this.#isItem ? undefined : (this.#held as PoolLease<T>).receipt
  }

  get submission(): Submission<T, R> | undefined {
    return this.#isSubmission ? (this.#held as Submission<T, R>) : this.#claimed
  }

  /** What every event of the attempt says. */
  get event(): AttemptEvent<T> {
    return { item: this.item, attempt: this.attempt, worker: this.index }
  }

  /** What settles the item. Of a bare item one is made. */
  get lease(): PoolLease<T> {
    if (!this.#isItem) return this.#held as PoolLease<T>
    const lease = (this.#counter as Counter<T>).lend(this.#held as T, this.#lane, this.#order)
    this.#held = lease
    this.#isItem = this.isBare = false
    return lease
  }

  /** The bare item is done. */
  endBare(): void {
    this.isBare = false
    ;(this.#counter as Counter<T>).finished()
  }

  protected takeItem(item: T, lane: number, order: number): void {
    this.#held = item
    this.#lane = lane
    this.#order = order
    this.#isItem = this.isBare = true
    this.attempt = 1
  }

  protected takeLease(lease: PoolLease<T>): void {
    this.#held = lease
    this.#isSubmission = lease instanceof Submission
    this.attempt = lease.attempt
  }

  /** Finds out whose it is, where the lease does not say. */
  protected claimFrom(submissions: Submissions<T, R>): void {
    if (!this.#isSubmission) this.#claimed = submissions.claim(this)
  }

  /** Has nothing any more. */
  protected drop(): void {
    this.#held = undefined
    if (this.#isItem) {
      this.#isItem = false
      if (this.#claimed === undefined) return
    }
    this.#isSubmission = false
    this.#claimed = undefined
  }
}
