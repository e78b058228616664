import type { Lease, WorkSource } from '@tps/internal'
import { ManualClock, settle } from '@tps/internal/manual-clock'
import { describe, expect, it, vi } from 'vitest'
import {
  DeadLetterQueue,
  type Handler,
  HandlerTimeoutError,
  ItemLostError,
  PoolStoppedError,
  PullQueue,
  type PullQueueOptions,
  QueueFullError,
  WorkerPool,
  type WorkerPoolOptions,
} from './index.ts'

interface SetUp<R> {
  readonly clock: ManualClock
  readonly queue: PullQueue<number>
  readonly pool: WorkerPool<number, R>
}

function setUp<R>(
  handler: Handler<number, R>,
  options: Partial<WorkerPoolOptions<number>> = {},
  queueOptions: PullQueueOptions = {},
): SetUp<R> {
  const clock = new ManualClock()
  const queue = new PullQueue<number>({ clock, timers: clock, ...queueOptions })
  const backoff = { jitterRatio: 0 }
  return { clock, queue, pool: new WorkerPool({ source: queue, clock, timers: clock, backoff, ...options }, handler) }
}

function fail(): never {
  throw new Error('no')
}

function failed(attempt: number): never {
  throw new Error(`attempt ${attempt}`)
}

function failTwice(_done: unknown, reject: (error: Error) => void): void {
  reject(new Error('no'))
  reject(new Error('again'))
}

function thenable(then: PropertyDescriptor): unknown {
  // oxlint-disable-next-line unicorn/no-thenable -- a handler may return anything.
  return Object.defineProperty({}, 'then', then)
}

/** A handler whose runs end when the test says so. */
function byHand(): {
  readonly handler: Handler<number, string>
  readonly runs: {
    readonly item: number
    readonly signal: AbortSignal
    end: (result: string) => void
    fail: (error: unknown) => void
  }[]
} {
  const runs: ReturnType<typeof byHand>['runs'] = []
  return {
    runs,
    handler: (item, context) =>
      new Promise<string>((end, fail) => {
        runs.push({ item, signal: context.signal, end, fail })
      }),
  }
}

/** What a leveler in between looks like: leases, and nothing else of the queue. */
function leasesOf(inner: PullQueue<number>): WorkSource<number> & { offer(item: number): boolean } {
  return {
    offer: (item) => inner.offer(item),
    lease: (options) => inner.lease(options),
    tryLease: () => inner.tryLease(),
  }
}

function plain(capacity: number): ReturnType<typeof leasesOf> {
  return leasesOf(new PullQueue<number>({ capacity }))
}

describe('pulling', () => {
  it('takes only what a free worker can begin', async () => {
    const { handler, runs } = byHand()
    const { queue, pool } = setUp(handler, { workers: 2 })
    for (const item of [1, 2, 3]) queue.offer(item)
    await settle()
    expect(runs.map(({ item }) => item)).toEqual([1, 2])
    expect(pool.snapshot()).toMatchObject({ workers: 2, busy: 2, utilization: 1 })
    expect(queue.depth).toBe(1)
    runs[0]?.end('done')
    await settle()
    expect(runs).toHaveLength(3)
  })

  it.each<[string, Handler<number, string>]>([
    ['synchronous', () => 'x'],
    ['asynchronous', async () => 'x'],
  ])('works through a backlog with a %s handler', async (_kind, handler) => {
    const { queue, pool } = setUp<string>(handler, { workers: 3 }, { capacity: 10_000 })
    for (let item = 0; item < 5_000; item++) queue.offer(item)
    await pool.drain()
    expect(pool.snapshot()).toMatchObject({ processed: 5_000, busy: 0 })
    expect(queue.snapshot()).toMatchObject({ depth: 0, leased: 0, acked: 5_000, waitingConsumers: 1 })
  })

  it.each<[string, Handler<number, unknown>]>([
    ['throws', fail],
    ['rejects', () => Promise.reject(new Error('no'))],
    ['returns a thenable that throws', () => thenable({ value: fail })],
    ['returns a thenable that answers twice', () => thenable({ value: failTwice })],
    ['has a then that can not be read', () => thenable({ get: fail })],
  ])('frees the slot of a handler that %s', async (_kind, handler) => {
    const { pool } = setUp<unknown>(handler)
    await expect(pool.submit(1)).rejects.toThrow('no')
    await expect(pool.submit(2)).rejects.toThrow('no')
    expect(pool.snapshot()).toMatchObject({ busy: 0, failed: 2, deadLettered: 2 })
  })

  it('pulls each worker from its own source', async () => {
    const queues = [0, 1].map(() => new PullQueue<number>())
    const seen: [number, number][] = []
    const source = (worker: number): PullQueue<number> => queues[worker] as PullQueue<number>
    const { pool } = setUp<void>((item, { worker }) => void seen.push([worker, item]), { source, workers: 2 })
    queues[1]?.offer(10)
    queues[0]?.offer(20)
    await pool.drain()
    expect(seen.toSorted(([a], [b]) => a - b)).toEqual([
      [0, 20],
      [1, 10],
    ])
  })

  it('tries a failing source again, later and later', async () => {
    const queue = new PullQueue<number>()
    const tryLease = vi.fn((): Lease<number> | undefined => {
      throw new Error('gone')
    })
    const source: WorkSource<number> = { tryLease, lease: (options) => queue.lease(options) }
    const errors = vi.fn()
    const { clock, pool } = setUp<void>(() => {}, { source })
    pool.on('sourceError', errors)
    await clock.advanceAsync(100)
    await clock.advanceAsync(199)
    expect(tryLease).toHaveBeenCalledTimes(2)
    tryLease.mockImplementation(() => queue.tryLease())
    queue.offer(1)
    await clock.advanceAsync(1)
    expect(errors).toHaveBeenCalledExactlyOnceWith({ worker: 0, error: new Error('gone') })
    expect(pool.snapshot().processed).toBe(1)
  })
})

describe('submitting', () => {
  it('gives the result of the handler', async () => {
    const { pool } = setUp<number>((item) => item * 2)
    expect(await Promise.all([pool.submit(1), pool.submit(2), pool.submit(2)])).toEqual([2, 4, 4])
  })

  it('refuses with an honest time to wait when the queue is full', async () => {
    const { handler, runs } = byHand()
    const { clock, pool } = setUp(handler, {}, { capacity: 1 })
    const first = pool.submit(1)
    await settle()
    clock.advance(40)
    runs[0]?.end('')
    await first
    void pool.submit(2)
    await settle()
    void pool.submit(3)
    const refused = pool.submit(4)
    await expect(refused).rejects.toThrow(QueueFullError)
    await expect(refused).rejects.toMatchObject({ code: 'ERR_QUEUE_FULL', retryAfterMs: 80 })
  })

  it('waits for room when told to', async () => {
    const { pool } = setUp<number>(async (item) => item, {}, { capacity: 1 })
    const all = [1, 2, 3, 4].map((item) => pool.submit(item, { whenFull: 'wait' }))
    expect(await Promise.all(all)).toEqual([1, 2, 3, 4])
  })

  it('passes on the handler’s own error', async () => {
    const error = new TypeError('mine')
    const { pool } = setUp<never>(() => {
      throw error
    })
    await expect(pool.submit(1)).rejects.toBe(error)
  })

  it('says so when the item is dropped or taken by someone else', async () => {
    const { handler } = byHand()
    const { queue, pool } = setUp(handler, {}, { capacity: 1, overflow: 'drop-oldest' })
    queue.offer(0)
    await settle()
    const dropped = pool.submit(1)
    const taken = pool.submit(2)
    queue.poll()
    await expect(dropped).rejects.toMatchObject({ code: 'ERR_ITEM_LOST', reason: 'dropped' })
    await expect(taken).rejects.toMatchObject({ code: 'ERR_ITEM_LOST', reason: 'taken' })
  })

  it('resolves when another pool of the same queue does the work', async () => {
    const { queue, pool, clock } = setUp<string>(() => 'mine')
    pool.pause()
    const other = new WorkerPool<number, string>({ source: queue, clock, timers: clock }, () => 'theirs')
    expect(await pool.submit(1)).toBe('theirs')
    await other.stop()
  })

  it('is given up by its submitter also when another pool of the same queue runs it', async () => {
    const { handler, runs } = byHand()
    const { queue, pool, clock } = setUp<string>(() => 'mine')
    pool.pause()
    const other = new WorkerPool<number, string>({ source: queue, clock, timers: clock }, handler)
    const abort = new AbortController()
    const [given, stopped] = [pool.submit(1, { signal: abort.signal }), pool.submit(2)]
    abort.abort('bored')
    await expect(given).rejects.toBe('bored')
    expect(runs[0]?.signal.reason).toBe('bored')
    runs[0]?.end('')
    await settle()
    expect(await pool.stop()).toEqual([])
    runs[1]?.end('theirs')
    expect(await stopped).toBe('theirs')
    await other.stop()
  })

  it('needs somewhere to put the item', async () => {
    const queue = new PullQueue<number>()
    const { pool } = setUp<number>(() => 1, { source: () => queue })
    await expect(pool.submit(1)).rejects.toThrow(TypeError)
  })

  describe('through a source without receipts', () => {
    it('recognises items by their value', async () => {
      const source = plain(100)
      const { pool } = setUp<number>(async (item) => item * 2, { source, workers: 2 })
      const all = [1, 2, 2, 3, Number.NaN].map((item) => pool.submit(item))
      expect(await Promise.all(all)).toEqual([2, 4, 4, 6, Number.NaN])
      expect(pool.snapshot().submitted).toBe(0)
    })

    it('keeps an item’s promise through its retries', async () => {
      let runs = 0
      const handler = (item: number): number => {
        if (++runs < 3) throw new Error('not yet')
        return item
      }
      const backoff = { baseMs: 0 }
      const { pool } = setUp<number>(handler, { source: plain(9), attempts: 3, backoff })
      expect(await pool.submit(7)).toBe(7)
    })

    it('rejects when the item is given up', async () => {
      const { pool } = setUp<never>(fail, { source: plain(9) })
      await expect(pool.submit(7)).rejects.toThrow('no')
      expect(pool.snapshot().submitted).toBe(0)
    })

    it('does not run what its submitter gave up', async () => {
      const { handler, runs } = byHand()
      const { pool } = setUp(handler, { source: plain(9) })
      void pool.submit(1)
      await settle()
      const abort = new AbortController()
      const given = pool.submit(2, { signal: abort.signal })
      abort.abort('bored')
      await expect(given).rejects.toBe('bored')
      runs[0]?.end('')
      await settle()
      expect(runs).toHaveLength(1)
      expect(pool.snapshot()).toMatchObject({ processed: 1, cancelled: 1, busy: 0 })
    })

    it('refuses when that is full', async () => {
      const { handler } = byHand()
      const { pool } = setUp(handler, { source: plain(1) })
      void pool.submit(1)
      await settle()
      void pool.submit(2)
      await expect(pool.submit(2)).rejects.toThrow(QueueFullError)
      expect(pool.snapshot().submitted).toBe(2)
    })
  })
})

describe('giving up', () => {
  it('frees the room of a waiting item', async () => {
    const { handler } = byHand()
    const { queue, pool } = setUp(handler, {}, { capacity: 1 })
    void pool.submit(1)
    await settle()
    const abort = new AbortController()
    const given = pool.submit(2, { signal: abort.signal })
    abort.abort('bored')
    await expect(given).rejects.toBe('bored')
    expect(queue.snapshot()).toMatchObject({ depth: 0, withdrawn: 1 })
  })

  it('aborts a running handler, which keeps its slot until it settles', async () => {
    const { handler, runs } = byHand()
    const { pool, queue } = setUp(handler)
    const abort = new AbortController()
    const given = pool.submit(1, { signal: abort.signal })
    await settle()
    abort.abort('bored')
    await expect(given).rejects.toBe('bored')
    expect(runs[0]?.signal.reason).toBe('bored')
    expect(pool.snapshot()).toMatchObject({ busy: 1, cancelled: 1, failed: 0 })
    queue.offer(2)
    await settle()
    expect(runs).toHaveLength(1)
    runs[0]?.end('too late')
    await settle()
    expect(runs).toHaveLength(2)
    expect(pool.snapshot()).toMatchObject({ processed: 0, failed: 0 })
  })

  it('ends the waiting for room', async () => {
    const { handler } = byHand()
    const { queue, pool } = setUp(handler, {}, { capacity: 1 })
    void pool.submit(1)
    await settle()
    void pool.submit(2)
    const abort = new AbortController()
    const given = pool.submit(3, { signal: abort.signal, whenFull: 'wait' })
    abort.abort('bored')
    await expect(given).rejects.toBe('bored')
    expect(queue.snapshot().waitingProducers).toBe(0)
  })
})

describe('retries and dead letters', () => {
  it('tries again after a growing delay without holding a slot', async () => {
    const attempts: [number, number][] = []
    const { clock, pool } = setUp<string>(
      (_item, { attempt }) => {
        attempts.push([attempt, clock.now()])
        if (attempt < 3) throw new Error(`attempt ${attempt}`)
        return 'at last'
      },
      { attempts: 3 },
    )
    const result = pool.submit(1)
    await clock.advanceAsync(50)
    expect(pool.snapshot()).toMatchObject({ busy: 0, failed: 1, retried: 1 })
    await clock.advanceAsync(250)
    expect(await result).toBe('at last')
    expect(attempts).toEqual([
      [1, 0],
      [2, 100],
      [3, 300],
    ])
  })

  it('gives up with the chain of errors', async () => {
    const deadLetters = new DeadLetterQueue<number>({ wallNow: () => 1_000_000 })
    const { clock, pool, queue } = setUp<never>((_item, { attempt }) => failed(attempt), { attempts: 2, deadLetters })
    const told = vi.fn()
    pool.on('deadLettered', told)
    queue.offer(7)
    await clock.advanceAsync(100)
    const errors = [new Error('attempt 1'), new Error('attempt 2')]
    expect(deadLetters.list()).toEqual([
      { id: 1, item: 7, errors, attempts: 2, firstAt: 999_900, lastAt: 1_000_000, redrives: 0, poison: false },
    ])
    expect(told).toHaveBeenCalledExactlyOnceWith({ item: 7, attempt: 2, worker: 0, error: errors[1], errors })
    expect(queue.snapshot()).toMatchObject({ depth: 0, leased: 0, deadLettered: 1 })
  })

  it('survives a dead-letter sink that throws', async () => {
    const onListenerError = vi.fn()
    const deadLetters = {
      add: () => {
        throw new Error('disk full')
      },
    }
    const { pool } = setUp<never>(fail, { deadLetters, onListenerError })
    await expect(pool.submit(1)).rejects.toThrow('no')
    expect(onListenerError).toHaveBeenCalledExactlyOnceWith(new Error('disk full'), 'deadLetters')
    expect(pool.busy).toBe(0)
  })
})

describe('timeouts', () => {
  it('aborts the handler, fails the item, and holds the slot until the handler settles', async () => {
    const { handler, runs } = byHand()
    const { clock, pool, queue } = setUp(handler, { timeoutMs: 100 })
    const overdue = vi.fn()
    const late = vi.fn()
    pool.on('overdue', overdue)
    pool.on('late', late)
    const error = pool.submit(1).catch((reason: unknown) => reason)
    queue.offer(2)
    await clock.advanceAsync(100)
    expect(await error).toBeInstanceOf(HandlerTimeoutError)
    expect(runs[0]?.signal.reason).toMatchObject({ code: 'ERR_HANDLER_TIMEOUT', timeoutMs: 100 })
    expect(pool.snapshot()).toMatchObject({
      busy: 1,
      overdue: 1,
      timedOut: 1,
      failed: 1,
      perWorker: [{ state: 'overdue' }],
    })
    expect(runs).toHaveLength(1)
    clock.advance(50)
    runs[0]?.end('late')
    await settle()
    expect(runs).toHaveLength(2)
    expect(pool.snapshot()).toMatchObject({ overdue: 0, processed: 0 })
    expect(overdue).toHaveBeenCalledExactlyOnceWith({ item: 1, attempt: 1, worker: 0, timeoutMs: 100 })
    expect(late).toHaveBeenCalledExactlyOnceWith({ item: 1, attempt: 1, worker: 0, durationMs: 150, wasOverdue: true })
  })

  it('needs one timer for all handlers', async () => {
    const { handler, runs } = byHand()
    const { clock, pool, queue } = setUp(handler, { timeoutMs: 100, workers: 8 })
    for (let item = 0; item < 8; item++) {
      queue.offer(item)
      await clock.advanceAsync(10)
    }
    expect(runs).toHaveLength(8)
    expect(clock.pendingTimers).toBe(1)
    await clock.advanceAsync(60)
    expect(pool.snapshot().overdue).toBe(5)
    await clock.advanceAsync(30)
    expect(pool.snapshot().overdue).toBe(8)
  })

  it('hands an aborted signal to a handler that looks only afterwards', async () => {
    let context: { readonly signal: AbortSignal } | undefined
    const { clock, queue } = setUp<never>(
      (_item, given) => {
        context = given
        return new Promise<never>(() => {})
      },
      { timeoutMs: 100 },
    )
    queue.offer(1)
    await clock.advanceAsync(100)
    expect(context?.signal.aborted).toBe(true)
  })
})

describe('resizing', () => {
  it('begins more at once when there are more workers', async () => {
    const { handler, runs } = byHand()
    const { queue, pool } = setUp(handler)
    for (const item of [1, 2, 3]) queue.offer(item)
    await settle()
    pool.resize(3)
    expect(runs).toHaveLength(3)
    expect(pool.snapshot()).toMatchObject({ workers: 3, busy: 3 })
  })

  it('begins nothing until fewer than the new number run', async () => {
    const { handler, runs } = byHand()
    const { queue, pool } = setUp(handler, { workers: 4 })
    for (let item = 0; item < 8; item++) queue.offer(item)
    await settle()
    pool.resize(2)
    for (const done of [0, 3]) {
      runs[done]?.end('')
      await settle()
      expect(runs).toHaveLength(4)
    }
    expect(pool.snapshot()).toMatchObject({ workers: 2, busy: 2 })
    runs[2]?.end('')
    await settle()
    expect(runs).toHaveLength(5)
    expect(pool.busy).toBe(2)
  })

  it('stops pulling from the sources of the highest numbers', async () => {
    const queues = [0, 1].map(() => new PullQueue<number>())
    const { pool } = setUp<void>(() => {}, { source: (worker) => queues[worker] as PullQueue<number>, workers: 2 })
    pool.resize(1)
    queues[1]?.offer(1)
    queues[0]?.offer(2)
    await settle()
    expect(queues.map(({ depth }) => depth)).toEqual([0, 1])
    pool.resize(2)
    expect(queues.map(({ depth }) => depth)).toEqual([0, 0])
  })

  it('goes on pulling from the source of a worker that was busy at the time', async () => {
    const queues = [0, 1].map(() => new PullQueue<number>())
    const { handler, runs } = byHand()
    const { pool } = setUp(handler, { source: (worker) => leasesOf(queues[worker] as PullQueue<number>) })
    queues[0]?.offer(1)
    await settle()
    pool.resize(2)
    runs[0]?.end('')
    await settle()
    queues[0]?.offer(2)
    await settle()
    expect(runs.map(({ item }) => item)).toEqual([1, 2])
  })

  it('gives back what was on its way to a worker whose number another has by now', async () => {
    const { handler, runs } = byHand()
    const { queue, pool } = setUp(handler, { workers: 2 })
    queue.offer(1)
    queue.offer(2)
    pool.resize(1)
    pool.resize(2)
    await settle()
    expect(runs.map(({ item }) => item).toSorted((a, b) => a - b)).toEqual([1, 2])
    expect(pool.busy).toBe(2)
    expect(queue.leased).toBe(2)
  })

  it('stays as it was when a source can not be made', () => {
    const queue = new PullQueue<number>()
    const { pool } = setUp<void>(() => {}, {
      source: (worker) => {
        if (worker > 1) throw new Error('no such lane')
        return queue
      },
    })
    expect(() => pool.resize(3)).toThrow('no such lane')
    expect(pool.snapshot()).toMatchObject({ workers: 1, perWorker: [{ state: 'idle' }] })
  })

  it.each([0, -1, 1.5, Number.NaN])('refuses %s workers', (workers) => {
    const { pool } = setUp<void>(() => {})
    expect(() => pool.resize(workers)).toThrow(RangeError)
  })
})

describe('pausing', () => {
  it('pulls nothing until it is resumed', async () => {
    const { queue, pool } = setUp<number>((item) => item)
    pool.pause()
    const result = pool.submit(1)
    await settle()
    expect(queue.snapshot()).toMatchObject({ depth: 1, waitingConsumers: 0 })
    expect(pool.snapshot().state).toBe('paused')
    pool.resume()
    expect(await result).toBe(1)
  })

  it('gives back, uncharged, what was on its way', async () => {
    const inner = new PullQueue<number>()
    const { pool } = setUp<number>((_item, { attempt }) => attempt, { source: leasesOf(inner) })
    const result = pool.submit(1)
    expect(inner.leased).toBe(1)
    pool.pause()
    await settle()
    expect(inner.snapshot()).toMatchObject({ depth: 1, leased: 0 })
    pool.resume()
    expect(await result).toBe(1)
  })
})

describe('draining', () => {
  it('waits for what is on its way to a worker, for handlers and for retries', async () => {
    let runs = 0
    const { clock, queue, pool } = setUp<void>(
      () => {
        if (++runs < 2) throw new Error('once more')
      },
      { attempts: 2 },
    )
    queue.offer(1)
    const drained = vi.fn()
    void pool.drain().then(drained)
    await clock.advanceAsync(99)
    expect(drained).not.toHaveBeenCalled()
    await clock.advanceAsync(1)
    expect(drained).toHaveBeenCalledTimes(1)
    expect(clock.pendingTimers).toBe(0)
  })

  it.each([1, 3])('resolves when the source is closed and %s workers end its last items', async (workers) => {
    const { handler, runs } = byHand()
    const { queue, pool } = setUp(handler, { workers })
    for (let item = 0; item < workers; item++) queue.offer(item)
    queue.close()
    const drained = vi.fn()
    void pool.drain().then(drained)
    for (const run of runs) run.end('')
    await settle()
    expect(drained).toHaveBeenCalledTimes(1)
  })

  it('notices that others emptied the source', async () => {
    const { clock, queue, pool } = setUp<void>(() => {})
    pool.pause()
    queue.offer(1)
    const drained = vi.fn()
    void pool.drain().then(drained)
    queue.poll()
    await clock.advanceAsync(20)
    expect(drained).toHaveBeenCalledTimes(1)
  })

  it('resolves for a source that says nothing of itself once nothing is on its way', async () => {
    const inner = new PullQueue<number>()
    const source: WorkSource<number> = { lease: (options) => inner.lease(options), tryLease: () => inner.tryLease() }
    const { clock, pool } = setUp<void>(() => {}, { source })
    inner.offer(1)
    const drained = pool.drain()
    await clock.advanceAsync(0)
    await drained
    expect(pool.snapshot().processed).toBe(1)
  })
})

describe('stopping', () => {
  it('lets handlers finish and gives back what had not begun', async () => {
    const { handler, runs } = byHand()
    const { clock, queue, pool } = setUp(handler)
    const running = pool.submit(1)
    const waiting = pool.submit(2)
    queue.offer(3)
    await settle()
    const stopped = pool.stop({ graceMs: 1_000 })
    await expect(waiting).rejects.toThrow(PoolStoppedError)
    runs[0]?.end('done')
    expect(await running).toBe('done')
    expect(await stopped).toEqual([{ item: 2, attempt: 0 }])
    expect(queue.snapshot()).toMatchObject({ depth: 1, leased: 0, waitingConsumers: 0 })
    expect(clock.pendingTimers).toBe(0)
  })

  it('aborts what takes longer than the grace and tells which it was', async () => {
    const { handler, runs } = byHand()
    const { clock, queue, pool } = setUp(handler, { workers: 2, timeoutMs: 60_000 })
    const submitted = pool.submit(1).catch((reason: unknown) => reason)
    queue.offer(2)
    await settle()
    const stopped = pool.stop({ graceMs: 1_000 })
    await clock.advanceAsync(1_000)
    expect(await submitted).toBeInstanceOf(PoolStoppedError)
    expect(await stopped).toEqual([
      { item: 1, attempt: 1 },
      { item: 2, attempt: 1 },
    ])
    expect(runs.every(({ signal }) => signal.aborted)).toBe(true)
    expect(queue.snapshot()).toMatchObject({ depth: 1, leased: 0 })
    expect(clock.pendingTimers).toBe(0)
  })

  it('does not leave the promise of an item that was to be retried open', async () => {
    const { handler, runs } = byHand()
    const { queue, pool } = setUp(handler, { attempts: 2 })
    const result = pool.submit(1)
    await settle()
    const stopped = pool.stop()
    runs[0]?.fail(new Error('no'))
    await expect(result).rejects.toThrow(PoolStoppedError)
    expect(await stopped).toEqual([{ item: 1, attempt: 0 }])
    expect(queue.depth).toBe(0)
  })

  it('refuses everything afterwards', async () => {
    const { pool } = setUp<number>((item) => item)
    const drained = pool.stop()
    expect(pool.stop()).toBe(drained)
    await drained
    await expect(pool.submit(1)).rejects.toThrow(PoolStoppedError)
    await expect(pool.drain()).rejects.toMatchObject({ code: 'ERR_POOL_STOPPED' })
    pool.resume()
    expect(pool.snapshot().state).toBe('stopped')
  })
})

describe('telling', () => {
  it('tells of attempts once the slot is free', async () => {
    const busy: number[] = []
    const clock = new ManualClock()
    const handler = (item: number): number => {
      clock.advance(5)
      return item
    }
    const { pool } = setUp<number>(handler, { clock, timers: clock })
    const completed = vi.fn(() => void busy.push(pool.busy))
    pool.on('completed', completed)
    await pool.submit(3)
    expect(completed).toHaveBeenCalledExactlyOnceWith({ item: 3, result: 3, attempt: 1, worker: 0, durationMs: 5 })
    expect(busy).toEqual([0])
  })

  it('tells of a failed attempt and of its retry', async () => {
    const { pool } = setUp<never>(fail, { attempts: 2 })
    const failed = vi.fn()
    const retried = vi.fn()
    pool.on('failed', failed)
    pool.on('retried', retried)
    void pool.submit(1).catch(() => {})
    await settle()
    const error = new Error('no')
    expect(failed).toHaveBeenCalledExactlyOnceWith({
      item: 1,
      attempt: 1,
      worker: 0,
      error,
      durationMs: 0,
      willRetry: true,
    })
    expect(retried).toHaveBeenCalledExactlyOnceWith({ item: 1, attempt: 1, worker: 0, error, delayMs: 100 })
  })

  it('is not hurt by a listener that throws', async () => {
    const onListenerError = vi.fn()
    const { pool } = setUp<number>((item) => item, { onListenerError })
    pool.on('completed', () => {
      throw new Error('listener')
    })
    expect(await pool.submit(1)).toBe(1)
    expect(onListenerError).toHaveBeenCalledTimes(1)
    expect(pool.busy).toBe(0)
  })

  it('estimates the wait from the backlog and the mean handler time', async () => {
    const { handler, runs } = byHand()
    const { clock, queue, pool } = setUp(handler, { workers: 2 })
    expect(pool.estimateWaitMs()).toBe(0)
    for (const item of [1, 2, 3, 4]) queue.offer(item)
    await settle()
    clock.advance(30)
    expect(pool.estimateWaitMs()).toBe(45)
    for (const run of runs) run.end('')
    await settle()
    expect(pool.snapshot()).toMatchObject({ meanHandlerMs: 30, estimatedWaitMs: 15, processingRate: 2 })
  })
})

describe('a lost item', () => {
  it('has an error with its reason', () => {
    expect(new ItemLostError('expired')).toMatchObject({
      name: 'ItemLostError',
      code: 'ERR_ITEM_LOST',
      reason: 'expired',
    })
    expect(new ItemLostError('expired').stack).not.toContain('\n')
  })
})

it.each([
  [{ source: {} }, TypeError],
  [{ source: undefined }, TypeError],
  [{ workers: 0 }, RangeError],
  [{ timeoutMs: 0 }, RangeError],
  [{ timeoutMs: Number.NaN }, RangeError],
  [{ attempts: 0 }, RangeError],
  [{ backoff: { factor: 0.5 } }, RangeError],
  [{ deadLetters: {} }, TypeError],
  [{ intake: {} }, TypeError],
  [{ timers: {} }, TypeError],
])('refuses the options %j', (options, error) => {
  const given = { source: new PullQueue<number>(), ...options } as WorkerPoolOptions<number>
  expect(() => new WorkerPool(given, () => {})).toThrow(error)
})
