import { getEventListeners } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { TracerProvider } from '@opentelemetry/sdk-trace'
import { QueueTracing } from '@tps/andon/tracing'
import { LoadLeveler } from '@tps/heijunka'
import type { Lease, WorkSource } from '@tps/internal'
import { ManualClock, settle } from '@tps/internal/manual-clock'
import { PullQueue, WorkerPool } from '@tps/kanban'
import { JetStreamQueue } from '@tps/kanban/nats'
import { SqliteQueue } from '@tps/kanban/sqlite'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { RunningNats } from '../integration/nats.ts'

// DESIGN §2, contract WorkSource: one table that every source of leases passes.

interface Source extends WorkSource<string> {
  offer(item: string): boolean | Promise<boolean>
  /** Of sources that have to ask a thread or a server. */
  leaseNow?(): Promise<Lease<string> | undefined>
  close(): void
  /** Gives its timers back; absent where it has none. */
  stop?(): void | Promise<void>
}

/** A source, and the time it lives in. */
interface Fixture {
  readonly source: Source
  /** For a pool on it. */
  readonly time: { readonly clock?: ManualClock; readonly timers?: ManualClock }
  /** How many timers are left. */
  readonly timersLeft: () => number
  /** Lets time pass up to just before `ms`. */
  readonly almost: (ms: number) => Promise<unknown>
  /** Lets time pass. */
  readonly pass: (ms: number) => Promise<unknown>
  /** Takes away what is left. */
  end(): Promise<void>
}

function inMemory(make: (clock: ManualClock) => Source): () => Promise<Fixture> {
  return async () => {
    const clock = new ManualClock()
    const source = make(clock)
    return {
      source,
      time: { clock, timers: clock },
      timersLeft: () => clock.pendingTimers,
      almost: async (ms) => clock.advanceAsync(ms - 1),
      pass: async (ms) => clock.advanceAsync(ms),
      end: async () => source.stop?.(),
    }
  }
}

/** Lives in real time, which can't be stopped just before something happens. */
async function inSqlite(): Promise<Fixture> {
  const folder = mkdtempSync(join(tmpdir(), 'work-source-'))
  const source = await SqliteQueue.open<string>({ path: join(folder, 'q.db'), pollMs: 5, synchronous: 'normal' })
  return {
    source,
    time: {},
    timersLeft: () => 0,
    almost: async () => settle(),
    pass: async (ms) => sleep(ms),
    async end() {
      await source.stop()
      rmSync(folder, { recursive: true })
    },
  }
}

let nats: RunningNats
beforeAll(async () => {
  nats = await RunningNats.start()
}, 240_000)
afterAll(async () => nats.stop())

/** A stream of its own for each test, on one server. */
let streams = 0
async function inJetStream(): Promise<Fixture> {
  const connection = await nats.connect()
  const source = await JetStreamQueue.open<string>({ connection, name: `q${streams++}` })
  return {
    source,
    time: {},
    timersLeft: () => 0,
    almost: async () => settle(),
    pass: async (ms) => sleep(ms),
    async end() {
      await source.stop()
      await connection.close()
    },
  }
}

const SOURCES: readonly [title: string, make: () => Promise<Fixture>][] = [
  ['PullQueue', inMemory((clock) => new PullQueue<string>({ clock, timers: clock }))],
  ['LoadLeveler, shared', inMemory((clock) => new LoadLeveler<string>({ clock, timers: clock, workers: 2 }))],
  [
    'LoadLeveler, per worker',
    inMemory((clock) => new LoadLeveler<string>({ clock, timers: clock, workers: 2, strategy: 'per-worker' })),
  ],
  [
    'a lane of a LoadLeveler',
    inMemory((clock) => {
      const leveler = new LoadLeveler<string>({ clock, timers: clock, workers: 1, strategy: 'per-worker' })
      const lane = leveler.lane(0)
      return {
        offer: (item) => leveler.offer(item),
        close: () => leveler.close(),
        stop: () => leveler.stop(),
        lease: (options) => lane.lease(options),
        tryLease: () => lane.tryLease(),
      }
    }),
  ],
  [
    'a traced PullQueue',
    inMemory((clock) => {
      const queue = new PullQueue<string>({ clock, timers: clock })
      const tracer = new TracerProvider().getTracer('test')
      const source = new QueueTracing({ queue: 'q', tracer }).source(queue)
      return {
        offer: (item) => source.offer(item),
        close: () => queue.close(),
        lease: (options) => source.lease(options),
        tryLease: () => source.tryLease(),
      }
    }),
  ],
  ['SqliteQueue', inSqlite],
  ['JetStreamQueue', inJetStream],
]

/** Work now, or nothing, of any source. */
async function leaseNow(source: Source): Promise<Lease<string> | undefined> {
  return source.leaseNow ? await source.leaseNow() : source.tryLease()
}

const DELAY_MS = 200

describe.each(SOURCES)('%s as a WorkSource', (_title, make) => {
  let fixture: Fixture | undefined
  const fresh = async (): Promise<Fixture> => (fixture = await make())
  afterEach(async () => {
    await fixture?.end()
    fixture = undefined
  })

  it('hands out what was offered, first come first served, or nothing', async () => {
    const { source } = await fresh()
    expect(source.tryLease()).toBeUndefined()
    expect(await leaseNow(source)).toBeUndefined()
    for (const item of ['a', 'b']) expect(await source.offer(item)).toBe(true)
    const first = await leaseNow(source)
    expect([first?.item, first?.attempt]).toEqual(['a', 1])
    await first?.ack()
    expect((await leaseNow(source))?.item).toBe('b')
  })

  it('lets a worker wait for work', async () => {
    const { source } = await fresh()
    const waiting = source.lease()
    await source.offer('late')
    expect((await waiting).item).toBe('late')
  })

  it('serves the workers that wait first come, first served, each item once', async () => {
    const { source } = await fresh()
    const waiting = [Promise.resolve(source.lease()), Promise.resolve(source.lease())]
    for (const item of ['a', 'b']) await source.offer(item)
    const leases = await Promise.all(waiting)
    expect(leases.map(({ item }) => item)).toEqual(['a', 'b'])
    expect(source.tryLease()).toBeUndefined()
  })

  it('gives the item of a worker that went home to the next one', async () => {
    const { source } = await fresh()
    const controller = new AbortController()
    const gone = Promise.resolve(source.lease({ signal: controller.signal }))
    const next = source.lease()
    controller.abort(new Error('home'))
    await expect(gone).rejects.toThrow('home')
    await source.offer('a')
    expect((await next).item).toBe('a')
  })

  it('loses nothing when a worker goes home in the same job in which its item comes', async () => {
    const { source } = await fresh()
    const controller = new AbortController()
    const waiting = Promise.resolve(source.lease({ signal: controller.signal })).catch(() => undefined)
    const offering = source.offer('a')
    controller.abort(new Error('home'))
    await offering
    const lease = (await waiting) ?? (await source.lease())
    expect([lease.item, lease.attempt]).toEqual(['a', 1])
  })

  it('ends a lease once: what is called after that does nothing', async () => {
    const { source } = await fresh()
    await source.offer('a')
    const lease = await source.lease()
    await lease.ack()
    await lease.retry()
    await lease.deadLetter('late')
    await lease.ack()
    expect(await leaseNow(source)).toBeUndefined()
  })

  it('brings a retried item back with the next attempt', async () => {
    const { source } = await fresh()
    await source.offer('a')
    const lease = await source.lease()
    await lease.retry()
    const again = await source.lease()
    expect([again.item, again.attempt]).toEqual(['a', 2])
  })

  it('brings a retried item back after its delay, not before', async () => {
    const { source, almost, pass } = await fresh()
    await source.offer('a')
    const lease = await source.lease()
    await lease.retry({ delayMs: DELAY_MS })
    const waiting = source.lease()
    await almost(DELAY_MS)
    const early = await Promise.race([waiting, settle()])
    expect(early).toBeUndefined()
    await pass(50)
    expect((await waiting).attempt).toBe(2)
  })

  it('does not bring back a dead letter', async () => {
    const { source, pass } = await fresh()
    await source.offer('a')
    await (await source.lease()).deadLetter(new Error('given up'))
    await pass(DELAY_MS)
    expect(await leaseNow(source)).toBeUndefined()
  })

  it('takes an extension without objection', async () => {
    const { source } = await fresh()
    await source.offer('a')
    const lease = await source.lease()
    await lease.extend(1000)
    expect(lease.item).toBe('a')
  })

  it('takes back what was not begun without charging an attempt, where it offers that', async () => {
    const { source } = await fresh()
    for (const item of ['a', 'b']) await source.offer(item)
    const lease = await source.lease()
    const attempts = lease.release ? 1 : 2
    await (lease.release ? lease.release() : lease.retry())
    const again = [await source.lease(), await source.lease()].find(({ item }) => item === 'a')
    expect(again?.attempt).toBe(attempts)
  })

  it('leaves an item with a worker that extends its lease in time', async () => {
    const { source, pass } = await fresh()
    await source.offer('a')
    const lease = await source.lease()
    for (let turn = 0; turn < 3; turn++) {
      await lease.extend(DELAY_MS)
      await pass(DELAY_MS / 2)
    }
    expect(await leaseNow(source)).toBeUndefined()
    await lease.ack()
    await pass(2 * DELAY_MS)
    expect(await leaseNow(source)).toBeUndefined()
  })

  it('gives an item to another once its lease is over, where leases end, and heeds the first one no more', async () => {
    const { source, pass } = await fresh()
    await source.offer('a')
    const lost = await source.lease()
    await lost.extend(DELAY_MS)
    await pass(2 * DELAY_MS)
    const second = await leaseNow(source)
    expect(second && [second.item, second.attempt]).toEqual(source.leaseMs === undefined ? undefined : ['a', 2])
    if (!second) return
    const refused = await Promise.resolve(lost.ack()).catch((error: unknown) => error)
    if (refused !== undefined) expect(refused).toMatchObject({ code: 'ERR_LEASE_LOST' })
    await second.retry()
    expect((await source.lease()).attempt).toBe(3)
  })

  it('gives up waiting when the signal aborts, and loses nothing by it', async () => {
    const { source } = await fresh()
    const controller = new AbortController()
    const waiting = Promise.resolve(source.lease({ signal: controller.signal }))
    controller.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
    await source.offer('kept')
    expect((await leaseNow(source))?.item).toBe('kept')
    await expect(Promise.resolve().then(() => source.lease({ signal: controller.signal }))).rejects.toThrow('enough')
  })

  it('leaves no listener on a signal that saw many leases', async () => {
    const { source } = await fresh()
    const controller = new AbortController()
    for (let turn = 0; turn < 1000; turn++) {
      const waiting = source.lease({ signal: controller.signal })
      await source.offer('x')
      await (await waiting).ack()
    }
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })

  it('lets out what is in it after it was closed, takes nothing more, and then tells the waiting', async () => {
    const { source } = await fresh()
    await source.offer('in')
    source.close()
    expect(await source.offer('out')).toBe(false)
    const lease = await source.lease()
    expect(lease.item).toBe('in')
    await lease.ack()
    await expect(Promise.resolve().then(() => source.lease())).rejects.toMatchObject({ code: 'ERR_QUEUE_CLOSED' })
  })

  it('lets a pool drain when it has been closed', async () => {
    const { source, time, pass } = await fresh()
    let done = 0
    const pool = new WorkerPool({ source, workers: 2, ...time }, () => void done++)
    for (const item of ['a', 'b', 'c']) await source.offer(item)
    source.close()
    const drained = pool.drain().then(() => 'drained')
    while ((await Promise.race([drained, pass(100)])) !== 'drained') expect(done).toBeLessThanOrEqual(3)
    expect(done).toBe(3)
    await pool.stop()
  })

  it('feeds a WorkerPool', async () => {
    const { source, time, timersLeft, pass } = await fresh()
    const done: string[] = []
    const pool = new WorkerPool({ source, workers: 2, attempts: 2, ...time }, (item: string, { attempt }) => {
      if (item === 'b' && attempt === 1) throw new Error('once')
      done.push(item)
    })
    for (const item of ['a', 'b', 'c']) await source.offer(item)
    for (let turn = 0; turn < 100 && done.length < 3; turn++) await pass(100)
    await pool.stop({ graceMs: 0 })
    await source.stop?.()
    expect(done.toSorted()).toEqual(['a', 'b', 'c'])
    expect(timersLeft()).toBe(0)
  })
})
