import {
  type Clock,
  type ListenerErrorHandler,
  type Timers,
  checkFunction,
  checkInteger,
  checkName,
  checkNumber,
  checkObject,
  checkOneOf,
  printListenerError,
  systemClock,
  systemTimers,
} from '@tps/internal'
import type { CordOptions } from './cord-options.ts'

/** What a `Board` is made with. Checked and copied once. */
export interface BoardOptions {
  /** What it is called. Default "board". */
  readonly name?: string | undefined
  /** Stations it may have, at least 1. `watch` throws beyond it, `set` returns false and is counted. Default 1000. */
  readonly maxStations?: number | undefined
  /** Age from which a reading is stale, in ms, more than 0. A station may have its own. Default: never. */
  readonly staleMs?: number | undefined
  /** What a stale lamp shows where it isn't worse already. Default "unknown". */
  readonly whenStale?: 'yellow' | 'unknown' | undefined
  /** Options of the board's cord. Default: clock, dates and `onListenerError` of the board, the name with " cord". */
  readonly cord?: CordOptions | undefined
  /** Monotonic time, for ages. Default: the platform's. */
  readonly clock?: Clock | undefined
  /** Runs `start()`. Default: the platform's timers, unreferenced. */
  readonly timers?: Timers | undefined
  /** Wall-clock time in ms since 1970, for dates. Default `Date.now`. */
  readonly wallNow?: (() => number) | undefined
  /** Receives what a listener throws. Default: prints it. */
  readonly onListenerError?: ListenerErrorHandler | undefined
}

/** How `start()` reads. */
export interface BoardStartOptions {
  /** Time from one reading to the next, in ms, from 1 to 2147483647. The first comes after it. Default 1000. */
  readonly everyMs?: number | undefined
}

/** Options that have been checked, with the defaults filled in. */
export type CheckedBoardOptions = { readonly [K in keyof BoardOptions]-?: NonNullable<BoardOptions[K]> }

export function checkBoardOptions(options: BoardOptions): CheckedBoardOptions {
  checkObject('options', options)
  const { name = 'board', maxStations = 1000, staleMs, whenStale = 'unknown', cord = {} } = options
  const { clock = systemClock, timers = systemTimers } = options
  const { wallNow = Date.now, onListenerError = printListenerError } = options
  const checked = {
    name: checkName('name', name),
    maxStations: checkInteger('maxStations', maxStations, { min: 1 }),
    staleMs: checkStaleMs(staleMs) ?? Infinity,
    whenStale: checkOneOf('whenStale', whenStale, ['yellow', 'unknown']),
    clock: checkObject('clock', clock, ['now']),
    timers: checkObject('timers', timers, ['schedule']),
    wallNow: checkFunction('wallNow', wallNow),
    onListenerError: checkFunction('onListenerError', onListenerError),
  }
  const shared = { clock: checked.clock, wallNow: checked.wallNow, onListenerError: checked.onListenerError }
  return {
    ...checked,
    cord: { name: `${name} cord`, ...shared, ...checkObject('cord', cord) },
  }
}

export function checkBoardStart(options: BoardStartOptions): number {
  const { everyMs = 1000 } = checkObject('options', options)
  return checkNumber('everyMs', everyMs, { min: 1, max: 2 ** 31 - 1 })
}

/** `staleMs` where it is given. */
export function checkStaleMs(staleMs: number | undefined): number | undefined {
  return staleMs === undefined ? undefined : checkNumber('staleMs', staleMs, { above: 0 })
}
