import { checkNumber, checkObject, checkOneOf } from '@tps/internal'
import type { Overload } from './overload.ts'

/**
 * What a queue does when it can't keep up, beside being full. Each class has its own control, and with `fairBy` each tenant
 * in it (as in FQ-CoDel, RFC 8290).
 */
export interface OverloadOptions {
  /**
   * Which waiting items are dropped.
   * - `codel` (default): when the wait has been above `targetMs` for `intervalMs`, one item, then more of them, the next
   *   one `intervalMs / √count` after the last. The one that waits longest is dropped. Source: RFC 8289.
   * - `controlled-delay`: those that have waited longer than `intervalMs`, or longer than `targetMs` if their class had not
   *   been empty for `intervalMs` when they came. Source: B. Maurer, "Fail at Scale", ACM Queue 13(8), 2015.
   * - `none`.
   *
   * Items are dropped when the next one is taken: a queue from which nobody takes drops nothing.
   */
  readonly drop?: 'codel' | 'controlled-delay' | 'none' | undefined
  /**
   * Which end is served.
   * - `fifo` (default): the oldest.
   * - `adaptive-lifo`: the oldest, but the newest while the class has not been empty for `intervalMs`. Without `drop`, old
   *   items then wait until the load lets up. Source: Maurer, as above.
   */
  readonly order?: 'fifo' | 'adaptive-lifo' | undefined
  /** The wait that is fine in the long run, in ms. Greater than 0, at most `intervalMs`. Default 5, as in both sources. */
  readonly targetMs?: number | undefined
  /** How long a burst may last, in ms: above the longest usual one. Greater than 0. Default 100, as in both sources. */
  readonly intervalMs?: number | undefined
}

export function checkOverload(options: OverloadOptions | undefined): Overload | undefined {
  if (options === undefined) return undefined
  checkObject('overload', options)
  const { drop = 'codel', order = 'fifo', targetMs = 5, intervalMs = 100 } = options
  checkNumber('overload.intervalMs', intervalMs, { above: 0 })
  return {
    drop: checkOneOf('overload.drop', drop, ['codel', 'controlled-delay', 'none']),
    order: checkOneOf('overload.order', order, ['fifo', 'adaptive-lifo']),
    targetMs: checkNumber('overload.targetMs', targetMs, { above: 0, max: intervalMs }),
    intervalMs,
  }
}
