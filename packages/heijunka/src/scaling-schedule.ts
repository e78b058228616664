import { checkInteger, checkObject } from '@tps/internal'

/** From a time of day on, at least so many workers, until the next entry. */
export interface ScheduleEntry {
  /** Time of day, `'08:00'`, from `'00:00'` to `'23:59'`. */
  readonly at: string
  /** At least so many workers from then on; 0 for no floor. */
  readonly workers: number
  /** On which days it begins: 0 is Sunday, 6 Saturday. Default every day. */
  readonly days?: readonly number[] | undefined
}

/** The least number of workers at a moment, as a list of times of day or as a function. */
export type Schedule = readonly ScheduleEntry[] | ((at: Date) => number)

interface Entry {
  readonly minute: number
  readonly workers: number
  readonly days: readonly number[]
}

const MAX_ENTRIES = 1000
const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6]
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/** The floor that a schedule sets at a moment, in ms since the epoch. A function's answer is not checked yet. */
export function floorOf(schedule: Schedule, timeZone: string | undefined): (wallMs: number) => unknown {
  if (typeof schedule === 'function') return (wallMs) => schedule(new Date(wallMs))
  const entries = schedule.map((entry, index) => checkEntry(`schedule[${index}]`, entry))
  const latestFirst = entries.toSorted((a, b) => b.minute - a.minute)
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  return (wallMs) => {
    const parts = format.formatToParts(wallMs)
    const read = (type: string): string => parts.find((part) => part.type === type)?.value ?? ''
    return lastBegun(latestFirst, WEEKDAYS.indexOf(read('weekday')), Number(read('hour')) * 60 + Number(read('minute')))
  }
}

/** Checks a schedule without keeping it. */
export function checkSchedule(schedule: Schedule): Schedule {
  if (typeof schedule === 'function') return schedule
  if (!Array.isArray(schedule)) throw new TypeError('schedule must be a function or an array of { at, workers }')
  if (schedule.length > MAX_ENTRIES)
    throw new RangeError(`schedule must have at most ${MAX_ENTRIES} entries, got ${schedule.length}`)
  return schedule.map((entry: ScheduleEntry, index) => {
    checkEntry(`schedule[${index}]`, entry)
    return { ...entry }
  })
}

/** The entry that began last, today or on the days before. */
function lastBegun(latestFirst: readonly Entry[], today: number, minute: number): number {
  for (let daysAgo = 0; daysAgo <= 7; daysAgo++) {
    const day = (today + 7 - daysAgo) % 7
    const entry = latestFirst.find(
      ({ days, minute: begins }) => days.includes(day) && (daysAgo > 0 || begins <= minute),
    )
    if (entry) return entry.workers
  }
  return 0
}

function checkEntry(name: string, entry: ScheduleEntry): Entry {
  const { at, workers, days = EVERY_DAY } = checkObject(name, entry)
  if (typeof at !== 'string') throw new TypeError(`${name}.at must be a time of day such as "08:00"`)
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(at) ?? []
  if (hours === undefined || minutes === undefined)
    throw new RangeError(`${name}.at must be a time of day from "00:00" to "23:59", got "${at.slice(0, 80)}"`)
  if (!Array.isArray(days)) throw new TypeError(`${name}.days must be an array of days`)
  return {
    minute: Number(hours) * 60 + Number(minutes),
    workers: checkInteger(`${name}.workers`, workers, { min: 0 }),
    days: days.map((day: number, index) => checkInteger(`${name}.days[${index}]`, day, { min: 0, max: 6 })),
  }
}
