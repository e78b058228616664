import type { HrTime } from '@opentelemetry/api'

/** When the two clocks are this far apart, in ms, somebody has set the wall clock. */
const STEP_MS = 5
/** How often the clocks are compared. */
const EVERY_MS = 60_000

let offsetMs = performance.timeOrigin
let comparedMs = 0

/**
 * The wall-clock time of a moment that `performance.now` gave, to the microsecond. The SDK takes the milliseconds of
 * `Date.now` for the begin of each span, which shifts spans of microseconds against each other.
 */
export function hrTimeOf(ms: number): HrTime {
  if (ms - comparedMs > EVERY_MS) {
    comparedMs = ms
    const apartMs = Date.now() - (offsetMs + performance.now())
    if (Math.abs(apartMs) > STEP_MS) offsetMs += apartMs
  }
  // Whole seconds and the rest apart: their sum has too many digits for a double.
  const restMs = (offsetMs % 1_000) + (ms % 1_000)
  const seconds = Math.floor(offsetMs / 1_000) + Math.floor(ms / 1_000) + Math.floor(restMs / 1_000)
  return [seconds, Math.floor((restMs % 1_000) * 1e6)]
}
