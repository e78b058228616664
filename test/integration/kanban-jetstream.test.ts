import { setTimeout as sleep } from 'node:timers/promises'
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/nats-core'
import { WorkerPool } from '@tps/kanban'
import {
  type JetStreamDeadLetter,
  type JetStreamLease,
  JetStreamQueue,
  type JetStreamQueueOptions,
} from '@tps/kanban/nats'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { RunningNats } from './nats.ts'

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
  name = `queue-${count++}`
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((queue) => queue.stop()))
  await connection.close()
})

async function openQueue(options: Partial<JetStreamQueueOptions<string>> = {}): Promise<JetStreamQueue<string>> {
  const queue = await JetStreamQueue.open<string>({ connection, name, capacity: 10, requestMs: 3_000, ...options })
  open.push(queue)
  return queue
}

async function takeAll(queue: JetStreamQueue<string>, most = Number.POSITIVE_INFINITY): Promise<string[]> {
  const taken: string[] = []
  while (taken.length < most) {
    const lease = most === Number.POSITIVE_INFINITY ? await queue.leaseNow() : await queue.lease()
    if (!lease) break
    taken.push(lease.item)
    await lease.ack()
  }
  return taken
}

describe('put and offer', () => {
  it('lets producers wait for room, first come first served, and nobody overtake them', async () => {
    const queue = await openQueue({ capacity: 2 })
    const order: string[] = []
    const puts = ['a', 'b', 'c', 'd'].map(async (item) => {
      await queue.put(item)
      order.push(item)
    })
    await Promise.all(puts.slice(0, 2))
    await expect.poll(() => queue.snapshot().waitingProducers).toBe(2)
    expect(await queue.offer('pushy')).toBe(false)
    expect(await takeAll(queue, 4)).toEqual(['a', 'b', 'c', 'd'])
    await Promise.all(puts)
    expect(order).toEqual(['a', 'b', 'c', 'd'])
    expect(queue.snapshot()).toMatchObject({ admitted: 4, rejected: 1, acked: 4, waitingProducers: 0 })
  })

  it('finds room that another process made', async () => {
    const queue = await openQueue({ capacity: 1 })
    const other = await openQueue({ capacity: 1, connection: await nats.connect() })
    await queue.put('a')
    const waiting = queue.put('b')
    await expect.poll(() => queue.snapshot().waitingProducers).toBe(1)
    expect(await takeAll(other, 1)).toEqual(['a'])
    expect(await waiting).toMatchObject({ isDuplicate: false })
  })

  it('takes a producer out of the line when its signal aborts, and the item does not get in', async () => {
    const queue = await openQueue({ capacity: 1 })
    await queue.put('a')
    const controller = new AbortController()
    const waiting = queue.put('b', { signal: controller.signal })
    await expect.poll(() => queue.snapshot().waitingProducers).toBe(1)
    controller.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    expect(await takeAll(queue)).toEqual(['a'])
    await expect(queue.put('c', { signal: controller.signal })).rejects.toThrow('enough')
  })

  it('refuses those that wait, and whoever comes, when it is closed', async () => {
    const queue = await openQueue({ capacity: 1 })
    await queue.put('a')
    const waiting = queue.put('b')
    await expect.poll(() => queue.snapshot().waitingProducers).toBe(1)
    await sleep(20)
    queue.close()
    await expect(waiting).rejects.toMatchObject({ code: 'ERR_QUEUE_CLOSED' })
    await expect(queue.put('c')).rejects.toMatchObject({ code: 'ERR_QUEUE_CLOSED' })
    expect(await queue.offer('d')).toBe(false)
  })

  it('lets no more wait than maxWaiting', async () => {
    const queue = await openQueue({ capacity: 1, maxWaiting: 1 })
    await queue.put('a')
    const waiting = queue.put('b')
    await expect(queue.put('c')).rejects.toMatchObject({ code: 'ERR_TOO_MANY_WAITING' })
    await takeAll(queue, 2)
    await waiting
    const consumer = queue.lease()
    await expect(queue.lease()).rejects.toMatchObject({ code: 'ERR_TOO_MANY_WAITING' })
    await queue.put('d')
    expect((await consumer).item).toBe('d')
  })

  it('knows the key of what was put in lately, from the option or with the item', async () => {
    const queue = await openQueue({ dedupBy: (item) => item.split(' ')[0] })
    expect(await queue.put('x one')).toEqual({ id: 1, isDuplicate: false })
    expect(await queue.put('x two')).toEqual({ id: 1, isDuplicate: true })
    expect(await queue.put('x three', { key: 'ü/y' })).toEqual({ id: 2, isDuplicate: false })
    expect(await queue.offer('z', { key: 'ü/y' })).toBe(true)
    const leases = [await queue.lease(), await queue.lease()]
    expect(leases.map(({ item, key }) => [item, key])).toEqual([
      ['x one', 'x'],
      ['x three', 'ü/y'],
    ])
    expect(queue.snapshot()).toMatchObject({ admitted: 2, duplicates: 2 })
  })

  it('refuses what is too large, and says what may be done', async () => {
    const queue = await openQueue()
    const max = connection.info?.max_payload ?? 0
    await expect(queue.put('x'.repeat(max))).rejects.toMatchObject({ code: 'ERR_ITEM_TOO_LARGE', queue: name })
    // Bytes count, not characters.
    await expect(queue.put('€'.repeat(max / 2))).rejects.toMatchObject({ code: 'ERR_ITEM_TOO_LARGE' })
    const largest = 'x'.repeat(max - 20_000)
    await queue.put(largest)
    const lease = await queue.lease()
    await lease.retry({ reason: new Error('e'.repeat(100_000)) })
    await (await queue.lease()).deadLetter(new Error('f'.repeat(100_000)))
    const [letter] = await queue.deadLetters.list()
    expect([letter?.item?.length, letter?.errors.length]).toEqual([largest.length, 1])
    expect(String(letter?.errors[0])).toMatch(/^Error: f{1000,2000}…$/)
  })

  it('refuses options that are wrong', async () => {
    const queue = await openQueue()
    await expect(queue.put('a', { class: 'none' })).rejects.toThrow('class must be one of standard, got "none"')
    await expect(queue.put('a', { deadlineMs: 0 })).rejects.toThrow('deadlineMs must be')
    for (const headers of [{ 'Nats-Msg-Id': 'x' }, { 'a:b': 'x' }, { a: 'x\ny' }, { a: ' x' }])
      await expect(queue.put('a', { headers })).rejects.toThrow('headers')
    await expect(queue.put('a', { headers: { a: 1 as unknown as string } })).rejects.toThrow(TypeError)
    expect((await manager.streams.info(name)).state.messages).toBe(0)
  })
})

describe('what travels with an item', () => {
  it('is its trace context, tenant, key and time, through a retry, a dead letter and a redrive', async () => {
    const queue = await openQueue()
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const before = Date.now() - 5
    await queue
      .put('a', { headers: { traceparent, 'x-größe': 'weit' }, tenant: 'Müller & Söhne', key: 'k' })
      .catch(() => {})
    await queue.put('a', { headers: { traceparent, size: 'größer' }, tenant: 'Müller & Söhne', key: 'k' })
    const facts = { headers: { traceparent, size: 'größer' }, tenant: 'Müller & Söhne', key: 'k', class: 'standard' }
    const lease = await queue.lease()
    expect(lease).toMatchObject({ ...facts, item: 'a', attempt: 1 })
    expect(lease.createdAt).toBeGreaterThanOrEqual(before)
    await lease.retry()
    const again = await queue.lease()
    expect(again).toMatchObject({ ...facts, attempt: 2, createdAt: lease.createdAt, id: lease.id })
    await again.deadLetter('no')
    expect(await queue.deadLetters.list()).toMatchObject([{ ...facts, attempts: 2, createdAt: lease.createdAt }])
    expect(await queue.deadLetters.redrive()).toEqual({ redriven: 1, skipped: 0, ended: 'done' })
    expect(await queue.lease()).toMatchObject({ ...facts, item: 'a', attempt: 1 })
  })

  it('can be read by, and come from, programs that know nothing of this queue', async () => {
    const queue = await openQueue()
    const seen: (string | undefined)[] = []
    connection.subscribe(`kanban.${name}.*`, {
      callback: (_error, message) => void seen.push(message.string(), message.headers?.get('traceparent')),
    })
    await queue.put('ours', { headers: { traceparent: '00-1' } })
    connection.publish(`kanban.${name}.standard`, '"theirs"')
    expect(await takeAll(queue, 2)).toEqual(['ours', 'theirs'])
    expect(seen).toEqual(['"ours"', '00-1', '"theirs"', undefined])
  })

  it('may be bytes', async () => {
    const codec = {
      encode: (item: string) => Buffer.from(item),
      decode: (raw: string | Uint8Array) => `${typeof raw}:${Buffer.from(raw).toString()}`,
    }
    const queue = await openQueue({ codec })
    await queue.put('a')
    const lease = await queue.lease()
    expect(lease.item).toBe('object:a')
    await lease.deadLetter('no')
    expect((await queue.deadLetters.list())[0]?.raw).toEqual(new Uint8Array(Buffer.from('a')))
    await queue.deadLetters.redrive()
    expect((await queue.lease()).item).toBe('object:a')
  })
})

describe('classes', () => {
  it('are served most urgent first, to one who waits and to many', async () => {
    const queue = await openQueue({ classes: ['urgent', 'standard', 'idle'] })
    const put = async (...items: string[]): Promise<void> => {
      for (const item of items) await queue.put(item, { class: item.split(' ')[0] })
    }
    await put('idle 1', 'standard 1', 'urgent 1', 'standard 2', 'urgent 2')
    const leases: JetStreamLease<string>[] = [await queue.lease()]
    leases.push(...(await Promise.all([queue.lease(), queue.lease(), queue.lease()])))
    expect(leases.map(({ item }) => item)).toEqual(['urgent 1', 'urgent 2', 'standard 1', 'standard 2'])
    await put('urgent 3')
    expect((await queue.leaseNow())?.item).toBe('urgent 3')
    expect((await queue.leaseNow())?.item).toBe('idle 1')
  })

  it('wake those who wait whatever comes, and each gets one', async () => {
    const queue = await openQueue({ classes: ['urgent', 'standard'] })
    for (const workers of [1, 2, 5]) {
      const waiting = Array.from({ length: workers }, () => queue.lease())
      await sleep(30)
      for (let index = 0; index < workers; index++)
        await queue.put(`${workers}.${index}`, { class: index % 2 === 0 ? 'standard' : 'urgent' })
      const leases = await Promise.all(waiting)
      expect(leases.map(({ attempt }) => attempt)).toEqual(leases.map(() => 1))
      await Promise.all(leases.map((lease) => lease.ack()))
    }
    expect((await manager.streams.info(name)).state.messages).toBe(0)
  })

  it('feed a pool of more workers than classes, and of fewer', async () => {
    for (const workers of [1, 8]) {
      const queue = await openQueue({ name: `${name}-${workers}`, classes: ['a', 'b', 'c'], capacity: 1_000 })
      const done = new Set<string>()
      const pool = new WorkerPool({ source: queue, workers }, (item: string) => void done.add(item))
      for (let index = 0; index < 60; index++) await queue.put(`${index}`, { class: ['a', 'b', 'c'][index % 3] })
      await expect.poll(() => done.size, { timeout: 5_000 }).toBe(60)
      await pool.drain()
      expect(queue.snapshot()).toMatchObject({ depth: 0, leased: 0, acked: 60, leasesExpired: 0 })
      await pool.stop()
    }
  })

  it('let none starve: what waits too long is served ahead of its turn', async () => {
    const queue = await openQueue({ classes: ['urgent', 'standard'], maxAgeMs: 300, capacity: 100 })
    await queue.put('aged', { class: 'standard' })
    for (let index = 0; index < 50; index++) await queue.put(`urgent ${index}`, { class: 'urgent' })
    expect((await queue.lease()).item).toBe('urgent 0')
    await sleep(350)
    const next = [await queue.lease(), await queue.lease()].map(({ item }) => item)
    expect(next).toEqual(['aged', 'urgent 1'])
  })
})

describe('what is not handed out', () => {
  it('is what is past its deadline: counted, and out of the queue', async () => {
    const queue = await openQueue()
    let expired = 0
    queue.on('expired', (event) => (expired += event.count))
    await queue.put('late', { deadlineMs: 20 })
    await queue.put('in time', { deadlineMs: 60_000 })
    await sleep(40)
    expect((await queue.lease()).item).toBe('in time')
    await expect.poll(async () => (await manager.streams.info(name)).state.messages).toBe(1)
    expect([expired, queue.snapshot().expired]).toEqual([1, 1])
  })

  it('is what the codec cannot read: it is a dead letter', async () => {
    const queue = await openQueue()
    const unreadable = new Promise((resolve) => queue.on('unreadable', resolve))
    connection.publish(`kanban.${name}.standard`, 'no JSON')
    await queue.put('readable')
    expect((await queue.lease()).item).toBe('readable')
    expect(await unreadable).toMatchObject({ id: 1, error: expect.any(SyntaxError) as unknown })
    expect(await queue.deadLetters.list()).toMatchObject([{ item: undefined, raw: 'no JSON' }])
  })
})

describe('dead letters', () => {
  it('keep the chain of errors across attempts and redrives, the last ones', async () => {
    const queue = await openQueue({ maxErrors: 2 })
    await queue.put('a')
    for (const message of ['one', 'two']) await (await queue.lease()).retry({ reason: new Error(message) })
    await (await queue.lease()).deadLetter(new TypeError('three'))
    await queue.deadLetters.redrive()
    await (await queue.lease()).deadLetter(new Error('four'))
    const [letter] = await queue.deadLetters.list()
    expect(letter?.errors.map(String)).toEqual(['TypeError: three', 'Error: four'])
    expect(letter).toMatchObject({ attempts: 1, redrives: 1, poison: true })
    expect(await queue.deadLetters.redrive()).toEqual({ redriven: 0, skipped: 1, ended: 'done' })
    expect(await queue.deadLetters.redrive({ poison: 'only' })).toEqual({ redriven: 1, skipped: 0, ended: 'done' })
  })

  it('are bounded, paged, filtered and removed', async () => {
    const queue = await openQueue({ deadLetterCapacity: 3, refreshMs: 20 })
    for (const item of ['a', 'b', 'c', 'd']) {
      await queue.put(item)
      await (await queue.lease()).deadLetter(`no ${item}`)
    }
    const letters: JetStreamDeadLetter<string>[] = []
    for await (const letter of queue.deadLetters) letters.push(letter)
    expect(letters.map(({ item }) => item)).toEqual(['b', 'c', 'd'])
    expect((await queue.deadLetters.list({ after: letters[0]?.id ?? 0, limit: 1 })).map(({ item }) => item)).toEqual([
      'c',
    ])
    expect(await queue.deadLetters.redrive({ filter: ({ item }) => item === 'c', perSecond: 1_000 })).toEqual({
      redriven: 1,
      skipped: 2,
      ended: 'done',
    })
    expect(await queue.deadLetters.remove(letters[2]?.id ?? 0)).toBe(true)
    expect(await queue.deadLetters.remove(letters[2]?.id ?? 0)).toBe(false)
    await expect.poll(() => queue.deadLetters.size).toBe(1)
    expect(queue.snapshot().deadLetters).toBe(1)
    await expect(queue.deadLetters.list({ limit: 0 })).rejects.toThrow(RangeError)
  })

  it('stay when the queue is full, or the redrive is aborted', async () => {
    const queue = await openQueue({ capacity: 1 })
    for (const item of ['a', 'b']) {
      await queue.put(item)
      await (await queue.lease()).deadLetter('no')
    }
    const controller = new AbortController()
    controller.abort()
    expect(await queue.deadLetters.redrive({ signal: controller.signal })).toMatchObject({
      redriven: 0,
      ended: 'aborted',
    })
    expect(await queue.deadLetters.redrive()).toEqual({ redriven: 1, skipped: 0, ended: 'full' })
    expect((await queue.deadLetters.list()).map(({ item }) => item)).toEqual(['b'])
  })

  it('are told, and a listener that throws changes nothing', async () => {
    const thrown: unknown[] = []
    const queue = await openQueue({ onListenerError: (error) => thrown.push(error) })
    const told: unknown[] = []
    queue.on('deadLettered', () => {
      throw new Error('listener')
    })
    queue.on('deadLettered', (event) => told.push(event))
    await queue.put('a')
    await (await queue.lease()).deadLetter('no')
    expect(told).toEqual([{ item: 'a', attempt: 1, reason: 'no' }])
    expect(String(thrown)).toBe('Error: listener')
    expect(queue.snapshot().deadLettered).toBe(1)
  })
})

describe('several processes', () => {
  it('share the work, each item once', async () => {
    const queue = await openQueue({ capacity: 500 })
    const queues = [queue, await openQueue({ capacity: 500, connection: await nats.connect() })]
    const done: string[][] = [[], []]
    const pools = queues.map(
      (source, index) => new WorkerPool({ source, workers: 4 }, (item: string) => void done[index]?.push(item)),
    )
    const items = Array.from({ length: 200 }, (_, index) => `${index}`)
    await Promise.all(items.map((item) => queue.put(item)))
    await expect.poll(() => done.flat().length, { timeout: 5_000 }).toBe(200)
    expect(new Set(done.flat()).size).toBe(200)
    expect(done.map((each) => each.length > 10)).toEqual([true, true])
    await Promise.all(pools.map((pool) => pool.stop()))
  })

  it('get what another gave back unbegun, and what it had when it was stopped', async () => {
    const queue = await openQueue({ leaseMs: 150 })
    const other = await openQueue({ leaseMs: 150, connection: await nats.connect() })
    for (const item of ['a', 'b']) await queue.put(item)
    const [first, second] = [await queue.lease(), await queue.lease()]
    await first.release()
    const given = await other.lease()
    expect(given.item).toBe('a')
    await given.ack()
    await queue.stop()
    expect(await other.lease()).toMatchObject({ item: 'b', attempt: 2 })
    await expect(second.ack()).rejects.toMatchObject({
      code: expect.stringMatching(/ERR_LEASE_LOST|ERR_STORAGE_GONE/) as unknown,
    })
    await expect(queue.lease()).rejects.toMatchObject({ code: 'ERR_QUEUE_CLOSED' })
  })

  it("wait for the last item in anyone's hands once they are closed", async () => {
    const queue = await openQueue({ refreshMs: 20 })
    const other = await openQueue({ connection: await nats.connect() })
    await queue.put('last')
    const lease = await other.lease()
    queue.close()
    const waiting = queue.lease()
    expect(await Promise.race([waiting, sleep(100, 'still')])).toBe('still')
    await lease.ack()
    await expect(waiting).rejects.toMatchObject({ code: 'ERR_QUEUE_CLOSED' })
  })
})

describe('opening', () => {
  it('finds what was there, and brings the streams up to the options without losing anything', async () => {
    const queue = await openQueue({ capacity: 5, leaseMs: 1_000 })
    for (const item of ['a', 'b', 'c']) await queue.put(item)
    await queue.stop()
    const again = await openQueue({
      capacity: 2,
      leaseMs: 2_000,
      classes: ['urgent', 'standard'],
      deadLetterCapacity: 7,
    })
    expect(again.depth).toBe(3)
    const [stream, dead, consumer] = await Promise.all([
      manager.streams.info(name),
      manager.streams.info(`${name}-dead`),
      manager.consumers.info(name, 'standard'),
    ])
    expect([stream.config.max_msgs, dead.config.max_msgs, consumer.config.ack_wait]).toEqual([3, 7, 2_400 * 1e6])
    expect([stream.config.retention, stream.config.discard, stream.state.messages]).toEqual(['workqueue', 'new', 3])
    expect(await again.offer('d')).toBe(false)
    expect(await takeAll(again)).toEqual(['a', 'b', 'c'])
    await again.stop()
    const small = await openQueue({ capacity: 2, leaseMs: 2_000 })
    expect((await manager.streams.info(name)).config).toMatchObject({ max_msgs: 2, max_msg_size: -1 })
    expect(await small.offer('e')).toBe(true)
  })

  it('takes nothing in while the bound is being lowered, and loses nothing of what is put in meanwhile', async () => {
    const queue = await openQueue({ capacity: 1_000 })
    const items = Array.from({ length: 300 }, (_, index) => `${index}`)
    const puts = items.map((item) => queue.put(item))
    const lower = [400, 350, 320].map(async (capacity) => openQueue({ capacity, connection: await nats.connect() }))
    await Promise.all([...puts, ...lower])
    expect(await takeAll(queue, 300)).toHaveLength(300)
    expect(queue.snapshot()).toMatchObject({ admitted: 300, acked: 300 })
  })

  it('tells the readings and the server', async () => {
    const queue = await openQueue({ refreshMs: 20 })
    await queue.put('a')
    const lease = await queue.lease()
    await expect.poll(() => queue.snapshot().leased).toBe(1)
    const snapshot = queue.snapshot()
    expect(snapshot).toMatchObject({ name, capacity: 10, depth: 0, held: 1, isConnected: true, isClosed: false })
    expect(snapshot.server).toMatch(/^\d+\.\d+\.\d+/)
    expect([snapshot.lastPullAgeMs, snapshot.oldestAgeMs].every((ageMs) => Number(ageMs) >= 0)).toBe(true)
    expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot)
    await lease.ack()
  })
})
