import { CountWindow } from './count-window.ts'
import type { WindowOptions } from './options.ts'
import { TimeWindow } from './time-window.ts'

/** The counts of the calls that a window reaches back to. Only completed, classified calls are ever recorded. */
export interface OutcomeWindow {
  readonly completed: number
  readonly failed: number
  readonly slow: number
  /** Counts one call in at `nowMs`. */
  record(nowMs: number, failed: boolean, slow: boolean): void
  /** Lets go of what is too old by `nowMs`. */
  advance(nowMs: number): void
  /** Forgets everything and begins anew. */
  clear(nowMs: number): void
  /** Whether its whole reach has passed since it began. */
  isWhole(nowMs: number): boolean
}

/** The window that the checked options ask for. */
export function createWindow(options: WindowOptions, nowMs: number): OutcomeWindow {
  return options.kind === 'time' ? new TimeWindow(options.ms, nowMs) : new CountWindow(options.calls)
}
