import { rename, rm } from 'node:fs/promises'
import { backup } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { failureOf } from './sqlite-errors.ts'
import type { FromThread, StoreOptions, ToThread } from './sqlite-protocol.ts'
import { SqliteStore } from './sqlite-store.ts'
import { type PackedRequests, packAnswers, unpackRequests } from './sqlite-wire.ts'

/** How many pages a backup copies before it lets requests in between. */
const PAGES_AT_ONCE = 256

const port = parentPort
if (!port) throw new Error('this module runs in a worker thread')

function reply(message: FromThread): void {
  port?.postMessage(message)
}

function replyTo(open: SqliteStore, requests: PackedRequests): void {
  const { answers, standing } = open.run(unpackRequests(requests))
  reply({ kind: 'done', answers: packAnswers(answers), standing })
}

let store: SqliteStore | undefined
try {
  store = new SqliteStore(workerData as StoreOptions)
  replyTo(store, [])
} catch (error) {
  reply({ kind: 'failed', error: failureOf(error) })
}

port.on('message', (message: ToThread) => {
  if (!store) return
  if (message.kind === 'batch') {
    try {
      replyTo(store, message.requests)
    } catch (error) {
      reply({ kind: 'failed', error: failureOf(error) })
    }
    return
  }
  void other(store, message)
})

async function other(open: SqliteStore, message: Exclude<ToThread, { kind: 'batch' }>): Promise<void> {
  try {
    if (message.kind === 'verify') reply({ kind: 'verified', problems: open.verify() })
    else if (message.kind === 'backup') {
      await copy(open, message.path)
      reply({ kind: 'copied' })
    } else {
      store = undefined
      open.close()
      reply({ kind: 'closed' })
      port?.close()
    }
  } catch (error) {
    reply({ kind: message.kind === 'backup' ? 'copy-failed' : 'failed', error: failureOf(error) })
  }
}

/** A copy that is whole or not there. */
async function copy(open: SqliteStore, path: string): Promise<void> {
  const unfinished = `${path}.unfinished`
  try {
    await backup(open.db, unfinished, { rate: PAGES_AT_ONCE })
    await rename(unfinished, path)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
}
