import { StacklessError } from './stackless-error.ts'

/** Why there was no place: every place is taken (and so is the queue), the wait took too long, or it was stopped. */
export type LimitExceededReason = 'full' | 'wait' | 'stopped'

/** What a `LimitExceededError` is made from. */
export interface LimitExceededErrorOptions {
  readonly limiter: string
  readonly reason: LimitExceededReason
  readonly class: string | undefined
  readonly limit: number
  readonly inFlight: number
  readonly queued: number
}

/** An adaptive limiter had no place for a call, which was not started. Carries no stack trace. */
export class LimitExceededError extends StacklessError {
  readonly code: 'ERR_LIMIT_EXCEEDED'
  /** The name of the limiter. */
  readonly limiter: string
  readonly reason: LimitExceededReason
  /** The class of the call; `undefined` for none. */
  readonly class: string | undefined
  /** How many calls might have run at that moment. */
  readonly limit: number
  /** How many calls ran. */
  readonly inFlight: number
  /** How many calls waited. */
  readonly queued: number

  constructor(options: LimitExceededErrorOptions) {
    const { limiter, reason, limit, inFlight, queued } = options
    super(`${limiter} ${WHY[reason]}: ${inFlight} of ${limit} in flight, ${queued} queued`)
    this.code = 'ERR_LIMIT_EXCEEDED'
    this.limiter = limiter
    this.reason = reason
    this.class = options.class
    this.limit = limit
    this.inFlight = inFlight
    this.queued = queued
  }

  override get name(): 'LimitExceededError' {
    return 'LimitExceededError'
  }
}

const WHY: Record<LimitExceededReason, string> = {
  full: 'is full',
  wait: 'had no place in time',
  stopped: 'is stopped',
}
