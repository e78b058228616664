import { DatabaseSync } from 'node:sqlite'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import type { SignalRecord } from '../register.ts'
import type { OutcomeAnswer, OutcomeMessage, OutcomeRequest, OutcomeThreadData } from './outcome-protocol.ts'

// How signals ended, in the queue's own file. Not flushed to the disk by itself: a signal leaves the queue only after its end
// was written, and that commit flushes both, since they share one write-ahead log.

const { path, kept } = workerData as OutcomeThreadData
const database = new DatabaseSync(path)
database.exec(`
  PRAGMA busy_timeout = 10000;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS tps_outcomes (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    has_ended INTEGER NOT NULL,
    record TEXT NOT NULL
  ) STRICT;
`)
const accept = database.prepare('INSERT OR IGNORE INTO tps_outcomes (id, has_ended, record) VALUES (?, 0, ?)')
const drop = database.prepare('DELETE FROM tps_outcomes WHERE id = ? AND has_ended = 0')
const end = database.prepare(`
  INSERT INTO tps_outcomes (id, has_ended, record) VALUES (?, 1, ?)
  ON CONFLICT (id) DO UPDATE SET has_ended = 1, record = excluded.record WHERE has_ended = 0
`)
const revive = database.prepare(`
  UPDATE tps_outcomes SET has_ended = 0, record = json_set(record, '$.status', 'queued') WHERE id = ?
`)
const find = database.prepare('SELECT record FROM tps_outcomes WHERE id = ?')
const forget = database.prepare('DELETE FROM tps_outcomes WHERE number <= (SELECT max(number) FROM tps_outcomes) - ?')

function answer(request: OutcomeRequest): OutcomeAnswer {
  switch (request.kind) {
    case 'accepted':
      accept.run(request.record.id, JSON.stringify(request.record))
      return null
    case 'dropped':
      drop.run(request.id)
      return null
    case 'ended':
      return Number(end.run(request.record.id, JSON.stringify(request.record)).changes) === 1
    case 'revived':
      revive.run(request.id)
      return null
    case 'find':
    default:
      return found(request.id)
  }
}

function found(id: string): SignalRecord | null {
  const row = find.get(id)
  return row ? (JSON.parse(String(row['record'])) as SignalRecord) : null
}

function run(batch: readonly OutcomeRequest[]): OutcomeMessage {
  database.exec('BEGIN IMMEDIATE')
  try {
    const answers = batch.map(answer)
    forget.run(kept)
    database.exec('COMMIT')
    return { kind: 'answers', answers }
  } catch (error) {
    database.exec('ROLLBACK')
    return { kind: 'failed', message: error instanceof Error ? error.message : String(error) }
  }
}

const port = parentPort as MessagePort

function tell(message: OutcomeMessage): void {
  port.postMessage(message)
}

port.on('message', (batch: readonly OutcomeRequest[] | 'close') => {
  if (batch === 'close') {
    database.close()
    port.close()
  } else tell(run(batch))
})
tell({ kind: 'ready' })
