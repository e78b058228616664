import { type BulkheadPolicy, bulkhead } from '@tps/jidoka'
import { PercentileTracker } from '@tps/kaizen'
import type { Series } from '../sample.ts'
import { QueryTimeoutError } from '../storage/errors.ts'
import type {
  AggregatePoint,
  AggregateQuery,
  SampleChunk,
  SampleQuery,
  SeriesSelector,
  Store,
} from '../storage/store.ts'

export interface QueryOptions {
  readonly store: Store
  /** Called before each query, to store what was accepted before it. */
  readonly flush: () => Promise<void>
  readonly timeoutMs: number
  readonly maxRows: number
  /** How many queries run at once. Default 4. */
  readonly atOnce?: number
  /** How many more may wait. Default 64. */
  readonly waiting?: number
}

type Limits = 'timeoutMs' | 'maxRows'

export interface QuerySnapshot {
  readonly queries: number
  readonly failed: number
  readonly running: number
  readonly waiting: number
  /** Times in ms over the last minute, `null` without any. */
  readonly p50: number | null
  readonly p99: number | null
}

/** Reads from the store: a few queries at once, each with a time limit and a row limit. */
export class Query {
  readonly #options: QueryOptions
  readonly #gate: BulkheadPolicy
  readonly #times = new PercentileTracker({ name: 'queries', windowMs: 60_000 })
  #queries = 0
  #failed = 0

  constructor(options: QueryOptions) {
    this.#options = options
    const { atOnce = 4, waiting = 64 } = options
    this.#gate = bulkhead({ name: 'queries', limit: atOnce, queueCapacity: waiting })
  }

  async *samples(query: Omit<SampleQuery, Limits>): AsyncGenerator<SampleChunk> {
    const { store, timeoutMs, maxRows } = this.#options
    const end = await this.#begin()
    let isWell = false
    try {
      yield* store.query({ ...query, timeoutMs, maxRows })
      isWell = true
    } finally {
      end(isWell)
    }
  }

  async aggregate(query: Omit<AggregateQuery, Limits>): Promise<readonly AggregatePoint[]> {
    const { store, timeoutMs, maxRows } = this.#options
    const end = await this.#begin()
    let isWell = false
    try {
      const points = await store.aggregate({ ...query, timeoutMs, maxRows })
      isWell = true
      return points
    } finally {
      end(isWell)
    }
  }

  async series(selector: SeriesSelector): Promise<readonly Series[]> {
    return await this.#options.store.series(selector)
  }

  snapshot(): QuerySnapshot {
    const { p50, p99 } = this.#times.snapshot()
    const { running, queued: waiting } = this.#gate.snapshot()
    return { queries: this.#queries, failed: this.#failed, running, waiting, p50, p99 }
  }

  /** Waits for its turn, and for what was accepted before. What it resolves with ends the turn. */
  async #begin(): Promise<(isWell: boolean) => void> {
    const startMs = performance.now()
    const leave = await this.#enter()
    this.#queries++
    const end = (isWell: boolean): void => {
      leave()
      if (!isWell) this.#failed++
      this.#times.record(performance.now() - startMs)
    }
    try {
      await this.#flush()
    } catch (error) {
      end(false)
      throw error
    }
    return end
  }

  async #flush(): Promise<void> {
    const { flush, timeoutMs } = this.#options
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new QueryTimeoutError(timeoutMs)), timeoutMs)
    })
    await Promise.race([flush(), late]).finally(() => clearTimeout(timer))
  }

  /** Resolves, when there is room, with what makes room again. @throws {BulkheadFullError} */
  async #enter(): Promise<() => void> {
    return await new Promise((resolve, reject) => {
      this.#gate.execute(async () => await new Promise<void>((leave) => resolve(leave))).catch(reject)
    })
  }
}
