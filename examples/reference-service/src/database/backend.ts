import type { IndexName, QueryName } from './queries.ts'
import type { Structure } from './report.ts'

/** A database that tasks can ask: SQLite in a thread, or PostgreSQL. */
export interface Backend {
  readonly system: 'sqlite' | 'postgresql'
  /** The text in the row with this id; `undefined` where there is none. Waits until the table is filled. */
  fetch(query: QueryName, id: number): Promise<string | undefined>
  /** Waits until all tables are filled. */
  structure(): Promise<Structure>
  /** Resolves with whether the index is new. */
  createIndex(name: IndexName): Promise<boolean>
  /** Resolves with whether there was one. */
  dropIndex(name: IndexName): Promise<boolean>
  close(): Promise<void>
}
