import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/nats-core'
import { WorkerPool } from '@tps/kanban'
import { JetStreamQueue, type JetStreamQueueOptions } from '@tps/kanban/nats'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { RunningNats } from './nats.ts'

// Bad luck with the server and the connection, seen from within one process.

let nats: RunningNats
let count = 0
const open: JetStreamQueue<string>[] = []

beforeAll(async () => {
  nats = await RunningNats.start()
}, 240_000)
afterAll(async () => nats.stop())
afterEach(async () => {
  await Promise.all(open.splice(0).map((queue) => queue.stop()))
})

interface Opened {
  readonly queue: JetStreamQueue<string>
  readonly connection: NatsConnection
  readonly name: string
}

async function openQueue(options: Partial<JetStreamQueueOptions<string>> = {}, server = nats): Promise<Opened> {
  const name = `luck-${count++}`
  const connection = await server.connect()
  const queue = await JetStreamQueue.open<string>({
    connection,
    name,
    requestMs: 500,
    refreshMs: 50,
    heartbeatMs: 100,
    ...options,
  })
  queue.on('problem', () => {})
  open.push(queue)
  return { queue, connection, name }
}

function refusal(code: string, words: RegExp): object {
  return expect.objectContaining({
    name: 'JetStreamQueueError',
    code,
    message: expect.stringMatching(words) as unknown,
  }) as object
}

describe('a server that will not do', () => {
  it('is named when JetStream is off', async () => {
    const without = await RunningNats.start('--no-jetstream')
    try {
      await expect(openQueue({}, without)).rejects.toEqual(refusal('ERR_JETSTREAM_OFF', /--jetstream/))
    } finally {
      await without.stop()
    }
  })

  it('is named when it is too old, or lacks what is asked for', async () => {
    const connection = await nats.connect()
    const info = connection.info
    const aged = (version: string): NatsConnection =>
      Object.create(connection, { info: { value: { ...info, version } } }) as NatsConnection
    await expect(openQueue({ connection: aged('2.8.4') })).rejects.toEqual(
      refusal('ERR_SERVER_TOO_OLD', /2\.8\.4 is too old, 2\.9\.0 or later/),
    )
    await expect(openQueue({ connection: aged('2.9.25'), compression: true })).rejects.toEqual(
      refusal('ERR_SERVER_TOO_OLD', /compression needs nats-server 2\.10\.0 or later, this one is 2\.9\.25/),
    )
  })

  it('is left alone when it has something else of that name', async () => {
    const connection = await nats.connect()
    const manager = await jetstreamManager(connection)
    const name = `luck-${count}`
    await manager.streams.add({ name, subjects: ['theirs'] })
    await expect(openQueue()).rejects.toEqual(
      refusal('ERR_STORAGE_FOREIGN', /retention is limits instead of workqueue/),
    )
    expect((await manager.streams.info(name)).config.subjects).toEqual(['theirs'])
    await manager.streams.add({ name: 'thief', subjects: [`kanban.luck-${count}.*`] })
    await expect(openQueue()).rejects.toEqual(refusal('ERR_STORAGE_FOREIGN', /another stream has its subjects/))
  })

  it('says so when a message may not be sent there', async () => {
    const file = join(tmpdir(), `nats-permissions-${process.pid}.conf`)
    writeFileSync(
      file,
      `authorization { users = [ { user: some, password: p,
        permissions: { publish: { deny: ["kanban.>"] } } } ] }`,
    )
    const strict = await RunningNats.start('--config', file)
    try {
      const connection = await strict.connect({ user: 'some', pass: 'p' })
      const { queue } = await openQueue({ connection })
      await expect(queue.put('a')).rejects.toEqual(refusal('ERR_STORAGE_REFUSED', /permission/i))
    } finally {
      await strict.stop()
    }
  })

  it('is out of room: the item is not in, and everything before is', async () => {
    const { queue } = await openQueue({ maxBytes: 3_000 })
    const put = async (): Promise<void> => {
      for (let index = 0; index < 100; index++) await queue.put('x'.repeat(200))
    }
    await expect(put()).rejects.toEqual(refusal('ERR_STORAGE_FULL', /maxBytes/))
    const { admitted } = queue.snapshot()
    expect(admitted).toBeGreaterThan(3)
    const pool = new WorkerPool({ source: queue, workers: 2 }, () => {})
    await expect.poll(() => queue.snapshot().acked).toBe(admitted)
    await pool.stop()
    await queue.put('room again')
  })
})

describe('a server that is gone for a while', () => {
  it('comes back: who waited for work gets it, what was being put in gets in, what is held is acknowledged', async () => {
    const { queue } = await openQueue({ requestMs: 10_000, leaseMs: 10_000 })
    await queue.put('held')
    const held = await queue.lease()
    const waiting = queue.lease()
    const told: string[] = []
    queue.on('disconnected', () => told.push('disconnected'))
    queue.on('reconnected', () => told.push('reconnected'))
    await nats.kill('SIGTERM')
    await expect.poll(() => queue.snapshot().isConnected).toBe(false)
    const put = queue.put('while away')
    const ack = held.ack()
    await nats.restart()
    await Promise.all([put, ack])
    expect((await waiting).item).toBe('while away')
    await (await waiting).ack()
    await expect.poll(() => queue.snapshot()).toMatchObject({ depth: 0, leased: 0, isConnected: true, reconnects: 1 })
    expect(told).toEqual(['disconnected', 'reconnected'])
  })

  it('says after requestMs that the outcome is not known, and a lease still stands', async () => {
    const { queue } = await openQueue({ leaseMs: 10_000 })
    await queue.put('held')
    const held = await queue.lease()
    await nats.freeze()
    try {
      await expect(queue.put('in doubt')).rejects.toEqual(refusal('ERR_STORAGE_TIMEOUT', /may be done or not/))
      await expect(held.ack()).rejects.toMatchObject({ code: 'ERR_STORAGE_TIMEOUT' })
    } finally {
      nats.signal('SIGCONT')
    }
    await held.ack()
    expect((await queue.lease()).item).toBe('in doubt')
  })

  it('stands still: the wait is silent, is begun anew, and goes on', async () => {
    const { queue } = await openQueue()
    const waiting = queue.lease()
    await expect.poll(() => queue.snapshot().lastPullAgeMs).toBe(null)
    await nats.freeze()
    try {
      await expect.poll(() => queue.snapshot().stalls, { timeout: 5_000 }).toBeGreaterThanOrEqual(1)
    } finally {
      nats.signal('SIGCONT')
    }
    await queue.put('after').catch(async () => queue.put('after'))
    expect((await waiting).item).toBe('after')
    expect(queue.snapshot().lastPullAgeMs).toBeLessThan(1_000)
  })

  it('loses the wait alone: a pull that the server forgot is begun anew', async () => {
    const { queue, connection } = await openQueue()
    const swallowed: string[] = []
    const publish = connection.publish.bind(connection)
    connection.publish = (subject, payload, options) => {
      if (subject.includes('MSG.NEXT') && swallowed.length === 0) swallowed.push(subject)
      else publish(subject, payload, options)
    }
    const waiting = queue.lease()
    await queue.put('found')
    expect((await waiting).item).toBe('found')
    expect([swallowed.length, queue.snapshot().stalls]).toEqual([1, 1])
  })

  it('is told as a problem when the queue itself asks in vain, and no call hangs', async () => {
    const { queue } = await openQueue({ reconcileMs: 50 })
    const problem = new Promise((resolve) => queue.on('problem', resolve))
    await nats.freeze()
    try {
      expect(await problem).toMatchObject({ error: { name: 'TimeoutError' } })
      expect(await queue.leaseNow()).toBeUndefined()
      await expect(queue.deadLetters.list()).rejects.toMatchObject({ code: 'ERR_STORAGE_TIMEOUT' })
      await queue.stop()
    } finally {
      nats.signal('SIGCONT')
    }
  })
})

describe('what is taken away', () => {
  it('is the stream: put says so, and opening again makes a new one', async () => {
    const { queue, connection, name } = await openQueue()
    await (await jetstreamManager(connection)).streams.delete(name)
    await expect(queue.put('a')).rejects.toEqual(refusal('ERR_STORAGE_GONE', /nobody listens/))
    const again = await JetStreamQueue.open<string>({ connection, name })
    open.push(again)
    await again.put('b')
    expect((await again.lease()).item).toBe('b')
  })

  it('is the connection, by its owner who drains it: nothing is thrown where nobody could catch it', async () => {
    const { queue, connection } = await openQueue({ classes: ['urgent', 'standard'] })
    const waiting = [queue.lease(), queue.lease()].map(async (each) => each.catch((error: unknown) => error))
    await expect.poll(() => queue.snapshot().lastPullAgeMs).not.toBe(null)
    const drained = connection.drain()
    const late = queue.lease().catch((error: unknown) => error)
    await drained
    for (const each of [...waiting, late]) expect(await each).toMatchObject({ code: 'ERR_STORAGE_GONE' })
    await expect(queue.leaseNow()).rejects.toMatchObject({ code: 'ERR_STORAGE_GONE' })
  })

  it('is the connection: everything says so at once, also who waits', async () => {
    const { queue, connection } = await openQueue({ capacity: 1 })
    await queue.put('a')
    const lease = await queue.lease()
    const waiting = [queue.lease(), queue.put('b')].map(async (each) => each.catch((error: unknown) => error))
    await expect.poll(() => queue.snapshot().waitingProducers).toBe(1)
    await connection.close()
    const gone = refusal('ERR_STORAGE_GONE', /connection is closed/)
    for (const each of waiting) expect(await each).toEqual(gone)
    for (const call of [() => queue.put('c'), () => queue.lease(), () => queue.leaseNow(), () => lease.ack()])
      await expect(call()).rejects.toEqual(gone)
    expect(queue.snapshot().isConnected).toBe(false)
    await queue.stop()
  })
})

describe('a full queue', () => {
  it('is asked less and less often, by one of those that wait', async () => {
    const { queue, connection } = await openQueue({ capacity: 1 })
    await queue.put('a')
    let asked = 0
    const publish = connection.publish.bind(connection)
    connection.publish = (subject, payload, options) => {
      if (subject.startsWith('kanban.')) asked++
      publish(subject, payload, options)
    }
    const waiting = Array.from({ length: 50 }, (_, index) => queue.put(`${index}`))
    await sleep(1_000)
    // Fifty at first, which nobody had refused yet; then 4, 8, 16 … ms apart, or half of that.
    expect(asked).toBeLessThanOrEqual(50 + 20)
    const pool = new WorkerPool({ source: queue, workers: 4 }, () => {})
    await Promise.all(waiting)
    await pool.stop()
  })
})
