import { StacklessError } from './stackless-error.ts'

/** A bulkhead had neither room nor a free place in its queue; the work was not started. Carries no stack trace. */
export class BulkheadFullError extends StacklessError {
  readonly code: 'ERR_BULKHEAD_FULL'
  /** The name of the bulkhead. */
  readonly bulkhead: string
  /** How many calls ran. */
  readonly running: number
  /** How many calls waited. */
  readonly queued: number

  constructor(bulkhead: string, running: number, queued: number) {
    super(`Bulkhead "${bulkhead}" is full: ${running} running, ${queued} queued`)
    this.code = 'ERR_BULKHEAD_FULL'
    this.bulkhead = bulkhead
    this.running = running
    this.queued = queued
  }

  override get name(): 'BulkheadFullError' {
    return 'BulkheadFullError'
  }
}
