import type { Exemplar } from './exemplar.ts'
import type { RestoreContext } from './async-context.ts'
import type { PoolLease } from './run.ts'
import { Submission } from './submission.ts'

/**
 * The submissions that have not ended, and which lease belongs to which.
 *
 * A source that carries receipts brings the submission back with the lease. From any other source it is found by the
 * item, compared as `Map` compares keys: of submissions of equal items (the same object, equal primitives) the one that
 * waits longest is meant, and since their work is equal it makes no difference which.
 */
export class Submissions<T, R> {
  readonly #open: Submission<T, R>[] = []
  /** Of sources without receipts: submissions whose item is in the source, oldest first. */
  readonly #byItem = new Map<T, Submission<T, R>[]>()

  readonly exemplar: Exemplar<Submission<T, R>> = new Submission<T, R>(undefined as T, this)

  get size(): number {
    return this.#open.length
  }

  open(item: T, signal: AbortSignal | undefined, context: RestoreContext | undefined): Submission<T, R> {
    const submission = new Submission<T, R>(item, this, signal, context)
    submission.index = this.#open.length
    this.#open.push(submission)
    return submission
  }

  ended(submission: Submission<T, R>): void {
    const last = this.#open.pop()
    if (!last || last === submission) return
    this.#open[submission.index] = last
    last.index = submission.index
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

  /** The submission of this item, if it was submitted. A bare item comes without a lease. */
  claim(lease: PoolLease<T> | undefined, item: T): Submission<T, R> | undefined {
    if (lease) {
      const { receipt } = lease
      if (receipt instanceof Submission) return receipt as Submission<T, R>
    }
    return this.#byItem.size === 0 ? undefined : this.unfileFirst(item)
  }

  /** The one that has waited longest with `item`; it is no longer looked for. */
  unfileFirst(item: T): Submission<T, R> | undefined {
    const filed = this.#byItem.get(item)
    const first = filed?.shift()
    if (filed?.length === 0) this.#byItem.delete(item)
    return first
  }

  /** Gives all of them up, except those of which `keep` says so; returns their items. */
  giveUp(reason: unknown, keep: (submission: Submission<T, R>) => boolean): T[] {
    const given = this.#open.filter((submission) => !keep(submission))
    for (const submission of given) {
      this.unfile(submission)
      submission.giveUp(reason)
    }
    return given.map(({ item }) => item)
  }
}
