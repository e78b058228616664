import { StacklessError } from './stackless-error.ts'

/** A throttle refused a call on this side, because the other side would likely have. Carries no stack trace. */
export class ThrottledError extends StacklessError {
  readonly code: 'ERR_THROTTLED'
  /** The name of the throttle. */
  readonly throttle: string
  /** The class of the call; `undefined` for none. */
  readonly class: string | undefined
  /** The probability with which it was refused. */
  readonly rejectRatio: number

  constructor(throttle: string, callClass: string | undefined, rejectRatio: number) {
    super(`${throttle} holds back ${Math.round(100 * rejectRatio)} % of the calls`)
    this.code = 'ERR_THROTTLED'
    this.throttle = throttle
    this.class = callClass
    this.rejectRatio = rejectRatio
  }

  override get name(): 'ThrottledError' {
    return 'ThrottledError'
  }
}
