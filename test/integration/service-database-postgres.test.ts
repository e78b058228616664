import { expect, it } from 'vitest'
import { RunningPostgres } from './postgres.ts'
import { RunningService } from './service.ts'
import { type DatabaseReport, assertTutorial5 } from './tutorial-5.ts'

/** What a machine that does much else besides may take. */
const MOST_MS = 240_000

it(
  'tutorial 5 is the same with PostgreSQL, where another process finds what was made',
  async () => {
    await using postgres = await RunningPostgres.start()
    const environment = { DATABASE_PRODUCTS: '1200000', DATABASE_URL: postgres.url }
    await assertTutorial5(environment, { scan: /Seq Scan on products/, index: /Index Scan using idx_products_id/ })
    await using other = await RunningService.start(environment)
    const { system, tables, indexes } = await other.json<DatabaseReport>('/admin/database')
    expect(system).toBe('postgresql')
    expect(tables).toMatchObject([
      { rows: 1_200_000, bytes: expect.any(Number) },
      { rows: 1_000, bytes: expect.any(Number) },
    ])
    expect(indexes.map(({ name }) => name)).toEqual(['idx_products_id'])
  },
  MOST_MS,
)
