import type { EventCounts } from './rule-burn-rate.ts'
import type { CheckedRule } from './rule-check.ts'
import type { Reading } from './series.ts'

/** Where a reading comes from, for the messages. */
export type ReadingOrigin = 'source' | 'value'

/** What a rule takes as a reading; NaN, `null` and `undefined` are none. @throws {TypeError | RangeError} otherwise. */
export function checkReading(rule: CheckedRule, value: unknown, origin: ReadingOrigin): Reading {
  if (value === undefined || value === null) return undefined
  if (!rule.meter?.counts) {
    if (typeof value === 'number') return Number.isNaN(value) ? undefined : value
    throw new TypeError(`${mustOf(rule, origin)} a number, undefined or null, got ${typeof value}`)
  }
  if (typeof value !== 'object')
    throw new TypeError(`${mustOf(rule, origin)} { good, total }, undefined or null, got ${typeof value}`)
  const { good, total } = value as EventCounts
  if (typeof good !== 'number' || typeof total !== 'number')
    throw new TypeError(`${mustOf(rule, origin)} { good, total } of numbers, got ${typeof good} and ${typeof total}`)
  if (Number.isNaN(good) || Number.isNaN(total)) return undefined
  if (!(good >= 0 && good <= total && total < Infinity))
    throw new RangeError(`${mustOf(rule, origin)} { good, total } with 0 ≤ good ≤ total, got ${good} and ${total}`)
  return { good, total }
}

function mustOf({ name }: CheckedRule, origin: ReadingOrigin): string {
  return origin === 'source' ? `source of "${name}" must return` : `value of "${name}" must be`
}
