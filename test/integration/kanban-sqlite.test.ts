import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { LeaseLostError, WorkerPool } from '@tps/kanban'
import { type SqliteLease, SqliteQueue, type SqliteQueueOptions } from '@tps/kanban/sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let folder: string
let path: string
const open: SqliteQueue<string>[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kanban-sqlite-'))
  path = join(folder, 'q.db')
})

afterEach(async () => {
  await Promise.all(open.splice(0).map((queue) => queue.stop()))
  rmSync(folder, { recursive: true })
})

async function openQueue(options: Partial<SqliteQueueOptions<string>> = {}): Promise<SqliteQueue<string>> {
  const queue = await SqliteQueue.open<string>({ path, capacity: 2, pollMs: 5, ...options })
  open.push(queue)
  return queue
}

function refusal(code: string): object {
  return expect.objectContaining({ name: 'StorageError', code, path }) as object
}

async function takeAll(queue: SqliteQueue<string>): Promise<string[]> {
  const taken: string[] = []
  for (let lease = await queue.leaseNow(); lease; lease = await queue.leaseNow()) {
    taken.push(lease.item)
    await lease.ack()
  }
  return taken
}

describe('put, offer and lease', () => {
  it('lets producers wait for room, first come first served, and nobody overtake them', async () => {
    const queue = await openQueue()
    const order: string[] = []
    const puts = ['a', 'b', 'c', 'd'].map(async (item) => {
      await queue.put(item)
      order.push(item)
    })
    await Promise.all(puts.slice(0, 2))
    await expect.poll(() => queue.snapshot().waitingProducers).toBe(2)
    expect(await queue.offer('pushy')).toBe(false)
    expect((await queue.lease()).item).toBe('a')
    await puts[2]
    expect(order).toEqual(['a', 'b', 'c'])
    expect((await queue.lease()).item).toBe('b')
    await puts[3]
    expect(await takeAll(queue)).toEqual(['c', 'd'])
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

  it('loses nothing when a consumer gives up while its item is on the way', async () => {
    const queue = await openQueue()
    await queue.put('a')
    const controller = new AbortController()
    const waiting = queue.lease({ signal: controller.signal })
    await Promise.resolve()
    controller.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    const lease = await queue.lease()
    expect([lease.item, lease.attempt]).toEqual(['a', 1])
  })

  it('carries tenant, key and headers to the worker', async () => {
    const queue = await openQueue({ dedupBy: (item) => `key of ${item}` })
    const { id } = await queue.put('a', { tenant: 'acme', headers: { traceparent: '00-1-2-01' } })
    expect(await queue.put('a')).toEqual({ id, isDuplicate: true })
    expect(await queue.offer('a')).toBe(true)
    const { key, tenant, headers } = await queue.lease()
    expect({ key, tenant, headers }).toEqual({
      key: 'key of a',
      tenant: 'acme',
      headers: { traceparent: '00-1-2-01' },
    })
    expect(queue.snapshot()).toMatchObject({ admitted: 1, duplicates: 2 })
  })

  it('tells of what another process has put in or taken out, without being asked', async () => {
    const [one, two] = [await openQueue({ capacity: 1 }), await openQueue({ capacity: 1 })]
    const waiting = one.lease()
    await two.put('a')
    expect((await waiting).item).toBe('a')
    await two.put('b')
    const room = two.put('c')
    expect((await one.lease()).item).toBe('b')
    await room
    expect(await takeAll(one)).toEqual(['c'])
  })

  it('hands an item out again when its delay is over, or its lease', async () => {
    const queue = await openQueue({ leaseMs: 300 })
    await queue.put('a')
    const startedMs = Date.now()
    await (await queue.lease()).retry({ delayMs: 200, reason: new Error('not yet') })
    const late = await queue.lease()
    expect(late.attempt).toBe(2)
    expect(Date.now() - startedMs).toBeGreaterThanOrEqual(200)
    const again = await queue.lease()
    expect(again.attempt).toBe(3)
    expect(Date.now() - startedMs).toBeGreaterThanOrEqual(500)
    const refused = await late.ack().catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'ERR_LEASE_LOST', attempt: 2 })
    // The same class as the pool's.
    expect(refused).toBeInstanceOf(LeaseLostError)
    await again.extend(10_000)
    await again.ack()
    expect(queue.snapshot()).toMatchObject({ acked: 1, retried: 1, leasesExpired: 1, depth: 0, leased: 0 })
  })

  it('makes a dead letter of an item that the codec can not read, and goes on', async () => {
    const queue = await openQueue()
    await queue.put('good')
    await queue.stop()
    new DatabaseSync(path).exec(`UPDATE jobs SET item = '{'`)
    const again = await openQueue()
    await again.put('next')
    const unreadable: number[] = []
    again.on('unreadable', ({ id }) => void unreadable.push(id))
    expect((await again.lease()).item).toBe('next')
    expect(unreadable).toEqual([1])
    expect(await again.deadLetters.list()).toMatchObject([{ item: undefined, raw: '{' }])
  })

  it.each([
    [{ class: 'none' }, /class must be one of standard, got "none"/],
    [{ delayMs: -1 }, /delayMs/],
    [{ deadlineMs: 0 }, /deadlineMs/],
    [{ headers: { a: 1 as never } }, /headers\["a"\] must be a string, got number/],
  ])('refuses %o', async (options, message) => {
    const queue = await openQueue()
    await expect(queue.put('a', options)).rejects.toThrow(message)
    await expect(queue.put((() => 'a') as never)).rejects.toThrow(/JSON can hold, got function/)
  })
})

describe('dead letters', () => {
  it('go back at their pace, poison not unless asked for', async () => {
    const queue = await openQueue({ capacity: 10 })
    const die = async (): Promise<void> => (await queue.lease()).deadLetter(new TypeError('bad'))
    await queue.put('a')
    await queue.put('b')
    await die()
    await die()
    expect(await queue.deadLetters.redrive({ filter: ({ item }) => item === 'a' })).toMatchObject({
      redriven: 1,
      skipped: 1,
    })
    await die()
    const letters = await queue.deadLetters.list()
    expect(letters.map(({ item, attempts, redrives, poison }) => [item, attempts, redrives, poison])).toEqual([
      ['b', 1, 0, false],
      ['a', 2, 1, true],
    ])
    expect(letters[1]?.errors).toMatchObject([{ name: 'TypeError', message: 'bad' }, { message: 'bad' }])
    expect(await queue.deadLetters.redrive({ perSecond: 100 })).toEqual({ redriven: 1, skipped: 1, ended: 'done' })
    expect(await queue.deadLetters.redrive({ poison: 'only' })).toMatchObject({ redriven: 1 })
    expect(queue.deadLetters.size).toBe(0)
    expect(await takeAll(queue)).toEqual(['b', 'a'])
  })

  it('end a redrive when the queue is full or the signal aborts', async () => {
    const queue = await openQueue({ capacity: 1 })
    for (const item of ['a', 'b', 'c']) {
      await queue.put(item)
      await (await queue.lease()).deadLetter('no')
    }
    expect(await queue.deadLetters.redrive()).toEqual({ redriven: 1, skipped: 0, ended: 'full' })
    await takeAll(queue)
    const controller = new AbortController()
    const redrive = queue.deadLetters.redrive({ perSecond: 0.001, signal: controller.signal })
    await expect.poll(() => queue.depth).toBe(1)
    controller.abort()
    expect(await redrive).toEqual({ redriven: 1, skipped: 0, ended: 'aborted' })
    const [last] = await queue.deadLetters.list()
    expect([last?.item, await queue.deadLetters.remove(last?.id ?? 0)]).toEqual(['c', true])
  })
})

describe('with a WorkerPool', () => {
  it('runs handlers, tries again, gives up, and drains', async () => {
    const queue = await openQueue({ capacity: 100 })
    const seen: string[] = []
    const pool = new WorkerPool(
      { source: queue, workers: 4, attempts: 2, backoff: { baseMs: 1 } },
      (item: string, { attempt }) => {
        seen.push(`${item}${attempt}`)
        if (item === 'never' || attempt === 1) throw new Error(`no ${item}`)
      },
    )
    for (const item of ['a', 'b', 'never']) await queue.put(item)
    await pool.drain()
    expect(seen.toSorted()).toEqual(['a1', 'a2', 'b1', 'b2', 'never1', 'never2'])
    expect(queue.snapshot()).toMatchObject({ depth: 0, leased: 0, deadLetters: 1 })
    await pool.stop()
  })
})

describe('a WorkerPool on it', () => {
  it('renews the lease of a handler that takes longer, so that nobody else gets the item', async () => {
    const [queue, other] = [await openQueue({ leaseMs: 600 }), await openQueue({ leaseMs: 600 })]
    let calls = 0
    const pool = new WorkerPool({ source: queue, workers: 1 }, async () => {
      calls++
      await sleep(2_000)
    })
    await queue.put('long')
    const stolen = other.lease().catch(() => 'nothing')
    await expect.poll(() => queue.snapshot().acked, { timeout: 10_000 }).toBe(1)
    expect([calls, queue.snapshot().leasesExpired, other.snapshot().leasesExpired]).toEqual([1, 0, 0])
    await pool.stop()
    await other.stop()
    expect(await stolen).toBe('nothing')
  })
})

it('is not submitted to: a result can not find its way back from a file', async () => {
  const queue = await openQueue()
  const pool = new WorkerPool({ source: queue, workers: 1 }, () => {})
  await expect(pool.submit('a')).rejects.toThrow('submit needs one in memory')
  expect(queue.snapshot().admitted).toBe(0)
  await pool.stop()
})

describe('closing', () => {
  it('lets out what is in, refuses what comes, and tells those who wait', async () => {
    const queue = await openQueue({ capacity: 1 })
    await queue.put('in')
    const room = queue.put('waits')
    await expect.poll(() => queue.snapshot().waitingProducers).toBe(1)
    queue.close()
    await expect(room).rejects.toMatchObject({ code: 'ERR_QUEUE_CLOSED' })
    expect(await queue.offer('late')).toBe(false)
    await expect(queue.put('late')).rejects.toMatchObject({ code: 'ERR_QUEUE_CLOSED' })
    const lease = await queue.lease()
    const idle = queue.lease()
    await lease.ack()
    await expect(idle).rejects.toMatchObject({ code: 'ERR_QUEUE_CLOSED' })
  })

  it('finishes what was asked before it stops', async () => {
    const queue = await openQueue({ capacity: 100 })
    const puts = ['a', 'b', 'c'].map((item) => queue.put(item))
    await queue.stop()
    expect((await Promise.all(puts)).map(({ id }) => id)).toEqual([1, 2, 3])
    await expect(queue.lease()).rejects.toMatchObject({ code: 'ERR_QUEUE_CLOSED' })
    expect(await takeAll(await openQueue())).toEqual(['a', 'b', 'c'])
  })

  it.each([
    [true, 'stays'],
    [false, 'ends'],
  ])('with keepAlive %s a process that only waits for work %s', async (keepAlive) => {
    const program = `
      import { SqliteQueue } from '@tps/kanban/sqlite'
      const queue = await SqliteQueue.open({ path: ${JSON.stringify(path)}, keepAlive: ${keepAlive}, pollMs: 5 })
      queue.lease().then(({ item }) => { console.log('got ' + item); process.exit(0) })`
    const child = spawn(process.execPath, ['--conditions=@tps/source', '--input-type=module', '-e', program], {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const ended = once(child, 'close')
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
    if (keepAlive) await (await openQueue()).put('work')
    await ended
    expect(said).toBe(keepAlive ? 'got work\n' : '')
  })
})

describe('backup and verify', () => {
  it('copies the file while the queue works on', async () => {
    const queue = await openQueue({ capacity: 10_000 })
    const big = 'x'.repeat(2_000)
    await Promise.all(Array.from({ length: 2_000 }, (_, index) => queue.put(`${index} ${big}`)))
    const copy = join(folder, 'copy.db')
    const copying = queue.backup(copy)
    await expect(queue.backup(copy)).rejects.toThrow('under way')
    let worked = 0
    for (let lease = await queue.leaseNow(); lease && worked < 50; lease = await queue.leaseNow()) {
      await lease.ack()
      worked++
    }
    await copying
    const restored = await openQueue({ path: copy })
    expect(await restored.verify()).toEqual([])
    expect(restored.depth + restored.leased).toBeGreaterThanOrEqual(1_950)
    expect(await queue.verify()).toEqual([])
  })

  it('says where it can not write, and leaves nothing there', async () => {
    const queue = await openQueue()
    const nowhere = join(folder, 'none', 'copy.db')
    await expect(queue.backup(nowhere)).rejects.toMatchObject({ code: 'ERR_STORAGE_OPEN' })
    expect(await queue.offer('a')).toBe(true)
  })
})

describe('bad luck with the file', () => {
  it('names a folder that is not there', async () => {
    path = join(folder, 'none', 'q.db')
    await expect(openQueue()).rejects.toMatchObject({
      code: 'ERR_STORAGE_OPEN',
      path,
      message: expect.stringMatching(/none\/q\.db.*folder exists/) as string,
    })
  })

  it('says that it is no database', async () => {
    writeFileSync(path, 'text '.repeat(1_000))
    await expect(openQueue()).rejects.toEqual(refusal('ERR_STORAGE_CORRUPT'))
    expect(readFileSync(path, 'utf8')).toBe('text '.repeat(1_000))
  })

  it('finds a damaged page when it reads it, and when it is asked', async () => {
    const queue = await openQueue({ capacity: 1_000 })
    await Promise.all(Array.from({ length: 500 }, (_, index) => queue.put(`${index} ${'x'.repeat(500)}`)))
    await queue.stop()
    const bytes = readFileSync(path)
    // Everything behind the first items.
    bytes.fill(0xa5, 60 * 4_096)
    writeFileSync(path, bytes)
    const damaged = await openQueue({ capacity: 1_000 })
    expect(await damaged.verify()).not.toEqual([])
    const all = Array.from({ length: 500 }, () => damaged.leaseNow())
    const failed = (await Promise.allSettled(all)).find(({ status }) => status === 'rejected')
    expect(failed).toMatchObject({ reason: { code: 'ERR_STORAGE_CORRUPT', path } })
  })

  it('gives up on a lock that another process keeps, and goes on when it is free', async () => {
    const queue = await openQueue({ busyMs: 50 })
    await queue.put('held')
    const held = await queue.lease()
    await queue.put('before')
    const other = new DatabaseSync(path)
    other.exec('BEGIN IMMEDIATE')
    await expect(queue.put('during')).rejects.toEqual(refusal('ERR_STORAGE_BUSY'))
    await expect(queue.lease()).rejects.toEqual(refusal('ERR_STORAGE_BUSY'))
    await expect(held.ack()).rejects.toEqual(refusal('ERR_STORAGE_BUSY'))
    other.exec('ROLLBACK')
    other.close()
    await held.ack()
    expect(queue.leased).toBe(0)
    expect(await takeAll(queue)).toEqual(['before'])
  })

  it('refuses what does not fit any more, keeps what is in, and takes more when there is room', async () => {
    const queue = await openQueue({ capacity: 1e6, maxBytes: 300_000 })
    const big = 'x'.repeat(10_000)
    const admitted: number[] = []
    const refused: unknown[] = []
    for (let index = 0; index < 60; index++)
      await queue.put(big).then(
        ({ id }) => admitted.push(id),
        (error: unknown) => refused.push(error),
      )
    expect(refused[0]).toEqual(refusal('ERR_STORAGE_FULL'))
    expect(admitted.length).toBeGreaterThan(10)
    expect(await takeAll(queue)).toHaveLength(admitted.length)
    expect(await queue.offer(big)).toBe(true)
    expect(await queue.verify()).toEqual([])
  })

  it('survives a file system that takes no more bytes', async () => {
    // The shell's limit on file sizes is to SQLite what a failing disk is. Ignoring the signal makes it an error.
    const program = `
      import { SqliteQueue } from '@tps/kanban/sqlite'
      const queue = await SqliteQueue.open({ path: ${JSON.stringify(path)}, capacity: 1e6 })
      const admitted = []
      try { for (;;) admitted.push((await queue.put('x'.repeat(10_000))).id) }
      catch (error) { console.log(JSON.stringify({ admitted, code: error.code, path: error.path })) }
      process.exit(0)`
    const { stdout } = spawnSync(
      'bash',
      [
        '-c',
        `trap '' XFSZ; ulimit -f 600; exec "$0" --conditions=@tps/source --input-type=module -e "$1"`,
        process.execPath,
        program,
      ],
      { cwd: import.meta.dirname, encoding: 'utf8' },
    )
    const said = JSON.parse(stdout) as { admitted: number[]; code: string; path: string }
    expect(said).toMatchObject({ code: expect.stringMatching(/^ERR_STORAGE_(FULL|IO)$/) as string, path })
    expect(said.admitted.length).toBeGreaterThan(10)
    const queue = await openQueue({ capacity: 1e6 })
    expect(await queue.verify()).toEqual([])
    expect(queue.depth).toBe(said.admitted.length)
  })

  it('says that the folder can not be written to', async () => {
    chmodSync(folder, 0o555)
    // Rights don't stop the superuser, but nobody can make a file here.
    const locked = process.getuid?.() === 0 ? '/proc/q.db' : path
    await expect(openQueue({ path: locked })).rejects.toMatchObject({ code: 'ERR_STORAGE_OPEN', path: locked })
    chmodSync(folder, 0o755)
  })
})

it('keeps a lease while its worker renews it', async () => {
  const queue = await openQueue({ leaseMs: 100 })
  await queue.put('long')
  const lease: SqliteLease<string> = await queue.lease()
  for (let renewal = 0; renewal < 6; renewal++) {
    await sleep(40)
    await lease.extend(100)
  }
  expect(await queue.leaseNow()).toBeUndefined()
  await lease.ack()
})
