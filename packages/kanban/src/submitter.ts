import { ItemLostError, PoolStoppedError, QueueClosedError, QueueFullError } from './errors.ts'
import { type CheckedPoolOptions, type Intake, type SubmitOptions, checkWhenFull } from './pool-options.ts'
import type { OfferOptions } from './queue-options.ts'
import { Submission, type SubmissionExtras } from './submission.ts'
import { NOWHERE, type Submissions } from './submissions.ts'
import { type Counter, counterOf } from './taker.ts'

/** Where submitted items go in. */
export class Submitter<T, R> {
  readonly #name: string
  readonly #intake: Intake<T> | undefined
  /** Where a submission may go in as it is. */
  readonly #counter: Counter<T> | undefined
  readonly #contexts: CheckedPoolOptions<T>['contexts']
  readonly #submissions: Submissions<T, R>
  readonly #estimateWaitMs: () => number
  #unsubscribe: (() => void)[] = []
  #heedsLosses = false
  #isClosed = false

  constructor(options: CheckedPoolOptions<T>, submissions: Submissions<T, R>, estimateWaitMs: () => number) {
    this.#name = options.name
    this.#intake = options.intake
    this.#counter = options.intake && counterOf<T>(options.intake)
    this.#contexts = options.contexts
    this.#submissions = submissions
    this.#estimateWaitMs = estimateWaitMs
  }

  submit(item: T, options: SubmitOptions | undefined): Promise<R> {
    const counter = this.#counter
    if (counter === undefined || options !== undefined || this.#isClosed || this.#contexts || !counter.takesEntries)
      return this.#submitWithCare(item, options)
    const submission = new Submission<T, R>(counter.home, item, counter.lastLane, this.#submissions)
    const promise = submission.promise()
    this.#submissions.add(submission)
    if (!counter.admit(submission)) submission.reject(this.#refusal(this.#intake as Intake<T>))
    return promise
  }

  #submitWithCare(item: T, options: SubmitOptions | undefined): Promise<R> {
    const signal = options?.signal
    if (this.#isClosed) return Promise.reject(new PoolStoppedError(this.#name))
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- the reason is the caller's own.
    if (signal?.aborted) return Promise.reject(signal.reason)
    const intake = this.#intake
    if (!intake)
      return Promise.reject(
        new TypeError(`pool "${this.#name}" has no intake: submit needs one in memory with offer()`),
      )
    const more = { signal, context: this.#contexts?.capture(), waiting: undefined, place: undefined }
    const submission = new Submission<T, R>(NOWHERE, item, 0, this.#submissions, more)
    const promise = submission.promise()
    this.#submissions.add(submission)
    try {
      if (options && checkWhenFull(options) === 'wait') void this.#putIn(intake, submission, options)
      else if (!this.#offerTo(intake, submission, options)) submission.reject(this.#refusal(intake))
    } catch (error) {
      submission.reject(error)
    }
    return promise
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
    const more = submission.more as SubmissionExtras
    more.waiting = givenUp
    try {
      if (!intake.put) throw new TypeError("whenFull 'wait' needs an intake with put()")
      const receipt = carriesReceipts(intake) ? submission : undefined
      if (!receipt) {
        this.#heedLosses(intake)
        this.#submissions.file(submission)
      }
      await intake.put(submission.item, { ...itemOptions(options, receipt), signal: givenUp.signal })
      more.waiting = undefined
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
