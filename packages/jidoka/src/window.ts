import { CountWindow } from './count-window.ts'
import type { WindowOptions } from './options.ts'
import { TimeWindow } from './time-window.ts'

/** What a window holds, in plain JSON, for another one to go on with. */
export type SavedWindow = SavedTimeWindow | SavedCountWindow

/** The slots of a time window that hold anything. */
export interface SavedTimeWindow {
  readonly kind: 'time'
  /** How long ago it began, in ms. */
  readonly forMs: number
  readonly slots: readonly SavedSlot[]
}

/** How long ago the slot began, in ms, and what it counted. */
export type SavedSlot = readonly [agoMs: number, completed: number, failed: number, slow: number]

/** The outcomes of a count window, oldest first: a digit each, 1 for failed plus 2 for slow. */
export interface SavedCountWindow {
  readonly kind: 'count'
  readonly outcomes: string
}

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
  save(nowMs: number): SavedWindow
}

/** The window that the checked options ask for. It goes on with `saved` when that is of the same kind. */
export function createWindow(options: WindowOptions, nowMs: number, saved?: SavedWindow): OutcomeWindow {
  if (options.kind === 'time') return new TimeWindow(options.ms, nowMs, saved?.kind === 'time' ? saved : undefined)
  return new CountWindow(options.calls, saved?.kind === 'count' ? saved : undefined)
}
