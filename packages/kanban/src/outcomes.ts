import { type ListenerErrorHandler, type SafeEmitter, printListenerError } from '@tps/internal'
import type { Backoff } from './backoff.ts'
import type { AttemptEvent, PoolEvents } from './pool-events.ts'
import type { CheckedPoolOptions, DeadLetterSink } from './pool-options.ts'
import { type Run, giveBack } from './run.ts'
import type { Submissions } from './submissions.ts'

/** How many errors of an item are kept. */
const KEPT_ERRORS = 10

/** What an item's earlier attempts came to. */
interface History {
  readonly firstAtMs: number
  readonly errors: unknown[]
}

/** What follows from a failed attempt. */
export interface Verdict {
  readonly error: unknown
  readonly errors: readonly unknown[]
  /** `undefined` when the item is given up. */
  readonly retryInMs: number | undefined
}

/**
 * Decides what becomes of an item after an attempt, and tells it. Deciding commits everything and calls no user code but
 * the dead-letter sink; telling comes afterwards, when the slot is free.
 */
export class Outcomes<T, R> {
  readonly totals = { processed: 0, failed: 0, retried: 0, deadLettered: 0, cancelled: 0, timedOut: 0 }
  readonly #attempts: number
  readonly #backoff: Backoff
  readonly #deadLetters: DeadLetterSink<T> | undefined
  readonly #submissions: Submissions<T, R>
  readonly #emitter: SafeEmitter<PoolEvents<T, R>>
  readonly #onListenerError: ListenerErrorHandler
  readonly #nowMs: () => number
  /** By lease: the lease of a source in memory stays the same object from attempt to attempt. */
  readonly #histories = new WeakMap<object, History>()

  constructor(options: CheckedPoolOptions<T>, submissions: Submissions<T, R>, emitter: SafeEmitter<PoolEvents<T, R>>) {
    this.#attempts = options.attempts
    this.#backoff = options.backoff
    this.#deadLetters = options.deadLetters
    this.#submissions = submissions
    this.#emitter = emitter
    this.#onListenerError = options.onListenerError
    this.#nowMs = () => options.clock.now()
  }

  succeeded(run: Run<T, R>, result: R): void {
    this.totals.processed++
    run.submission?.resolve(result)
    this.#ack(run)
  }

  failed(run: Run<T, R>, error: unknown): Verdict {
    this.totals.failed++
    const { lease, submission } = run
    const history = this.#remember(lease, error)
    if (run.attempt < this.#attempts) {
      const delayMs = this.#backoff.delayMs(run.attempt, error)
      this.totals.retried++
      if (submission && lease.receipt !== submission) this.#submissions.file(submission)
      this.#settleLease(run, () => lease.retry({ delayMs }))
      return { error, errors: history.errors, retryInMs: delayMs }
    }
    this.totals.deadLettered++
    submission?.reject(error)
    this.#settleLease(run, () => lease.deadLetter(error))
    this.#bury(run, history)
    return { error, errors: history.errors, retryInMs: undefined }
  }

  /** The submitter has given up: nobody wants the item any more. */
  cancelled(run: Run<T, R>): void {
    this.totals.cancelled++
    this.#ack(run)
  }

  /** The pool stops: a submitted item ends here, any other goes back to the source. */
  abandoned(run: Run<T, R>, error: unknown): void {
    if (run.submission) {
      run.submission.reject(error)
      this.#ack(run)
    } else {
      this.#settleLease(run, () => giveBack(run.lease))
    }
  }

  tellSuccess(run: Run<T, R>, result: R, durationMs: number): void {
    if (this.#emitter.has('completed')) this.#emitter.emit('completed', { ...attemptOf(run), result, durationMs })
  }

  tellFailure(run: Run<T, R>, { error, errors, retryInMs }: Verdict, durationMs: number): void {
    const willRetry = retryInMs !== undefined
    if (this.#emitter.has('failed')) this.#emitter.emit('failed', { ...attemptOf(run), error, durationMs, willRetry })
    if (!willRetry) {
      if (this.#emitter.has('deadLettered')) this.#emitter.emit('deadLettered', { ...attemptOf(run), error, errors })
    } else if (this.#emitter.has('retried')) {
      this.#emitter.emit('retried', { ...attemptOf(run), error, delayMs: retryInMs })
    }
  }

  tellOverdue(run: Run<T, R>, timeoutMs: number): void {
    if (this.#emitter.has('overdue')) this.#emitter.emit('overdue', { ...attemptOf(run), timeoutMs })
  }

  tellLate(run: Run<T, R>, durationMs: number): void {
    if (!this.#emitter.has('late')) return
    this.#emitter.emit('late', { ...attemptOf(run), durationMs, wasOverdue: run.isOverdue })
  }

  tellSourceError(worker: number, error: unknown): void {
    if (this.#emitter.has('sourceError')) this.#emitter.emit('sourceError', { worker, error })
  }

  #remember(lease: object, error: unknown): History {
    const history = this.#histories.get(lease) ?? { firstAtMs: this.#nowMs(), errors: [] }
    history.errors.push(error)
    if (history.errors.length > KEPT_ERRORS) history.errors.shift()
    this.#histories.set(lease, history)
    return history
  }

  #bury({ lease, attempt }: Run<T, R>, { firstAtMs, errors }: History): void {
    try {
      this.#deadLetters?.add({ item: lease.item, errors, attempts: attempt, firstAgeMs: this.#nowMs() - firstAtMs })
    } catch (error) {
      try {
        this.#onListenerError(error, 'deadLetters')
      } catch (second) {
        printListenerError(second, 'deadLetters')
      }
    }
  }

  #ack(run: Run<T, R>): void {
    try {
      const settling = run.lease.ack()
      if (settling !== undefined) this.#awaitSource(run, settling)
    } catch (error) {
      this.tellSourceError(run.worker, error)
    }
  }

  /** A source may answer later, or fail: its answer is waited for with the slot held, its error is told. */
  #settleLease(run: Run<T, R>, settle: () => void | Promise<void>): void {
    try {
      const settling = settle()
      if (settling !== undefined) this.#awaitSource(run, settling)
    } catch (error) {
      this.tellSourceError(run.worker, error)
    }
  }

  #awaitSource(run: Run<T, R>, settling: Promise<void>): void {
    run.settling = Promise.resolve(settling).catch((error: unknown) => this.tellSourceError(run.worker, error))
  }
}

function attemptOf<T, R>({ lease, attempt, worker }: Run<T, R>): AttemptEvent<T> {
  return { item: lease.item, attempt, worker }
}
