import {
  type Clock,
  type ListenerErrorHandler,
  checkFunction,
  checkInteger,
  checkName,
  checkNumber,
  checkObject,
  printListenerError,
  systemClock,
} from '@tps/internal'
import { normalQuantile } from './probability.ts'
import { type BurnRateAlert, checkAlerts } from './slo-alerts.ts'
import { type Period, SLOTS, type SloPeriod, checkPeriod } from './slo-period.ts'

/** What an `Slo` is made with. Checked and copied once. */
export interface SloOptions {
  /** What it is called on boards, in alerts and in exports. Default "slo". */
  readonly name?: string | undefined
  /** The share of events that must be good, above 0 and below 1: 0.999 for "three nines". */
  readonly target: number
  /** The greatest value that is good, 0 or more, for `recordValue`: 200 for "within 200 ms". Default none. */
  readonly threshold?: number | undefined
  /** What the budget is for. Default the last 30 days. */
  readonly period?: SloPeriod | undefined
  /**
   * How many events it takes to say anything, 1 or more. With fewer in the period the state is `insufficient-data`;
   * with fewer in the long window of an alert the alert has no data. Default 20.
   */
  readonly minEvents?: number | undefined
  /**
   * How sure an alert must be that the share of errors is above its limit, from 0.5 to 0.9999. The burn rate of the long
   * window counts with the lower end of its one-sided Wilson interval, so that one failure among few calls wakes nobody.
   * With many events it makes no difference. 0.5 takes the share as it is. Default 0.95.
   */
  readonly confidence?: number | undefined
  /**
   * When to tell. Default the four alerts of the SRE workbook, windows in proportion to the period: at 30 days 14.4 over
   * 1 h and 5 min, 6 over 6 h and 30 min, 3 over 1 d and 2 h, 1 over 3 d and 6 h. An alert that could never fire is
   * refused: at a target below 0.9306 the default needs replacing. At most 16.
   */
  readonly alerts?: readonly BurnRateAlert[] | undefined
  /** Monotonic time, for everything while it runs. Default: the platform's. */
  readonly clock?: Clock | undefined
  /**
   * Wall-clock time in ms since 1970. Read once, when it is made, to place the clock's time in the calendar and to find
   * the right slots after a restart. Default `Date.now`.
   */
  readonly wallNow?: (() => number) | undefined
  /** Receives what a listener threw. Default: prints it with `console.error`. */
  readonly onListenerError?: ListenerErrorHandler | undefined
}

/** Options that have been checked, with the defaults filled in. */
export interface CheckedSlo {
  readonly name: string
  readonly target: number
  readonly threshold: number | undefined
  readonly period: Period
  /** Length of the finest slots. */
  readonly baseMs: number
  readonly minEvents: number
  /** What `confidence` stands for in a normal distribution. */
  readonly z: number
  readonly alerts: readonly BurnRateAlert[]
  readonly clock: Clock
  readonly wallNow: () => number
  readonly onListenerError: ListenerErrorHandler
}

/** A coarse slot is 240 of the finest. */
const BASE_SLICES = SLOTS * 240

export function checkSlo(options: SloOptions): CheckedSlo {
  checkObject('options', options)
  const { name = 'slo', threshold, minEvents = 20, confidence = 0.95, alerts } = options
  const { clock = systemClock, wallNow = Date.now, onListenerError = printListenerError } = options
  const target = checkNumber('target', options.target, { above: 0, below: 1 })
  const period = checkPeriod(options.period)
  const baseMs = period.nominalMs / BASE_SLICES
  const checked = checkAlerts(alerts, { target, periodMs: period.nominalMs, baseMs })
  if (checked.length > 16) throw new RangeError(`alerts must be at most 16, got ${checked.length}`)
  return {
    name: checkName('name', name),
    target,
    threshold: threshold === undefined ? undefined : checkNumber('threshold', threshold, { min: 0 }),
    period,
    baseMs,
    minEvents: checkInteger('minEvents', minEvents, { min: 1 }),
    z: normalQuantile(checkNumber('confidence', confidence, { min: 0.5, max: 0.9999 })),
    alerts: checked,
    clock: checkObject('clock', clock, ['now']),
    wallNow: checkFunction('wallNow', wallNow),
    onListenerError: checkFunction('onListenerError', onListenerError),
  }
}
