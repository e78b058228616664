import assert from 'node:assert/strict'

let isDown = true
// Our timers don't keep a process alive; a service has something that does.
const service = setInterval(() => {}, 1_000)

function charge(order: string): string {
  if (isDown || order === 'order 8') throw new Error('the bank does not answer')
  return `charged ${order}`
}

// #region readme
import { DeadLetterQueue, PullQueue, WorkerPool } from '@tps/kanban'

const queue = new PullQueue<string>({ capacity: 100 })
const deadLetters = new DeadLetterQueue<string>({ capacity: 1_000, into: queue })
const pool = new WorkerPool<string, string>(
  { source: queue, attempts: 3, backoff: { baseMs: 0 }, deadLetters },
  (order) => charge(order),
)

queue.offer('order 7')
queue.offer('order 8')
await pool.drain()
for (const { id, item, attempts, errors } of deadLetters) console.log(id, item, attempts, errors.at(-1))

isDown = false
const report = await deadLetters.redrive({ perSecond: 50 }) // { redriven: 2, ended: 'done', … }
await pool.drain()
console.log(deadLetters.find(({ poison }) => poison)) // order 8 again: { redrives: 1, attempts: 6, poison: true, … }
// #endregion

assert.deepEqual([report.redriven, report.ended], [2, 'done'])
assert.equal(pool.snapshot().processed, 1)
assert.deepEqual(
  deadLetters.list().map(({ item, redrives, attempts, poison }) => ({ item, redrives, attempts, poison })),
  [{ item: 'order 8', redrives: 1, attempts: 6, poison: true }],
)
clearInterval(service)
