import assert from 'node:assert/strict'

let isDown = true

function charge(order: string): string {
  if (isDown) throw new Error('the bank does not answer')
  return `charged ${order}`
}

// #region readme
import { DeadLetterQueue, PullQueue, WorkerPool } from '@tps/kanban'

const queue = new PullQueue<string>({ capacity: 100 })
const deadLetters = new DeadLetterQueue<string>({ capacity: 1_000 })
const pool = new WorkerPool<string, string>(
  { source: queue, attempts: 3, backoff: { baseMs: 0 }, deadLetters },
  (order) => charge(order),
)

queue.offer('order 7')
await pool.drain()
for (const { id, item, attempts, errors } of deadLetters.entries()) console.log(id, item, attempts, errors.at(-1))

isDown = false
console.log(await deadLetters.redrive((order) => queue.offer(order))) // { redriven: 1, left: 0 }
await pool.drain()
// #endregion

assert.equal(pool.snapshot().processed, 1)
assert.equal(deadLetters.size, 0)
