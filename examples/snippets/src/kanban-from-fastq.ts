import assert from 'node:assert/strict'

const failed: unknown[] = []

// #region readme
import { PullQueue, WorkerPool } from '@tps/kanban'

// const queue = fastq.promise(resize, 4)
const queue = new PullQueue<string>({ capacity: 1_000 })
const pool = new WorkerPool<string, string>({ source: queue, workers: 4 }, (picture) => resize(picture))

// const small = await queue.push('a.png')
const small = await pool.submit('a.png')

// queue.push('b.txt', (error) => { if (error) failed.push(error) })
pool.on('failed', ({ error }) => failed.push(error))
if (!queue.offer('b.txt')) console.log('busy')

// await queue.drained()
await pool.drain()
// #endregion

async function resize(picture: string): Promise<string> {
  if (!picture.endsWith('.png')) throw new TypeError(`${picture} is no picture`)
  return `small-${picture}`
}

assert.equal(small, 'small-a.png')
assert.deepEqual(failed, [new TypeError('b.txt is no picture')])
