import type { Aggregate } from './store.ts'

/** How the file is opened. */
export interface DuckDbFileOptions {
  readonly path: string
  /** How much memory DuckDB may take, as it writes sizes: `2GB`. What doesn't fit goes to the disk. */
  readonly memoryLimit: string
  readonly threads: number
  /** Recent samples are moved into the tables of their days once there are so many. */
  readonly compactSamples: number
}

/** A series as it is kept: its tags are a JSON object. */
export interface SeriesRow {
  readonly id: number
  readonly name: string
  readonly tags: string
}

/** Samples to be stored together. */
export interface AppendRequest {
  readonly series: Uint32Array
  readonly timestamps: Float64Array
  readonly values: Float64Array
  /** The series that no request before this had. */
  readonly newSeries: readonly SeriesRow[]
  /** Up to where the journal is stored with this; 0 leaves it as it is. */
  readonly position: number
  /** What marks these samples as stored, so that a second delivery is known. */
  readonly keys: readonly string[]
}

/** Which samples. */
export interface Range {
  /** Their series; `undefined` for all. */
  readonly series: readonly number[] | undefined
  readonly startMs: number
  readonly endMs: number
}

export interface ReadRequest extends Range {
  readonly kind: 'read'
  readonly order: 'time' | 'series'
  readonly limit: number | undefined
  readonly maxRows: number
}

export interface AggregateRequest extends Range {
  readonly kind: 'aggregate'
  readonly aggregate: Aggregate
  /** At least 1, and at most 2^32 - 1 where there are several steps. */
  readonly stepMs: number
  /** Whether all series are one group: then they need not be told apart. */
  readonly isOneGroup: boolean
  /** No series has a greater number. */
  readonly greatestSeries: number
  /** The group of each of `series`, from 0. */
  readonly groups: readonly number[]
  readonly maxRows: number
}

/** Columns of an answer: series or group, time or step, value or what it is made of. */
export interface Columns {
  readonly length: number
  readonly columns: readonly Float64Array[]
}

export interface FileState {
  readonly samples: number
  readonly bytes: number
  readonly position: number
}

/** What the thread is asked. Answers carry the same id. */
export type ToThread =
  | { readonly id: number; readonly kind: 'append'; readonly request: AppendRequest }
  | { readonly id: number; readonly kind: 'query'; readonly request: ReadRequest | AggregateRequest }
  | { readonly id: number; readonly kind: 'more' }
  | { readonly id: number; readonly kind: 'cancel' }
  | { readonly id: number; readonly kind: 'compact'; readonly isWhole: boolean }
  | { readonly id: number; readonly kind: 'retain'; readonly beforeMs: number }
  | { readonly id: number; readonly kind: 'backup'; readonly path: string }
  | { readonly id: number; readonly kind: 'close' }

export type FromThread =
  | {
      readonly kind: 'opened'
      readonly series: readonly SeriesRow[]
      readonly keys: readonly string[]
      readonly state: FileState
    }
  | { readonly kind: 'failedToOpen'; readonly message: string }
  | { readonly id: number; readonly kind: 'chunk'; readonly chunk: Columns }
  | { readonly id: number; readonly kind: 'done'; readonly state: FileState; readonly count: number }
  | { readonly id: number; readonly kind: 'failed'; readonly code: FailureCode; readonly message: string }

export type FailureCode = 'ERR_STORE_FULL' | 'ERR_STORE_FAILED' | 'ERR_TOO_MANY_ROWS' | 'ERR_QUERY_CANCELLED'
