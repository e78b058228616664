import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const folder = mkdtempSync(join(tmpdir(), 'snippet-'))
const path = join(folder, 'mails.db')
const sent: string[] = []
const send = async (to: string): Promise<void> => void sent.push(to)

// #region readme
import { WorkerPool } from '@tps/kanban'
import { SqliteQueue } from '@tps/kanban/sqlite'

const queue = await SqliteQueue.open<{ to: string }>({ path, capacity: 10_000, dedupBy: ({ to }) => to })
const pool = new WorkerPool({ source: queue, workers: 8, attempts: 5 }, async ({ to }: { to: string }) => send(to))

await queue.put({ to: 'a@example.org' }) // on the disk now: it will be sent, whatever happens to this process
await queue.put({ to: 'a@example.org' }) // the same key: nothing changes

await pool.drain()
await pool.stop()
await queue.stop()
// #endregion

assert.deepEqual(sent, ['a@example.org'])
const again = await SqliteQueue.open({ path })
assert.deepEqual([again.depth, again.leased, await again.verify()], [0, 0, []])
await again.stop()
rmSync(folder, { recursive: true })
