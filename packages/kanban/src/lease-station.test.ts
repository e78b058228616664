import type { Lease, LeaseOptions, WorkSource } from '@tps/internal'
import { ManualClock, settle } from '@tps/internal/manual-clock'
import { describe, expect, it, vi } from 'vitest'
import { PullQueue, WorkerPool, type WorkerPoolOptions } from './index.ts'

function poolOf(
  source: WorkSource<number>,
  options: Partial<WorkerPoolOptions<number>> = {},
): { readonly clock: ManualClock; readonly pool: WorkerPool<number, number>; readonly done: number[] } {
  const clock = new ManualClock()
  const done: number[] = []
  const pool = new WorkerPool<number, number>({ source, clock, timers: clock, ...options }, (item) => {
    done.push(item)
    return item
  })
  return { clock, pool, done }
}

/** Leases only, as a source in another process has them. */
function leasesOf(queue: PullQueue<number>): WorkSource<number> {
  return { lease: (options) => queue.lease(options), tryLease: () => queue.tryLease() }
}

/** As `leasesOf`, but the connection can be lost: then waits never end, whatever happens, and their signals are unheard. */
function overLine(queue: PullQueue<number>): WorkSource<number> & { isLost: boolean; readonly waits: AbortSignal[] } {
  const waits: AbortSignal[] = []
  return {
    isLost: false,
    waits,
    tryLease: () => queue.tryLease(),
    lease(options?: LeaseOptions): Lease<number> | Promise<Lease<number>> {
      if (options?.signal) waits.push(options.signal)
      return this.isLost ? new Promise(() => {}) : queue.lease(options)
    },
  }
}

describe('a wait', () => {
  it('that the source has forgotten is begun anew', async () => {
    const queue = new PullQueue<number>()
    const source = overLine(queue)
    source.isLost = true
    const { clock, done } = poolOf(source, { maxWaitMs: 1_000 })
    source.isLost = false
    queue.offer(1)
    await clock.advanceAsync(999)
    expect(done).toEqual([])
    await clock.advanceAsync(1)
    expect(done).toEqual([1])
    expect(source.waits[0]?.aborted).toBe(true)
  })

  it('lasts for its full time, however many came before it', async () => {
    const queue = new PullQueue<number>()
    const source = overLine(queue)
    const { clock, done } = poolOf(source, { maxWaitMs: 1_000 })
    await clock.advanceAsync(600)
    queue.offer(1)
    await clock.advanceAsync(600)
    expect([done, source.waits.length]).toEqual([[1], 2])
    expect(source.waits[1]?.aborted).toBe(false)
    await clock.advanceAsync(1_000)
    expect(source.waits[1]?.aborted).toBe(true)
  })

  it('is not bounded when that is not wanted', async () => {
    const source = overLine(new PullQueue<number>())
    const { clock } = poolOf(source, { maxWaitMs: Number.POSITIVE_INFINITY })
    await clock.advanceAsync(1e9)
    expect(source.waits).toHaveLength(1)
    expect(clock.pendingTimers).toBe(0)
  })

  it('leaves no timer behind', async () => {
    const { clock, pool } = poolOf(leasesOf(new PullQueue<number>()), { workers: 3 })
    expect(clock.pendingTimers).toBe(3)
    pool.pause()
    expect(clock.pendingTimers).toBe(0)
    pool.resume()
    await pool.stop()
    expect(clock.pendingTimers).toBe(0)
  })
})

describe('the health of a source', () => {
  it('is how long it has been silent', async () => {
    const queue = new PullQueue<number>()
    const source = overLine(queue)
    const { clock, pool } = poolOf(source, { maxWaitMs: 1_000 })
    await clock.advanceAsync(900)
    expect(pool.snapshot().sourceSilentMs).toBe(900)
    queue.offer(1)
    await clock.advanceAsync(50)
    expect(pool.snapshot().sourceSilentMs).toBe(50)
  })

  it('shows a source that fails', async () => {
    const source: WorkSource<number> = {
      tryLease: () => {
        throw new Error('gone')
      },
      lease: () => new Promise(() => {}),
    }
    const { clock, pool } = poolOf(source)
    await clock.advanceAsync(60_000)
    expect(pool.snapshot().sourceSilentMs).toBe(60_000)
  })

  it('is 0 for a queue in memory, and for one that has ended', async () => {
    const queue = new PullQueue<number>()
    const inMemory = poolOf(queue)
    const closed = new PullQueue<number>()
    closed.close()
    const ended = poolOf(leasesOf(closed))
    await inMemory.clock.advanceAsync(5_000)
    await ended.clock.advanceAsync(5_000)
    expect([inMemory.pool.snapshot().sourceSilentMs, ended.pool.snapshot().sourceSilentMs]).toEqual([0, 0])
  })
})

/** A lease without `release`. */
function bare(lease: Lease<number>): Lease<number> {
  return {
    item: lease.item,
    attempt: lease.attempt,
    ack: () => lease.ack(),
    retry: () => lease.retry(),
    deadLetter: (reason) => lease.deadLetter(reason),
    extend: () => {},
  }
}

describe('a lease that arrives too late', () => {
  it('goes back without an attempt charged', async () => {
    const queue = new PullQueue<number>()
    const { pool } = poolOf(leasesOf(queue))
    queue.offer(1)
    pool.pause()
    await settle()
    expect(queue.tryLease()?.attempt).toBe(1)
  })

  it('goes back with one charged where the source can do no better', async () => {
    const queue = new PullQueue<number>()
    const source: WorkSource<number> = {
      tryLease: () => undefined,
      lease: async (options) => bare(await queue.lease(options)),
    }
    const { pool } = poolOf(source)
    queue.offer(1)
    pool.pause()
    await settle()
    expect(queue.tryLease()?.attempt).toBe(2)
  })

  it('is told of when the source does not take it back', async () => {
    const lease = { item: 1, attempt: 1, ack: vi.fn(), retry: vi.fn(), deadLetter: vi.fn(), extend: vi.fn() }
    const release = vi.fn(() => Promise.reject(new Error('gone')))
    const source: WorkSource<number> = { tryLease: () => undefined, lease: async () => ({ ...lease, release }) }
    const { pool } = poolOf(source)
    const errors = vi.fn()
    pool.on('sourceError', errors)
    pool.pause()
    await settle()
    expect(release).toHaveBeenCalledTimes(1)
    expect(errors).toHaveBeenCalledExactlyOnceWith({ worker: 0, error: new Error('gone') })
  })
})

it('refuses a source that says nonsense about its leases', () => {
  const source = { ...leasesOf(new PullQueue<number>()), leaseMs: Number.NaN }
  expect(() => new WorkerPool({ source }, () => {})).toThrow('source.leaseMs')
})

it('pulls from a subclass of a queue as from any source, because it may give out leases of its own', async () => {
  class Counting extends PullQueue<number> {
    leases = 0

    override tryLease(): ReturnType<PullQueue<number>['tryLease']> {
      const lease = super.tryLease()
      if (lease) this.leases++
      return lease
    }
  }
  const queue = new Counting()
  for (const item of [1, 2]) queue.offer(item)
  const { pool, done } = poolOf(queue)
  await pool.drain()
  expect([done, queue.leases]).toEqual([[1, 2], 2])
})
