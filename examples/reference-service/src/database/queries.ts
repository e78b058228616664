import type { IndexReport } from './report.ts'

/** What tasks ask the database. The text is that of the tutorial, the same for SQLite and for PostgreSQL. */
export const QUERIES = {
  product: { sql: 'SELECT sku_info FROM products WHERE id = $1', table: 'products', column: 'sku_info' },
  customer: {
    sql: 'SELECT customer_preferences FROM customers WHERE id = $1',
    table: 'customers',
    column: 'customer_preferences',
  },
} as const

/** A query by its name. */
export type QueryName = keyof typeof QUERIES

/** The names of all queries. */
export const QUERY_NAMES = Object.keys(QUERIES) as QueryName[]

/** The indexes that may be made and dropped while the service runs. `idx_products_id` is the one that tutorial 5 misses. */
export const INDEXES = {
  idx_products_id: { table: 'products', column: 'id' },
} as const

/** An index by its name. */
export type IndexName = keyof typeof INDEXES

/** An index that is there, as it is reported. */
export function indexReport(name: IndexName): IndexReport {
  const { table, column } = INDEXES[name]
  return { name, table, column }
}

export function isIndexName(name: string): name is IndexName {
  return Object.hasOwn(INDEXES, name)
}

/** The statement that makes an index, and the one that drops it. */
export function indexSql(name: IndexName): { readonly create: string; readonly drop: string } {
  const { table, column } = INDEXES[name]
  return {
    create: `CREATE INDEX IF NOT EXISTS ${name} ON ${table}(${column})`,
    drop: `DROP INDEX IF EXISTS ${name}`,
  }
}

/**
 * `products` has no key on purpose: a look-up reads all of it until somebody makes the index. `customers` has one.
 * Both databases understand these statements.
 */
export const TABLES_SQL = [
  'CREATE TABLE IF NOT EXISTS products(id integer NOT NULL, sku_info text NOT NULL)',
  'CREATE TABLE IF NOT EXISTS customers(id integer PRIMARY KEY, customer_preferences text NOT NULL)',
] as const

/** The row number `i`, from 1, of each table: the same in every database and at every start. */
export const ROWS_SQL = {
  products: `i, '{"sku":"SKU-' || (10000000 + i) || '","price_cents":' || ((i % 9973) * 10 + 99) || ',"stock":' || (i % 997) || '}'`,
  customers: `i, '{"language":"' || CASE i % 4 WHEN 0 THEN 'de' WHEN 1 THEN 'en' WHEN 2 THEN 'fr' ELSE 'ja' END || '","discount_percent":' || (i % 21) || '}'`,
} as const

/** A table by its name. */
export type TableName = keyof typeof ROWS_SQL

/** How many products there are by default: so many that reading all of them takes some 60 ms, as in tutorial 5. */
export const PRODUCTS = 1_200_000

/** How many customers there are. Each fits into the cache. */
export const CUSTOMERS = 1_000
