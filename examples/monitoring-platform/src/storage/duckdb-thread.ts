import { parentPort, workerData } from 'node:worker_threads'
import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api'
import { DuckDbFile } from './duckdb-file.ts'
import type {
  AggregateRequest,
  Columns,
  DuckDbFileOptions,
  FailureCode,
  FromThread,
  ReadRequest,
  ToThread,
} from './duckdb-protocol.ts'
import { aggregateSql, countSql, readSql } from './duckdb-sql.ts'

/** So many rows are sent at once, and so many times before the other side has to ask for more. */
const ROWS_A_MESSAGE = 16_384
const MESSAGES_AHEAD = 4
const INTERRUPT_MS = 10
/** Tables move a few times a minute at the most. */
const MAX_ATTEMPTS = 20

const port = parentPort
if (!port) throw new Error('this is the code of a thread')
const file = new DuckDbFile(workerData as DuckDbFileOptions)
const queries = new Map<number, Query>()
const running = new Set<Promise<number>>()

class TooManyRows extends Error {}
class Cancelled extends Error {}

/** One statement that reads, on a connection of its own, so that it can be ended alone. */
class Query {
  readonly #id: number
  #connection: DuckDBConnection | undefined
  #credit = MESSAGES_AHEAD
  #wake: (() => void) | undefined
  #isCancelled = false
  #interrupting: NodeJS.Timeout | undefined

  constructor(id: number) {
    this.#id = id
  }

  more(): void {
    this.#credit++
    this.#wake?.()
  }

  cancel(): void {
    if (this.#isCancelled) return
    this.#isCancelled = true
    this.#wake?.()
    // An interruption that comes before the statement has begun is forgotten by DuckDB.
    this.#interrupting = setInterval(() => this.#connection?.interrupt(), INTERRUPT_MS)
    this.#connection?.interrupt()
  }

  /** Answers, and gives everything back. */
  async answer(request: ReadRequest | AggregateRequest): Promise<number> {
    try {
      return await this.#run(request)
    } finally {
      clearInterval(this.#interrupting)
    }
  }

  async #run(request: ReadRequest | AggregateRequest): Promise<number> {
    for (let attempt = 1; ; attempt++) {
      this.#checkCancelled()
      this.#connection = await file.connect()
      try {
        this.#checkCancelled()
        return await this.#answer(this.#connection, request)
      } catch (error) {
        this.#checkCancelled()
        // The samples were moved to another table between the statement's writing and its start.
        if (attempt === MAX_ATTEMPTS || !/Catalog Error|does not exist/.test(String(error))) throw error
        await file.settled
      } finally {
        file.release(this.#connection)
        this.#connection = undefined
      }
    }
  }

  async #answer(connection: DuckDBConnection, request: ReadRequest | AggregateRequest): Promise<number> {
    const tables = file.tables
    const { maxRows } = request
    if (request.kind === 'read' && request.limit === undefined) {
      const counted = await connection.runAndReadAll(countSql(tables, request))
      if (Number(counted.getRows()[0]?.[0]) > maxRows) throw new TooManyRows(String(maxRows))
    }
    const sql = request.kind === 'read' ? readSql(tables, request) : aggregateSql(tables, request)
    const result = await connection.stream(sql)
    let rows = 0
    let parts: DuckDBDataChunk[] = []
    let length = 0
    for (;;) {
      const chunk = await result.fetchChunk()
      const isLast = !chunk || chunk.rowCount === 0
      if (!isLast) {
        parts.push(chunk)
        length += chunk.rowCount
        rows += chunk.rowCount
      }
      if (request.kind === 'aggregate' && rows > maxRows) throw new TooManyRows(String(maxRows))
      if (length >= ROWS_A_MESSAGE || (isLast && length > 0)) {
        await this.#send(columnsOf(parts, length))
        parts = []
        length = 0
      }
      if (isLast) return rows
    }
  }

  async #send(chunk: Columns): Promise<void> {
    while (this.#credit === 0 && !this.#isCancelled) await new Promise<void>((resolve) => (this.#wake = resolve))
    this.#checkCancelled()
    this.#credit--
    answer(
      { id: this.#id, kind: 'chunk', chunk },
      chunk.columns.map(({ buffer }) => buffer as ArrayBuffer),
    )
  }

  #checkCancelled(): void {
    if (this.#isCancelled) throw new Cancelled()
  }
}

/** All columns are doubles. */
function columnsOf(parts: readonly DuckDBDataChunk[], length: number): Columns {
  const columns = Array.from({ length: parts[0]?.columnCount ?? 0 }, (_, column) => {
    const all = new Float64Array(length)
    let at = 0
    for (const part of parts) {
      const vector = part.getColumnVector(column)
      const count = part.rowCount
      for (let row = 0; row < count; row++) all[at++] = vector.getItem(row) as number
    }
    return all
  })
  return { length, columns }
}

function answer(message: FromThread, transfer: readonly ArrayBuffer[] = []): void {
  port?.postMessage(message, transfer)
}

function codeOf(error: unknown): FailureCode {
  if (error instanceof TooManyRows) return 'ERR_TOO_MANY_ROWS'
  if (error instanceof Cancelled) return 'ERR_QUERY_CANCELLED'
  return /No space left|disk full|Could not write|File too large/i.test(String(error))
    ? 'ERR_STORE_FULL'
    : 'ERR_STORE_FAILED'
}

/** What is answered once. */
type Job = Exclude<ToThread, { kind: 'more' | 'cancel' }>

async function work(message: Job): Promise<number> {
  switch (message.kind) {
    case 'append':
      await file.append(message.request)
      return message.request.series.length
    case 'query': {
      const query = new Query(message.id)
      queries.set(message.id, query)
      const answering = query.answer(message.request)
      running.add(answering)
      try {
        return await answering
      } finally {
        queries.delete(message.id)
        running.delete(answering)
      }
    }
    case 'compact':
      await file.compact(message.isWhole)
      break
    case 'retain':
      return await file.retain(message.beforeMs)
    case 'backup':
      await file.backup(message.path)
      break
    case 'close':
      // A connection can't be closed while it works.
      for (const query of queries.values()) query.cancel()
      await Promise.allSettled(running)
      await file.close()
    // no default
  }
  return 0
}

async function receive(message: ToThread): Promise<void> {
  if (message.kind === 'more') return queries.get(message.id)?.more()
  if (message.kind === 'cancel') return queries.get(message.id)?.cancel()
  const { id } = message
  try {
    const count = await work(message)
    answer({ id, kind: 'done', state: file.state, count })
  } catch (error) {
    answer({ id, kind: 'failed', code: codeOf(error), message: error instanceof Error ? error.message : String(error) })
  }
  if (message.kind === 'close') port?.close()
}

try {
  const { series, keys } = await file.open()
  answer({ kind: 'opened', series, keys, state: file.state })
  port.on('message', (message: ToThread) => void receive(message))
} catch (error) {
  answer({ kind: 'failedToOpen', message: error instanceof Error ? error.message : String(error) })
}
