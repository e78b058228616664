import { AsyncLocalStorage } from 'node:async_hooks'
import { getEventListeners } from 'node:events'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Lease, WorkSource } from '@tps/internal'
import { ManualClock, settle } from '@tps/internal/manual-clock'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import {
  DeadLetterQueue,
  type Handler,
  type HandlerContext,
  PullQueue,
  type PullQueueOptions,
  WorkerPool,
  type WorkerPoolOptions,
} from './index.ts'

// What users of other queues and pools asked for, or were hurt by. Each row names where that is written down.

type Item = string

interface Line {
  readonly clock: ManualClock
  readonly queue: PullQueue<Item>
  readonly pool: WorkerPool<Item>
}

function line(
  handler: Handler<Item, unknown>,
  options: Partial<WorkerPoolOptions<Item>> = {},
  queueOptions: PullQueueOptions<Item> = {},
): Line {
  const clock = new ManualClock()
  const queue = new PullQueue<Item>({ clock, timers: clock, ...queueOptions })
  const backoff = { jitterRatio: 0 }
  return { clock, queue, pool: new WorkerPool({ source: queue, clock, timers: clock, backoff, ...options }, handler) }
}

interface Held {
  readonly item: Item
  readonly context: HandlerContext
  end(result?: unknown): void
}

function byHand(): { readonly handler: Handler<Item, unknown>; readonly held: Held[] } {
  const held: Held[] = []
  return { held, handler: (item, context) => new Promise((end) => held.push({ item, context, end })) }
}

function refuse(): never {
  throw new Error('no')
}

async function outcomeOf(promise: Promise<unknown>): Promise<string> {
  return await promise.then(
    () => 'done',
    (error: Error & { readonly code?: string }) => error.code ?? error.message,
  )
}

describe('bounded admission', () => {
  it('has three verbs: a verdict at once, admission, and the result (p-queue#87, #97; bullmq#2782)', async () => {
    const { handler, held } = byHand()
    const { queue, pool } = line(handler, {}, { capacity: 1 })
    expect([queue.offer('runs'), queue.offer('waits'), queue.offer('refused')]).toEqual([true, true, false])
    const admitted = vi.fn()
    const answered = vi.fn()
    void queue.put('put').then(admitted)
    void pool.submit('submitted', { whenFull: 'wait' }).then(answered)
    await settle()
    expect(admitted).not.toHaveBeenCalled()
    held[0]?.end()
    await settle()
    expect(admitted).toHaveBeenCalledTimes(1)
    for (const index of [1, 2]) {
      held[index]?.end()
      await settle()
    }
    expect(answered).not.toHaveBeenCalled()
    held[3]?.end('result')
    await settle()
    expect(answered).toHaveBeenCalledExactlyOnceWith('result')
  })

  it('comes in the order of asking', async () => {
    const { handler, held } = byHand()
    const { pool } = line(handler, {}, { capacity: 1 })
    for (const item of ['a', 'b', 'c', 'd', 'e']) void pool.submit(item, { whenFull: 'wait' })
    for (let index = 0; index < 5; index++) {
      await settle()
      held[index]?.end()
    }
    expect(held.map(({ item }) => item)).toEqual(['a', 'b', 'c', 'd', 'e'])
  })
})

describe('a queue that was full', () => {
  it('has its room back, however its items ended (bottleneck#152, #189)', async () => {
    const ends = fc.constantFrom('returns', 'throws', 'rejects', 'times out', 'is given up')
    await fc.assert(
      fc.asyncProperty(fc.array(ends, { maxLength: 20 }), async (fates) => {
        const abort = new AbortController()
        const handlers: Record<string, () => unknown> = {
          returns: () => 1,
          throws: refuse,
          rejects: async () => refuse(),
          'times out': (): Promise<void> => new Promise((resolve) => clock.schedule(20, resolve)),
          'is given up': async () => abort.abort(),
        }
        const { clock, queue, pool } = line((fate) => handlers[fate]?.(), { timeoutMs: 10 }, { capacity: 5 })
        for (const fate of fates) {
          const signal = fate === 'is given up' ? abort.signal : undefined
          void pool.submit(fate, { whenFull: 'wait', signal }).catch(() => {})
        }
        await clock.advanceAsync(1_000)
        const { admitted, depth, leased, acked, deadLettered, withdrawn } = queue.snapshot()
        expect(admitted).toBe(acked + deadLettered + withdrawn)
        expect([depth, leased, pool.busy, pool.snapshot().submitted]).toEqual([0, 0, 0, 0])
        expect(Array.from({ length: 6 }, () => queue.offer('returns'))).toEqual(new Array(6).fill(true))
      }),
    )
  })
})

describe('every submitted item settles', () => {
  it.each<[string, (line: Line) => unknown, string]>([
    ['the pool stops', ({ pool }) => pool.stop({ graceMs: 0 }), 'ERR_POOL_STOPPED'],
    ['another consumer takes it', ({ queue }) => queue.poll(), 'ERR_ITEM_LOST'],
    ['it is dropped for another', ({ queue }) => queue.offer('x'), 'ERR_ITEM_LOST'],
    ['the queue is cleared', ({ queue }) => queue.clear(), 'ERR_ITEM_LOST'],
    ['it expires', ({ clock, queue }) => (clock.advance(50), queue.poll()), 'ERR_ITEM_LOST'],
    ['another consumer gives it up', ({ queue }) => queue.tryLease()?.deadLetter(new Error('bad')), 'bad'],
  ])('when %s (p-queue#239, #241; fastq kill)', async (_how, doIt, outcome) => {
    const made = line(byHand().handler, {}, { capacity: 1, overflow: 'drop-oldest' })
    made.queue.offer('running')
    const result = outcomeOf(made.pool.submit('waiting', { deadlineMs: 50 }))
    void doIt(made)
    expect(await result).toBe(outcome)
    expect(made.pool.snapshot().submitted).toBe(0)
  })
})

describe('aborting', () => {
  it('before it is submitted keeps the item out (p-queue#168)', async () => {
    const { queue, pool } = line(() => 1)
    pool.pause()
    expect(await outcomeOf(pool.submit('a', { signal: AbortSignal.abort(new Error('early')) }))).toBe('early')
    expect(queue.snapshot()).toMatchObject({ admitted: 0, depth: 0 })
  })

  it('frees the room, and the queue goes on (p-queue#168)', async () => {
    const { handler, held } = byHand()
    const { queue, pool } = line(handler, {}, { capacity: 2 })
    const abort = new AbortController()
    const results = ['a', 'b', 'c'].map((item) => outcomeOf(pool.submit(item, { signal: abort.signal })))
    abort.abort(new Error('enough'))
    expect(await Promise.all(results)).toEqual(['enough', 'enough', 'enough'])
    expect(queue.depth).toBe(0)
    const next = pool.submit('d')
    held[0]?.end()
    await settle()
    held[1]?.end('went on')
    expect(await next).toBe('went on')
  })

  it('costs one listener a signal, not one an item, and none afterwards', async () => {
    const { handler, held } = byHand()
    const { pool } = line(handler, { workers: 50 })
    const { signal } = new AbortController()
    const results = Array.from({ length: 100 }, (_, index) => pool.submit(`${index}`, { signal }))
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    for (let index = 0; index < 100; index++) {
      held[index]?.end()
      await settle()
    }
    await Promise.all(results)
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })
})

describe('a timeout', () => {
  it('is not a cancellation: the slot is held until the handler settles, and it shows (bullmq#136, #632, #1844)', async () => {
    const { handler, held } = byHand()
    const { clock, queue, pool } = line(handler, { timeoutMs: 100 })
    const result = outcomeOf(pool.submit('slow'))
    queue.offer('next')
    await clock.advanceAsync(100)
    expect(await result).toBe('ERR_HANDLER_TIMEOUT')
    expect(pool.snapshot()).toMatchObject({ busy: 1, overdue: 1, perWorker: [{ state: 'overdue' }] })
    expect(held).toHaveLength(1)
    held[0]?.end()
    await settle()
    expect(pool.snapshot()).toMatchObject({ busy: 1, overdue: 0, processed: 0 })
    expect(held[1]?.item).toBe('next')
  })
})

describe('a slot', () => {
  const handlers: readonly [string, Handler<Item, unknown>][] = [
    ['returns at once', () => 1],
    ['throws at once', refuse],
    ['resolves', async () => 1],
    ['rejects', async () => refuse()],
    ['rejects with nothing', () => Promise.reject()],
    [
      'throws nothing',
      () => {
        throw undefined
      },
    ], // oxlint-disable-line no-throw-literal
  ]

  it.each(handlers)('is free again when the handler %s (fastq#80, #107)', async (_how, handler) => {
    const { queue, pool } = line(handler, { workers: 2 }, { capacity: 100 })
    for (let item = 0; item < 100; item++) queue.offer(`${item}`)
    await pool.drain()
    expect(pool.busy).toBe(0)
    const { processed, failed } = pool.snapshot()
    expect(processed + failed).toBe(100)
  })

  it('is free again when the handler resizes, pauses and offers while it runs', async () => {
    let left = 20
    const { queue, pool } = line(
      () => {
        if (left-- > 0) queue.offer('again')
        pool.resize(1 + (left & 3))
        pool.pause()
        pool.resume()
      },
      { workers: 3 },
    )
    queue.offer('first')
    await pool.drain()
    expect(pool.snapshot()).toMatchObject({ busy: 0, processed: 21 })
    expect(queue.snapshot()).toMatchObject({ depth: 0, leased: 0, acked: 21 })
  })

  it('is held by a handler that never settles, and by nothing else', async () => {
    const { handler } = byHand()
    const { clock, queue, pool } = line((item, context) => (item === 'hang' ? handler(item, context) : 1), {
      workers: 2,
      timeoutMs: 10,
    })
    queue.offer('hang')
    for (let item = 0; item < 50; item++) queue.offer(`${item}`)
    await clock.advanceAsync(10_000)
    expect(pool.snapshot()).toMatchObject({ busy: 1, overdue: 1, processed: 50 })
  })
})

describe('draining', () => {
  it('resolves once, for all who wait, when nothing is left (piscina#796, #868)', async () => {
    const { handler, held } = byHand()
    const { queue, pool } = line(handler)
    queue.offer('a')
    const drained = vi.fn()
    for (let waiter = 0; waiter < 3; waiter++) void pool.drain().then(drained)
    await settle()
    expect(drained).not.toHaveBeenCalled()
    held[0]?.end()
    await settle()
    expect(drained).toHaveBeenCalledTimes(3)
    await pool.drain()
  })

  it('does not resolve between the last handler and the item it has offered', async () => {
    let chain = 5
    const { queue, pool } = line(async () => {
      if (--chain > 0) queue.offer('next')
    })
    queue.offer('first')
    await pool.drain()
    expect([chain, queue.depth, pool.busy]).toEqual([0, 0, 0])
  })
})

/** A source of which the test decides when it answers. */
function remote(
  queue: PullQueue<Item>,
): WorkSource<Item> & { isUp: boolean; readonly leaseMs: number; readonly acked: Item[]; isMine: boolean } {
  const acked: Item[] = []
  const wrap = (lease: Lease<Item>): Lease<Item> => ({
    item: lease.item,
    attempt: lease.attempt,
    ack: () => (acked.push(lease.item), lease.ack()),
    retry: (options) => lease.retry(options),
    deadLetter: (reason) => lease.deadLetter(reason),
    release: () => lease.release?.(),
    extend: () => {
      if (!source.isMine) throw Object.assign(new Error('not yours'), { code: 'ERR_LEASE_LOST' })
    },
  })
  const source = {
    isUp: true,
    isMine: true,
    leaseMs: 30_000,
    acked,
    tryLease: () => {
      if (!source.isUp) throw new Error('down')
      const lease = queue.tryLease()
      return lease && wrap(lease)
    },
    lease: (): Promise<Lease<Item>> => new Promise(() => {}),
  }
  return source
}

describe('a source that went away', () => {
  it('is pulled from again when it is back, and its silence shows (bullmq#648, #2466, #2964, #4585)', async () => {
    const inner = new PullQueue<Item>()
    const source = remote(inner)
    const { clock, pool } = line(() => 1, { source, workers: 2 })
    source.isUp = false
    await clock.advanceAsync(60_000)
    expect(pool.snapshot().sourceSilentMs).toBeGreaterThan(29_000)
    source.isUp = true
    inner.offer('a')
    await clock.advanceAsync(10_000)
    expect(pool.snapshot()).toMatchObject({ processed: 1 })
    expect(pool.snapshot().sourceSilentMs).toBeLessThan(30_000)
  })
})

describe('a lost lease', () => {
  it('aborts its handler and is never acked; the other attempt is told apart (bull#308, #850; bullmq#3056)', async () => {
    const { handler, held } = byHand()
    const inner = new PullQueue<Item>()
    inner.offer('a')
    const source = remote(inner)
    const { clock, pool } = line(handler, { source })
    source.isMine = false
    await clock.advanceAsync(10_000)
    expect(held[0]?.context.signal.reason).toMatchObject({ code: 'ERR_LEASE_LOST' })
    held[0]?.end()
    await settle()
    expect([source.acked, pool.snapshot().processed]).toEqual([[], 0])
  })

  it('does not happen to a handler that takes longer than the lease (graphile#204, #222)', async () => {
    const { handler, held } = byHand()
    const inner = new PullQueue<Item>()
    inner.offer('a')
    const source = remote(inner)
    const { clock, pool } = line(handler, { source })
    await clock.advanceAsync(4 * 3_600_000)
    held[0]?.end()
    await settle()
    expect([source.acked, pool.snapshot().leasesLost]).toEqual([['a'], 0])
  })
})

describe('shutting down', () => {
  it('loses nothing: what runs may end, what did not begin goes back uncharged (bullmq#834, #3045; graphile#352, #526)', async () => {
    const { handler, held } = byHand()
    const { clock, queue, pool } = line(handler, { workers: 2 })
    for (const item of ['ends', 'hangs', 'waits']) queue.offer(item)
    const submitted = outcomeOf(pool.submit('submitted'))
    const stopped = pool.stop({ graceMs: 1_000 })
    expect(await submitted).toBe('ERR_POOL_STOPPED')
    held[0]?.end()
    await clock.advanceAsync(1_000)
    expect(await stopped).toEqual([
      { item: 'hangs', attempt: 1 },
      { item: 'submitted', attempt: 0 },
    ])
    const left = [queue.tryLease(), queue.tryLease(), queue.tryLease()]
    expect(left.map((lease) => lease && [lease.item, lease.attempt])).toEqual([['hangs', 1], ['waits', 1], undefined])
    expect(clock.pendingTimers).toBe(0)
  })
})

describe('dead letters', () => {
  it('are bounded, with the chain of errors and the attempts (bull#423, nats-server#5564)', async () => {
    let attempt = 0
    const deadLetters = new DeadLetterQueue<Item>({ capacity: 2 })
    const { clock, queue } = line(
      () => {
        throw new Error(`attempt ${++attempt}`)
      },
      { attempts: 2, deadLetters },
    )
    for (const item of ['a', 'b', 'c']) queue.offer(item)
    await clock.advanceAsync(1_000)
    expect(deadLetters.list().map(({ item, attempts }) => [item, attempts])).toEqual([
      ['b', 2],
      ['c', 2],
    ])
    expect(deadLetters.list()[0]?.errors).toEqual([new Error('attempt 2'), new Error('attempt 5')])
  })

  it('keep the chain also where a source makes a new lease for each attempt', async () => {
    const inner = new PullQueue<{ readonly id: number }>()
    inner.offer({ id: 1 })
    const clock = new ManualClock()
    const source: WorkSource<{ readonly id: number }> = {
      tryLease: () => {
        const lease = inner.tryLease()
        return (
          lease && {
            item: lease.item,
            attempt: lease.attempt,
            ack: () => lease.ack(),
            retry: (options) => lease.retry(options),
            deadLetter: (reason) => lease.deadLetter(reason),
            extend: () => {},
          }
        )
      },
      lease: () => new Promise(() => {}),
    }
    const deadLetters = new DeadLetterQueue<{ readonly id: number }>()
    const pool = new WorkerPool(
      { source, clock, timers: clock, attempts: 3, backoff: { baseMs: 0 }, deadLetters },
      (_item, { attempt }) => {
        throw new Error(`attempt ${attempt}`)
      },
    )
    await settle()
    expect(deadLetters.list()[0]?.errors.map((error) => (error as Error).message)).toEqual([
      'attempt 1',
      'attempt 2',
      'attempt 3',
    ])
    await pool.stop()
  })

  it('take what was handed out too often, without another run: it may be what kills the workers', async () => {
    const inner = new PullQueue<Item>()
    inner.offer('a')
    for (let crash = 0; crash < 5; crash++) inner.tryLease()?.retry()
    const handler = vi.fn()
    const deadLetters = new DeadLetterQueue<Item>()
    const { pool } = line(handler, { source: inner, maxDeliveries: 5, deadLetters })
    await settle()
    expect(handler).not.toHaveBeenCalled()
    expect(deadLetters.list()[0]).toMatchObject({ item: 'a', attempts: 6 })
    expect(deadLetters.list()[0]?.errors).toEqual([
      expect.objectContaining({ name: 'TooManyDeliveriesError', code: 'ERR_TOO_MANY_DELIVERIES', maxDeliveries: 5 }),
    ])
    expect(pool.snapshot()).toMatchObject({ busy: 0, failed: 1, deadLettered: 1 })
  })
})

describe('tenants', () => {
  it('have their turns, though one sends a thousand times as much (bullmq#303, #273; graphile#331)', async () => {
    const done: Item[] = []
    const { queue, pool } = line(
      (item) => void done.push(item),
      {},
      { capacity: 2_000, fairBy: (item) => item[0] ?? '' },
    )
    pool.pause()
    for (let item = 0; item < 1_000; item++) queue.offer(`loud ${item}`)
    for (const item of ['a 1', 'a 2', 'b 1']) queue.offer(item)
    pool.resume()
    await pool.drain()
    expect(done.slice(0, 7)).toEqual(['loud 0', 'a 1', 'b 1', 'loud 1', 'a 2', 'loud 2', 'loud 3'])
    expect(done).toHaveLength(1_003)
  })
})

/** Runs a full garbage collection. */
function collect(): void {
  setFlagsFromString('--expose-gc')
  ;(runInNewContext('gc') as () => void)()
}

describe('a backlog', () => {
  it('starves no class (async#756, p-queue#244)', async () => {
    const classes = ['urgent', 'lazy']
    const { handler, held } = byHand()
    const { clock, queue } = line(handler, {}, { classes, maxAgeMs: 1_000 })
    queue.offer('running')
    queue.offer('patient', { class: 'lazy' })
    let turns = 0
    while (held.every(({ item }) => item !== 'patient') && turns < 20) {
      queue.offer(`urgent ${turns}`, { class: 'urgent' })
      clock.advance(100)
      held[turns++]?.end()
      await settle()
    }
    expect([turns, clock.now()]).toEqual([10, 1_000])
  })

  it('is forgotten once it is worked off: no item is held (better-queue#63)', async () => {
    const { queue, pool } = line(async () => {}, { workers: 2 })
    const items: WeakRef<object>[] = []
    const other = new PullQueue<object>({ capacity: 1_000 })
    const working = new WorkerPool<object, number>(
      { source: other, workers: 2, attempts: 2, backoff: { baseMs: 0 } },
      () => 1,
    )
    await (async (): Promise<void> => {
      for (let index = 0; index < 100; index++) {
        const item = { index }
        items.push(new WeakRef(item))
        await (index % 2 === 0 ? working.submit(item) : other.put(item))
      }
      await working.drain()
    })()
    await settle()
    collect()
    // The last ones may still be in a register or a reused slot of the engine.
    expect(items.filter((item) => item.deref() !== undefined).length).toBeLessThan(5)
    await Promise.all([pool.stop(), working.stop()])
    expect(queue.depth).toBe(0)
  })
})

describe('the async context', () => {
  it('of the submitter is there again in the handler (p-queue#200)', async () => {
    const requests = new AsyncLocalStorage<string>()
    const { handler, held } = byHand()
    const { pool } = line((item, context) => (item === 'first' ? handler(item, context) : requests.getStore()), {
      captureContext: () => AsyncLocalStorage.snapshot(),
    })
    void requests.run('one', () => pool.submit('first'))
    const second = requests.run('two', () => pool.submit('second'))
    held[0]?.end()
    expect(await second).toBe('two')
  })
})
