/** The last moment that a `Date` can hold. */
const MAX_DATE_MS = 8.64e15

/** Wall-clock time from a function of the user's; the platform's when that fails, so that an alert always has a date. */
export function readWall(wallNow: () => number): number {
  try {
    const ms = wallNow()
    // Half of the range: sums with a duration stay within it.
    if (Math.abs(ms) <= MAX_DATE_MS / 2) return ms
  } catch {
    // An alert with the platform's date is worth more than the error.
  }
  return Date.now()
}
