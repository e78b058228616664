/** A source of monotonic time. Only differences between two readings mean anything. */
export interface Clock {
  /** Milliseconds since an arbitrary fixed moment, with fractions. Never runs backwards. */
  now(): number
}

// The global is a getter, and reading it costs as much as reading the time.
const { performance: platform } = globalThis

/** Monotonic time of the platform: unaffected by changes of the wall clock. */
export const systemClock: Clock = {
  now: () => platform.now(),
}
