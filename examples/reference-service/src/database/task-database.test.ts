import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CUSTOMERS } from './queries.ts'
import { type DatabaseOptions, TaskDatabase } from './task-database.ts'

const PRODUCTS = 25_000
let folder: string
const opened: TaskDatabase[] = []

async function open(options: DatabaseOptions = {}): Promise<TaskDatabase> {
  const database = await TaskDatabase.open({ products: PRODUCTS, ...options })
  opened.push(database)
  return database
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tps-database-'))
})
afterEach(async () => {
  for (const database of opened.splice(0)) await database.close()
  rmSync(folder, { recursive: true })
})

describe('the embedded database of tasks', () => {
  it('has the same rows at every start', async () => {
    for (const path of ['', join(folder, 'tasks.db')]) {
      const database = await open({ path })
      expect(await database.fetch('product', 1)).toBe('{"sku":"SKU-10000001","price_cents":109,"stock":1}')
      expect(await database.fetch('product', 12_345)).toBe('{"sku":"SKU-10012345","price_cents":23819,"stock":381}')
      expect(await database.fetch('customer', 7)).toBe('{"language":"ja","discount_percent":7}')
      expect(await database.fetch('product', PRODUCTS + 1)).toBeUndefined()
    }
  })

  it('is full when its structure is told, and reads all of the products until there is an index', async () => {
    const database = await open()
    const { tables, indexes, plans } = await database.structure()
    expect(tables).toEqual([
      { name: 'products', rows: PRODUCTS, bytes: null },
      { name: 'customers', rows: CUSTOMERS, bytes: null },
    ])
    expect(indexes).toEqual([])
    expect(plans.product).toBe('SCAN products')
    expect(plans.customer).toMatch(/^SEARCH customers USING INTEGER PRIMARY KEY/)
  })

  it('makes and drops the index, each once', async () => {
    const database = await open()
    expect(await database.dropIndex('idx_products_id')).toBe(false)
    expect(await database.createIndex('idx_products_id')).toBe(true)
    expect(await database.createIndex('idx_products_id')).toBe(false)
    const { indexes, plans } = await database.structure()
    expect(indexes).toEqual([{ name: 'idx_products_id', table: 'products', column: 'id' }])
    expect(plans.product).toBe('SEARCH products USING INDEX idx_products_id (id=?)')
    expect(await database.dropIndex('idx_products_id')).toBe(true)
    expect((await database.structure()).indexes).toEqual([])
  })

  it('shares a file with other processes: rows are written once, an index is there for all', async () => {
    const path = join(folder, 'shared.db')
    const [one, other] = await Promise.all([open({ path }), open({ path })])
    const [{ tables }] = await Promise.all([one.structure(), other.structure()])
    expect(tables.map(({ rows }) => rows)).toEqual([PRODUCTS, CUSTOMERS])
    await one.createIndex('idx_products_id')
    expect((await other.structure()).indexes.map(({ name }) => name)).toEqual(['idx_products_id'])
    expect(await other.fetch('product', 5)).toContain('SKU-10000005')
  })

  it('answers for customers while the products are still being written', async () => {
    const database = await open({ products: 400_000 })
    const order: string[] = []
    await Promise.all([
      database.fetch('product', 400_000).then(() => order.push('product')),
      database.fetch('customer', 1).then(() => order.push('customer')),
    ])
    expect(order).toEqual(['customer', 'product'])
  })

  it('tells how its queries fare, the slowest first', async () => {
    const database = await open()
    await database.structure()
    for (const id of [1, 2, 3]) await database.fetch('product', id)
    await database.fetch('customer', 1)
    const { system, isOpen, pending, queries } = database.snapshot()
    expect({ system, isOpen, pending }).toEqual({ system: 'sqlite', isOpen: true, pending: 0 })
    expect(queries).toMatchObject([
      { name: 'product', sql: 'SELECT sku_info FROM products WHERE id = $1', calls: 3, totalCalls: 3, errors: 0 },
      { name: 'customer', sql: 'SELECT customer_preferences FROM customers WHERE id = $1', calls: 1 },
    ])
    expect(queries[0]?.avgMs).toBeGreaterThan(0)
    expect(queries[0]?.p99Ms).toBeGreaterThanOrEqual(queries[0]?.avgMs ?? Infinity)
  })

  it('gives up at once when the caller does', async () => {
    const database = await open()
    const abort = new AbortController()
    const asked = database.fetch('product', 1, abort.signal)
    abort.abort(new Error('no longer wanted'))
    await expect(asked).rejects.toThrow('no longer wanted')
    await expect(database.fetch('product', 1, abort.signal)).rejects.toThrow('no longer wanted')
  })

  it('refuses what is more than it may have under way', async () => {
    const database = await open({ maxPending: 1 })
    const first = database.fetch('product', 1)
    await expect(database.fetch('customer', 1)).rejects.toMatchObject({ code: 'ERR_DATABASE_BUSY', pending: 1 })
    await first
    expect(database.snapshot()).toMatchObject({ refused: 1, pending: 0 })
  })

  it('answers nothing once it is closed', async () => {
    const database = await open()
    await database.close()
    await database.close()
    await expect(database.fetch('customer', 1)).rejects.toMatchObject({ code: 'ERR_DATABASE_CLOSED' })
    await expect(database.structure()).rejects.toMatchObject({ code: 'ERR_DATABASE_CLOSED' })
    expect(database.snapshot().isOpen).toBe(false)
  })

  it('says why it can not be opened', async () => {
    await expect(open({ path: join(folder, 'no/such/folder.db') })).rejects.toMatchObject({ code: 'ERR_DATABASE' })
  })
})
