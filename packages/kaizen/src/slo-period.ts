import { checkNumber, checkObject, checkOneOf } from '@tps/internal'

/** What the budget of an SLO is for. */
export type SloPeriod =
  | {
      readonly kind: 'rolling'
      /** The last so many ms, from 60,000 (a minute) to 366 days. */
      readonly ms: number
    }
  | {
      readonly kind: 'calendar'
      /** The present one, in UTC. A week begins on Monday. */
      readonly unit: CalendarUnit
    }

export type CalendarUnit = 'day' | 'week' | 'month' | 'quarter' | 'year'

/** A period, checked, and how time is cut for it. */
export interface Period {
  readonly kind: SloPeriod['kind']
  readonly unit: CalendarUnit | undefined
  /** How long it is; of a calendar unit, 30 days to the month: what burn-rate windows are measured against. */
  readonly nominalMs: number
  /** How many of the coarsest slots the longest such period has; a rolling one has `SLOTS`. */
  readonly slots: number
}

/** How many of the coarsest slots a period of nominal length has: hours, where it is 30 days. */
export const SLOTS = 720

const DAY_MS = 86_400_000
/** Monday, 5 January 1970. */
const FIRST_MONDAY_MS = 4 * DAY_MS
/**
 * The moment from which slots are counted: a Monday, so that every calendar unit begins with a slot, and long enough ago
 * that their numbers are never negative.
 */
export const FIRST_SLOT_MS: number = FIRST_MONDAY_MS - 10_000 * 7 * DAY_MS

const UNITS: Readonly<Record<CalendarUnit, { readonly days: number; readonly longest: number }>> = {
  day: { days: 1, longest: 1 },
  week: { days: 7, longest: 7 },
  month: { days: 30, longest: 31 },
  quarter: { days: 90, longest: 92 },
  year: { days: 360, longest: 366 },
}

export function checkPeriod(period: SloPeriod = { kind: 'rolling', ms: 30 * DAY_MS }): Period {
  checkObject('period', period)
  if (checkOneOf('period.kind', period.kind, ['rolling', 'calendar']) === 'rolling') {
    const { ms } = period as { readonly ms: number }
    const nominalMs = checkNumber('period.ms', ms, { min: 60_000, max: 366 * DAY_MS })
    return { kind: 'rolling', unit: undefined, nominalMs, slots: SLOTS }
  }
  const { unit: given } = period as { readonly unit: CalendarUnit }
  const unit = checkOneOf('period.unit', given, ['day', 'week', 'month', 'quarter', 'year'])
  const { days, longest } = UNITS[unit]
  return { kind: 'calendar', unit, nominalMs: days * DAY_MS, slots: (longest * SLOTS) / days }
}

/** When the calendar unit that `wallMs` lies in began, and when the next one begins. */
export function calendarBounds(
  unit: CalendarUnit,
  wallMs: number,
): { readonly startMs: number; readonly endMs: number } {
  const dayMs = Math.floor(wallMs / DAY_MS) * DAY_MS
  if (unit === 'day') return { startMs: dayMs, endMs: dayMs + DAY_MS }
  if (unit === 'week') {
    const startMs = dayMs - ((((dayMs - FIRST_MONDAY_MS) % (7 * DAY_MS)) + 7 * DAY_MS) % (7 * DAY_MS))
    return { startMs, endMs: startMs + 7 * DAY_MS }
  }
  const date = new Date(wallMs)
  const year = date.getUTCFullYear()
  const months = { month: 1, quarter: 3, year: 12 }[unit]
  const first = Math.floor(date.getUTCMonth() / months) * months
  return { startMs: Date.UTC(year, first), endMs: Date.UTC(year, first + months) }
}
