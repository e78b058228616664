import assert from 'node:assert/strict'

const seen: string[] = []
const { signal } = new AbortController()

// #region readme
import { PullQueue, WorkerPool } from '@tps/kanban'

// const queue = new PQueue({ concurrency: 8, timeout: 5_000 })
const queue = new PullQueue<string>({ capacity: 1_000, classes: ['urgent', 'standard'] })
const pool = new WorkerPool<string, number>({ source: queue, workers: 8, timeoutMs: 5_000 }, (url, { signal }) =>
  download(url, signal),
)

// const size = await queue.add(({ signal }) => download(url, signal), { priority: 1, signal })
const size = await pool.submit('https://example.org/', { class: 'urgent', signal })

// await queue.onSizeLessThan(500), then void queue.add(…)
await queue.put('https://example.org/about')

// await queue.onIdle()
await pool.drain()
// #endregion

async function download(url: string, _signal: AbortSignal): Promise<number> {
  seen.push(url)
  return url.length
}

assert.equal(size, 20)
assert.deepEqual(seen, ['https://example.org/', 'https://example.org/about'])
