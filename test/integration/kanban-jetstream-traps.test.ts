import { setTimeout as sleep } from 'node:timers/promises'
import { type JetStreamManager, type StreamInfo, jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/nats-core'
import { WorkerPool } from '@tps/kanban'
import { JetStreamQueue, type JetStreamQueueOptions } from '@tps/kanban/nats'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { RunningNats } from './nats.ts'

// What JetStream does that a queue must not fall for: each was measured against nats-server 2.9.10.

let nats: RunningNats
let connection: NatsConnection
let manager: JetStreamManager
let name: string
let count = 0
const open: JetStreamQueue<string>[] = []

beforeAll(async () => {
  nats = await RunningNats.start()
}, 240_000)
afterAll(async () => nats.stop())

beforeEach(async () => {
  connection = await nats.connect()
  manager = await jetstreamManager(connection)
  name = `traps-${count++}`
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((queue) => queue.stop()))
  await connection.close()
})

async function openQueue(options: Partial<JetStreamQueueOptions<string>> = {}): Promise<JetStreamQueue<string>> {
  const queue = await JetStreamQueue.open<string>({ connection, name, refreshMs: 50, requestMs: 3_000, ...options })
  open.push(queue)
  return queue
}

async function inStream(stream = name): Promise<StreamInfo['state']> {
  return (await manager.streams.info(stream)).state
}

/** Takes messages as a worker does that dies of each, and says nothing. */
async function dieOf(messages: number): Promise<void> {
  const inbox = `die.${name}`
  let got = 0
  const subscription = connection.subscribe(inbox, { callback: (_error, { reply }) => void (got += reply ? 1 : 0) })
  connection.publish(`$JS.API.CONSUMER.MSG.NEXT.${name}.standard`, JSON.stringify({ batch: messages }), {
    reply: inbox,
  })
  await expect.poll(() => got).toBe(messages)
  subscription.unsubscribe()
}

/** The connection, except that answers to what is published to a matching subject are lost, so many times. */
function losing(subject: RegExp, times: number): NatsConnection & { lost: number } {
  const lossy = Object.create(connection) as NatsConnection & { lost: number }
  lossy.lost = 0
  lossy.publish = (to, payload, options) => {
    const isLost = subject.test(to) && lossy.lost < times
    if (isLost) lossy.lost++
    connection.publish(to, payload, isLost ? { ...options, reply: 'nobody' } : options)
  }
  return lossy
}

describe('giving up', () => {
  it('takes a message out although servers before 2.10.4 ignore a reason; the reason stands in the dead letter', async () => {
    const queue = await openQueue()
    await queue.put('bad')
    const lease = await queue.lease()
    await lease.deadLetter(new Error('it said no'))
    expect((await inStream()).messages).toBe(0)
    const [letter] = await queue.deadLetters.list()
    expect(letter).toMatchObject({ item: 'bad', attempts: 1, errors: [{ message: 'it said no' }] })
  })

  it('keeps the message when the dead letter could not be written, and takes it out when it could', async () => {
    const queue = await openQueue({ requestMs: 300 })
    await queue.put('precious')
    const lease = await queue.lease()
    const { config } = await manager.streams.info(`${name}-dead`)
    await manager.streams.delete(`${name}-dead`)
    await expect(lease.deadLetter('first')).rejects.toMatchObject({ code: 'ERR_STORAGE_GONE', queue: name })
    expect((await inStream()).messages).toBe(1)
    await manager.streams.add(config)
    await lease.deadLetter('second')
    expect((await inStream()).messages).toBe(0)
    expect(await queue.deadLetters.list()).toMatchObject([{ item: 'precious', errors: ['second'] }])
  })

  it('writes one dead letter although the confirmation of the first was lost', async () => {
    const lossy = losing(/^kanban-dead/, 1)
    const queue = await openQueue({ connection: lossy })
    await queue.put('bad')
    await (await queue.lease()).deadLetter('no')
    expect(lossy.lost).toBe(1)
    expect(await queue.deadLetters.list()).toHaveLength(1)
    expect((await inStream()).messages).toBe(0)
  })

  it('hands nothing out more often than maxDeliveries, and writes the dead letter itself', async () => {
    const queue = await openQueue({ leaseMs: 100, maxDeliveries: 2 })
    await queue.put('kills')
    const poisoned = new Promise((resolve) => queue.on('poisoned', resolve))
    await dieOf(1)
    await dieOf(1)
    const waiting = queue.lease().catch(() => undefined)
    await poisoned
    const [letter] = await queue.deadLetters.list()
    expect(letter).toMatchObject({ item: 'kills', attempts: 3, errors: [{ code: 'ERR_TOO_MANY_DELIVERIES' }] })
    expect((await inStream()).messages).toBe(0)
    await queue.stop()
    expect(await waiting).toBeUndefined()
  })

  it('makes a dead letter of what the server has given up because every worker died of it, and frees its room', async () => {
    const queue = await openQueue({ leaseMs: 100, maxDeliveries: 1, capacity: 1, reconcileMs: 50 })
    await queue.put('kills')
    // The server's own bound is two higher than ours. Only a pull after the last one makes it speak.
    for (let death = 0; death < 3; death++) await dieOf(1)
    expect(await queue.offer('no room')).toBe(false)
    await sleep(150)
    connection.publish(`$JS.API.CONSUMER.MSG.NEXT.${name}.standard`, '{"batch":1,"no_wait":true}', { reply: 'nobody' })
    await expect.poll(() => queue.snapshot().poisoned, { timeout: 5_000 }).toBe(1)
    expect(await queue.deadLetters.list()).toMatchObject([{ item: 'kills', attempts: 3 }])
    expect(await queue.offer('room')).toBe(true)
    expect(queue.snapshot().orphansFound).toBe(0)
  })
})

describe('the lease', () => {
  it('is over for the worker before the server gives the item to another, and then nothing of it counts', async () => {
    const slow = await openQueue({ leaseMs: 300 })
    const other = await openQueue({ leaseMs: 300, connection: await nats.connect() })
    await slow.put('contended')
    const lost = await slow.lease()
    let wasOver = false
    slow.on('leasesExpired', () => (wasOver = true))
    const second = await other.lease()
    expect([wasOver, second.item, second.attempt]).toEqual([true, 'contended', 2])
    for (const late of [() => lost.extend(1_000), () => lost.ack()])
      await expect(late()).rejects.toMatchObject({ code: 'ERR_LEASE_LOST', attempt: 1 })
    expect((await inStream()).messages).toBe(1)
    await second.ack()
    expect((await inStream()).messages).toBe(0)
  })

  it('is renewed by a pool at each third, so that a job longer than the lease runs once', async () => {
    const queue = await openQueue({ leaseMs: 150 })
    let runs = 0
    const pool = new WorkerPool({ source: queue, workers: 2 }, async () => {
      runs++
      await sleep(600)
    })
    await queue.put('long')
    await expect.poll(async () => (await inStream()).messages, { timeout: 5_000 }).toBe(0)
    expect([runs, queue.snapshot().leasesExpired, pool.snapshot().leasesLost]).toEqual([1, 0, 0])
    await pool.stop()
  })

  it('may be extended beyond what the server waits', async () => {
    const queue = await openQueue({ leaseMs: 100 })
    await queue.put('long')
    const lease = await queue.lease()
    await lease.extend(900)
    await sleep(600)
    expect(await queue.leaseNow()).toBeUndefined()
    await lease.ack()
    expect((await inStream()).messages).toBe(0)
  })

  it('sends an acknowledgement again whose confirmation was lost', async () => {
    const lossy = losing(/^\$JS\.ACK/, 1)
    const queue = await openQueue({ connection: lossy })
    await queue.put('done')
    await (await queue.lease()).ack()
    expect([lossy.lost, (await inStream()).messages]).toEqual([1, 0])
  })

  it('begins when the server sent the message: what waited in a process that stood still is not handed out', async () => {
    const queue = await openQueue({ leaseMs: 300 })
    const waiting = queue.lease()
    await expect.poll(async () => (await manager.consumers.info(name, 'standard')).num_waiting).toBe(1)
    const publisher = await nats.connect()
    publisher.publish(`kanban.${name}.standard`, '"early"')
    await publisher.flush()
    // This process stands still for longer than the lease, with the message in its socket.
    const until = Date.now() + 500
    while (Date.now() < until);
    const lease = await waiting
    expect([lease.item, lease.attempt]).toEqual(['early', 2])
    await lease.ack()
  })
})

describe('the pulling', () => {
  it('takes only what free workers can hold, so that nothing runs twice for having waited', async () => {
    const queue = await openQueue({ leaseMs: 300 })
    for (let index = 0; index < 60; index++) void queue.put(`job ${index}`)
    const runs: string[] = []
    let most = 0
    const pool = new WorkerPool({ source: queue, workers: 2 }, async (item: string) => {
      runs.push(item)
      await sleep(20)
      most = Math.max(most, (await manager.consumers.info(name, 'standard')).num_ack_pending)
    })
    await expect.poll(() => queue.snapshot().acked, { timeout: 10_000 }).toBe(60)
    expect([runs.length, new Set(runs).size]).toEqual([60, 60])
    expect(most).toBeLessThanOrEqual(2)
    await pool.stop()
  })

  it('takes back what was asked for when nobody waits for it any more', async () => {
    const queue = await openQueue()
    const controller = new AbortController()
    const waiting = queue.lease({ signal: controller.signal })
    await expect.poll(async () => (await manager.consumers.info(name, 'standard')).num_waiting).toBe(1)
    controller.abort(new Error('home'))
    await expect(waiting).rejects.toThrow('home')
    await queue.put('kept')
    expect((await manager.consumers.info(name, 'standard')).num_ack_pending).toBe(0)
    expect((await queue.leaseNow())?.attempt).toBe(1)
  })
})

describe('the server forgets', () => {
  it('recovers what the stream holds and its consumer has forgotten, and so the capacity', async () => {
    const queue = await openQueue({ leaseMs: 100, maxDeliveries: 1, capacity: 3, reconcileMs: 60 })
    await queue.put('orphan')
    // Given up by the server, and nobody heard of it: as after a crash, it stays and is never handed out.
    for (let death = 0; death < 3; death++) await dieOf(1)
    await sleep(150)
    const { config } = await manager.streams.info(`${name}-advisories`)
    await manager.streams.delete(`${name}-advisories`)
    connection.publish(`$JS.API.CONSUMER.MSG.NEXT.${name}.standard`, '{"batch":1,"no_wait":true}', { reply: 'nobody' })
    await connection.flush()
    await expect
      .poll(async () => {
        const { num_pending: pending, num_ack_pending: held } = await manager.consumers.info(name, 'standard')
        return [(await inStream()).messages, pending + held]
      })
      .toEqual([1, 0])
    await manager.streams.add(config)
    const found = new Promise((resolve) => queue.on('orphansFound', resolve))
    const lease = await queue.lease()
    expect(await found).toEqual({ class: 'standard', count: 1 })
    expect([lease.item, lease.attempt]).toEqual(['orphan', 1])
    await lease.ack()
    expect((await inStream()).messages).toBe(0)
  })

  it('makes a consumer anew that was deleted by hand, while somebody waits', async () => {
    const queue = await openQueue()
    const restored = new Promise((resolve) => queue.on('consumerRestored', resolve))
    const waiting = queue.lease()
    await expect.poll(async () => (await manager.consumers.info(name, 'standard')).num_waiting).toBe(1)
    await manager.consumers.delete(name, 'standard')
    expect(await restored).toMatchObject({ class: 'standard' })
    await queue.put('after')
    expect((await waiting).item).toBe('after')
  })

  it('takes no confirmation for an end that a consumer made anew knows nothing of', async () => {
    const queue = await openQueue()
    await queue.put('held')
    const held = await queue.lease()
    const waiting = queue.lease()
    await expect.poll(async () => (await manager.consumers.info(name, 'standard')).num_waiting).toBe(1)
    await manager.consumers.delete(name, 'standard')
    expect(await waiting).toMatchObject({ item: 'held', attempt: 1 })
    await expect(held.ack()).rejects.toMatchObject({ code: 'ERR_LEASE_LOST' })
    expect((await inStream()).messages).toBe(1)
    await (await waiting).ack()
    expect((await inStream()).messages).toBe(0)
  })

  it('makes a consumer anew that was deleted by hand, while nobody waits', async () => {
    const queue = await openQueue({ reconcileMs: 50 })
    await queue.put('before')
    await manager.consumers.delete(name, 'standard')
    await expect.poll(() => queue.snapshot().consumersRestored).toBe(1)
    expect((await queue.lease()).item).toBe('before')
  })
})

describe('the bound', () => {
  it('refuses when full, fills again after a drain, and loses nothing on the way', async () => {
    const queue = await openQueue({ capacity: 5 })
    for (let round = 0; round < 3; round++) {
      const puts = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((item) => queue.put(`${item}${round}`))
      await Promise.all(puts.slice(0, 5))
      expect(await queue.offer('one more')).toBe(false)
      expect((await inStream()).messages).toBe(5)
      const taken: string[] = []
      while (taken.length < 7) {
        const lease = await queue.lease()
        taken.push(lease.item)
        await lease.ack()
      }
      await Promise.all(puts)
      expect(taken.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((item) => `${item}${round}`))
    }
    expect((await inStream()).messages).toBe(0)
  })

  it('lets nothing in twice whose confirmation was lost', async () => {
    const lossy = losing(/^kanban\./, 1)
    const queue = await openQueue({ connection: lossy })
    expect(await queue.put('once')).toEqual({ id: 1, isDuplicate: false })
    expect([lossy.lost, (await inStream()).messages]).toEqual([1, 1])
  })

  it('does not remember the id of what it refused', async () => {
    const queue = await openQueue({ capacity: 1 })
    await queue.put('first', { key: 'one' })
    expect(await queue.offer('second', { key: 'two' })).toBe(false)
    // A duplicate is one also while it is full.
    expect(await queue.put('first', { key: 'one' })).toEqual({ id: 1, isDuplicate: true })
    await (await queue.lease()).ack()
    expect(await queue.put('second', { key: 'two' })).toMatchObject({ isDuplicate: false })
  })

  it('limits what is worked on in all processes together, and the limit can be changed while it runs', async () => {
    const queue = await openQueue({ maxInProgress: 2 })
    const other = await openQueue({ maxInProgress: 2, connection: await nats.connect() })
    for (const item of ['a', 'b', 'c', 'd']) await queue.put(item)
    const held = [await queue.lease(), await other.lease()]
    const third = other.lease()
    expect(await Promise.race([third, sleep(150, 'nothing')])).toBe('nothing')
    await held[0]?.ack()
    expect((await third).item).toBe('c')
    await openQueue({ maxInProgress: 3, connection: await nats.connect() })
    expect((await queue.lease()).item).toBe('d')
  })
})

describe('what the server lacks', () => {
  it('is named, with what it means', async () => {
    const { server } = await openQueue()
    const lacks = server.lacks.map((feature) => feature.name)
    const isOld = server.version.startsWith('2.9.')
    expect(lacks).toEqual(isOld ? ['compression', 'metadata', 'sync-always', 'term-reason'] : expect.any(Array))
  })
})
