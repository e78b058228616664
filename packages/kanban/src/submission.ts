import type { RestoreContext } from './async-context.ts'
import { type Abortable, unwatchAbort, watchAbort } from './abort-watch.ts'
import { Entry, type EntryHome, type Place, type Receipt, type Settlement } from './entry.ts'
import { ItemLostError } from './errors.ts'

/** Where submissions are kept until they end. */
export interface Register<T, R> {
  ended(submission: Submission<T, R>): void
}

/** Who runs a submitted item at the moment: a worker of this pool, or of another one at the same queue. */
export interface Runner {
  /** The submitter has given up. */
  cancel(reason: unknown): void
}

/** What only some submissions have. */
export interface SubmissionExtras {
  /** Ends it. */
  readonly signal: AbortSignal | undefined
  /** What it was submitted in. */
  readonly context: RestoreContext | undefined
  /** While it waits for room. */
  waiting: AbortController | undefined
  /** Where it stands in a queue that keeps an entry of its own for it. */
  place: Place | undefined
}

/** The one whose promise is being made. */
let newest: Submission<unknown, unknown> | undefined

/** The same function for all promises: a closure for each would cost as much as the promise. */
function settleBy(resolve: (value: never) => void, reject: (reason: unknown) => void): void {
  newest?.settleBy(resolve as (value: unknown) => void, reject)
}

/**
 * A submitted item and the promise of its result. Settles once; whatever comes later is ignored. A queue of ours takes it
 * for its entry, so that it is all there is of the item; to any other intake it is the receipt, if that.
 */
export class Submission<T, R> extends Entry<T> implements Receipt, Abortable {
  /** Its place in the register. */
  place = 0
  isEnded = false
  runner: Runner | undefined = undefined
  readonly more: SubmissionExtras | undefined
  readonly #register: Register<T, R>
  #resolve: ((value: R) => void) | undefined
  #reject: ((reason: unknown) => void) | undefined

  constructor(home: EntryHome<T>, item: T, lane: number, register: Register<T, R>, more?: SubmissionExtras) {
    super(home, item, lane)
    this.#register = register
    this.#resolve = undefined
    this.#reject = undefined
    this.more = more
    if (more?.signal) watchAbort(more.signal, this)
  }

  /** Makes the promise of its result. Once. */
  promise(): Promise<R> {
    newest = this as Submission<unknown, unknown>
    const promise = new Promise<R>(settleBy)
    newest = undefined
    return promise
  }

  override get receipt(): Receipt {
    return this
  }

  admitted(place: Place): void {
    if (this.more && place !== this) this.more.place = place
  }

  /** The source let go of the item. Where a pool did that it has told us first, and this changes nothing. */
  settled(how: Settlement, reason?: unknown): void {
    if (this.isEnded) return
    if (how === 'dead-lettered') this.reject(reason)
    else this.reject(new ItemLostError(how === 'acked' || how === 'withdrawn' ? 'taken' : how))
  }

  aborted(reason: unknown): void {
    this.giveUp(reason)
  }

  resolve(value: R): void {
    if (this.#end()) this.#resolve?.(value)
  }

  reject(reason: unknown): void {
    if (this.#end()) this.#reject?.(reason)
  }

  /** Ends it with `reason`: a waiting item leaves the queue, a running handler is aborted. */
  giveUp(reason: unknown): void {
    if (!this.#end()) return
    this.#reject?.(reason)
    this.more?.waiting?.abort(reason)
    ;(this.more?.place ?? this).withdraw()
    this.runner?.cancel(reason)
  }

  /** How its promise is settled. */
  settleBy(resolve: (value: R) => void, reject: (reason: unknown) => void): void {
    this.#resolve = resolve
    this.#reject = reject
  }

  #end(): boolean {
    if (this.isEnded) return false
    this.isEnded = true
    if (this.more?.signal) unwatchAbort(this.more.signal, this)
    this.#register.ended(this)
    return true
  }
}
