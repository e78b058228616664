// A trace that goes through a file, or a broker: W3C trace context in the headers of each item.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const folder = mkdtempSync(join(tmpdir(), 'tps-'))
const path = join(folder, 'orders.db')
// #region readme
import { QueueTracing } from '@tps/andon/tracing'
import { WorkerPool } from '@tps/kanban'
import { SqliteQueue } from '@tps/kanban/sqlite'

const orders = await SqliteQueue.open<string>({ path })
const tracing = new QueueTracing({ queue: 'orders', attributes: { 'messaging.system': 'sqlite' } })
const traced = tracing.source(orders)

await traced.put('order 1') // span "send orders"; its traceparent is in the item's headers
const pool = new WorkerPool<string>(
  { source: traced }, // here, or in another process with a QueueTracing of its own
  tracing.handler(async (order: string) => console.log(order)), // spans "wait orders" and "process orders", under the sender's
)
// #endregion

await pool.drain()
await pool.stop()
await orders.stop()
rmSync(folder, { recursive: true })
