import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TaskPayload, TaskRunner } from './execute-task.ts'
import { TaskDatabase } from './task-database.ts'

const PRODUCT_1 = { sku: 'SKU-10000001', price_cents: 109, stock: 1 }
let database: TaskDatabase

beforeAll(async () => {
  database = await TaskDatabase.open({ products: 100 })
})
afterAll(async () => {
  await database.close()
})

function setUp(ttlMs = 30_000): {
  runner: TaskRunner
  run: (payload: TaskPayload, signal?: AbortSignal) => Promise<unknown>
} {
  const runner = new TaskRunner(database, { CACHE_ENTRIES: 10, CACHE_TTL_MS: ttlMs })
  const run = (payload: TaskPayload, signal = new AbortController().signal): Promise<unknown> =>
    runner.executeTask(payload.task, { payload, signal, settings: { task_ms: 0 } })
  return { runner, run }
}

describe('a task', () => {
  it('brings the product and the customer that it names', async () => {
    const { run } = setUp()
    expect(await run({ task: 'price', product_id: 1 })).toEqual({ task: 'price', product: PRODUCT_1 })
    expect(await run({ task: 'mail', customer_id: 2 })).toEqual({
      task: 'mail',
      customer: { language: 'fr', discount_percent: 2 },
    })
    expect(await run({ product_id: 1, customer_id: 4 })).toEqual({
      task: null,
      product: PRODUCT_1,
      customer: { language: 'de', discount_percent: 4 },
    })
    expect(await run({ task: 'gone', product_id: 101 })).toEqual({ task: 'gone', product: null })
  })

  it('is for a customer that its name decides when it names nothing', async () => {
    const { run } = setUp()
    const first = await run({ task: 'hello' })
    expect(first).toEqual({
      task: 'hello',
      customer: { language: expect.any(String), discount_percent: expect.any(Number) },
    })
    expect(await run({ task: 'hello' })).toEqual(first)
    const languages = new Set<unknown>()
    for (let index = 0; index < 40; index++)
      languages.add(((await run({ task: `task-${index}` })) as { customer: { language: string } }).customer.language)
    expect(languages.size).toBe(4)
  })

  it('asks the database once as long as the answer is in the cache, also when there is none', async () => {
    const { runner, run } = setUp()
    const before = database.snapshot().queries.find(({ name }) => name === 'product')?.totalCalls ?? 0
    for (let times = 0; times < 3; times++) await run({ product_id: 5 })
    for (let times = 0; times < 3; times++) await run({ product_id: 999 })
    const after = database.snapshot().queries.find(({ name }) => name === 'product')?.totalCalls
    expect(after).toBe(before + 2)
    expect(runner.snapshot()).toMatchObject({ size: 2, hits: 4, misses: 2 })
    runner.clearCache()
    await run({ product_id: 5 })
    expect(runner.snapshot()).toMatchObject({ size: 1, misses: 3 })
  })

  it('ends with the reason of its signal when that aborts', async () => {
    const { run } = setUp()
    const abort = new AbortController()
    const slow = run({ task: 'slow', latency_ms: 60_000 }, abort.signal)
    abort.abort(new Error('the time is over'))
    await expect(slow).rejects.toThrow('the time is over')
    const lookUp = run({ task: 'x', product_id: 7 }, abort.signal)
    await expect(lookUp).rejects.toThrow('the time is over')
  })
})
