import type { IndexName, QueryName } from './queries.ts'

/** How large a table is. */
export interface TableReport {
  readonly name: string
  readonly rows: number
  /** On disk, without its indexes; `null` where the database doesn't say. */
  readonly bytes: number | null
}

/** An index that is there. */
export interface IndexReport {
  readonly name: IndexName
  readonly table: string
  readonly column: string
}

/** What the database says about itself. */
export interface Structure {
  readonly tables: readonly TableReport[]
  readonly indexes: readonly IndexReport[]
  /** How it would run each query now: what `EXPLAIN` prints. */
  readonly plans: Readonly<Record<QueryName, string>>
}

/** How a query has fared in the last minute. Times in ms, from when it was asked to when the answer was there. */
export interface QueryReport {
  readonly name: QueryName
  readonly sql: string
  readonly calls: number
  readonly errors: number
  readonly avgMs: number | null
  readonly p99Ms: number | null
  readonly maxMs: number | null
  /** Since the start. */
  readonly totalCalls: number
  readonly totalMs: number
}

/** The database's readings: plain JSON, cheap. */
export interface DatabaseSnapshot {
  readonly system: 'sqlite' | 'postgresql'
  readonly isOpen: boolean
  /** Queries under way. */
  readonly pending: number
  /** Queries refused because too many were under way. */
  readonly refused: number
  /** The slowest first. */
  readonly queries: readonly QueryReport[]
}
