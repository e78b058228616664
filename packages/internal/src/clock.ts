/** A source of monotonic time. Only differences between two readings mean anything. */
export interface Clock {
  /** Milliseconds since an arbitrary fixed moment, with fractions. Never runs backwards. */
  now(): number
}

let platform: { now(): number } | undefined

/** Monotonic time of the platform: unaffected by changes of the wall clock. */
export const systemClock: Clock = {
  // The global is a getter, and reading it costs as much as reading the time. It is read at the first use and not at
  // once, so that bundlers can leave out a clock that nobody uses.
  now: () => (platform ??= performance).now(),
}
