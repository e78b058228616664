/** A source of monotonic time. Only differences between two readings mean anything. */
export interface Clock {
  /** Milliseconds since an arbitrary fixed moment, with fractions. Never runs backwards. */
  now(): number
}

/** Monotonic time of the platform: unaffected by changes of the wall clock. */
export const systemClock: Clock = {
  now: () => performance.now(),
}
