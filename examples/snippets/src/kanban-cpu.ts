import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { HandlerTimeoutError } from '@tps/kanban'

// #region readme
import { availableParallelism } from 'node:os'
import { Piscina } from 'piscina'
import { PullQueue, WorkerPool } from '@tps/kanban'

const maxThreads = Math.max(1, availableParallelism() - 1) // one is left for the event loop
const threads = new Piscina<number, number>({
  filename: new URL('kanban-cpu-worker.ts', import.meta.url).href,
  minThreads: maxThreads,
  maxThreads,
})
const queue = new PullQueue<number>({ name: 'primes', capacity: 100 })
const pool = new WorkerPool<number, number>(
  { source: queue, workers: maxThreads, timeoutMs: 10_000 },
  (below, { signal }) => threads.run(below, { name: 'countPrimes', signal }),
)

console.log(await pool.submit(1_000_000)) // 78498, and the event loop was free all the while

async function shutDown(): Promise<void> {
  await pool.stop({ graceMs: 5_000 }) // aborts what still runs, which ends its thread
  await threads.close()
}
// #endregion

// The event loop stays free while a thread computes.
let turns = 0
const ticking = setInterval(() => turns++, 1)
assert.equal(await pool.submit(3_000_000), 216_816)
clearInterval(ticking)
assert.ok(turns > 0)
assert.ok(threads.queueSize === 0)

// A timeout ends the thread, even one in an endless loop, and its slot is free again.
const hasty = new WorkerPool<number, number>(
  { source: new PullQueue<number>(), workers: maxThreads, timeoutMs: 50 },
  (item, { signal }) => threads.run(item, { name: 'spin', signal }),
)
await assert.rejects(hasty.submit(1), HandlerTimeoutError)
while (hasty.busy > 0) await sleep(5)
assert.equal(await pool.submit(100), 25)

await hasty.stop()
await shutDown()
