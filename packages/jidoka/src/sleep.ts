import { type Clock, TimerWheel, type Timer, type Timers, checkObject, systemClock } from '@tps/internal'

/**
 * Timers of the platform that keep the process alive: somebody awaits what they end. Without that, a program whose only
 * remaining work is a retry would exit in the middle of it.
 */
export const waitingTimers: Timers = {
  schedule(delayMs, callback): Timer {
    const handle = setTimeout(callback, Math.min(delayMs, LONGEST_DELAY_MS))
    return { cancel: () => clearTimeout(handle) }
  },
}

/** `setTimeout` refuses longer delays and would fire at once. */
export const LONGEST_DELAY_MS: number = 2 ** 31 - 1

/** Time as a policy's options name it. */
export interface TimeOptions {
  /** The source of time. Default the monotonic clock of the platform. */
  readonly clock?: Clock | undefined
  /** Starts the timers. Default those of the platform; they keep the process alive while a call waits for them. */
  readonly timers?: Timers | undefined
}

/** Checks `options.clock` and `options.timers`. */
export function checkTime({ clock = systemClock, timers = waitingTimers }: TimeOptions): {
  readonly clock: Clock
  readonly timers: Timers
} {
  return { clock: checkObject('clock', clock, ['now']), timers: checkObject('timers', timers, ['schedule']) }
}

const wheels = new WeakMap<Timers, WeakMap<Clock, TimerWheel>>()

/**
 * Timers for a wheel, which starts one whenever its first entry comes and stops it when the last one goes: at every call
 * when calls come one by one. Here a timer that is stopped runs out unheard, within a tick, and one that is wanted before
 * then is that one. It comes early then, which a wheel doesn't mind.
 */
class LastingTimer implements Timers, Timer {
  readonly #timers: Timers
  #isRunning = false
  #wanted: (() => void) | undefined

  constructor(timers: Timers) {
    this.#timers = timers
  }

  schedule(delayMs: number, callback: () => void): Timer {
    this.#wanted = callback
    if (!this.#isRunning) this.#timers.schedule(delayMs, this.#fire)
    this.#isRunning = true
    return this
  }

  cancel(): void {
    this.#wanted = undefined
  }

  readonly #fire = (): void => {
    const wanted = this.#wanted
    this.#isRunning = false
    this.#wanted = undefined
    wanted?.()
  }
}

/** The one wheel that everything with these timers and this clock shares. */
export function sharedWheel(timers: Timers, clock: Clock): TimerWheel {
  const ofTimers = wheels.get(timers) ?? new WeakMap<Clock, TimerWheel>()
  const wheel = ofTimers.get(clock) ?? new TimerWheel({ timers: new LastingTimer(timers), clock })
  wheels.set(timers, ofTimers.set(clock, wheel))
  return wheel
}

/**
 * Waits `ms`. Rejects with the reason of `signal` as soon as that aborts; neither a timer nor a listener is left.
 */
export function sleep(ms: number, timers: Timers, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      // oxlint-disable-next-line prefer-promise-reject-errors
      reject(signal.reason)
      return
    }
    const stop = (): void => {
      timer.cancel()
      // oxlint-disable-next-line prefer-promise-reject-errors
      reject(signal?.reason)
    }
    const timer = timers.schedule(ms, () => {
      signal?.removeEventListener('abort', stop)
      resolve()
    })
    signal?.addEventListener('abort', stop, { once: true })
  })
}
