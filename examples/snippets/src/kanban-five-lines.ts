import assert from 'node:assert/strict'

// #region readme
import { PullQueue, WorkerPool } from '@tps/kanban'

const queue = new PullQueue<string>({ capacity: 100 })
const pool = new WorkerPool<string, number>({ source: queue, workers: 2 }, (address) => deliver(address))
console.log(await pool.submit('a@example.org'))
// #endregion

async function deliver(address: string): Promise<number> {
  return address.length
}

assert.equal(pool.snapshot().processed, 1)
