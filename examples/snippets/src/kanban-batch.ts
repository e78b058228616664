import assert from 'node:assert/strict'

const written: string[][] = []
const database = { insert: (rows: readonly string[]): Promise<void> => Promise.resolve(void written.push([...rows])) }

// #region readme
import { PullQueue, QueueClosedError } from '@tps/kanban'

const rows = new PullQueue<string>({ capacity: 10_000 })

async function write(): Promise<void> {
  try {
    // Up to 500 at once; a row waits for others no longer than 20 ms.
    for (;;) await database.insert(await rows.takeBatch(500, 20))
  } catch (error) {
    if (!(error instanceof QueueClosedError)) throw error // closed and empty: everything is written
  }
}
// #endregion

const writing = write()
for (let row = 0; row < 1_200; row++) await rows.put(`row ${row}`)
rows.close()
await writing
assert.equal(written.flat().length, 1_200)
assert.deepEqual(
  written.flat(),
  Array.from({ length: 1_200 }, (_, row) => `row ${row}`),
)
assert.ok(written.every((batch) => batch.length <= 500))
