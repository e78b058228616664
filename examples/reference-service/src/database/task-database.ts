import type { DatabaseConfig } from '../config/database.ts'
import type { Backend } from './backend.ts'
import { DatabaseBusyError, DatabaseClosedError } from './errors.ts'
import { PostgresBackend } from './postgres-backend.ts'
import { type IndexName, PRODUCTS, type QueryName } from './queries.ts'
import { QueryTimes } from './query-times.ts'
import type { DatabaseSnapshot, Structure } from './report.ts'
import { SqliteBackend } from './sqlite-backend.ts'

/** Which database, and how large. */
export interface DatabaseOptions {
  /** `postgres://user:password@host:port/database`. Default: embedded SQLite. */
  readonly url?: string | undefined
  /** The file of the embedded database. Default: a private temporary one that vanishes with the process. */
  readonly path?: string | undefined
  /** How many products there are. Default 1,200,000: a look-up without the index takes some 60 ms. */
  readonly products?: number | undefined
  /** Connections to PostgreSQL. Default 10. */
  readonly connections?: number | undefined
  /** How long PostgreSQL may take to answer, in ms. Default 10,000. */
  readonly timeoutMs?: number | undefined
  /** How many queries may be under way; more are refused with `ERR_DATABASE_BUSY`. Default 1000. */
  readonly maxPending?: number | undefined
}

/** The database of the tasks: products and customers. */
export class TaskDatabase {
  readonly #backend: Backend
  readonly #times = new QueryTimes()
  readonly #maxPending: number
  #pending = 0
  #refused = 0
  #isOpen = true

  private constructor(backend: Backend, maxPending: number) {
    this.#backend = backend
    this.#maxPending = maxPending
  }

  /** Opens the database and makes its tables where they are missing. The products are written in the background. */
  static async open(options: DatabaseOptions = {}): Promise<TaskDatabase> {
    const { url, path = '', products = PRODUCTS, connections = 10, timeoutMs = 10_000, maxPending = 1_000 } = options
    const backend =
      url === undefined
        ? await SqliteBackend.open({ path, products })
        : await PostgresBackend.open({ url, products, connections, timeoutMs })
    return new TaskDatabase(backend, maxPending)
  }

  /** The database that the configuration names. */
  static async from(config: DatabaseConfig): Promise<TaskDatabase> {
    return await TaskDatabase.open({
      url: config.DATABASE_URL,
      path: config.DATABASE_FILE,
      products: config.DATABASE_PRODUCTS,
      connections: config.DATABASE_CONNECTIONS,
      timeoutMs: config.DATABASE_TIMEOUT_MS,
    })
  }

  get system(): Backend['system'] {
    return this.#backend.system
  }

  /**
   * The text of the row with this id, `undefined` where there is none. Rejects as soon as `signal` aborts; the database may
   * go on with it.
   */
  async fetch(query: QueryName, id: number, signal?: AbortSignal): Promise<string | undefined> {
    if (!this.#isOpen) throw new DatabaseClosedError()
    signal?.throwIfAborted()
    if (this.#pending >= this.#maxPending) {
      this.#refused++
      throw new DatabaseBusyError(this.#pending)
    }
    const answer = this.#measured(query, id)
    return await (signal ? unlessAborted(answer, signal) : answer)
  }

  /** Tables with their sizes, indexes, and how each query would be run. Waits until all rows are there. */
  async structure(): Promise<Structure> {
    return await this.#backend.structure()
  }

  /** Makes an index. Resolves with whether it is new. */
  async createIndex(name: IndexName): Promise<boolean> {
    return await this.#backend.createIndex(name)
  }

  /** Drops an index. Resolves with whether there was one. */
  async dropIndex(name: IndexName): Promise<boolean> {
    return await this.#backend.dropIndex(name)
  }

  snapshot(): DatabaseSnapshot {
    return {
      system: this.#backend.system,
      isOpen: this.#isOpen,
      pending: this.#pending,
      refused: this.#refused,
      queries: this.#times.report(),
    }
  }

  async close(): Promise<void> {
    this.#isOpen = false
    await this.#backend.close()
  }

  async #measured(query: QueryName, id: number): Promise<string | undefined> {
    const startMs = performance.now()
    this.#pending++
    try {
      const found = await this.#backend.fetch(query, id)
      this.#times.record(query, performance.now() - startMs)
      return found
    } catch (error) {
      this.#times.failed(query)
      throw error
    } finally {
      this.#pending--
    }
  }
}

/** What `work` comes to, unless `signal` aborts before. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let abort: (() => void) | undefined
  try {
    return await Promise.race([
      work,
      new Promise<never>((_resolve, reject) => {
        abort = () => reject(signal.reason as Error)
        signal.addEventListener('abort', abort, { once: true })
      }),
    ])
  } finally {
    if (abort) signal.removeEventListener('abort', abort)
  }
}
