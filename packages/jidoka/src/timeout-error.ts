import { StacklessError } from './stackless-error.ts'

/** A call took longer than a `timeout` allows. Carries no stack trace. */
export class TimeoutError extends StacklessError {
  readonly code: 'ERR_TIMEOUT'
  /** The name of the timeout policy. */
  readonly policy: string
  /** How long it had waited for, in ms. */
  readonly timeoutMs: number

  constructor(policy: string, timeoutMs: number) {
    super(`"${policy}" waited ${timeoutMs} ms for an answer`)
    this.code = 'ERR_TIMEOUT'
    this.policy = policy
    this.timeoutMs = timeoutMs
  }

  override get name(): 'TimeoutError' {
    return 'TimeoutError'
  }
}
