import { type ListenerErrorHandler, type SafeEmitter, printListenerError } from '@tps/internal'
import type { Backoff } from './backoff.ts'
import { hasCode } from './error-code.ts'
import { Histories, type History } from './histories.ts'
import type { AttemptEvent, PoolEvents } from './pool-events.ts'
import type { CheckedPoolOptions, DeadLetterSink } from './pool-options.ts'
import { giveBack } from './run.ts'
import type { Submissions } from './submissions.ts'
import type { Worker } from './worker.ts'

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
  readonly totals = { processed: 0, failed: 0, retried: 0, deadLettered: 0, cancelled: 0, timedOut: 0, leasesLost: 0 }
  readonly #attempts: number
  readonly #backoff: Backoff
  readonly #deadLetters: DeadLetterSink<T> | undefined
  readonly #submissions: Submissions<T, R>
  readonly #emitter: SafeEmitter<PoolEvents<T, R>>
  readonly #onListenerError: ListenerErrorHandler
  readonly #histories: Histories

  constructor(options: CheckedPoolOptions<T>, submissions: Submissions<T, R>, emitter: SafeEmitter<PoolEvents<T, R>>) {
    this.#attempts = options.attempts
    this.#backoff = options.backoff
    this.#deadLetters = options.deadLetters
    this.#submissions = submissions
    this.#emitter = emitter
    this.#onListenerError = options.onListenerError
    this.#histories = new Histories(options.clock)
  }

  succeeded(worker: Worker<T, R>, result: R): void {
    this.totals.processed++
    worker.submission?.resolve(result)
    this.#ack(worker)
  }

  failed(worker: Worker<T, R>, error: unknown): Verdict {
    this.totals.failed++
    const { lease, attempt, submission } = worker
    const history = this.#histories.add(lease, attempt, error)
    if (attempt < this.#attempts) {
      const delayMs = this.#backoff.delayMs(attempt, error)
      this.totals.retried++
      this.#awaitAgain(worker)
      this.#settleLease(worker, () => lease.retry({ delayMs, reason: error }))
      return { error, errors: history.errors, retryInMs: delayMs }
    }
    this.totals.deadLettered++
    submission?.reject(error)
    this.#settleLease(worker, () => lease.deadLetter(error))
    this.#bury(worker, history)
    return { error, errors: history.errors, retryInMs: undefined }
  }

  timedOut(worker: Worker<T, R>, error: unknown): Verdict {
    this.totals.timedOut++
    return this.failed(worker, error)
  }

  /** The submitter has given up: nobody wants the item any more. */
  cancelled(worker: Worker<T, R>): void {
    this.totals.cancelled++
    this.#ack(worker)
  }

  /** The item may be in other hands: nothing is settled. It comes back by itself. */
  lost(worker: Worker<T, R>): void {
    this.totals.leasesLost++
    this.#awaitAgain(worker)
  }

  /** The pool stops: a submitted item ends here, any other goes back to the source. */
  abandoned(worker: Worker<T, R>, error: unknown): void {
    if (worker.submission) {
      worker.submission.reject(error)
      this.#ack(worker)
    } else {
      this.#settleLease(worker, () => giveBack(worker.lease))
    }
  }

  tellSuccess(attempt: AttemptEvent<T>, result: R, durationMs: number): void {
    if (this.#emitter.has('completed')) this.#emitter.emit('completed', { ...attempt, result, durationMs })
  }

  tellFailure(attempt: AttemptEvent<T>, { error, errors, retryInMs }: Verdict, durationMs: number): void {
    const willRetry = retryInMs !== undefined
    if (this.#emitter.has('failed')) this.#emitter.emit('failed', { ...attempt, error, durationMs, willRetry })
    if (!willRetry) {
      if (this.#emitter.has('deadLettered')) this.#emitter.emit('deadLettered', { ...attempt, error, errors })
    } else if (this.#emitter.has('retried')) {
      this.#emitter.emit('retried', { ...attempt, error, delayMs: retryInMs })
    }
  }

  tellOverdue(attempt: AttemptEvent<T>, timeoutMs: number): void {
    if (this.#emitter.has('overdue')) this.#emitter.emit('overdue', { ...attempt, timeoutMs })
  }

  tellLate(attempt: AttemptEvent<T>, durationMs: number, wasOverdue: boolean): void {
    if (this.#emitter.has('late')) this.#emitter.emit('late', { ...attempt, durationMs, wasOverdue })
  }

  tellLeaseLost(attempt: AttemptEvent<T>, error: unknown): void {
    if (this.#emitter.has('leaseLost')) this.#emitter.emit('leaseLost', { ...attempt, error })
  }

  tellSourceError(worker: number, error: unknown): void {
    if (this.#emitter.has('sourceError')) this.#emitter.emit('sourceError', { worker, error })
  }

  #bury({ item, attempt }: Worker<T, R>, { errors, ageMs }: History): void {
    try {
      this.#deadLetters?.add({ item, errors, attempts: attempt, firstAgeMs: ageMs })
    } catch (error) {
      try {
        this.#onListenerError(error, 'deadLetters')
      } catch (second) {
        printListenerError(second, 'deadLetters')
      }
    }
  }

  /** The item will come again: nobody runs it for its submitter. */
  #awaitAgain({ submission, lease }: Worker<T, R>): void {
    if (!submission) return
    submission.runner = undefined
    if (lease.receipt !== submission) this.#submissions.file(submission)
  }

  #ack(worker: Worker<T, R>): void {
    if (worker.isBare) {
      worker.endBare()
      return
    }
    try {
      const settling = worker.lease.ack()
      if (settling !== undefined) this.#awaitSource(worker, settling)
    } catch (error) {
      this.#sourceFailed(worker, error)
    }
  }

  /** A source may answer later, or fail: its answer is waited for with the slot held, its error is told. */
  #settleLease(worker: Worker<T, R>, settle: () => void | Promise<void>): void {
    try {
      const settling = settle()
      if (settling !== undefined) this.#awaitSource(worker, settling)
    } catch (error) {
      this.#sourceFailed(worker, error)
    }
  }

  #awaitSource(worker: Worker<T, R>, settling: Promise<void>): void {
    // Its slot is held until then, so it is still at the same attempt.
    worker.settling = Promise.resolve(settling).catch((error: unknown) => this.#sourceFailed(worker, error))
  }

  #sourceFailed(worker: Worker<T, R>, error: unknown): void {
    if (!hasCode(error, 'ERR_LEASE_LOST')) {
      this.tellSourceError(worker.index, error)
      return
    }
    this.totals.leasesLost++
    this.tellLeaseLost(worker.event, error)
  }
}
