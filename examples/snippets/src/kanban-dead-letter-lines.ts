import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DeadLetterQueue } from '@tps/kanban'

interface Order {
  readonly id: number
}

const folder = await mkdtemp(join(tmpdir(), 'dead-letters-'))
const path = join(folder, 'dead-letters.jsonl')
const deadLetters = new DeadLetterQueue<Order>({ keyBy: ({ id }) => id })
const next = new DeadLetterQueue<Order>({ keyBy: ({ id }) => id })
deadLetters.add({ item: { id: 7 }, errors: [new Error('the bank does not answer')], attempts: 3 })

// #region readme
import { createWriteStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

// Before the process ends …
await pipeline(Readable.from(deadLetters.exportLines({ stack: true })), createWriteStream(path))

// … and when the next one begins.
const file = await open(path)
const { imported } = await next.importLines(file.readLines(), { decode: (value) => checkOrder(value) })
// #endregion

function checkOrder(value: unknown): Order {
  if (typeof value !== 'object' || value === null || !('id' in value)) throw new TypeError('no order')
  return value as Order
}

assert.equal(imported, 1)
assert.deepEqual(next.get(1)?.item, { id: 7 })
assert.deepEqual(next.get(1)?.errors, [new Error('the bank does not answer')])
await rm(folder, { recursive: true })
