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

/** What is known of the file's times without looking. `undefined` means that it must be looked up. */
export interface Outlook {
  /** Since when the longest waiting ready item waits; `null` when none does. */
  oldestAt: number | null | undefined
  /** Nothing ends before this; `null` when nothing does. What is ended early leaves it as it is: then it is found out when it is due. */
  nextAt: number | null | undefined
}

/** A transaction under way. */
export interface Transaction {
  readonly sql: Statements
  readonly options: StoreOptions
  /** The options' classes, then those that the file has from others. */
  readonly classes: readonly string[]
  readonly line: Line
  readonly found: Found
  readonly outlook: Outlook
  readonly nowMs: number
}

/** Something that ends at `untilMs` has come in. */
export function willEnd({ outlook }: Transaction, untilMs: number): void {
  const { nextAt } = outlook
  if (nextAt !== undefined && (nextAt === null || untilMs < nextAt)) outlook.nextAt = untilMs
}

/** A ready item has come in, behind all others. */
export function hasJoined({ line, outlook, nowMs }: Transaction): void {
  line.ready++
  if (outlook.oldestAt === null) outlook.oldestAt = nowMs
}

/** Items have changed whose times nobody has looked at. */
export function lookAnew({ outlook }: Transaction): void {
  outlook.oldestAt = outlook.nextAt = undefined
}
