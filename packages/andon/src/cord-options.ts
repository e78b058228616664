import {
  type Clock,
  type ListenerErrorHandler,
  checkFunction,
  checkInteger,
  checkName,
  checkObject,
  printListenerError,
  systemClock,
} from '@tps/internal'

/** What a `Cord` is made with. Checked and copied once. */
export interface CordOptions {
  /** What it is called. Default "cord". */
  readonly name?: string | undefined
  /** Pulls that may be held at once, at least 1. One more throws `CordFullError` and is counted. Default 100. */
  readonly maxPulls?: number | undefined
  /** Calls that may wait in `whenReleased`, at least 1. One more rejects with `CordFullError`. Default 10000. */
  readonly maxWaiting?: number | undefined
  /** Released pulls that `history()` keeps, 0 or more; the oldest goes first. Default 100. */
  readonly historySize?: number | undefined
  /** Monotonic time, for durations. Default: the platform's. */
  readonly clock?: Clock | undefined
  /** Wall-clock time in ms since 1970, for dates. Default `Date.now`. */
  readonly wallNow?: (() => number) | undefined
  /** Receives what a listener throws. Default: prints it. */
  readonly onListenerError?: ListenerErrorHandler | undefined
}

/** Options that have been checked, with the defaults filled in. */
export type CheckedCordOptions = { readonly [K in keyof CordOptions]-?: NonNullable<CordOptions[K]> }

export function checkCordOptions(options: CordOptions): CheckedCordOptions {
  checkObject('options', options)
  const { name = 'cord', maxPulls = 100, maxWaiting = 10_000, historySize = 100 } = options
  const { clock = systemClock, wallNow = Date.now, onListenerError = printListenerError } = options
  return {
    name: checkName('name', name),
    maxPulls: checkInteger('maxPulls', maxPulls, { min: 1 }),
    maxWaiting: checkInteger('maxWaiting', maxWaiting, { min: 1 }),
    historySize: checkInteger('historySize', historySize, { min: 0 }),
    clock: checkObject('clock', clock, ['now']),
    wallNow: checkFunction('wallNow', wallNow),
    onListenerError: checkFunction('onListenerError', onListenerError),
  }
}
