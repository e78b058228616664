import { Worker } from 'node:worker_threads'
import type { Backend } from './backend.ts'
import { DatabaseClosedError, DatabaseError } from './errors.ts'
import type { IndexName, QueryName } from './queries.ts'
import type { Structure } from './report.ts'
import type { Question, Reply, Request, SqliteOptions } from './sqlite-protocol.ts'

interface Waiter {
  resolve(result: unknown): void
  reject(error: unknown): void
}

/** SQLite in a thread of its own: one query at a time, and none of them blocks the process. */
export class SqliteBackend implements Backend {
  readonly system = 'sqlite'
  readonly #thread: Worker
  readonly #waiters = new Map<number, Waiter>()
  #number = 0
  #gone: { readonly cause: unknown } | undefined

  private constructor(options: SqliteOptions) {
    this.#thread = new Worker(new URL('./sqlite-thread.ts', import.meta.url), {
      workerData: options,
      name: 'database',
      execArgv: ['--disable-warning=ExperimentalWarning'],
    })
    this.#thread.on('message', (reply: Reply) => this.#receive(reply))
    this.#thread.on('error', (error) => this.#lose(error))
    this.#thread.on('exit', () => this.#lose(undefined))
  }

  /** Starts the thread. The customers are there when this resolves; the products are still being written. */
  static async open(options: SqliteOptions): Promise<SqliteBackend> {
    const backend = new SqliteBackend(options)
    try {
      await backend.#wait(0)
      return backend
    } catch (error) {
      await backend.#thread.terminate()
      throw error
    }
  }

  async fetch(query: QueryName, id: number): Promise<string | undefined> {
    return (await this.#ask({ kind: 'fetch', query, id })) as string | undefined
  }

  async structure(): Promise<Structure> {
    return (await this.#ask({ kind: 'structure' })) as Structure
  }

  async createIndex(name: IndexName): Promise<boolean> {
    return (await this.#ask({ kind: 'create-index', name })) === true
  }

  async dropIndex(name: IndexName): Promise<boolean> {
    return (await this.#ask({ kind: 'drop-index', name })) === true
  }

  async close(): Promise<void> {
    if (this.#gone) return
    await this.#ask({ kind: 'close' })
    await this.#thread.terminate()
  }

  async #ask(question: Question): Promise<unknown> {
    if (this.#gone) throw new DatabaseClosedError(this.#gone.cause)
    const number = ++this.#number
    const request: Request = { number, question }
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is for windows
    this.#thread.postMessage(request)
    return await this.#wait(number)
  }

  /** The process stays alive as long as an answer is due. */
  async #wait(number: number): Promise<unknown> {
    if (this.#waiters.size === 0) this.#thread.ref()
    try {
      return await new Promise((resolve, reject) => void this.#waiters.set(number, { resolve, reject }))
    } finally {
      if (this.#waiters.size === 0) this.#thread.unref()
    }
  }

  #receive(reply: Reply): void {
    const waiter = this.#waiters.get(reply.number)
    this.#waiters.delete(reply.number)
    if ('error' in reply) waiter?.reject(new DatabaseError(reply.error))
    else waiter?.resolve(reply.result)
  }

  #lose(cause: unknown): void {
    this.#gone ??= { cause }
    for (const waiter of this.#waiters.values()) waiter.reject(new DatabaseClosedError(cause))
    this.#waiters.clear()
  }
}
