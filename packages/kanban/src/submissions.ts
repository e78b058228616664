import type { Exemplar } from './exemplar.ts'
import type { EntryHome, Receipt } from './entry.ts'
import { type Register, Submission } from './submission.ts'

/** Of submissions that are no queue's entry. */
export const NOWHERE: EntryHome<never> = {
  ack: () => {},
  retry: () => {},
  deadLetter: () => {},
  release: () => {},
  withdraw: () => {},
}

/** Who has an item. */
export interface Claimant<T> {
  readonly item: T
  /** What came back with it. */
  readonly receipt: Receipt | undefined
}

/**
 * The submissions that have not ended, and which lease belongs to which.
 *
 * A source that carries receipts brings the submission back with the lease. From any other source it is found by the
 * item, compared as `Map` compares keys: of submissions of equal items (the same object, equal primitives) the one that
 * waits longest is meant, and since their work is equal it makes no difference which.
 */
export class Submissions<T, R> implements Register<T, R> {
  readonly #open: (Submission<T, R> | undefined)[] = []
  /** Places in it that are free. */
  readonly #free: number[] = []
  /** Of sources without receipts: submissions whose item is in the source, oldest first. */
  readonly #byItem = new Map<T, Submission<T, R>[]>()

  readonly exemplar: Exemplar<Submission<T, R>> = new Submission<T, R>(NOWHERE, undefined as T, 0, this)

  /** Whether any is to be found by its item. */
  get hasFiled(): boolean {
    return this.#byItem.size > 0
  }

  get size(): number {
    return this.#open.length - this.#free.length
  }

  add(submission: Submission<T, R>): void {
    const place = this.#free.pop() ?? this.#open.length
    submission.place = place
    this.#open[place] = submission
  }

  ended(submission: Submission<T, R>): void {
    this.#open[submission.place] = undefined
    this.#free.push(submission.place)
    // A past peak is given back.
    if (this.#free.length === this.#open.length) this.#open.length = this.#free.length = 0
  }

  /** Its item goes into a source that carries no receipts. */
  file(submission: Submission<T, R>): void {
    const filed = this.#byItem.get(submission.item)
    if (filed) filed.push(submission)
    else this.#byItem.set(submission.item, [submission])
  }

  /** Its item did not get in. */
  unfile(submission: Submission<T, R>): void {
    const filed = this.#byItem.get(submission.item) ?? []
    const rest = filed.filter((other) => other !== submission)
    if (rest.length > 0) this.#byItem.set(submission.item, rest)
    else this.#byItem.delete(submission.item)
  }

  /** The submission of what a worker has, if it was submitted. */
  claim({ receipt, item }: Claimant<T>): Submission<T, R> | undefined {
    if (receipt instanceof Submission) return receipt as Submission<T, R>
    return this.#byItem.size === 0 ? undefined : this.unfileFirst(item)
  }

  /** The one that has waited longest with `item`; it is no longer looked for. */
  unfileFirst(item: T): Submission<T, R> | undefined {
    const filed = this.#byItem.get(item)
    const first = filed?.shift()
    if (filed?.length === 0) this.#byItem.delete(item)
    return first
  }

  /** Gives all of them up but those that some worker runs; returns their items. */
  giveUp(reason: unknown): T[] {
    const given: Submission<T, R>[] = []
    for (const submission of this.#open) if (submission && !submission.runner) given.push(submission)
    for (const submission of given) {
      this.unfile(submission)
      submission.giveUp(reason)
    }
    return given.map(({ item }) => item)
  }
}
