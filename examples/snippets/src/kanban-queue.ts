import assert from 'node:assert/strict'

const seen: number[] = []

// #region readme
import { PullQueue } from '@tps/kanban'

const queue = new PullQueue<number>({ capacity: 2 })

async function produce(): Promise<void> {
  for (let item = 0; item < 10; item++) await queue.put(item) // waits for room: never more than 2 wait
  queue.close()
}

async function consume(): Promise<void> {
  for await (const item of queue) seen.push(item) // ends when the queue is closed and empty
}

await Promise.all([produce(), consume()])
console.log(queue.offer(11)) // false: closed
// #endregion

assert.deepEqual(seen, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
