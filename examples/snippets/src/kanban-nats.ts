import assert from 'node:assert/strict'
import { RunningNats } from '../../../test/integration/nats.ts'

// A server of its own, on a free port.
const nats = await RunningNats.start()
const servers = `127.0.0.1:${nats.port}`
const sent: string[] = []
const send = async (to: string): Promise<void> => void sent.push(to)

// #region readme
import { connect } from '@nats-io/transport-node'
import { WorkerPool } from '@tps/kanban'
import { JetStreamQueue } from '@tps/kanban/nats'

const connection = await connect({ servers, maxReconnectAttempts: -1 })
const queue = await JetStreamQueue.open<{ to: string }>({ connection, name: 'mails', dedupBy: ({ to }) => to })
const pool = new WorkerPool({ source: queue, workers: 8, attempts: 5 }, async ({ to }: { to: string }) => send(to))

await queue.put({ to: 'a@example.org' }) // on the server now: some worker, on some machine, will send it
await queue.put({ to: 'a@example.org' }) // the same key, within two minutes: nothing changes

await pool.drain()
await pool.stop()
await queue.stop()
await connection.close()
// #endregion

assert.deepEqual(sent, ['a@example.org'])
await nats.stop()
