import { Worker } from 'node:worker_threads'
import type {
  AggregateRequest,
  Columns,
  DuckDbFileOptions,
  FileState,
  FromThread,
  ReadRequest,
  ToThread,
} from './duckdb-protocol.ts'
import { QueryCancelledError, QueryTimeoutError, StoreError, TooManyRowsError } from './errors.ts'
import type { Reading } from './store.ts'

/** One request to the thread, until it is answered. */
interface Pending {
  resolve(count: number): void
  reject(error: Error): void
  chunk?(chunk: Columns): void
}

type Unsent = ToThread extends infer Message ? (Message extends { id: number } ? Omit<Message, 'id'> : never) : never

/** What the file had when it was opened. */
export type Opened = Extract<FromThread, { kind: 'opened' }>

/** The thread that has the database, seen from the other side. */
export class DuckDbLink {
  readonly #thread: Worker
  readonly #pending = new Map<number, Pending>()
  #state: FileState
  #lastId = 0
  #gone: StoreError | undefined

  private constructor(thread: Worker, state: FileState) {
    this.#thread = thread
    this.#state = state
    thread.on('message', (message: FromThread) => this.#receive(message))
    thread.on('error', (error) => this.#lose(error))
    thread.on('exit', () => this.#lose(undefined))
    thread.unref()
  }

  /** Starts the thread and opens the file. @throws {StoreError} */
  static async open(options: DuckDbFileOptions): Promise<{ readonly link: DuckDbLink; readonly opened: Opened }> {
    const { path } = options
    const thread = new Worker(new URL('./duckdb-thread.ts', import.meta.url), {
      workerData: options,
      name: `duckdb ${path}`,
    })
    const opened = await new Promise<FromThread>((resolve, reject) => {
      thread.once('message', resolve)
      thread.once('error', reject)
    })
    if (opened.kind === 'opened') return { link: new DuckDbLink(thread, opened.state), opened }
    await thread.terminate()
    const why = opened.kind === 'failedToOpen' ? opened.message : opened.kind
    throw new StoreError('ERR_STORE_FAILED', `${path} can't be opened: ${why}`)
  }

  /** How the file stands, as of the last answer. */
  get state(): FileState {
    return this.#state
  }

  /** The answer to a query, part by part. Whoever stops reading ends it. */
  async *read(request: ReadRequest | AggregateRequest, { timeoutMs, signal }: Reading): AsyncIterable<Columns> {
    signal?.throwIfAborted()
    const chunks: Columns[] = []
    let ended: { error?: Error } | undefined
    let wake: (() => void) | undefined
    const end = (error?: Error): void => {
      ended ??= error ? { error } : {}
      wake?.()
    }
    const id = this.#send(
      { kind: 'query', request },
      {
        resolve: () => end(),
        reject: end,
        chunk: (chunk) => {
          chunks.push(chunk)
          wake?.()
        },
      },
    )
    const giveUp = (error: Error): void => {
      this.#post({ id, kind: 'cancel' })
      end(error)
    }
    const timer = setTimeout(() => giveUp(new QueryTimeoutError(timeoutMs)), timeoutMs)
    const abort = (): void => giveUp(new QueryCancelledError())
    signal?.addEventListener('abort', abort, { once: true })
    try {
      for (;;) {
        const chunk = chunks.shift()
        if (chunk) {
          this.#post({ id, kind: 'more' })
          yield chunk
        } else if (ended) {
          if (ended.error) throw ended.error
          return
        } else {
          await new Promise<void>((resolve) => (wake = resolve))
        }
      }
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
      // Whoever stops reading early doesn't want the rest.
      if (!ended) giveUp(new QueryCancelledError())
    }
  }

  /** Asks for something that is answered once. */
  async ask(message: Unsent, transfer: readonly ArrayBuffer[] = []): Promise<number> {
    return await new Promise<number>((resolve, reject) => void this.#send(message, { resolve, reject }, transfer))
  }

  #send(message: Unsent, pending: Pending, transfer: readonly ArrayBuffer[] = []): number {
    const id = ++this.#lastId
    if (this.#gone) {
      pending.reject(this.#gone)
      return id
    }
    // The thread keeps the process alive while it is asked something.
    if (this.#pending.size === 0) this.#thread.ref()
    this.#pending.set(id, pending)
    this.#post({ ...message, id }, transfer)
    return id
  }

  #post(message: ToThread, transfer: readonly ArrayBuffer[] = []): void {
    this.#thread.postMessage(message, transfer)
  }

  #receive(message: FromThread): void {
    if (!('id' in message)) return
    const pending = this.#pending.get(message.id)
    if (message.kind === 'chunk') return pending?.chunk?.(message.chunk)
    this.#pending.delete(message.id)
    if (this.#pending.size === 0) this.#thread.unref()
    if (message.kind === 'done') {
      this.#state = message.state
      pending?.resolve(message.count)
      return
    }
    pending?.reject(errorOf(message))
  }

  #lose(error: Error | undefined): void {
    this.#gone ??= new StoreError('ERR_STORE_CLOSED', 'the thread of the store has ended', error)
    for (const pending of this.#pending.values()) pending.reject(this.#gone)
    this.#pending.clear()
  }

  /** Closes the file and ends the thread. */
  async close(): Promise<void> {
    if (this.#gone) return
    const exited = new Promise<void>((resolve) => this.#thread.once('exit', () => resolve()))
    await this.ask({ kind: 'close' })
    this.#gone = new StoreError('ERR_STORE_CLOSED', 'the store is closed')
    this.#thread.ref()
    await exited
  }
}

function errorOf({ code, message }: Extract<FromThread, { kind: 'failed' }>): Error {
  if (code === 'ERR_TOO_MANY_ROWS') return new TooManyRowsError(Number(message))
  if (code === 'ERR_QUERY_CANCELLED') return new QueryCancelledError()
  return new StoreError(code, message)
}
