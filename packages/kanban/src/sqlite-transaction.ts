import type { Standing, StoreOptions } from './sqlite-protocol.ts'
import type { Statements } from './sqlite-statements.ts'

/** How many of each there are, the next number to give, and the latest time seen: one row, written with what it counts. */
export interface Line {
  next: number
  ready: number
  delayed: number
  leased: number
  dead: number
  clock_ms: number
}

/** What a transaction came upon by the way. */
export type Found = { -readonly [K in 'expired' | 'leasesLost' | 'poisoned' | 'deadDropped']: Standing[K] }

export function nothingFound(): Found {
  return { expired: 0, leasesLost: 0, poisoned: 0, deadDropped: 0 }
}

/** A transaction under way. */
export interface Transaction {
  readonly sql: Statements
  readonly options: StoreOptions
  /** The options' classes, then those that the file has from others. */
  readonly classes: readonly string[]
  readonly line: Line
  readonly found: Found
  readonly nowMs: number
}
