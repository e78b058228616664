import { type Clock, type Timers, checkNumber, checkObject, systemClock } from '@tps/internal'

/** `setTimeout` refuses longer delays and would fire at once. */
const LONGEST_DELAY_MS = 2 ** 31 - 1

/**
 * Timers of the platform that keep the process alive: somebody awaits what they end. Without that, a program whose only
 * remaining work waits for its turn would exit. They come early where the delay is longer than `setTimeout` takes.
 */
export const waitingTimers: Timers = {
  schedule(delayMs, callback) {
    // Rounded up, because `setTimeout` rounds down and would come before its time.
    const handle = setTimeout(callback, Math.min(Math.ceil(delayMs), LONGEST_DELAY_MS))
    return { cancel: () => clearTimeout(handle) }
  },
}

/** Time as the options of a limiter name it. */
export interface WaitOptions {
  /** The source of time. Default: the platform's monotonic clock. */
  readonly clock?: Clock | undefined
  /** Starts the timers. Default: the platform's; they keep the process alive while a call waits for them. */
  readonly timers?: Timers | undefined
}

/** Checks `options.clock` and `options.timers`. */
export function checkTime({ clock = systemClock, timers = waitingTimers }: WaitOptions): {
  readonly clock: Clock
  readonly timers: Timers
} {
  return { clock: checkObject('clock', clock, ['now']), timers: checkObject('timers', timers, ['schedule']) }
}

/** Returns `value` when it is a duration in ms, of 0 or more, or `Infinity`. */
export function checkWait(name: string, value: number): number {
  return value === Number.POSITIVE_INFINITY ? value : checkNumber(name, value, { min: 0 })
}
