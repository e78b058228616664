import { setTimeout as wait } from 'node:timers/promises'
import type { Settings } from '../settings.ts'
import type { SignalRequest } from '../signal.ts'
import { withSpan } from '../tracing/spans.ts'
import { CUSTOMERS, QUERIES, type QueryName } from './queries.ts'
import { TaskCache, type TaskCacheSnapshot } from './task-cache.ts'
import type { TaskDatabase } from './task-database.ts'
import type { DatabaseConfig } from '../config/database.ts'

/** What a task is about, as its signal says. */
export type TaskPayload = SignalRequest['payload']

/** What a task is done with. */
export interface TaskContext {
  readonly payload: TaskPayload
  /** The task's time is up, or its worker gone. */
  readonly signal: AbortSignal
  readonly settings: Pick<Settings, 'task_ms'>
}

/** What a task came to. */
export interface TaskResult {
  readonly task: string | null
  /** What is known of the product that the task names; `null` where there is none of this number. */
  readonly product?: unknown
  /** The preferences of the customer that the task is for. */
  readonly customer?: unknown
}

/** What the two kinds of task of lab 6 cost beside `task_ms`. */
const TYPE_MS = { quick: 0, slow: 90 }

/**
 * Does the tasks: looks up what they are about, in the cache and then in the database, and takes as long as they say. A task
 * that names a `product_id` or a `customer_id` gets that; any other one is for a customer that its name decides.
 */
export class TaskRunner {
  readonly database: TaskDatabase
  readonly #cache: TaskCache<string | null>

  constructor(database: TaskDatabase, cache: Pick<DatabaseConfig, 'CACHE_ENTRIES' | 'CACHE_TTL_MS'>) {
    this.database = database
    this.#cache = new TaskCache({ capacity: cache.CACHE_ENTRIES, ttlMs: cache.CACHE_TTL_MS })
  }

  /** Rejects when the database can't answer, and with the signal's reason as soon as it aborts. */
  readonly executeTask = async (
    task: string | undefined,
    { payload, signal, settings }: TaskContext,
  ): Promise<TaskResult> => {
    const { product_id, customer_id, latency_ms, type } = payload
    const product = product_id === undefined ? undefined : await this.#lookUp('product', product_id, signal)
    const isAnonymous = product_id === undefined && customer_id === undefined
    const customerId = isAnonymous ? customerOf(task ?? '') : customer_id
    const customer = customerId === undefined ? undefined : await this.#lookUp('customer', customerId, signal)
    const costMs = latency_ms ?? settings.task_ms + (type ? TYPE_MS[type] : 0)
    if (costMs > 0) await waitFor(costMs, signal)
    return {
      task: task ?? null,
      ...(product !== undefined && { product }),
      ...(customer !== undefined && { customer }),
    }
  }

  /** The readings of the cache. */
  snapshot(): TaskCacheSnapshot {
    return this.#cache.snapshot()
  }

  /** Forgets what is cached. */
  clearCache(): void {
    this.#cache.clear()
  }

  async #lookUp(query: QueryName, id: number, signal: AbortSignal): Promise<unknown> {
    const key = `${query}:${id}`
    const cached = withSpan(
      'FetchFromCache',
      (span) => {
        const found = this.#cache.get(key)
        span?.setAttribute('cache.hit', found !== undefined).addEvent(found ? 'CacheHit' : 'CacheMiss')
        return found
      },
      () => ({ 'cache.key': key }),
    )
    const text = cached ? cached.value : await this.#fetch(query, id, key, signal)
    return text === null ? null : withSpan('ParseResult', () => JSON.parse(text) as unknown)
  }

  async #fetch(query: QueryName, id: number, key: string, signal: AbortSignal): Promise<string | null> {
    const text = await withSpan(
      'FetchFromDatabase',
      async () => (await this.database.fetch(query, id, signal)) ?? null,
      () => ({
        'db.system.name': this.database.system,
        'db.operation.name': 'SELECT',
        'db.collection.name': QUERIES[query].table,
        'db.query.text': QUERIES[query].sql,
        'db.query.parameter.1': String(id),
      }),
    )
    this.#cache.set(key, text)
    return text
  }
}

/** Rejects with the signal's own reason, where the platform would wrap it. */
async function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(ms, undefined, { signal })
  } catch (error) {
    throw signal.aborted ? signal.reason : error
  }
}

/** A number from 1 to `CUSTOMERS` that is always the same for a name: FNV-1a. */
function customerOf(name: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < name.length; index++) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193)
  return ((hash >>> 0) % CUSTOMERS) + 1
}
