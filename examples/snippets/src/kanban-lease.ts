import assert from 'node:assert/strict'

const saved: string[] = []

// #region readme
import { PullQueue } from '@tps/kanban'

const queue = new PullQueue<string>({ classes: ['expedite', 'standard'] })
queue.offer('report')
queue.offer('alarm', { class: 'expedite', deadlineMs: 60_000 })

const lease = await queue.lease() // waits until there is something
try {
  saved.push(lease.item)
  lease.ack()
} catch {
  lease.retry({ delayMs: 1_000 }) // comes back with lease.attempt 2
}
// #endregion

assert.deepEqual(saved, ['alarm'])
assert.equal(queue.depth, 1)
