import type { EventCounts } from './rule-burn-rate.ts'
import type { CheckedRule } from './rule-check.ts'
import type { Reading } from './series.ts'

/** What a rule takes as a reading; NaN, `null` and `undefined` are none. @throws {TypeError | RangeError} otherwise. */
export function checkReading(rule: CheckedRule, value: unknown, must: string): Reading {
  if (value === undefined || value === null) return undefined
  if (!rule.meter?.counts) {
    if (typeof value !== 'number') throw new TypeError(`${must} a number, undefined or null, got ${typeof value}`)
    return Number.isNaN(value) ? undefined : value
  }
  if (typeof value !== 'object') throw new TypeError(`${must} { good, total }, undefined or null, got ${typeof value}`)
  const { good, total } = value as EventCounts
  if (typeof good !== 'number' || typeof total !== 'number')
    throw new TypeError(`${must} { good, total } of numbers, got ${typeof good} and ${typeof total}`)
  if (Number.isNaN(good) || Number.isNaN(total)) return undefined
  if (!(good >= 0 && good <= total && total < Infinity))
    throw new RangeError(`${must} { good, total } with 0 ≤ good ≤ total, got ${good} and ${total}`)
  return { good, total }
}
