import assert from 'node:assert/strict'

// #region readme
import { PullQueue, QueueFullError, WorkerPool } from '@tps/kanban'

const queue = new PullQueue<string>({ name: 'mails', capacity: 100 })
const pool = new WorkerPool<string, number>({ source: queue, workers: 2, timeoutMs: 5_000 }, async (address) => {
  return await deliver(address)
})

try {
  console.log(`took ${await pool.submit('a@example.org')} ms`)
} catch (error) {
  if (!(error instanceof QueueFullError)) throw error
  console.log(`busy: try again in ${error.retryAfterMs} ms`)
}
// #endregion

async function deliver(address: string): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, 10))
  return address.length
}

assert.equal(pool.snapshot().processed, 1)
assert.deepEqual(await pool.stop(), [])
