import { describe, expect, it } from 'vitest'
import { RunningService } from './service.ts'
import { assertTutorial5 } from './tutorial-5.ts'

/** What a machine that does much else besides may take. */
const MOST_MS = 180_000

it(
  'tutorial 5: the missing index is found in a trace and added',
  async () => {
    await assertTutorial5(
      { DATABASE_PRODUCTS: '2000000' },
      { scan: /^SCAN products$/, index: /USING INDEX idx_products_id/ },
    )
  },
  MOST_MS,
)

describe('the database of the tasks', () => {
  it('is no reason to start when it can not be reached', async () => {
    const started = RunningService.start({ DATABASE_URL: 'postgres://tps:secret@127.0.0.1:1/none' })
    const failure = await started.then(
      () => new Error('it has started'),
      (error: unknown) => error as Error,
    )
    expect(failure.message).toMatch(/PostgreSQL can't be used: .*ECONNREFUSED/)
    expect(failure.message).not.toContain('secret')
  })

  it('is named once, and its password is not shown', async () => {
    await expect(RunningService.start({ DATABASE_URL: 'mysql://nobody' })).rejects.toThrow(
      'DATABASE_URL must be a URL that begins with postgres://',
    )
    await expect(RunningService.start({ DATABASE_URL: 'postgres://x', DATABASE_FILE: '/tmp/x' })).rejects.toThrow(
      'DATABASE_URL and DATABASE_FILE must not be given together',
    )
  })

  it('makes no index that it does not know', async () => {
    await using service = await RunningService.start()
    for (const method of ['POST', 'DELETE']) {
      const response = await fetch(`${service.url}/admin/database/indexes/idx_nobody`, { method })
      expect(response.status).toBe(404)
      expect(await response.json()).toMatchObject({ message: expect.stringContaining('idx_products_id') })
    }
    await service.post({ signal_type: 'execute', payload: { product_id: 7 } }, '/signal?wait=true')
    const forgotten = await fetch(`${service.url}/admin/database/cache`, { method: 'DELETE' })
    expect(await forgotten.json()).toEqual({ forgotten: 1 })
  })
})
