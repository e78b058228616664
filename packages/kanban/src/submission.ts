import type { RestoreContext } from './async-context.ts'
import { type Abortable, unwatchAbort, watchAbort } from './abort-watch.ts'
import type { Place, Receipt, Settlement } from './entry.ts'
import { ItemLostError } from './errors.ts'

/** Who runs a submitted item at the moment. */
export interface Runner {
  /** The submitter has given up. */
  cancel(reason: unknown): void
}

/** Where submissions are kept until they end. */
export interface Register<T, R> {
  ended(submission: Submission<T, R>): void
}

/** A submitted item and the promise of its result. Settles once; whatever comes later is ignored. */
export class Submission<T, R> implements Receipt, Abortable {
  readonly item: T
  readonly promise: Promise<R>
  /** What it was submitted in. */
  readonly context: RestoreContext | undefined
  /** Its place in the register. */
  index = 0
  isEnded = false
  runner: Runner | undefined
  /** While it waits for room. */
  waiting: AbortController | undefined
  readonly #register: Register<T, R>
  readonly #signal: AbortSignal | undefined
  #place: Place | undefined
  #resolve!: (value: R) => void
  #reject!: (reason: unknown) => void

  constructor(item: T, register: Register<T, R>, signal?: AbortSignal, context?: RestoreContext) {
    this.item = item
    this.context = context
    this.#register = register
    this.#signal = signal
    this.promise = new Promise<R>((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    if (signal) watchAbort(signal, this)
  }

  admitted(place: Place): void {
    this.#place = place
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
    if (this.#end()) this.#resolve(value)
  }

  reject(reason: unknown): void {
    if (this.#end()) this.#reject(reason)
  }

  /** Ends it with `reason`: a waiting item leaves the queue, a running handler is aborted. */
  giveUp(reason: unknown): void {
    if (!this.#end()) return
    this.#reject(reason)
    this.waiting?.abort(reason)
    this.#place?.withdraw()
    this.runner?.cancel(reason)
  }

  #end(): boolean {
    if (this.isEnded) return false
    this.isEnded = true
    if (this.#signal) unwatchAbort(this.#signal, this)
    this.#register.ended(this)
    return true
  }
}
