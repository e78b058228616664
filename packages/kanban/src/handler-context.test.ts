import type { WorkSource } from '@tps/internal'
import { ManualClock, settle } from '@tps/internal/manual-clock'
import { describe, expect, it, vi } from 'vitest'
import {
  type Handler,
  type HandlerContext,
  HandlerTimeoutError,
  type Lease,
  PullQueue,
  WorkerPool,
  type WorkerPoolOptions,
} from './index.ts'

interface Held {
  readonly context: HandlerContext
  end(): void
  fail(error: unknown): void
}

/** Handlers that end when the test says so. */
function byHand(): { readonly handler: Handler<string, string>; readonly held: Held[] } {
  const held: Held[] = []
  const handler: Handler<string, string> = (_item, context) =>
    new Promise((resolve, fail) => {
      held.push({ context, end: () => resolve('done'), fail })
    })
  return { handler, held }
}

interface FakeLease extends Lease<string> {
  readonly calls: string[]
}

/** A source whose leases expire, and which answers as the test says. */
function expiring(
  answer: (ms: number) => void | Promise<void> = () => {},
): WorkSource<string> & { readonly leases: FakeLease[] } {
  const leases: FakeLease[] = []
  let left = 1
  return {
    leaseMs: 300,
    leases,
    tryLease: () => {
      if (left-- <= 0) return undefined
      const calls: string[] = []
      const lease: FakeLease = {
        item: 'a',
        attempt: 3,
        calls,
        ack: () => void calls.push('ack'),
        retry: () => void calls.push('retry'),
        deadLetter: () => void calls.push('deadLetter'),
        release: () => void calls.push('release'),
        extend: (ms) => {
          calls.push(`extend ${ms}`)
          return answer(ms)
        },
      }
      leases.push(lease)
      return lease
    },
    lease: () => new Promise(() => {}),
  }
}

function setUp(
  handler: Handler<string, string>,
  options: Partial<WorkerPoolOptions<string>> = {},
): { readonly clock: ManualClock; readonly queue: PullQueue<string>; readonly pool: WorkerPool<string, string> } {
  const clock = new ManualClock()
  const queue = new PullQueue<string>({ clock, timers: clock })
  return { clock, queue, pool: new WorkerPool({ source: queue, clock, timers: clock, ...options }, handler) }
}

function lostLease(): Error {
  return Object.assign(new Error('taken by another'), { code: 'ERR_LEASE_LOST' })
}

describe('signal', () => {
  it('is made only when it is read, and once', async () => {
    const made = vi.spyOn(globalThis, 'AbortController')
    try {
      const { handler, held } = byHand()
      const { queue } = setUp(handler, { workers: 2, timeoutMs: 100 })
      queue.offer('a')
      queue.offer('b')
      expect(made).not.toHaveBeenCalled()
      expect(held[0]?.context.signal).toBe(held[0]?.context.signal)
      expect(made).toHaveBeenCalledTimes(1)
    } finally {
      made.mockRestore()
    }
  })

  it('of a run that is over never aborts, whatever its worker does now', async () => {
    const { handler, held } = byHand()
    const { clock, queue } = setUp(handler, { timeoutMs: 100 })
    queue.offer('a')
    queue.offer('b')
    const early = held[0]?.context.signal
    held[0]?.end()
    await settle()
    expect(held).toHaveLength(2)
    clock.advance(100)
    expect(held[1]?.context.signal.aborted).toBe(true)
    expect([early?.aborted, held[0]?.context.signal.aborted]).toEqual([false, false])
  })
})

describe('deadlineMs', () => {
  it('is the time that is left, whenever it is read', async () => {
    const { handler, held } = byHand()
    const { clock, queue } = setUp(handler, { timeoutMs: 100 })
    queue.offer('a')
    const { context } = held[0] as Held
    expect(context.deadlineMs).toBe(100)
    clock.advance(70)
    expect(context.deadlineMs).toBe(30)
    clock.advance(50)
    expect(context.deadlineMs).toBe(0)
  })

  it('is 0 once the handler has settled, also while its worker has another item', async () => {
    const { handler, held } = byHand()
    const { queue } = setUp(handler, { timeoutMs: 100 })
    queue.offer('a')
    queue.offer('b')
    held[0]?.end()
    await settle()
    expect(held.map(({ context }) => context.deadlineMs)).toEqual([0, 100])
  })

  it('is Infinity without a time limit', () => {
    const { handler, held } = byHand()
    const { queue } = setUp(handler)
    queue.offer('a')
    expect(held[0]?.context.deadlineMs).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('heartbeat', () => {
  it('begins the time limit anew', async () => {
    const { handler, held } = byHand()
    const { clock, queue, pool } = setUp(handler, { timeoutMs: 100 })
    queue.offer('a')
    const { context } = held[0] as Held
    for (let beat = 0; beat < 5; beat++) {
      clock.advance(90)
      context.heartbeat()
    }
    expect(pool.snapshot()).toMatchObject({ busy: 1, overdue: 0 })
    expect(context.deadlineMs).toBe(100)
    clock.advance(99)
    expect(context.signal.aborted).toBe(false)
    clock.advance(1)
    expect(context.signal.reason).toBeInstanceOf(HandlerTimeoutError)
  })

  it('works when it was taken out of the context', async () => {
    let beat: (() => void) | undefined
    const { clock, queue, pool } = setUp((_item, { heartbeat }) => ((beat = heartbeat), new Promise(() => {})), {
      timeoutMs: 100,
    })
    queue.offer('a')
    clock.advance(60)
    beat?.()
    clock.advance(60)
    expect(pool.snapshot().overdue).toBe(0)
  })

  it('changes nothing once the attempt is decided', async () => {
    const { handler, held } = byHand()
    const { clock, queue, pool } = setUp(handler, { timeoutMs: 100 })
    queue.offer('a')
    clock.advance(100)
    held[0]?.context.heartbeat()
    expect(held[0]?.context.deadlineMs).toBe(0)
    expect(pool.snapshot()).toMatchObject({ overdue: 1, failed: 1 })
  })

  it('of a run that is over does not help the next one', async () => {
    const { handler, held } = byHand()
    const { clock, queue, pool } = setUp(handler, { timeoutMs: 100 })
    queue.offer('a')
    queue.offer('b')
    held[0]?.end()
    await settle()
    clock.advance(90)
    held[0]?.context.heartbeat()
    clock.advance(10)
    expect(pool.snapshot().overdue).toBe(1)
  })

  it('extends a lease that expires at once, and counts from then', async () => {
    const source = expiring()
    const { handler, held } = byHand()
    const { clock } = setUp(handler, { source })
    clock.advance(50)
    held[0]?.context.heartbeat()
    expect(source.leases[0]?.calls).toEqual(['extend 300'])
    clock.advance(99)
    expect(source.leases[0]?.calls).toHaveLength(1)
    clock.advance(1)
    expect(source.leases[0]?.calls).toHaveLength(2)
  })

  it('extends by the time limit where the source does not say how long its leases last', async () => {
    const { leaseMs: _, ...source } = expiring()
    const { handler, held } = byHand()
    setUp(handler, { source, timeoutMs: 70 })
    held[0]?.context.heartbeat()
    held[0]?.context.heartbeat()
    expect(source.leases[0]?.calls).toEqual(['extend 70', 'extend 70'])
  })
})

describe('a lease that expires', () => {
  it('is renewed after each third of its time, until the handler settles', async () => {
    const source = expiring(async () => {})
    const { handler, held } = byHand()
    const { clock, pool } = setUp(handler, { source })
    await clock.advanceAsync(1_000)
    expect(source.leases[0]?.calls).toEqual(Array.from({ length: 10 }, () => 'extend 300'))
    held[0]?.end()
    await clock.advanceAsync(1_000)
    expect(source.leases[0]?.calls.slice(10)).toEqual(['ack'])
    expect(pool.snapshot()).toMatchObject({ processed: 1, leasesLost: 0 })
  })

  it.each([
    ['by the pool', { leaseMs: 60, renewEveryMs: 50 }, 50, 'extend 60'],
    ['by the source', {}, 100, 'extend 300'],
  ])('has its time said %s', async (_who, options, atMs, call) => {
    const source = expiring()
    const { clock } = setUp(byHand().handler, { source, ...options })
    clock.advance(atMs - 1)
    expect(source.leases[0]?.calls).toEqual([])
    clock.advance(1)
    expect(source.leases[0]?.calls).toEqual([call])
  })

  it('is lost when the source says so: the handler is aborted, and nothing is acked', async () => {
    const source = expiring(() => Promise.reject(lostLease()))
    const { handler, held } = byHand()
    const { clock, pool } = setUp(handler, { source })
    const lost = vi.fn()
    const late = vi.fn()
    pool.on('leaseLost', lost)
    pool.on('late', late)
    const { signal } = (held[0] as Held).context
    await clock.advanceAsync(100)
    expect(signal.reason).toMatchObject({
      name: 'LeaseLostError',
      code: 'ERR_LEASE_LOST',
      attempt: 3,
      cause: lostLease(),
    })
    expect(lost).toHaveBeenCalledExactlyOnceWith({ item: 'a', attempt: 3, worker: 0, error: signal.reason })
    expect(pool.snapshot()).toMatchObject({ busy: 1, processed: 0, failed: 0, leasesLost: 1 })
    held[0]?.end()
    await clock.advanceAsync(1_000)
    expect(source.leases[0]?.calls).toEqual(['extend 300'])
    expect(late).toHaveBeenCalledTimes(1)
    expect(pool.snapshot()).toMatchObject({ busy: 0, processed: 0, overdue: 0 })
  })

  it.each<[string, () => void | Promise<void>]>([
    ['throws', () => fail()],
    ['rejects', () => Promise.reject(new Error('gone'))],
    ['does not answer', () => new Promise(() => {})],
  ])('is lost at its end when the source %s', async (_how, answer) => {
    const source = expiring(answer)
    const { handler, held } = byHand()
    const { clock, pool } = setUp(handler, { source })
    const { signal } = (held[0] as Held).context
    await clock.advanceAsync(299)
    expect(signal.aborted).toBe(false)
    await clock.advanceAsync(1)
    expect(signal.reason).toMatchObject({ code: 'ERR_LEASE_LOST' })
    expect(pool.snapshot().leasesLost).toBe(1)
    held[0]?.end()
    await settle()
    expect(source.leases[0]?.calls).not.toContain('ack')
  })

  it('is kept when a renewal failed and the next one went well', async () => {
    let asked = 0
    const source = expiring(() => (++asked === 2 ? fail() : undefined))
    const { clock, pool } = setUp(byHand().handler, { source })
    const errors = vi.fn()
    pool.on('sourceError', errors)
    await clock.advanceAsync(1_000)
    expect(errors).toHaveBeenCalledExactlyOnceWith({ worker: 0, error: new Error('gone') })
    expect(pool.snapshot()).toMatchObject({ leasesLost: 0, busy: 1 })
  })

  it('is not mistaken for the next one when the answer is late', async () => {
    const answers: (() => void)[] = []
    const first = expiring(() => new Promise((_, reject) => answers.push(() => reject(lostLease()))))
    const second = expiring()
    const source = { ...first, tryLease: () => first.tryLease() ?? second.tryLease() }
    const { handler, held } = byHand()
    const { clock, pool } = setUp(handler, { source })
    clock.advance(100)
    held[0]?.end()
    await settle()
    expect(held).toHaveLength(2)
    answers[0]?.()
    await settle()
    expect(held[1]?.context.signal.aborted).toBe(false)
    expect(pool.snapshot()).toMatchObject({ processed: 1, leasesLost: 0 })
  })

  it('is told as lost when the source refuses the ack', async () => {
    const source = expiring()
    const { handler, held } = byHand()
    const { pool } = setUp(handler, { source })
    const lost = vi.fn()
    pool.on('leaseLost', lost)
    Object.assign(source.leases[0] as FakeLease, { ack: () => Promise.reject(lostLease()) })
    held[0]?.end()
    await settle()
    expect(lost).toHaveBeenCalledExactlyOnceWith({ item: 'a', attempt: 3, worker: 0, error: lostLease() })
    expect(pool.snapshot()).toMatchObject({ busy: 0, leasesLost: 1 })
  })

  it('is renewed while the pool stops, and goes back when the grace is over', async () => {
    const source = expiring()
    const { clock, pool } = setUp(byHand().handler, { source })
    const stopped = pool.stop({ graceMs: 250 })
    await clock.advanceAsync(250)
    expect(await stopped).toEqual([{ item: 'a', attempt: 3 }])
    expect(source.leases[0]?.calls).toEqual(['extend 300', 'extend 300', 'release'])
    expect(clock.pendingTimers).toBe(0)
  })
})

function fail(): never {
  throw new Error('gone')
}

it.each([
  [{ leaseMs: 0 }, RangeError],
  [{ leaseMs: '1' }, TypeError],
  [{ renewEveryMs: 0 }, RangeError],
  [{ leaseMs: 100, renewEveryMs: 100 }, RangeError],
  [{ attempts: 3, maxDeliveries: 2 }, RangeError],
  [{ maxWaitMs: 0 }, RangeError],
  [{ maxWaitMs: Number.NaN }, RangeError],
  [{ captureContext: 1 }, TypeError],
])('refuses the options %j', (options, error) => {
  const given = { source: new PullQueue<number>(), ...options } as WorkerPoolOptions<number>
  expect(() => new WorkerPool(given, () => {})).toThrow(error)
})
