import assert from 'node:assert/strict'

const dropped: string[] = []
const called: string[] = []
let attempts = 0
// Our timers don't keep a process alive; a service has something that does.
const service = setInterval(() => {}, 1_000)

// #region readme
import { PullQueue, WorkerPool } from '@tps/kanban'

// const limiter = new Bottleneck({ maxConcurrent: 1, highWater: 2, strategy: Bottleneck.strategy.LEAK })
const queue = new PullQueue<string>({ capacity: 2, overflow: 'drop-oldest' })

// limiter.on('failed', async (error, { retryCount }) => (retryCount < 2 ? 10 : undefined))
const retrying = { attempts: 3, backoff: { baseMs: 10, factor: 1 } }
const pool = new WorkerPool<string, string>({ source: queue, workers: 1, timeoutMs: 1_000, ...retrying }, (path) =>
  callApi(path),
)

// limiter.on('dropped', …)
queue.on('dropped', ({ item }) => dropped.push(item))

// const user = await limiter.schedule({ expiration: 1_000 }, () => callApi('/user'))
const user = await pool.submit('/user')

for (const path of ['/a', '/b', '/c', '/d']) queue.offer(path) // '/a' begins; '/b' makes room for '/d'
// #endregion

async function callApi(path: string): Promise<string> {
  if (attempts++ === 0) throw new Error('try again')
  called.push(path)
  return `200 ${path}`
}

assert.equal(user, '200 /user')
await pool.drain()
assert.deepEqual(dropped, ['/b'])
assert.deepEqual(called, ['/user', '/a', '/c', '/d'])
clearInterval(service)
