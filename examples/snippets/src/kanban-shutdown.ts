import assert from 'node:assert/strict'

const queue = new PullQueue<string>()
const pool = new WorkerPool<string, void>({ source: queue, workers: 4 }, async () => {
  await new Promise((resolve) => setTimeout(resolve, 5))
})
for (let n = 0; n < 20; n++) queue.offer(`job ${n}`)

// #region readme
import { PullQueue, WorkerPool } from '@tps/kanban'

async function shutDown(): Promise<void> {
  queue.close() // offer() is false from here on, what is in still comes out
  await Promise.race([pool.drain(), new Promise((resolve) => setTimeout(resolve, 20_000).unref())])
  const unfinished = await pool.stop({ graceMs: 5_000 }) // then handlers' signals abort
  console.log(`${unfinished.length} cut off, ${queue.depth} not begun`)
}
// #endregion

await shutDown()
assert.equal(pool.snapshot().processed, 20)
