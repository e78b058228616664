import type { Readings } from './diagnosis-condition.ts'
import type { LineSnapshots } from './diagnosis-snapshots.ts'

/** What a reading is. */
export interface ReadingDefinition {
  /** Its name in conditions. */
  readonly reading: string
  readonly unit: 'ratio' | 'ms' | 'items' | 'per second' | 'count' | 'times' | 'text' | 'yes or no'
  /** Which way is worse; `null` where that depends on the rest. Worse readings never give a less severe verdict. */
  readonly worse: 'higher' | 'lower' | null
  readonly meaning: string
}

/** A reading that is taken from the snapshots of one moment. */
export interface PresentReading extends ReadingDefinition {
  readonly read: (line: LineSnapshots) => unknown
}

/** A line at an earlier moment, as a `ReadingHistory` keeps it. */
export interface EarlierReadings {
  /** How long ago, in ms. */
  readonly agoMs: number
  readonly readings: Readings
}

/** What readings are made of beside the snapshots. */
export interface ReadingsOptions {
  /** Earlier readings of this line, the oldest first: what changes and durations are told by. Default none. */
  readonly earlier?: readonly EarlierReadings[] | undefined
  /** Readings from when all was well, for the growths. Default: the median of `earlier`, where that has 3 or more. */
  readonly baseline?: Readings | undefined
  /** Readings of your own, or known better than from the snapshots: they win. Default none. */
  readonly readings?: Readings | undefined
}
