import { DatabaseSync, type StatementSync } from 'node:sqlite'
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

/** How many rows are written in one go: some 10 ms, after which others have their turn. */
const ROWS_AT_ONCE = 10_000

/** Products and customers in SQLite. Blocks whoever calls it: it lives in a thread of its own. */
export class SqliteStore {
  readonly #db: DatabaseSync
  readonly #fetch: Readonly<Record<QueryName, StatementSync>>
  readonly #wanted: Readonly<Record<TableName, number>>

  /** Opens `path`, or a private temporary file where it is empty, and fills the customers. */
  constructor(path: string, products: number) {
    this.#wanted = { products, customers: CUSTOMERS }
    this.#db = new DatabaseSync(path)
    // Other processes may have the same file open. A temporary one needs no safety.
    this.#db.exec(
      path === ''
        ? 'PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF'
        : 'PRAGMA busy_timeout=10000; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL',
    )
    for (const sql of TABLES_SQL) this.#db.exec(sql)
    this.#fetch = { product: this.#db.prepare(QUERIES.product.sql), customer: this.#db.prepare(QUERIES.customer.sql) }
    while (this.fill('customers')) continue
  }

  /** Writes the next rows of a table. Returns whether there are more to write. Processes that share the file take turns. */
  fill(table: TableName): boolean {
    const wanted = this.#wanted[table]
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      const there = Number(this.#value(`SELECT coalesce(max(rowid), 0) AS value FROM ${table}`))
      const upTo = Math.min(wanted, there + ROWS_AT_ONCE)
      if (there < upTo)
        this.#db.exec(
          `WITH RECURSIVE n(i) AS (SELECT ${there + 1} UNION ALL SELECT i + 1 FROM n WHERE i < ${upTo})
           INSERT INTO ${table} SELECT ${ROWS_SQL[table]} FROM n`,
        )
      this.#db.exec('COMMIT')
      return upTo < wanted
    } catch (error) {
      this.#db.exec('ROLLBACK')
      throw error
    }
  }

  fetch(query: QueryName, id: number): string | undefined {
    // All rows, as a client without LIMIT gets them: the scan doesn't end at the first one that fits.
    const [row] = this.#fetch[query].all({ $1: id })
    return row && String(row[QUERIES[query].column])
  }

  structure(): Structure {
    const names = Object.keys(ROWS_SQL)
    return {
      tables: names.map((name) => ({
        name,
        rows: Number(this.#value(`SELECT count(*) AS value FROM ${name}`)),
        bytes: null,
      })),
      indexes: this.#indexNames().map(indexReport),
      plans: Object.fromEntries(QUERY_NAMES.map((name) => [name, this.#plan(name)])) as Record<QueryName, string>,
    }
  }

  createIndex(name: IndexName): boolean {
    const isNew = !this.#indexNames().includes(name)
    this.#db.exec(indexSql(name).create)
    return isNew
  }

  dropIndex(name: IndexName): boolean {
    const wasThere = this.#indexNames().includes(name)
    this.#db.exec(indexSql(name).drop)
    return wasThere
  }

  close(): void {
    this.#db.close()
  }

  #indexNames(): IndexName[] {
    const rows = this.#db.prepare(`SELECT name FROM sqlite_schema WHERE type = 'index'`).all()
    return rows.map(({ name }) => String(name)).filter(isIndexName)
  }

  #plan(query: QueryName): string {
    const steps = this.#db.prepare(`EXPLAIN QUERY PLAN ${QUERIES[query].sql}`).all({ $1: 1 })
    return steps.map(({ detail }) => String(detail)).join('\n')
  }

  #value(sql: string): unknown {
    return this.#db.prepare(sql).get()?.['value']
  }
}
