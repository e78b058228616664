import { PullQueue } from '@tps/kanban'
import { bytesEach, compare } from './harness.ts'

const item = { id: 1 }

function pullQueueOf(depth: number): PullQueue<object> {
  const queue = new PullQueue<object>({ capacity: depth + 1 })
  for (let i = 0; i < depth; i++) queue.offer(item)
  return queue
}

for (const depth of [16, 100_000, 1_000_000]) {
  const queue = pullQueueOf(depth)
  const array: object[] = Array.from({ length: depth }, () => item)
  await compare({
    title: `push + pull at depth ${depth.toLocaleString('en-US')}`,
    // An array's shift moves everything that is left: at depth 1,000,000 a round of it takes a second per 1,000.
    operations: depth === 16 ? 500_000 : 200,
    contenders: [
      {
        name: 'kanban offer + poll',
        run: (operations) => {
          for (let i = 0; i < operations; i++) {
            queue.offer(item)
            queue.poll()
          }
        },
      },
      {
        name: 'array push + shift',
        run: (operations) => {
          for (let i = 0; i < operations; i++) {
            array.push(item)
            array.shift()
          }
        },
      },
    ],
  })
  if (depth === 16) continue
  await compare({
    title: `offer + poll alone at depth ${depth.toLocaleString('en-US')}, many at a time`,
    operations: 500_000,
    contenders: [
      {
        name: 'kanban offer + poll',
        run: (operations) => {
          for (let i = 0; i < operations; i++) {
            queue.offer(item)
            queue.poll()
          }
        },
      },
      {
        name: 'kanban offer + lease + ack',
        run: (operations) => {
          for (let i = 0; i < operations; i++) {
            queue.offer(item)
            queue.tryLease()?.ack()
          }
        },
      },
    ],
  })
}

const bytes = bytesEach(1_000_000, (count) => pullQueueOf(count))
console.log(`\nmemory: ${bytes.toFixed(1)} B an item queued, beyond the item, at depth 1,000,000`)
