import { checkObject } from '@tps/internal'
import { type BoardValue, valueOf } from './board-bound.ts'
import type { Readings } from './diagnosis-condition.ts'
import { LINE_READINGS } from './diagnosis-present-line.ts'
import { SERVICE_READINGS } from './diagnosis-present-service.ts'
import type { ReadingDefinition, ReadingsOptions } from './diagnosis-reading.ts'
import type { LineSnapshots } from './diagnosis-snapshots.ts'
import { TREND_READINGS } from './diagnosis-trends.ts'

const PRESENT = /* @__PURE__ */ LINE_READINGS.concat(SERVICE_READINGS)

/** Every reading there is of a line: those of one moment, then those that are told by earlier ones. */
export const READINGS: readonly ReadingDefinition[] = /* @__PURE__ */ everyReading()

/**
 * The readings of a line: what is missing, null or not finite is left out. Whatever the snapshots are, they don't make
 * it throw. O(earlier).
 * @throws {TypeError} when an option is malformed.
 */
export function readingsOf(line: LineSnapshots, options: ReadingsOptions = {}): Readings {
  const { earlier = [], baseline = {}, readings: own = {} } = checkObject('options', options)
  if (!Array.isArray(earlier)) throw new TypeError('earlier must be an array')
  checkObject('baseline', baseline)
  checkObject('readings', own)
  const readings: Record<string, BoardValue> = Object.create(null) as Record<string, BoardValue>
  const take = (reading: string, read: () => unknown): void => {
    try {
      const value = valueOf(read())
      if (value !== undefined) readings[reading] = value
    } catch {
      // What can't be read is unknown.
    }
  }
  for (const { reading, read } of PRESENT) take(reading, () => read(line))
  for (const reading of Object.keys(own)) take(reading, () => own[reading])
  // In the order of the table: later ones build on earlier ones, and what is known is not told by earlier readings.
  for (const { reading, read } of TREND_READINGS)
    if (!(reading in readings)) take(reading, () => read({ now: readings, earlier, baseline }))
  return Object.freeze({ ...readings })
}

function everyReading(): readonly ReadingDefinition[] {
  const byName = new Map<string, ReadingDefinition>()
  for (const { reading, unit, worse, meaning } of [...PRESENT, ...TREND_READINGS])
    byName.set(reading, Object.freeze({ reading, unit, worse, meaning }))
  return Object.freeze([...byName.values()])
}
