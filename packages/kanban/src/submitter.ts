import { ItemLostError, PoolStoppedError, QueueClosedError, QueueFullError } from './errors.ts'
import { type CheckedPoolOptions, type Intake, type SubmitOptions, checkWhenFull } from './pool-options.ts'
import type { OfferOptions } from './queue-options.ts'
import type { Submission } from './submission.ts'
import type { Submissions } from './submissions.ts'

/** Where submitted items go in. */
export class Submitter<T, R> {
  readonly #name: string
  readonly #intake: Intake<T> | undefined
  readonly #contexts: CheckedPoolOptions<T>['contexts']
  readonly #submissions: Submissions<T, R>
  readonly #estimateWaitMs: () => number
  #unsubscribe: (() => void)[] = []
  #heedsLosses = false
  #isClosed = false

  constructor(options: CheckedPoolOptions<T>, submissions: Submissions<T, R>, estimateWaitMs: () => number) {
    this.#name = options.name
    this.#intake = options.intake
    this.#contexts = options.contexts
    this.#submissions = submissions
    this.#estimateWaitMs = estimateWaitMs
  }

  submit(item: T, options?: SubmitOptions): Promise<R> {
    const signal = options?.signal
    if (this.#isClosed) return Promise.reject(new PoolStoppedError(this.#name))
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- the reason is the caller's own.
    if (signal?.aborted) return Promise.reject(signal.reason)
    const intake = this.#intake
    if (!intake)
      return Promise.reject(new TypeError(`pool "${this.#name}" has no intake: submit needs one with offer()`))
    const submission = this.#submissions.open(item, signal, this.#contexts?.capture())
    try {
      if (options && checkWhenFull(options) === 'wait') void this.#putIn(intake, submission, options)
      else if (!this.#offerTo(intake, submission, options)) submission.reject(this.#refusal(intake))
    } catch (error) {
      submission.reject(error)
    }
    return submission.promise
  }

  /** Lets nothing more in. */
  close(): void {
    this.#isClosed = true
  }

  /** Nothing that was submitted is open any more. */
  dispose(): void {
    for (const off of this.#unsubscribe) off()
    this.#unsubscribe = []
  }

  #offerTo(intake: Intake<T>, submission: Submission<T, R>, options: SubmitOptions | undefined): boolean {
    if (carriesReceipts(intake)) return intake.offer(submission.item, itemOptions(options, submission))
    this.#heedLosses(intake)
    this.#submissions.file(submission)
    let isIn = false
    try {
      isIn = intake.offer(submission.item, itemOptions(options))
    } finally {
      if (!isIn) this.#submissions.unfile(submission)
    }
    return isIn
  }

  async #putIn(intake: Intake<T>, submission: Submission<T, R>, options: SubmitOptions): Promise<void> {
    const givenUp = new AbortController()
    submission.waiting = givenUp
    try {
      if (!intake.put) throw new TypeError("whenFull 'wait' needs an intake with put()")
      const receipt = carriesReceipts(intake) ? submission : undefined
      if (!receipt) {
        this.#heedLosses(intake)
        this.#submissions.file(submission)
      }
      await intake.put(submission.item, { ...itemOptions(options, receipt), signal: givenUp.signal })
      submission.waiting = undefined
    } catch (error) {
      this.#submissions.unfile(submission)
      submission.reject(error)
    }
  }

  #refusal(intake: Intake<T>): Error {
    const name: unknown = Reflect.get(intake, 'name')
    const called = typeof name === 'string' ? name : this.#name
    if (Reflect.get(intake, 'isClosed') === true) return new QueueClosedError(called)
    return new QueueFullError(called, Math.ceil(this.#estimateWaitMs()))
  }

  /** An intake without receipts can only tell what it throws out by events. */
  #heedLosses(intake: Intake<T>): void {
    if (this.#heedsLosses) return
    this.#heedsLosses = true
    const on: unknown = Reflect.get(intake, 'on')
    if (typeof on !== 'function') return
    for (const reason of ['dropped', 'expired'] as const) {
      const listener = ({ item }: { readonly item: T }): void =>
        this.#submissions.unfileFirst(item)?.reject(new ItemLostError(reason))
      const off: unknown = Reflect.apply(on, intake, [reason, listener])
      if (typeof off === 'function') this.#unsubscribe.push(() => void Reflect.apply(off, undefined, []))
    }
  }
}

/** What of the options is about the item. */
function itemOptions<T, R>(options: SubmitOptions | undefined, receipt?: Submission<T, R>): OfferOptions {
  if (options === undefined) return { receipt }
  const { signal: _, whenFull: __, ...forItem } = options
  return { ...forItem, receipt }
}

function carriesReceipts(intake: object): boolean {
  return Reflect.get(intake, 'carriesReceipts') === true
}
