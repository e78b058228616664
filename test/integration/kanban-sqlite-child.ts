import { writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { SqliteQueue } from '@tps/kanban/sqlite'

// A producer or a worker on a queue file, in a process of its own. It prints what the queue has acknowledged.
// Run as: <put | work> <file> <name> [ms a job].

const [role = '', path = '', name = '', jobMs = '0'] = process.argv.slice(2)
const say = (event: object): void => void writeSync(1, `${JSON.stringify(event)}\n`)

const queue = await SqliteQueue.open<string>({ path, capacity: 200, leaseMs: 500, pollMs: 5 })
say({ ready: true })

async function produce(line: number): Promise<never> {
  for (let count = 0; ; count++) {
    const item = `${name}-${line}-${count}`
    await queue.put(item, { tenant: name, headers: { traceparent: item } })
    say({ in: item })
  }
}

async function work(): Promise<never> {
  for (;;) {
    const lease = await queue.lease()
    if (lease.tenant === undefined || lease.headers['traceparent'] !== lease.item) say({ stripped: lease.item })
    if (Number(jobMs) > 0) {
      say({ began: lease.item })
      await sleep(Number(jobMs))
    }
    say({ ending: lease.item, attempt: lease.attempt })
    try {
      await lease.ack()
      say({ ended: lease.item })
    } catch (error) {
      say({ lost: lease.item, code: (error as { code?: unknown }).code })
    }
  }
}

await Promise.all(Array.from({ length: 8 }, (_, line) => (role === 'put' ? produce(line) : work())))
