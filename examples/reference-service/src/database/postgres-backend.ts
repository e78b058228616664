import type pg from 'pg'
import type { Backend } from './backend.ts'
import { DatabaseClosedError, DatabaseError } from './errors.ts'
import {
  CUSTOMERS,
  type IndexName,
  QUERIES,
  QUERY_NAMES,
  type QueryName,
  ROWS_SQL,
  TABLES_SQL,
  type TableName,
  indexReport,
  indexSql,
  isIndexName,
} from './queries.ts'
import type { Structure } from './report.ts'

/** How PostgreSQL is reached. */
export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string
  readonly products: number
  /** How many connections there may be. */
  readonly connections: number
  /** How long a connection may take to come about, and a query to be answered, in ms. */
  readonly timeoutMs: number
}

/** How many rows are written in one statement. */
const ROWS_AT_ONCE = 100_000
/** Processes that start at the same time fill the tables one after the other. Any number that others don't use. */
const FILL_LOCK = 846_201_937

/** PostgreSQL behind a pool of connections. */
export class PostgresBackend implements Backend {
  readonly system = 'postgresql'
  readonly #pool: pg.Pool
  readonly #filled: Promise<void>
  #isClosed = false

  private constructor(pool: pg.Pool, filled: Promise<void>) {
    this.#pool = pool
    this.#filled = filled
    // Who needs the products is told; here nobody has asked yet.
    filled.catch(() => undefined)
  }

  /** Connects, and makes the tables where they are missing. The products may still be written when this resolves. */
  static async open({ url, products, connections, timeoutMs }: PostgresOptions): Promise<PostgresBackend> {
    // Loaded by those who have one.
    const { Client, Pool } = await import('pg')
    const pool = new Pool({
      connectionString: url,
      max: connections,
      connectionTimeoutMillis: timeoutMs,
      query_timeout: timeoutMs,
      application_name: 'tps-reference-service',
      allowExitOnIdle: true,
    })
    // A connection that breaks while nobody uses it is replaced; the next query tells if there is none.
    pool.on('error', () => undefined)
    try {
      // Filling takes longer than a query may, so it has a connection without that limit.
      const client = new Client({ connectionString: url, connectionTimeoutMillis: timeoutMs })
      client.on('error', () => undefined)
      await client.connect()
      await client.query('SELECT pg_advisory_lock($1)', [FILL_LOCK])
      for (const sql of TABLES_SQL) await client.query(sql)
      await fill(client, 'customers', CUSTOMERS)
      const filled = fillProducts(client, products)
      return new PostgresBackend(pool, filled)
    } catch (error) {
      await pool.end()
      throw new DatabaseError(`PostgreSQL can't be used: ${messageOf(error)}`, { cause: error })
    }
  }

  async fetch(query: QueryName, id: number): Promise<string | undefined> {
    if (query === 'product') await this.#filled
    const { sql, column } = QUERIES[query]
    const { rows } = await this.#query({ name: query, text: sql, values: [id] })
    return rows[0] && String(rows[0][column])
  }

  async structure(): Promise<Structure> {
    await this.#filled
    const names = Object.keys(ROWS_SQL) as TableName[]
    const tables = names.map(async (name) => {
      const { rows } = await this.#query({
        text: `SELECT count(*) AS rows, pg_table_size('${name}') AS bytes FROM ${name}`,
      })
      return { name, rows: Number(rows[0]?.['rows']), bytes: Number(rows[0]?.['bytes']) }
    })
    const plans = QUERY_NAMES.map(async (name) => {
      const { rows } = await this.#query({ text: `EXPLAIN ${QUERIES[name].sql.replace('$1', '1')}` })
      return [name, rows.map((row) => String(row['QUERY PLAN'])).join('\n')] as const
    })
    return {
      tables: await Promise.all(tables),
      indexes: (await this.#indexNames()).map(indexReport),
      plans: Object.fromEntries(await Promise.all(plans)) as Record<QueryName, string>,
    }
  }

  async createIndex(name: IndexName): Promise<boolean> {
    await this.#filled
    const isNew = !(await this.#indexNames()).includes(name)
    await this.#query({ text: indexSql(name).create })
    return isNew
  }

  async dropIndex(name: IndexName): Promise<boolean> {
    await this.#filled
    const wasThere = (await this.#indexNames()).includes(name)
    await this.#query({ text: indexSql(name).drop })
    return wasThere
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.#filled.catch(() => undefined)
    await this.#pool.end()
  }

  async #indexNames(): Promise<IndexName[]> {
    const { rows } = await this.#query({
      text: 'SELECT indexname FROM pg_indexes WHERE schemaname = ANY (current_schemas(false))',
    })
    return rows.map((row) => String(row['indexname'])).filter(isIndexName)
  }

  async #query(query: pg.QueryConfig): Promise<pg.QueryResult<Record<string, unknown>>> {
    if (this.#isClosed) throw new DatabaseClosedError()
    try {
      return await this.#pool.query<Record<string, unknown>>(query)
    } catch (error) {
      throw new DatabaseError(messageOf(error), { cause: error })
    }
  }
}

/** Writes the products, then lets the next process in. */
async function fillProducts(client: pg.Client, products: number): Promise<void> {
  try {
    await fill(client, 'products', products)
  } catch (error) {
    throw new DatabaseError(`the products can't be written: ${messageOf(error)}`, { cause: error })
  } finally {
    await client.end()
  }
}

/** Writes the rows of a table that are missing. */
async function fill(client: pg.Client, table: TableName, wanted: number): Promise<void> {
  const { rows } = await client.query<{ there: number }>(`SELECT coalesce(max(id), 0) AS there FROM ${table}`)
  let there = Number(rows[0]?.there)
  if (there >= wanted) return
  for (; there < wanted; there += ROWS_AT_ONCE)
    await client.query(
      `INSERT INTO ${table} SELECT ${ROWS_SQL[table]} FROM generate_series(${there + 1}, ${Math.min(wanted, there + ROWS_AT_ONCE)}) AS n(i)`,
    )
  // Without this the planner knows nothing of the rows until it happens by itself.
  await client.query(`ANALYZE ${table}`)
}

/** Of a failed connection to several addresses, the first. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return messageOf(error.errors[0])
  return error instanceof Error ? error.message : String(error)
}
