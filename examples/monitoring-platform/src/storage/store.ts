import type { SampleBatch, Series } from '../sample.ts'

/** What a tag must be like. `name` is matched as the tag `__name__`. A tag that a series doesn't have is the empty text. */
export interface Matcher {
  readonly tag: string
  readonly operator: '=' | '!=' | '=~' | '!~'
  /** For `=~` and `!~` a regular expression for the whole text. */
  readonly value: string
}

/** Which series. */
export interface SeriesSelector {
  /** Without it, series of any name. */
  readonly name?: string
  /** All have to hold. */
  readonly matchers?: readonly Matcher[]
}

export interface Reading extends SeriesSelector {
  /** The first ms that counts. */
  readonly startMs: number
  /** The last ms that counts. */
  readonly endMs: number
  /** More than this many ms and it is given up with {@link QueryTimeoutError}. */
  readonly timeoutMs: number
  /** Whoever aborts gives the query up. */
  readonly signal?: AbortSignal
}

/** Samples as they were stored. */
export interface SampleQuery extends Reading {
  /** `time`: by time, then by series. `series`: by series, then by time. Those of the same series and time, by value. */
  readonly order: 'time' | 'series'
  /** The first so many. Without it, `maxRows`. */
  readonly limit?: number
  /** When there are more than this, and no `limit`, it is refused with {@link TooManyRowsError}. */
  readonly maxRows: number
}

/** Part of an answer. Row `i` is `values[i]` of `series[i]` at `timestamps[i]`. */
export interface SampleChunk {
  readonly length: number
  readonly series: readonly Series[]
  readonly timestamps: Float64Array
  readonly values: Float64Array
}

export const AGGREGATES = ['avg', 'min', 'max', 'sum', 'count', 'rate', 'p50', 'p90', 'p99'] as const

/**
 * What is made of the samples of a step.
 * `rate`: by how much a counter grew a second, from sample to sample of one series, a fall being a new beginning; of the
 * samples before the step only those in the range of the query count. Added up over the series of a group.
 * `p50`, `p90`, `p99`: the value at place ⌈q · count⌉ in ascending order.
 */
export type Aggregate = (typeof AGGREGATES)[number]

export interface AggregateQuery extends Reading {
  readonly aggregate: Aggregate
  /** Steps begin at `startMs`. Without it, the whole range is one. */
  readonly stepMs?: number
  /** Tags of which each combination has an answer of its own. `name` is the series' name. None: all is one group. */
  readonly groupBy: readonly string[]
  readonly maxRows: number
}

/** What one step of one group came to. Steps without samples have none. */
export interface AggregatePoint {
  /** When the step begins. */
  readonly timestampMs: number
  readonly value: number
  /** What it is grouped by. A tag that is not there is the empty text. */
  readonly group: Readonly<Record<string, string>>
}

/** What is kept together with samples. */
export interface AppendOptions {
  /** The place in the journal up to which everything is stored with this. */
  readonly position?: number
  /**
   * A key for each batch. One that was stored with the same key before is left out, so that a queue may deliver twice.
   * Engines that can't keep the key with the samples don't heed it.
   */
  readonly keys?: readonly string[]
}

/** What a store says about itself. Times are in ms. */
export interface StoreSnapshot {
  readonly name: string
  readonly engine: string
  /** Samples that it holds, as far as it knows. */
  readonly samples: number
  readonly series: number
  readonly bytes: number
  /** How long the last append took, and how many samples it had. */
  readonly flushMs: number
  readonly flushedSamples: number
  readonly flushes: number
  readonly failedFlushes: number
  /** How long the last query took. */
  readonly scanMs: number
  readonly scans: number
}

/**
 * Where samples are kept. Samples that are the same in everything are kept as often as they were appended, unless an
 * engine says otherwise.
 */
export interface Store {
  readonly name: string
  /**
   * Stores all of them or none. Once it resolves they are as durable as the engine makes them, and queries see them.
   * @throws {StoreError} when they could not be stored.
   */
  append(batches: readonly SampleBatch[], options?: AppendOptions): Promise<void>
  /** The `position` of the last append, 0 when there was none: what is to be read from the journal begins there. */
  readonly position: number
  /** @throws {TooManyRowsError} {@link QueryTimeoutError} before the first chunk, or while they are read. */
  query(query: SampleQuery): AsyncIterable<SampleChunk>
  /** By group, then by time. @throws {TooManyRowsError} {@link QueryTimeoutError} */
  aggregate(query: AggregateQuery): Promise<readonly AggregatePoint[]>
  /** In the order in which they came. */
  series(selector: SeriesSelector): Promise<readonly Series[]>
  /**
   * Puts what is scattered into order, so that it takes less room and is read faster: where it is worth while, or with
   * `isWhole` all of it.
   */
  compact(isWhole?: boolean): Promise<void>
  /** Removes what is older than `beforeMs`. Resolves with how many samples went, as far as it is known. */
  retain(beforeMs: number): Promise<number>
  /** Writes a copy that can be opened by itself. */
  backup(path: string): Promise<void>
  snapshot(): StoreSnapshot
  /** What was appended stays. */
  close(): Promise<void>
}
