import type { IndexName, QueryName } from './queries.ts'

/** What the thread is started with. */
export interface SqliteOptions {
  /** The file; empty for a private temporary one that vanishes with the process. */
  readonly path: string
  readonly products: number
}

/** What the thread is asked. */
export type Question =
  | { readonly kind: 'fetch'; readonly query: QueryName; readonly id: number }
  | { readonly kind: 'structure' }
  | { readonly kind: 'create-index' | 'drop-index'; readonly name: IndexName }
  | { readonly kind: 'close' }

/** A question with the number under which its answer comes back. */
export interface Request {
  readonly number: number
  readonly question: Question
}

/** What the thread answers. Number 0 answers the opening. */
export type Reply =
  | { readonly number: number; readonly result: unknown }
  | { readonly number: number; readonly error: string }
