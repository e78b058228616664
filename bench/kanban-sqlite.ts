import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { SqliteQueue } from '@tps/kanban/sqlite'
import { compare } from './harness.ts'

// A file of its own for each contender, all in one folder: what is measured is mostly the disk of that folder.
const folder = mkdtempSync(join(tmpdir(), 'bench-sqlite-'))
const item = { id: 'signal', payload: 'x'.repeat(100) }
const text = JSON.stringify(item)

function rawDatabase(name: string, synchronous: string): DatabaseSync {
  const db = new DatabaseSync(join(folder, name))
  db.exec(
    `PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}; CREATE TABLE t (id INTEGER PRIMARY KEY, item TEXT)`,
  )
  return db
}

async function openQueue(name: string, synchronous: 'full' | 'normal' = 'full'): Promise<SqliteQueue<typeof item>> {
  return await SqliteQueue.open<typeof item>({
    path: join(folder, name),
    capacity: Number.POSITIVE_INFINITY,
    synchronous,
  })
}

/** As many loops at once, until `operations` are done. */
async function together(loops: number, operations: number, one: () => Promise<unknown>): Promise<void> {
  let begun = 0
  await Promise.all(
    Array.from({ length: loops }, async () => {
      while (begun < operations) {
        begun++
        await one()
      }
    }),
  )
}

const raw = rawDatabase('raw.db', 'full')
const rawInsert = raw.prepare('INSERT INTO t (item) VALUES (?)')
const single = await openQueue('single.db')
const lax = await openQueue('lax.db', 'normal')
await compare({
  title: 'SQLite, one item at a time: a put that is on the disk',
  operations: 300,
  contenders: [
    { name: 'SqliteQueue.put', run: (operations) => together(1, operations, () => single.put(item)) },
    {
      name: 'bare insert and commit, no thread',
      run(operations) {
        for (let index = 0; index < operations; index++) rawInsert.run(text)
      },
    },
    {
      name: "SqliteQueue.put, synchronous 'normal'",
      run: (operations) => together(1, operations, () => lax.put(item)),
    },
  ],
})

const many = await openQueue('many.db')
await compare({
  title: 'SQLite, 256 producers at once',
  operations: 20_000,
  contenders: [
    { name: 'SqliteQueue.put', run: (operations) => together(256, operations, () => many.put(item)) },
    {
      name: 'bare inserts, 256 a commit, no thread',
      run(operations) {
        for (let index = 0; index < operations; index += 256) {
          raw.exec('BEGIN')
          for (let each = 0; each < 256; each++) rawInsert.run(text)
          raw.exec('COMMIT')
        }
      },
    },
  ],
})

const ROUNDS = 7
const WORKED = 10_000
const worked = await openQueue('worked.db')
await together(256, (ROUNDS + 2) * WORKED, () => worked.put(item))
const rawDelete = raw.prepare('DELETE FROM t WHERE id = ?')
const rawClaim = raw.prepare(
  'UPDATE t SET item = item WHERE id IN (SELECT id FROM t ORDER BY id LIMIT ?) RETURNING id, item',
)
await compare({
  title: 'SQLite, 64 workers: lease and acknowledge',
  operations: WORKED,
  rounds: ROUNDS,
  contenders: [
    { name: 'SqliteQueue', run: (operations) => together(64, operations, async () => (await worked.lease()).ack()) },
    {
      name: 'bare claims of 64 and deletes of 64, no thread',
      run(operations) {
        for (let index = 0; index < operations; index += 64) {
          const claimed = rawClaim.all(64)
          raw.exec('BEGIN')
          for (const { id } of claimed) rawDelete.run(id as number)
          raw.exec('COMMIT')
        }
      },
    },
  ],
})

for (const queue of [single, lax, many, worked]) await queue.stop()
raw.close()
rmSync(folder, { recursive: true })
