/** Starts timers. Injected, so that tests turn the hands themselves. */
export interface Timers {
  /** Calls `callback` once after `delayMs`, 0 or more. The timer never keeps the process alive. */
  schedule(delayMs: number, callback: () => void): Timer
}

/** A timer that has been started. */
export interface Timer {
  /** Stops it. Does nothing once it has fired or been cancelled. */
  cancel(): void
}

/** `setTimeout` refuses longer delays and would fire at once. */
const LONGEST_DELAY_MS = 2 ** 31 - 1

class SystemTimer implements Timer {
  #handle: ReturnType<typeof setTimeout> | undefined

  constructor(delayMs: number, callback: () => void) {
    this.#start(delayMs, callback)
  }

  cancel(): void {
    clearTimeout(this.#handle)
  }

  #start(delayMs: number, callback: () => void): void {
    const rest = delayMs - LONGEST_DELAY_MS
    this.#handle =
      rest > 0 ? setTimeout(() => this.#start(rest, callback), LONGEST_DELAY_MS) : setTimeout(callback, delayMs)
    // Node and Bun return an object, browsers and Deno a number.
    const handle: unknown = this.#handle
    if (typeof handle === 'object' && handle !== null && 'unref' in handle && typeof handle.unref === 'function')
      handle.unref()
  }
}

/** Timers of the platform, unreferenced where the platform can. */
export const systemTimers: Timers = {
  schedule: (delayMs, callback) => new SystemTimer(delayMs, callback),
}
